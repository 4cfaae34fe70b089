"""A rulebook as its page shows it: everything from the rulebook's data, nothing of any one jurisdiction here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks.citations import number_of
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing
from apps.jurisdictions.rulebooks.facts import APPLIED_LEVELS, BASE_LEVELS, SECTION_LABELS
from apps.jurisdictions.rulebooks.money import CATEGORIES
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.rulebooks.supervision import ADDRESSEE_LABELS, REQUIREMENT_LABELS
from apps.portal.front import text_row

PART_LABELS = {
    "authority": "主管机关",
    "in_force": "效力期间",
    "conditions": "申报条件",
    "preferences": "优先条件",
    "road": "认定程序",
    "annual_plan": "年度计划",
    "class_filing": "开班备案",
    "public_benefit": "公益培训",
    "fees": "收费",
    "credit": "学习登记",
    "archive": "培训档案",
    "inspection": "检查评估",
    "sanctions": "处理措施",
    "name_use": "名称使用",
    "particulars_change": "信息变更",
    "funding": "经费",
    "funding_note": "经费",
}


def described(rulebook: Rulebook, on: dt.date) -> dict[str, Any]:
    """The context of a rulebook's page on a day."""
    extensions = RulebookExtension.objects.filter(rulebook_key=rulebook.key, confirmed_at__isnull=False)
    return {
        "rulebook": rulebook,
        "text": text_row(rulebook),
        "own_status": rulebook.status(on),
        "extensions": list(extensions.select_related("recorded_for")),
        "articles": [_article(one) for one in rulebook.articles],
        "conditions": [_condition(one) for one in rulebook.conditions],
        "road_steps": road_steps(rulebook),
        "levels": [_level(level) for level in rulebook.road.levels],
        "forbidden_uses": _forbidden_uses(rulebook),
        "archive": _archive(rulebook),
        "deadlines": _deadlines(rulebook, on.year),
        "deadline_year": on.year,
    }


def _article(one: Any) -> dict[str, Any]:
    parts = list(dict.fromkeys(PART_LABELS.get(name.split(".")[0], name) for name in one.implemented_by))
    return {
        "article": one.article,
        "anchor": number_of(one.article),
        "summary": one.summary,
        "parts": parts,
        "not_modelled": one.not_modelled,
    }


def _condition(one: Any) -> dict[str, Any]:
    return {
        "title": one.title,
        "summary": one.summary,
        "articles": one.articles,
        "section": SECTION_LABELS[one.section],
        "for_experts": one.for_experts,
    }


def _level(level: str) -> str:
    return BASE_LEVELS.get(level) or APPLIED_LEVELS.get(level, level)


def road_steps(rulebook: Rulebook) -> list[dict[str, str]]:
    """The steps from application to recognition as this text lays them: label, article and a note."""
    road = rulebook.road
    steps = [{"label": "单位申报", "article": road.application_form_article, "note": road.application_form_title}]
    for stage in road.recommendation:
        by = "、".join(dict.fromkeys(unit.label for unit in road.recommenders if unit.unit in stage.by))
        steps.append({"label": stage.label, "article": stage.article, "note": f"{by}：{stage.summary}"})
    steps.append({"label": "报送受理", "article": road.submitted_to_article, "note": rulebook.authority})
    steps.append({"label": road.review.body_label, "article": road.review.article, "note": road.review.summary})
    if road.publicity is not None:
        steps.append({"label": "公示", "article": road.publicity.article, "note": road.publicity.summary})
    steps.append({"label": "认定", "article": road.recognition_article, "note": rulebook.authority})
    steps.append({"label": road.announcement.label, "article": road.announcement.article, "note": road.base_name})
    if road.plaque is not None:
        steps.append({"label": f"颁发{road.plaque.word}", "article": road.plaque.article, "note": road.plaque.text})
    for lower in road.lower_bases:
        note = f"由{lower.recognised_by}认定，报{lower.filed_with}备案"
        steps.append({"label": lower.label, "article": lower.article, "note": note})
    return steps


def _forbidden_uses(rulebook: Rulebook) -> list[dict[str, str]]:
    if rulebook.funding is None or rulebook.funding.scheme is None:
        return []
    return [{"label": CATEGORIES[one.category], "article": one.article} for one in rulebook.funding.scheme.forbidden]


def _archive(rulebook: Rulebook) -> dict[str, Any]:
    kept = rulebook.archive_by_article()
    customary = kept.pop(None, ())
    return {
        "asked": [{"article": article, "labels": labels} for article, labels in kept.items()],
        "customary": customary,
    }


def _deadlines(rulebook: Rulebook, year: int) -> list[dict[str, Any]]:
    try:
        rows = rulebook.deadlines(year)
    except CalendarDataMissing:
        return []
    return [
        {
            "due": dt.date.fromisoformat(row["due"]),
            "articles": row["articles"],
            "to": "、".join(ADDRESSEE_LABELS[one] for one in row["addressees"]),
            "requires": REQUIREMENT_LABELS.get(row["requires"], ""),
            "rest_day": row.get("rest_day", False),
            "summary": plan.summary,
        }
        for row, plan in zip(rows, rulebook.annual_plan.deadlines, strict=True)
    ]

"""The answers of the rules command as readable Chinese lines, each of which names its article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from unicodedata import east_asian_width

from .citations import cite, cite_all
from .findings import OUTCOME_LABELS, RESULT_LABELS, Evaluation
from .money import CATEGORIES, WHEN_LABELS, Use, yuan
from .periods import STATUS_LABELS
from .rulebook import Rulebook
from .supervision import ADDRESSEE_LABELS, REQUIREMENT_LABELS

Row = tuple[str, ...]

_YES_NO = {True: "适用", False: "不适用", None: "材料不足"}


def aligned(rows: Sequence[Row]) -> list[str]:
    """Return one line per row with the columns aligned as they are shown; the last column is left as it is."""
    widths: list[int] = []
    for row in rows:
        for place, cell in enumerate(row[:-1]):
            widths[place : place + 1] = [max(_width(cell), *widths[place : place + 1], 0)]
    return [
        "  ".join([_pad(cell, width) for cell, width in zip(row[:-1], widths, strict=False)] + [row[-1]]).rstrip()
        for row in rows
    ]


def list_lines(rulebooks: Iterable[Rulebook], on: date) -> list[str]:
    """One line for each rulebook."""
    return aligned([_standing(rulebook, on) for rulebook in rulebooks])


def show_lines(rulebook: Rulebook, on: date) -> list[str]:
    """Every provision of a rulebook, then the articles that are not modelled."""
    rows: list[Row] = [_standing(rulebook, on)]
    rows.append((cite(rulebook.authority_article), "综合管理部门", rulebook.authority))
    rows += [(cite_all(one.articles), one.title, one.summary) for one in rulebook.conditions]
    rows += [
        (cite(one.article), f"优先：{one.title}", f"{one.summary}{f'（{one.convention}）' if one.convention else ''}")
        for one in rulebook.preferences
    ]
    rows += _road_rows(rulebook) + _supervision_rows(rulebook) + _funding_rows(rulebook)
    rows += [(cite(one.article), f"不建模：{one.summary}", one.not_modelled) for one in rulebook.not_modelled]
    return aligned(rows)


def evaluation_lines(rulebook: Rulebook, evaluation: Evaluation) -> list[str]:
    """The outcome, then one line for each finding and preference."""
    findings = evaluation.findings
    decisive = {
        "not_in_force": [rulebook.in_force.article],
        "ineligible": [article for one in findings if one.result == "not_met" for article in one.articles],
        "incomplete": [article for one in findings if one.result == "unknown" for article in one.articles],
        "eligible": [article for one in findings for article in one.articles],
    }[evaluation.outcome]
    rows: list[Row] = [
        _standing(rulebook, evaluation.on),
        (cite_all(dict.fromkeys(decisive)), "结论", OUTCOME_LABELS[evaluation.outcome]),
    ]
    rows += [
        (cite_all(one.articles), RESULT_LABELS[one.result], f"{rulebook.condition(one.code).title}：{one.message}")
        for one in findings
    ]
    titles = {one.code: one for one in rulebook.preferences}
    for preference in evaluation.preferences:
        known = titles[preference.code]
        rows.append(
            (cite(preference.article), "优先条件", f"{known.title}：{_YES_NO[preference.met]}。{known.convention}")
        )
    direct = rulebook.road.direct_application
    if direct is not None:
        told = "可以直接申请" if evaluation.direct_application else "不适用直接申请"
        rows.append((cite(direct.article), "直接申请", told))
    return aligned(rows)


def deadline_lines(deadlines: Iterable[dict[str, Any]]) -> list[str]:
    """One line for each deadline of a year."""
    rows: list[Row] = []
    for one in deadlines:
        to = "、".join(ADDRESSEE_LABELS[addressee] for addressee in one["addressees"])
        first = f"，须先经{REQUIREMENT_LABELS[one['requires']]}" if one["requires"] else ""
        rest = "（当日为休息日，期限不顺延）" if one.get("rest_day") else ""
        rows.append((cite_all(one["articles"]), f"{one['due']}前（含当日）", f"报{to}{first}{rest}"))
    return aligned(rows)


def class_deadline_lines(rulebook: Rulebook, answer: dict[str, Any]) -> list[str]:
    """The last day for filing a training project, with the days counted."""
    if answer["latest_filing"] is None:
        return [absent(rulebook, "开班前备案")]
    counted = "、".join(answer["counted"])
    told = f"{answer['start']}开班，最迟{answer['latest_filing']}备案；倒数工作日：{counted}"
    return [f"{cite(answer['article'])}  {told}"]


def publicity_lines(rulebook: Rulebook, answer: dict[str, Any]) -> list[str]:
    """The last day of a public notice and the day from which one may decide."""
    told = f"{answer['start']}起公示{answer['days']}天，至{answer['last_day']}止，{answer['decide_from']}起可作决定"
    basis = cite(answer["article"]) if answer["article"] else absent(rulebook, "公示")
    return [f"{basis}  {told}"]


def tranche_lines(rulebook: Rulebook, answer: dict[str, Any]) -> list[str]:
    """The cap, then one line for each tranche and each rejected line of a budget."""
    funding = rulebook.funding
    if answer["scheme"] is None or funding is None or funding.scheme is None:
        return [absent(rulebook, "分期拨付")]
    verdict = "未超上限" if answer["within_cap"] else "超过上限"
    total = f"本次{yuan(answer['total_fen'])}，以前{yuan(answer['granted_before_fen'])}"
    rows: list[Row] = [(cite(funding.scheme.cap_article), "合计", f"{total}，上限{yuan(answer['cap_fen'])}，{verdict}")]
    for line in answer["lines"]:
        for part in line["tranches"]:
            basis = cite_all(dict.fromkeys([line["article"], part["article"]]))
            when = part.get("agreed", WHEN_LABELS[part["when"]])
            rows.append((basis, CATEGORIES[line["category"]], f"{line['item']}：{when}{yuan(part['amount_fen'])}"))
    rows += [
        (cite(line["article"]), CATEGORIES[line["category"]], f"{line['item']}：{line['message']}")
        for line in answer["rejected"]
    ]
    return aligned(rows)


def absent(rulebook: Rulebook, subject: str) -> str:
    """Say that a text has no rule on a subject, naming the articles that were read."""
    return f"{cite('1')}至{cite(str(rulebook.last_article))}  未规定{subject}"


def _standing(rulebook: Rulebook, on: date) -> Row:
    period = rulebook.in_force
    span = f"{period.start or '施行日期不详'}至{period.end or '未载终期'}" if not period.draft else "未施行"
    note = rulebook.term_note or period.note
    return (
        cite(period.article),
        f"{rulebook.name}（{rulebook.jurisdiction}）",
        f"{rulebook.title}，{rulebook.document or '无文号'}，{STATUS_LABELS[rulebook.status(on)]}，{span}。{note}",
    )


def _road_rows(rulebook: Rulebook) -> list[Row]:
    road = rulebook.road
    rows: list[Row] = []
    if road.batch_article is not None:
        rows.append((cite(road.batch_article), "批次", "分批建设"))
    rows.append((cite(road.application_form_article), "申报材料", road.application_form_title))
    rows += [
        (cite(stage.article), stage.label, f"{'、'.join(road.unit_label(unit) for unit in stage.by)}：{stage.summary}")
        for stage in road.recommendation
    ]
    if road.recommender_rank is not None:
        rows.append((cite(road.recommender_rank.article), "推荐单位级别", road.recommender_rank.label))
    if road.recommender_title is not None and road.recommender_title_article is not None:
        rows.append((cite(road.recommender_title_article), "推荐单位的名称", road.recommender_title))
    if road.direct_application is not None:
        rows.append((cite(road.direct_application.article), "直接申请", road.direct_application.summary))
    rows.append((cite(road.review.article), road.review.body_label, road.review.summary))
    if road.publicity is not None:
        rows.append((cite(road.publicity.article), "公示", road.publicity.summary))
    rows.append((cite(road.recognition_article), "认定", rulebook.authority))
    rows.append((cite(road.announcement.article), "公布", road.announcement.label))
    if road.plaque is not None:
        rows.append((cite(road.plaque.article), road.plaque.word, road.plaque.text))
    rows += [
        (cite(one.article), one.label, f"{one.recognised_by}认定，报{one.filed_with}备案") for one in road.lower_bases
    ]
    if road.delegated_service is not None:
        rows.append(
            (cite(road.delegated_service.article), road.delegated_service.label, road.delegated_service.summary)
        )
    return rows


def _supervision_rows(rulebook: Rulebook) -> list[Row]:
    plan, inspection = rulebook.annual_plan, rulebook.inspection
    rows: list[Row] = [(cite(plan.article), plan.title, plan.summary)]
    rows += [(cite_all(one.articles), f"{one.month}月{one.day}日前（含当日）", one.summary) for one in plan.deadlines]
    rows += [(cite(one.article), plan.title, one.summary) for one in (plan.kept_to, plan.records)]
    if plan.events_outside_plan is not None:
        rows.append((cite(plan.events_outside_plan.article), "计划外活动", plan.events_outside_plan.summary))
    if plan.assessment_group is not None:
        rows.append((cite(plan.assessment_group.article), "评估小组", plan.assessment_group.summary))
    if rulebook.class_filing is not None:
        rows.append((cite(rulebook.class_filing.article), "开班前备案", rulebook.class_filing.summary))
    if rulebook.name_use is not None:
        rows.append((cite(rulebook.name_use.article), "基地名义", rulebook.name_use.summary))
    rows += _training_rows(rulebook)
    rows.append((cite(inspection.article), "检查考核内容", "、".join(item.label for item in inspection.items)))
    provisions = (
        inspection.conducted_by,
        inspection.evaluated_by,
        inspection.spot_checks,
        inspection.published,
        inspection.evaluation_published,
        inspection.use_of_results,
        inspection.commendation,
    )
    rows += [(cite(one.article), "检查考核", one.summary) for one in provisions if one is not None]
    rows += [(cite(one.article), one.word, one.summary) for one in rulebook.sanctions]
    change = rulebook.particulars_change
    rows.append(
        (cite(change.article), "信息变更", f"{'、'.join(one.label for one in change.particulars)}：{change.summary}")
    )
    return rows


def _training_rows(rulebook: Rulebook) -> list[Row]:
    benefit, fees, credit = rulebook.public_benefit, rulebook.fees, rulebook.credit
    rows: list[Row] = []
    if benefit is not None:
        favoured = "、".join(label for _, label in benefit.favours)
        rows.append((cite(benefit.article), "公益培训", f"{benefit.summary}{favoured and f'：{favoured}'}"))
    rows.append((cite(fees.article), "收费", fees.summary))
    rows.append((cite(credit.article), f"按{credit.label}登记", credit.summary))
    asked = rulebook.archive_by_article()
    customary = asked.pop(None, ())
    besides = f"；另按惯例保存{'、'.join(customary)}" if customary else ""
    rows += [(cite(str(article)), "培训档案", f"{'、'.join(labels)}{besides}") for article, labels in asked.items()]
    return rows


def _funding_rows(rulebook: Rulebook) -> list[Row]:
    funding = rulebook.funding
    if funding is None:
        note = rulebook.funding_note
        return [] if note is None else [(cite(note.article), "专项经费", note.summary)]
    rows: list[Row] = [
        (cite(funding.article), funding.source, funding.summary),
        (cite(funding.audit_article), "审核", f"{funding.audited_by}审核{'、'.join(funding.audited)}"),
        (cite(funding.matching_funds_article), "配套经费", f"{'、'.join(funding.matching_funds_by)}提供"),
    ]
    if funding.scheme is not None:
        rows.append((cite(funding.scheme.cap_article), "资助上限", yuan(funding.scheme.cap_fen)))
        for use in funding.scheme.uses:
            paid = f"{CATEGORIES[use.category]}，{_terms(use)}"
            rows.append((cite_all([use.article, funding.scheme.paid_under]), "可以列支", paid))
        rows += [(cite(use.article), "不得列支", CATEGORIES[use.category]) for use in funding.scheme.forbidden]
    if funding.supervision is not None:
        rows.append((cite(funding.supervision.article), "监管", funding.supervision.summary))
    return rows


def _terms(use: Use) -> str:
    if use.terms == "advance_then_acceptance":
        return f"先行拨付{use.advance_percent}%，其余验收后拨付"
    return WHEN_LABELS[use.terms]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

"""What the pages of applications and plans share: the draft, its frame, its figures, links to what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import case_or_404, state_label, state_tone
from apps.cases.workflow import Problem, workflow_for
from apps.cases.workflow.engine import check_guards, road_of, rules_of
from apps.subsidies.models import Award
from apps.subsidies.services import content_draft, content_tables
from apps.subsidies.services.award_applications import room_of, room_warnings
from apps.subsidies.services.content_draft import FILE_TITLES, PURPOSE, Draft
from apps.subsidies.services.content_tables import LINES
from apps.subsidies.services.plan_content import drafted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {CaseKind.AWARD: "award", CaseKind.USE_PLAN: "plan"}


def own_draft_or_404(request: HttpRequest, number: str, kind: str) -> Draft:
    """The form of the case ``number`` for those who fill in for its institution; to others it does not exist."""
    case = case_or_404(request, number, kind)
    if not content_draft.may_fill_in(case, request.actor):
        raise Http404
    return content_draft.load_draft(content_draft.detail_of(case))


def url_of(case: Case, name: str, *args: Any) -> str:
    """The page ``name`` of the form: form, part, autosave, upload, template, export, file_upload, file_remove, submit."""
    return reverse(f"subsidies:{KINDS[CaseKind(case.kind)]}_{name}", args=[case.number, *args])


def part_url(case: Case, part: str, field: str = "") -> str:
    """The page of a part; with ``field`` it points out what is missing and leads to the field."""
    url = url_of(case, "part", part)
    return f"{url}?check=1#id_{field}" if field else url


def posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def frame(request: HttpRequest, draft: Draft, heading: str) -> dict[str, Any]:
    """What every page of one form shows around its own content."""
    case = draft.case
    return {
        "heading": heading,
        "title": title_of(draft),
        "draft": draft,
        "detail": draft.detail,
        "case": case,
        "base": draft.detail.base,
        "rulebook": rules_of(case),
        "funding": draft.funding,
        "state_label": state_label(case),
        "state_tone": state_tone(case, request.actor),
        "sandbox": case.is_sandbox,
        "form_url": url_of(case, "form"),
        "breadcrumbs": [
            {"label": "我的基地", "url": reverse("bases:mine")},
            {"label": draft.detail.base.number, "url": reverse("bases:file", args=[draft.detail.base.number])},
            {"label": case.title, "url": reverse("cases:detail", kwargs={"number": case.number})},
            {"label": heading},
        ],
    }


def title_of(draft: Draft) -> str:
    if draft.is_award:
        return "资助申请"
    if draft.is_special:
        return "专项经费使用办法和使用方案"
    version = draft.detail.version  # type: ignore[union-attr]
    return f"使用方案和绩效计划（第 {version} 版{'，调整' if draft.is_change else ''}）"


def navigation(draft: Draft, current: str = "", *, locked: bool = False) -> dict[str, Any]:
    """The parts with their completeness, for ``components/section_nav.html``."""
    state = draft.completeness()
    sections = [
        {
            "code": code,
            "title": title,
            "url": part_url(draft.case, code),
            "current": code == current,
            "locked": locked,
            **state["sections"][code],
        }
        for code, title in draft.parts.items()
    ]
    return {"complete": state["complete"], "total": state["total"], "sections": sections}


def problem_links(case: Case, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The problems with a link to where each can be put right, for ``components/guards.html``."""
    return [
        {"message": problem.message, "articles": problem.articles, "url": _place(case, problem.where)}
        for problem in problems
    ]


def _place(case: Case, where: str) -> str:
    kind, _, rest = where.partition(":")
    if kind != "part":
        return ""
    part, _, field = rest.partition("#")
    return part_url(case, part, field)


def standing_problems(case: Case, step: str) -> list[Problem]:
    """What would stop ``step`` now, whoever takes it."""
    workflow = workflow_for(case.kind)
    transition = workflow.find(step, case.state, case, road_of(case))
    if transition is None:
        return [Problem("wrong_state", f"本件现为“{workflow.states[case.state]}”，现在不能办理这一步。")]
    return check_guards(transition, case, None, None)


def totals(draft: Draft) -> dict[str, Any]:
    """The sums of what is typed, and what they are held against: cap and budget, or the sum that was granted."""
    content = drafted(draft)
    figures: dict[str, Any] = {
        "content": content,
        "total_fen": content.total_fen,
        "target_fen": draft.granted_fen,
        "unread": len({error.row for error in draft.checked[LINES].errors}),
    }
    if draft.granted_fen is not None:
        figures["difference_fen"] = draft.granted_fen - content.total_fen
        figures["short"] = max(figures["difference_fen"], 0)
        figures["over"] = max(-figures["difference_fen"], 0)
    if isinstance(draft.detail, Award):
        room = room_of(draft.detail)
        figures |= {"room": room, "warnings": room_warnings(room, content.total_fen)}
        figures["cap_rest_fen"] = room.cap_left_fen - content.total_fen
        figures["cycle_rest_fen"] = room.cycle_left_fen - content.total_fen
    return figures


def script_facts(draft: Draft) -> str:
    """What the page's script needs to refuse a forbidden use and to ask for an approval at once, as JSON."""
    agreed = list(content_tables.by_agreement(draft.funding))
    return json.dumps({"refusals": content_tables.refusals(draft.funding), "agreed": agreed}, ensure_ascii=False)


def file_groups(draft: Draft, *, removable: bool) -> list[dict[str, Any]]:
    """The files by their code, as ``file_list`` takes them."""
    case = draft.case
    return [
        {
            "code": code,
            "title": FILE_TITLES[code],
            "gap": next((gap for gap in draft.gaps if gap.field == code), None),
            "files": [
                {
                    "name": file.name,
                    "url": reverse("cases:attachment", args=[case.number, file.pk]),
                    "size": file.size,
                    "uploaded_at": file.uploaded_at,
                    "uploaded_by": file.uploaded_by,
                    "delete_url": url_of(case, "file_remove", file.pk) if removable else "",
                }
                for file in draft.files
                if file.purpose == PURPOSE + code
            ],
        }
        for code in draft.file_codes
    ]

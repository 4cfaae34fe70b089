"""Applying for money of a cycle: begin on the base's page, see what is missing, send."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.bases.views.files import base_or_404
from apps.cases.enums import CaseKind
from apps.cases.web import Problems, run_step
from apps.cases.workflow import Problem, WorkflowError
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.enums import AwardState
from apps.subsidies.services import award_applications, content_draft
from apps.subsidies.services.content_draft import EDITORS, Draft
from apps.subsidies.services.plan_content import drafted
from apps.subsidies.views.content_pages import (
    file_groups,
    frame,
    navigation,
    own_draft_or_404,
    problem_links,
    standing_problems,
    totals,
)


@requires_role(*EDITORS)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, number: str) -> HttpResponse:
    """The cycles that take applications of the base, and the draft of one."""
    base = base_or_404(request, number)
    problems = Problems()
    cycles = award_applications.open_cycles(base) if award_applications.gives_awards(base) else []
    if request.method == "POST":
        chosen = next((one for one in cycles if one.case.number == request.POST.get("cycle")), None)
        if chosen is None:
            problems = Problems([Problem("cycle_missing", "请选择一个正在接受申请的资助周期。")], 422)
        else:
            try:
                award = award_applications.start_application(base, chosen, request.actor)
            except WorkflowError as error:
                problems = Problems(error.problems, error.status)
            else:
                return redirect("subsidies:award_form", number=award.case.number)
    rows = [
        {
            "cycle": one,
            "running": award_applications.application_in_hand(base, one),
            "left": one.budget_fen - one.granted_fen,
        }
        for one in cycles
    ]
    return render(
        request, "subsidies/awards/form_start.html", _start_page(base, rows, problems), status=problems.status
    )


def _start_page(base: Base, rows: list[dict[str, Any]], problems: Problems) -> dict[str, Any]:
    rulebook = registry.rulebook(base.jurisdiction_id, timezone.localdate())
    return {
        "heading": "申请专项经费资助",
        "base": base,
        "sandbox": base.is_sandbox,
        "rulebook": rulebook,
        "funding": rulebook.funding,
        "note": rulebook.funding_note,
        "rows": rows,
        "missing": problems,
    }


@acting
@require_GET
def form(request: HttpRequest, number: str) -> HttpResponse:
    """The application as a whole: what is filled in, what is missing, what to do next and by when."""
    draft = own_draft_or_404(request, number, CaseKind.AWARD)
    if not content_draft.is_editable(draft.case, request.actor):
        return redirect("cases:detail", number=number)
    step = _step(draft)
    context = frame(request, draft, "填写资助申请") | {
        "progress": navigation(draft),
        "missing": problem_links(draft.case, standing_problems(draft.case, step)),
        "returned": draft.case.state == AwardState.RETURNED,
        **totals(draft),
    }
    return render(request, "subsidies/awards/form.html", context)


@acting
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Read everything once more, then send; a returned application is sent again here too."""
    draft = own_draft_or_404(request, number, CaseKind.AWARD)
    if not content_draft.is_editable(draft.case, request.actor):
        return redirect("cases:detail", number=number)
    case, step = draft.case, _step(draft)
    status, problems = 200, standing_problems(case, step)
    if request.method == "POST":
        act, refused = run_step(request, lambda: getattr(award_applications, step)(case, request.actor))
        if act is not None:
            turn = case.turn_organisation
            messages.success(request, f"已提交，编号 {number}。" + (f"现由{turn.name}办理。" if turn else ""))
            return redirect("cases:detail", number=number)
        problems, status = list(refused), refused.status
    context = frame(request, draft, "提交申请" if step == "submit" else "修改后重新提交") | {
        "progress": navigation(draft),
        "problems": problem_links(case, problems),
        "is_head": Role.INSTITUTION_HEAD in request.actor.roles,
        "files": file_groups(draft, removable=False),
        **drafted(draft).as_context(),
        **totals(draft),
    }
    return render(request, "subsidies/awards/form_submit.html", context, status=status)


def _step(draft: Draft) -> str:
    return "resubmit" if draft.case.state == AwardState.RETURNED else "submit"

"""Use plans of the institution: begin one for special funds or a change, see what is missing, send or file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.bases.views.files import base_or_404
from apps.cases.enums import CaseKind
from apps.cases.web import Problems, case_or_404, run_step
from apps.cases.workflow import Problem, WorkflowError
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.enums import PlanState
from apps.subsidies.forms.plan_content import ReasonForm
from apps.subsidies.models import Award, UsePlan
from apps.subsidies.services import content_draft, plan_changes, plan_drafting
from apps.subsidies.services.content_draft import EDITORS, Draft
from apps.subsidies.services.plan_checks import share_problems
from apps.subsidies.services.plan_content import drafted
from apps.subsidies.views.content_pages import (
    file_groups,
    frame,
    navigation,
    own_draft_or_404,
    posted,
    problem_links,
    standing_problems,
    totals,
)

SENDING = {"submit": plan_drafting.submit_plan, "file_minor_change": plan_changes.file_minor_change}


@requires_role(*EDITORS)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, number: str) -> HttpResponse:
    """What the text asks of special funds, and the draft of a plan for them."""
    base = base_or_404(request, number)
    problems = Problems()
    if request.method == "POST":
        try:
            plan = plan_drafting.start_special_plan(base, request.actor)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            return redirect("subsidies:plan_form", number=plan.case.number)
    rulebook = registry.rulebook(base.jurisdiction_id, timezone.localdate())
    context = {
        "heading": "报审专项经费使用方案",
        "base": base,
        "sandbox": base.is_sandbox,
        "rulebook": rulebook,
        "funding": rulebook.funding,
        "note": rulebook.funding_note,
        "offered": plan_drafting.audits_special_funds(base),
        "running": plan_drafting.plan_being_written(base),
        "missing": problems,
    }
    return render(request, "subsidies/plans/form_start.html", context, status=problems.status)


@acting
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a change of the plan in force of the award ``number``."""
    case = case_or_404(request, number, CaseKind.AWARD)
    if not content_draft.may_fill_in(case, request.actor):
        raise Http404
    award = get_object_or_404(Award.objects.select_related("base", "cycle", "case"), pk=case.pk)
    form, problems = ReasonForm(posted(request)), Problems()
    if request.method == "POST" and form.is_valid():
        try:
            plan = plan_changes.open_change(award, request.actor)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            detail = content_draft.detail_of(plan.case)
            reason = {"change_reason": form.cleaned_data["change_reason"]}
            content_draft.save_values(detail, reason, detail.data_version, request.actor)
            messages.success(request, f"已建立第 {plan.version} 版，请修改后报送。")
            return redirect("subsidies:plan_form", number=plan.case.number)
    context = {
        "heading": "调整使用方案",
        "award": award,
        "case": case,
        "sandbox": case.is_sandbox,
        "rulebook": registry.by_key(case.rulebook_key),
        "funding": registry.by_key(case.rulebook_key).funding,
        "in_hand": plan_changes.plan_in_hand(award),
        "in_force": plan_changes.plan_in_force(award),
        "form": form,
        "missing": problems,
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "subsidies/plans/form_change.html", context, status=status)


@acting
@require_GET
def form(request: HttpRequest, number: str) -> HttpResponse:
    """The plan as a whole: what is filled in, what is missing, what to do next."""
    draft = own_draft_or_404(request, number, CaseKind.USE_PLAN)
    if not content_draft.is_editable(draft.case, request.actor):
        return redirect("cases:detail", number=number)
    context = frame(request, draft, "编制使用方案") | {
        "progress": navigation(draft),
        "missing": problem_links(draft.case, standing_problems(draft.case, "submit")),
        "returned": draft.case.state == PlanState.RETURNED,
        "auditor": _auditor(draft),
        **totals(draft),
    }
    return render(request, "subsidies/plans/form.html", context)


@acting
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Read everything once more, then send to the audit or, within the share, file."""
    draft = own_draft_or_404(request, number, CaseKind.USE_PLAN)
    case = draft.case
    if not content_draft.is_editable(case, request.actor):
        return redirect("cases:detail", number=number)
    status, problems = 200, standing_problems(case, "submit")
    if request.method == "POST":
        step = request.POST.get("step", "submit")
        if step not in SENDING:
            raise Http404
        act, refused = run_step(request, lambda: SENDING[step](case, request.actor))
        if act is not None:
            messages.success(request, _done(case, step))
            return redirect("cases:detail", number=number)
        problems, status = list(refused), refused.status
    context = frame(request, draft, "报送使用方案") | {
        "progress": navigation(draft),
        "problems": problem_links(case, problems),
        "is_head": Role.INSTITUTION_HEAD in request.actor.roles,
        "auditor": _auditor(draft),
        "files": file_groups(draft, removable=False),
        **_change_facts(draft),
        **drafted(draft).as_context(),
        **totals(draft),
    }
    return render(request, "subsidies/plans/form_submit.html", context, status=status)


def _done(case: Any, step: str) -> str:
    if step == "file_minor_change":
        return "已备查，调整后的方案即日执行。"
    turn = case.turn_organisation
    return f"已报送，编号 {case.number}。" + (f"现由{turn.name}审核。" if turn else "")


def _change_facts(draft: Draft) -> dict[str, Any]:
    """Of a change: whether it may be filed, why not, and what becomes of each line."""
    if not draft.is_change or not isinstance(draft.detail, UsePlan):
        return {}
    above: list[Problem] = share_problems(draft.detail)
    before = {row.key: row for row in draft.detail.amends.case.use_plan_lines.all()} if draft.detail.amends else {}
    after = {line["key"]: line for line in draft.lines}
    rows = [
        {
            "item": (after.get(key) or {}).get("item") or before[key].item,
            "before": before[key].amount_fen if key in before else None,
            "after": after[key]["amount_fen"] if key in after else None,
        }
        for key in dict.fromkeys([*before, *after])
    ]
    return {"above": above, "minor": not above, "changes": [row for row in rows if row["before"] != row["after"]]}


def _auditor(draft: Draft) -> str:
    """Who audits the plan, by name."""
    if draft.funding.auditor == "authority":
        return str(draft.case.authority.name)
    unit = draft.detail.base.managing_unit
    return unit.name if unit is not None else draft.funding.audited_by

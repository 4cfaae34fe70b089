"""Pages on which the institution's head sends a plan, amends it, and versions are compared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting
from apps.accounts.enums import Role
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.web import Problems, run_step
from apps.cases.workflow import Problem, WorkflowError, workflow_for
from apps.cases.workflow.engine import check_guards, road_of
from apps.plans.enums import PlanState
from apps.plans.forms.annual_plans import AmendForm, OwnReviewForm
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_forms, plan_submission, plan_terms
from apps.plans.services.plan_amendments import amend, compare, versions_of
from apps.plans.views.annual_plan_pages import (
    content,
    frame,
    navigation,
    own_plan_or_404,
    plan_or_404,
    posted,
    problem_links,
)


@acting
@require_http_methods(["GET", "POST"])
def plan_submit(request: HttpRequest, number: str) -> HttpResponse:
    """Check everything once more, then send; a returned plan is sent again here too."""
    plan = own_plan_or_404(request, number)
    case = plan.case
    step = "resubmit" if case.state in plan_forms.RETURNED else "submit"
    status, problems = 200, _standing_problems(plan, step)
    if request.method == "POST":
        act, refused = run_step(request, lambda: getattr(plan_submission, step)(case, request.actor))
        if act is not None:
            turn = case.turn_organisation
            messages.success(request, f"已报送，编号 {number}。" + (f"现由{turn.name}办理。" if turn else ""))
            return redirect("cases:detail", number=number)
        problems, status = list(refused), refused.status
    return _sending_page(request, plan, "报送年度计划" if step == "submit" else "修改后重新报送", problems, status)


@acting
@require_http_methods(["GET", "POST"])
def plan_own_review(request: HttpRequest, number: str) -> HttpResponse:
    """The institution's own review, recorded by its head before the plan is sent."""
    plan = own_plan_or_404(request, number)
    form = OwnReviewForm(posted(request), initial={"opinion": plan.review_opinion})
    status, problems = 200, _standing_problems(plan, "record_own_review")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        act, refused = run_step(
            request,
            lambda: plan_submission.record_own_review(plan.case, request.actor, values["opinion"], values["on"]),
        )
        if act is not None:
            messages.success(request, "已记录单位审核意见，请报送备案。")
            return redirect("plans:plan_submit", number=number)
        problems, status = list(refused), refused.status
    elif request.method == "POST":
        status = 422
    return _sending_page(request, plan, "单位审核", problems, status, form=form)


def _standing_problems(plan: AnnualPlan, step: str) -> list[Problem]:
    case = plan.case
    workflow = workflow_for(case.kind)
    transition = workflow.find(step, case.state, case, road_of(case))
    if transition is None:
        return [Problem("wrong_state", f"本件现为“{workflow.states[case.state]}”，现在不能办理这一步。")]
    return check_guards(transition, case, None, None)


def _overdue(plan: AnnualPlan, row: dict[str, Any], today: dt.date) -> bool:
    due = row["day"].due
    return not row["came"] and today > due and plan_terms.binds_base(due, plan.base)


def _sending_page(
    request: HttpRequest,
    plan: AnnualPlan,
    heading: str,
    problems: list[Problem],
    status: int,
    form: OwnReviewForm | None = None,
) -> HttpResponse:
    loaded = plan_forms.load_form(plan)
    days = plan_terms.arrivals(plan, loaded.rules)
    today = timezone.localdate()
    binding = plan_terms.is_binding(plan.base, today)
    context = (
        frame(request, plan, heading, loaded.rules)
        | content(loaded)
        | {
            "progress": navigation(loaded, locked=not plan_forms.is_editable(plan, request.actor)),
            "problems": problem_links(plan.case, problems),
            "is_head": Role.INSTITUTION_HEAD in request.actor.roles,
            "review_form": form,
            "days": [row | {"overdue": _overdue(plan, row, today)} for row in days] if binding else days,
            "binding": binding,
            "requires": loaded.rules.annual_plan.deadlines[-1].requires,
            "returned": loaded.returned,
        }
    )
    return render(request, "plans/annual/submit.html", context, status=status)


@acting
@require_http_methods(["GET", "POST"])
def plan_amend(request: HttpRequest, number: str) -> HttpResponse:
    """Begin an amendment of a filed plan."""
    plan = own_plan_or_404(request, number)
    form, problems = AmendForm(posted(request)), Problems()
    if request.method == "POST" and form.is_valid():
        try:
            amendment = amend(plan, request.actor, form.cleaned_data["reason"])
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, f"已建立第 {amendment.version} 版，请修改后报送。")
            return redirect("plans:plan_form", number=amendment.case.number)
    loaded = plan_forms.load_form(plan)
    context = frame(request, plan, "调整年度计划", loaded.rules) | {"form": form, "problems": problems}
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "plans/annual/amend.html", context, status=status)


@acting
@require_GET
def plan_compare(request: HttpRequest, number: str) -> HttpResponse:
    """Two versions of one base's plan side by side: this one and, by ``with``, another that the reader may see."""
    plan = plan_or_404(request, number)
    readable = selectors.readable_cases(request.actor).filter(kind=CaseKind.ANNUAL_PLAN)
    visible = set(readable.filter(base=plan.base).values_list("pk", flat=True))
    versions = [one for one in versions_of(plan.base, plan.year) if one.pk in visible]
    asked = request.GET.get("with", "")
    others = {one.case.number: one for one in versions if one.pk != plan.pk}
    if asked:
        get_object_or_404(readable, number=asked, base=plan.base)
    other = others.get(asked) or _neighbour(plan, list(others.values()))
    own = plan.case.institution_id == request.actor.organisation.pk
    context: dict[str, Any] = frame(request, plan, "版本对照", plan_forms.load_form(plan).rules) | {
        "versions": versions,
        "other": other,
        "comparison": None,
    }
    if other is not None:
        before, after = sorted((other, plan), key=lambda one: one.version)
        comparison = compare(before, after, as_sent=not own)
        context |= {
            "comparison": comparison,
            "counts": {state: comparison.count(state) for state in ("added", "removed", "changed", "same")},
            "texts": [text for text in comparison.texts if text["before"] != text["after"]],
            "differing": [row for row in comparison.rows if row.state != "same"],
        }
    return render(request, "plans/annual/compare.html", context)


def _neighbour(plan: AnnualPlan, others: list[AnnualPlan]) -> AnnualPlan | None:
    """The version before this one that was filed, else any other."""
    earlier = [one for one in others if one.version < plan.version]
    filed = [one for one in earlier if one.case.state == PlanState.FILED]
    candidates = filed or earlier or others
    return candidates[-1] if candidates else None

"""The list of use plans, and the pages on which a plan is audited by the funder or the managing unit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import keyed_page
from apps.cases.web import case_or_404
from apps.subsidies.forms.decisions import AuditForm, PlanFilter, ReturnForm
from apps.subsidies.services import award_lists, award_pages, plan_reviews
from apps.subsidies.views.office_pages import step_page, version_of

AUDITORS = (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.DEPARTMENT_OFFICER)


@acting
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """The use plans the person may open."""
    form = PlanFilter(request.GET)
    found = award_lists.plans_of(request.actor, form.values(), request.GET.get("sort", ""))
    listed = keyed_page(found, request.GET.get("page"))
    context = {
        "heading": "使用方案和绩效计划",
        "form": form,
        "page": listed,
        "rows": [award_lists.plan_row(one, request.actor) for one in listed.rows],
        "filtered": bool(form.values()),
    }
    return render(request, "subsidies/plans/list.html", context)


@acting
@require_GET
def plan_list_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    found = award_lists.plans_of(request.actor, PlanFilter(request.GET).values(), request.GET.get("sort", ""))
    rows = [award_lists.plan_cells(award_lists.plan_row(one, request.actor)) for one in found[:MOST_ROWS]]
    return xlsx_response("use-plans", award_lists.PLAN_HEAD, rows)


@requires_role(*AUDITORS)
@require_http_methods(["GET", "POST"])
def plan_return(request: HttpRequest, number: str) -> HttpResponse:
    """Send a plan back with what has to be changed."""
    case = case_or_404(request, number, CaseKind.USE_PLAN)
    form = ReturnForm(request.POST or None)
    return step_page(
        request,
        case,
        ("return_for_correction",),
        form,
        lambda: plan_reviews.return_for_correction(case, request.actor, form.lines()),
        template="plans/return.html",
        heading="退回修改",
        done="已退回单位修改。",
        data=award_pages.plan_summary(case, request.actor),
    )


@requires_role(*AUDITORS)
@require_http_methods(["GET", "POST"])
def plan_audit(request: HttpRequest, number: str) -> HttpResponse:
    """Draft the opinion on a plan for the head's signature."""
    case = case_or_404(request, number, CaseKind.USE_PLAN)
    plan = case.use_plan
    initial = {"conclusion": plan.conclusion, "opinion": plan.opinion, "version": case.version}
    form = AuditForm(request.POST or None, initial=initial)
    return step_page(
        request,
        case,
        ("propose_opinion",),
        form,
        lambda: plan_reviews.propose_opinion(
            case,
            request.actor,
            form.cleaned_data["conclusion"],
            form.cleaned_data["opinion"],
            version=version_of(form),
        ),
        template="plans/audit.html",
        heading="拟定审核意见",
        done="审核意见已拟定，请负责人签发。",
        data=award_pages.plan_summary(case, request.actor),
    )

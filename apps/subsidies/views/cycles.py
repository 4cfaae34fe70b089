"""Pages of funding cycles: the list, the cycle with its figures, the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import keyed_page
from apps.cases.web import Problems, case_or_404, run_step, step_links
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks.money import yuan
from apps.jurisdictions.standing import standing
from apps.subsidies.enums import AwardState
from apps.subsidies.forms.cycles import CycleFilter, CycleForm, Rubric, default_rubric
from apps.subsidies.models import Award, AwardLine, FundingCycle
from apps.subsidies.services import award_lists, cycles
from apps.subsidies.views.office_pages import OFFICE, frame, not_now, version_of


@requires_role(*OFFICE)
@require_GET
def cycle_list(request: HttpRequest) -> HttpResponse:
    """The authority's cycles; where its text has none, what it says instead."""
    rulebook = standing(request.actor.organisation.jurisdiction_id, timezone.localdate()).rulebook
    if not cycles.gives_awards(rulebook):
        return redirect("subsidies:index")
    form = CycleFilter(request.GET)
    listed = keyed_page(
        award_lists.cycles_of(request.actor, form.values(), request.GET.get("sort", "")), request.GET.get("page")
    )
    context = {
        "heading": "资助周期",
        "form": form,
        "page": listed,
        "rows": [award_lists.cycle_row(one, request.actor) for one in listed.rows],
        "filtered": bool(form.values()),
        "may_create": request.actor.has(Role.AUTHORITY_OFFICER),
        "rulebook": rulebook,
        "funding": rulebook.funding,
    }
    return render(request, "subsidies/cycles/list.html", context)


@requires_role(*OFFICE)
@require_GET
def cycle_list_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    found = award_lists.cycles_of(request.actor, CycleFilter(request.GET).values(), request.GET.get("sort", ""))
    rows = [award_lists.cycle_cells(award_lists.cycle_row(one, request.actor)) for one in found[:MOST_ROWS]]
    return xlsx_response("funding-cycles", award_lists.CYCLE_HEAD, rows)


@requires_role(*OFFICE)
@require_GET
def cycle_page(request: HttpRequest, number: str) -> HttpResponse:
    """A cycle with its settings, its figures, each leading to the rows behind it, and what to do next."""
    case = case_or_404(request, number, CaseKind.FUNDING_CYCLE)
    cycle = case.funding_cycle
    context = frame(case, request, cycle.title) | {
        "cycle": cycle,
        "steps": step_links(case, request.actor),
        "figures": _figures(cycle),
        "left_fen": cycle.budget_fen - cycle.granted_fen,
        "by_state": _by_state(cycle),
        "awards_url": f"{reverse('subsidies:awards')}?cycle={cycle.pk}",
    }
    return render(request, "subsidies/cycles/page.html", context)


def _by_state(cycle: FundingCycle) -> list[dict[str, Any]]:
    """Applications and awards of the cycle that the authority has received, counted by state."""
    counted = (
        Award.objects.filter(cycle=cycle, requested_fen__gt=0)
        .order_by()
        .values("case__state")
        .annotate(count=Count("pk"), requested=Sum("requested_fen"), granted=Sum(F("granted_fen") - F("released_fen")))
    )
    found = {row["case__state"]: row for row in counted}
    return [
        {"state": state.value, "label": state.label} | found[state.value]
        for state in AwardState
        if state.value in found and state != AwardState.DRAFT
    ]


def _figures(cycle: FundingCycle) -> list[dict[str, Any]]:
    """The cycle's sums in words, those that have rows behind them with a link there."""
    awards = f"{reverse('subsidies:awards')}?cycle={cycle.pk}"
    requested = Award.objects.filter(cycle=cycle).aggregate(total=Sum("requested_fen", default=0))["total"]
    paid = AwardLine.objects.filter(award__cycle=cycle).aggregate(total=Sum("paid_fen", default=0))["total"]
    return [
        {"label": "周期指标", "value": yuan(cycle.budget_fen)},
        {"label": "申请金额", "value": yuan(requested), "url": f"{awards}&sort=-requested"},
        {"label": "已资助（扣除收回）", "value": yuan(cycle.granted_fen), "url": f"{awards}&sort=-granted"},
        {"label": "已支付", "value": yuan(paid), "url": f"{awards}&sort=-granted"},
        {"label": "尚可安排", "value": yuan(cycle.budget_fen - cycle.granted_fen)},
    ]


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def cycle_new(request: HttpRequest) -> HttpResponse:
    """Draw up a cycle."""
    found = standing(request.actor.organisation.jurisdiction_id, timezone.localdate())
    if not cycles.gives_awards(found.rulebook):
        return redirect("subsidies:index")
    posted = request.POST if request.method == "POST" else None
    form, rubric = CycleForm(posted), Rubric(posted, initial=default_rubric(), prefix="rubric")
    problems = Problems()
    if posted is not None and form.is_valid() & rubric.is_valid():
        try:
            made = cycles.draw_up(request.actor, _values(form, rubric), sandbox=form.cleaned_data["sandbox"])
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, f"已拟定“{made.title}”，请核对后报请批准开放。")
            return redirect("subsidies:cycle", number=made.case.number)
    context = {"heading": "拟定资助周期", "rulebook": found.rulebook, "standing": found}
    return _form_page(request, form, rubric, problems, context)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def cycle_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a cycle that is still a draft."""
    case = case_or_404(request, number, CaseKind.FUNDING_CYCLE)
    cycle = case.funding_cycle
    posted = request.POST if request.method == "POST" else None
    if posted is None:
        closed = not_now(request, case, "edit")
        if closed:
            return closed
    initial = {name: getattr(cycle, name) for name in cycles.FIELDS if name != "rubric"} | {"version": case.version}
    form = CycleForm(posted, initial=initial, editing=True)
    rows = [{key: item[key] for key in ("title", "max_points", "description")} for item in cycle.rubric]
    rubric = Rubric(posted, initial=rows, prefix="rubric")
    problems = Problems()
    if posted is not None and form.is_valid() & rubric.is_valid():
        values, version = _values(form, rubric), version_of(form)
        act, problems = run_step(request, lambda: cycles.edit(case, request.actor, values, version=version))
        if act is not None:
            messages.success(request, "周期已修改。")
            return redirect("subsidies:cycle", number=number)
    return _form_page(request, form, rubric, problems, frame(case, request, "修改资助周期"))


def _values(form: CycleForm, rubric: Any) -> dict[str, Any]:
    values = {name: form.cleaned_data[name] for name in cycles.FIELDS if name in form.cleaned_data}
    return values | {"rubric": rubric.rows()}


def _form_page(
    request: HttpRequest, form: CycleForm, rubric: Any, problems: Problems, context: dict[str, Any]
) -> HttpResponse:
    wrong = form.is_bound and (form.errors or rubric.total_error_count())
    values = context | {"form": form, "rubric": rubric, "missing": problems}
    return render(request, "subsidies/cycles/form.html", values, status=422 if wrong else problems.status)

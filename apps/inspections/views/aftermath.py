"""After a revocation: plaque, running cases one by one, closing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.web import Problems, case_or_404, run_step, state_label
from apps.cases.workflow.engine import perform, road_of
from apps.inspections.forms.sanctions import PlaqueForm, SettlementForm
from apps.inspections.services import aftermath
from apps.inspections.views import sanction_steps as steps


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def revocation_aftermath(request: HttpRequest, number: str) -> HttpResponse:
    """The plaque, every running case of the base with a form of its own, and closing when all is done."""
    case = case_or_404(request, number, CaseKind.REVOCATION)
    if request.method != "POST":
        return steps.not_now(request, case, "settle_case") or _page(request, case, Problems())
    action = request.POST.get("action", "")
    if action == "close":
        act, problems = run_step(request, lambda: perform(case, "close", request.actor))
        if act is not None:
            messages.success(request, "善后已办结。")
            return redirect("cases:detail", number=number)
        return _page(request, case, problems)
    form = PlaqueForm(request.POST) if action == "plaque" else _settlement(request, case)
    problems = Problems()
    if form.is_valid():
        act, problems = run_step(request, lambda: _take(case, request, form))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”。")
            return redirect("inspections:revocation_aftermath", number=number)
    return _page(request, case, problems, form)


def _settlement(request: HttpRequest, case: Case) -> SettlementForm:
    return SettlementForm(request.POST, prefix=_prefix(request.POST.get("of", "")))


def _prefix(number: str) -> str:
    return f"case-{number[:40]}"


def _take(case: Case, request: HttpRequest, form: forms.Form) -> Act:
    data = form.cleaned_data
    if isinstance(form, PlaqueForm):
        return aftermath.record_plaque(case, request.actor, returned_on=data["returned_on"], note=data["note"])
    return aftermath.settle_case(case, request.actor, data["number"], decision=data["decision"], reason=data["reason"])


def _page(request: HttpRequest, case: Case, problems: Problems, posted: forms.Form | None = None) -> HttpResponse:
    revocation = case.revocation
    plaque_form = PlaqueForm(initial={"returned_on": revocation.plaque_returned_on, "note": revocation.plaque_note})
    if isinstance(posted, PlaqueForm):
        plaque_form = posted
    status_form = posted if posted is not None else None
    return steps.page(
        request,
        "aftermath.html",
        case,
        "善后办理",
        problems,
        status_form,
        revocation=revocation,
        plaque=road_of(case).plaque,
        plaque_form=plaque_form,
        rows=_rows(request, case, posted),
        settled=list(revocation.settled.select_related("case", "act").order_by("pk")),
        remaining=aftermath.aftermath_problems(revocation),
    )


def _rows(request: HttpRequest, case: Case, posted: forms.Form | None) -> list[dict[str, Any]]:
    """Every case that waits for a decision, with its form; what was typed is kept in the one that was posted."""
    unsettled = aftermath.unsettled_cases(case.revocation)
    readable = selectors.readable_cases(request.actor).filter(pk__in=[one.pk for one in unsettled])
    keys = set(readable.values_list("pk", flat=True))
    rows = []
    for one in unsettled:
        possible = aftermath.can_discontinue(one)
        prefix = _prefix(one.number)
        form = posted if isinstance(posted, SettlementForm) and posted.prefix == prefix else None
        rows.append(
            {
                "case": one,
                "kind": one.get_kind_display(),
                "state": state_label(one),
                "readable": one.pk in keys,
                "possible": possible,
                "form": form or SettlementForm(prefix=prefix, initial={"number": one.number}, can_discontinue=possible),
            }
        )
    return rows

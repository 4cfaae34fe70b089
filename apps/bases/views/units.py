"""Pages on which the authority gives a base its managing unit: proposed by one person, confirmed by another."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.bases.forms.endings import UnitDeclineForm, UnitForm
from apps.bases.models import ManagingUnitAssignment
from apps.bases.selectors import visible_bases
from apps.bases.services import managing_units
from apps.bases.views.files import base_or_404
from apps.cases.web import Problems
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks import registry as rulebooks


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def unit_propose(request: HttpRequest, number: str) -> HttpResponse:
    """Propose a department as the base's managing unit."""
    base = base_or_404(request, number)
    if base.authority_id != request.actor.organisation.pk:
        raise Http404
    form = UnitForm(request.POST if request.method == "POST" else None, units=managing_units.eligible_units(base))
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            managing_units.propose(
                base,
                request.actor,
                form.chosen(),
                reason=values["reason"],
                effective_on=values["effective_on"],
            )
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, "已拟定，请负责人在本页确认后生效。")
            return redirect("bases:file", number=number)
    road = managing_units.road_of_base(base)
    context = {
        "heading": f"确定{road.recommender_title or '管理单位'}",
        "base": base,
        "sandbox": base.is_sandbox,
        "form": form,
        "road": road,
        "rulebook": rulebooks.rulebook(base.jurisdiction_id, timezone.localdate()),
        "waiting": managing_units.pending(base),
        "missing": problems,
    }
    return render(request, "bases/unit_form.html", context, status=422 if form.errors else problems.status)


@requires_role(Role.AUTHORITY_HEAD)
@require_POST
def unit_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposed unit: the register and running cases take it."""
    assignment = _assignment_or_404(request, pk)
    try:
        managing_units.confirm(assignment, request.actor)
    except WorkflowError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已确认{assignment.unit.name}，名录和在办件已随之更新。")
    return redirect("bases:file", number=assignment.base.number)


@requires_role(Role.AUTHORITY_HEAD)
@require_http_methods(["GET", "POST"])
def unit_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not take a proposed unit up, with a reason."""
    assignment = _assignment_or_404(request, pk)
    form = UnitDeclineForm(request.POST or None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        try:
            managing_units.decline(assignment, request.actor, form.cleaned_data["reason"])
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, "未采纳这份拟定，基地的管理单位不变。")
            return redirect("bases:file", number=assignment.base.number)
    context = {
        "heading": "不采纳拟定的管理单位",
        "assignment": assignment,
        "base": assignment.base,
        "form": form,
        "missing": problems,
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "bases/unit_decline.html", context, status=status)


def _assignment_or_404(request: HttpRequest, pk: int) -> ManagingUnitAssignment:
    """A proposal for a base of the authority acted for; a foreign one is not found."""
    own = visible_bases(request.actor).filter(authority=request.actor.organisation)
    assignments = ManagingUnitAssignment.objects.select_related("base", "unit", "before", "proposed_by")
    return get_object_or_404(assignments.filter(base__in=own), pk=pk)

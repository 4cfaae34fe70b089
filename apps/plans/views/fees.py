"""The published schedule of a base's fees, and the page on which its institution keeps it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import public, requires_role
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.bases.register import public_bases
from apps.bases.selectors import LIVE
from apps.cases.workflow import Problem, WorkflowError
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.plans.forms.fees import EndForm, RateForm
from apps.plans.models import FeeItem
from apps.plans.services import fees
from apps.plans.views.project_frames import own_base_or_404


@public
@require_GET
def public_schedule(request: HttpRequest, number: str) -> HttpResponse:
    """What a base charges and on whose authority, for everybody; with the rates that were."""
    base = get_object_or_404(public_bases().filter(status__in=LIVE), number=number)
    return render(request, "plans/fees/public.html", _schedule(base))


@requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def manage(request: HttpRequest, number: str) -> HttpResponse:
    """The institution's own schedule; its head publishes a rate here."""
    base = own_base_or_404(request, number)
    form = RateForm(request.POST if request.method == "POST" else None)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                item = fees.publish_rate(base, request.actor, **form.values())
            except WorkflowError as error:
                problems, status = list(error.problems), error.status
            else:
                messages.success(request, f"已公布“{item.name}”，自 {item.effective_from:%Y-%m-%d} 起执行。")
                return redirect("plans:fees_manage", number=number)
        else:
            status = 422
    context = _schedule(base) | {
        "form": form,
        "missing": problems,
        "may_publish": request.actor.has(Role.INSTITUTION_HEAD) and base.status in LIVE,
        "sandbox": base.is_sandbox,
    }
    return render(request, "plans/fees/manage.html", context, status=status)


@requires_role(Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The last day of a rate."""
    base = own_base_or_404(request, number)
    item = get_object_or_404(FeeItem.objects.filter(base=base).select_related("base"), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            fees.end_rate(item, request.actor, form.cleaned_data["ends_on"])
        except WorkflowError as error:
            problems, status = list(error.problems), error.status
        else:
            messages.success(request, f"“{item.name}”执行至 {item.ends_on:%Y-%m-%d}。")
            return redirect("plans:fees_manage", number=number)
    elif request.method == "POST":
        status = 422
    context = {"base": base, "item": item, "form": form, "missing": problems, "sandbox": base.is_sandbox}
    return render(request, "plans/fees/end.html", context, status=status)


def _schedule(base: Base) -> dict[str, Any]:
    today = timezone.localdate()
    items = fees.schedule(base)
    return {
        "base": base,
        "rulebook": rulebooks.rulebook(base.jurisdiction_id, today),
        "rules": fees.rules_on_fees(base),
        "current": [item for item in items if fees.in_force(item, today)],
        "coming": [item for item in items if item.effective_from > today],
        "past": [item for item in items if item.ends_on is not None and item.ends_on < today],
    }

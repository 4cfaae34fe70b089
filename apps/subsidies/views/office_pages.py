"""What the pages of cycles, decisions and plan audits share: the page of a step, its files, lists and their export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.enums import Role
from apps.cases.models import Act, Case
from apps.cases.web import Problems, rulebook_of, run_step, state_label, state_tone
from apps.cases.workflow.engine import may

OFFICE = (
    Role.AUTHORITY_OFFICER,
    Role.AUTHORITY_REVIEWER,
    Role.AUTHORITY_HEAD,
    Role.LEGAL_OFFICER,
    Role.FINANCE_OFFICER,
)
Save = Callable[[], Act]


def not_now(request: HttpRequest, case: Case, *steps: str) -> HttpResponse | None:
    """Back to the case with a word why, when the person may take none of ``steps`` now; None when they may."""
    if any(may(case, step, request.actor) for step in steps):
        return None
    messages.warning(request, f"本件现为“{state_label(case)}”，您现在不能办理这一步。")
    return redirect("cases:detail", number=case.number)


def version_of(form: forms.Form) -> int | None:
    """The version of the case the form was filled in on."""
    version = form.cleaned_data.get("version")
    return version if isinstance(version, int) else None


def frame(case: Case, request: HttpRequest, heading: str) -> dict[str, Any]:
    """What every page about one case shows around its own content."""
    return {
        "case": case,
        "base": case.base,
        "heading": heading,
        "rulebook": rulebook_of(case),
        "sandbox": case.is_sandbox,
        "state_label": state_label(case),
        "state_tone": state_tone(case, request.actor),
    }


def page(
    request: HttpRequest,
    template: str,
    case: Case,
    heading: str,
    form: forms.Form,
    problems: Problems,
    **context: Any,
) -> HttpResponse:
    """The page of a step with what stood in the way; 422 when the form was not understood."""
    status = problems.status if problems else 200
    if form.is_bound and form.errors:
        status = 422
    values = frame(case, request, heading) | {"form": form, "missing": problems, **context}
    return render(request, f"subsidies/{template}", values, status=status)


def step_page(
    request: HttpRequest,
    case: Case,
    steps: tuple[str, ...],
    form: forms.Form,
    save: Save,
    *,
    template: str,
    heading: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """One form that takes one of ``steps``: shown while one is open, taken when posted, then back to the case."""
    if request.method != "POST":
        return not_now(request, case, *steps) or page(request, template, case, heading, form, Problems(), **context)
    problems = Problems()
    if form.is_valid():
        act, problems = run_step(request, save)
        if act is not None:
            messages.success(request, done)
            return redirect("cases:detail", number=case.number)
    return page(request, template, case, heading, form, problems, **context)

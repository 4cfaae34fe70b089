"""Pages of the decision: prepare, review, sign, and decide or announce a whole round."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.applications.enums import ApplicationState
from apps.applications.forms.decisions import DecisionForm
from apps.applications.services import announcements, decisions
from apps.cases.enums import CaseKind
from apps.cases.web import case_or_404, run_step
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks import registry

OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD)


@requires_role(Role.AUTHORITY_OFFICER)
def decision_prepare(request: HttpRequest, number: str) -> HttpResponse:
    case = case_or_404(request, number, CaseKind.APPLICATION)
    application = case.application
    rulebook = registry.by_key(case.rulebook_key)
    conclusion, reasons, articles = decisions.suggested(application)
    earlier = getattr(application, "decision", None)
    initial = (
        {"conclusion": earlier.conclusion, "reasons": earlier.reasons, "articles": earlier.articles}
        if earlier
        else {"conclusion": conclusion, "reasons": reasons, "articles": articles}
    )
    form = DecisionForm(request.POST or None, initial=initial, rulebook=rulebook, suggested=articles)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: decisions.prepare(case, request.actor, **form.cleaned_data))
        if act:
            messages.success(request, "决定已拟定，请审核人审核。")
            return redirect("cases:detail", number=number)
    context = {"case": case, "application": application, "form": form, "missing": problems, "rulebook": rulebook}
    return render(request, "applications/decisions/prepare.html", context, status=422 if problems else 200)


@requires_role(*OFFICE)
def round_decisions(request: HttpRequest, number: str) -> HttpResponse:
    """The decisions of a round as one list: for the officer to prepare, the reviewer to review, the head to sign."""
    rnd = case_or_404(request, number, CaseKind.ROUND).round
    problems: list[Any] = []
    if request.method == "POST":
        try:
            acts = _decide_many(request, rnd)
        except WorkflowError as error:
            problems = list(error.problems)
        else:
            messages.success(request, f"已办理 {len(acts)} 件。")
            return redirect("applications:round_decisions", number=number)
    context = {
        "round": rnd,
        "missing": problems,
        "to_prepare": decisions.preparable(rnd),
        "to_review": decisions.decidable(rnd, ApplicationState.DECISION_PREPARED),
        "to_sign": decisions.preview_signatures(rnd, request.actor),
        "to_announce": announcements.announceable(rnd),
        "roles": request.actor.roles,
    }
    return render(request, "applications/decisions/round.html", context, status=422 if problems else 200)


def _decide_many(request: HttpRequest, rnd: Any) -> list[Any]:
    numbers = request.POST.getlist("numbers")
    action = request.POST.get("action")
    if action == "prepare":
        return decisions.prepare_round(rnd, request.actor, numbers)
    if action == "review":
        return decisions.review_round(rnd, request.actor, numbers)
    if action == "sign":
        return decisions.sign_round(rnd, request.actor, numbers)
    if action == "announce":
        return [announcements.announce(rnd.case, request.actor)]
    return []


@requires_role(*OFFICE)
@require_GET
def round_of_application(request: HttpRequest, number: str) -> HttpResponse:
    """From a signed recognition to the page on which its round is announced as a whole."""
    application = case_or_404(request, number, CaseKind.APPLICATION).application
    return redirect("applications:round_decisions", number=application.round.case.number)

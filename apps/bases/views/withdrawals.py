"""Pages of a voluntary withdrawal: begin it, fill it in, record the plaque."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.bases.competence import competence_article
from apps.bases.forms.endings import PlaqueForm, WithdrawalDraftForm
from apps.bases.services import opening, withdrawals
from apps.bases.views.changes import seen_again
from apps.bases.views.files import base_or_404
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.web import Problems, case_or_404, run_step
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.jurisdictions.rulebooks import registry as rulebooks

OWN = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


@requires_role(*OWN)
@require_http_methods(["GET", "POST"])
def withdrawal_start(request: HttpRequest, number: str) -> HttpResponse:
    """What withdrawing means, and the draft of a request."""
    base = base_or_404(request, number)
    problems = Problems()
    if request.method == "POST":
        try:
            case = opening.start_withdrawal(base, request.actor)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            return redirect("bases:withdrawal_edit", number=case.number)
    rulebook = rulebooks.rulebook(base.jurisdiction_id, timezone.localdate())
    context = {
        "heading": "申请退出",
        "base": base,
        "sandbox": base.is_sandbox,
        "rulebook": rulebook,
        "competence": competence_article(rulebook, base),
        "running": opening.open_case_of(base, CaseKind.BASE_WITHDRAWAL),
        "missing": problems,
    }
    return render(request, "bases/withdrawal_start.html", context, status=problems.status)


@requires_role(*OWN)
@require_http_methods(["GET", "POST"])
def withdrawal_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Fill in the request; what was typed stays on the page whatever happens."""
    case = case_or_404(request, number, CaseKind.BASE_WITHDRAWAL)
    if case.institution_id != request.actor.organisation.pk:
        raise Http404
    if not may(case, "edit", request.actor):
        messages.info(request, "本件已经提交，不能再修改。")
        return redirect("cases:detail", number=number)
    withdrawal = withdrawals.withdrawal_of(case)
    data = request.POST if request.method == "POST" else None
    form = WithdrawalDraftForm(data, withdrawal=withdrawal, seen=case.version)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: _save(case, request, form))
        if act is not None:
            return _saved(request, number)
    context = {
        "heading": "填报退出申请",
        "case": case,
        "base": withdrawal.base,
        "sandbox": case.is_sandbox,
        "form": form,
        "running": withdrawals.running_cases(withdrawal.base, case, request.actor),
        "rulebook": rules_of(case),
        "missing": problems,
        **seen_again(case, form, problems),
    }
    return render(request, "bases/withdrawal_form.html", context, status=422 if form.errors else problems.status)


def _save(case: Case, request: HttpRequest, form: WithdrawalDraftForm) -> Act:
    values = form.cleaned_data
    return withdrawals.save_withdrawal(
        case,
        request.actor,
        reason=values["reason"],
        arrangements=values["arrangements"],
        ends_on=values["ends_on"],
        seen=values["version"],
    )


def _saved(request: HttpRequest, number: str) -> HttpResponse:
    if request.POST.get("save") == "next":
        messages.success(request, "已保存。请单位负责人核对后提交。")
        return redirect("cases:detail", number=number)
    messages.success(request, "已保存。")
    return redirect("bases:withdrawal_edit", number=number)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def withdrawal_plaque(request: HttpRequest, number: str) -> HttpResponse:
    """Record that the plaque came back; the case is closed with it."""
    case = case_or_404(request, number, CaseKind.BASE_WITHDRAWAL)
    if not may(case, "record_plaque", request.actor):
        messages.info(request, "本件现在没有待登记的匾牌。")
        return redirect("cases:detail", number=number)
    form = PlaqueForm(request.POST or None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request, lambda: withdrawals.record_plaque(case, request.actor, form.cleaned_data["on"])
        )
        if act is not None:
            messages.success(request, "匾牌交回已登记，本件办结。")
            return redirect("cases:detail", number=number)
    context = {
        "heading": "登记匾牌交回",
        "case": case,
        "base": withdrawals.withdrawal_of(case).base,
        "sandbox": case.is_sandbox,
        "form": form,
        "missing": problems,
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "bases/withdrawal_plaque.html", context, status=status)

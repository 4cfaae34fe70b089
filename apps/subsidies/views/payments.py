"""The page of each step of a payment: its sums, its lines before and after, what stands in the way, and the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.actors import Actor
from apps.accounts.decorators import acting
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.web import NOT_YOURS, Problems, case_or_404, offered_steps, rulebook_of, run_step, state_label
from apps.cases.workflow import workflow_for
from apps.cases.workflow.engine import perform, road_of
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.forms.payments import ReasonForm, RecordForm, ReversalForm
from apps.subsidies.services import matching, payment_checks, payment_lists, payment_steps, payments, reconciliation

Take = Callable[[Case, Actor, dict[str, Any]], Act]


@dataclass(frozen=True)
class StepPage:
    """How a step is asked about: the words of its field, what follows, and the service that takes it."""

    take: Take
    label: str = ""
    required: bool = False
    follows: tuple[str, ...] = ()
    adverse: bool = False


def _plain(step: str) -> Take:
    return lambda case, actor, data: perform(case, step, actor, reason=data["reason"])


def _with_reason(service: Callable[[Case, Actor, str], Act]) -> Take:
    return lambda case, actor, data: service(case, actor, data["reason"])


def _record(case: Case, actor: Actor, data: dict[str, Any]) -> Act:
    return payment_steps.record_payment(case, actor, reference=data["reference"], paid_on=data["paid_on"])


def _propose_reversal(case: Case, actor: Actor, data: dict[str, Any]) -> Act:
    return payment_steps.propose_reversal(case, actor, data["reason"], refund=data.get("refund"))


PAGES: dict[str, StepPage] = {
    "submit": StepPage(_with_reason(payments.submit), follows=("送资助机关财务人员核对；核对前可以撤回。",)),
    "withdraw": StepPage(
        _with_reason(payments.withdraw), "撤回理由", True, ("所选各期恢复为可申请，可以另行申请。",), adverse=True
    ),
    "return_for_correction": StepPage(
        _with_reason(payment_steps.return_for_correction),
        "退回事项",
        True,
        ("退回申请单位修改，所选各期仍为其保留。",),
        adverse=True,
    ),
    "check": StepPage(
        _with_reason(payment_steps.check), "核对意见（可不填）", follows=("报负责人批准；核对人不能再批准本笔拨款。",)
    ),
    "send_back": StepPage(_plain("send_back"), "退回理由", True, ("退回财务人员重新核对。",), adverse=True),
    "approve": StepPage(
        _with_reason(payment_steps.approve),
        follows=("金额记入账簿，列为已批准待支付。", "拨款通知送达申请单位。", "批准人不能再登记本笔支付。"),
    ),
    "refuse": StepPage(
        _with_reason(payment_steps.refuse),
        "不予拨款的理由",
        True,
        ("不予拨款决定送达申请单位，载明理由和救济途径。", "本件办结，所选各期恢复为可申请。"),
        adverse=True,
    ),
    "record_payment": StepPage(_record, follows=("金额记入账簿，列为已支付。", "须由另一人与银行对账单核对。")),
    "confirm": StepPage(_with_reason(reconciliation.confirm), follows=("对账单该行标为已核对，不能再用于其他拨款。",)),
    "propose_reversal": StepPage(
        _propose_reversal,
        "冲回原因",
        True,
        ("报负责人批准；批准前账簿不变。", "原记录不修改，批准后另记一笔相反的分录。"),
        adverse=True,
    ),
    "send_back_reversal": StepPage(
        _plain("send_back_reversal"), "不予冲回的理由", True, ("本件恢复为报请冲回前的状态。",)
    ),
    "sign_reversal": StepPage(
        _with_reason(payment_steps.sign_reversal),
        follows=("账簿另记冲回分录，项目余额恢复。", "所选各期恢复为可申请，本件办结。"),
        adverse=True,
    ),
}


@acting
@require_http_methods(["GET", "POST"])
def payment_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Show and take ``step``: who may not take it is told why, and what is missing is listed before it is tried."""
    case = case_or_404(request, number, CaseKind.FUND_PAYMENT)
    if workflow_for(case.kind).find(step, case.state, case, road_of(case)) is None:
        messages.warning(request, f"本件现为“{state_label(case)}”，不能办理这一步；可能刚刚已由他人办理。")
        return redirect("cases:detail", number=number)
    page = PAGES[step]
    offered = next((one for one in offered_steps(case, request.actor) if one.transition.name == step), None)
    form = _form(request, case, step)
    problems = Problems(offered.problems if offered else [NOT_YOURS], 200 if offered else 403)
    if offered is not None and request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: page.take(case, request.actor, form.cleaned_data))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”，并记入办理记录。")
            return redirect("cases:detail", number=number)
    return _page(request, case, step, form, problems, allowed=offered is not None)


def _form(request: HttpRequest, case: Case, step: str) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if step == "record_payment":
        return RecordForm(data, initial={"paid_on": timezone.localdate()})
    if step == "propose_reversal":
        return ReversalForm(data, refunds=_refunds(case))
    return ReasonForm(data, label=PAGES[step].label, required=PAGES[step].required)


def _refunds(case: Case) -> list[tuple[int, str]] | None:
    """Incoming lines to choose from; None where the bank never confirmed the payment."""
    payment = case.fund_payment
    if payment.confirmed_line_id is None:
        return None
    return [
        (one.pk, f"{one.on.isoformat()} 流水号{one.reference} {one.counterparty} {yuan(one.amount_fen)}")
        for one in payment_checks.refund_lines(payment).order_by("on", "pk")
    ]


def _page(
    request: HttpRequest, case: Case, step: str, form: forms.Form, problems: Problems, *, allowed: bool
) -> HttpResponse:
    workflow, road = workflow_for(case.kind), road_of(case)
    transition = workflow.find(step, case.state, case, road)
    if transition is None:  # somebody else took it while this one was tried
        messages.warning(request, problems[0].message if problems else "本件刚刚已由他人办理。")
        return redirect("cases:detail", number=case.number)
    status = problems.status if request.method == "POST" or not allowed else 200
    if form.is_bound and form.errors and allowed:
        status = 422
    context = {
        "case": case,
        "heading": transition.label,
        "page": PAGES[step],
        "step": step,
        "form": form,
        "missing": problems,
        "allowed": allowed,
        "rulebook": rulebook_of(case),
        "articles": transition.articles(case, road) if transition.articles else (),
        "state_label": state_label(case),
        "to_label": workflow.states[transition.target] if transition.target else "",
        "sandbox": case.is_sandbox,
        "lines": _statement_lines(case) if step == "confirm" else [],
        "data": payment_lists.sums_of(case.fund_payment),
        "office": request.actor.organisation.pk == case.authority_id,
    }
    return render(request, "subsidies/payments/step.html", context, status=status)


def _statement_lines(case: Case) -> list[dict[str, Any]]:
    payment = case.fund_payment
    return [
        {"line": line, "differences": matching.differences(payment, line)}
        for line in matching.lines_for(payment).select_related("statement")
    ]

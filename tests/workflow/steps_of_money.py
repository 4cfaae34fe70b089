"""How each step of money is attempted: by its service, with what it needs. ``choice`` varies the content."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.models import Membership
from apps.cases.models import Case
from apps.cases.workflow.engine import perform
from apps.subsidies.models import AcceptanceReviewer, Award, BankLine, FundPayment, SupervisorAssignment, Tranche
from apps.subsidies.services import (
    acceptance_reviews,
    acceptances,
    award_applications,
    award_decisions,
    award_endings,
    award_review,
    cap_exceptions,
    cycles,
    payment_steps,
    payments,
    plan_changes,
    plan_drafting,
    plan_reviews,
    reconciliation,
    recoveries,
    recovery_returns,
    spending,
    supervision,
)
from apps.subsidies.services.spending_scans import add_scans
from tests.subsidies.acceptances.building import proposal
from tests.subsidies.content.typed import LINES, fill, typed
from tests.subsidies.decisions.story import exception
from tests.subsidies.recoveries.story import ACCOUNT, bank_line
from tests.subsidies.spending.story import pdf, row

Here = Any
Take = Callable[[Here, Case, Actor, int], Any]
PAYEE_ACCOUNT = "6222000011112222333"
SPECIAL = {
    "granted_fen": "150,000.03",
    "grant_document": "财社〔2026〕8号",
    "granted_on": "2026-03-02",
    "method": "专款专用，单独核算。",
    "lines": [{**LINES[0], "category": "database", "item": "专家数据库"}],
}


def plain(step: str) -> Take:
    return lambda here, case, actor, choice: perform(case, step, actor, reason="理由")


def service(step: Callable[..., Any], *more: Any) -> Take:
    """A service of the case, the actor and always the same words."""
    return lambda here, case, actor, choice: step(case, actor, *more)


def all_plain(names: str) -> dict[str, Take]:
    return {name: plain(name) for name in names.split()}


# What is opened of an award.


def open_payment(here: Here, award: Award, actor: Actor, choice: int) -> Any:
    tranches = list(Tranche.objects.filter(line__award=award, is_cancelled=False).order_by("pk"))
    wanted = {one.pk for at, one in enumerate(tranches) if choice >> at & 1} or {one.pk for one in tranches[:1]}
    payee = payments.Payee(here.base.institution_name, PAYEE_ACCOUNT, "测试银行")
    return payments.open_request(award, actor, uuid.uuid4(), wanted, payee)


def open_report(here: Here, award: Award, actor: Actor, choice: int) -> Any:
    return spending.open_report(award, actor)


def open_acceptance(here: Here, award: Award, actor: Actor, choice: int) -> Any:
    return acceptances.open_acceptance(award, actor)


def open_change(here: Here, award: Award, actor: Actor, choice: int) -> Any:
    return plan_changes.open_change(award, actor)


def open_demand(here: Here, award: Award, actor: Actor, choice: int) -> Any:
    line = award.lines.order_by("pk").first()
    return recoveries.open_demand(award, actor, _demand({line.pk: 1_000 + choice} if line else {}))


def _demand(amounts: dict[int, int]) -> recoveries.Demand:
    due_on = timezone.localdate() + dt.timedelta(days=30)
    return recoveries.Demand("misspent", "凭证记-0002为公务接待支出。", ["35(3)", "36"], due_on, ACCOUNT, amounts)


def pay(here: Here, award: Award) -> None:
    """The advance of the award, asked for, checked, approved and paid, each by who may."""
    advance = Tranche.objects.filter(line__award=award, when="advance", is_cancelled=False).values_list("pk", flat=True)
    payee = payments.Payee(here.base.institution_name, PAYEE_ACCOUNT, "测试银行")
    payment, _ = payments.open_request(award, here.editor, uuid.uuid4(), set(advance), payee)
    payments.submit(payment.case, here.head)
    payment_steps.check(payment.case, here.finance, "相符")
    payment_steps.approve(payment.case, here.office["head"])
    _record_payment(here, payment.case, here.finance, 0)


# Steps that need more than words.


def _apply(step: Callable[..., Any]) -> Take:
    def take(here: Here, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 5 and case.state in ("draft", "returned"):
            fill(case.award, here.editor, **typed(), answer="已补充")
        return step(case, actor)

    return take


def _propose(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    sums = {line.key: line.amount_fen // (1 + choice % 2) for line in case.use_plan_lines.all()}
    conclusion = "grant" if choice % 4 else "decline"
    return award_decisions.propose(case, actor, award_decisions.Proposal(conclusion, "见评审意见", sums))


def _assign_supervisor(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    person = Membership.objects.get(user=here.supervisor.user)
    return supervision.assign(case, actor, person, "核查设备")


def _end_supervision(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    return supervision.end(case, actor, SupervisorAssignment.objects.filter(award=case.pk).latest("pk"), "期满")


def _record_supervision(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    return supervision.record(case, actor, text="正常", has_concerns=choice % 2 == 0)


def _plan(step: Callable[..., Any]) -> Take:
    """The institution's editor fills the plan in, with whatever change it is."""

    def take(here: Here, case: Case, actor: Actor, choice: int) -> Any:
        plan = case.use_plan
        if case.state in ("draft", "returned") and choice % 5:
            change = {"answer": "已补充", "change_reason": "按实际需要"}
            fill(plan, here.editor, **(change if plan.award_id else SPECIAL | change))
        return step(case, actor)

    return take


def _opine(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    return plan_reviews.propose_opinion(case, actor, "agreed" if choice % 4 else "refused", "见意见")


def _record_payment(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    return payment_steps.record_payment(case, actor, reference=f"B{case.pk}", paid_on=timezone.localdate())


def _confirm(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    """The bank's statement shows the payment, whoever confirms it."""
    payment = FundPayment.objects.get(pk=case.pk)
    told = {
        "direction": "out",
        "counterparty": payment.payee_name,
        "counterparty_account": payment.payee_account,
        "on": payment.paid_on,
    }
    if payment.bank_reference and not BankLine.objects.filter(reference=payment.bank_reference).exists():
        bank_line(here, payment.amount_fen, payment.bank_reference, **told)
    return reconciliation.confirm(case, actor)


def _report_results(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    acceptance = acceptances.load(case.pk)
    if case.state in ("draft", "returned") and choice % 5:
        report = {
            "summary": "设备到位",
            "lines": {
                line.key: {"chosen": choice % 2 or line.position == 1, "result": "完成", "spent": "1000"}
                for line in acceptance.award.lines.all()
            },
            "results": {"t1": {"achieved": "700", "explanation": ""}},
        }
        acceptances.save_draft(acceptance, report, acceptance.data_version, here.editor)
    return acceptances.submit(case, actor)


def _name_reviewer(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    person = here.expert if choice % 2 else here.supervisor
    return acceptance_reviews.name_reviewer(case, actor, person.user.pk, person.organisation.pk)


def _release_reviewer(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    reviewer = AcceptanceReviewer.objects.filter(acceptance=case.pk).latest("pk")
    return acceptance_reviews.release_reviewer(case, actor, reviewer, "改期")


def _judge(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    return acceptance_reviews.submit_opinion(case, actor, conclusion="accept", text="属实")


def _conclude(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    conclusion = ("accept", "accept", "reject", "supplement")[choice % 4]
    return acceptances.propose_conclusion(case, actor, proposal(acceptances.load(case.pk), conclusion))


def _report_spending(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    report = case.spending_report
    if case.state in ("draft", "returned") and choice % 5:
        if not case.attachments.exists():
            add_scans(report, here.editor, [pdf("凭证.pdf")])
        line = report.award.lines.filter(paid_fen__gt=0).first()
        content = {
            "from_on": report.data["from_on"],
            "until_on": timezone.localdate().isoformat(),
            "summary": "购置设备。",
            "is_final": choice % 3 == 0,
            "rows": [row(1, "300.00", line=line.key if line else "a1")],
            "scans": {str(case.attachments.earliest("pk").pk): "全部"},
        }
        spending.save_draft(report, content, report.data_version, here.editor)
    return spending.submit(case, actor)


def _check_rows(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    mark = spending.Mark(100, "35(3)", "公务接待") if choice % 2 else spending.Mark(0)
    return spending.check_rows(case, actor, {one.pk: mark for one in case.spending_report.rows.all()})


def _edit_demand(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    recovery = case.fund_recovery
    line = recovery.lines.first().line
    return recoveries.edit_demand(case, actor, _demand({line.pk: 100 + choice}))


def _record_return(here: Here, case: Case, actor: Actor, choice: int) -> Any:
    owed = {one.pk: one.amount_fen - one.returned_fen for one in case.fund_recovery.lines.all()}
    came = {pk: fen if choice % 2 else min(fen, 100) for pk, fen in owed.items()}
    reference = f"R{case.pk}-{case.act_count}"
    return recovery_returns.record_return(case, actor, recovery_returns.Returned(timezone.localdate(), reference, came))


def begin_business(here: Here, award: Award) -> None:
    """A report and an acceptance of the paid award that its institution has sent, and a demand that waits for its head."""
    report = open_report(here, award, here.editor, 1).case
    _report_spending(here, report, here.head, 1)
    acceptance = open_acceptance(here, award, here.editor, 1).case
    _report_results(here, acceptance, here.head, 1)
    _name_reviewer(here, acceptance, here.office["officer"], 1)
    acceptances.start_review(acceptance, here.office["officer"])
    _judge(here, acceptance, here.expert, 1)
    demand = open_demand(here, award, here.office["officer"], 1).case
    perform(demand, "propose_demand", here.office["officer"])


CYCLE: dict[str, Take] = all_plain("propose drop send_back propose_settlement send_back_settlement settle") | {
    "edit": lambda here, case, actor, choice: cycles.edit(case, actor, {"title": f"周期{choice}"}),
    "launch": service(cycles.launch),
}
AWARD: dict[str, Take] = all_plain(
    "withdraw close_unanswered send_back_decision propose_settlement send_back_settlement propose_termination"
) | {
    "submit": _apply(award_applications.submit),
    "resubmit": _apply(award_applications.resubmit),
    "return_for_correction": service(award_decisions.return_for_correction, ["补充依据"]),
    "record_exception": service(cap_exceptions.record, exception(), []),
    "propose_decision": _propose,
    "return_from_finance": service(award_decisions.return_from_finance, "请核对"),
    "sign_exception": service(cap_exceptions.sign),
    "agree_finance": service(award_decisions.agree_finance, "已落实"),
    "countersign_exception": service(cap_exceptions.countersign),
    "sign_award": service(award_decisions.sign_award),
    "sign_decline": service(award_decisions.sign_decline),
    "assign_supervisor": _assign_supervisor,
    "end_supervision": _end_supervision,
    "record_supervision": _record_supervision,
    "settle": service(award_endings.settle),
    "terminate": service(award_endings.terminate, "不再符合条件"),
    "discontinue": service(award_review.discontinue, "理由"),
}
PLAN: dict[str, Take] = all_plain("drop send_back_opinion discontinue") | {
    "submit": _plan(plan_drafting.submit_plan),
    "file_minor_change": _plan(plan_changes.file_minor_change),
    "return_for_correction": service(plan_reviews.return_for_correction, ["补充测算"]),
    "propose_opinion": _opine,
    "sign_approval": service(plan_reviews.sign_approval),
    "sign_refusal": service(plan_reviews.sign_refusal),
}
PAYMENT: dict[str, Take] = all_plain("send_back send_back_reversal") | {
    "submit": service(payments.submit),
    "withdraw": service(payments.withdraw, "另行申请"),
    "return_for_correction": service(payment_steps.return_for_correction, "请补充"),
    "check": service(payment_steps.check, "相符"),
    "approve": service(payment_steps.approve),
    "refuse": service(payment_steps.refuse, "不符"),
    "record_payment": _record_payment,
    "confirm": _confirm,
    "propose_reversal": service(payment_steps.propose_reversal, "退汇"),
    "sign_reversal": service(payment_steps.sign_reversal),
    "discontinue": service(payments.discontinue, "理由"),
}
ACCEPTANCE: dict[str, Take] = all_plain("drop send_back_conclusion") | {
    "submit": _report_results,
    "return_for_correction": service(acceptances.return_for_correction, "请补充"),
    "assign_reviewer": _name_reviewer,
    "release_reviewer": _release_reviewer,
    "start_review": service(acceptances.start_review),
    "submit_opinion": _judge,
    "propose_conclusion": _conclude,
    "sign_acceptance": service(acceptances.sign_acceptance),
    "sign_rejection": service(acceptances.sign_rejection),
    "sign_supplement": service(acceptances.sign_supplement),
    "discontinue": service(acceptances.discontinue, "理由"),
}
SPENDING: dict[str, Take] = all_plain("send_back_conclusion") | {
    "submit": _report_spending,
    "drop": service(spending.give_up, "理由"),
    "return_for_correction": service(spending.return_for_correction, "请补充"),
    "check_rows": _check_rows,
    "propose_conclusion": service(spending.propose_conclusion, "核对完毕"),
    "sign_conclusion": service(spending.sign_conclusion),
    "discontinue": service(spending.discontinue, "理由"),
}
RECOVERY: dict[str, Take] = all_plain("drop propose_demand send_back send_back_lift close") | {
    "edit": _edit_demand,
    "sign_demand": service(recoveries.sign_demand),
    "record_proof": service(recoveries.record_proof, "已缴回"),
    "record_return": _record_return,
    "propose_lift": service(recoveries.propose_lift, "单位困难"),
    "sign_lift": service(recoveries.sign_lift),
}
ATTEMPTS: dict[str, dict[str, Take]] = {
    "funding_cycle": CYCLE,
    "award": AWARD,
    "use_plan": PLAN,
    "fund_payment": PAYMENT,
    "acceptance": ACCEPTANCE,
    "spending_report": SPENDING,
    "fund_recovery": RECOVERY,
}

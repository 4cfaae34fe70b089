"""What the authority does with a request: check, approve, refuse, record the payment, and reverse it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

from django.db import IntegrityError
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem, WrongState
from apps.cases.workflow.engine import perform
from apps.documents.services import issue
from apps.subsidies.enums import BankLineState
from apps.subsidies.models import BankLine, FundPayment
from apps.subsidies.services import payment_checks, payment_documents, payments, sums

_REFERENCE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,63}")
FASTER = Problem("conflict", "本件刚刚已由他人办理，请刷新页面后查看最新状态。")


def return_for_correction(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the request back to the institution, saying what to correct."""

    def change(locked: Case, act: Act) -> None:
        _write(locked, return_text=reason.strip())

    return perform(case, "return_for_correction", actor, reason=reason, change=change)


def check(case: Case, actor: Actor, note: str = "") -> Act:
    """The finance side has compared the request with the award; ``note`` is its opinion, for the authority alone."""

    def change(locked: Case, act: Act) -> None:
        _write(locked, check_note=note.strip())

    return perform(case, "check", actor, data={"note": note.strip()}, change=change)


def approve(case: Case, actor: Actor, reason: str = "") -> Act:
    """Approve the payment: its sums become payable and the institution is told by a payment notice."""

    def change(locked: Case, act: Act) -> None:
        payment = locked.fund_payment
        sums.approve(payment, act)
        content = payment_documents.notice(locked, act)
        issue(locked, act, "payment_notice", content, issuer=locked.authority, addressee=locked.institution)

    return _posting(lambda: perform(case, "approve", actor, reason=reason, change=change))


def refuse(case: Case, actor: Actor, reason: str = "") -> Act:
    """Refuse the payment: the institution is told why and of its remedies; its tranches may be asked for again."""

    def change(locked: Case, act: Act) -> None:
        content = payment_documents.refusal(locked, act)
        issue(locked, act, "payment_refusal", content, issuer=locked.authority, addressee=locked.institution)
        payments.free(locked.fund_payment)

    return perform(case, "refuse", actor, reason=reason, change=change)


def record_payment(case: Case, actor: Actor, *, reference: str, paid_on: dt.date) -> Act:
    """Record that the bank paid: ``reference`` is the bank's number of it, once in an authority.

    Raises Blocked for a reference that is malformed or belongs to another payment, and for a day before the approval
    or to come.
    """
    reference = unicodedata.normalize("NFKC", reference).strip()
    problems = [*_reference_problems(case, reference), *_day_problems(case, paid_on)]
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        _write(locked, bank_reference=reference, paid_on=paid_on, paid_by=actor.user)
        sums.pay(locked.fund_payment, act)

    data = {"bank_reference": reference, "paid_on": paid_on.isoformat(), "amount_fen": case.fund_payment.amount_fen}
    try:
        return perform(case, "record_payment", actor, data=data, change=change)
    except IntegrityError as error:
        raise _faster_reference(case, reference) from error


def _reference_problems(case: Case, reference: str) -> list[Problem]:
    if not _REFERENCE.fullmatch(reference):
        message = "银行流水号应为 1 至 64 位字母、数字，可含连字符、点、下划线和斜线，请照银行回单填写。"
        return [Problem("reference_malformed", message, where="reference")]
    return _taken_problems(case, reference)


def _taken_problems(case: Case, reference: str) -> list[Problem]:
    other = FundPayment.objects.filter(authority=case.authority_id, bank_reference=reference).exclude(pk=case.pk)
    holder = other.select_related("case").first()
    if holder is None:
        return []
    message = f"银行流水号{reference}已登记于拨款（{holder.case.number}），一笔银行付款只能登记一次，请核对回单。"
    return [Problem("reference_taken", message, where="reference")]


def _day_problems(case: Case, paid_on: dt.date) -> list[Problem]:
    if paid_on > timezone.localdate():
        return [Problem("paid_later", "支付日期不能晚于今天。", where="paid_on")]
    approved = case.acts.filter(name="approve").order_by("-seq").first()
    if approved is not None and paid_on < timezone.localdate(approved.at):
        return [Problem("paid_before", "支付日期早于批准日期；未经批准的付款不能登记为本笔拨款。", where="paid_on")]
    return []


def _faster_reference(case: Case, reference: str) -> Blocked | WrongState:
    problems = _taken_problems(case, reference)
    return Blocked(*problems) if problems else WrongState(FASTER)


def propose_reversal(case: Case, actor: Actor, reason: str = "", *, refund: int | None = None) -> Act:
    """Ask the head to undo the payment. ``refund`` is the incoming line (primary key) that shows the money returned.

    It is needed where the payment was matched with the bank's statement: then the money did go out.
    """
    payment = case.fund_payment
    data = {"refund_line": refund} if payment.confirmed_line_id is not None else {}

    def change(locked: Case, act: Act) -> None:
        if locked.fund_payment.confirmed_line_id is not None:
            _refund_line(locked.fund_payment, refund)
        _write(locked, reversal_reason=reason.strip())

    return perform(case, "propose_reversal", actor, reason=reason, data=data, change=change)


def sign_reversal(case: Case, actor: Actor, reason: str = "") -> Act:
    """Undo the payment by counter-entries; its tranches may be asked for again.

    A payment the bank never confirmed gives its reference back, so that the one true record of that transfer can be
    made; the act that recorded it keeps it.
    """
    proposed = case.acts.filter(name="propose_reversal").order_by("-seq").first()

    def change(locked: Case, act: Act) -> None:
        payment = locked.fund_payment
        sums.undo_payment(payment, act)
        payments.free(payment)
        if payment.confirmed_line_id is not None:
            line = _refund_line(payment, proposed.data.get("refund_line") if proposed else None)
            take_line(line, f"退回款项：{locked.number}")
        elif payment.bank_reference:
            _write(locked, bank_reference="")

    return _posting(lambda: perform(case, "sign_reversal", actor, reason=reason, change=change))


def _refund_line(payment: FundPayment, pk: int | None) -> BankLine:
    line = payment_checks.refund_lines(payment).filter(pk=pk).first() if pk is not None else None
    if line is None:
        raise Blocked(Problem("refund_missing", "请选择证明款项已退回的对账单收入明细。", where="refund"))
    return line


def take_line(line: BankLine, note: str) -> None:
    """Mark a line of a statement as accounted for, once. Raises WrongState where it was taken already."""
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        open_line = BankLine.objects.filter(pk=line.pk, state=BankLineState.UNMATCHED)
        if not open_line.update(state=BankLineState.MATCHED, note=note[:200]):
            raise WrongState(Problem("line_taken", f"对账单第{line.row}行刚刚已被核对，请刷新页面。"))


def _write(case: Case, **values: object) -> None:
    payment = case.fund_payment
    for name, value in values.items():
        setattr(payment, name, value)
    payment.save(update_fields=list(values))


def _posting(step: Callable[[], Act]) -> Act:
    """Run a step that posts to the ledger; a second posting of the same, or a sum out of order, is told as a refusal."""
    try:
        return step()
    except IntegrityError as error:
        raise WrongState(
            Problem("sums_out_of_order", "账簿中已有本笔记录，或金额超出项目余额，没有办理。请刷新页面后核对。")
        ) from error

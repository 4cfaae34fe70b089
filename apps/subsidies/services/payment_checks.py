"""What stands in the way of a payment, before each of its steps: in Chinese, with the article."""

from __future__ import annotations

import re
from collections import defaultdict

from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.bases.guards import FAILED, sanction_pending
from apps.bases.models import Base
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import AwardState, BankDirection, BankLineState, RecoveryState, When
from apps.subsidies.models import AwardLine, BankLine, FundPayment, FundRecovery, FundReturn, PaymentItem, Tranche
from apps.subsidies.services import matching
from apps.subsidies.services.tranches import is_due
from apps.subsidies.workflow.people import scheme_of

_ACCOUNT = re.compile(r"[0-9]{6,34}")


def request_problems(payment: FundPayment) -> list[Problem]:
    """What the request itself lacks: tranches it holds, within their lines, and the institution's own account."""
    article = (scheme_of(payment.case).paid_under,)
    items = items_of(payment)
    problems = []
    if payment.award.case.state != AwardState.ACTIVE:
        label = AwardState(payment.award.case.state).label
        problems.append(Problem("award_not_active", f"资助现为“{label}”，不能拨款。", article, "tranches"))
    if not items:
        problems.append(Problem("no_tranche", "请至少选择一期拨款。", article, "tranches"))
    if payment.amount_fen != sum(one.amount_fen for one in items):
        problems.append(Problem("sum_differs", "申请金额与所选各期合计不符，请重新选择。", article, "tranches"))
    for item in items:
        problems += _held_problems(payment, item, article)
    return [*problems, *_room_problems(items, article), *payee_problems(payment)]


def _held_problems(payment: FundPayment, item: PaymentItem, article: tuple[str, ...]) -> list[Problem]:
    """The tranche is still this payment's, and is what was asked for."""
    tranche = item.tranche
    if tranche.payment_id != payment.pk or tranche.is_cancelled:
        message = f"{name_of(tranche)}已取消或已由其他拨款申请占用，请重新选择。"
        return [Problem("tranche_lost", message, article, "tranches")]
    if tranche.amount_fen != item.amount_fen:
        message = f"{name_of(tranche)}现为{yuan(tranche.amount_fen)}，申请的是{yuan(item.amount_fen)}，请重新选择。"
        return [Problem("tranche_changed", message, article, "tranches")]
    return []


def _room_problems(items: list[PaymentItem], article: tuple[str, ...]) -> list[Problem]:
    """No line is paid above what the plan in force, and acceptance where it was, leave to it."""
    asked: dict[int, int] = defaultdict(int)
    lines: dict[int, AwardLine] = {}
    for item in items:
        asked[item.tranche.line_id] += item.amount_fen
        lines[item.tranche.line_id] = item.tranche.line
    problems = []
    for pk, line in lines.items():
        room = room_of(line)
        if asked[pk] > room:
            message = f"“{line.item}”尚可批准{yuan(max(room, 0))}，申请{yuan(asked[pk])}，超出部分不能拨付。"
            problems.append(Problem("above_line", message, article, "tranches"))
    return problems


def room_of(line: AwardLine) -> int:
    """Fen that may still be approved on ``line``: of the plan less what was released, of what was accepted if it was."""
    most = line.amount_fen - line.released_fen
    if line.accepted_fen is not None:
        most = min(most, line.accepted_fen)
    return most - line.approved_fen


def payee_problems(payment: FundPayment) -> list[Problem]:
    """The account is the institution's own, and complete."""
    problems = []
    own = {payment.award.base.institution_name}
    if payment.case.institution is not None:
        own.add(payment.case.institution.name)
    if matching.plain(payment.payee_name) not in {matching.plain(name) for name in own}:
        message = f"收款单位须为基地建设单位本单位（{payment.award.base.institution_name}），不能拨付给其他单位或个人。"
        problems.append(Problem("foreign_payee", message, (), "payee_name"))
    if not _ACCOUNT.fullmatch(matching.digits(payment.payee_account)):
        problems.append(Problem("account_malformed", "收款账号应为 6 至 34 位数字。", (), "payee_account"))
    if not payment.payee_bank.strip():
        problems.append(Problem("bank_missing", "请填写开户银行。", (), "payee_bank"))
    return problems


def due_problems(payment: FundPayment) -> list[Problem]:
    """Tranches that may not be paid yet, each with what it waits for."""
    fallback = scheme_of(payment.case).paid_under
    return [
        Problem(
            "not_due",
            f"{name_of(one.tranche)}{waits_for(one.tranche)}。",
            (one.tranche.article or fallback,),
            "tranches",
        )
        for one in items_of(payment)
        if not one.tranche.is_cancelled and not is_due(one.tranche)
    ]


def waits_for(tranche: Tranche) -> str:
    """Why ``tranche`` cannot be asked for now, with the article; empty where it can."""
    basis = f"（{cite(tranche.article)}）" if tranche.article else ""
    if tranche.is_cancelled:
        return "已取消"
    if not is_due(tranche):
        return f"须待“{tranche.line.item}”通过验收后拨付{basis}"
    return ""


def hold_problems(payment: FundPayment) -> list[Problem]:
    """Why the cycle holds the payment: the base's rectification, or money demanded back of it, is overdue."""
    cycle = payment.award.cycle
    if not cycle.hold_for_overdue_rectification:
        return []
    article = (scheme_of(payment.case).paid_under,)
    base = payment.award.base
    told = [*_overdue_rectifications(base), *_overdue_demands(base)]
    return [Problem("held", f"{one}；按“{cycle.title}”的规定，办妥前暂缓拨款。", article, "hold") for one in told]


def _overdue_rectifications(base: Base) -> list[str]:
    late = Case.objects.filter(
        base=base,
        kind=CaseKind.RECTIFICATION,
        closed_at__isnull=True,
        rectification__due_on__lt=timezone.localdate(),
        rectification__reported_on__isnull=True,
    )
    told = [f"限期整改（{number}）已逾期" for number in late.order_by("pk").values_list("number", flat=True)]
    pending = sanction_pending(base)
    if pending is not None and pending.closed_at is not None and pending.state == FAILED:
        told.append(f"限期整改（{pending.number}）未达标")
    return told


def _overdue_demands(base: Base) -> list[str]:
    states = (RecoveryState.DEMANDED, RecoveryState.LIFT_PROPOSED)
    late = FundRecovery.objects.filter(award__base=base, case__state__in=states, due_on__lt=timezone.localdate())
    return [f"经费追回（{number}）逾期未缴回" for number in late.order_by("pk").values_list("case__number", flat=True)]


def statement_problems(payment: FundPayment) -> list[Problem]:
    """Why no line of the bank's statements proves the payment: none with its reference, or one that differs."""
    if not payment.bank_reference:
        return [Problem("not_paid", "本笔拨款尚未登记银行流水号。")]
    lines = list(matching.lines_for(payment))
    if any(not matching.differences(payment, line) for line in lines):
        return []
    if not lines:
        message = f"对账单中没有流水号为{payment.bank_reference}的支出，请先导入银行对账单。"
        return [Problem("no_statement_line", message, (), "statement")]
    return [
        Problem("statement_differs", f"对账单第{line.row}行与本笔拨款不符：{one}。", (), "statement")
        for line in lines
        for one in matching.differences(payment, line)
    ]


def reversal_problems(payment: FundPayment) -> list[Problem]:
    """Why the payment can no longer be undone: later business counts on it, or the bank says that the money is out."""
    article = (scheme_of(payment.case).paid_under,)
    problems: list[Problem] = []
    if payment.bank_reference:
        for line, paid, advanced in _undone(items_of(payment)):
            problems += _line_problems(line, paid, advanced, article)
    return [*problems, *_bank_problems(payment)]


def _undone(items: list[PaymentItem]) -> list[tuple[AwardLine, int, int]]:
    """Every line of the payment with the fen paid on it, and those paid before acceptance."""
    lines = {one.tranche.line_id: one.tranche.line for one in items}
    return [
        (
            line,
            sum(one.amount_fen for one in items if one.tranche.line_id == pk),
            sum(
                one.amount_fen
                for one in items
                if one.tranche.line_id == pk and one.tranche.when != When.AFTER_ACCEPTANCE
            ),
        )
        for pk, line in lines.items()
    ]


def _line_problems(line: AwardLine, paid: int, advanced: int, article: tuple[str, ...]) -> list[Problem]:
    left = line.paid_fen - paid
    if line.demanded_fen > left:
        message = f"“{line.item}”已要求缴回{yuan(line.demanded_fen)}，本笔拨款不能再冲回。"
        return [Problem("demanded_back", message, article)]
    if line.accepted_fen is not None and advanced:
        return [Problem("accepted_on_it", f"“{line.item}”已通过验收，验收前拨付的本笔款项不能再冲回。", article)]
    if line.spent_fen + line.misspent_fen > left:
        message = f"“{line.item}”已核对使用{yuan(line.spent_fen + line.misspent_fen)}，本笔拨款不能再冲回。"
        return [Problem("spent", message, article)]
    return []


def _bank_problems(payment: FundPayment) -> list[Problem]:
    if payment.confirmed_line_id is not None:
        if refund_lines(payment).exists():
            return []
        message = f"本笔拨款已与对账单核对一致；对账单中须有同额（{yuan(payment.amount_fen)}）退回款项，才能冲回。"
        return [Problem("not_refunded", message, (), "statement")]
    if payment.bank_reference and any(not matching.differences(payment, line) for line in matching.lines_for(payment)):
        message = f"对账单中已有流水号为{payment.bank_reference}的支出，款项可能已付出，请先核对对账单。"
        return [Problem("on_statement", message, (), "statement")]
    return []


def refund_lines(payment: FundPayment) -> matching.Lines:
    """Unmatched incoming lines of the payment's sum since it was paid: what may prove that the bank sent it back.

    A line whose reference is recorded as money come back under a demand is that money, and proves no refund besides.
    """
    recorded = FundReturn.objects.filter(authority=payment.authority_id, bank_reference=OuterRef("reference"))
    found = BankLine.objects.filter(
        ~Exists(recorded),
        authority=payment.authority_id,
        direction=BankDirection.IN,
        state=BankLineState.UNMATCHED,
        amount_fen=payment.amount_fen,
    )
    return found.filter(on__gte=payment.paid_on) if payment.paid_on else found


def items_of(payment: FundPayment) -> list[PaymentItem]:
    """The tranches as asked for, each with its tranche and line. One query."""
    return list(payment.items.select_related("tranche__line").order_by("tranche__line__position", "tranche__seq"))


def name_of(tranche: Tranche) -> str:
    """“item”第n期."""
    return f"“{tranche.line.item}”第{tranche.seq}期"

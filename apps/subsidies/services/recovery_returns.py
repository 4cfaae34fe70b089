"""Money that comes back under a demand: recorded once for its bank reference, proved by a statement where there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import BankDirection, BankLineState
from apps.subsidies.models import BankLine, FundRecovery, FundReturn, RecoveryLine
from apps.subsidies.services import sums


@dataclass(frozen=True)
class Returned:
    """What came in: on which day, under which reference of the bank, and in fen by line (RecoveryLine pk)."""

    on: dt.date
    reference: str
    amounts: Mapping[int, int]

    @property
    def total_fen(self) -> int:
        return sum(self.amounts.values())


def incoming(recovery: FundRecovery) -> QuerySet[BankLine]:
    """Unmatched incoming lines of the authority's statements that do not exceed what is owed, latest first."""
    owed = recovery.amount_fen - recovery.returned_fen
    lines = BankLine.objects.filter(authority_id=recovery.case.authority_id, direction=BankDirection.IN)
    return lines.filter(state=BankLineState.UNMATCHED, amount_fen__lte=owed).order_by("-on", "-pk")


def record_return(case: Case, actor: Actor, returned: Returned) -> Act:
    """Record money that came back; when all has, the case is closed in the same step. Returns the return's act.

    The same return told twice (reference, day and sums) is one: the act of the first is returned and nothing happens.
    Raises Blocked where the reference stands for something else already, a sum exceeds what is owed, the day lies
    ahead, or the bank's statement says otherwise.
    """
    returned = Returned(
        returned.on, "".join(returned.reference.split()), {pk: fen for pk, fen in returned.amounts.items() if fen}
    )
    try:
        with transaction.atomic():
            locked = lock_case(case.pk)
            earlier = _told_before(locked, actor, returned)
            if earlier is not None:
                return earlier
            act = _record(locked, actor, returned)
            recovery = FundRecovery.objects.get(pk=case.pk)
            if recovery.returned_fen >= recovery.amount_fen:
                perform(locked, "close", actor)
    except sums.Overdrawn as error:
        raise Blocked(Problem("above_owed", "缴回金额超过尚未缴回的金额，请刷新页面后核对。", where="sums")) from error
    except IntegrityError as error:
        taken = FundReturn.objects.filter(authority_id=case.authority_id, bank_reference=returned.reference)
        if not taken.exists():
            raise
        raise Blocked(_reference_taken(returned.reference)) from error
    case.refresh_from_db()
    return act


def _told_before(case: Case, actor: Actor, returned: Returned) -> Act | None:
    """The act of the same return, where it is recorded. Raises Blocked where its reference stands for another."""
    if actor.organisation.pk != case.authority_id or not actor.has(Role.FINANCE_OFFICER):
        return None
    found = FundReturn.objects.filter(authority_id=case.authority_id, bank_reference=returned.reference)
    earlier = found.select_related("act").first()
    if earlier is None:
        return None
    same = {int(pk): fen for pk, fen in earlier.lines.items()} == dict(returned.amounts)
    if earlier.recovery_id == case.pk and earlier.on == returned.on and same:
        return earlier.act
    raise Blocked(_reference_taken(returned.reference))


def _reference_taken(reference: str) -> Problem:
    message = f"银行流水号{reference}已登记过另一笔缴回，一笔到账只能登记一次，请核对。"
    return Problem("reference_taken", message, where="bank_reference")


def _record(case: Case, actor: Actor, returned: Returned) -> Act:
    def change(locked: Case, act: Act) -> None:
        recovery = locked.fund_recovery
        rows = {row.pk: row for row in recovery.lines.select_related("line")}
        problems = _problems(returned, rows)
        if problems:
            raise Blocked(*problems)
        proof = _proving_line(recovery, returned)
        memo = f"到账{returned.on}，流水号{returned.reference}"
        sums.take_back(recovery, act, {rows[pk]: fen for pk, fen in returned.amounts.items()}, memo)
        FundReturn.objects.create(
            recovery=recovery,
            authority_id=locked.authority_id,
            act=act,
            on=returned.on,
            bank_reference=returned.reference,
            amount_fen=returned.total_fen,
            lines={str(pk): fen for pk, fen in returned.amounts.items()},
            bank_line=proof,
        )

    data = {
        "on": returned.on.isoformat(),
        "bank_reference": returned.reference,
        "amount_fen": returned.total_fen,
    }
    return perform(case, "record_return", actor, data=data, change=change)


def _problems(returned: Returned, rows: Mapping[int, RecoveryLine]) -> list[Problem]:
    found = []
    if not returned.reference:
        found.append(Problem("reference_missing", "请填写银行流水号。", where="bank_reference"))
    if returned.on > timezone.localdate():
        found.append(Problem("day_ahead", "到账日期不能晚于今天。", where="on"))
    if returned.total_fen <= 0 or not set(returned.amounts) <= set(rows) or min(returned.amounts.values()) < 0:
        found.append(Problem("sums_missing", "请按项目填写缴回的金额。", where="sums"))
        return found
    for pk, fen in returned.amounts.items():
        owed = rows[pk].amount_fen - rows[pk].returned_fen
        if fen > owed:
            message = f"“{rows[pk].line.item}”尚未缴回{yuan(owed)}，本次填了{yuan(fen)}。"
            found.append(Problem("above_owed", message, where=f"row-{pk}"))
    return found


def _proving_line(recovery: FundRecovery, returned: Returned) -> BankLine | None:
    """The statement's line of the reference, marked matched; None where no statement has it yet.

    Raises Blocked where the statement has the reference with another day or sum, or it proves something else.
    """
    lines = list(
        BankLine.objects.filter(
            authority_id=recovery.case.authority_id, direction=BankDirection.IN, reference=returned.reference
        )
    )
    if not lines:
        return None
    fitting = [one for one in lines if (one.on, one.amount_fen) == (returned.on, returned.total_fen)]
    if not fitting:
        told = "；".join(f"{one.on}收入{yuan(one.amount_fen)}" for one in lines)
        message = f"对账单中流水号{returned.reference}为{told}，与所填的{returned.on}、{yuan(returned.total_fen)}不符。"
        raise Blocked(Problem("statement_differs", message, where="bank_reference"))
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        matched = BankLine.objects.filter(pk=fitting[0].pk, state=BankLineState.UNMATCHED).update(
            state=BankLineState.MATCHED, note=f"追回缴回{recovery.case.number}"
        )
    if not matched:
        label = BankLineState(fitting[0].state).label
        message = f"对账单中流水号{returned.reference}{label}，不能再作为缴回的证明。"
        raise Blocked(Problem("statement_used", message, where="bank_reference"))
    return fitting[0]


def prove_by(line: BankLine) -> FundReturn | None:
    """Join a newly imported incoming line to the return recorded before under its reference, where all agrees.

    Call inside a transaction. Returns the return, or None where there is none to prove.
    """
    if line.direction != BankDirection.IN or line.state != BankLineState.UNMATCHED:
        return None
    found = FundReturn.objects.filter(
        authority_id=line.authority_id,
        bank_reference=line.reference,
        on=line.on,
        amount_fen=line.amount_fen,
        bank_line__isnull=True,
    ).select_related("recovery__case")
    one = found.first()
    if one is None:
        return None
    with scopes_disabled():
        if not FundReturn.objects.filter(pk=one.pk, bank_line__isnull=True).update(bank_line=line):
            return None
        note = f"追回缴回{one.recovery.case.number}"
        BankLine.objects.filter(pk=line.pk).update(state=BankLineState.MATCHED, note=note)
    return one

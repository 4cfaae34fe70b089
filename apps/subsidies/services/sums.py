"""What each act does to the sums of an award: the ledger's entry and the lines' running sums, together or not at all.

The lines' sums are what pages read; the ledger is what they are checked against. Every function here is called inside
perform()'s change and raises IntegrityError where the database's order of sums would be broken, or Overdrawn where
somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import F, Sum
from django_scopes import scopes_disabled

from apps.cases.models import Act
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import Account, EntryKind, When
from apps.subsidies.models import (
    Award,
    AwardLine,
    FundingCycle,
    FundPayment,
    FundRecovery,
    LedgerEntry,
    PaymentItem,
    RecoveryLine,
)
from apps.subsidies.services.ledger import Posting, post, reverse


class Overdrawn(Exception):
    """A sum would exceed what it is part of."""


def appropriate(cycle: FundingCycle, act: Act) -> None:
    """The cycle opens: its whole budget may be granted."""
    posting = Posting(Account.APPROPRIATION, Account.AVAILABLE, cycle.budget_fen)
    post(cycle, act, EntryKind.APPROPRIATE, [posting], key=f"cycle:{cycle.pk}:appropriate")


def grant(award: Award, act: Act, amount_fen: int) -> None:
    """The award is granted: its sum is set aside from what the cycle may still grant. Raises Overdrawn beyond that."""
    with scopes_disabled():
        within = FundingCycle.objects.filter(pk=award.cycle_id, granted_fen__lte=F("budget_fen") - amount_fen)
        if not within.update(granted_fen=F("granted_fen") + amount_fen):
            raise Overdrawn(f"cycle {award.cycle_id} cannot grant {amount_fen}")
        Award.objects.filter(pk=award.pk).update(granted_fen=amount_fen)
    posting = Posting(Account.AVAILABLE, Account.COMMITTED, amount_fen)
    post(award.cycle, act, EntryKind.GRANT, [posting], key=f"award:{award.pk}:grant", award=award)


def allocate(award: Award, act: Act, before: Mapping[int, int]) -> None:
    """The plan in force gives sums to lines: what each gained or lost against ``before`` (line pk → fen) is posted.

    Raises Overdrawn where the lines get more than the award has to give.
    """
    _check_unallocated(award)
    moved, told = [], []
    for line in award.lines.all():
        gain = line.amount_fen - before.get(line.pk, 0)
        if gain > 0:
            moved.append(Posting(Account.COMMITTED, Account.COMMITTED, gain, None, line))
        elif gain < 0:
            moved.append(Posting(Account.COMMITTED, Account.COMMITTED, -gain, line, None))
        if gain:
            told.append(f"{line.item}：{yuan(before.get(line.pk, 0))}调整为{yuan(line.amount_fen)}")
    post(award.cycle, act, EntryKind.ALLOCATE, moved, key=f"act:{act.pk}:allocate", award=award, memo="；".join(told))


def approve(payment: FundPayment, act: Act) -> LedgerEntry | None:
    """A payment is approved: its sums become payable."""
    items = _items(payment)
    _move(items, "approved_fen", +1)
    postings = [
        Posting(Account.COMMITTED, Account.PAYABLE, one.amount_fen, one.tranche.line, one.tranche.line) for one in items
    ]
    return _post_payment(payment, act, EntryKind.APPROVE, postings)


def pay(payment: FundPayment, act: Act) -> LedgerEntry | None:
    """A payment is made: the bank's balance falls by its sums."""
    items = _items(payment)
    _move(items, "paid_fen", +1)
    _move([one for one in items if one.tranche.when != When.AFTER_ACCEPTANCE], "advanced_fen", +1)
    postings = [
        Posting(Account.PAYABLE, Account.BANK, one.amount_fen, one.tranche.line, one.tranche.line) for one in items
    ]
    return _post_payment(payment, act, EntryKind.PAY, postings)


def undo_payment(payment: FundPayment, act: Act) -> None:
    """A payment is reversed by counter-entries: of the payment, where it was made, and of its approval."""
    items = _items(payment)
    made = {
        one.kind: one for one in LedgerEntry.objects.filter(key__in=_keys(payment)).select_related("cycle", "award")
    }
    if EntryKind.PAY in made:
        _move([one for one in items if one.tranche.when != When.AFTER_ACCEPTANCE], "advanced_fen", -1)
        _move(items, "paid_fen", -1)
        reverse(made[EntryKind.PAY], act)
    if EntryKind.APPROVE in made:
        _move(items, "approved_fen", -1)
        reverse(made[EntryKind.APPROVE], act)


def release(award: Award, act: Act, amounts: Mapping[AwardLine | None, int], memo: str) -> None:
    """Give sums that will not be paid back to the cycle: by line, or of the award as a whole (None).

    Raises Overdrawn where more of the award as a whole is given back than its lines leave of it.
    """
    total = sum(amounts.values())
    with scopes_disabled():
        FundingCycle.objects.filter(pk=award.cycle_id).update(granted_fen=F("granted_fen") - total)
        Award.objects.filter(pk=award.pk).update(released_fen=F("released_fen") + total)
    for line, fen in sorted(((line, fen) for line, fen in amounts.items() if line), key=lambda row: row[0].pk):
        _change_line(line.pk, "released_fen", fen)
    _check_unallocated(award)
    postings = [Posting(Account.COMMITTED, Account.AVAILABLE, fen, line) for line, fen in amounts.items()]
    post(award.cycle, act, EntryKind.RELEASE, postings, key=f"act:{act.pk}:release", award=award, memo=memo)


def demand(recovery: FundRecovery, act: Act) -> None:
    """A demand is signed: its sums are owed to the cycle."""
    rows = list(recovery.lines.select_related("line").order_by("line_id"))
    for row in rows:
        _change_line(row.line_id, "demanded_fen", row.amount_fen)
    postings = [Posting(Account.RECEIVABLE, Account.CLAWBACK, row.amount_fen, row.line, row.line) for row in rows]
    award = recovery.award
    post(award.cycle, act, EntryKind.DEMAND, postings, key=f"recovery:{recovery.pk}:demand", award=award)


def take_back(recovery: FundRecovery, act: Act, amounts: Mapping[RecoveryLine, int], memo: str = "") -> None:
    """Money has come back: the bank's balance rises, what is owed falls. Raises Overdrawn beyond what is owed."""
    for row, fen in sorted(amounts.items(), key=lambda pair: pair[0].line_id):
        with scopes_disabled():
            owed = RecoveryLine.objects.filter(pk=row.pk, returned_fen__lte=F("amount_fen") - fen)
            if not owed.update(returned_fen=F("returned_fen") + fen):
                raise Overdrawn(f"recovery line {row.pk} does not owe {fen}")
        _change_line(row.line_id, "returned_fen", fen)
    total = sum(amounts.values())
    with scopes_disabled():
        FundRecovery.objects.filter(pk=recovery.pk).update(returned_fen=F("returned_fen") + total)
    postings = [Posting(Account.BANK, Account.RECEIVABLE, fen, row.line, row.line) for row, fen in amounts.items()]
    award = recovery.award
    post(award.cycle, act, EntryKind.RETURN, postings, key=f"act:{act.pk}:return", award=award, memo=memo)


def forgive(recovery: FundRecovery, act: Act) -> None:
    """What is still owed is not asked for any more: the demand of it is taken back."""
    found = recovery.lines.select_related("line").order_by("line_id")
    rows = [row for row in found if row.amount_fen > row.returned_fen]
    for row in rows:
        _change_line(row.line_id, "demanded_fen", row.returned_fen - row.amount_fen)
    postings = [
        Posting(Account.CLAWBACK, Account.RECEIVABLE, row.amount_fen - row.returned_fen, row.line, row.line)
        for row in rows
    ]
    award = recovery.award
    key = f"recovery:{recovery.pk}:forgive"
    post(award.cycle, act, EntryKind.REVERSE, postings, key=key, award=award, memo="免予追回")


def unallocated(award_pk: int) -> int:
    """What an award was granted and neither gave to lines nor gave back as a whole, in fen, read anew."""
    with scopes_disabled():
        award = Award.objects.values("granted_fen", "released_fen").get(pk=award_pk)
        lines = AwardLine.objects.filter(award_id=award_pk).order_by()
        of_lines = lines.aggregate(amount=Sum("amount_fen"), released=Sum("released_fen"))
    given_back = award["released_fen"] - (of_lines["released"] or 0)
    return int(award["granted_fen"] - (of_lines["amount"] or 0) - given_back)


def _check_unallocated(award: Award) -> None:
    left = unallocated(award.pk)
    if left < 0:
        raise Overdrawn(f"award {award.pk} lacks {-left}")


def _items(payment: FundPayment) -> list[PaymentItem]:
    # Everybody takes the lines in the same order: two payments of one award never wait for each other in a ring.
    return list(payment.items.select_related("tranche__line").order_by("tranche__line_id", "pk"))


def _keys(payment: FundPayment) -> tuple[str, str]:
    return (f"payment:{payment.pk}:{EntryKind.APPROVE}", f"payment:{payment.pk}:{EntryKind.PAY}")


def _post_payment(payment: FundPayment, act: Act, kind: EntryKind, postings: Sequence[Posting]) -> LedgerEntry | None:
    award = payment.award
    return post(award.cycle, act, kind, postings, key=f"payment:{payment.pk}:{kind}", award=award)


def _move(items: Sequence[PaymentItem], column: str, sign: int) -> None:
    for one in items:
        _change_line(one.tranche.line_id, column, sign * one.amount_fen)


def _change_line(pk: int, column: str, fen: int) -> None:
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        if not AwardLine.objects.filter(pk=pk).update(**{column: F(column) + fen}):
            raise Overdrawn(f"award line {pk} is not there")

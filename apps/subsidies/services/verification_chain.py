"""The ledger read entry by entry: nothing missing, nothing changed, each rests on its act, reversals mirror."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch
from django_scopes import scopes_disabled

from apps.cases.models import Act, NumberSequence
from apps.subsidies.enums import Account as A
from apps.subsidies.enums import EntryKind as K
from apps.subsidies.models import (
    Acceptance,
    FundingCycle,
    FundPayment,
    FundRecovery,
    LedgerEntry,
    LedgerPosting,
    SpendingReport,
    UsePlan,
)
from apps.subsidies.services.ledger import entry_hash
from apps.subsidies.services.verification_finding import Finding

CHUNK = 500
SIDES = {
    K.APPROPRIATE: (A.APPROPRIATION, A.AVAILABLE),
    K.GRANT: (A.AVAILABLE, A.COMMITTED),
    K.ALLOCATE: (A.COMMITTED, A.COMMITTED),
    K.APPROVE: (A.COMMITTED, A.PAYABLE),
    K.PAY: (A.PAYABLE, A.BANK),
    K.RELEASE: (A.COMMITTED, A.AVAILABLE),
    K.DEMAND: (A.RECEIVABLE, A.CLAWBACK),
    K.RETURN: (A.BANK, A.RECEIVABLE),
}
FORGIVEN = (A.CLAWBACK, A.RECEIVABLE)
STEPS = {
    K.APPROPRIATE: ("launch",),
    K.GRANT: ("sign_award",),
    K.APPROVE: ("approve",),
    K.PAY: ("record_payment",),
    K.DEMAND: ("sign_demand",),
    K.RETURN: ("record_return",),
    K.REVERSE: ("sign_reversal", "sign_lift"),
}
"""The step whose act an entry of the kind is posted by; kinds left out are posted by several."""


def chain_findings(cycle: FundingCycle) -> Iterator[Finding]:
    """Walk the cycle's entries in their order, CHUNK at a time."""
    prev, seq = "", 0
    while entries := _entries_after(cycle, seq):
        own = _cases_of(entries)
        for entry in entries:
            if entry.seq != seq + 1:
                yield Finding("gap", f"第{seq + 1}号分录缺失")
                prev = entry.prev_hash
            seq = entry.seq
            yield from _entry_findings(entry, prev, own.get(entry.award_id, {entry.cycle_id}))
            prev = entry.hash
    last = NumberSequence.objects.filter(pk=f"ledger:{cycle.pk}").values_list("last", flat=True).first() or 0
    if last != seq:
        yield Finding("tail", f"账簿应到第{last}号分录，实际到第{seq}号：末尾分录被截去或另行添加")


@scopes_disabled()
def _entries_after(cycle: FundingCycle, seq: int) -> list[LedgerEntry]:
    """A chunk with postings and the lines they name, the acts and what is reversed. Queries: five."""
    postings = LedgerPosting.objects.order_by("position").select_related("debit_line", "credit_line")
    entries = LedgerEntry.objects.filter(cycle_id=cycle.pk, seq__gt=seq).order_by("seq")
    return list(
        entries.prefetch_related(
            Prefetch("postings", postings),
            Prefetch("act", Act.objects.only("pk", "case_id", "name")),
            Prefetch("award"),
            Prefetch("reverses", LedgerEntry.objects.prefetch_related(Prefetch("postings", postings))),
        )[:CHUNK]
    )


@scopes_disabled()
def _cases_of(entries: Sequence[LedgerEntry]) -> dict[int | None, set[int]]:
    """Award → the cases whose acts may move its money: its own and those of its business."""
    awards = {entry.award_id for entry in entries if entry.award_id}
    own: dict[int | None, set[int]] = {pk: {pk} for pk in awards}
    for model in (UsePlan, FundPayment, Acceptance, SpendingReport, FundRecovery):
        for pk, award in model._default_manager.filter(award_id__in=awards).order_by().values_list("pk", "award_id"):
            own[award].add(pk)
    return own


def _entry_findings(entry: LedgerEntry, prev: str, cases: set[int]) -> Iterator[Finding]:
    told = f"第{entry.seq}号分录"
    postings = list(entry.postings.all())
    if entry.prev_hash != prev:
        yield Finding("chain", f"{told}与前一号的散列不相连")
    if entry.hash != entry_hash(entry, postings):
        yield Finding("changed", f"{told}或其明细被改动")
    if [one.position for one in postings] != list(range(1, len(postings) + 1)) or not postings:
        yield Finding("postings", f"{told}的明细不全")
    if entry.award is not None and entry.award.cycle_id != entry.cycle_id:
        yield Finding("other_cycle", f"{told}所记的资助属于另一周期")
    yield from _act_findings(entry, cases, told)
    if _foreign_lines(entry, postings):
        yield Finding("other_award", f"{told}记到了另一项资助的支出项目")
    yield from _side_findings(entry, postings, told)


def _act_findings(entry: LedgerEntry, cases: set[int], told: str) -> Iterator[Finding]:
    act = entry._state.fields_cache.get("act")
    if act is None:
        yield Finding("no_act", f"{told}没有办理记录")
        return
    steps = STEPS.get(K(entry.kind)) if entry.kind in K.values else ()
    wrong_step = steps is not None and act.name not in steps
    if act.case_id not in cases or act.case_id != _named_case(entry, act.case_id) or wrong_step:
        yield Finding("wrong_act", f"{told}所依据的办理记录不属于这笔业务")


def _named_case(entry: LedgerEntry, otherwise: int) -> int:
    """The case that the entry's key names: a payment's, a demand's, an award's, a cycle's."""
    kind, _, rest = entry.key.partition(":")
    if kind == "reverse" and entry.reverses is not None:
        return _named_case(entry.reverses, otherwise) if entry.reverses_id != entry.pk else -1
    name = rest.partition(":")[0]
    return int(name) if kind in ("payment", "recovery", "award", "cycle") and name.isdigit() else otherwise


def _foreign_lines(entry: LedgerEntry, postings: Sequence[LedgerPosting]) -> bool:
    lines = [line for one in postings for line in (one.debit_line, one.credit_line) if line is not None]
    return any(line.award_id != entry.award_id for line in lines)


def _side_findings(entry: LedgerEntry, postings: Sequence[LedgerPosting], told: str) -> Iterator[Finding]:
    """Each kind of entry moves sums between its own two accounts; what reverses an entry mirrors it exactly."""
    if entry.kind == K.REVERSE and entry.reverses is not None:
        if entry.reverses.cycle_id != entry.cycle_id or entry.reverses.award_id != entry.award_id:
            yield Finding("reversal", f"{told}冲回的是另一项资助的分录")
        mirrored = [_mirror(one) for one in entry.reverses.postings.all()]
        if [_sides(one) for one in postings] != mirrored:
            yield Finding("reversal", f"{told}与所冲回的第{entry.reverses.seq}号分录不是互为相反")
        return
    if entry.reverses_id is not None:
        yield Finding("reversal", f"{told}不是冲回，却写明冲回另一分录")
    expected = FORGIVEN if entry.kind == K.REVERSE else SIDES.get(K(entry.kind)) if entry.kind in K.values else None
    if any((one.debit, one.credit) != expected for one in postings):
        yield Finding("accounts", f"{told}的借贷科目与业务不符")


def _sides(one: LedgerPosting) -> tuple[object, ...]:
    return (one.debit, one.debit_line_id, one.credit, one.credit_line_id, one.amount_fen)


def _mirror(one: LedgerPosting) -> tuple[object, ...]:
    return (one.credit, one.credit_line_id, one.debit, one.debit_line_id, one.amount_fen)

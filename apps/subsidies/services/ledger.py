"""The ledger: every change of money is posted here, once, in the transaction of the act that made it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from apps.cases.models import Act
from apps.cases.numbering import next_number
from apps.subsidies.enums import Account, EntryKind
from apps.subsidies.models import Award, AwardLine, FundingCycle, LedgerEntry, LedgerPosting


@dataclass(frozen=True)
class Posting:
    """``amount_fen`` debited to one account and credited to another, each perhaps of one line of the award."""

    debit: Account
    credit: Account
    amount_fen: int
    debit_line: AwardLine | None = None
    credit_line: AwardLine | None = None


def post(
    cycle: FundingCycle,
    act: Act,
    kind: EntryKind,
    postings: Iterable[Posting],
    *,
    key: str,
    award: Award | None = None,
    memo: str = "",
    reverses: LedgerEntry | None = None,
) -> LedgerEntry | None:
    """Add an entry to the cycle's ledger; postings of nothing are left out, an entry of none is not made.

    ``key`` names what is posted, e.g. ``payment:17:pay``: a second entry of the same key raises IntegrityError, and
    with it the whole step that tried. Call inside perform()'s change: the row of the cycle's numbers is held to the end
    of the transaction, so that entries follow one another without a gap. Raises ValueError for a negative sum.
    """
    rows = [one for one in postings if one.amount_fen]
    if any(one.amount_fen < 0 for one in rows):
        raise ValueError("a posting has no negative sum: reverse the entry instead")
    if not rows:
        return None
    seq = next_number(f"ledger:{cycle.pk}")
    before = LedgerEntry.objects.filter(cycle=cycle, seq=seq - 1).values_list("hash", flat=True).first()
    entry = LedgerEntry(
        cycle=cycle,
        award=award,
        act=act,
        seq=seq,
        kind=kind,
        memo=memo[:200],
        key=key,
        reverses=reverses,
        at=timezone.now(),
        prev_hash=before or "",
    )
    details = [
        LedgerPosting(
            entry=entry,
            position=place,
            debit=one.debit,
            credit=one.credit,
            debit_line=one.debit_line,
            credit_line=one.credit_line,
            amount_fen=one.amount_fen,
        )
        for place, one in enumerate(rows, start=1)
    ]
    entry.hash = entry_hash(entry, details)
    entry.save(force_insert=True)
    LedgerPosting.objects.bulk_create(details)
    return entry


def reverse(entry: LedgerEntry, act: Act, *, memo: str = "") -> LedgerEntry:
    """Undo ``entry`` by a counter-entry, once: the entry itself stays as it is. Raises IntegrityError a second time."""
    postings = [
        Posting(Account(one.credit), Account(one.debit), one.amount_fen, one.credit_line, one.debit_line)
        for one in entry.postings.select_related("debit_line", "credit_line")
    ]
    made = post(
        entry.cycle,
        act,
        EntryKind.REVERSE,
        postings,
        key=f"reverse:{entry.pk}",
        award=entry.award,
        memo=memo or f"冲回第{entry.seq}号分录",
        reverses=entry,
    )
    if made is None:
        raise ValueError(f"entry {entry.pk} has no postings")
    return made


def entry_hash(entry: LedgerEntry, postings: Sequence[LedgerPosting]) -> str:
    """SHA-256 over everything the entry says, its postings and the hash of the entry before it, as canonical JSON."""
    record = {
        "cycle": entry.cycle_id,
        "award": entry.award_id,
        "act": entry.act_id,
        "seq": entry.seq,
        "kind": str(entry.kind),
        "memo": entry.memo,
        "key": entry.key,
        "reverses": entry.reverses_id,
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "prev": entry.prev_hash,
        "postings": [
            [one.position, str(one.debit), one.debit_line_id, str(one.credit), one.credit_line_id, one.amount_fen]
            for one in postings
        ],
    }
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

"""The entries of a cycle's ledger as a list: filters, sorting, and rows to export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.cases.clocks import SHANGHAI
from apps.subsidies.enums import Account, EntryKind
from apps.subsidies.models import FundingCycle, LedgerEntry, LedgerPosting

EXPORT_HEAD = (
    "分录号",
    "时间",
    "业务",
    "资助办件",
    "依据办件",
    "摘要",
    "借方科目",
    "借方支出项目",
    "贷方科目",
    "贷方支出项目",
    "金额（元）",
)


def entries_of(cycle: FundingCycle, values: Mapping[str, Any], sort: str = "") -> QuerySet[LedgerEntry]:
    """The cycle's entries that pass the filters: award (number), account and side (debit, credit), kind, since, until."""
    with scopes_disabled():
        found = LedgerEntry.objects.filter(cycle_id=cycle.pk)
        if values.get("award"):
            found = found.filter(award__case__number__iexact=str(values["award"]).strip())
        if values.get("kind"):
            found = found.filter(kind=values["kind"])
        if values.get("account"):
            found = found.filter(Exists(_touching(str(values["account"]), str(values.get("side", "")))))
        if values.get("since"):
            found = found.filter(at__gte=_start(values["since"]))
        if values.get("until"):
            found = found.filter(at__lt=_start(values["until"] + dt.timedelta(days=1)))
        postings = LedgerPosting.objects.order_by("position").select_related("debit_line", "credit_line")
        return (
            found.select_related("award__case", "act__case", "reverses")
            .defer("award__data")
            .prefetch_related(Prefetch("postings", postings))
            .order_by("seq" if sort == "seq" else "-seq")
        )


def export_rows(entries: QuerySet[LedgerEntry], most: int) -> Iterator[tuple[object, ...]]:
    """One row for each posting, ``most`` at the utmost; sums in yuan as text, exact."""
    made = 0
    for entry in entries.iterator(chunk_size=500):
        for one in entry.postings.all():
            if made >= most:
                return
            made += 1
            yield (
                entry.seq,
                timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
                EntryKind(entry.kind).label,
                entry.award.case.number if entry.award else "",
                entry.act.case.number,
                entry.memo,
                Account(one.debit).label,
                one.debit_line.item if one.debit_line else "",
                Account(one.credit).label,
                one.credit_line.item if one.credit_line else "",
                plain_yuan(one.amount_fen),
            )


def plain_yuan(fen: int) -> str:
    """A sum of fen in yuan without separators, as a spreadsheet reads it: 123456 becomes 1234.56."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def _touching(account: str, side: str) -> QuerySet[LedgerPosting]:
    sides = {"debit": Q(debit=account), "credit": Q(credit=account)}
    return LedgerPosting.objects.filter(sides.get(side, Q(debit=account) | Q(credit=account)), entry=OuterRef("pk"))


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)

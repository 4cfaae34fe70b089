"""账簿: append-only entries. A posting debits one account and credits another with one sum, so that it balances."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.enums import Account, EntryKind


class LedgerEntry(models.Model):
    """One entry of a cycle's ledger, made by one act. Never changed or deleted: triggers of the database refuse it.

    ``key`` names what the entry is for, so that it is made once whatever is repeated. ``reverses`` is the entry that
    this one undoes. Entries of a cycle are numbered by ``seq`` and chained by hash as acts are.
    """

    cycle = models.ForeignKey("subsidies.FundingCycle", models.PROTECT, related_name="entries")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, null=True, blank=True, related_name="entries")
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="ledger_entries")
    seq = models.PositiveIntegerField("分录号")
    kind = models.CharField("业务", max_length=16, choices=EntryKind)
    memo = models.CharField("摘要", max_length=200, blank=True)
    key = models.CharField(max_length=100, unique=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    at = models.DateTimeField("时间")
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = ScopedManager(jurisdiction="cycle__case__jurisdiction")

    class Meta:
        verbose_name = "分录"
        ordering = ["cycle", "seq"]
        constraints = [models.UniqueConstraint(fields=["cycle", "seq"], name="ledger_seq_once")]


class LedgerPosting(models.Model):
    """One sum of an entry, debited to one account and credited to another, each perhaps of one line of the award."""

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="postings")
    position = models.PositiveSmallIntegerField()
    debit = models.CharField("借方", max_length=16, choices=Account)
    credit = models.CharField("贷方", max_length=16, choices=Account)
    debit_line = models.ForeignKey("subsidies.AwardLine", models.PROTECT, null=True, blank=True, related_name="debits")
    credit_line = models.ForeignKey(
        "subsidies.AwardLine", models.PROTECT, null=True, blank=True, related_name="credits"
    )
    amount_fen = models.PositiveBigIntegerField("金额（分）")

    objects = ScopedManager(jurisdiction="entry__cycle__case__jurisdiction")

    class Meta:
        verbose_name = "分录明细"
        ordering = ["entry", "position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="posting_position_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="posting_has_a_sum"),
        ]

"""银行对账单: files of the bank, taken in once each, whose lines confirm payments and returns."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.enums import BankDirection, BankLineState


class BankStatement(models.Model):
    """A statement file as the bank gave it; the same file (``sha256``) is taken in once."""

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+")
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="bank_statements")
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField("导入时间")
    line_count = models.PositiveIntegerField("明细行数", default=0)
    known_count = models.PositiveIntegerField("此前已导入的行数", default=0)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "银行对账单"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["authority", "sha256"], name="bank_statement_once")]


class BankLine(models.Model):
    """One line of a statement. A bank's reference, day, direction and sum are known once in an authority."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    row = models.PositiveIntegerField("行号")
    on = models.DateField("交易日期")
    direction = models.CharField("收支", max_length=4, choices=BankDirection)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    reference = models.CharField("流水号", max_length=64)
    counterparty = models.CharField("对方户名", max_length=100, blank=True)
    counterparty_account = models.CharField("对方账号", max_length=40, blank=True)
    memo = models.CharField("摘要", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=BankLineState, default=BankLineState.UNMATCHED)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedManager(jurisdiction="statement__jurisdiction")

    class Meta:
        verbose_name = "对账单明细"
        ordering = ["statement", "row"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "reference", "on", "direction", "amount_fen"], name="bank_line_once"
            )
        ]
        indexes = [models.Index(fields=["authority", "state", "-on"], name="bank_line_open")]

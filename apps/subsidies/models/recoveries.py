"""追回: money paid that is unspent or wrongly spent, demanded back and returned."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.enums import RecoveryGround


class FundRecovery(models.Model):
    """A demand for return: ``amount_fen`` of what was paid, ``returned_fen`` of it come back, by ``due_on``."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="fund_recovery")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, related_name="recoveries")
    report = models.ForeignKey(
        "subsidies.SpendingReport", models.PROTECT, null=True, blank=True, related_name="recoveries"
    )
    ground = models.CharField("事由", max_length=16, choices=RecoveryGround)
    facts = models.TextField("事实和理由", blank=True)
    articles = models.JSONField("依据条款", default=list)
    amount_fen = models.PositiveBigIntegerField("追回金额（分）", default=0)
    returned_fen = models.PositiveBigIntegerField("已缴回（分）", default=0)
    due_on = models.DateField("缴回期限", null=True, blank=True)
    account = models.CharField("缴入账户", max_length=200, blank=True)
    demanded_on = models.DateField("签发日期", null=True, blank=True)
    lift_reason = models.TextField("免予追回理由", blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "追回"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(returned_fen__lte=models.F("amount_fen")), name="recovery_returned_within"
            )
        ]


class RecoveryLine(models.Model):
    """How much of a demand falls on which line."""

    recovery = models.ForeignKey(FundRecovery, models.PROTECT, related_name="lines")
    line = models.ForeignKey("subsidies.AwardLine", models.PROTECT, related_name="recoveries")
    amount_fen = models.PositiveBigIntegerField("追回金额（分）")
    returned_fen = models.PositiveBigIntegerField("已缴回（分）", default=0)

    objects = ScopedManager(jurisdiction="recovery__case__jurisdiction")

    class Meta:
        verbose_name = "追回明细"
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["recovery", "line"], name="recovery_line_once"),
            models.CheckConstraint(
                condition=models.Q(returned_fen__lte=models.F("amount_fen")), name="recovery_line_returned_within"
            ),
        ]


class FundReturn(models.Model):
    """One sum come back under a demand, in fen: a bank's reference counts once in an authority.

    ``bank_line`` is the line of a statement that proves it, where one was taken in by then.
    """

    recovery = models.ForeignKey(FundRecovery, models.PROTECT, related_name="returns")
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    act = models.OneToOneField("cases.Act", models.PROTECT, related_name="fund_return")
    on = models.DateField("到账日期")
    bank_reference = models.CharField("银行流水号", max_length=64)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    lines = models.JSONField("分项金额", default=dict)
    bank_line = models.OneToOneField(
        "subsidies.BankLine", models.PROTECT, null=True, blank=True, related_name="fund_return"
    )

    objects = ScopedManager(jurisdiction="recovery__case__jurisdiction")

    class Meta:
        verbose_name = "缴回到账"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "bank_reference"], name="fund_return_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="fund_return_has_a_sum"),
        ]

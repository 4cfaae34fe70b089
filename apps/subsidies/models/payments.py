"""拨款: a request for tranches, its approval by another person, its payment, and its reversal by a counter-entry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager


class FundPayment(models.Model):
    """A payment of one or more tranches of an award to the account its institution names.

    ``request_key`` comes with the form: the same form sent twice is one request. ``bank_reference`` is the bank's
    number of the payment, once in an authority. ``confirmed_line`` is the line of a bank statement that proves it.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="fund_payment")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, related_name="payments")
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    request_key = models.UUIDField(unique=True)
    amount_fen = models.PositiveBigIntegerField("申请金额（分）", default=0)
    payee_name = models.CharField("收款单位", max_length=100)
    payee_account = models.CharField("收款账号", max_length=40)
    payee_bank = models.CharField("开户银行", max_length=100)
    purpose = models.CharField("用途", max_length=200, blank=True)
    return_text = models.TextField("退回事项", blank=True)
    check_note = models.TextField("核对意见", blank=True)
    bank_reference = models.CharField("银行流水号", max_length=64, blank=True)
    paid_on = models.DateField("支付日期", null=True, blank=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_line = models.OneToOneField(
        "subsidies.BankLine", models.PROTECT, null=True, blank=True, related_name="payment"
    )
    reversal_reason = models.TextField("冲回原因", blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "拨款"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "bank_reference"],
                condition=~models.Q(bank_reference=""),
                name="bank_reference_once",
            )
        ]
        indexes = [models.Index(fields=["award", "-case"], name="payment_award")]


class PaymentItem(models.Model):
    """A tranche as this payment asked for it: its sum stands as it was asked, whatever becomes of the tranche."""

    payment = models.ForeignKey(FundPayment, models.PROTECT, related_name="items")
    tranche = models.ForeignKey("subsidies.Tranche", models.PROTECT, related_name="items")
    amount_fen = models.PositiveBigIntegerField("金额（分）")

    objects = ScopedManager(jurisdiction="payment__case__jurisdiction")

    class Meta:
        verbose_name = "拨款明细"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["payment", "tranche"], name="payment_item_once")]

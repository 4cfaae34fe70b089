"""经费使用报告: what was spent on each line, voucher by voucher."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.models.plans import DraftedContent


class SpendingReport(DraftedContent):
    """A report on money spent from ``from_on`` to ``until_on``; ``is_final`` says that nothing more will be spent."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="spending_report")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, related_name="spending_reports")
    from_on = models.DateField("期间开始", null=True, blank=True)
    until_on = models.DateField("期间结束", null=True, blank=True)
    is_final = models.BooleanField("最终报告", default=False)
    summary = models.TextField("使用情况说明", blank=True)
    return_text = models.TextField("退回事项", blank=True)
    opinion = models.TextField("核对意见", blank=True)
    accepted_on = models.DateField("核定日期", null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "经费使用报告"


class SpendingRow(models.Model):
    """One voucher of a report: a voucher number is reported once for an award. Its scan is an attachment of the case.

    ``disallowed_fen`` is what the finance side did not recognise, with the article and the reason.
    """

    report = models.ForeignKey(SpendingReport, models.PROTECT, related_name="rows")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, related_name="+")
    line = models.ForeignKey("subsidies.AwardLine", models.PROTECT, related_name="spending_rows")
    position = models.PositiveIntegerField()
    on = models.DateField("日期")
    voucher = models.CharField("凭证号", max_length=64)
    payee = models.CharField("收款方", max_length=100)
    description = models.CharField("内容", max_length=200)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    attachment = models.ForeignKey("cases.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    disallowed_fen = models.PositiveBigIntegerField("不予认可（分）", default=0)
    disallowed_article = models.CharField("依据条款", max_length=16, blank=True)
    disallowed_reason = models.CharField("理由", max_length=300, blank=True)

    objects = ScopedManager(jurisdiction="report__case__jurisdiction")

    class Meta:
        verbose_name = "支出凭证"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["award", "voucher", "line"], name="voucher_once"),
            models.CheckConstraint(
                condition=models.Q(disallowed_fen__lte=models.F("amount_fen")), name="disallowed_within_voucher"
            ),
        ]

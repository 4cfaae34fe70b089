"""资助: what a base is awarded in a cycle, its lines, their tranches, exceptions to the cap, and who supervises it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.enums import Conclusion, When
from apps.subsidies.models.plans import DraftedContent


class Award(DraftedContent):
    """An application for money of a cycle and, once granted, the award itself (Shanghai 32, 34–37).

    ``requested_fen`` is the sum of the lines sent. ``panel_passed`` and ``panel_points_hundredths`` (points times 100)
    are what the experts concluded. ``granted_fen`` is set when the decision is signed; ``released_fen`` is what was
    given back to the cycle since. Sums of what is paid stand on the lines.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="award")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="awards")
    cycle = models.ForeignKey("subsidies.FundingCycle", models.PROTECT, related_name="awards")
    title = models.CharField("项目名称", max_length=100, blank=True)
    requested_fen = models.PositiveBigIntegerField("申请金额（分）", default=0)
    return_text = models.TextField("退回事项", blank=True)
    panel_passed = models.BooleanField("通过专家评审", null=True)
    panel_points_hundredths = models.PositiveIntegerField("评审平均分（百分之一分）", null=True)
    panel_opinion = models.TextField("专家评审意见", blank=True)
    conclusion = models.CharField("拟定结论", max_length=8, choices=Conclusion, blank=True)
    reasons = models.TextField("理由", blank=True)
    proposed_fen = models.PositiveBigIntegerField("拟资助金额（分）", default=0)
    finance_opinion = models.TextField("财务审核意见", blank=True)
    granted_fen = models.PositiveBigIntegerField("资助金额（分）", default=0)
    granted_on = models.DateField("资助决定日期", null=True, blank=True)
    released_fen = models.PositiveBigIntegerField("核减收回（分）", default=0)
    settled_on = models.DateField("结清日期", null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "资助"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(released_fen__lte=models.F("granted_fen")), name="award_released_within_granted"
            )
        ]
        indexes = [
            models.Index(fields=["cycle", "-case"], name="award_cycle"),
            models.Index(fields=["base", "cycle"], name="award_base"),
        ]


class CapException(models.Model):
    """Why an award may exceed the cap of its base in the cycle: the text sets the cap in principle (Shanghai 32).

    ``total_fen`` is the whole sum in the cycle it allows, this award included. It counts once two people have signed.
    The document itself is an attachment of the award's case, purpose ``cap_exception``.
    """

    award = models.OneToOneField(Award, models.PROTECT, related_name="cap_exception")
    total_fen = models.PositiveBigIntegerField("准予达到的总额（分）")
    reason = models.TextField("理由")
    document_number = models.CharField("批准文号", max_length=100)
    document_date = models.DateField("批准日期")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_signature = models.ForeignKey("cases.Act", models.PROTECT, null=True, related_name="+")
    second_signature = models.ForeignKey("cases.Act", models.PROTECT, null=True, related_name="+")

    objects = ScopedManager(jurisdiction="award__case__jurisdiction")

    class Meta:
        verbose_name = "超限额资助"

    @property
    def is_signed(self) -> bool:
        return self.first_signature_id is not None and self.second_signature_id is not None


class AwardLine(models.Model):
    """One line of the plan in force of an award, with what has become of it. All sums in fen, net of reversals.

    ``amount_fen`` is what the plan in force gives it; ``accepted_fen`` what acceptance recognised (null: not yet);
    ``released_fen`` what was given back to the cycle and will not be paid.
    ``approved_fen`` ≥ ``paid_fen`` ≥ ``advanced_fen`` (the part paid before acceptance, by agreement included);
    ``demanded_fen`` ≥ ``returned_fen`` is asked back of what was paid. ``spent_fen`` is what reports account for and the
    finance side recognised, ``misspent_fen`` what it did not. The database keeps the order of these sums.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="lines")
    key = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    category = models.CharField("用途类别", max_length=32)
    item = models.CharField("支出项目", max_length=100)
    purpose = models.TextField("用途说明", blank=True)
    amount_fen = models.PositiveBigIntegerField("方案金额（分）")
    approved_fen = models.PositiveBigIntegerField("已批准拨款（分）", default=0)
    paid_fen = models.PositiveBigIntegerField("已支付（分）", default=0)
    advanced_fen = models.PositiveBigIntegerField("验收前支付（分）", default=0)
    accepted_fen = models.PositiveBigIntegerField("验收核定（分）", null=True)
    released_fen = models.PositiveBigIntegerField("核减收回（分）", default=0)
    demanded_fen = models.PositiveBigIntegerField("要求缴回（分）", default=0)
    returned_fen = models.PositiveBigIntegerField("已缴回（分）", default=0)
    spent_fen = models.PositiveBigIntegerField("核定使用（分）", default=0)
    misspent_fen = models.PositiveBigIntegerField("不予认可（分）", default=0)

    objects = ScopedManager(jurisdiction="award__case__jurisdiction")

    class Meta:
        verbose_name = "资助项目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["award", "key"], name="award_line_once"),
            models.CheckConstraint(
                condition=models.Q(
                    approved_fen__lte=models.F("amount_fen") - models.F("released_fen"),
                    released_fen__lte=models.F("amount_fen"),
                    paid_fen__lte=models.F("approved_fen"),
                    advanced_fen__lte=models.F("paid_fen"),
                    demanded_fen__lte=models.F("paid_fen"),
                    returned_fen__lte=models.F("demanded_fen"),
                ),
                name="award_line_sums_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_fen__isnull=True) | models.Q(accepted_fen__lte=models.F("amount_fen")),
                name="award_line_accepted_within",
            ),
        ]


class Tranche(models.Model):
    """One part of a line, paid in one sum: when the text lets it be paid, how much, and the payment that has it.

    ``payment`` is the request that claims the tranche, from its draft until it is refused, withdrawn or reversed: a
    tranche has one at a time. ``is_cancelled``: a change of plan or an acceptance did away with it.
    """

    line = models.ForeignKey(AwardLine, models.PROTECT, related_name="tranches")
    seq = models.PositiveSmallIntegerField("期次")
    when = models.CharField("拨付条件", max_length=16, choices=When)
    label = models.CharField("约定", max_length=64, blank=True)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    article = models.CharField("依据条款", max_length=16, blank=True)
    payment = models.ForeignKey("subsidies.FundPayment", models.PROTECT, null=True, related_name="tranches")
    is_cancelled = models.BooleanField("已取消", default=False)

    objects = ScopedManager(jurisdiction="line__award__case__jurisdiction")

    class Meta:
        verbose_name = "拨款期次"
        ordering = ["line__position", "seq"]
        constraints = [models.UniqueConstraint(fields=["line", "seq"], name="tranche_once")]


class SupervisorAssignment(models.Model):
    """A third party's person who looks after one award (Shanghai 37): sees that award and nothing else.

    Access follows from the permission ``review_case`` on the award's case and on the cases of its business, given when
    the assignment begins and taken when it ends.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="supervisors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="supervised_awards")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    task = models.TextField("委托事项", blank=True)
    begun_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = ScopedManager(jurisdiction="award__case__jurisdiction")

    class Meta:
        verbose_name = "第三方监管"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "user"], condition=models.Q(ended_at__isnull=True), name="supervisor_once"
            )
        ]


class SupervisionReport(models.Model):
    """What a supervisor reports of an award; its file is an attachment of the award's case, ``supervision:<pk>``."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="supervision_reports")
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="+")
    text = models.TextField("监管情况")
    has_concerns = models.BooleanField("发现问题", default=False)

    objects = ScopedManager(jurisdiction="award__case__jurisdiction")

    class Meta:
        verbose_name = "监管报告"
        ordering = ["id"]

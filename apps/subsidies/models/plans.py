"""使用方案和绩效计划: what money is asked for or used for, line by line, and what it is to achieve."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.enums import Direction, PlanConclusion


class DraftedContent(models.Model):
    """What is being filled in, as typed, valid or not: frozen into lines and targets when the case is sent.

    ``data_version`` is the counter that keeps two writers apart.
    """

    data = models.JSONField(default=dict)
    data_version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class UsePlan(DraftedContent):
    """A use plan put to whoever audits it: the funder (Shanghai 36) or the base's managing unit (national 33).

    With an ``award`` it is the plan of that award, version 1 or a later change; without one it is the plan for special
    funds granted elsewhere, by ``grant_document`` of ``granted_on``. ``method`` is the method of use where the text
    asks for one. ``is_minor``: the change stayed within the cycle's share and was filed without an audit.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="use_plan")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="use_plans")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, null=True, blank=True, related_name="use_plans")
    version = models.PositiveSmallIntegerField("版本", default=1)
    amends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    change_reason = models.TextField("调整理由", blank=True)
    is_minor = models.BooleanField("幅度内调整", default=False)
    year = models.PositiveSmallIntegerField("年度")
    granted_fen = models.PositiveBigIntegerField("下达金额（分）", default=0)
    grant_document = models.CharField("下达文号", max_length=100, blank=True)
    granted_on = models.DateField("下达日期", null=True, blank=True)
    method = models.TextField("使用办法", blank=True)
    conclusion = models.CharField("审核意见", max_length=8, choices=PlanConclusion, blank=True)
    opinion = models.TextField("意见内容", blank=True)
    return_text = models.TextField("退回事项", blank=True)
    approved_on = models.DateField("审核同意日期", null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "使用方案和绩效计划"
        constraints = [
            models.UniqueConstraint(
                fields=["award", "version"], condition=models.Q(award__isnull=False), name="use_plan_version_once"
            )
        ]
        indexes = [models.Index(fields=["base", "-year"], name="use_plan_base")]


class UsePlanLine(models.Model):
    """One line of what an award's application or a use plan proposes, as sent.

    ``case`` is the award's or the plan's. ``key`` stays the same in every version, so that a line can be followed.
    ``amount_fen`` is ``unit_price_fen`` times ``quantity``. ``finance_approval`` is the finance department's document
    where the use needs one (Shanghai 34(4)); ``schedule`` the agreed parts [{when, amount_fen}] of such a line.
    ``granted_fen`` is what the decision on an award gives to the line.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="use_plan_lines")
    key = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    category = models.CharField("用途类别", max_length=32)
    item = models.CharField("支出项目", max_length=100)
    unit = models.CharField("单位", max_length=16)
    unit_price_fen = models.PositiveBigIntegerField("单价（分）")
    quantity = models.PositiveIntegerField("数量")
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    purpose = models.TextField("用途说明")
    finance_approval = models.CharField("财政部门批准文号", max_length=100, blank=True)
    schedule = models.JSONField("商定拨付", default=list)
    granted_fen = models.PositiveBigIntegerField("资助金额（分）", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "支出项目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="use_plan_line_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen=models.F("unit_price_fen") * models.F("quantity")),
                name="use_plan_line_multiplies",
            ),
            models.CheckConstraint(
                condition=models.Q(granted_fen__isnull=True) | models.Q(granted_fen__lte=models.F("amount_fen")),
                name="use_plan_line_granted_within",
            ),
        ]


class PerformanceTarget(models.Model):
    """One measurable target of a performance plan, as sent: ``target_hundredths`` is the value times 100."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="performance_targets")
    key = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    goal = models.CharField("绩效目标", max_length=200)
    indicator = models.CharField("指标", max_length=100)
    direction = models.CharField("要求", max_length=8, choices=Direction, default=Direction.AT_LEAST)
    target_hundredths = models.PositiveBigIntegerField("目标值（百分之一）")
    unit = models.CharField("单位", max_length=16)
    measured_by = models.CharField("数据来源", max_length=200, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "绩效指标"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="performance_target_once")]


class OwnFund(models.Model):
    """Own funds that the institution or the managing unit puts in beside special funds (national 34, Shanghai 33)."""

    plan = models.ForeignKey(UsePlan, models.PROTECT, related_name="own_funds")
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField("提供单位", max_length=100)
    purpose = models.CharField("用途", max_length=200)
    amount_fen = models.PositiveBigIntegerField("金额（分）")

    objects = ScopedManager(jurisdiction="plan__case__jurisdiction")

    class Meta:
        verbose_name = "配套经费"
        ordering = ["position", "id"]

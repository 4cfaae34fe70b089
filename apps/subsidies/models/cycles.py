"""资助周期: the project cycle within which bases are awarded money."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager


class FundingCycle(models.Model):
    """A project cycle of one authority (Shanghai 32).

    ``budget_fen`` is what the authority may grant in all, ``granted_fen`` what it has, net of what was released; the
    database keeps the latter within the former. Applications are taken from ``opens_on`` to ``closes_on``, both days
    included. ``change_share_percent``: a change of a line by more than this share of its sum is audited anew, one
    within it is only filed. ``hold_for_overdue_rectification``: no tranche is paid to a base whose rectification is
    overdue. ``rubric`` and ``pass_points`` are the experts' as in a round: [{code, title, max_points, description}].
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="funding_cycle")
    title = models.CharField("周期名称", max_length=64)
    starts_on = models.DateField("周期开始")
    ends_on = models.DateField("周期结束")
    opens_on = models.DateField("申请开始日期")
    closes_on = models.DateField("申请截止日期")
    budget_fen = models.PositiveBigIntegerField("周期指标（分）")
    granted_fen = models.PositiveBigIntegerField("已资助（分）", default=0)
    change_share_percent = models.PositiveSmallIntegerField("须重新审核的调整幅度（%）", default=10)
    hold_for_overdue_rectification = models.BooleanField("整改逾期的暂缓拨款", default=True)
    rubric = models.JSONField("评分标准", default=list)
    pass_points = models.PositiveSmallIntegerField("合格分", default=60)
    notes = models.TextField("申请须知", blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "资助周期"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(granted_fen__lte=models.F("budget_fen")), name="cycle_within_its_budget"
            ),
            models.CheckConstraint(condition=models.Q(change_share_percent__lte=100), name="cycle_share_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.title

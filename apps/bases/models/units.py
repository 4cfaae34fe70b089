"""Which department a base's managing unit is, where no recommendation says it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager


class ManagingUnitAssignment(models.Model):
    """The authority gives a base a managing unit, or another one: an officer proposes, the head confirms.

    Needed where a base was recognised on a direct application and where a department was reorganised. ``effective_on``
    is the day from which the unit answers for the base; ``before`` the unit it follows.
    """

    class Outcome(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        CONFIRMED = "confirmed", "已确认"
        DECLINED = "declined", "未采纳"

    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="unit_assignments")
    unit = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    before = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=500)
    effective_on = models.DateField("起始日期")
    outcome = models.CharField("状态", max_length=16, choices=Outcome, default=Outcome.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("确认时间", null=True)
    decision_note = models.CharField("不采纳的理由", max_length=500, blank=True)

    objects = ScopedManager(jurisdiction="base__jurisdiction")

    class Meta:
        verbose_name = "管理单位确定"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["base"], condition=models.Q(outcome="proposed"), name="one_proposed_unit_per_base"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="managing_unit_confirmed_by_another",
            ),
        ]

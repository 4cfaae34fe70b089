"""申报批次: a window in which an authority takes applications."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django_scopes import ScopedManager

from apps.applications.enums import ROUND_TONES, RoundState
from apps.bases.models import LEVEL_LABELS
from apps.cases.clocks import SHANGHAI, end_of_day


class Round(models.Model):
    """A round. ``opens_on`` and ``closes_on`` are whole days in Asia/Shanghai, the last one included to 24:00.

    ``rubric``: list of {"code", "title", "max_points" (int), "description"}; ``pass_points`` is the least average.
    ``quota`` is the most recommendations one unit may sign in the round (null: no limit).
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="round")
    title = models.CharField("批次名称", max_length=120)
    level = models.CharField("申报级别", max_length=16)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    fields_wanted = models.JSONField("申报领域", default=list)
    guidance = models.TextField("申报说明", blank=True)
    quota = models.PositiveSmallIntegerField("每个推荐单位名额", null=True, blank=True)
    rubric = models.JSONField("评分标准", default=list)
    pass_points = models.PositiveSmallIntegerField("合格分", default=60)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "申报批次"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")), name="round_closes_after_it_opens"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_label(self) -> str:
        return str(RoundState(self.case.state).label)

    @property
    def state_tone(self) -> str:
        return ROUND_TONES[RoundState(self.case.state)]

    @property
    def level_label(self) -> str:
        return LEVEL_LABELS.get(self.level, self.level)

    @property
    def opens_at(self) -> dt.datetime:
        return dt.datetime.combine(self.opens_on, dt.time(), tzinfo=SHANGHAI)

    @property
    def closes_at(self) -> dt.datetime:
        """The first instant that is too late: 24:00 of the last day."""
        return end_of_day(self.closes_on)


class RecommendationQuota(models.Model):
    """How many recommendations a unit has signed in a round; raised only where it stays within the quota."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="quotas")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    used = models.PositiveSmallIntegerField(default=0)

    objects = ScopedManager(jurisdiction="round__case__jurisdiction")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "organisation"], name="quota_once")]

"""What the panel did: scores, comments per condition, site visits and the resolution."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.panels.enums import Sufficiency


class ScoreSheet(models.Model):
    """One expert's sheet for one subject.

    ``draft`` is what was typed, valid or not, by field name; ``version`` counts the saves, so that a second window
    overwrites nothing unseen. Once ``submitted_at`` is set the rows of :class:`Score` and :class:`ConditionComment`
    stand and nothing changes. ``sha256`` seals them and is on record in the act.
    """

    member = models.ForeignKey("panels.PanelMember", models.PROTECT, related_name="sheets")
    subject = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    draft = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    total = models.PositiveSmallIntegerField("总分", null=True)
    overall = models.TextField("总体意见", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ScopedManager(jurisdiction="member__panel__case__jurisdiction")

    class Meta:
        verbose_name = "评分表"
        constraints = [models.UniqueConstraint(fields=["member", "subject"], name="sheet_once")]


class Score(models.Model):
    """Points for one criterion of the occasion's rubric: whole points from 0 to the criterion's maximum."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="scores")
    code = models.CharField("指标", max_length=48)
    points = models.PositiveSmallIntegerField("得分")
    comment = models.TextField("评语", blank=True)

    objects = ScopedManager(jurisdiction="sheet__member__panel__case__jurisdiction")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "code"], name="score_once")]


class ConditionComment(models.Model):
    """An expert's judgement of one condition of recognition, asked for where the rulebook leaves it to experts."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="comments")
    condition = models.CharField("条件", max_length=48)
    verdict = models.CharField("判断", max_length=16, choices=Sufficiency)
    text = models.TextField("理由", blank=True)

    objects = ScopedManager(jurisdiction="sheet__member__panel__case__jurisdiction")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "condition"], name="condition_comment_once")]


class SiteVisit(models.Model):
    """A visit to the applicant's site. Photos are attachments of the panel's case under ``photo_purpose``."""

    panel = models.ForeignKey("panels.Panel", models.PROTECT, related_name="visits")
    subject = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    visited_on = models.DateField("考察日期")
    place = models.CharField("考察地点", max_length=200)
    members = models.ManyToManyField("panels.PanelMember", related_name="visits")
    others = models.CharField("其他参加人员", max_length=200, blank=True)
    record = models.TextField("考察情况")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(jurisdiction="panel__case__jurisdiction")

    class Meta:
        verbose_name = "实地考察"
        ordering = ["visited_on", "id"]

    @property
    def photo_purpose(self) -> str:
        return f"visit:{self.pk}"


class Resolution(models.Model):
    """The panel's resolution on one subject.

    ``points_sum`` of ``sheet_count`` sheets give ``average_hundredths`` (points times 100, halves rounded up);
    whether it passed is computed from the whole numbers, not from the rounded average.
    """

    panel = models.ForeignKey("panels.Panel", models.PROTECT, related_name="resolutions")
    subject = models.ForeignKey("cases.Case", models.PROTECT, related_name="panel_resolutions")
    votes_for = models.PositiveSmallIntegerField("同意")
    votes_against = models.PositiveSmallIntegerField("不同意")
    votes_abstain = models.PositiveSmallIntegerField("弃权", default=0)
    points_sum = models.PositiveIntegerField("总分之和")
    sheet_count = models.PositiveSmallIntegerField("评分份数")
    average_hundredths = models.PositiveIntegerField("平均分（百分之一分）")
    passed = models.BooleanField("通过评审")
    reasons = models.TextField("评审意见")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(jurisdiction="panel__case__jurisdiction")

    class Meta:
        verbose_name = "评审决议"
        constraints = [models.UniqueConstraint(fields=["panel", "subject"], name="resolution_once")]

    @property
    def votes_cast(self) -> int:
        return self.votes_for + self.votes_against + self.votes_abstain

    @property
    def average(self) -> str:
        """The average as printed, with two decimals."""
        return f"{self.average_hundredths // 100}.{self.average_hundredths % 100:02d}"

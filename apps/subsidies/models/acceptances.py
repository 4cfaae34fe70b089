"""验收: what the base achieved against its performance plan, who judged it, and what was concluded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.subsidies.enums import AcceptanceConclusion
from apps.subsidies.models.plans import DraftedContent


class Acceptance(DraftedContent):
    """A request to accept lines of an award (Shanghai 37), judged by experts or a third party."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="acceptance")
    award = models.ForeignKey("subsidies.Award", models.PROTECT, related_name="acceptances")
    summary = models.TextField("项目完成情况", blank=True)
    return_text = models.TextField("补充事项", blank=True)
    conclusion = models.CharField("拟定结论", max_length=12, choices=AcceptanceConclusion, blank=True)
    reasons = models.TextField("验收意见", blank=True)
    concluded_on = models.DateField("验收日期", null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "验收"


class AcceptanceLine(models.Model):
    """A line put to acceptance: what the base says it spent on it, and what is proposed to be recognised, in fen."""

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="lines")
    line = models.ForeignKey("subsidies.AwardLine", models.PROTECT, related_name="acceptances")
    result = models.TextField("完成情况", blank=True)
    spent_fen = models.PositiveBigIntegerField("实际支出（分）", default=0)
    accepted_fen = models.PositiveBigIntegerField("拟核定（分）", null=True)
    remark = models.CharField("核定说明", max_length=300, blank=True)

    objects = ScopedManager(jurisdiction="acceptance__case__jurisdiction")

    class Meta:
        verbose_name = "验收项目"
        ordering = ["line__position"]
        constraints = [models.UniqueConstraint(fields=["acceptance", "line"], name="acceptance_line_once")]


class AcceptanceResult(models.Model):
    """What was achieved of one target: the value times 100, and why where it falls short."""

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="results")
    target = models.ForeignKey("subsidies.PerformanceTarget", models.PROTECT, related_name="results")
    achieved_hundredths = models.PositiveBigIntegerField("完成值（百分之一）")
    explanation = models.CharField("说明", max_length=300, blank=True)

    objects = ScopedManager(jurisdiction="acceptance__case__jurisdiction")

    class Meta:
        verbose_name = "绩效完成情况"
        ordering = ["target__position"]
        constraints = [models.UniqueConstraint(fields=["acceptance", "target"], name="acceptance_result_once")]


class AcceptanceReviewer(models.Model):
    """An expert or a third party's person asked to judge an acceptance. Access is the permission on its case."""

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="reviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="acceptance_reviews")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    capacity = models.CharField("身份", max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ScopedManager(jurisdiction="acceptance__case__jurisdiction")

    class Meta:
        verbose_name = "验收人员"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["acceptance", "user"], name="acceptance_reviewer_once")]


class AcceptanceOpinion(models.Model):
    """What one reviewer concluded, for one round of the acceptance (a later round asks again)."""

    reviewer = models.ForeignKey(AcceptanceReviewer, models.PROTECT, related_name="opinions")
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="+")
    conclusion = models.CharField("意见", max_length=12, choices=AcceptanceConclusion)
    text = models.TextField("理由")
    is_current = models.BooleanField(default=True)

    objects = ScopedManager(jurisdiction="reviewer__acceptance__case__jurisdiction")

    class Meta:
        verbose_name = "验收意见"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reviewer"], condition=models.Q(is_current=True), name="acceptance_opinion_once"
            )
        ]

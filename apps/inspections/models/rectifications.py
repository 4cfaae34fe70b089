"""限期整改: an order with items and a term, progress, re-inspection, and how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.inspections.enums import RectificationConclusion, Verdict


class Rectification(models.Model):
    """One order to rectify. ``grounds`` are codes of the text's own grounds, ``article`` the one it rests on.

    ``term_days`` are natural days set by the officer, for no text gives a term; ``due_on`` is the last day.
    ``extensions``: list of {"from", "to", "reason", "act"} (ISO dates). ``conclusion`` is what is proposed to the head.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="rectification")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="rectifications")
    inspection = models.ForeignKey(
        "inspections.Inspection", models.PROTECT, null=True, blank=True, related_name="rectifications"
    )
    article = models.CharField("依据条款", max_length=8)
    grounds = models.JSONField("情形", default=list)
    facts = models.TextField("事实")
    term_days = models.PositiveSmallIntegerField("整改天数")
    due_on = models.DateField("整改期限", null=True)
    extensions = models.JSONField("延期记录", default=list)
    report = models.TextField("整改报告", blank=True)
    reported_on = models.DateField("报告日期", null=True)
    recheck = models.TextField("复查情况", blank=True)
    rechecked_on = models.DateField("复查日期", null=True)
    rechecked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    conclusion = models.CharField("复查结论", max_length=8, choices=RectificationConclusion, blank=True)
    conclusion_text = models.TextField("结论理由", blank=True)
    extended_to = models.DateField("拟延长至", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "限期整改"


class RectificationItem(models.Model):
    """One thing to put right, its progress and what the re-inspection found. Evidence: attachments ``rectify:<id>``."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    requirement = models.TextField("整改要求")
    article = models.CharField("条款", max_length=8, blank=True)
    inspection_item = models.ForeignKey("inspections.InspectionItem", models.PROTECT, null=True, related_name="+")
    progress = models.TextField("整改进展", blank=True)
    is_done = models.BooleanField("已完成", default=False)
    progress_at = models.DateTimeField(null=True)
    verdict = models.CharField("复查", max_length=8, choices=Verdict, blank=True)
    verdict_text = models.TextField("复查说明", blank=True)

    objects = ScopedManager(jurisdiction="rectification__case__jurisdiction")

    class Meta:
        verbose_name = "整改事项"
        ordering = ["position"]

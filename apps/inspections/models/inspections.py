"""检查考核: a campaign over many bases, and the inspection of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.inspections.enums import CampaignKind, Grade, Selection, Verdict


class Campaign(models.Model):
    """A year's inspection, evaluation or spot check, arranged by ``organiser`` (the authority or a managing unit).

    ``checklist``: list of {"code", "label", "article", "guidance"}, the text's own items with what the organiser adds
    to each. ``selection`` says how the bases were chosen; a draw orders them by SHA-256 of ``draw_seed`` and number
    and takes the first ``draw_size``, so that anybody can redo it: ``draw_log`` keeps the order. ``chosen`` are the
    chosen bases' numbers until the campaign starts. ``answer_days`` are natural days a base has to answer findings.
    ``publish_on`` is the day from which the result is public; null where the text publishes nothing.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="campaign")
    kind = models.CharField("类别", max_length=16, choices=CampaignKind)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=120)
    organiser = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="campaigns")
    commissioned = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="commissioned_campaigns"
    )
    checklist = models.JSONField("检查内容", default=list)
    selection = models.CharField("选取方式", max_length=16, choices=Selection, default=Selection.ALL)
    units = models.JSONField("管理单位", default=list, blank=True)
    draw_size = models.PositiveIntegerField("抽取数量", null=True, blank=True)
    draw_seed = models.CharField(max_length=64, blank=True)
    draw_log = models.JSONField(default=list, blank=True)
    chosen = models.JSONField("选定基地", default=list, blank=True)
    self_due_on = models.DateField("自评截止", null=True, blank=True)
    finish_by = models.DateField("检查完成期限")
    answer_days = models.PositiveSmallIntegerField("申辩天数", default=10)
    instructions = models.TextField("工作要求", blank=True)
    bulletin = models.TextField("通报内容", blank=True)
    publish_on = models.DateField("公布日期", null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "检查考核工作"

    def __str__(self) -> str:
        return self.title


class Inspection(models.Model):
    """The inspection of one base. ``inspector`` conducts it; who that is follows from the text.

    ``desk_only``: concluded from the papers. Both sides confirm what was seen on site: ``visit_closed_by`` for the
    inspectors, ``visit_confirmed_by`` for the base with its ``visit_remark``. ``result_public_on``: the day from which
    the result is public, null where or as long as it is not published.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="inspection")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="inspections")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="inspections")
    inspector = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="inspections")
    self_summary = models.TextField("自评总结", blank=True)
    self_late_days = models.PositiveIntegerField(null=True)
    desk_only = models.BooleanField("仅材料审核", default=False)
    visit_on = models.DateField("实地检查日期", null=True)
    visitors = models.CharField("检查人员", max_length=200, blank=True)
    visit_closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    visit_closed_at = models.DateTimeField(null=True)
    visit_confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    visit_confirmed_at = models.DateTimeField(null=True)
    visit_remark = models.TextField("基地意见", blank=True)
    answer = models.TextField("申辩说明", blank=True)
    grade = models.CharField("结果", max_length=16, choices=Grade, blank=True)
    grade_reasons = models.TextField("评定理由", blank=True)
    commended = models.BooleanField("列入宣传推广", default=False)
    result_public_on = models.DateField("公布日期", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "检查考核"
        constraints = [models.UniqueConstraint(fields=["campaign", "base"], name="inspection_once_per_campaign")]
        indexes = [models.Index(fields=["base", "-result_public_on"], name="inspection_base")]


class InspectionItem(models.Model):
    """One item of the checklist for one base: what the base says, what the papers and the visit show, the finding.

    ``finding`` stands before the base is heard, ``verdict`` after it has answered.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)
    label = models.CharField("检查内容", max_length=64)
    article = models.CharField("条款", max_length=8)
    guidance = models.TextField("要点", blank=True)
    self_verdict = models.CharField("自评", max_length=8, choices=Verdict, blank=True)
    self_text = models.TextField("自评说明", blank=True)
    desk_verdict = models.CharField("材料审核", max_length=8, choices=Verdict, blank=True)
    desk_text = models.TextField("材料审核说明", blank=True)
    visit_verdict = models.CharField("实地检查", max_length=8, choices=Verdict, blank=True)
    visit_text = models.TextField("实地检查记录", blank=True)
    finding = models.CharField("检查发现", max_length=8, choices=Verdict, blank=True)
    finding_text = models.TextField("发现的问题", blank=True)
    answer = models.TextField("申辩说明", blank=True)
    verdict = models.CharField("认定", max_length=8, choices=Verdict, blank=True)
    verdict_text = models.TextField("认定理由", blank=True)

    objects = ScopedManager(jurisdiction="inspection__case__jurisdiction")

    class Meta:
        verbose_name = "检查事项"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["inspection", "code"], name="inspection_item_once")]


class VisitEntry(models.Model):
    """One note taken on site, perhaps without network: ``client_id`` is given on the phone, so that it arrives once.

    ``noted_at`` is the phone's time, ``received_at`` ours.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="visit_entries")
    client_id = models.UUIDField(unique=True)
    item = models.ForeignKey(InspectionItem, models.PROTECT, related_name="visit_entries")
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    text = models.TextField(blank=True)
    photo = models.ForeignKey("cases.Attachment", models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField("记录时间")
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ScopedManager(jurisdiction="inspection__case__jurisdiction")

    class Meta:
        verbose_name = "现场记录"
        ordering = ["noted_at", "id"]

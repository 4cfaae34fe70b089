"""年度计划: what a base will hold next year, and what became of this year's plan."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.plans.enums import Mode, ProjectKind, SubjectKind, TrainingLevel, UnitConclusion


class AnnualPlan(models.Model):
    """One version of a base's plan for ``year``, filed in the year before; an amendment is a version of its own.

    ``data`` holds what is being filled in as typed, valid or not; at submission the rows are frozen into
    :class:`PlannedProject` and :class:`PlanExecution`. ``data_version`` is the counter that keeps two writers apart.
    ``submitted_on``: first sent to the managing unit or, where nobody reviews it, to the authority; ``reported_on``:
    first before the authority; ``filed_on``: filed by it. ``submitted_late_days`` and ``filed_late_days`` are whole days
    of the first two after the fixed dates of the text (0: in time; null: not there yet, or the text sets no day or is
    not in force); a return changes none of them. Lateness is recorded and shown, it refuses nothing.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="annual_plan")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="annual_plans")
    year = models.PositiveSmallIntegerField("计划年度")
    version = models.PositiveSmallIntegerField("版本", default=1)
    amends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    amendment_reason = models.CharField("调整理由", max_length=500, blank=True)
    data = models.JSONField(default=dict)
    data_version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)
    summary = models.TextField("当年计划执行总结", blank=True)
    outline = models.TextField("下一年度计划要点", blank=True)
    review_opinion = models.TextField("单位审核意见", blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_on = models.DateField("单位审核日期", null=True)
    unit_conclusion = models.CharField("管理单位意见", max_length=8, choices=UnitConclusion, blank=True)
    unit_opinion = models.TextField("意见内容", blank=True)
    submitted_on = models.DateField("首次报送日期", null=True)
    submitted_late_days = models.PositiveIntegerField("报送逾期天数", null=True)
    reported_on = models.DateField("首次报备案日期", null=True)
    filed_on = models.DateField("备案日期", null=True)
    filed_late_days = models.PositiveIntegerField("报备案逾期天数", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "年度计划"
        constraints = [models.UniqueConstraint(fields=["base", "year", "version"], name="plan_version_once")]
        indexes = [models.Index(fields=["year", "base", "-version"], name="plan_year")]


class PlannedProject(models.Model):
    """One project of a plan as submitted. ``key`` stays the same in every version, so that versions can be compared.

    ``hours_tenths``: tenths of an hour; ``persons``: persons; ``fee_fen``: fen for one person;
    ``benefit_percent``: the public-benefit share in whole percent; ``favours``: codes of the text's own list.
    """

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="projects")
    key = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    name = models.CharField("项目名称", max_length=100)
    subject_kind = models.CharField("科目", max_length=16, choices=SubjectKind)
    kind = models.CharField("类型", max_length=24, choices=ProjectKind)
    field = models.CharField("领域", max_length=64)
    level = models.CharField("层次", max_length=16, choices=TrainingLevel)
    hours_tenths = models.PositiveIntegerField("学时（十分之一）")
    persons = models.PositiveIntegerField("人数")
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结束日期")
    mode = models.CharField("方式", max_length=16, choices=Mode)
    place = models.CharField("地点或平台", max_length=100)
    fee_fen = models.PositiveBigIntegerField("收费（分）", default=0)
    fee_basis = models.CharField("收费依据", max_length=100, blank=True)
    benefit_percent = models.PositiveSmallIntegerField("公益比例", default=0)
    favours = models.JSONField("倾斜对象", default=list)

    objects = ScopedManager(jurisdiction="plan__case__jurisdiction")

    class Meta:
        verbose_name = "计划项目"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="planned_project_once")]


class PlanExecution(models.Model):
    """What became of one project of this year's plan, as submitted: figures filled from the records.

    ``planned`` is null for a project held outside the plan. Hours in tenths; persons are distinct, attendances summed.
    """

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="executions")
    planned = models.ForeignKey(PlannedProject, models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey("plans.TrainingProject", models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField("项目名称", max_length=100)
    planned_persons = models.PositiveIntegerField(default=0)
    planned_hours_tenths = models.PositiveIntegerField(default=0)
    held_persons = models.PositiveIntegerField(default=0)
    held_attendances = models.PositiveIntegerField(default=0)
    held_hours_tenths = models.PositiveIntegerField(default=0)
    result = models.TextField("完成情况", blank=True)
    difference_reason = models.TextField("差异原因", blank=True)

    objects = ScopedManager(jurisdiction="plan__case__jurisdiction")

    class Meta:
        verbose_name = "计划执行"
        ordering = ["position"]


class PlanReturnItem(models.Model):
    """One thing a plan was sent back for. ``place``: summary, executions, projects, projects:<key> or attachments.

    It is resolved by changing that place or by answering: ``changed`` and ``answer`` are what the plan came back with.
    """

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="return_items")
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="+")
    place = models.CharField("位置", max_length=64)
    text = models.TextField("须修改的内容")
    resolved_by = models.ForeignKey("cases.Act", models.PROTECT, null=True, related_name="+")
    answer = models.TextField("答复", blank=True)
    changed = models.BooleanField("已修改", null=True)

    objects = ScopedManager(jurisdiction="plan__case__jurisdiction")

    class Meta:
        verbose_name = "退回事项"
        ordering = ["id"]

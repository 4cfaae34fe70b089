"""培训项目: a class, course or event a base holds, from preparation to the archive."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from apps.plans.enums import Mode, ProjectKind, SubjectKind, TrainingLevel, UnitConclusion


class TrainingProject(models.Model):
    """One project; its case runs from preparation through consent or filing, where the text asks for them, to archive.

    ``planned`` links it to the plan; null is a project outside the plan (一事一报). ``in_base_name``: held in the
    base's name. ``authorised_by`` is the case whose act allows it (the plan's or its own), null as long as nothing
    does; without it a project in the base's name issues no certificate and registers no credit where the text asks
    for one. ``latest_filing`` and ``filing_counted`` are how the last day for filing was counted (ISO dates);
    ``filed_late_days`` are working days late, null where not counted.
    ``value_tenths``: tenths of what the jurisdiction counts (hours or credits) that a trainee earns.
    The counts repeat its records and are maintained with them: ``record_count`` are attendances.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="training_project")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="training_projects")
    year = models.PositiveSmallIntegerField("年度")
    planned = models.ForeignKey(
        "plans.PlannedProject", models.PROTECT, null=True, blank=True, related_name="training_projects"
    )
    name = models.CharField("项目名称", max_length=100)
    subject_kind = models.CharField("科目", max_length=16, choices=SubjectKind)
    kind = models.CharField("类型", max_length=24, choices=ProjectKind)
    field = models.CharField("领域", max_length=64)
    level = models.CharField("层次", max_length=16, choices=TrainingLevel)
    hours_tenths = models.PositiveIntegerField("学时（十分之一）")
    value_tenths = models.PositiveIntegerField("可登记学时或学分（十分之一）")
    persons = models.PositiveIntegerField("计划人数")
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结束日期")
    mode = models.CharField("方式", max_length=16, choices=Mode)
    place = models.CharField("地点或平台", max_length=100)
    fee = models.ForeignKey("plans.FeeItem", models.PROTECT, null=True, blank=True, related_name="projects")
    fee_fen = models.PositiveBigIntegerField("收费（分）", default=0)
    benefit_percent = models.PositiveSmallIntegerField("公益比例", default=0)
    favours = models.JSONField("倾斜对象", default=list)
    in_base_name = models.BooleanField("以基地名义举办", default=True)
    authorised_by = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="+")
    authorised_on = models.DateField(null=True)
    latest_filing = models.DateField("最迟备案日", null=True)
    filing_counted = models.JSONField(default=list)
    filed_on = models.DateField("报送备案日期", null=True)
    filed_late_days = models.PositiveIntegerField("逾期工作日", null=True)
    late_reason = models.CharField("逾期说明", max_length=500, blank=True)
    unit_conclusion = models.CharField("管理单位意见", max_length=8, choices=UnitConclusion, blank=True)
    unit_opinion = models.TextField("意见内容", blank=True)
    return_text = models.TextField("退回事项", blank=True)
    held_persons = models.PositiveIntegerField("实际人数", null=True)
    result = models.TextField("完成情况", blank=True)
    effect = models.TextField("培训效果", blank=True)
    record_count = models.PositiveIntegerField(default=0)
    passed_count = models.PositiveIntegerField(default=0)
    certificate_count = models.PositiveIntegerField(default=0)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "培训项目"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="project_ends_after_start"
            )
        ]
        indexes = [
            models.Index(fields=["base", "year", "-starts_on"], name="project_base_year"),
            models.Index(fields=["-starts_on", "-case"], name="project_list"),  # read off until a page is full
        ]

    def __str__(self) -> str:
        return self.name

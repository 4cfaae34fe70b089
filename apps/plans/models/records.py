"""培训档案: who was trained, with what result; certificates; totals kept beside them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.plans.enums import EntryWay, IdentityKind, ImportState, Outcome, SubjectKind


class TraineeRecord(models.Model):
    """One person's attendance of one project: the row of which there are ten million.

    A record that has a certificate is not changed any more; ``batch`` is the issue its certificate belongs to.
    ``identity_sealed`` is the identity number encrypted, ``identity_key`` its keyed digest (equal numbers, equal
    keys), ``identity_masked`` what pages show. ``value_tenths`` are tenths of what the jurisdiction counts, hours or
    credits, never converted. ``jurisdiction``, ``base`` and ``year`` repeat the project's.
    """

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+", db_index=False)
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    project = models.ForeignKey("plans.TrainingProject", models.PROTECT, related_name="records", db_index=False)
    name = models.CharField("姓名", max_length=64)
    identity_kind = models.CharField("证件类型", max_length=16, choices=IdentityKind, default=IdentityKind.RESIDENT)
    identity_sealed = models.TextField()
    identity_key = models.CharField(max_length=64)
    identity_masked = models.CharField("证件号码", max_length=32)
    employer = models.CharField("工作单位", max_length=128)
    subject_kind = models.CharField("科目", max_length=16, choices=SubjectKind)
    value_tenths = models.PositiveIntegerField("学时或学分（十分之一）")
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    certificate_number = models.CharField("证书编号", max_length=48, blank=True)
    certificate_code = models.CharField("核验码", max_length=24, blank=True)
    certified_at = models.DateTimeField("发证时间", null=True)
    batch = models.ForeignKey(
        "plans.CertificateBatch", models.PROTECT, null=True, related_name="records", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "培训记录"
        constraints = [
            models.UniqueConstraint(fields=["project", "identity_key"], name="record_once_per_project"),
            models.UniqueConstraint(
                fields=["certificate_code"], condition=~models.Q(certificate_code=""), name="certificate_code_once"
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "certificate_number"],
                condition=~models.Q(certificate_number=""),
                name="certificate_number_once",
            ),
        ]
        indexes = [models.Index(fields=["identity_key", "jurisdiction"], name="record_person")]


class TraineeYear(models.Model):
    """That a person was trained at a base in a year, and in how many records: what counts distinct persons."""

    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    identity_key = models.CharField(max_length=64)
    records = models.PositiveIntegerField(default=0)

    objects = ScopedManager(jurisdiction="base__jurisdiction")

    class Meta:
        verbose_name = "年度参训人员"
        constraints = [models.UniqueConstraint(fields=["base", "year", "identity_key"], name="trainee_year_once")]


class TrainingTotal(models.Model):
    """The totals of a base in a year, maintained with its records; equal to a recount at every commit.

    ``attendances`` are records, ``persons`` distinct persons, ``value_tenths`` the sum over passed records.
    """

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="training_totals", db_index=False)
    year = models.PositiveSmallIntegerField()
    attendances = models.PositiveIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0)
    public_attendances = models.PositiveIntegerField(default=0)
    professional_attendances = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    value_tenths = models.PositiveBigIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "培训统计"
        constraints = [models.UniqueConstraint(fields=["base", "year"], name="training_total_once")]
        indexes = [models.Index(fields=["jurisdiction", "year"], name="training_total_year")]


class RecordImport(models.Model):
    """One entry of records, by whichever way, and what it did: who entered, changed or removed how many, and when.

    A file is imported whole or not at all, and the same content (``sha256``) again changes nothing. A long file waits:
    ``file`` holds it sealed until it has been read, ``errors`` the first of the rows' errors as [row, column, message],
    ``errors_file`` all of them.
    """

    project = models.ForeignKey("plans.TrainingProject", models.PROTECT, related_name="imports")
    way = models.CharField("方式", max_length=8, choices=EntryWay, default=EntryWay.FILE)
    state = models.CharField("状态", max_length=8, choices=ImportState, default=ImportState.DONE)
    sha256 = models.CharField(max_length=64, blank=True)
    name = models.CharField("文件名", max_length=200, blank=True)
    file = models.FileField(upload_to="record-imports/%Y/%m/", blank=True)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    errors_file = models.FileField(upload_to="record-imports/%Y/%m/", blank=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager(jurisdiction="project__case__jurisdiction")

    class Meta:
        verbose_name = "导入记录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"],
                condition=models.Q(state__in=("waiting", "running", "done")) & ~models.Q(sha256=""),
                name="import_content_once",
            )
        ]


class IdentityView(models.Model):
    """That somebody saw an identity number in full, and what for; it stays when the record is removed."""

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+")
    record = models.ForeignKey(TraineeRecord, models.SET_NULL, null=True, related_name="identity_views")
    project = models.ForeignKey("plans.TrainingProject", models.PROTECT, related_name="identity_views")
    name = models.CharField("姓名", max_length=64)
    identity_masked = models.CharField("证件号码", max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    reason = models.CharField("查看事由", max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "证件号码查看记录"
        ordering = ["-id"]


class TraineeSearch(models.Model):
    """That somebody looked a person up by the identity number, what for, and how many records were shown.

    The number is kept as its keyed digest alone. One row for each jurisdiction looked through.
    """

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+")
    identity_key = models.CharField(max_length=64)
    identity_masked = models.CharField("证件号码", max_length=32)
    found = models.PositiveIntegerField("查到的记录数")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    reason = models.CharField("查询事由", max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "学员查询记录"
        ordering = ["-id"]


class CertificateBatch(models.Model):
    """Certificates issued together, and the PDF that holds them once it is drawn (``drawn`` of ``count`` so far).

    ``wording`` is what they all say, as it was on the day: base, institution, project, dates, what is counted.
    ``drawing_since`` is when a task took up the next part; a part nobody finished is taken up again.
    """

    project = models.ForeignKey("plans.TrainingProject", models.PROTECT, related_name="certificate_batches")
    count = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField(default=0)
    wording = models.JSONField(default=dict)
    file = models.FileField(upload_to="certificates/%Y/%m/", blank=True)
    drawing_since = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ScopedManager(jurisdiction="project__case__jurisdiction")

    class Meta:
        verbose_name = "证书批次"
        ordering = ["-id"]

"""Jurisdictions, and what an authority records about the standing of its text."""

from django.conf import settings
from django.db import models


class Jurisdiction(models.Model):
    """One of the jurisdictions the rulebooks know; the tenant of everything scoped.

    ``code`` is the rulebooks' own name for it, so that scoping needs no query.
    """

    code = models.SlugField("代码", primary_key=True, max_length=32)
    name = models.CharField("名称", max_length=64)
    level = models.CharField("级别", max_length=16)
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = "管辖"

    def __str__(self) -> str:
        return self.name


class RulebookExtension(models.Model):
    """An authority's record that its text is extended or finally issued.

    From ``effective_from`` (inclusive) to ``effective_to`` (inclusive, null: no end) the text named by
    ``rulebook_key`` counts as in force. Recorded by a legal officer, confirmed by the head: two people.
    """

    class Kind(models.TextChoices):
        EXTENSION = "extension", "延长有效期"
        FINAL_ISSUE = "final_issue", "正式印发"

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="extensions")
    rulebook_key = models.CharField("规则版本", max_length=64)
    kind = models.CharField("类别", max_length=16, choices=Kind)
    document_number = models.CharField("文号", max_length=64)
    document_date = models.DateField("发文日期")
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    file = models.FileField("文件", upload_to="extensions/%Y/")
    file_sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_for = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-document_date", "-id"]
        verbose_name = "文本效力记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="extension_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("recorded_by")),
                name="extension_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {self.get_kind_display()}"

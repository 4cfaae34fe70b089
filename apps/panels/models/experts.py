"""专家库: the experts an authority may call."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager


class ExpertProfile(models.Model):
    """An expert in an authority's pool. Deactivated rather than deleted: old panels keep naming the person.

    ``employer`` is set where the employer is an organisation the portal knows; ``employer_code`` is its unified
    social credit code where known. ``fields`` are the fields of work the expert judges.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert_profiles")
    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+")
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="expert_pool")
    employer = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    employer_name = models.CharField("工作单位", max_length=128)
    employer_code = models.CharField("单位统一社会信用代码", max_length=18, blank=True)
    fields = models.JSONField("专业领域", default=list)
    title = models.CharField("职称或职务", max_length=64, blank=True)
    is_active = models.BooleanField("在库", default=True)
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removal_reason = models.CharField("出库原因", max_length=200, blank=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "评审专家"
        constraints = [models.UniqueConstraint(fields=["user", "authority"], name="expert_once_per_pool")]
        indexes = [models.Index(fields=["authority", "is_active", "id"], name="expert_pool")]

    def __str__(self) -> str:
        return self.user.name

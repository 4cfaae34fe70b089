"""收费标准: what a base charges, on whose authority, published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager


class FeeItem(models.Model):
    """One rate of a base's published schedule; a new rate is a new row that ends the one before. Amounts in fen."""

    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="fee_items")
    name = models.CharField("收费项目", max_length=64)
    unit = models.CharField("计费单位", max_length=32, default="人")
    amount_fen = models.PositiveBigIntegerField("标准（分）")
    authority_name = models.CharField("批准或备案机关", max_length=100)
    authority_document = models.CharField("依据文号", max_length=64)
    effective_from = models.DateField("执行日期")
    ends_on = models.DateField("停止执行日期", null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(jurisdiction="base__jurisdiction")

    class Meta:
        verbose_name = "收费标准"
        ordering = ["name", "-effective_from", "-id"]
        indexes = [models.Index(fields=["base", "name", "-effective_from"], name="fee_schedule")]

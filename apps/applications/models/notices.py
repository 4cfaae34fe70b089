"""公示 and 异议: the public notice of a review's result and what people object."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager


class PublicNotice(models.Model):
    """A public notice. ``entries_frozen`` is the list as published, ``list_sha256`` its hash.

    ``last_day`` and ``decide_from`` are counted by the rulebook; ``counted`` lists the days.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="public_notice")
    round = models.ForeignKey("applications.Round", models.PROTECT, related_name="notices")
    title = models.CharField("标题", max_length=200)
    text = models.TextField("说明", blank=True)
    contact = models.CharField("受理异议的联系方式", max_length=200, blank=True)
    days = models.PositiveSmallIntegerField("公示天数")
    starts_on = models.DateField("公示之日", null=True)
    last_day = models.DateField("公示末日", null=True)
    decide_from = models.DateField("可作决定之日", null=True)
    entries_frozen = models.JSONField(default=list)
    list_sha256 = models.CharField(max_length=64, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "公示"

    def __str__(self) -> str:
        return self.title


class NoticeEntry(models.Model):
    """An application on a notice."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="entries")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="notice_entries")

    objects = ScopedManager(jurisdiction="notice__case__jurisdiction")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "application"], name="notice_entry_once")]


class Objection(models.Model):
    """An objection, made in the objector's own name; the applicant never sees it."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="objection")
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="objections")
    objector_name = models.CharField("姓名或单位", max_length=64)
    objector_contact = models.CharField("联系方式", max_length=100)
    text = models.TextField("异议内容")
    query_code = models.CharField("查询码", max_length=24, unique=True)
    investigation = models.TextField("核查情况", blank=True)
    sustained = models.BooleanField("异议成立", null=True)
    answer = models.TextField("答复", blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "异议"

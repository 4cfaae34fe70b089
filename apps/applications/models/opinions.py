"""What departments and the intake found: per item, and as an opinion to sign."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.applications.enums import Conclusion, Stage, Verdict


class ItemCheck(models.Model):
    """An officer's verdict on one condition of the application; the latest per stage and item counts."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="checks")
    stage = models.CharField(max_length=16, choices=Stage)
    item = models.CharField("条件", max_length=48)
    verdict = models.CharField(max_length=8, choices=Verdict)
    note = models.TextField("说明", blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "stage", "item"], name="check_once")]


class Opinion(models.Model):
    """An examination or recommendation opinion: drafted by an officer, signed by the head.

    ``recheck`` records the on-site recheck where the text asks for one: {"date", "persons", "findings"}.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="opinions")
    stage = models.CharField(max_length=16, choices=Stage)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    conclusion = models.CharField("结论", max_length=8, choices=Conclusion)
    text = models.TextField("意见")
    recheck = models.JSONField("实地复查", default=dict, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(auto_now=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "stage"], name="opinion_once")]


class AdmissionRefusal(models.Model):
    """A refusal to admit as proposed to the head. ``ground``: 'bar' cites the register; others need reasons."""

    class Ground(models.TextChoices):
        BAR = "bar", "因弄虚作假或被取消资格不再受理"
        NOT_ELIGIBLE = "not_eligible", "不符合申报条件"
        NOT_CORRECTED = "not_corrected", "逾期未补正或补正后仍不齐全"
        OTHER = "other", "其他"

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="refusal")
    ground = models.CharField("事由", max_length=16, choices=Ground)
    reasons = models.TextField("理由")
    articles = models.JSONField("依据条款", default=list)
    records_fraud = models.BooleanField("认定弄虚作假", default=False)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

"""The review's recorded steps and the decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.applications.enums import Conclusion


class ReviewStep(models.Model):
    """One of the steps the text asks of the review (审核、论证、考察、评审), with what was done and found."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="review_steps")
    duty = models.CharField("步骤", max_length=16)
    done_on = models.DateField("日期")
    record = models.TextField("记录")
    participants = models.CharField("参加人", max_length=400, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "duty"], name="review_step_once")]


class Decision(models.Model):
    """The decision as prepared; the signature is the act of the head.

    ``findings`` are the evaluation's findings frozen into the decision, ``articles`` what it rests on.
    """

    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="decision")
    conclusion = models.CharField("结论", max_length=8, choices=Conclusion)
    reasons = models.TextField("理由")
    articles = models.JSONField("依据条款", default=list)
    findings = models.JSONField("条件审核结果", default=list)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

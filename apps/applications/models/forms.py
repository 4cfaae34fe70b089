"""申报表: the application and its sections as they are filled in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.applications.enums import ApplicationState, Stage


class Application(models.Model):
    """An application for recognition. ``facts`` and ``evaluation`` are frozen at each submission.

    ``facts`` are the keys of the rulebooks' vocabulary, ``evaluation`` what the pinned rulebook found in them;
    ``form_sha256`` is the hash of all sections as submitted, printed on the form. ``direct`` applications skip the
    recommendation where the text allows it; ``review_passed`` is what the review concluded.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="application")
    round = models.ForeignKey("applications.Round", models.PROTECT, related_name="applications")
    level = models.CharField("申报级别", max_length=16)
    field = models.CharField("申报领域", max_length=64, blank=True)
    examiner = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主管部门"
    )
    recommender = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推荐单位"
    )
    direct = models.BooleanField("直接申请", default=False)
    facts = models.JSONField("申报事实", default=dict)
    evaluation = models.JSONField("条件审核结果", default=dict)
    form_sha256 = models.CharField(max_length=64, blank=True)
    review_passed = models.BooleanField("评审通过", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "基地申报"
        indexes = [models.Index(fields=["round", "recommender"], name="application_round")]

    def __str__(self) -> str:
        return self.case.title

    @property
    def state_label(self) -> str:
        return str(ApplicationState(self.case.state).label)


class ApplicationSection(models.Model):
    """One section of the form as typed: ``data`` keeps what the person entered, valid or not.

    ``version`` counts the saves; a writer who did not see the last one is told and overwrites nothing.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="sections")
    code = models.CharField(max_length=32)
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="section_once")]


class ReturnItem(models.Model):
    """One item sent back for correction: only its section reopens. Resolved by the resubmission."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="return_items")
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="+")
    stage = models.CharField(max_length=16, choices=Stage)
    section = models.CharField("部分", max_length=32)
    reason = models.TextField("退回原因")
    resolved_by = models.ForeignKey("cases.Act", models.PROTECT, null=True, related_name="+")

    objects = ScopedManager(jurisdiction="application__case__jurisdiction")

    class Meta:
        ordering = ["id"]

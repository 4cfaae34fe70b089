"""取消（撤销）资格 and its undoing when a court or a reconsideration overturns it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.inspections.enums import OverturnedBy, RestoredStatus, RevocationConclusion, Settlement


class Revocation(models.Model):
    """One procedure to revoke. ``word`` is the text's own (取消 or 撤销), ``article`` and ``grounds`` are its sanction's.

    ``rectification``: the one that failed, null only where the text revokes directly. The base is heard before the
    decision: ``hearing_days`` natural days from the notice, ``hearing_due_on`` the last. ``answer_to_statement`` says
    which of the base's reasons were taken up. ``status_before`` is the base's status when the procedure began.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="revocation")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="revocations")
    rectification = models.ForeignKey(
        "inspections.Rectification", models.PROTECT, null=True, blank=True, related_name="revocations"
    )
    word = models.CharField(max_length=8)
    article = models.CharField("依据条款", max_length=8)
    grounds = models.JSONField("情形", default=list)
    facts = models.TextField("事实")
    hearing_days = models.PositiveSmallIntegerField("陈述申辩天数", default=5)
    hearing_due_on = models.DateField("陈述申辩期限", null=True)
    wants_hearing = models.BooleanField("要求听证", default=False)
    statement = models.TextField("陈述申辩", blank=True)
    stated_on = models.DateField("陈述日期", null=True)
    hearing_record = models.TextField("听取意见记录", blank=True)
    answer_to_statement = models.TextField("意见采纳情况", blank=True)
    conclusion = models.CharField("拟定结论", max_length=8, choices=RevocationConclusion, blank=True)
    reasons = models.TextField("决定理由", blank=True)
    legal_opinion = models.TextField("法制审核意见", blank=True)
    legal_reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    status_before = models.CharField(max_length=16, blank=True)
    decided_on = models.DateField("决定日期", null=True)
    records_credit = models.BooleanField("记入失信信息", default=False)
    plaque_returned_on = models.DateField("匾牌交回日期", null=True)
    plaque_note = models.CharField("匾牌说明", max_length=200, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "取消（撤销）资格"


class SettledCase(models.Model):
    """What was decided about one running case of a revoked base."""

    revocation = models.ForeignKey(Revocation, models.PROTECT, related_name="settled")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    decision = models.CharField("处理", max_length=16, choices=Settlement)
    reason = models.CharField("理由", max_length=500)
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="+")

    objects = ScopedManager(jurisdiction="revocation__case__jurisdiction")

    class Meta:
        verbose_name = "善后办件"
        constraints = [models.UniqueConstraint(fields=["revocation", "case"], name="settled_once")]


class Restoration(models.Model):
    """The act that undoes a revocation; both stay in the history. ``status_after``: the base's standing from then on."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="restoration")
    revocation = models.ForeignKey(Revocation, models.PROTECT, related_name="restorations")
    overturned_by = models.CharField("依据", max_length=16, choices=OverturnedBy)
    body = models.CharField("作出机关", max_length=100)
    document_number = models.CharField("文号（案号）", max_length=64)
    decided_on = models.DateField("作出日期")
    facts = models.TextField("事由")
    status_after = models.CharField(
        "恢复后的状态", max_length=16, choices=RestoredStatus, default=RestoredStatus.ACTIVE
    )

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "恢复资格"

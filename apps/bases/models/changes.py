"""信息变更 and voluntary withdrawal: what a base reports about itself."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from apps.bases.enums import Particular


class ParticularsChange(models.Model):
    """A change of particulars. ``happened_on``: when the change took effect outside the portal.

    ``consented_on`` is set where the text asks for consent first, ``filed_on`` when the filing is done and the
    register follows, ``published_on`` where the text publishes. ``return_text``: what it was sent back for.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="particulars_change")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="particulars_changes")
    happened_on = models.DateField("变更日期", null=True)
    reason = models.TextField("变更事由", blank=True)
    return_text = models.TextField("退回事项", blank=True)
    opinion = models.TextField("审核意见", blank=True)
    agrees = models.BooleanField("同意", null=True)
    consented_on = models.DateField("同意日期", null=True)
    filed_on = models.DateField("备案日期", null=True)
    published_on = models.DateField("公布日期", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "信息变更"


class ParticularsChangeItem(models.Model):
    """One particular that changes, before and after. ``label`` names an 'other' particular."""

    change = models.ForeignKey(ParticularsChange, models.PROTECT, related_name="items")
    code = models.CharField("事项", max_length=16, choices=Particular)
    label = models.CharField("名称", max_length=32, blank=True)
    before = models.CharField("变更前", max_length=200, blank=True)
    after = models.CharField("变更后", max_length=200)

    objects = ScopedManager(jurisdiction="change__case__jurisdiction")

    class Meta:
        verbose_name = "变更事项"
        ordering = ["id"]

    @property
    def name(self) -> str:
        """What changes, in words: 机构名称, or what the base itself calls it."""
        return self.label or str(Particular(self.code).label)


class BaseWithdrawal(models.Model):
    """A base that gives up its recognition of its own accord. ``ends_on``: the day it wishes to end."""

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="base_withdrawal")
    base = models.ForeignKey("bases.Base", models.PROTECT, related_name="withdrawals")
    reason = models.TextField("退出理由")
    arrangements = models.TextField("在办培训的善后安排", blank=True)
    ends_on = models.DateField("拟退出日期", null=True)
    plaque_returned_on = models.DateField("匾牌交回日期", null=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "自愿退出"

"""专家评审委员会: who sits on it, how they came to, and from what they abstain."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from apps.panels.enums import ConflictKind, MemberSource, MemberState


class Panel(models.Model):
    """A panel that reviews subjects of one occasion: applications of a round, awards of a funding cycle.

    ``size`` experts are called, ``quorum`` of them must judge each subject without a conflict. ``pass_points`` is
    copied from the occasion when the panel is opened. ``scoring_due`` is the day by which scores are asked for.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="panel")
    occasion = models.ForeignKey("cases.Case", models.PROTECT, related_name="panels", verbose_name="评审事项")
    size = models.PositiveSmallIntegerField("专家人数")
    quorum = models.PositiveSmallIntegerField("每件最少评审人数")
    pass_points = models.PositiveSmallIntegerField("合格分")
    scoring_due = models.DateField("评分截止日期", null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "专家评审委员会"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quorum__lte=models.F("size"), quorum__gte=1), name="panel_quorum_within_size"
            )
        ]

    def __str__(self) -> str:
        return self.case.title


class PanelItem(models.Model):
    """A subject put before a panel; ``is_active`` until it is concluded elsewhere or taken off."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="items")
    subject = models.ForeignKey("cases.Case", models.PROTECT, related_name="panel_items")
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField(default=True)

    objects = ScopedManager(jurisdiction="panel__case__jurisdiction")

    class Meta:
        verbose_name = "评审对象"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(is_active=True), name="subject_on_one_panel"
            ),
            models.UniqueConstraint(fields=["panel", "subject"], name="panel_item_once"),
        ]


class Draw(models.Model):
    """A draw that anyone can repeat: from ``pool`` (expert ids, sorted) with ``seed`` by ``algorithm``.

    ``pool_details`` is the pool as it stood: {"id", "name", "employer", "fields"} each, hashed in ``pool_sha256``;
    ``excluded`` are experts kept out with the reason. ``result`` is the first ``count`` of the permutation.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="draws")
    act = models.ForeignKey("cases.Act", models.PROTECT, related_name="+")
    algorithm = models.CharField("算法", max_length=32)
    seed = models.CharField("种子", max_length=64)
    pool = models.JSONField("专家编号", default=list)
    pool_details = models.JSONField("抽取名单", default=list)
    pool_sha256 = models.CharField("名单指纹", max_length=64)
    excluded = models.JSONField("未列入名单", default=list)
    count = models.PositiveSmallIntegerField("抽取人数")
    result = models.JSONField("抽取结果", default=list)
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(jurisdiction="panel__case__jurisdiction")

    class Meta:
        verbose_name = "抽取记录"
        ordering = ["id"]


class PanelMember(models.Model):
    """An expert on a panel. A replaced member stays on record."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="members")
    expert = models.ForeignKey("panels.ExpertProfile", models.PROTECT, related_name="memberships")
    source = models.CharField("产生方式", max_length=16, choices=MemberSource)
    reason = models.TextField("指定理由", blank=True)
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="members")
    is_chair = models.BooleanField("主任委员", default=False)
    state = models.CharField("状态", max_length=16, choices=MemberState, default=MemberState.SERVING)
    replacement_reason = models.TextField("更换原因", blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(jurisdiction="panel__case__jurisdiction")

    class Meta:
        verbose_name = "评审委员"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "expert"], name="panel_member_once"),
            models.UniqueConstraint(fields=["panel"], condition=models.Q(is_chair=True), name="one_chair_per_panel"),
        ]

    @property
    def is_serving(self) -> bool:
        return self.state == MemberState.SERVING


class ConflictFinding(models.Model):
    """A conflict of interest found from the records. One of names alone may be set aside with a reason."""

    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="findings")
    subject = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    kind = models.CharField("情形", max_length=16, choices=ConflictKind)
    detail = models.CharField("说明", max_length=300)
    found_at = models.DateTimeField(auto_now_add=True)
    set_aside_at = models.DateTimeField("排除时间", null=True, blank=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_aside_reason = models.CharField("排除理由", max_length=300, blank=True)

    objects = ScopedManager(jurisdiction="member__panel__case__jurisdiction")

    class Meta:
        verbose_name = "回避情形"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["member", "subject", "kind"], name="conflict_found_once")]


class Declaration(models.Model):
    """What an expert declared about one subject before its file opened. A later one replaces the earlier."""

    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="declarations")
    subject = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    has_conflict = models.BooleanField("需要回避")
    text = models.TextField("情况说明", blank=True)
    declared_at = models.DateTimeField()

    objects = ScopedManager(jurisdiction="member__panel__case__jurisdiction")

    class Meta:
        verbose_name = "回避申明"
        constraints = [models.UniqueConstraint(fields=["member", "subject"], name="declaration_once")]

"""The register: recognised bases and their history."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.facts import BASE_LEVELS


class BaseStatus(models.TextChoices):
    ACTIVE = "active", "有效"
    RECTIFYING = "rectifying", "限期整改"
    REVOKED = "revoked", "已取消（撤销）"
    WITHDRAWN = "withdrawn", "已退出"


STATUS_TONES = {
    BaseStatus.ACTIVE: "success",
    BaseStatus.RECTIFYING: "warning",
    BaseStatus.REVOKED: "danger",
    BaseStatus.WITHDRAWN: "neutral",
}

LEVEL_LABELS = BASE_LEVELS
PUBLIC_STATUSES = {
    BaseStatus.ACTIVE: (BaseStatus.ACTIVE, BaseStatus.RECTIFYING),
    BaseStatus.REVOKED: (BaseStatus.REVOKED,),
    BaseStatus.WITHDRAWN: (BaseStatus.WITHDRAWN,),
}
"""What the public may ask for, and the statuses that are so to it."""


REGISTERED = models.Q(is_sandbox=False)
NAME_SEPARATOR = "、"


def revocation_word(jurisdiction: str) -> str:
    """取消 or 撤销, as the jurisdiction's latest text says."""
    sanctions = registry.versions(jurisdiction)[-1].sanctions
    return next(sanction.word for sanction in sanctions if sanction.code == "revocation")


class Base(models.Model):
    """基地: a recognised base. Enters the register when its recognition is announced."""

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="bases")
    number = models.CharField("基地编号", max_length=40, unique=True)
    name = models.CharField("基地名称", max_length=200)
    institution = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="bases")
    institution_name = models.CharField("建设单位", max_length=128)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    division = models.CharField("行政区划代码", max_length=6)
    field = models.CharField("领域", max_length=64)
    level = models.CharField("级别", max_length=16)
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="recognised_bases")
    managing_unit = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="managed_bases"
    )
    managing_unit_title = models.CharField("管理单位称谓", max_length=16, blank=True)
    affiliation = models.CharField("隶属关系", max_length=128, blank=True)
    contact_phone = models.CharField("联系电话", max_length=32, blank=True)
    status = models.CharField("状态", max_length=16, choices=BaseStatus, default=BaseStatus.ACTIVE)
    former_names = models.CharField("曾用名", max_length=400, blank=True)
    plaque_text = models.CharField("匾牌文字", max_length=64, blank=True)
    recognised_on = models.DateField("认定日期")
    ended_on = models.DateField("终止日期", null=True, blank=True)
    is_sandbox = models.BooleanField("演练", default=False)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "基地"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "jurisdiction", "level"],
                condition=models.Q(status__in=["active", "rectifying"], is_sandbox=False),
                name="one_live_base_per_institution_and_level",
            )
        ]
        indexes = [
            # The register's order, with what a search reads: a search walks this index and stops at a full page.
            models.Index(
                fields=["-recognised_on", "-id", "is_sandbox", "level", "status", "name", "number", "former_names"],
                condition=REGISTERED,
                name="base_register",
            ),
            models.Index(fields=["jurisdiction", "-recognised_on", "-id"], condition=REGISTERED, name="base_tenant"),
            models.Index(fields=["name", "id"], condition=REGISTERED, name="base_name"),
            models.Index(fields=["credit_code"], name="base_code"),
            models.Index(fields=["managing_unit", "status"], name="base_managed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level_label(self) -> str:
        return LEVEL_LABELS.get(self.level, self.level)

    @property
    def status_tone(self) -> str:
        return STATUS_TONES[BaseStatus(self.status)]

    @property
    def status_label(self) -> str:
        """The status in the text's own word: a base is 取消 under one text and 撤销 under another."""
        if self.status == BaseStatus.REVOKED:
            return f"已{revocation_word(self.jurisdiction_id)}"
        return str(BaseStatus(self.status).label)

    @property
    def public_status(self) -> str:
        """The status as the public reads it: no text publishes an order to rectify, under which the base is valid."""
        return BaseStatus.ACTIVE if self.status == BaseStatus.RECTIFYING else self.status

    @property
    def public_status_label(self) -> str:
        return str(BaseStatus.ACTIVE.label) if self.status == BaseStatus.RECTIFYING else self.status_label

    @property
    def public_status_tone(self) -> str:
        return STATUS_TONES[BaseStatus(self.public_status)]

    @property
    def former_name_list(self) -> list[str]:
        """The institution's registered names before the present one, the oldest first."""
        return [name for name in self.former_names.split(NAME_SEPARATOR) if name]


class BaseEvent(models.Model):
    """One line of a base's public history: recognised, renamed, revoked. Written by the act that caused it."""

    base = models.ForeignKey(Base, models.PROTECT, related_name="events")
    kind = models.CharField("事件", max_length=32)
    label = models.CharField("名称", max_length=64)
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=300, blank=True)
    act = models.ForeignKey("cases.Act", models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey("cases.Document", models.PROTECT, null=True, related_name="+")

    objects = ScopedManager(jurisdiction="base__jurisdiction")

    class Meta:
        verbose_name = "基地沿革"
        ordering = ["on", "id"]


class RegisterRecord(models.Model):
    """A fact about an institution recorded by an authority, not declared by the applicant.

    An officer proposes a record, the head confirms it; while ``is_proposed`` it counts for nothing.

    Feeds the rulebooks' ``prior_fraud``, ``prior_revocations``, ``existing_bases`` (recognised outside the portal),
    ``credit_violations``, ``training_violations`` and ``knowledge_renewal_years`` (``years``).
    """

    class Kind(models.TextChoices):
        FRAUD = "fraud", "申请弄虚作假"
        REVOCATION = "revocation", "被取消（撤销）基地资格"
        EXISTING_BASE = "existing_base", "现有基地"
        CREDIT_VIOLATION = "credit_violation", "不良信用记录"
        TRAINING_VIOLATION = "training_violation", "乱办班、乱收费、乱发证记录"
        KNOWLEDGE_RENEWAL = "knowledge_renewal", "承办知识更新项目"

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="+")
    institution = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="register_records")
    kind = models.CharField("类别", max_length=24, choices=Kind)
    level = models.CharField("级别", max_length=16, blank=True)
    division = models.CharField("行政区划代码", max_length=6, blank=True)
    on = models.DateField("日期")
    years = models.PositiveSmallIntegerField("年数", default=0)
    document_number = models.CharField("文号", max_length=64, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="register_records")
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    is_proposed = models.BooleanField("待确认", default=False)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    withdrawn_at = models.DateTimeField("撤销记录时间", null=True)
    withdrawal_reason = models.CharField("撤销理由", max_length=300, blank=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "登记事实"
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["institution", "kind"], name="register_record_facts")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("recorded_by")),
                name="register_record_confirmed_by_another",
            )
        ]

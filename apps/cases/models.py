"""The spine: every piece of official business is a case, moved by acts, producing documents, held by clocks."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager
from guardian.models import UserObjectPermissionBase

from apps.cases.enums import CaseKind, ClockBasis, ClockState, DeliveryChannel, OutboxState

ACTOR = settings.AUTH_USER_MODEL


class Case(models.Model):
    """办件. ``state`` is changed by :func:`apps.cases.workflow.perform` and by nothing else.

    ``rulebook_key`` is pinned at submission and never migrated silently. ``tail_hash`` and ``act_count`` repeat the
    end of the chain of acts, ``version`` is the counter the compare-and-swap runs on.
    """

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="cases")
    kind = models.CharField("业务", max_length=24, choices=CaseKind)
    number = models.CharField("办件编号", max_length=40, unique=True)
    title = models.CharField("事项", max_length=200)
    institution = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="cases_as_institution"
    )
    authority = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="cases_as_authority")
    base = models.ForeignKey("bases.Base", models.PROTECT, null=True, blank=True, related_name="cases")
    rulebook_key = models.CharField("规则版本", max_length=64, blank=True)
    is_sandbox = models.BooleanField("演练", default=False)
    state = models.CharField("状态", max_length=40)
    turn_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="cases_in_turn"
    )
    next_due_at = models.DateTimeField("最近期限", null=True, blank=True)
    opened_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    updated_at = models.DateTimeField("最近办理", null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    act_count = models.PositiveIntegerField(default=0)
    tail_hash = models.CharField(max_length=64, blank=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "办件"
        permissions = [("review_case", "评审被指派的办件")]
        indexes = [
            models.Index(fields=["turn_organisation", "kind", "state", "next_due_at"], name="case_queue"),
            models.Index(fields=["authority", "kind", "state", "-id"], name="case_authority"),
            models.Index(fields=["jurisdiction", "kind", "-id"], name="case_jurisdiction"),
            models.Index(fields=["institution", "-id"], name="case_institution"),
            models.Index(fields=["jurisdiction", "kind", "state", "-id"], name="case_state"),
            models.Index(
                fields=["jurisdiction", "next_due_at", "id"],
                condition=models.Q(next_due_at__isnull=False),
                name="case_due",
            ),
            models.Index(
                fields=["jurisdiction", "-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False),
                name="case_closed",
            ),
            models.Index(
                fields=["institution", "-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False),
                name="case_institution_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CaseUserObjectPermission(UserObjectPermissionBase):
    """Direct permission table: an expert's assignment to a case ends with the case, not in an orphan row."""

    content_object = models.ForeignKey(Case, models.CASCADE, related_name="user_permissions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "permission", "content_object"], name="case_permission_once")
        ]


class CaseParty(models.Model):
    """An organisation's part in a case. It sees the case once ``active``: when the turn first reached it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="case_parties")
    roles = models.JSONField("身份", default=list)
    active = models.BooleanField(default=False)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "办件当事方"
        constraints = [models.UniqueConstraint(fields=["case", "organisation"], name="party_once")]
        indexes = [
            models.Index(fields=["organisation", "-case"], condition=models.Q(active=True), name="party_list"),
        ]


class Act(models.Model):
    """办理记录: one step taken on a case; append-only, chained by hash within the case.

    ``actor`` and ``organisation`` are null for steps the clock took. ``articles`` are in contract notation.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="acts")
    seq = models.PositiveIntegerField("序号")
    name = models.CharField("步骤", max_length=48)
    label = models.CharField("步骤名称", max_length=64)
    actor = models.ForeignKey(ACTOR, models.PROTECT, null=True, blank=True, related_name="acts")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="acts"
    )
    from_state = models.CharField("原状态", max_length=40, blank=True)
    to_state = models.CharField("现状态", max_length=40)
    reason = models.TextField("理由", blank=True)
    articles = models.JSONField("依据条款", default=list)
    data = models.JSONField("附记", default=dict)
    is_internal = models.BooleanField("内部记录", default=False)
    at = models.DateTimeField("时间")
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "办理记录"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="act_seq_once")]
        indexes = [models.Index(fields=["at"], name="act_at")]

    def __str__(self) -> str:
        return f"{self.seq}. {self.label}"


class Document(models.Model):
    """文书: a numbered official document that an act produced.

    ``content`` is frozen at issue (see ``apps.documents.rendering.DocumentContent.to_json``); the PDF is drawn from it
    after commit and never again: ``sha256`` is set once.
    """

    jurisdiction = models.ForeignKey("jurisdictions.Jurisdiction", models.PROTECT, related_name="documents")
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    act = models.ForeignKey(Act, models.PROTECT, related_name="documents")
    kind = models.CharField("文种", max_length=40)
    number = models.CharField("文号", max_length=64)
    title = models.CharField("标题", max_length=200)
    issuer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="issued_documents")
    addressee = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="received_documents"
    )
    addressee_name = models.CharField("主送", max_length=200, blank=True)
    legal_basis = models.JSONField("依据条款", default=list)
    remedies = models.TextField("救济途径", blank=True)
    content = models.JSONField("内容")
    is_public = models.BooleanField("公开", default=False)
    issued_on = models.DateField("成文日期")
    issued_at = models.DateTimeField("签发时间")
    verification_code = models.CharField("核验码", max_length=24, unique=True)
    pdf = models.FileField("PDF", upload_to="documents/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    pages = models.PositiveSmallIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(jurisdiction="jurisdiction")

    class Meta:
        verbose_name = "文书"
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "number"], condition=~models.Q(number=""), name="document_number_once"
            )
        ]
        indexes = [models.Index(fields=["is_public", "-issued_at"], name="document_public")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


def new_verification_code() -> str:
    """A code of sixteen characters that cannot be guessed or misread (no 0, O, 1, I)."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(secrets.choice(alphabet) for _ in range(16))


class Delivery(models.Model):
    """送达: a document reached an organisation or was published, and when it was first opened there."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField("方式", max_length=16, choices=DeliveryChannel)
    delivered_at = models.DateTimeField("送达时间")
    opened_at = models.DateTimeField("首次查阅", null=True, blank=True)
    opened_by = models.ForeignKey(ACTOR, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager(jurisdiction="document__jurisdiction")

    class Meta:
        verbose_name = "送达记录"
        constraints = [
            models.UniqueConstraint(fields=["document", "organisation", "channel"], name="delivery_once"),
        ]


class Clock(models.Model):
    """时限: a deadline on a case. ``counting`` lists every counted day (ISO dates), ``pauses`` their reasons."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    code = models.CharField("代码", max_length=40)
    label = models.CharField("名称", max_length=64)
    basis = models.CharField("性质", max_length=16, choices=ClockBasis)
    articles = models.JSONField("依据条款", default=list)
    note = models.CharField("说明", max_length=200, blank=True)
    started_at = models.DateTimeField("起算")
    due_at = models.DateTimeField("届满")
    counting = models.JSONField("计算过程", default=list)
    pauses = models.JSONField("暂停记录", default=list)
    state = models.CharField("状态", max_length=16, choices=ClockState, default=ClockState.RUNNING)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "时限"
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "code"],
                condition=models.Q(state__in=[ClockState.RUNNING, ClockState.PAUSED]),
                name="one_open_clock_per_code",
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="clock_due")]

    @property
    def is_paused(self) -> bool:
        return self.state == ClockState.PAUSED

    @property
    def is_met(self) -> bool:
        return self.state == ClockState.MET


class OutboxEntry(models.Model):
    """Work that a committed act promised: written in its transaction, carried out after it, at least once."""

    topic = models.CharField(max_length=48)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=16, choices=OutboxState, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    available_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "待办发件"
        indexes = [models.Index(fields=["state", "available_at"], name="outbox_waiting")]


def attachment_path(instance: Attachment, filename: str) -> str:
    """A path that owes nothing to the name the user gave the file."""
    return f"attachments/{instance.case_id}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A file filed with a case: evidence, a photo, minutes. Removed ones are marked, not deleted.

    ``purpose`` names the place it belongs to, e.g. ``evidence:faculty``; who may open it follows from the case.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    purpose = models.CharField("用途", max_length=64)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=attachment_path)
    uploaded_by = models.ForeignKey(ACTOR, models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    is_internal = models.BooleanField("不对申报单位开放", default=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(jurisdiction="case__jurisdiction")

    class Meta:
        verbose_name = "附件"
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "purpose"], name="attachment_place")]


class NumberSequence(models.Model):
    """The last number given in a series; advanced inside the transaction that uses it, so that none is skipped."""

    series = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveIntegerField(default=0)

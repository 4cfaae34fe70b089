"""Facts an authority enters about an institution: proposed by an officer, confirmed by the head, withdrawn with a reason."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Organisation
from apps.bases.models import RegisterRecord
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState

ADVERSE = frozenset(
    {
        RegisterRecord.Kind.FRAUD,
        RegisterRecord.Kind.REVOCATION,
        RegisterRecord.Kind.CREDIT_VIOLATION,
        RegisterRecord.Kind.TRAINING_VIOLATION,
    }
)


def records_of(actor: Actor) -> QuerySet[RegisterRecord]:
    """Every record of the actor's jurisdiction, newest first, withdrawn ones too."""
    return RegisterRecord.objects.select_related("institution", "recorded_by", "confirmed_by").order_by("-pk")


def institution_by_code(code: str) -> Organisation | None:
    """The institution with this unified social credit code."""
    return Organisation.objects.filter(credit_code=code, kind=OrganisationKind.INSTITUTION).first()


def propose(actor: Actor, institution: Organisation, details: dict[str, Any]) -> RegisterRecord:
    """Propose a record; it counts once the head has confirmed it.

    ``details``: kind, level, division, on, years, document_number, note. Raises NotPermitted for anybody but an
    officer of an authority, Blocked for an adverse record without the document it rests on.
    """
    _require(actor, Role.AUTHORITY_OFFICER)
    if details["kind"] in ADVERSE and not details.get("document_number", "").strip():
        raise Blocked(Problem("document_missing", "不良记录须写明所依据的文号。", where="document_number"))
    if details["kind"] == RegisterRecord.Kind.EXISTING_BASE and not details.get("division"):
        raise Blocked(Problem("division_missing", "登记现有基地须填写其所在地的行政区划代码。", where="division"))
    return RegisterRecord.objects.create(
        jurisdiction_id=actor.organisation.jurisdiction_id,
        institution=institution,
        recorded_by=actor.user,
        is_proposed=True,
        **details,
    )


def confirm(actor: Actor, record: RegisterRecord) -> None:
    """The head confirms a proposed record. Raises NotPermitted, or WrongState when it waits for nobody."""
    _require(actor, Role.AUTHORITY_HEAD)
    if record.recorded_by_id == actor.user.pk:
        raise NotPermitted(Problem("separation_of_duties", "登记和确认须由两人办理。"))
    changed = RegisterRecord.objects.filter(pk=record.pk, is_proposed=True, withdrawn_at__isnull=True).update(
        is_proposed=False, confirmed_by=actor.user, confirmed_at=timezone.now()
    )
    if not changed:
        raise WrongState(Problem("wrong_state", "这条记录已确认或已撤销，请刷新页面。"))


def withdraw(actor: Actor, record: RegisterRecord, reason: str) -> None:
    """The head withdraws a record, for example one that a court overturned; it stays readable."""
    _require(actor, Role.AUTHORITY_HEAD)
    if not reason.strip():
        raise Blocked(Problem("reason_missing", "撤销记录须写明理由。", where="reason"))
    changed = RegisterRecord.objects.filter(pk=record.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawal_reason=reason.strip()[:300]
    )
    if not changed:
        raise WrongState(Problem("wrong_state", "这条记录已撤销，请刷新页面。"))


def _require(actor: Actor, role: str) -> None:
    organisation = actor.organisation
    if organisation.kind != OrganisationKind.AUTHORITY or organisation.superior_id or not actor.has(role):
        raise NotPermitted(Problem("not_permitted", f"须由本管辖综合管理部门的{Role(role).label}办理。"))

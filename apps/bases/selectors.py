"""What the register says: facts about an institution that it does not declare itself."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind
from apps.bases.models import Base, BaseStatus, RegisterRecord
from apps.jurisdictions.rulebooks import registry

LIVE = (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)
Kind = RegisterRecord.Kind


def visible_bases(actor: Actor | None) -> QuerySet[Base]:
    """The bases ``actor`` works with: an institution its own, a department those it manages, an authority those it
    recognised and, where it is the highest of its jurisdiction, all of the jurisdiction. Rehearsals included.
    """
    bases = Base.objects.select_related("institution", "authority", "managing_unit")
    if actor is None or not actor.is_case_staff:
        return bases.none()
    organisation = actor.organisation
    if organisation.kind == OrganisationKind.INSTITUTION:
        return bases.filter(institution=organisation)
    if organisation.kind == OrganisationKind.DEPARTMENT:
        return bases.filter(managing_unit=organisation)
    if organisation.kind == OrganisationKind.AUTHORITY and organisation.superior_id is None:
        return bases.filter(jurisdiction_id=organisation.jurisdiction_id)
    if organisation.kind == OrganisationKind.AUTHORITY:
        return bases.filter(authority=organisation)
    return bases.none()


@scopes_disabled()
def register_facts(institution_id: int) -> dict[str, Any]:
    """The facts of the rulebooks' vocabulary that come from the register, of every jurisdiction. Two queries.

    ``prior_fraud``, ``prior_revocations``, ``existing_bases`` (lists of records with ISO dates),
    ``credit_violations``, ``training_violations`` (counts) and ``knowledge_renewal_years`` (the longest on record).
    Rehearsals and withdrawn records do not count. All keys are always present: the register knows.
    """
    records = list(register_records(institution_id))
    bases = list(Base.objects.filter(institution_id=institution_id, is_sandbox=False))
    renewal = [record.years for record in records if record.kind == Kind.KNOWLEDGE_RENEWAL]
    return {
        "prior_fraud": [
            {"jurisdiction": record.jurisdiction_id, "date": record.on.isoformat()}
            for record in records
            if record.kind == Kind.FRAUD
        ],
        "prior_revocations": _revocations(records, bases),
        "existing_bases": _existing(records, bases),
        "credit_violations": sum(record.kind == Kind.CREDIT_VIOLATION for record in records),
        "training_violations": sum(record.kind == Kind.TRAINING_VIOLATION for record in records),
        "knowledge_renewal_years": max(renewal, default=0),
    }


def register_records(institution_id: int) -> QuerySet[RegisterRecord]:
    """The records in force about an institution, oldest first; those of rehearsals or not yet confirmed are left out.

    The records are public facts across jurisdictions: call it inside ``scopes_disabled()`` to see all of them.
    """
    return RegisterRecord.objects.filter(
        Q(case__isnull=True) | Q(case__is_sandbox=False),
        institution_id=institution_id,
        withdrawn_at__isnull=True,
        is_proposed=False,
    )


def _revocations(records: list[RegisterRecord], bases: list[Base]) -> list[dict[str, str]]:
    """A revocation through the portal may be both a record and a revoked base; it counts once."""
    found = [
        (record.jurisdiction_id, record.level or _usual_level(record.jurisdiction_id), record.on.isoformat())
        for record in records
        if record.kind == Kind.REVOCATION
    ]
    found += [
        (base.jurisdiction_id, base.level, (base.ended_on or base.recognised_on).isoformat())
        for base in bases
        if base.status == BaseStatus.REVOKED
    ]
    return [
        {"jurisdiction": jurisdiction, "level": level, "date": on} for jurisdiction, level, on in dict.fromkeys(found)
    ]


def _existing(records: list[RegisterRecord], bases: list[Base]) -> list[dict[str, str]]:
    found = [(base.level, base.division) for base in bases if base.status in LIVE]
    found += [
        (record.level or _usual_level(record.jurisdiction_id), record.division)
        for record in records
        if record.kind == Kind.EXISTING_BASE and record.division
    ]
    return [{"level": level, "division": division} for level, division in dict.fromkeys(found)]


def _usual_level(jurisdiction: str) -> str:
    """The level of the bases a jurisdiction recognises, where a record does not say."""
    return registry.versions(jurisdiction)[-1].road.levels[0]

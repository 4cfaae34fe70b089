"""Changes to the register. Each is part of the act that caused it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.bases.models import Base, BaseEvent
from apps.cases.enums import PartyRole
from apps.cases.models import Act, Case, Document
from apps.cases.numbering import case_number, next_number
from apps.cases.workflow.engine import add_party, open_case
from apps.jurisdictions.rulebooks.roads import Road

LEVEL_CODES = {"national": "G", "provincial": "S", "municipal": "D", "regional": "Q", "industry": "H"}


def register_base(
    case: Case,
    act: Act,
    road: Road,
    *,
    level: str,
    field: str,
    managing_unit: Organisation | None,
    contact_phone: str,
    document: Document,
    on: dt.date,
) -> Base:
    """Enter the base that ``case`` recognised: number, level, authority, managing unit and first line of history.

    The managing unit is called what the text calls it (``road.recommender_title``); call inside perform()'s change.
    """
    institution = case.institution
    if institution is None:
        raise ValueError("only an institution's case can recognise a base")
    series = "sandbox" if case.is_sandbox else "base"
    running = next_number(f"{series}:{case.jurisdiction_id}:{level}:{on.year}")
    prefix = "YL-" if case.is_sandbox else ""
    base = Base.objects.create(
        jurisdiction_id=case.jurisdiction_id,
        number=f"{prefix}JD-{case.jurisdiction_id.upper()}-{LEVEL_CODES[level]}{on.year}{running:04d}",
        name=f"{road.base_name}（{institution.name}）",
        institution=institution,
        institution_name=institution.name,
        credit_code=institution.credit_code,
        division=institution.division,
        field=field,
        level=level,
        authority=case.authority,
        managing_unit=managing_unit if road.recommender_title else None,
        managing_unit_title=road.recommender_title or "",
        contact_phone=contact_phone,
        plaque_text=road.plaque.text if road.plaque else "",
        recognised_on=on,
        is_sandbox=case.is_sandbox,
    )
    BaseEvent.objects.create(
        base=base, kind="recognised", label="认定并公布", on=on, note=document.number, act=act, document=document
    )
    Case.objects.filter(pk=case.pk).update(base=base)
    case.base = base
    return base


def record_event(
    base: Base,
    act: Act | None,
    kind: str,
    label: str,
    on: dt.date,
    note: str = "",
    *,
    document: Document | None = None,
) -> BaseEvent:
    """Add a line to the base's public history, with the document that says so where there is one."""
    return BaseEvent.objects.create(
        base=base, kind=kind, label=label, on=on, note=note[:300], act=act, document=document
    )


def open_base_case(
    base: Base,
    kind: str,
    title: str,
    actor: Actor | None,
    *,
    label: str,
    year: int,
    rulebook_key: str = "",
    seen_by: Sequence[str] = (PartyRole.INSTITUTION,),
) -> Case:
    """Open a case about ``base`` with its institution, its managing unit where it has one, and its authority.

    ``seen_by`` are the parts that see the case from the start; the others see it when the turn first reaches them.
    ``rulebook_key`` pins the text at once, for cases that an authority opens; ``actor`` is None for the clock.
    ``year`` is the year of the number. Call inside a transaction together with the detail row.
    """
    case = Case(
        jurisdiction_id=base.jurisdiction_id,
        kind=kind,
        number=case_number(base.jurisdiction_id, kind, year),
        title=title[:200],
        institution_id=base.institution_id,
        authority_id=base.authority_id,
        base=base,
        rulebook_key=rulebook_key,
        is_sandbox=base.is_sandbox,
    )
    open_case(case, actor, label=label)
    add_party(case, base.institution_id, PartyRole.INSTITUTION, active=PartyRole.INSTITUTION in seen_by)
    if base.managing_unit_id is not None:
        add_party(case, base.managing_unit_id, PartyRole.MANAGING_UNIT, active=PartyRole.MANAGING_UNIT in seen_by)
    add_party(case, base.authority_id, PartyRole.AUTHORITY, active=PartyRole.AUTHORITY in seen_by)
    return case


def lock_base(pk: int) -> Base:
    """The base, its row locked where the database can, so that two acts on it follow one another."""
    bases = Base.objects.all()
    if connection.features.has_select_for_update:
        bases = bases.select_for_update(of=("self",))
    return bases.get(pk=pk)

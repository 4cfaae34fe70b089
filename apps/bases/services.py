"""Changes to the register. Each is part of the act that caused it."""

from __future__ import annotations

import datetime as dt

from apps.accounts.models import Organisation
from apps.bases.models import Base, BaseEvent
from apps.cases.models import Act, Case, Document
from apps.cases.numbering import next_number
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


def record_event(base: Base, act: Act, kind: str, label: str, on: dt.date, note: str = "") -> BaseEvent:
    """Add a line to the base's public history."""
    return BaseEvent.objects.create(base=base, kind=kind, label=label, on=on, note=note, act=act)

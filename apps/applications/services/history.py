"""An applicant's past as the register has it, and what the text makes of it; never what the applicant declares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django_scopes import scopes_disabled

from apps.applications.models import Application
from apps.applications.services.self_check import register_bar
from apps.bases.models import Base, BaseStatus, RegisterRecord
from apps.bases.selectors import register_records
from apps.cases.models import Case
from apps.cases.workflow import Problem
from apps.cases.workflow.engine import road_of
from apps.jurisdictions.rulebooks.roads import Bar

SHOWN_CASES = 20


@dataclass(frozen=True)
class Entry:
    """One line of the history; ``adverse`` for fraud, revocations and violations."""

    on: dt.date
    label: str
    jurisdiction: str
    level: str
    document_number: str
    note: str
    adverse: bool


@dataclass(frozen=True)
class History:
    """``bar`` is the text's rule (None: it has none), ``barred`` what it means for this applicant today."""

    entries: tuple[Entry, ...]
    cases: tuple[Case, ...]
    bar: Bar | None
    barred: tuple[Problem, ...]

    @property
    def adverse(self) -> bool:
        return any(entry.adverse for entry in self.entries)


ADVERSE_KINDS = frozenset(
    {
        RegisterRecord.Kind.FRAUD,
        RegisterRecord.Kind.REVOCATION,
        RegisterRecord.Kind.CREDIT_VIOLATION,
        RegisterRecord.Kind.TRAINING_VIOLATION,
    }
)


def history_of(application: Application) -> History:
    """Everything on record of the applicant, in every jurisdiction, newest first, and whether the text bars it."""
    institution_id = application.case.institution_id
    entries = [*_records(institution_id), *_bases(institution_id)]
    return History(
        entries=tuple(sorted(entries, key=lambda entry: entry.on, reverse=True)),
        cases=tuple(_earlier_cases(application)),
        bar=road_of(application.case).reapplication_bar,
        barred=tuple(register_bar(application)),
    )


def _records(institution_id: int | None) -> list[Entry]:
    with scopes_disabled():
        records = list(register_records(institution_id or 0).select_related("jurisdiction"))
    return [
        Entry(
            on=record.on,
            label=str(record.get_kind_display()),
            jurisdiction=record.jurisdiction.name,
            level=record.level,
            document_number=record.document_number,
            note=record.note,
            adverse=record.kind in ADVERSE_KINDS,
        )
        for record in records
    ]


def _bases(institution_id: int | None) -> list[Entry]:
    with scopes_disabled():
        bases = list(
            Base.objects.filter(institution_id=institution_id, is_sandbox=False).select_related("jurisdiction")
        )
    entries = []
    for base in bases:
        entries.append(_base_entry(base, base.recognised_on, "认定为基地", adverse=False))
        if base.status == BaseStatus.REVOKED and base.ended_on:
            entries.append(_base_entry(base, base.ended_on, "被取消基地资格", adverse=True))
    return entries


def _base_entry(base: Base, on: dt.date, label: str, *, adverse: bool) -> Entry:
    return Entry(on, label, base.jurisdiction.name, base.level, base.number, base.name, adverse)


def _earlier_cases(application: Application) -> list[Case]:
    """The institution's other applications that reached the same authority, newest first."""
    cases = Case.objects.filter(
        institution_id=application.case.institution_id,
        authority_id=application.case.authority_id,
        kind=application.case.kind,
        submitted_at__isnull=False,
        is_sandbox=application.case.is_sandbox,
    ).exclude(pk=application.pk)
    return list(cases.order_by("-pk")[:SHOWN_CASES])

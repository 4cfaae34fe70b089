"""The filled form as others read it: officers, departments, experts, and the printed form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms

from apps.applications.models import Application
from apps.applications.sections import Filled
from apps.applications.sections.base import Figure
from apps.applications.sections.units import STAGE_FIELDS
from apps.applications.services.evidence import evidence_files
from apps.applications.services.filling import FilledForm, load_form
from apps.cases.models import Attachment
from apps.cases.tables import Table


@dataclass(frozen=True)
class Item:
    """A question with its answer in words; ``articles`` are those that ask for it."""

    label: str
    value: str
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadonlyTable:
    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class EvidenceGroup:
    """A condition with its files."""

    code: str
    title: str
    articles: tuple[str, ...]
    files: list[Attachment]


@dataclass(frozen=True)
class ReadonlySection:
    code: str
    title: str
    status: str
    items: list[Item]
    tables: list[ReadonlyTable]
    figures: list[Figure]
    evidence: list[EvidenceGroup] = field(default_factory=list)


def readonly_sections(application: Application, form: FilledForm | None = None) -> list[ReadonlySection]:
    """Every section in order, as ``applications/form/_readonly.html`` and the printed form show it."""
    form = form or load_form(application)
    files = evidence_files(application)
    return [_section(filled, files, application) for filled in form.sections]


def _section(filled: Filled, files: dict[str, list[Attachment]], application: Application) -> ReadonlySection:
    return ReadonlySection(
        code=filled.code,
        title=filled.section.title,
        status=filled.status,
        items=_unit_items(filled, application) if filled.code == "units" else _items(filled),
        tables=[_table(table, filled) for table in filled.tables],
        figures=filled.figures,
        evidence=_evidence(filled, files) if filled.code == "evidence" else [],
    )


def _items(filled: Filled) -> list[Item]:
    return [
        Item(str(field.label), _words(field, filled.data.get(name)), filled.articles(name))
        for name, field in filled.form.fields.items()
    ]


def _unit_items(filled: Filled, application: Application) -> list[Item]:
    if application.direct:
        direct = filled.context.rulebook.road.direct_application
        return [Item("直接申请", "是", (direct.article,) if direct else ())]
    items = []
    for stage in filled.context.rulebook.road.recommendation:
        unit = getattr(application, STAGE_FIELDS[stage.code])
        items.append(Item(stage.label, unit.name if unit else "", (stage.article,)))
    return items


def _words(field: forms.Field, raw: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "是" if raw else "否"
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in field.choices if code != ""}
        chosen = raw if isinstance(raw, list) else [raw] if raw else []
        return "、".join(labels.get(str(one), str(one)) for one in chosen)
    return "" if raw is None else str(raw)


def _table(table: Table, filled: Filled) -> ReadonlyTable:
    rows = [
        tuple(column.display(str(row.get(column.name, ""))) for column in table.columns)
        for row in filled.rows(table.code)
        if not table.blank(row)
    ]
    return ReadonlyTable(table.title, tuple(column.label for column in table.columns), rows)


def _evidence(filled: Filled, files: dict[str, list[Attachment]]) -> list[EvidenceGroup]:
    return [
        EvidenceGroup(one.code, one.title, one.articles, files.get(one.code, []))
        for one in filled.section.conditions(filled.context)
    ]

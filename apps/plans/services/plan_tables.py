"""The table of planned projects: its columns by the text, its rows as typed, as kept and as frozen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet

from apps.cases.tables import Column, Row, Table
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import Mode, ProjectKind, SubjectKind, TrainingLevel
from apps.plans.models import AnnualPlan, PlannedProject

MOST_PROJECTS = 500
EDITABLE_PROJECTS = 200
"""More rows are shown and changed by upload: a page of them would send more fields than a request may have."""
KEY = Column("key", "项目标识", required=False, max_length=32)
KEY_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class KeyedTable(Table):
    """A table whose rows carry a hidden key that stays with the project over versions."""

    def blank(self, row: Row) -> bool:
        return not any(str(row.get(column.name, "")).strip() for column in self.columns if column.name != "key")

    def as_post(self, rows: Any) -> dict[str, str]:
        return {**super().as_post(rows), f"{self.code}-MAX_NUM_FORMS": str(EDITABLE_PROJECTS)}

    def formset(self, rows: Any) -> BaseFormSet:
        found = super().formset(rows)
        found.form.base_fields["key"].widget = forms.HiddenInput()
        return found


def projects_table(rules: Rulebook, year: int, *, keyed: bool = True) -> KeyedTable:
    """The projects of the plan for ``year`` under ``rules``; without keys for a spreadsheet."""
    benefit = rules.public_benefit
    columns = [
        Column("name", "项目名称", max_length=100),
        Column("subject_kind", "科目", "choice", choices=_choices(SubjectKind)),
        Column("kind", "类型", "choice", choices=_choices(ProjectKind)),
        Column("field", "领域", max_length=64),
        Column("level", "层次", "choice", choices=_choices(TrainingLevel)),
        Column("hours_tenths", "学时", "tenths", least=1, most=99_990),
        Column("persons", "人数", "count", least=1, most=1_000_000),
        Column("starts_on", "开班日期", "date"),
        Column("ends_on", "结束日期", "date"),
        Column("mode", "方式", "choice", choices=_choices(Mode)),
        Column("place", "地点或平台", max_length=100),
        Column("fee_fen", "收费（元/人）", "fen", required=False, most=100_000_000),
        Column("fee_basis", "收费依据", required=False, max_length=100),
    ]
    if benefit is not None:
        columns.append(Column("benefit_percent", "公益比例（%）", "count", required=False, most=100))
        if benefit.favours:
            columns.append(Column("favours", "倾斜对象", "choices", required=False, choices=benefit.favours))
    return KeyedTable(
        "projects",
        f"{year} 年度培训项目",
        tuple([KEY, *columns] if keyed else columns),
        hint="不收费的，收费填 0 或留空；收费的须写明批准或备案的依据",
        row_check=_row_check(rules, year),
        max_rows=MOST_PROJECTS,
    )


def _choices(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(code), str(label)) for code, label in kind.choices)


def _row_check(rules: Rulebook, year: int) -> Callable[[Mapping[str, Any]], list[tuple[str, str]]]:
    plan, fees = cite(rules.annual_plan.article), cite(rules.fees.article)

    def check(values: Mapping[str, Any]) -> list[tuple[str, str]]:
        wrong = [
            (label, f"不在 {year} 年内；本计划只列 {year} 年开办并结束的项目（{plan}）。")
            for name, label in (("starts_on", "开班日期"), ("ends_on", "结束日期"))
            if values[name].year != year
        ]
        if values["ends_on"] < values["starts_on"]:
            wrong.append(("结束日期", "早于开班日期。"))
        if values["fee_fen"] and not values["fee_basis"]:
            wrong.append(("收费依据", f"收费项目须写明批准或备案的机关和文号（{fees}）。"))
        return wrong

    return check


def project_values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """A cleaned row as the fields of a PlannedProject, key and position aside."""
    values = {name: value for name, value in cleaned.items() if name != "key"}
    return values | {
        "fee_fen": values["fee_fen"] or 0,
        "fee_basis": values["fee_basis"] or "",
        "benefit_percent": values.get("benefit_percent") or 0,
        "favours": values.get("favours") or [],
    }


def raw_row(project: PlannedProject) -> dict[str, str]:
    """A frozen project as it would be typed."""
    return {
        "key": project.key,
        "name": project.name,
        "subject_kind": project.subject_kind,
        "kind": project.kind,
        "field": project.field,
        "level": project.level,
        "hours_tenths": decimal_text(project.hours_tenths, 1),
        "persons": str(project.persons),
        "starts_on": project.starts_on.isoformat(),
        "ends_on": project.ends_on.isoformat(),
        "mode": project.mode,
        "place": project.place,
        "fee_fen": decimal_text(project.fee_fen, 2),
        "fee_basis": project.fee_basis,
        "benefit_percent": str(project.benefit_percent),
        "favours": "、".join(project.favours),
    }


def decimal_text(value: int, places: int) -> str:
    """A whole number of tenths (1) or hundredths (2) as people write it: 125 tenths is 12.5, 12000 fen is 120."""
    whole, part = divmod(value, 10**places)
    written = f"{part:0{places}d}".rstrip("0")
    return f"{whole}.{written}" if written else str(whole)


def shown_row(table: Table, raw: Mapping[str, str]) -> dict[str, str]:
    """A row as people read it, by column name, key aside."""
    shown = {column.name: column.display(str(raw.get(column.name, ""))) for column in table.columns}
    shown.pop("key", None)
    return shown


def comparable(table: Table, raw: Mapping[str, str]) -> dict[str, Any]:
    """The row with what means the same written the same, so that 30 and 30.0 are no difference."""
    cleaned: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "key":
            continue
        text = str(raw.get(column.name, ""))
        try:
            cleaned[column.name] = column.clean(text) or None
        except forms.ValidationError:
            cleaned[column.name] = text.strip()
    return cleaned


def clean_key(text: str) -> str:
    """The key as posted where it is one of ours, else an empty text."""
    return text if 0 < len(text) <= 32 and set(text) <= KEY_LETTERS else ""


def new_key() -> str:
    return uuid.uuid4().hex[:16]


def with_keys(rows: Iterable[Mapping[str, str]], table: Table) -> list[dict[str, str]]:
    """The rows that are not blank, each with a key that no other has."""
    keyed: list[dict[str, str]] = []
    taken: set[str] = set()
    for row in rows:
        if table.blank(row):
            continue
        key = clean_key(str(row.get("key", "")))
        if not key or key in taken:
            key = new_key()
        taken.add(key)
        keyed.append({**row, "key": key})
    return keyed


def moved_a_year(row: Mapping[str, str], years: int) -> dict[str, str]:
    """The row with its dates ``years`` later; the 29th of February becomes the 28th."""
    return {
        **row,
        "starts_on": _moved(row.get("starts_on", ""), years),
        "ends_on": _moved(row.get("ends_on", ""), years),
    }


def _moved(text: str, years: int) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return text
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:
        return day.replace(year=day.year + years, day=28).isoformat()


def frozen_rows(plan: AnnualPlan) -> list[dict[str, str]]:
    """The projects of a submitted plan as they would be typed, in order. One query."""
    return [raw_row(project) for project in plan.projects.all()]

"""The table of projects from and to a spreadsheet: all rows or none, every wrong cell named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.accounts.actors import Actor
from apps.cases import sheets
from apps.cases.sheets import Sheet
from apps.cases.tables import RowError
from apps.cases.workbooks import NotReadable
from apps.plans.services.plan_forms import PlanForm, save_part
from apps.plans.services.plan_tables import decimal_text, projects_table

__all__ = ["Imported", "NotReadable", "export_file", "import_projects", "read_file", "read_text", "template_file"]


@dataclass(frozen=True)
class Imported:
    """``errors`` empty: ``count`` rows are saved; else nothing has changed."""

    errors: list[RowError]
    count: int = 0


def import_projects(form: PlanForm, sheet: Sheet, version: int, actor: Actor, *, append: bool) -> Imported:
    """Put the rows of ``sheet`` in place of the table, or behind it; nothing at all when one of them is wrong.

    A row in place of one of the same name keeps that project's key. Raises as save_part().
    """
    table = projects_table(form.rules, form.plan.year, keyed=False)
    checked = table.check(sheet.rows, sheet.first)
    errors = sorted([*sheet.errors, *checked.errors], key=lambda error: error.row)
    if not errors and not checked.filled:
        errors = [RowError(sheet.first, "", "没有可导入的内容，请至少填写一行。")]
    existing = [row for row in form.rows if not form.table.blank(row)]
    total = len(checked.rows) + (len(existing) if append else 0)
    if not errors and total > table.max_rows:
        errors = [RowError(sheet.first, "", f"导入后共 {total} 行，超过上限 {table.max_rows} 行。")]
    if errors:
        return Imported(errors)
    read = [_as_typed(row) for row in checked.rows]
    rows = [*existing, *read] if append else _with_known_keys(read, existing)
    save_part(form.plan, {"projects": rows}, version, actor)
    return Imported([], len(read))


def _as_typed(cleaned: Mapping[str, Any]) -> dict[str, str]:
    typed = {name: "" if value is None else str(value) for name, value in cleaned.items()}
    typed["hours_tenths"] = decimal_text(cleaned["hours_tenths"], 1)
    typed["fee_fen"] = "" if cleaned["fee_fen"] is None else decimal_text(cleaned["fee_fen"], 2)
    if "favours" in cleaned:
        typed["favours"] = "、".join(cleaned["favours"])
    return {"key": "", **typed}


def _with_known_keys(rows: list[dict[str, str]], existing: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Give each row the key of the row it replaces: the same name and first day, else the same name."""
    free = {index: row for index, row in enumerate(existing) if row.get("key")}
    for same in (("name", "starts_on"), ("name",)):
        for row in rows:
            if row["key"]:
                continue
            found = next((at for at, old in free.items() if all(old.get(name) == row[name] for name in same)), None)
            if found is not None:
                row["key"] = str(free.pop(found)["key"])
    return rows


def read_text(form: PlanForm, text: str) -> Sheet:
    """Rows pasted from a spreadsheet: columns parted by tabs, with or without the head."""
    return sheets.from_text(projects_table(form.rules, form.plan.year, keyed=False), text)


def read_file(form: PlanForm, upload: UploadedFile) -> Sheet:
    """Rows of the first sheet of an .xlsx file. Raises NotReadable."""
    return sheets.from_file(projects_table(form.rules, form.plan.year, keyed=False), upload)


def template_file(form: PlanForm) -> bytes:
    """The empty table as .xlsx."""
    return sheets.workbook_of(projects_table(form.rules, form.plan.year, keyed=False))


def export_file(form: PlanForm) -> bytes:
    """The table as it stands, in the template's form."""
    table = projects_table(form.rules, form.plan.year, keyed=False)
    rows = [row for row in form.rows if not form.table.blank(row)]
    cells = [[column.display(str(row.get(column.name, ""))) for column in table.columns] for row in rows]
    return sheets.workbook_of(table, cells)

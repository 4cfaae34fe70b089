"""Tables of a plan from and to a spreadsheet: all rows or none, every wrong cell named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.accounts.actors import Actor
from apps.cases import sheets
from apps.cases.sheets import Sheet
from apps.cases.tables import Column, RowError
from apps.plans.services.plan_tables import KeyedTable, decimal_text
from apps.subsidies.services import content_tables
from apps.subsidies.services.content_draft import Draft, save_values
from apps.subsidies.services.content_tables import LINES, OWN_FUNDS, TARGETS

NAMED_BY = {LINES: "item", TARGETS: "indicator", OWN_FUNDS: "source"}
"""What a row is called: an uploaded row of the same name is the row that was there."""


@dataclass(frozen=True)
class Imported:
    """``errors`` empty: ``count`` rows are saved; else nothing has changed."""

    errors: list[RowError]
    count: int = 0


def plain_table(draft: Draft, code: str) -> KeyedTable:
    """The table ``code`` without keys, as a spreadsheet has it. Raises KeyError for a table the form does not have."""
    draft.tables[code]
    if code == LINES:
        return content_tables.lines_table(draft.funding, keyed=False)
    return content_tables.targets_table(keyed=False) if code == TARGETS else content_tables.own_funds_table(keyed=False)


def read_text(draft: Draft, code: str, text: str) -> Sheet:
    """Rows pasted from a spreadsheet: columns parted by tabs, with or without the head."""
    return sheets.from_text(plain_table(draft, code), text)


def read_file(draft: Draft, code: str, upload: UploadedFile) -> Sheet:
    """Rows of the first sheet of an .xlsx file. Raises NotReadable."""
    return sheets.from_file(plain_table(draft, code), upload)


def import_rows(draft: Draft, code: str, sheet: Sheet, version: int, actor: Actor, *, append: bool) -> Imported:
    """Put the rows of ``sheet`` in place of the table, or behind it; nothing at all when one of them is wrong.

    A row in place of one of the same name keeps that row's key. Raises as save_values().
    """
    table = plain_table(draft, code)
    checked = table.check(sheet.rows, sheet.first)
    errors = sorted([*sheet.errors, *checked.errors], key=lambda error: error.row)
    if not errors and not checked.filled:
        errors = [RowError(sheet.first, "", "没有可导入的内容，请至少填写一行。")]
    existing = [row for row in draft.rows(code) if not draft.tables[code].blank(row)]
    total = len(checked.rows) + (len(existing) if append else 0)
    if not errors and total > table.max_rows:
        errors = [RowError(sheet.first, "", f"导入后共 {total} 行，超过上限 {table.max_rows} 行。")]
    if errors:
        return Imported(errors)
    read = [_as_typed(table.columns, row) for row in checked.rows]
    rows = [*existing, *read] if append else _with_known_keys(read, existing, NAMED_BY[code])
    save_values(draft.detail, {code: rows}, version, actor)
    return Imported([], len(read))


def template_file(draft: Draft, code: str) -> bytes:
    """The empty table as .xlsx."""
    return sheets.workbook_of(plain_table(draft, code))


def export_file(draft: Draft, code: str) -> bytes:
    """The table as it stands, in the template's form."""
    table = plain_table(draft, code)
    rows = [row for row in draft.rows(code) if not draft.tables[code].blank(row)]
    cells = [[column.display(str(row.get(column.name, ""))) for column in table.columns] for row in rows]
    return sheets.workbook_of(table, cells)


def _as_typed(columns: Sequence[Column], cleaned: Mapping[str, Any]) -> dict[str, str]:
    typed = {"key": ""}
    for column in columns:
        value = cleaned[column.name]
        shifted = column.kind in ("fen", "hundredths") and value is not None
        typed[column.name] = "" if value is None else decimal_text(value, 2) if shifted else str(value)
    return typed


def _with_known_keys(
    rows: list[dict[str, str]], existing: Sequence[Mapping[str, str]], name: str
) -> list[dict[str, str]]:
    free = {index: row for index, row in enumerate(existing) if row.get("key")}
    for row in rows:
        found = next((at for at, old in free.items() if old.get(name) == row[name]), None)
        if found is not None:
            row["key"] = str(free.pop(found)["key"])
    return rows

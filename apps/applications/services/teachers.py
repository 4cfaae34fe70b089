"""The teachers' table from and to a spreadsheet: a template, a file or pasted rows, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from apps.accounts.actors import Actor
from apps.applications.models import Application, ApplicationSection
from apps.applications.sections.faculty import TEACHERS
from apps.applications.services.filling import load_form, save_section
from apps.cases import sheets
from apps.cases.sheets import Sheet
from apps.cases.tables import RowError
from apps.cases.workbooks import NotReadable as FileUnreadable

__all__ = ["FileUnreadable", "Imported", "Sheet", "export_file", "from_file", "from_text", "import_teachers"]

SECTION = "faculty"


@dataclass(frozen=True)
class Imported:
    """``errors`` empty: ``section`` is saved and holds ``count`` rows; else nothing has changed."""

    errors: list[RowError]
    count: int = 0
    section: ApplicationSection | None = None


def import_teachers(application: Application, sheet: Sheet, version: int, actor: Actor, *, append: bool) -> Imported:
    """Put the rows of ``sheet`` in place of the table, or behind it; nothing at all when one of them is wrong.

    Raises SectionConflict, WrongState and NotPermitted as save_section does.
    """
    checked = TEACHERS.check(sheet.rows, sheet.first)
    errors = sorted([*sheet.errors, *checked.errors], key=lambda error: error.row)
    if not errors and not checked.filled:
        errors = [RowError(sheet.first, "", "没有可导入的内容，请至少填写一行。")]
    if errors:
        return Imported(errors)
    data = dict(load_form(application).data(SECTION))
    existing = list(data.get(TEACHERS.code) or []) if append else []
    rows = existing + [_as_stored(row) for row in checked.rows]
    if len(rows) > TEACHERS.max_rows:
        return Imported([RowError(sheet.first, "", f"导入后共 {len(rows)} 行，超过上限 {TEACHERS.max_rows} 行。")])
    data[TEACHERS.code] = rows
    return Imported([], len(checked.rows), save_section(application, SECTION, data, version, actor))


def _as_stored(row: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in row.items()}


def from_text(text: str) -> Sheet:
    """Rows pasted from a spreadsheet: columns parted by tabs, with or without the head."""
    return sheets.from_text(TEACHERS, text)


def from_file(upload: UploadedFile) -> Sheet:
    """Rows of the first sheet of an .xlsx file. Raises FileUnreadable."""
    return sheets.from_file(TEACHERS, upload)


def template_file() -> bytes:
    """The empty table as .xlsx."""
    return sheets.workbook_of(TEACHERS)


def export_file(application: Application) -> bytes:
    """The table as it is stored, in the template's form."""
    rows = load_form(application).section(SECTION).rows(TEACHERS.code)
    cells = [[column.display(str(row.get(column.name, ""))) for column in TEACHERS.columns] for row in rows]
    return sheets.workbook_of(TEACHERS, cells)

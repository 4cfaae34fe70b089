"""The teachers' table from and to a spreadsheet: a template, a file or pasted rows, all of them or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from apps.accounts.actors import Actor
from apps.applications.models import Application, ApplicationSection
from apps.applications.sections.faculty import TEACHERS
from apps.applications.sections.tables import RowError
from apps.applications.services.filling import load_form, save_section
from apps.cases.workbooks import NotReadable as FileUnreadable
from apps.cases.workbooks import check_workbook

SECTION = "faculty"
MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
_LABELS = {column.label: column.name for column in TEACHERS.columns}


@dataclass(frozen=True)
class Sheet:
    """Rows read from a spreadsheet as raw text; ``first`` is the number of the first one there."""

    rows: list[dict[str, str]] = field(default_factory=list)
    first: int = 1
    errors: list[RowError] = field(default_factory=list)


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
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\x00", "")), delimiter="\t"))
    except csv.Error:
        return Sheet(errors=[RowError(1, "", "粘贴的内容不是表格，请在 Excel 中选中单元格后复制。")])
    return _sheet(lines)


def from_file(upload: UploadedFile) -> Sheet:
    """Rows of the first sheet of an .xlsx file. Raises FileUnreadable."""
    check_workbook(upload, MOST_BYTES)
    try:
        workbook = load_workbook(upload, read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        lines, errors = _read(sheet.iter_rows(max_row=MOST_LINES + 1, max_col=50))
        workbook.close()
    except Exception as error:
        raise FileUnreadable("文件无法读取，请用本页的模板填写，另存为 .xlsx 后再上传。") from error
    if len(lines) > MOST_LINES:
        raise FileUnreadable(f"工作表超过 {MOST_LINES} 行，请删去名单以外的内容后再上传。")
    read = _sheet(lines)
    return Sheet(read.rows, read.first, [*read.errors, *errors])


def _read(rows: Iterable[Sequence[Any]]) -> tuple[list[list[str]], list[RowError]]:
    lines, errors = [], []
    for number, row in enumerate(rows, start=1):
        line = []
        for cell in row:
            if cell.data_type == "f":
                label = _column_label(len(line))
                errors.append(RowError(number, label, "单元格是公式，请改为填写内容。"))
            line.append(_text(cell.value))
        lines.append(line)
    return lines, errors


def _column_label(position: int) -> str:
    return TEACHERS.columns[position].label if position < len(TEACHERS.columns) else f"第 {position + 1} 列"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _sheet(lines: list[list[str]]) -> Sheet:
    """Columns by the head where there is one, in any order; else in the template's order."""
    names = [column.name for column in TEACHERS.columns]
    first, head = 1, _head(lines[0]) if lines else None
    if head is not None:
        unknown = [label for label in head if label and label not in _LABELS]
        lacking = [c.label for c in TEACHERS.columns if c.required and c.label not in head]
        if unknown or lacking:
            return Sheet(errors=[RowError(1, "", _head_message(unknown, lacking))])
        names, first, lines = [_LABELS.get(label, "") for label in head], 2, lines[1:]
    rows, errors = [], []
    for number, line in enumerate(lines, start=first):
        surplus = [cell for cell in line[len(names) :] if cell.strip()]
        if surplus:
            errors.append(
                RowError(number, "", f"有 {len(line)} 列，应为 {len(names)} 列；多出的内容是“{surplus[0][:20]}”。")
            )
        rows.append({name: cell.strip() for name, cell in zip(names, line, strict=False) if name})
    return Sheet(TEACHERS.trimmed(rows), first, errors)


def _head(line: list[str]) -> list[str] | None:
    labels = [cell.strip().removesuffix("*") for cell in line]
    return labels if sum(label in _LABELS for label in labels) >= 2 else None


def _head_message(unknown: list[str], lacking: list[str]) -> str:
    parts = []
    if unknown:
        parts.append(f"不认识的列名“{'”“'.join(unknown)}”")
    if lacking:
        parts.append(f"缺少列“{'”“'.join(lacking)}”")
    return "；".join(parts) + f"。列名应为{'、'.join(_LABELS)}。"


def template_file() -> bytes:
    """The empty table as .xlsx: a head, a list to choose from, and a sheet that says what each column takes."""
    return _workbook([])


def export_file(application: Application) -> bytes:
    """The table as it is stored, in the template's form."""
    rows = load_form(application).section(SECTION).rows(TEACHERS.code)
    return _workbook([[column.display(str(row.get(column.name, ""))) for column in TEACHERS.columns] for row in rows])


def _workbook(rows: list[list[str]]) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = TEACHERS.title
    sheet.append([column.label + ("*" if column.required else "") for column in TEACHERS.columns])
    for number, row in enumerate(rows, start=2):
        for position, value in enumerate(row, start=1):
            cell = sheet.cell(number, position)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in tuple("=+-@")
    _dress(sheet)
    notes = workbook.create_sheet("填写说明")
    notes.append(["列", "是否必填", "要求"])
    for column in TEACHERS.columns:
        notes.append([column.label, "必填" if column.required else "可不填", column.expected])
    notes.append(["行数", "", f"最多 {TEACHERS.max_rows} 行；不要使用公式"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _dress(sheet: Any) -> None:
    for position, column in enumerate(TEACHERS.columns, start=1):
        head = sheet.cell(1, position)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = 22
        if column.kind == "choice":
            options = DataValidation(
                type="list", formula1=f'"{",".join(label for _, label in column.choices)}"', allow_blank=True
            )
            options.add(f"{head.column_letter}2:{head.column_letter}{TEACHERS.max_rows + 1}")
            sheet.add_data_validation(options)
    sheet.freeze_panes = "A2"

"""A table from and to a spreadsheet: a template, a file or pasted rows; every wrong cell is named by its row."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from apps.cases.tables import RowError, Table
from apps.cases.workbooks import NotReadable, check_workbook

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000


@dataclass(frozen=True)
class Sheet:
    """Rows read from a spreadsheet as raw text; ``first`` is the number of the first one there."""

    rows: list[dict[str, str]] = field(default_factory=list)
    first: int = 1
    errors: list[RowError] = field(default_factory=list)


def from_text(table: Table, text: str) -> Sheet:
    """Rows pasted from a spreadsheet: columns parted by tabs, with or without the head."""
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\x00", "")), delimiter="\t"))
    except csv.Error:
        return Sheet(errors=[RowError(1, "", "粘贴的内容不是表格，请在 Excel 中选中单元格后复制。")])
    return from_lines(table, lines)


def from_file(table: Table, upload: UploadedFile) -> Sheet:
    """Rows of the first sheet of an .xlsx file. Raises NotReadable."""
    check_workbook(upload, MOST_BYTES)
    try:
        workbook = load_workbook(upload, read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        lines, errors = _read(table, sheet.iter_rows(max_row=MOST_LINES + 1, max_col=50))
        workbook.close()
    except Exception as error:
        raise NotReadable("文件无法读取，请用本页的模板填写，另存为 .xlsx 后再上传。") from error
    if len(lines) > MOST_LINES:
        raise NotReadable(f"工作表超过 {MOST_LINES} 行，请删去名单以外的内容后再上传。")
    read = from_lines(table, lines)
    return Sheet(read.rows, read.first, [*read.errors, *errors])


def from_lines(table: Table, lines: list[list[str]]) -> Sheet:
    """Columns by the head where there is one, in any order; else in the template's order."""
    labels = {column.label: column.name for column in table.columns}
    names = [column.name for column in table.columns]
    first, head = 1, _head(labels, lines[0]) if lines else None
    if head is not None:
        unknown = [label for label in head if label and label not in labels]
        lacking = [c.label for c in table.columns if c.required and c.label not in head]
        if unknown or lacking:
            return Sheet(errors=[RowError(1, "", _head_message(labels, unknown, lacking))])
        names, first, lines = [labels.get(label, "") for label in head], 2, lines[1:]
    rows, errors = [], []
    for number, line in enumerate(lines, start=first):
        surplus = [cell for cell in line[len(names) :] if cell.strip()]
        if surplus:
            errors.append(
                RowError(number, "", f"有 {len(line)} 列，应为 {len(names)} 列；多出的内容是“{surplus[0][:20]}”。")
            )
        rows.append({name: cell.strip() for name, cell in zip(names, line, strict=False) if name})
    return Sheet(table.trimmed(rows), first, errors)


def workbook_of(table: Table, rows: Iterable[Sequence[str]] = ()) -> bytes:
    """The table as .xlsx: a head, lists to choose from, ``rows`` of text, and a sheet that says what columns take."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = table.title
    sheet.append([column.label + ("*" if column.required else "") for column in table.columns])
    for number, row in enumerate(rows, start=2):
        for position, value in enumerate(row, start=1):
            cell = sheet.cell(number, position)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in tuple("=+-@")
    _dress(table, sheet)
    notes = workbook.create_sheet("填写说明")
    notes.append(["列", "是否必填", "要求"])
    for column in table.columns:
        notes.append([column.label, "必填" if column.required else "可不填", column.expected])
    notes.append(["行数", "", f"最多 {table.max_rows} 行；不要使用公式"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def cell_text(value: Any) -> str:
    """A spreadsheet cell's value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _read(table: Table, rows: Iterable[Sequence[Any]]) -> tuple[list[list[str]], list[RowError]]:
    lines, errors = [], []
    for number, row in enumerate(rows, start=1):
        line: list[str] = []
        for cell in row:
            if cell.data_type == "f":
                errors.append(RowError(number, _column_label(table, len(line)), "单元格是公式，请改为填写内容。"))
            line.append(cell_text(cell.value))
        lines.append(line)
    return lines, errors


def _column_label(table: Table, position: int) -> str:
    return table.columns[position].label if position < len(table.columns) else f"第 {position + 1} 列"


def _head(labels: dict[str, str], line: list[str]) -> list[str] | None:
    found = [cell.strip().removesuffix("*") for cell in line]
    return found if sum(label in labels for label in found) >= 2 else None


def _head_message(labels: dict[str, str], unknown: list[str], lacking: list[str]) -> str:
    parts = []
    if unknown:
        parts.append(f"不认识的列名“{'”“'.join(unknown)}”")
    if lacking:
        parts.append(f"缺少列“{'”“'.join(lacking)}”")
    return "；".join(parts) + f"。列名应为{'、'.join(labels)}。"


def _dress(table: Table, sheet: Any) -> None:
    for position, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, position)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = 22
        if column.kind == "choice":
            options = DataValidation(
                type="list", formula1=f'"{",".join(label for _, label in column.choices)}"', allow_blank=True
            )
            options.add(f"{head.column_letter}2:{head.column_letter}{table.max_rows + 1}")
            sheet.add_data_validation(options)
    sheet.freeze_panes = "A2"

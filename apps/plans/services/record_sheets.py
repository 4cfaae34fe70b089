"""The list of trainees from and to a spreadsheet: a hundred thousand rows, read as they come."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from apps.cases import sheets
from apps.cases.sheets import Sheet
from apps.cases.tables import RowError, Table
from apps.cases.workbooks import MEGABYTE, NotReadable, check_workbook
from apps.plans.services.record_rows import MOST_ROWS, NUMERIC, hide_numbers

MOST_BYTES = 30 * MEGABYTE
MOST_UNPACKED = 300 * MEGABYTE
MOST_COLUMNS = 20
_LOST_DIGITS = 10**15
"""Numbers from here on a spreadsheet keeps only the first fifteen digits of."""


def check_file(file: BinaryIO) -> None:
    """Raise NotReadable unless ``file`` is a spreadsheet of a size that is read here."""
    check_workbook(file, MOST_BYTES, MOST_UNPACKED)


def read(table: Table, content: bytes) -> Sheet:
    """The rows of the first sheet as raw text; a formula is an error of its row. Raises NotReadable."""
    lines: list[list[str]] = []
    errors: list[RowError] = []
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        cells = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        for number, row in enumerate(cells, start=1):
            line = [_text(value) for value in row]
            if any(cell[:1] == "=" for cell in line):
                errors.append(RowError(number, "", "单元格是公式，请改为填写内容。"))
            lines.append(line)
        workbook.close()
    except Exception as error:  # openpyxl raises whatever its parsers do on a file that is no workbook
        raise NotReadable("文件无法读取，请用本页的模板填写，另存为 .xlsx 后再上传。") from error
    while lines and not any(lines[-1]):
        lines.pop()
    if len(lines) > MOST_ROWS + 1:
        raise NotReadable(f"工作表超过 {MOST_ROWS} 行，请分成几个文件上传。")
    found = sheets.from_lines(table, lines)
    shown = [RowError(error.row, error.column, hide_numbers(error.message)) for error in found.errors]
    return Sheet(found.rows, found.first, shown + errors)


def template(table: Table) -> bytes:
    """An empty list as .xlsx with the columns' heads; the column of numbers is text, so that no digit is lost."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = table.title
    sheet.append([column.label + ("*" if column.required else "") for column in table.columns])
    for position in range(1, len(table.columns) + 1):
        head = sheet.cell(1, position)
        head.font = Font(bold=True)
        width = sheet.column_dimensions[head.column_letter]
        width.width, width.number_format = 24, "@"
    sheet.freeze_panes = "A2"
    notes = workbook.create_sheet("填写说明")
    notes.append(["列", "是否必填", "要求"])
    for column in table.columns:
        notes.append([column.label, "必填" if column.required else "可不填", column.expected])
    notes.append(["证件类型", "", "不填即为居民身份证"])
    notes.append(["科目", "", "不填即为本项目的科目"])
    notes.append(["行数", "", f"最多 {table.max_rows} 行；不要使用公式；证件号码一列须为文本"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LOST_DIGITS:
        return NUMERIC
    return sheets.cell_text(value)

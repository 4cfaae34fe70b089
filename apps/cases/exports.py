"""Lists as CSV and Excel files whose cells a spreadsheet never takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

MOST_ROWS = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cells = Sequence[object]


def safe_cell(value: object) -> object:
    """``value`` as it may stand in a spreadsheet: text that would start a formula gets an apostrophe before it.

    Control characters, which make a workbook unreadable, are left out.
    """
    if value is None or isinstance(value, int):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def csv_response(name: str, head: Cells, rows: Iterable[Cells]) -> HttpResponse:
    """The rows as UTF-8 CSV with a byte order mark, so that office programs show Chinese."""
    target = io.StringIO("\ufeff")
    target.seek(0, io.SEEK_END)
    csv.writer(target).writerows([safe_cell(cell) for cell in cells] for cells in (head, *rows))
    response = HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = _disposition(name, "csv")
    return response


def xlsx_response(name: str, head: Cells, rows: Iterable[Cells]) -> HttpResponse:
    """The rows as an Excel workbook of one sheet, its first line frozen."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.freeze_panes = "A2"
    for cells in (head, *rows):
        sheet.append([safe_cell(cell) for cell in cells])
    target = io.BytesIO()
    book.save(target)
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = _disposition(name, "xlsx")
    return response


def _disposition(name: str, suffix: str) -> str:
    return f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.{suffix}"'

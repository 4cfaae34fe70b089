"""Vouchers of a report from and to a spreadsheet: all rows of a file or none, every wrong cell named by its row."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile

from apps.accounts.actors import Actor
from apps.cases import sheets
from apps.cases.sheets import Sheet
from apps.cases.tables import RowError
from apps.cases.workbooks import NotReadable
from apps.subsidies.models import SpendingReport
from apps.subsidies.services.spending import save_draft
from apps.subsidies.services.spending_checks import MOST_ROWS, Draft, same_voucher, vouchers_table

__all__ = ["Imported", "NotReadable", "export_file", "import_rows", "read_file", "read_text", "template_file"]


@dataclass(frozen=True)
class Imported:
    """How many rows were taken in, or why none was."""

    count: int = 0
    errors: list[RowError] = field(default_factory=list)


def template_file(report: SpendingReport) -> bytes:
    """An empty table as .xlsx, its lines to choose from."""
    return sheets.workbook_of(vouchers_table(report.award.lines.all(), for_file=True))


def export_file(draft: Draft) -> bytes:
    """The vouchers as typed, in the template's form."""
    table = vouchers_table(draft.lines, for_file=True)
    shown = draft.table.columns
    rows = [[column.display(str(row.get(column.name, ""))) for column in shown] for row in draft.rows]
    return sheets.workbook_of(table, rows)


def read_file(report: SpendingReport, upload: UploadedFile) -> Sheet:
    """Rows of the first sheet. Raises NotReadable."""
    return sheets.from_file(vouchers_table(report.award.lines.all()), upload)


def read_text(report: SpendingReport, text: str) -> Sheet:
    """Rows pasted from a spreadsheet."""
    return sheets.from_text(vouchers_table(report.award.lines.all()), text)


def import_rows(report: SpendingReport, sheet: Sheet, version: int, actor: Actor, *, append: bool) -> Imported:
    """Put the rows in place of those there are, or after them: all, or none where one is wrong.

    Sums against what was paid, days and scans are told on the report itself and hold up its submission alone.
    Raises ReportConflict and WrongState as saving does.
    """
    table = vouchers_table(report.award.lines.all())
    codes = {label: code for code, label in table.columns[2].choices}
    checked = table.check(sheet.rows, sheet.first)
    kept = [row for row in Draft(report).rows if not table.blank(row)] if append else []
    rows = [row for row in sheet.rows if not table.blank(row)]
    errors = [*sheet.errors, *checked.errors, *_doubles(kept, sheet, codes)]
    if not rows and not errors:
        errors.append(RowError(sheet.first, "", "没有凭证。"))
    if len(kept) + len(rows) > MOST_ROWS and len(rows) <= MOST_ROWS:
        errors.append(RowError(sheet.first, "", f"连同已有的 {len(kept)} 行，最多 {MOST_ROWS} 行。"))
    if errors:
        return Imported(errors=sorted(errors, key=lambda error: error.row))
    names = [column.name for column in table.columns]
    taken = [{name: str(row.get(name, "")) for name in names} for row in rows]
    for row in taken:
        row["line"] = _line(row, codes)
    save_draft(report, {"rows": [*kept, *taken]}, version, actor)
    return Imported(len(taken))


def _doubles(kept: list[dict[str, str]], sheet: Sheet, codes: dict[str, str]) -> list[RowError]:
    """Vouchers twice for a line, in the file or against the rows that stay."""
    seen: dict[tuple[str, str], str] = {}
    for row in kept:
        seen[_line(row, codes), same_voucher(row.get("voucher", ""))] = "已有的行"
    errors = []
    for number, row in enumerate(sheet.rows, start=sheet.first):
        key = (_line(row, codes), same_voucher(row.get("voucher", "")))
        if not key[1]:
            continue
        if key in seen:
            errors.append(RowError(number, "凭证号", f"与{seen[key]}重复：同一项目的同一凭证只能报一次。"))
        seen.setdefault(key, f"第 {number} 行")
    return errors


def _line(row: dict[str, str], codes: dict[str, str]) -> str:
    return codes.get(row.get("line", ""), row.get("line", ""))

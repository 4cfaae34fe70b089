"""Experts from a spreadsheet: read row by row, every error named with its row and column, nothing half-imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from openpyxl import load_workbook

from apps.cases.workbooks import NotReadable, check_workbook
from apps.cases.workflow import Blocked, Problem
from apps.panels.forms import ExpertForm
from apps.panels.services.experts import ExpertDetails

COLUMNS = (
    ("username", "账号"),
    ("name", "姓名"),
    ("employer_name", "工作单位"),
    ("employer_code", "单位统一社会信用代码"),
    ("fields_text", "专业领域"),
    ("title", "职称或职务"),
    ("phone", "手机"),
)
MOST_ROWS = 500
MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Sheet:
    """The experts read, and what was wrong: a message per cell, naming row and column."""

    experts: tuple[ExpertDetails, ...]
    problems: tuple[Problem, ...]


def read_experts(file: BinaryIO) -> Sheet:
    """Read the first sheet of an xlsx file whose first row has the columns' names. Raises Blocked if it is none."""
    rows = _rows(file)
    head = [cell.strip() for cell in rows[0]] if rows else []
    missing = [label for name, label in COLUMNS if label not in head and name in ("username", "name", "employer_name")]
    if missing:
        raise Blocked(Problem("columns_missing", f"首行应为列名，缺少：{'、'.join(missing)}。", where="file"))
    if len(rows) - 1 > MOST_ROWS:
        raise Blocked(
            Problem("too_many_rows", f"一次最多导入 {MOST_ROWS} 人，文件有 {len(rows) - 1} 行。", where="file")
        )
    experts, problems = [], []
    labels = dict(COLUMNS)
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        values = dict(zip(head, row, strict=False))
        form = ExpertForm({name: values.get(label, "") for name, label in COLUMNS})
        if form.is_valid():
            experts.append(form.details())
        for name, errors in form.errors.items():
            text = "；".join(map(str, errors))
            problems.append(Problem("cell", f"第 {number} 行“{labels.get(name, name)}”：{text}", where="file"))
    if not experts and not problems:
        raise Blocked(Problem("sheet_empty", "文件中没有专家。", where="file"))
    return Sheet(tuple(experts), tuple(problems))


def _rows(file: BinaryIO) -> list[list[str]]:
    try:
        check_workbook(file, MOST_BYTES)
    except NotReadable as error:
        raise Blocked(Problem("not_xlsx", str(error), where="file")) from None
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        found = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=30, values_only=True)
        return [["" if cell is None else str(cell).strip() for cell in row] for row in found]
    except Exception:  # openpyxl raises whatever its parsers do on a file that is no workbook
        raise Blocked(Problem("not_xlsx", "文件不是可读取的 Excel（xlsx）表格。", where="file")) from None

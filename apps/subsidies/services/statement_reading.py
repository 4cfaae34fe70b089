"""Reading a bank's statement file as banks write them: any head in the first rows, GBK or UTF-8, totals at the end."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from openpyxl import load_workbook
from openpyxl.utils.datetime import from_excel

from apps.cases.tables import RowError
from apps.cases.workbooks import NotReadable, check_workbook
from apps.subsidies.enums import BankDirection

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 5000
HEAD_WITHIN = 30
LARGEST_FEN = 10**15
EXACT = 10**15
"""Beyond this a spreadsheet no longer keeps every digit of a number."""
_COLUMNS = {
    "on": ("交易日期", "记账日期", "入账日期", "交易时间", "交易日", "记账日", "日期"),
    "reference": (
        "银行流水号",
        "交易流水号",
        "流水号",
        "核心流水号",
        "交易流水",
        "交易参考号",
        "业务流水号",
        "账户明细编号-交易流水号",
    ),
    "out": ("借方发生额", "借方金额", "支出金额", "支出", "付款金额", "转出金额", "借方"),
    "in": ("贷方发生额", "贷方金额", "收入金额", "收入", "收款金额", "转入金额", "贷方"),
    "amount": ("交易金额", "发生额", "金额"),
    "direction": ("借贷标志", "借贷方向", "借贷", "收支", "收付标志", "收支方向", "交易方向"),
    "counterparty": ("对方户名", "对方名称", "对方账户名称", "对方单位名称", "对方单位", "收款人名称", "交易对方"),
    "counterparty_account": ("对方账号", "对方账户", "对方单位账号", "收款人账号"),
    "memo": ("摘要", "用途", "附言", "备注"),
}
_BY_LABEL = {label: name for name, labels in _COLUMNS.items() for label in labels}
_DIRECTIONS = {
    "借": BankDirection.OUT, "借方": BankDirection.OUT, "支": BankDirection.OUT, "支出": BankDirection.OUT,
    "付": BankDirection.OUT, "付款": BankDirection.OUT, "转出": BankDirection.OUT, "d": BankDirection.OUT,
    "贷": BankDirection.IN, "贷方": BankDirection.IN, "收": BankDirection.IN, "收入": BankDirection.IN,
    "收款": BankDirection.IN, "转入": BankDirection.IN, "c": BankDirection.IN,
}  # fmt: skip
_TOTALS = re.compile(
    r"(本页|本期|本月|累计|借方|贷方|支出|收入)?(合计|总计|小计)|承前|过次|期[初末]|上期|总笔数|以下空白|打印"
)
_BRACKETS = re.compile(r"[(\[/].*$")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_DAY = re.compile(
    r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?(?:[ T]*[0-9]{1,2}:?[0-9]{2}(:?[0-9]{2})?(\.[0-9]+)?)?"
)
_SERIAL = re.compile(r"[3-6][0-9]{4}(\.[0-9]+)?")
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]*)?|-?\.[0-9]+")
_SCIENTIFIC = re.compile(r"[0-9.]+[eE]\+?[0-9]+")
_TINY = Decimal("0.000001")


@dataclass(frozen=True)
class StatementLine:
    """One transaction: ``row`` as the file numbers it, the sum in fen."""

    row: int
    on: dt.date
    direction: str
    amount_fen: int
    reference: str
    counterparty: str = ""
    counterparty_account: str = ""
    memo: str = ""

    @property
    def key(self) -> tuple[str, dt.date, str, int]:
        """What makes the line known once in an authority."""
        return (self.reference, self.on, str(self.direction), self.amount_fen)


@dataclass(frozen=True)
class Reading:
    """What a file says: its transactions, and everything that could not be understood."""

    lines: list[StatementLine] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True)
class _Head:
    at: int
    places: dict[str, int]
    labels: dict[str, str]


class Formula(str):
    """The text of a cell that computes: its value is not the bank's word."""


def read(upload: UploadedFile, today: dt.date) -> Reading:
    """The transactions of an .xlsx or .csv file. Raises NotReadable where it is no statement at all."""
    content = upload.read()
    upload.seek(0)
    if not content:
        raise NotReadable("文件是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        raise NotReadable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请按月份分别导出后再上传。")
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise NotReadable("旧版 .xls 文件请先用表格软件另存为 .xlsx 再上传。")
    rows = _workbook_rows(upload) if content[:2] == b"PK" else _text_rows(content)
    return read_rows(rows, today)


def read_rows(rows: Sequence[Sequence[str]], today: dt.date) -> Reading:
    """The transactions of a file's cells as text; rows before the head, blank ones and totals are passed over."""
    head = _find_head(rows)
    if len(rows) - head.at > MOST_LINES + 50:
        raise NotReadable(f"明细超过 {MOST_LINES} 行，请按较短的期间分别导出后再上传。")
    lines: list[StatementLine] = []
    errors: list[RowError] = []
    seen: dict[tuple[str, dt.date, str, int], int] = {}
    for number, row in enumerate(rows[head.at + 1 :], start=head.at + 2):
        if _is_no_transaction(row, head):
            continue
        line, wrong = _line(number, row, head, today)
        if line is not None and line.key in seen:
            wrong = [RowError(number, "", f"与第 {seen[line.key]} 行的流水号、日期、收支和金额都相同，请核对原文件。")]
        if line is None or wrong:
            errors += wrong
            continue
        seen[line.key] = number
        lines.append(line)
    if not lines and not errors:
        raise NotReadable("文件中没有交易明细。")
    return Reading(lines, errors)


def _workbook_rows(upload: UploadedFile) -> list[list[str]]:
    check_workbook(upload, MOST_BYTES)
    try:
        workbook = load_workbook(upload, read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        rows = [[_cell(cell) for cell in row] for row in sheet.iter_rows(max_row=MOST_LINES + 100, max_col=60)]
        workbook.close()
    except Exception as error:
        raise NotReadable("文件无法读取，请从网上银行重新导出，另存为 .xlsx 或 .csv 后再上传。") from error
    return rows


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return _unquoted(Formula(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    return _unquoted(str(value))


def _text_rows(content: bytes) -> list[list[str]]:
    text = _decoded(content).replace("\x00", "")
    sample = "\n".join(text.splitlines()[:HEAD_WITHIN])
    delimiter = max((",", "\t", ";", "|"), key=sample.count)
    try:
        return [
            [_unquoted(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise NotReadable("文件不是可读取的 .csv 表格，请从网上银行重新导出。") from error


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotReadable("文件的文字编码无法识别，请另存为 .xlsx，或存为 UTF-8、GBK 编码的 .csv。")


def _unquoted(text: str) -> str:
    """``text`` without what exports add to keep numbers as text: a leading apostrophe, ="…", tabs around."""
    kind = Formula if isinstance(text, Formula) else str
    bare = text.strip().strip("\t\u3000\ufeff ")
    match = _TEXT_FORMULA.fullmatch(bare)
    if match:
        return match[1].strip()
    if bare.startswith("'"):
        return bare[1:].strip()
    if bare.startswith("="):
        return Formula(bare)
    return kind(bare)


def _find_head(rows: Sequence[Sequence[str]]) -> _Head:
    for at, row in enumerate(rows[:HEAD_WITHIN]):
        places: dict[str, int] = {}
        labels: dict[str, str] = {}
        ranks: dict[str, int] = {}
        for place, cell in enumerate(row):
            label = _label(cell)
            name = _BY_LABEL.get(label)
            if name is None:
                continue
            rank = _COLUMNS[name].index(label)
            if rank < ranks.get(name, len(_BY_LABEL)):  # where two columns would do, the one banks mean more often
                places[name], labels[name], ranks[name] = place, cell.strip(), rank
        if {"on", "reference"} <= set(places) and ({"out", "in"} <= set(places) or "amount" in places):
            return _Head(at, places, labels)
    raise NotReadable(
        f"前 {HEAD_WITHIN} 行中没有找到表头。表头须有交易日期、流水号，以及借方、贷方金额（或者金额和借贷标志）各列。"
    )


def _label(cell: str) -> str:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).strip("*'")
    return text if text in _BY_LABEL else _BRACKETS.sub("", text)


def _is_no_transaction(row: Sequence[str], head: _Head) -> bool:
    """A blank row, a repeated head, or a line of totals: it has no reference, and says so or has no day."""
    filled = [cell for cell in row if cell]
    if not filled:
        return True
    if _label(_at(row, head, "reference")) == _label(head.labels["reference"]):
        return True
    without = not _at(row, head, "reference")
    return without and (bool(_TOTALS.search("".join(filled[:2]))) or (not _at(row, head, "on") and len(filled) <= 1))


def _at(row: Sequence[str], head: _Head, name: str) -> str:
    place = head.places.get(name)
    return row[place] if place is not None and place < len(row) else ""


def _line(number: int, row: Sequence[str], head: _Head, today: dt.date) -> tuple[StatementLine | None, list[RowError]]:
    wrong: list[RowError] = []
    for name, label in head.labels.items():
        if isinstance(_at(row, head, name), Formula):
            wrong.append(RowError(number, label, "单元格是公式，不能作为银行记录，请从网上银行重新导出。"))
    if wrong:
        return None, wrong
    on = _day(_at(row, head, "on"))
    if on is None:
        wrong.append(RowError(number, head.labels["on"], f"“{_at(row, head, 'on')[:30]}”不是日期。"))
    elif on > today:
        wrong.append(RowError(number, head.labels["on"], f"{on.isoformat()}晚于今天。"))
    reference = unicodedata.normalize("NFKC", _at(row, head, "reference"))
    if not reference:
        wrong.append(RowError(number, head.labels["reference"], "没有流水号，不能核对。"))
    elif _SCIENTIFIC.fullmatch(reference):
        told = f"“{reference}”是科学计数，后面的数字已丢失，请从网上银行重新导出，该列用文本格式。"
        wrong.append(RowError(number, head.labels["reference"], told))
    elif len(reference) > 64:
        wrong.append(RowError(number, head.labels["reference"], "流水号超过 64 位。"))
    direction, fen, problem = _sum(row, head)
    if problem is not None:
        wrong.append(RowError(number, *problem))
    if wrong or on is None:
        return None, wrong
    names = {name: _at(row, head, name) for name in ("counterparty", "counterparty_account", "memo")}
    lengths = {"counterparty": 100, "counterparty_account": 40, "memo": 200}
    cut = {name: text[: lengths[name]] for name, text in names.items()}
    return StatementLine(number, on, direction, fen, reference, **cut), []


def _sum(row: Sequence[str], head: _Head) -> tuple[str, int, tuple[str, str] | None]:
    """Direction and fen of a row, or the column and what is wrong with it."""
    if "out" in head.places and "in" in head.places:
        return _two_columns(row, head)
    text, label = _at(row, head, "amount"), head.labels["amount"]
    fen = to_fen(text)
    if not fen:
        return "", 0, (label, f"“{text[:30]}”不是金额。" if fen is None else "金额为零。")
    if "direction" not in head.places:
        return (BankDirection.OUT if fen < 0 else BankDirection.IN), abs(fen), None
    told = _at(row, head, "direction")
    direction = _DIRECTIONS.get(unicodedata.normalize("NFKC", told).strip().lower())
    if direction is None:
        return "", 0, (head.labels["direction"], f"“{told[:10]}”不能识别，应为借、贷，或者支出、收入。")
    return (_other(direction) if fen < 0 else direction), abs(fen), None


def _two_columns(row: Sequence[str], head: _Head) -> tuple[str, int, tuple[str, str] | None]:
    """Sums in a column each; a negative sum is a correction in red and counts the other way."""
    sums = {}
    for name in ("out", "in"):
        text = _at(row, head, name)
        fen = to_fen(text) if text and text not in ("-", "—", "--") else 0
        if fen is None:
            return "", 0, (head.labels[name], f"“{text[:30]}”不是金额。")
        sums[name] = fen
    if bool(sums["out"]) == bool(sums["in"]):
        told = "借方和贷方都有金额。" if sums["out"] else "借方和贷方都没有金额。"
        return "", 0, (f"{head.labels['out']}、{head.labels['in']}", told)
    direction = BankDirection.OUT if sums["out"] else BankDirection.IN
    fen = sums["out"] or sums["in"]
    return (_other(direction) if fen < 0 else direction), abs(fen), None


def _other(direction: str) -> str:
    return BankDirection.IN if direction == BankDirection.OUT else BankDirection.OUT


def to_fen(text: str) -> int | None:
    """A sum as banks write it, in fen: 1,234.50, ￥1234.5, (12.00) for minus; None where it is none. Never rounded."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    plain = plain.removeprefix("人民币").removeprefix("CNY").removeprefix("RMB").replace("¥", "").removesuffix("元")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    plain = plain.removeprefix("+")
    if not _AMOUNT.fullmatch(plain):
        return None
    try:
        exact = Decimal(plain) * 100
    except InvalidOperation:
        return None
    whole = exact.to_integral_value()
    # A workbook keeps 75000.01 as the nearest binary number; what differs by more than that is not a sum of fen.
    if abs(exact - whole) > _TINY or abs(whole) > LARGEST_FEN:
        return None
    return int(whole)


def _day(text: str) -> dt.date | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    if _SERIAL.fullmatch(plain):
        found = from_excel(float(plain))
        return found.date() if isinstance(found, dt.datetime) else None
    match = _DAY.fullmatch(plain)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None

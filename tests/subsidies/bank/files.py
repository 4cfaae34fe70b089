"""Statement files as banks export them, for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

HEAD = ("交易日期", "交易流水号", "借方发生额", "贷方发生额", "对方户名", "对方账号", "摘要")
TITLE = (("测试银行账户明细",), ("账号：1234", "", "币种：人民币"))


def csv_file(rows: Sequence[Sequence[Any]], *, head=HEAD, encoding="gb18030", before=TITLE, name="对账单.csv"):
    lines = [*before, head, *rows]
    text = "\r\n".join(",".join(_quoted(cell) for cell in line) for line in lines)
    return SimpleUploadedFile(name, text.encode(encoding))


def _quoted(cell: Any) -> str:
    text = str(cell)
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def xlsx_file(rows: Sequence[Sequence[Any]], *, head=HEAD, before=TITLE, name="对账单.xlsx"):
    book = Workbook()
    for line in (*before, head, *rows):
        book.active.append(list(line))
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile(name, target.getvalue())

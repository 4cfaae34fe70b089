"""Reading statement files: what banks really export is understood, and what is not is named by its row."""

import datetime as dt

import pytest

from apps.cases.workbooks import NotReadable
from apps.subsidies.services.statement_reading import StatementLine, read, to_fen
from tests.subsidies.bank.files import HEAD, csv_file, xlsx_file

TODAY = dt.date(2026, 11, 21)
DAY = dt.date(2026, 11, 3)
PAID = StatementLine(4, DAY, "out", 123_450, "R001", "示例学院", "6222000011112222333", "拨款")


def one(file):
    reading = read(file, TODAY)
    assert reading.errors == []
    [line] = reading.lines
    return line


def wrong(file):
    return [str(error) for error in read(file, TODAY).errors]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_every_encoding_banks_use(encoding):
    row = ("20261103", "R001", "1,234.50", "", "示例学院", "'6222000011112222333", "拨款")
    assert one(csv_file([row], encoding=encoding)) == PAID


@pytest.mark.parametrize(
    "day", ["2026-11-03", "2026/11/3", "2026年11月3日", "2026.11.03", "20261103", "2026-11-03 09:15:22", "46329"]
)
def test_day_is_read_in_every_form(day):
    assert one(csv_file([(day, "R001", "1", "", "甲", "", "")])).on == DAY


def test_workbook_cells_of_numbers_days_and_text_formulas_are_read():
    row = (dt.datetime.combine(DAY, dt.time()), '="R001"', 1234.5, None, "示例学院", '="6222000011112222333"', "拨款")
    assert one(xlsx_file([row])) == PAID


def test_incoming_sum_stands_in_the_other_column_and_a_red_sum_counts_the_other_way():
    rows = [("20261103", "R1", "", "50.00", "甲", "", ""), ("20261103", "R2", "-50.00", "", "乙", "", "冲正")]
    assert [(line.direction, line.amount_fen) for line in read(csv_file(rows), TODAY).lines] == [("in", 5000)] * 2


def test_one_column_of_sums_with_a_column_that_says_which_way():
    head = ("摘要", "对方账户", "借贷标志", "交易金额(元)", "流水号", "记账日期", "交易时间")
    rows = [
        ("拨款", "1", "借", "￥2,000.01", "R1", "2026-11-03", "10:11:12"),
        ("", "2", "贷", "３.５", "R2", "2026-11-03", ""),
    ]
    lines = read(csv_file(rows, head=head, before=()), TODAY).lines
    assert [(line.direction, line.amount_fen, line.on) for line in lines] == [("out", 200_001, DAY), ("in", 350, DAY)]


def test_totals_and_blank_lines_at_the_end_are_passed_over_even_as_formulas():
    rows = [
        ("20261103", "R001", "1,234.50", "", "示例学院", "6222000011112222333", "拨款"),
        ("", "", "", "", "", "", ""),
        ("合计", "", "=SUM(C4:C4)", "0.00", "", "", ""),
        ("借方合计：1笔", "", "", "", "", "", ""),
    ]
    assert one(xlsx_file(rows)) == PAID
    assert one(csv_file(rows)) == PAID


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ("20261103", "R1", "=1+1", "", "", "", ""),
            "第 4 行“借方发生额”：单元格是公式，不能作为银行记录，请从网上银行重新导出。",
        ),
        (("20261303", "R1", "1", "", "", "", ""), "第 4 行“交易日期”：“20261303”不是日期。"),
        (("20261122", "R1", "1", "", "", "", ""), "第 4 行“交易日期”：2026-11-22晚于今天。"),
        (("20261103", "", "1", "", "甲", "", ""), "第 4 行“交易流水号”：没有流水号，不能核对。"),
        (("20261103", "R1", "一千", "", "", "", ""), "第 4 行“借方发生额”：“一千”不是金额。"),
        (("20261103", "R1", "1.005", "", "", "", ""), "第 4 行“借方发生额”：“1.005”不是金额。"),
        (("20261103", "R1", "1", "1", "", "", ""), "第 4 行“借方发生额、贷方发生额”：借方和贷方都有金额。"),
        (("20261103", "R1", "", "", "", "", ""), "第 4 行“借方发生额、贷方发生额”：借方和贷方都没有金额。"),
        (
            ("20261103", "1.23457E+19", "1", "", "", "", ""),
            "第 4 行“交易流水号”：“1.23457E+19”是科学计数，后面的数字已丢失，请从网上银行重新导出，该列用文本格式。",
        ),
    ],
)
def test_row_that_is_not_understood_is_named(row, message):
    assert wrong(csv_file([row])) == [message]


def test_line_that_stands_twice_in_a_file_is_named():
    row = ("20261103", "R1", "1", "", "甲", "", "")
    assert wrong(csv_file([row, row])) == ["第 5 行：与第 4 行的流水号、日期、收支和金额都相同，请核对原文件。"]


def test_reference_a_spreadsheet_has_rounded_is_refused():
    assert "科学计数" in wrong(xlsx_file([(dt.date(2026, 11, 3), 12345678901234567890.0, 1, None, "甲", "", "")]))[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "旧版 .xls"),
        (b"PK\x03\x04garbage", "不是 .xlsx 表格"),
        ("姓名,年龄\r\n甲,3".encode(), "没有找到表头"),
        (b"\xff\xff\xff\x80\x81", "编码无法识别"),
    ],
)
def test_what_is_no_statement_is_refused_with_what_to_do(content, message):
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(NotReadable, match=message):
        read(SimpleUploadedFile("a.csv", content), TODAY)


def test_file_without_transactions_is_refused():
    with pytest.raises(NotReadable, match="没有交易明细"):
        read(csv_file([("合计", "", "0", "0", "", "", "")], head=HEAD), TODAY)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123_450), ("¥1", 100), ("12元", 1200), (".5", 50), ("(3.00)", -300), ("-0.01", -1), ("+7", 700),
        ("75000.01", 7_500_001), ("", None), ("-", None), ("1e3", None), ("1.001", None), ("１２", 1200),
    ],
)  # fmt: skip
def test_sum_is_exact_or_nothing(text, fen):
    assert to_fen(text) == fen

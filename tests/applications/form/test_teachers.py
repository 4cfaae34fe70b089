"""The teachers' table from a spreadsheet: every wrong cell is named and nothing is half imported."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.applications.services import filling, teachers
from apps.cases.tables import RowError
from tests.applications.form.building import Applicant, teacher

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "专职/兼职", "职称或职务", "所在单位", "专业领域", "学历学位"]
GOOD = ["王一", "专职", "教授", "测试学院", "材料", "博士"]


def xlsx(*rows: list) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("师资.xlsx", target.getvalue())


def stored(applicant: Applicant) -> list[dict]:
    return list(filling.load_form(applicant.application).data("faculty").get("teachers", []))


def bring(applicant: Applicant, sheet: teachers.Sheet, *, append: bool = False) -> teachers.Imported:
    version = filling.load_form(applicant.application).version("faculty")
    return teachers.import_teachers(applicant.application, sheet, version, applicant.editor, append=append)


def test_template_has_the_columns_and_no_formulas():
    book = load_workbook(io.BytesIO(teachers.template_file()))
    assert [cell.value for cell in book.worksheets[0][1]] == [
        "姓名*", "专职/兼职*", "职称或职务*", "所在单位*", "专业领域*", "学历学位",
    ]  # fmt: skip
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_file_with_a_head_in_any_order_is_imported_with_codes():
    applicant = Applicant("zibo")
    head = ["专职/兼职*", "姓名*", "所在单位", "专业领域", "职称或职务"]
    imported = bring(applicant, teachers.from_file(xlsx(head, ["兼职", "李二", "外校", "机械", "工程师"])))
    assert (imported.errors, imported.count) == ([], 1)
    assert stored(applicant) == [
        {"name": "李二", "kind": "part_time", "title": "工程师", "employer": "外校", "field": "机械", "education": ""}
    ]


def test_every_wrong_cell_is_named_by_the_row_of_the_sheet_and_nothing_is_imported():
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [teacher(1)]})
    sheet = teachers.from_file(
        xlsx(HEAD, GOOD, ["", "外聘", "教授", "测试学院", "材料", ""], [], ["赵三", "兼职", "", "测试学院", "材料", ""])
    )
    imported = bring(applicant, sheet)
    assert imported.errors == [
        RowError(3, "姓名", "不能为空，应为不超过 64 字的文字。"),
        RowError(3, "专职/兼职", "“外聘”不可识别，应为专职、兼职之一。"),
        RowError(5, "职称或职务", "不能为空，应为不超过 64 字的文字。"),
    ]
    assert stored(applicant) == [teacher(1)]


def test_formula_is_refused_and_not_computed():
    sheet = teachers.from_file(xlsx(HEAD, ["=1+1", "专职", "教授", "测试学院", "材料", ""]))
    assert sheet.errors == [RowError(2, "姓名", "单元格是公式，请改为填写内容。")]


def test_unknown_and_lacking_columns_are_named():
    sheet = teachers.from_text("姓名\t性别\t所在单位\n王一\t男\t测试学院")
    assert sheet.errors == [
        RowError(
            1,
            "",
            "不认识的列名“性别”；缺少列“专职/兼职”“职称或职务”“专业领域”。"
            "列名应为姓名、专职/兼职、职称或职务、所在单位、专业领域、学历学位。",
        )
    ]


def test_pasted_rows_can_be_added_to_those_there():
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [teacher(1)], "faculty_overview": "保留"})
    imported = bring(applicant, teachers.from_text("\t".join(GOOD) + "\n"), append=True)
    assert imported.count == 1
    assert [row["name"] for row in stored(applicant)] == ["教师1", "王一"]
    assert filling.load_form(applicant.application).data("faculty")["faculty_overview"] == "保留"


def test_two_thousand_rows_are_taken_and_one_more_is_refused():
    applicant = Applicant("zibo")
    line = "\t".join(GOOD)
    assert bring(applicant, teachers.from_text("\n".join([line] * 2000))).count == 2000
    imported = bring(applicant, teachers.from_text("\n".join([line] * 2001)))
    assert [str(error) for error in imported.errors] == ["第 2001 行：最多 2000 行，现有 2001 行。"]
    assert len(stored(applicant)) == 2000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"not a spreadsheet", b"\xd0\xcf\x11\xe0 old xls"])
def test_other_files_are_refused_with_what_to_do(content):
    with pytest.raises(teachers.FileUnreadable, match="xlsx"):
        teachers.from_file(SimpleUploadedFile("a.xlsx", content))


def test_export_writes_text_and_never_a_formula():
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [teacher(1) | {"name": "=HYPERLINK(1)"}]})
    book = load_workbook(io.BytesIO(teachers.export_file(applicant.application)))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_page_shows_the_errors_and_keeps_the_pasted_text():
    applicant = Applicant("zibo")
    client = Client()
    client.force_login(applicant.editor.user)
    url = reverse("applications:teachers_import", args=[applicant.case.number])
    response = client.post(url, {"text": "王一\t外聘\t教授\t测试学院\t材料", "version": "0", "mode": "append"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "第 1 行" in page and "“外聘”不可识别" in page and "王一\t外聘\t教授" in page
    assert stored(applicant) == []


def test_page_imports_a_file_and_tells_a_later_writer():
    applicant = Applicant("zibo")
    client = Client()
    client.force_login(applicant.editor.user)
    url = reverse("applications:teachers_import", args=[applicant.case.number])
    assert client.post(url, {"file": xlsx(HEAD, GOOD), "version": "0"}).status_code == 302
    late = client.post(url, {"file": xlsx(HEAD, GOOD, GOOD), "version": "0"})
    assert late.status_code == 409
    assert "已被他人修改" in late.content.decode()
    assert len(stored(applicant)) == 1


def test_long_table_is_shown_in_part_and_survives_saving_the_page():
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [teacher(n) for n in range(301)]})
    client = Client()
    client.force_login(applicant.editor.user)
    url = reverse("applications:form_section", args=[applicant.case.number, "faculty"])
    page = client.get(url)
    assert "共 301 行，以下为前 50 行" in page.content.decode()
    client.post(url, {"faculty_overview": "队伍稳定", "version": "1"})
    assert len(stored(applicant)) == 301

"""Files made to hurt: packed bombs, names with orders in them, characters that break a spreadsheet."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.services import teachers
from apps.cases.attachments import attach
from apps.cases.exports import xlsx_response
from apps.cases.workflow import Blocked
from apps.panels.expert_sheet import read_experts
from tests.applications.form.building import Applicant, teacher
from tests.factories import AuthorityFactory, DepartmentFactory, member

pytestmark = pytest.mark.django_db


def bomb(megabytes: int) -> SimpleUploadedFile:
    """A workbook of a few kilobytes whose shared strings unpack to ``megabytes``."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(megabytes):
                part.write(b"<si><t>a</t></si>" * (1024 * 1024 // 17))
    return SimpleUploadedFile("名单.xlsx", target.getvalue())


def test_packed_bomb_is_not_unpacked_for_the_experts():
    with pytest.raises(Blocked) as blocked:
        read_experts(bomb(40))
    assert blocked.value.problems[0].message == "文件不是可读取的 .xlsx 表格，请用本页的模板填写。"


def test_packed_bomb_is_not_unpacked_for_the_teachers():
    with pytest.raises(ValueError, match="文件不是可读取的"):
        teachers.from_file(bomb(40))


def test_large_file_of_experts_is_refused_before_reading():
    with pytest.raises(Blocked) as blocked:
        read_experts(SimpleUploadedFile("名单.xlsx", b"PK" + b"0" * (3 * 1024 * 1024)))
    assert blocked.value.problems[0].message.startswith("文件超过 2 MB")


def test_entity_bomb_in_a_sheet_is_refused(client):
    target = io.BytesIO()
    lol = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{("&a" + (str(n - 1) if n else "") + ";") * 10}">' for n in range(10)
    ) + "]><worksheet>&a9;</worksheet>"  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(teachers.template_file())) as template, zipfile.ZipFile(target, "w") as packed:
        for part in template.infolist():
            packed.writestr(part, lol if part.filename.endswith("sheet1.xml") else template.read(part))
    with pytest.raises(ValueError, match="文件无法读取"):
        teachers.from_file(SimpleUploadedFile("名单.xlsx", target.getvalue()))


def test_export_survives_characters_no_spreadsheet_takes():
    answer = xlsx_response("cases", ["事项"], [["甲\x0b乙\x1f丙"], ["=1+1"], ["\x00=2+2"]])
    rows = [row[0].value for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()]
    assert rows == ["事项", "甲乙丙", "'=1+1", "'=2+2"]


def test_teachers_with_such_characters_are_exported_too(client):
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [{**teacher(1), "name": "王\x0b一", "title": "=cmd()"}]})
    client.force_login(applicant.editor.user)
    answer = client.get(reverse("applications:teachers_export", args=[applicant.application.case.number]))
    assert answer.status_code == 200
    cells = next(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2))
    assert cells[0].value == "王一"
    assert not any(cell.data_type == "f" for cell in cells)


def test_version_that_is_no_number_is_answered_in_plain_words(client):
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [teacher(1)]})
    client.force_login(applicant.editor.user)
    address = reverse("applications:teachers_import", args=[applicant.application.case.number])
    row = "王一\t专职\t教授\t测试学院\t材料\t博士"
    for version in ("x", "9" * 5000, "9" * 30, "-1"):
        answer = client.post(address, {"text": row, "version": version})
        assert answer.status_code == 409
        assert "invalid literal" not in answer.content.decode()


@pytest.mark.parametrize(
    "name", ['a"; filename="b.html', "甲\r\nSet-Cookie: x=1.pdf", "..\\..\\etc\\passwd", "../../../x.pdf", "\x00.pdf"]
)
def test_name_of_a_file_orders_nothing(client, name):
    applicant = Applicant("zibo")
    case = applicant.application.case
    upload = SimpleUploadedFile("x.pdf", b"%PDF-1.4 <script>alert(1)</script>")
    upload._name = name
    filed = attach(case, upload, "evidence:faculty", applicant.editor.user)
    client.force_login(applicant.editor.user)
    answer = client.get(reverse("cases:attachment", args=[case.number, filed.pk]))
    b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert filed.file.name.split("/")[:2] == ["attachments", str(case.pk)]
    assert ".." not in filed.file.name


def test_page_that_calls_itself_pdf_is_refused(client):
    applicant = Applicant("zibo")
    client.force_login(applicant.editor.user)
    address = reverse("applications:evidence_upload", args=[applicant.application.case.number, "faculty"])
    page = SimpleUploadedFile("x.pdf", b"<html><script>alert(1)</script>%PDF-1.4", content_type="application/pdf")
    assert client.post(address, {"file": page}).status_code == 422
    assert not applicant.application.case.attachments.exists()


def test_officer_of_a_lower_authority_does_not_touch_the_recommenders_above(client):
    authority = AuthorityFactory()
    lower = AuthorityFactory(superior=authority)
    department = DepartmentFactory()
    client.force_login(member(lower, Role.AUTHORITY_OFFICER).user)
    address = reverse("applications:recommender_edit", args=[department.pk])
    data = {"name": department.name, "credit_code": department.credit_code, "recommender_types": ["district_hr"]}
    assert client.post(address, data).status_code == 403
    assert client.post(reverse("applications:recommender_create"), data).status_code == 403
    assert Organisation.objects.get(pk=department.pk).is_active

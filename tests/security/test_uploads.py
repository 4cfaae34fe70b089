"""Files that pretend to be something else are refused in clear Chinese and leave nothing; the others come back inert."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.cases.attachments import AttachmentRefused, attach
from apps.cases.models import Attachment
from tests.applications.form.building import Applicant, pdf
from tests.security.played.browsing import read, signed_in

pytestmark = pytest.mark.django_db

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
WINDOWS_PROGRAM = b"MZ\x90\x00" + b"\x00" * 200
REFUSED = {
    "empty": ("空.pdf", b"", "文件是空的"),
    "html called pdf": ("说明.pdf", HTML, "文件内容不是可接受的类型"),
    "svg": ("图.svg", SVG, "文件内容不是可接受的类型"),
    "svg called png": ("图.png", SVG, "文件内容不是可接受的类型"),
    "program with two endings": ("合同.pdf.exe", WINDOWS_PROGRAM, "文件内容不是可接受的类型"),
    "program called pdf": ("合同.exe.pdf", WINDOWS_PROGRAM, "文件内容不是可接受的类型"),
    "zip called docx": ("附件.docx", None, "文件内容不是可接受的类型"),
    "text": ("说明.txt", "说明".encode(), "文件内容不是可接受的类型"),
}


def plain_zip(name: str = "evil.js", content: bytes = b"alert(1)") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def applicant(settings, tmp_path) -> Applicant:
    settings.MEDIA_ROOT = tmp_path
    return Applicant("zibo")


def stored_files(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def upload_page(applicant: Applicant) -> str:
    return reverse("applications:evidence_upload", args=[applicant.case.number, "faculty"])


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_what_is_accepted_is_refused_and_not_kept(applicant, settings, case):
    name, content, why = REFUSED[case]
    upload = SimpleUploadedFile(name, plain_zip() if content is None else content, content_type="application/pdf")
    answer = signed_in(applicant.editor.user).post(upload_page(applicant), {"file": upload})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert Attachment.objects.count() == 0
    assert stored_files(settings) == []


def test_a_file_larger_than_allowed_is_refused_with_the_limit(applicant, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(AttachmentRefused, match="文件超过 1 MB"):
        attach(applicant.case, pdf(text=b"x" * 1024 * 1024), "evidence:faculty", applicant.editor.user)
    assert stored_files(settings) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\win.pdf", "win.pdf"),
        ("/etc/shadow", "shadow"),
        ("证明.pdf\r\nSet-Cookie: a=b", None),
        ("a" * 400 + ".pdf", None),
        ('"><script>alert(1)</script>.pdf', None),
        ("\u202efdp.exe.pdf", None),
    ],
)
def test_names_are_never_paths_and_headers_stay_whole(applicant, settings, given, kept):
    upload = pdf("x.pdf")
    upload._name = given  # as a client that leaves the standard library's cleaning out would send it
    filed = attach(applicant.case, upload, "evidence:faculty", applicant.editor.user)
    assert len(filed.name) <= 200
    assert not set(filed.name) & set("/\\\r\n\u202e")
    assert kept is None or filed.name == kept
    [path] = stored_files(settings)
    assert path.parent == Path(settings.MEDIA_ROOT) / "attachments" / str(applicant.case.pk)
    assert path.name.isalnum() and len(path.name) == 32
    url = reverse("cases:attachment", args=[applicant.case.number, filed.pk])
    answer = read(signed_in(applicant.editor.user), "get", url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]


def test_what_is_served_is_a_download_that_no_browser_runs(applicant):
    filed = attach(applicant.case, pdf(text=b"/JS (app.alert(1))"), "evidence:faculty", applicant.editor.user)
    url = reverse("cases:attachment", args=[applicant.case.number, filed.pk])
    answer = read(signed_in(applicant.editor.user), "get", url)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.body == filed.file.read()
    filed.file.close()


def test_files_have_no_address_of_their_own(applicant, settings):
    filed = attach(applicant.case, pdf(), "evidence:faculty", applicant.editor.user)
    client = signed_in(applicant.editor.user)
    for address in (f"/media/{filed.file.name}", f"/{filed.file.name}", f"/static/{filed.file.name}"):
        assert client.get(address).status_code == 404
    assert not hasattr(settings, "MEDIA_URL") or settings.MEDIA_URL in ("", "/")


def workbook(sheet: bytes, **parts: bytes) -> bytes:
    """An xlsx with ``sheet`` as its only sheet's XML."""
    target = io.BytesIO()
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{relations}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return target.getvalue()


MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
ROWS = b"<row><c t='inlineStr'><is><t>" + b"A" * 1024 + b"</t></is></c></row>"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
    + MAIN
    + b"<row><c t='inlineStr'><is><t>&j;</t></is></c></row></sheetData></worksheet>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    + MAIN
    + b"<row><c t='inlineStr'><is><t>&a;</t></is></c></row></sheetData></worksheet>"
)
TABLES = {
    "zip bomb": lambda: workbook(MAIN + ROWS * 200_000 + b"</sheetData></worksheet>"),
    "entities that multiply": lambda: workbook(LAUGHS),
    "entity from the file system": lambda: workbook(OUTSIDE),
    "broken": lambda: b"PK\x03\x04" + b"\x00" * 400,
    "another zip": plain_zip,
    "html": lambda: HTML,
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_made_to_harm_is_refused_in_clear_words(applicant, kind):
    page = reverse("applications:teachers_import", args=[applicant.case.number])
    upload = SimpleUploadedFile("师资.xlsx", TABLES[kind]())
    answer = signed_in(applicant.editor.user).post(page, {"file": upload, "version": "0", "mode": "replace"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "root:" not in body
    assert "haha" not in body
    assert "文件" in body or "表格" in body
    assert not applicant.application.sections.filter(code="faculty").exclude(data={}).exists()

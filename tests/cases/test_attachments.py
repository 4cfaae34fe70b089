"""Files filed with a case: accepted by content, open to whom they concern."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.enums import Role
from apps.cases.attachments import AttachmentRefused, attach
from apps.cases.models import Attachment
from apps.cases.selectors import readable_attachments
from tests.factories import AuthorityFactory, InstitutionFactory, make_application, make_round, member

pytestmark = pytest.mark.django_db


def pdf(name="证明.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 content")


@pytest.fixture
def case():
    return make_application(make_round(AuthorityFactory()), InstitutionFactory()).case


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (SimpleUploadedFile("空.pdf", b""), "文件是空的，请重新选择。"),
        (SimpleUploadedFile("page.pdf", b"<html><script>alert(1)</script>"), "文件内容不是可接受的类型"),
        (SimpleUploadedFile("run.png", b"MZ\x90\x00" + b"\0" * 64), "文件内容不是可接受的类型"),
    ],
)
def test_file_is_judged_by_its_content(case, upload, message):
    with pytest.raises(AttachmentRefused, match=message):
        attach(case, upload, "evidence:faculty", None)
    assert not Attachment.objects.exists()


def test_name_is_kept_for_people_and_never_becomes_a_path(case):
    kept = attach(case, pdf("..\\..\\etc/证明.pdf"), "evidence:faculty", None)
    assert kept.name == "证明.pdf"
    assert "证明" not in kept.file.name
    assert ".." not in kept.file.name


def test_internal_file_is_not_open_to_the_institution(case):
    attach(case, pdf("复查照片.pdf"), "recheck", None, internal=True)
    open_file = attach(case, pdf(), "evidence:faculty", None)
    head = member(case.institution, Role.INSTITUTION_HEAD)
    assert list(readable_attachments(head)) == [open_file]
    case.parties.filter(organisation=case.authority).update(active=True)
    assert readable_attachments(member(case.authority, Role.AUTHORITY_OFFICER)).count() == 2

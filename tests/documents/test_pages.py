"""Opening, listing and verifying documents: who may, what is recorded, and what verification gives away."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import Role
from apps.cases.models import Delivery, Document
from apps.cases.workflow.engine import perform
from apps.documents.rendering import DocumentContent, Paragraph
from apps.documents.services import ensure_rendered, issue
from tests.factories import AuthorityFactory, InstitutionFactory, make_round, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


@pytest.fixture
def institution():
    return InstitutionFactory(name="金丝雀学院")


@pytest.fixture
def case(authority):
    return make_round(authority, state="draft", officer=member(authority, Role.AUTHORITY_OFFICER)).case


@pytest.fixture
def document(case, authority, institution) -> Document:
    return issued(case, authority, addressee=institution)


def issued(case, authority, **values) -> Document:
    found: list[Document] = []
    content = DocumentContent(title="关于金丝雀学院的通知", date=timezone.localdate(), body=(Paragraph("金丝雀正文"),))
    perform(
        case,
        "edit",
        member(authority, Role.AUTHORITY_OFFICER),
        change=lambda case, act: found.append(issue(case, act, "admission", content, issuer=authority, **values)),
    )
    return found[0]


def status_of(client, document: Document) -> int:
    """The status of opening the PDF; reading to the end closes the file."""
    response = client.get(pdf_url(document))
    if response.streaming:
        assert b"".join(response.streaming_content).startswith(b"%PDF-")
    return response.status_code


def pdf_url(document: Document) -> str:
    return reverse("documents:download", args=[document.verification_code])


def test_addressee_opens_it_and_the_first_opening_is_recorded(client, document, institution):
    reader = member(institution, Role.INSTITUTION_EDITOR)
    client.force_login(reader.user)
    response = client.get(pdf_url(document))
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    delivery = Delivery.objects.get(document=document, organisation=institution)
    first = delivery.opened_at
    assert (first is not None, delivery.opened_by) == (True, reader.user)
    client.force_login(member(institution, Role.INSTITUTION_HEAD).user)
    assert status_of(client, document) == 200
    delivery.refresh_from_db()
    assert (delivery.opened_at, delivery.opened_by) == (first, reader.user)


def test_issuer_opens_it_without_a_delivery(client, document, authority):
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    assert status_of(client, document) == 200
    assert Delivery.objects.get(document=document).opened_at is None


@pytest.mark.parametrize("jurisdiction", ["zibo", "weihai"])
def test_foreign_authority_and_visitor_get_404(client, document, jurisdiction):
    client.force_login(member(AuthorityFactory(jurisdiction_id=jurisdiction), Role.AUTHORITY_HEAD).user)
    assert status_of(client, document) == 404
    client.logout()
    assert status_of(client, document) == 404


def test_administrator_of_the_authority_does_not_read_it(client, document, authority):
    client.force_login(member(authority, Role.SYSTEM_ADMIN).user)
    assert status_of(client, document) == 404


def test_public_document_is_open_to_everyone(client, case, authority):
    document = issued(case, authority, public=True)
    assert status_of(client, document) == 200
    client.force_login(member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_HEAD).user)
    assert status_of(client, document) == 200


def test_code_shows_facts_and_nothing_private(client, document):
    code = document.verification_code
    spaced = f"{code[:4]} {code[4:8].lower()}-{code[8:]}"
    for answer in (client.get(reverse("documents:verify"), {"code": code}), verify(client, code=spaced)):
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "核验通过" in text
        assert document.number in text
        assert document.issuer.name in text
        assert "金丝雀" not in text


def bytes_of(document: Document) -> bytes:
    with document.pdf.open("rb") as file:
        return file.read()


def verify(client, **data):
    return client.post(reverse("documents:verify"), data)


def test_file_is_genuine_altered_or_unknown(client, document):
    document = ensure_rendered(document)
    raw = bytes_of(document)
    genuine = verify(client, file=SimpleUploadedFile("a.pdf", raw)).content.decode()
    assert "没有改动" in genuine
    changed = SimpleUploadedFile("a.pdf", raw + b"\n")
    altered = verify(client, file=changed, code=document.verification_code).content.decode()
    assert "文件与存档不一致" in altered
    unknown = verify(client, file=SimpleUploadedFile("a.pdf", raw + b"x")).content.decode()
    assert "没有找到对应的文书" in unknown
    assert "金丝雀" not in genuine + altered + unknown


def test_genuine_file_under_another_documents_code_is_not_passed(client, case, authority, document):
    other = ensure_rendered(issued(case, authority))
    answer = verify(client, file=SimpleUploadedFile("a.pdf", bytes_of(other)), code=document.verification_code)
    assert "文件与存档不一致" in answer.content.decode()


def test_nothing_asked_is_refused_and_unknown_code_says_so(client):
    assert verify(client).status_code == 422
    assert "没有找到对应的文书" in verify(client, code="ABCD").content.decode()


def test_list_shows_received_and_issued_apart(client, document, authority, institution):
    client.force_login(member(institution, Role.INSTITUTION_HEAD).user)
    assert document.title in client.get(reverse("documents:list")).content.decode()
    assert document.title not in client.get(reverse("documents:list"), {"box": "issued"}).content.decode()
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    assert document.title in client.get(reverse("documents:list"), {"box": "issued"}).content.decode()
    client.force_login(member(InstitutionFactory(), Role.INSTITUTION_HEAD).user)
    assert "金丝雀" not in client.get(reverse("documents:list")).content.decode()

"""文本效力: recorded by one person, confirmed by another, public once confirmed, nobody else's business before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.standing import standing
from tests.factories import AuthorityFactory, member

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
KEY = "weihai_2019"
ON = dt.date(2026, 3, 2)


@pytest.fixture
def authority():
    return AuthorityFactory(jurisdiction_id="weihai")


@pytest.fixture
def legal(authority):
    return member(authority, Role.LEGAL_OFFICER)


@pytest.fixture
def head(authority):
    return member(authority, Role.AUTHORITY_HEAD)


def record(client, **changes):
    data = {
        "kind": "extension",
        "document_number": "测人社规〔2024〕9号",
        "document_date": "2024-12-10",
        "effective_from": "2024-12-18",
        "effective_to": "2029-12-17",
        "file": SimpleUploadedFile("延期.pdf", PDF),
    } | changes
    return client.post(reverse("jurisdictions:record", args=[KEY]), data)


def test_record_takes_effect_only_when_another_person_confirms(client, legal, head):
    assert standing("weihai", ON).status == "lapsed"
    client.force_login(legal.user)
    assert record(client).status_code == 302
    extension = RulebookExtension.objects.get()
    assert len(extension.file_sha256) == 64
    assert standing("weihai", ON).status == "lapsed"
    client.force_login(head.user)
    page = client.get(reverse("jurisdictions:confirm", args=[extension.pk])).content.decode()
    assert "测人社规〔2024〕9号" in page
    assert client.post(reverse("jurisdictions:confirm", args=[extension.pk])).status_code == 302
    assert standing("weihai", ON).status == "in_force"
    assert standing("weihai", dt.date(2029, 12, 18)).status == "lapsed"
    client.logout()
    public = client.get(reverse("portal:rulebook", args=[KEY])).content.decode()
    assert "测人社规〔2024〕9号" in public
    response = client.get(reverse("jurisdictions:file", args=[extension.pk]))
    assert b"".join(response.streaming_content) == PDF


def test_one_person_with_both_roles_cannot_confirm_their_own_record(client, authority, legal):
    Membership.objects.create(user=legal.user, organisation=authority, role=Role.AUTHORITY_HEAD)
    client.force_login(legal.user)
    record(client)
    response = client.post(reverse("jurisdictions:confirm", args=[RulebookExtension.objects.get().pk]))
    assert response.status_code == 409
    assert "须由两人办理" in response.content.decode()
    assert RulebookExtension.objects.get().confirmed_at is None


def test_second_confirmation_is_refused(client, legal, head):
    client.force_login(legal.user)
    record(client)
    client.force_login(head.user)
    address = reverse("jurisdictions:confirm", args=[RulebookExtension.objects.get().pk])
    client.post(address)
    assert "已经确认过" in client.post(address).content.decode()


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"file": SimpleUploadedFile("a.pdf", b"<html>not a pdf</html>")}, "文件内容不是 PDF"),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "空"),
        ({"effective_to": "2024-12-17"}, "失效日期早于生效日期"),
        ({"document_number": ""}, "文号"),
    ],
)
def test_wrong_record_is_refused_and_kept_on_the_page(client, legal, changes, message):
    client.force_login(legal.user)
    response = record(client, **changes)
    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert 'value="2024-12-18"' in text
    assert not RulebookExtension.objects.exists()


def test_unconfirmed_record_is_hidden_from_outsiders(client, legal):
    client.force_login(legal.user)
    record(client)
    extension = RulebookExtension.objects.get()
    client.force_login(member(AuthorityFactory(), Role.AUTHORITY_HEAD).user)
    for name in ("confirm", "file"):
        assert client.get(reverse(f"jurisdictions:{name}", args=[extension.pk])).status_code == 404
    assert client.get(reverse("jurisdictions:record", args=[KEY])).status_code in (403, 404)
    client.logout()
    assert client.get(reverse("jurisdictions:file", args=[extension.pk])).status_code == 404
    assert "测人社规〔2024〕9号" not in client.get(reverse("portal:rulebook", args=[KEY])).content.decode()


def test_lower_authority_does_not_record(client, authority):
    lower = AuthorityFactory(jurisdiction_id="weihai", superior=authority)
    client.force_login(member(lower, Role.LEGAL_OFFICER).user)
    response = record(client)
    assert response.status_code == 422
    assert "下级机关不能登记" in response.content.decode()


def test_officer_sees_the_standing_but_records_nothing(client, authority):
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    assert client.get(reverse("jurisdictions:standing")).status_code == 200
    assert client.get(reverse("jurisdictions:record", args=[KEY])).status_code == 403

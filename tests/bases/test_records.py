"""Register records: two people, the document it rests on, nobody else's."""

import datetime as dt

import pytest

from apps.accounts.enums import Role
from apps.bases import records
from apps.bases.models import RegisterRecord
from apps.bases.selectors import register_facts
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from tests.factories import AuthorityFactory, InstitutionFactory, member

pytestmark = pytest.mark.django_db
FRAUD = {"kind": "fraud", "on": dt.date(2025, 5, 6), "document_number": "测〔2025〕1号", "note": "虚报"}


@pytest.fixture
def authority():
    return AuthorityFactory()


def test_record_counts_only_once_the_head_has_confirmed_it(authority):
    institution = InstitutionFactory()
    record = records.propose(member(authority, Role.AUTHORITY_OFFICER), institution, FRAUD)
    assert register_facts(institution.pk)["prior_fraud"] == []
    records.confirm(member(authority, Role.AUTHORITY_HEAD), record)
    assert register_facts(institution.pk)["prior_fraud"] == [{"jurisdiction": "zibo", "date": "2025-05-06"}]
    with pytest.raises(WrongState):
        records.confirm(member(authority, Role.AUTHORITY_HEAD), record)


def test_who_proposed_does_not_confirm(authority):
    both = member(authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    record = records.propose(both, InstitutionFactory(), FRAUD)
    with pytest.raises(NotPermitted):
        records.confirm(both, record)
    assert RegisterRecord.objects.get().is_proposed


def test_adverse_record_without_its_document_is_refused(authority):
    with pytest.raises(Blocked) as blocked:
        records.propose(
            member(authority, Role.AUTHORITY_OFFICER), InstitutionFactory(), FRAUD | {"document_number": " "}
        )
    assert blocked.value.problems[0].code == "document_missing"


def test_withdrawn_record_no_longer_counts_and_stays_readable(authority):
    institution = InstitutionFactory()
    head = member(authority, Role.AUTHORITY_HEAD)
    record = records.propose(member(authority, Role.AUTHORITY_OFFICER), institution, FRAUD)
    records.confirm(head, record)
    records.withdraw(head, record, "复议撤销")
    assert register_facts(institution.pk)["prior_fraud"] == []
    assert RegisterRecord.objects.get().withdrawal_reason == "复议撤销"


def test_page_shows_own_jurisdiction_only_and_refuses_a_foreign_record(authority, client):
    foreign = AuthorityFactory(jurisdiction_id="weihai")
    stranger = member(foreign, Role.AUTHORITY_HEAD)
    record = records.propose(member(authority, Role.AUTHORITY_OFFICER), InstitutionFactory(name="金丝雀学院"), FRAUD)
    client.force_login(stranger.user)
    assert "金丝雀学院" not in client.get("/bases/records/").content.decode()
    assert client.post(f"/bases/records/{record.pk}/confirm/").status_code == 404
    assert RegisterRecord.objects.get().is_proposed


def test_officer_enters_a_record_and_the_head_confirms_it_on_the_page(authority, client):
    institution = InstitutionFactory()
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    data = {"credit_code": institution.credit_code, **FRAUD, "on": "2025-05-06"}
    assert client.post("/bases/records/new/", data).status_code == 302
    client.force_login(member(authority, Role.AUTHORITY_HEAD).user)
    record = RegisterRecord.objects.get()
    assert client.post(f"/bases/records/{record.pk}/confirm/").status_code == 302
    assert not RegisterRecord.objects.get().is_proposed


def test_wrong_code_keeps_what_was_typed(authority, client):
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    page = client.post("/bases/records/new/", {"credit_code": "123", "kind": "fraud", "note": "已打的字"})
    assert page.status_code == 200
    assert "已打的字" in page.content.decode()
    assert not RegisterRecord.objects.exists()

"""Voluntary withdrawal: the base ends with its consent, never out of a sanction; the plaque comes back."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.bases.models import Base, BaseEvent
from apps.bases.selectors import register_facts
from apps.bases.services import opening, withdrawals
from apps.cases.enums import CaseKind
from apps.cases.models import Case, Document
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import open_case, perform
from tests.bases.changing import drafted, withdrawing
from tests.factories import AuthorityFactory, Supervision, make_case, member
from tests.inspections.sanctions import story

pytestmark = pytest.mark.django_db


def sanctioned(s: Supervision, kind: str = CaseKind.RECTIFICATION) -> Case:
    case = make_case(kind, s.authority, base=s.base, institution=s.institution)
    open_case(case, s.office["officer"])
    return case


def ended(case: Case, s: Supervision) -> None:
    perform(case, "propose", s.office["officer"])
    withdrawals.sign_withdrawal(case, s.office["head"])


def test_the_base_ends_with_the_consent_and_the_case_with_the_plaque():
    s = Supervision("zibo")
    case = withdrawing(s)
    ended(case, s)
    base = Base.objects.get(pk=s.base.pk)
    assert (base.status, base.ended_on, case.state) == ("withdrawn", timezone.localdate(), "plaque_due")
    documents = {document.kind: document for document in Document.objects.filter(case=case)}
    assert set(documents) == {"withdrawal_decision", "withdrawal_announcement"}
    assert documents["withdrawal_announcement"].is_public
    assert documents["withdrawal_decision"].legal_basis == ["4"]
    withdrawals.record_plaque(case, s.office["officer"], timezone.localdate())
    assert case.state == "withdrawn"
    assert [event.label for event in BaseEvent.objects.filter(base=base)] == ["自愿退出", "匾牌已交回"]


def test_without_a_plaque_the_case_is_closed_at_once():
    s = Supervision("shanghai")
    case = withdrawing(s)
    ended(case, s)
    assert case.state == "withdrawn"
    assert case.closed_at is not None


@pytest.mark.parametrize("kind", [CaseKind.RECTIFICATION, CaseKind.REVOCATION])
def test_nobody_withdraws_out_of_a_sanction(kind):
    s = Supervision("zibo")
    case = opening.start_withdrawal(s.base, s.editor)
    withdrawals.save_withdrawal(case, s.editor, reason="不办了", arrangements="无在办班次", ends_on=None)
    running = sanctioned(s, kind)
    with pytest.raises(Blocked) as blocked:
        withdrawals.submit(case, s.head)
    assert blocked.value.problems[0].code == "sanction_running"
    assert running.number in blocked.value.problems[0].message


def test_a_sanction_begun_meanwhile_stops_the_signature_and_lets_it_be_declined_by_two():
    s = Supervision("zibo")
    case = withdrawing(s)
    with pytest.raises(Blocked) as blocked:
        perform(case, "propose_decline", s.office["officer"], reason="没有理由")
    assert blocked.value.problems[0].code == "no_ground"
    perform(case, "propose", s.office["officer"])
    running = sanctioned(s)
    with pytest.raises(Blocked):
        withdrawals.sign_withdrawal(case, s.office["head"])
    perform(case, "send_back", s.office["head"], reason="整改未办结")
    both = member(s.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    perform(case, "propose_decline", both, reason=f"限期整改（{running.number}）尚未办结。")
    with pytest.raises(NotPermitted):
        withdrawals.sign_decline(case, both)
    withdrawals.sign_decline(case, s.office["head"])
    letter = Document.objects.get(case=case)
    assert (case.state, letter.kind) == ("declined", "withdrawal_declined")
    assert running.number in str(letter.content)
    assert "行政诉讼" in letter.remedies
    assert Base.objects.get(pk=s.base.pk).status == "active"


def test_who_proposes_does_not_sign():
    s = Supervision("zibo")
    both = member(s.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    case = withdrawing(s)
    perform(case, "propose", both)
    with pytest.raises(NotPermitted):
        withdrawals.sign_withdrawal(case, both)


def test_it_is_not_signed_before_the_day_wished_for():
    s = Supervision("zibo")
    case = withdrawing(s, ends_on=timezone.localdate() + dt.timedelta(days=1))
    perform(case, "propose", s.office["officer"])
    with pytest.raises(Blocked) as blocked:
        withdrawals.sign_withdrawal(case, s.office["head"])
    assert blocked.value.problems[0].code == "too_early"


def test_running_business_is_named_in_the_letter_and_can_be_ended_afterwards():
    s = Supervision("zibo")
    other = drafted(s)
    case = withdrawing(s)
    secret = make_case(CaseKind.INSPECTION, s.authority, base=s.base, institution=s.institution, title="尚未通知")
    open_case(secret, s.office["officer"])
    assert withdrawals.running_cases(s.base, case, s.head) == [other]
    ended(case, s)
    letter = str(Document.objects.get(case=case, kind="withdrawal_decision").content)
    assert other.number in letter
    assert secret.number not in letter
    perform(other, "discontinue", s.office["officer"], reason="基地已退出")
    assert withdrawals.running_cases(s.base, case, s.head) == []


def test_a_withdrawn_base_bars_nothing_and_is_no_existing_base():
    s = Supervision("zibo")
    ended(withdrawing(s), s)
    facts = register_facts(s.institution.pk)
    assert (facts["prior_revocations"], facts["existing_bases"]) == ([], [])


def test_the_institution_takes_its_request_back_before_it_is_decided():
    s = Supervision("zibo")
    case = withdrawing(s)
    perform(case, "drop", s.head, reason="继续办学")
    assert case.state == "dropped"
    assert Base.objects.get(pk=s.base.pk).status == "active"


@pytest.mark.parametrize("day", [dt.date(2020, 1, 1), dt.date(9999, 12, 31)])
def test_a_plaque_does_not_come_back_before_the_base_was_or_in_the_future(day):
    s = Supervision("zibo")
    case = withdrawing(s)
    ended(case, s)
    with pytest.raises(Blocked):
        withdrawals.record_plaque(case, s.office["officer"], day)


def test_a_rehearsal_announces_nothing():
    s = Supervision("weihai", is_sandbox=True)
    ended(withdrawing(s), s)
    assert not Document.objects.filter(is_public=True).exists()


def test_a_base_of_a_lower_level_ends_on_the_article_under_which_others_recognise_it():
    department = AuthorityFactory(jurisdiction_id="sichuan", levels=["regional"])
    s = Supervision("sichuan", authority=department, level="regional", is_sandbox=True)
    case = withdrawing(s)
    ended(case, s)
    assert Document.objects.get(case=case, kind="withdrawal_decision").legal_basis == ["10(3)"]


def test_a_sanction_begun_between_the_look_and_the_lock_keeps_the_base(monkeypatch):
    s = Supervision("zibo")
    case = withdrawing(s)
    perform(case, "propose", s.office["officer"])
    lock_base = withdrawals.lock_base

    def begun_meanwhile(pk):
        open_case(make_case(CaseKind.REVOCATION, s.authority, base=s.base, institution=s.institution), None)
        return lock_base(pk)

    monkeypatch.setattr(withdrawals, "lock_base", begun_meanwhile)
    with pytest.raises(Blocked, match="办结前不能退出"):
        withdrawals.sign_withdrawal(case, s.office["head"])
    assert Base.objects.get(pk=s.base.pk).status == "active"
    assert not Document.objects.filter(case=case).exists()


def test_nobody_withdraws_between_a_failed_rectification_and_the_decision_on_it():
    s = story.supervision()
    failed = story.failed(s)
    case = opening.start_withdrawal(s.base, s.editor)
    withdrawals.save_withdrawal(case, s.editor, reason="不办了", arrangements="无在办班次", ends_on=None)
    with pytest.raises(Blocked, match=f"{failed.number}.*未达标"):
        withdrawals.submit(case, s.head)

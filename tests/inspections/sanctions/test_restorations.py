"""恢复资格: what was overturned is undone, and what happened stays on record."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.enums import Role
from apps.bases.models import RegisterRecord
from apps.bases.selectors import register_facts
from apps.cases import selectors
from apps.cases.attachments import attach
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import perform
from apps.inspections.services import restorations
from apps.jurisdictions.rulebooks import registry
from tests.factories import make_base, member
from tests.inspections.sanctions import story
from tests.inspections.sanctions.story import JURISDICTIONS, fresh, travel

pytestmark = pytest.mark.django_db


def bar_of(sup) -> str | None:
    """What the text says today about applying again: met, not_met, or None where it has no such condition."""
    today = timezone.localdate()
    rulebook = registry.rulebook(sup.base.jurisdiction_id, today)
    facts = register_facts(sup.institution.pk)
    findings = rulebook.evaluate(
        {"prior_fraud": facts["prior_fraud"], "prior_revocations": facts["prior_revocations"]}, today
    ).findings
    return next((found.result for found in findings if found.code == "reapplication_bar"), None)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_the_bar_follows_the_text_and_falls_with_the_revocation(jurisdiction):
    sup = story.supervision(jurisdiction)
    barred = jurisdiction in ("national", "shanghai", "sichuan")
    assert bar_of(sup) == ("met" if barred else None)
    with travel(42):
        story.revoked_after_failure(sup)
    with travel(90):
        assert bar_of(sup) == ("not_met" if barred else None)
        story.restored(sup)
        assert bar_of(sup) == ("met" if barred else None)
        assert register_facts(sup.institution.pk)["prior_revocations"] == []


def test_restoring_undoes_the_register_and_keeps_the_history():
    sup = story.supervision("weihai")
    revocation = story.revoked(sup, "20", story.DISORDER)
    acts = list(revocation.acts.values_list("hash", flat=True))
    case = story.restored(sup)
    assert (case.state, sup.base.status, sup.base.ended_on) == ("restored", "active", None)
    record = RegisterRecord.objects.get()
    assert record.withdrawn_at is not None
    assert "（2026）测行终1号" in record.withdrawal_reason
    assert register_facts(sup.institution.pk)["credit_violations"] == 0
    assert list(revocation.acts.values_list("hash", flat=True)) == acts
    assert revocation.documents.filter(kind="revocation_decision").exists()
    assert [event.kind for event in sup.base.events.all()] == ["revoked", "restored"]
    letter = case.documents.get(kind="restoration_decision")
    number = revocation.documents.get(kind="revocation_decision").number
    assert number in str(letter.content)
    assert "失信信息同时撤销" in str(letter.content)
    announced = [event.document.kind for event in sup.base.events.all()]
    assert announced == ["revocation_announcement", "restoration_announcement"]
    assert case.documents.get(kind="restoration_announcement").is_public
    assert selectors.readable_cases(sup.head).filter(pk=case.pk).exists()


def test_the_aftermath_needs_nothing_more_once_the_base_is_restored():
    sup = story.supervision()
    case = story.revoked(sup)
    with pytest.raises(Blocked):
        perform(case, "close", sup.office["officer"])
    story.restored(sup)
    perform(case, "close", sup.office["officer"])
    assert fresh(case).state == "closed"


def test_a_base_may_be_restored_to_rectification():
    sup = story.supervision()
    story.revoked_after_failure(sup)
    with travel(60):
        story.restored(sup, status_after="rectifying")
    assert sup.base.status == "rectifying"


def test_who_prepared_the_restoration_does_not_sign_it():
    sup = story.supervision()
    story.revoked(sup)
    both = member(sup.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    case = restorations.open_restoration(sup.base, both, story.an_instrument()).case
    attach(case, SimpleUploadedFile("判决.pdf", story.PDF), "instrument", both.user)
    perform(case, "propose", sup.office["officer"])
    with pytest.raises(NotPermitted):
        restorations.sign_restoration(case, both)


def test_without_the_instrument_on_file_nothing_is_proposed():
    sup = story.supervision()
    story.revoked(sup)
    case = restorations.open_restoration(sup.base, sup.office["officer"], story.an_instrument()).case
    with pytest.raises(Blocked) as refused:
        perform(case, "propose", sup.office["officer"])
    assert [problem.code for problem in refused.value.problems] == ["instrument_missing"]


def test_a_live_base_is_not_restored_and_a_restoration_runs_once():
    sup = story.supervision()
    with pytest.raises(Blocked):
        restorations.open_restoration(sup.base, sup.office["officer"], story.an_instrument())
    story.revoked(sup)
    story.restoring(sup)
    with pytest.raises(Blocked):
        restorations.open_restoration(sup.base, sup.office["officer"], story.an_instrument())


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(2025, 1, 1), dt.date(9999, 12, 31)])
def test_an_instrument_of_an_impossible_day_is_refused(day):
    sup = story.supervision()
    story.revoked(sup)
    with pytest.raises(Blocked) as refused:
        restorations.open_restoration(sup.base, sup.office["officer"], story.an_instrument(decided_on=day))
    assert [problem.code for problem in refused.value.problems] == ["instrument_day"]


def test_another_live_base_of_the_level_stands_in_the_way():
    sup = story.supervision()
    story.revoked(sup)
    case = story.restoring(sup)
    other = make_base(sup.authority, sup.institution)
    with pytest.raises(Blocked) as refused:
        restorations.sign_restoration(case, sup.office["head"])
    assert other.number in str(refused.value)
    sup.base.refresh_from_db()
    assert (sup.base.status, fresh(case).state) == ("revoked", "proposed")


def test_a_base_recognised_between_look_and_write_is_told_not_raised(monkeypatch):
    from apps.inspections import guards

    sup = story.supervision()
    story.revoked(sup)
    case = story.restoring(sup)
    make_base(sup.authority, sup.institution)
    monkeypatch.setattr(restorations, "level_problems", lambda restoration: [])
    assert guards.level_is_free(case, None) == []
    with pytest.raises(Blocked) as refused:
        restorations.sign_restoration(case, sup.office["head"])
    assert [problem.code for problem in refused.value.problems] == ["level_taken"]
    assert fresh(case).state == "proposed"


def test_restoring_is_no_adverse_act_and_needs_no_text_in_force():
    sup = story.Supervision("weihai")
    extension = story.extend(sup)
    story.revoked(sup, "20", story.DISORDER)
    extension.delete()
    assert story.restored(sup).state == "restored"

"""One inspection from the self-assessment to the signed result."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Attachment, Clock, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform, steps_for
from apps.inspections.enums import Verdict
from apps.inspections.models import InspectionItem, VisitEntry
from apps.inspections.services import inspection_terms, inspections, results, sheets, visits
from tests.factories import Supervision, member
from tests.inspections.checks.building import (
    answered,
    finished,
    graded,
    inspection_of,
    launched,
    photo,
    self_assessed,
    sheet,
    state_of,
    with_findings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Supervision:
    return Supervision("zibo")


def visiting(world: Supervision):
    inspection = inspection_of(launched(world, self_due_on=None))
    inspections.start_visit(inspection.case, world.unit_officer, visit_on=timezone.localdate(), visitors="检查一组两人")
    return inspection


def note(item: InspectionItem, **changed) -> visits.Note:
    return visits.Note(**({"client_id": uuid.uuid4(), "code": item.code, "verdict": "meets", "text": ""} | changed))


def test_the_self_assessment_is_due_on_the_campaigns_day(world):
    campaign = launched(world)
    clock = Clock.objects.get(case=inspection_of(campaign).case)
    assert (clock.code, clock.basis, clock.articles) == ("self_assessment", "officer", ["21"])
    assert clock.due_at == timezone.make_aware(
        dt.datetime.combine(campaign.self_due_on + dt.timedelta(days=1), dt.time())
    )


def test_without_a_day_for_it_nobody_is_asked_for_a_self_assessment(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    assert inspection.case.state == "desk_review"
    assert inspection.case.turn_organisation == world.unit


def test_every_item_must_be_assessed_and_the_head_submits(world):
    inspection = inspection_of(launched(world))
    with pytest.raises(Blocked) as blocked:
        inspections.submit_self_assessment(inspection.case, world.head)
    assert len(blocked.value.problems) == 6
    assert blocked.value.problems[0].articles == ("21",)
    written = sheet(sheets.SELF, inspection, Verdict.MEETS, "有", self_summary="")
    with pytest.raises(NotPermitted):
        inspections.save_and_submit_self(inspection.case, world.editor, written, None)
    assert not InspectionItem.objects.exclude(self_verdict="").exists()
    inspections.save_and_submit_self(inspection.case, world.head, written, None)
    inspection.refresh_from_db()
    assert (state_of(inspection.case), inspection.self_late_days) == ("desk_review", 0)


def test_two_peoples_savings_do_not_overwrite_each_other(world):
    inspection = inspection_of(launched(world))
    version = sheets.version_of(inspection, sheets.SELF)
    first = sheet(sheets.SELF, inspection, Verdict.MEETS, "先保存", self_summary="")
    sheets.save_draft(inspection.case, sheets.SELF, world.editor, first, version)
    second = sheet(sheets.SELF, inspection, Verdict.FAILS, "后保存", self_summary="")
    with pytest.raises(sheets.SheetConflict):
        sheets.save_draft(inspection.case, sheets.SELF, world.head, second, version)
    assert set(InspectionItem.objects.values_list("self_text", flat=True)) == {"先保存"}


def test_another_institution_cannot_write_the_sheet(world):
    foreign = Supervision("zibo")
    inspection = inspection_of(launched(world))
    with pytest.raises(NotPermitted):
        sheets.save_draft(inspection.case, sheets.SELF, foreign.editor, sheets.Values({}, {}), None)
    with pytest.raises(NotPermitted):
        sheets.add_file(inspection.case, sheets.SELF, "funds", photo(), foreign.head)


def test_a_self_assessment_that_does_not_come_expires_at_the_end_of_its_day(world, time_machine):
    campaign = launched(world)
    inspection = inspection_of(campaign)
    end = timezone.make_aware(dt.datetime.combine(campaign.self_due_on + dt.timedelta(days=1), dt.time()))
    inspection_terms.expire_self_assessments(end - dt.timedelta(seconds=1))
    assert state_of(inspection.case) == "self_assessing"
    time_machine.move_to(end, tick=False)
    inspection_terms.expire_self_assessments(end)
    inspection_terms.expire_self_assessments(end)
    inspection.refresh_from_db()
    assert (state_of(inspection.case), inspection.self_late_days) == ("desk_review", None)
    assert Clock.objects.get(case=inspection.case).state == "missed"
    assert inspection.case.acts.filter(name="self_assessment_expired").count() == 1


def test_one_submitted_before_the_clock_noticed_is_recorded_as_late(world, time_machine):
    campaign = launched(world)
    inspection = inspection_of(campaign)
    time_machine.move_to(dt.datetime.combine(campaign.self_due_on, dt.time(4), dt.UTC) + dt.timedelta(days=2))
    written = sheet(sheets.SELF, inspection, Verdict.MEETS, "有", self_summary="")
    inspections.save_and_submit_self(inspection.case, world.head, written, None)
    inspection.refresh_from_db()
    assert inspection.self_late_days == 2


def test_evidence_is_the_bases_until_it_submits(world):
    campaign = launched(world)
    inspection = inspection_of(campaign)
    filed = sheets.add_file(inspection.case, sheets.SELF, "funds", photo(), world.editor)
    assert (filed.purpose, filed.is_internal) == ("self:funds", False)
    with pytest.raises(AttachmentRefused):
        sheets.add_file(inspection.case, sheets.SELF, "invented", photo(), world.editor)
    with pytest.raises(NotPermitted):
        sheets.remove_file(inspection.case, sheets.SELF, filed, world.unit_officer)
    self_assessed(campaign, world.editor, world.head)
    with pytest.raises(WrongState):
        sheets.remove_file(inspection.case, sheets.SELF, filed, world.editor)


def test_papers_alone_need_a_review_of_every_item_and_a_reason(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with pytest.raises(Blocked) as blocked:
        inspections.conclude_on_papers(inspection.case, world.unit_officer, "")
    assert {problem.code for problem in blocked.value.problems} == {"desk_item_missing", "reason_missing"}
    with_findings(inspection, world.unit_officer)
    assert inspection.desk_only


def test_only_the_inspector_inspects_though_the_authority_looks_on(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with pytest.raises(NotPermitted):
        sheets.record(
            inspection.case, sheets.DESK, world.office["officer"], sheet(sheets.DESK, inspection, "meets", "有")
        )
    assert [step.transition.name for step in steps_for(inspection.case, world.office["officer"])] == []


def test_an_entry_sent_twice_arrives_once(world):
    inspection = visiting(world)
    item = inspection.items.first()
    entry = note(item, text="制度上墙", noted_at=timezone.now())
    first = visits.record_entry(inspection.case, world.unit_officer, entry, photo())
    again = visits.record_entry(inspection.case, world.unit_officer, entry, photo())
    assert first.pk == again.pk
    assert VisitEntry.objects.count() == Attachment.objects.count() == 1
    assert inspection.case.acts.filter(name="record_visit").count() == 1
    assert Attachment.objects.get().purpose == f"visit:{item.code}"


def test_an_entry_once_filed_is_acknowledged_even_after_the_visit_is_closed(world):
    inspection = visiting(world)
    entries = [note(item) for item in inspection.items.all()]
    for entry in entries:
        visits.record_entry(inspection.case, world.unit_officer, entry)
    inspections.close_visit(inspection.case, world.unit_officer)
    again = visits.record_entry(inspection.case, world.unit_officer, entries[0])
    assert again.client_id == entries[0].client_id
    with pytest.raises(WrongState):
        visits.record_entry(inspection.case, world.unit_officer, note(inspection.items.first()))


def test_the_same_number_at_another_base_is_neither_shown_nor_taken(world):
    other = Supervision("zibo")
    mine, theirs = visiting(world), visiting(other)
    entry = note(theirs.items.first())
    visits.record_entry(theirs.case, other.unit_officer, entry)
    with pytest.raises(Blocked) as blocked:
        visits.record_entry(mine.case, world.unit_officer, entry)
    assert blocked.value.problems[0].code == "client_id_taken"
    assert not VisitEntry.objects.filter(inspection=mine).exists()


def test_the_latest_note_decides_and_all_texts_stay(world):
    inspection = visiting(world)
    item = inspection.items.first()
    now = timezone.now()
    late = note(item, verdict="improve", text="第二条", noted_at=now)
    early = note(item, verdict="meets", text="第一条", noted_at=now - dt.timedelta(hours=1))
    for entry in (late, early):
        visits.record_entry(inspection.case, world.unit_officer, entry)
    item.refresh_from_db()
    assert (item.visit_verdict, item.visit_text) == ("improve", "第一条\n第二条")


@pytest.mark.parametrize("year", [1, 1970, 9999])
def test_a_phone_whose_clock_is_out_of_reason_is_given_ours(world, year: int):
    inspection = visiting(world)
    odd = dt.datetime(year, 12, 31, tzinfo=dt.UTC)
    entry = visits.record_entry(inspection.case, world.unit_officer, note(inspection.items.first(), noted_at=odd))
    assert abs(timezone.now() - entry.noted_at) < dt.timedelta(minutes=1)


def test_a_photo_that_is_none_and_an_empty_entry_are_refused(world):
    inspection = visiting(world)
    item = inspection.items.first()
    fake = photo()
    fake.file.write(b"no picture at all" * 10)
    fake.file.seek(0)
    with pytest.raises(AttachmentRefused):
        visits.record_entry(inspection.case, world.unit_officer, note(item), fake)
    with pytest.raises(Blocked, match="至少填写"):
        visits.record_entry(inspection.case, world.unit_officer, note(item, verdict=""))
    assert not VisitEntry.objects.exists()


def test_both_sides_confirm_what_was_seen(world, time_machine):
    inspection = visiting(world)
    with pytest.raises(Blocked) as blocked:
        inspections.close_visit(inspection.case, world.unit_officer)
    assert len(blocked.value.problems) == 6
    for item in inspection.items.all():
        visits.record_entry(inspection.case, world.unit_officer, note(item))
    inspections.close_visit(inspection.case, world.unit_officer)
    with pytest.raises(Blocked, match="期限尚未届满"):
        inspections.proceed_unconfirmed(inspection.case, world.unit_officer, "不予确认")
    with pytest.raises(NotPermitted):
        inspections.confirm_visit(inspection.case, world.editor, "属实")
    inspections.confirm_visit(inspection.case, world.head, "第三项另有说明")
    inspection.refresh_from_db()
    assert (inspection.visit_closed_by, inspection.visit_confirmed_by) == (world.unit_officer.user, world.head.user)
    assert inspection.visit_remark == "第三项另有说明"


def test_without_the_bases_confirmation_it_goes_on_when_the_time_is_over(world, time_machine):
    inspection = visiting(world)
    for item in inspection.items.all():
        visits.record_entry(inspection.case, world.unit_officer, note(item))
    inspections.close_visit(inspection.case, world.unit_officer)
    time_machine.move_to(timezone.now() + dt.timedelta(days=inspections.CONFIRM_DAYS + 1))
    inspections.proceed_unconfirmed(inspection.case, world.unit_officer, "多次催告未确认")
    inspection.refresh_from_db()
    assert (state_of(inspection.case), inspection.visit_confirmed_by) == ("findings", None)


def test_what_was_found_wrong_is_told_by_letter_with_days_to_answer(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with_findings(inspection, world.unit_officer)
    results.send_findings(inspection.case, world.unit_officer)
    letter = Document.objects.get(case=inspection.case, kind="inspection_findings")
    assert (letter.addressee, letter.issuer, letter.is_public) == (world.institution, world.unit, False)
    assert "制度没有落实" in str(letter.content)
    clock = Clock.objects.get(case=inspection.case, code="answer")
    today = timezone.localdate()
    assert clock.counting == [(today + dt.timedelta(days=day)).isoformat() for day in range(1, 8)]


def test_a_finding_that_says_nothing_is_not_sent(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with_findings(inspection, world.unit_officer)
    written = sheet(sheets.FINDINGS, inspection, Verdict.FAILS, "")
    sheets.record(inspection.case, sheets.FINDINGS, world.unit_officer, written)
    with pytest.raises(Blocked, match="须写明发现的问题"):
        results.send_findings(inspection.case, world.unit_officer)


def test_where_nothing_was_found_wrong_nobody_has_to_answer(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with_findings(inspection, world.unit_officer, "meets")
    assert {step.transition.name for step in steps_for(inspection.case, world.unit_officer)} == {
        "record_findings",
        "accept_findings",
    }
    perform(inspection.case, "accept_findings", world.unit_officer)
    graded(inspection, world.unit_officer, world.unit_head, "excellent")
    assert inspection.grade == "excellent"


def test_nothing_stands_against_a_base_that_it_could_not_answer(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with_findings(inspection, world.unit_officer, "meets")
    perform(inspection.case, "accept_findings", world.unit_officer)
    whole = {"grade": "failed", "grade_reasons": "不合格", "commended": False}
    written = sheet(sheets.VERDICTS, inspection, Verdict.FAILS, "另有发现", **whole)
    sheets.record(inspection.case, sheets.VERDICTS, world.unit_officer, written)
    with pytest.raises(Blocked) as blocked:
        results.propose_grade(inspection.case, world.unit_officer)
    assert {problem.code for problem in blocked.value.problems} == {"not_heard"}
    perform(inspection.case, "reopen_findings", world.unit_officer, reason="补充发现")
    assert state_of(inspection.case) == "findings"


def test_an_answer_that_does_not_come_expires(world, time_machine):
    inspection = inspection_of(launched(world, self_due_on=None))
    with_findings(inspection, world.unit_officer)
    results.send_findings(inspection.case, world.unit_officer)
    with pytest.raises(Blocked, match="无异议"):
        results.answer_findings(inspection.case, world.head)
    time_machine.move_to(timezone.now() + dt.timedelta(days=9))
    inspection_terms.expire_answers(timezone.now())
    assert state_of(inspection.case) == "answered"
    graded(inspection, world.unit_officer, world.unit_head, "good")
    letter = Document.objects.get(case=inspection.case, kind="inspection_result")
    assert "没有在期限内提交说明" in str(letter.content)


def test_the_officer_proposes_and_somebody_else_signs(world):
    both = member(world.unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)
    inspection = inspection_of(launched(world, self_due_on=None))
    answered(inspection, both, world.head)
    with pytest.raises(NotPermitted, match="须由另一人办理"):
        graded(inspection, both, both)
    results.sign_result(inspection.case, world.unit_head)
    assert state_of(inspection.case) == "concluded"


@pytest.mark.parametrize(
    ("verdict", "grade", "commended", "code"),
    [
        ("fails", "excellent", False, "grade_too_high"),
        ("meets", "failed", False, "grade_without_facts"),
        ("improve", "good", True, "commended_not_excellent"),
        ("meets", "", False, "grade_missing"),
    ],
)
def test_the_grade_follows_from_the_verdicts(world, verdict, grade, commended, code):
    inspection = inspection_of(launched(world, self_due_on=None))
    answered(inspection, world.unit_officer, world.head, "fails")
    whole = {"grade": grade, "grade_reasons": "理由", "commended": commended}
    written = sheet(sheets.VERDICTS, inspection, verdict, "理由", **whole)
    sheets.record(inspection.case, sheets.VERDICTS, world.unit_officer, written)
    with pytest.raises(Blocked) as blocked:
        results.propose_grade(inspection.case, world.unit_officer)
    assert {problem.code for problem in blocked.value.problems} == {code}


def test_a_failing_result_says_what_follows_and_how_to_contest_it(world):
    inspection = finished(world, "regular", "failed")
    letter = Document.objects.get(case=inspection.case, kind="inspection_result")
    text = str(letter.content)
    assert "是否责令限期整改，由市人力资源社会保障局依照第二十三条另行决定" in text
    assert "六十日内" in letter.remedies
    assert "第二十三条" in letter.content["legal_basis"][0]
    good = finished(Supervision("zibo"), "regular", "good")
    assert Document.objects.get(case=good.case, kind="inspection_result").remedies == ""


def test_no_failing_result_is_signed_once_the_text_has_lapsed(world, monkeypatch):
    from apps.cases.workflow import Problem
    from apps.inspections import guards

    inspection = inspection_of(launched(world, self_due_on=None))
    answered(inspection, world.unit_officer, world.head, "fails")
    monkeypatch.setattr(guards, "text_in_force", lambda case, actor: [Problem("not_in_force", "已失效")])
    with pytest.raises(Blocked, match="已失效"):
        graded(inspection, world.unit_officer, world.unit_head, "failed")


def test_running_inspections_are_discontinued_only_when_the_base_has_ended(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    with pytest.raises(WrongState):
        perform(inspection.case, "discontinue", world.office["officer"], reason="终止")
    inspection.base.status = "revoked"
    inspection.base.save()
    perform(inspection.case, "discontinue", world.office["officer"], reason="基地资格已取消")
    assert state_of(inspection.case) == "discontinued"

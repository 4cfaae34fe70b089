"""Intake: admission, one request for corrections with its clocks, refusal from the register, fraud recorded."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.actors import actor_for
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership
from apps.applications.models import AdmissionRefusal, ReturnItem
from apps.applications.services import intake, returns, submission
from apps.applications.services.filling import editable_sections
from apps.applications.services.history import history_of
from apps.applications.services.self_check import register_bar
from apps.bases.models import RegisterRecord
from apps.cases import schedule
from apps.cases.models import Act, Case, Clock, Document
from apps.cases.selectors import timeline
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import may
from tests.applications.recommendation.department import at_intake
from tests.factories import OrganisationFactory, member

pytestmark = pytest.mark.django_db

MONDAY = "2026-03-16T10:00:00+08:00"
ITEMS = [returns.Item("faculty", "教师表缺职称"), returns.Item("funds", "经费来源不明")]


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    return time_machine


def codes(error) -> list[str]:
    return [problem.code for problem in error.value.problems]


def officer_of(applicant):
    return member(applicant.authority, Role.AUTHORITY_OFFICER)


def head_of(applicant):
    return member(applicant.authority, Role.AUTHORITY_HEAD)


def record(applicant, kind="revocation", jurisdiction="", **values) -> RegisterRecord:
    officer = officer_of(applicant)
    return RegisterRecord.objects.create(
        jurisdiction_id=jurisdiction or applicant.case.jurisdiction_id,
        institution=applicant.institution,
        kind=kind,
        level=values.pop("level", applicant.round.level),
        division=applicant.institution.division,
        on=values.pop("on", dt.date(2023, 5, 8)),
        document_number=values.pop("document_number", "测人社〔2023〕9号"),
        recorded_by=officer.user,
        **values,
    )


def refusal(**values):
    return {
        "ground": "other",
        "reasons": "申报材料系冒用他人名义。",
        "articles": ["9(2)"],
        "records_fraud": False,
    } | values


# Admission


def test_admission_is_notified_with_its_document_and_ends_the_promise():
    applicant = at_intake("zibo")
    act = intake.admit(applicant.case, officer_of(applicant))
    case = applicant.reload().case
    assert case.state == "admitted"
    assert act.articles == ["9(2)"]
    document = Document.objects.get(act=act)
    assert (document.kind, document.addressee, document.issuer) == (
        "admission",
        applicant.institution,
        applicant.authority,
    )
    assert document.content["legal_basis"] == [
        "《淄博市专业技术人员继续教育基地管理办法》（淄人社发〔2025〕5号）第九条第（二）项、第（三）项"
    ]
    assert Clock.objects.get(case=case, code="intake").state == "met"


def test_barred_applicant_cannot_be_admitted_whatever_it_declared():
    applicant = at_intake("national")
    record(applicant, "fraud", note="2023年申报材料造假")
    with pytest.raises(Blocked) as blocked:
        intake.admit(applicant.case, officer_of(applicant))
    assert codes(blocked) == ["barred"]
    assert blocked.value.problems[0].articles == ("29",)
    assert applicant.reload().case.state == "intake"


def test_history_of_a_barred_applicant_names_record_date_document_and_article():
    applicant = at_intake("shanghai")
    record(applicant, "revocation")
    history = history_of(applicant.reload())
    assert [(entry.on, entry.label, entry.document_number, entry.adverse) for entry in history.entries] == [
        (dt.date(2023, 5, 8), "被取消（撤销）基地资格", "测人社〔2023〕9号", True)
    ]
    assert history.bar.article == "25"
    assert [problem.articles for problem in history.barred] == [("25",)]


def test_text_without_a_bar_shows_the_history_and_admits():
    applicant = at_intake("zibo")
    record(applicant, "revocation")
    history = history_of(applicant.reload())
    assert len(history.entries) == 1
    assert history.adverse
    assert (history.bar, history.barred) == (None, ())
    intake.admit(applicant.case, officer_of(applicant))
    assert applicant.reload().case.state == "admitted"


def test_withdrawn_and_rehearsed_records_are_no_history():
    applicant = at_intake("national")
    record(applicant, "fraud", withdrawn_at=timezone.now())
    rehearsal = at_intake("national", is_sandbox=True)
    record(applicant, "fraud", case=rehearsal.case)
    history = history_of(applicant.reload())
    assert (history.entries, history.barred) == ((), ())


def test_only_officers_of_the_authority_in_turn_admit():
    applicant = at_intake("zibo")
    other = at_intake("zibo")
    for stranger in (officer_of(other), head_of(applicant), applicant.head):
        with pytest.raises(NotPermitted):
            intake.admit(applicant.case, stranger)
    assert applicant.reload().case.state == "intake"


# Corrections


def test_corrections_are_asked_for_in_one_notice_and_the_promise_pauses():
    applicant = at_intake("zibo")
    act = intake.request_correction(applicant.case, officer_of(applicant), ITEMS, days=10)
    application = applicant.reload()
    assert application.case.state == "correcting"
    assert application.case.turn_organisation_id == applicant.institution.pk
    assert sorted(ReturnItem.objects.values_list("section", "stage")) == [("faculty", "intake"), ("funds", "intake")]
    assert editable_sections(application, applicant.editor) == {"faculty", "funds"}
    correction = Clock.objects.get(case=application.case, code="correction")
    assert correction.basis == "officer"
    assert correction.counting[0] == "2026-03-17"
    assert correction.counting[-1] == "2026-03-30"
    assert len(correction.counting) == 10
    assert correction.due_at.isoformat() == "2026-03-30T16:00:00+00:00"
    promise = Clock.objects.get(case=application.case, code="intake")
    assert promise.state == "paused"
    assert promise.pauses[0]["reason"] == "等待申报单位补正材料"
    document = Document.objects.get(act=act)
    assert (document.kind, document.addressee) == ("correction_notice", applicant.institution)
    table = next(block for block in document.content["body"] if block["block"] == "table")
    assert table["rows"] == [["1", "师资队伍", "教师表缺职称"], ["2", "经费保障", "经费来源不明"]]
    assert "2026年3月30日24时前" in str(document.content["body"])


def test_calendar_days_can_be_given_instead():
    applicant = at_intake("zibo")
    intake.request_correction(applicant.case, officer_of(applicant), ITEMS, days=15, unit="natural_days")
    clock = Clock.objects.get(case=applicant.case, code="correction")
    assert (clock.counting[0], clock.counting[-1], len(clock.counting)) == ("2026-03-17", "2026-03-31", 15)


def test_corrections_arrive_and_the_promise_runs_on_with_the_days_left(monday):
    applicant = at_intake("zibo")
    monday.move_to("2026-03-18T15:00:00+08:00", tick=False)
    intake.request_correction(applicant.case, officer_of(applicant), ITEMS)
    monday.move_to("2026-03-26T09:00:00+08:00", tick=False)
    submission.resubmit(applicant.reload().case, applicant.head)
    case = applicant.reload().case
    assert case.state == "intake"
    assert Clock.objects.get(case=case, code="correction").state == "met"
    promise = Clock.objects.get(case=case, code="intake")
    assert promise.state == "running"
    # two of the five days had passed (17, 18 March); three are left: 27, 30 and 31 March
    assert promise.counting[-3:] == ["2026-03-27", "2026-03-30", "2026-03-31"]
    assert promise.due_at.isoformat() == "2026-03-31T16:00:00+00:00"
    assert "to" in promise.pauses[0]
    assert not ReturnItem.objects.filter(resolved_by__isnull=True).exists()


def test_corrections_are_asked_for_only_once():
    applicant = at_intake("zibo")
    officer = officer_of(applicant)
    intake.request_correction(applicant.case, officer, ITEMS)
    submission.resubmit(applicant.reload().case, applicant.head)
    with pytest.raises(Blocked) as blocked:
        intake.request_correction(applicant.reload().case, officer, ITEMS[:1])
    assert codes(blocked) == ["corrected_before"]
    assert applicant.reload().case.state == "intake"
    assert Document.objects.filter(kind="correction_notice").count() == 1


@pytest.mark.parametrize(
    ("items", "days", "expected"),
    [
        ([], 10, ["items_missing"]),
        ([returns.Item("faculty", "")], 10, ["item_reason_missing"]),
        (ITEMS, 0, ["term_invalid"]),
        (ITEMS, 91, ["term_invalid"]),
    ],
)
def test_notice_needs_reasons_and_a_sensible_term(items, days, expected):
    applicant = at_intake("zibo")
    with pytest.raises(Blocked) as blocked:
        intake.request_correction(applicant.case, officer_of(applicant), items, days=days)
    assert codes(blocked) == expected
    assert not Clock.objects.filter(code="correction").exists()


def test_missed_corrections_come_back_by_the_clock_and_not_before(monday):
    applicant = at_intake("zibo")
    intake.request_correction(applicant.case, officer_of(applicant), ITEMS)
    monday.move_to("2026-03-30T23:59:59+08:00", tick=False)
    schedule.run_all(timezone.now())
    assert applicant.reload().case.state == "correcting"
    monday.move_to("2026-03-31T00:00:00+08:00", tick=False)
    schedule.run_all(timezone.now())
    schedule.run_all(timezone.now())
    case = applicant.reload().case
    assert case.state == "intake"
    assert Act.objects.filter(case=case, name="correction_expired", actor=None).count() == 1
    assert Clock.objects.get(case=case, code="correction").state == "missed"
    assert Clock.objects.get(case=case, code="intake").state == "running"
    with pytest.raises(WrongState):
        submission.resubmit(case, applicant.head)


# Refusal


def test_barred_applicant_is_refused_with_the_article_from_the_register():
    applicant = at_intake("national")
    record(applicant, "revocation")
    bar = register_bar(applicant.application)
    officer = officer_of(applicant)
    intake.propose_refusal(applicant.case, officer, **refusal(ground="bar", reasons=bar[0].message, articles=[]))
    assert AdmissionRefusal.objects.get(application=applicant.application).articles == ["29"]
    act = intake.sign_refusal(applicant.case, head_of(applicant))
    case = applicant.reload().case
    assert case.state == "refused"
    assert case.closed_at == act.at
    assert act.articles == ["29"]
    document = Document.objects.get(act=act)
    assert (document.kind, document.addressee) == ("admission_refusal", applicant.institution)
    assert "第二十九条" in document.content["legal_basis"][0]
    assert bar[0].message in str(document.content["body"])
    assert "六十日内依法申请行政复议" in document.remedies
    assert "六个月内" in document.remedies
    assert not RegisterRecord.objects.filter(kind="fraud").exists()


@pytest.mark.parametrize("jurisdiction", ["zibo", "national"])
def test_bar_cannot_be_pleaded_without_a_text_and_a_record(jurisdiction):
    applicant = at_intake(jurisdiction)
    article = "9(2)" if jurisdiction == "zibo" else "29"
    with pytest.raises(Blocked) as blocked:
        intake.propose_refusal(applicant.case, officer_of(applicant), **refusal(ground="bar", articles=[article]))
    assert codes(blocked) == ["no_bar"]


def test_zibo_history_is_no_ground_for_a_bar():
    applicant = at_intake("zibo")
    record(applicant, "fraud")
    with pytest.raises(Blocked) as blocked:
        intake.propose_refusal(applicant.case, officer_of(applicant), **refusal(ground="bar"))
    assert codes(blocked) == ["no_bar"]
    assert "没有禁止" in blocked.value.problems[0].message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reasons": " "}, ["refusal_reasons_missing"]),
        ({"articles": []}, ["refusal_articles_missing"]),
        ({"articles": ["99"]}, ["article_unknown"]),
        ({"ground": "whim"}, ["ground_missing"]),
        ({"ground": "not_corrected"}, ["never_asked"]),
    ],
)
def test_refusal_needs_ground_reasons_and_articles_of_the_text(changes, expected):
    applicant = at_intake("zibo")
    with pytest.raises(Blocked) as blocked:
        intake.propose_refusal(applicant.case, officer_of(applicant), **refusal(**changes))
    assert codes(blocked) == expected
    assert not AdmissionRefusal.objects.exists()


def test_who_proposed_the_refusal_does_not_sign_it():
    applicant = at_intake("zibo")
    officer = officer_of(applicant)
    Membership.objects.create(user=officer.user, organisation=applicant.authority, role=Role.AUTHORITY_HEAD)
    both = actor_for(officer.user, applicant.authority)
    intake.propose_refusal(applicant.case, both, **refusal())
    with pytest.raises(NotPermitted) as refused:
        intake.sign_refusal(applicant.case, both)
    assert codes(refused) == ["separation_of_duties"]
    assert applicant.reload().case.state == "refusal_proposed"


def test_fraud_established_by_a_refusal_enters_the_register_and_bars_from_then_on():
    applicant = at_intake("national")
    officer = officer_of(applicant)
    intake.propose_refusal(
        applicant.case, officer, **refusal(articles=["9(3)"], records_fraud=True, reasons="师资名册系伪造。")
    )
    assert not RegisterRecord.objects.exists()
    act = intake.sign_refusal(applicant.case, head_of(applicant))
    fraud = RegisterRecord.objects.get()
    document = Document.objects.get(act=act)
    assert (fraud.kind, fraud.institution, fraud.case) == ("fraud", applicant.institution, applicant.case)
    assert (fraud.on, fraud.document_number, fraud.recorded_by) == (
        dt.date(2026, 3, 16),
        document.number,
        act.actor,
    )
    assert act.articles == ["9(3)", "29"]
    assert [problem.articles for problem in register_bar(applicant.reload())] == [("29",)]


def test_rehearsed_fraud_does_not_enter_the_register():
    applicant = at_intake("national", is_sandbox=True)
    intake.propose_refusal(applicant.case, officer_of(applicant), **refusal(articles=["9(3)"], records_fraud=True))
    intake.sign_refusal(applicant.case, head_of(applicant))
    assert applicant.reload().case.state == "refused"
    assert not RegisterRecord.objects.exists()


def test_refusal_under_a_lapsed_text_cannot_be_signed():
    applicant = at_intake("weihai", is_sandbox=True)
    intake.propose_refusal(applicant.case, officer_of(applicant), **refusal(articles=["5(2)"]))
    Case.objects.filter(pk=applicant.case.pk).update(is_sandbox=False)
    with pytest.raises(Blocked) as blocked:
        intake.sign_refusal(Case.objects.get(pk=applicant.case.pk), head_of(applicant))
    assert codes(blocked) == ["not_in_force"]


def test_refusal_sent_back_is_examined_again_and_stays_internal():
    applicant = at_intake("zibo")
    intake.propose_refusal(applicant.case, officer_of(applicant), **refusal())
    intake.send_back_refusal(applicant.case, head_of(applicant), "事实不清")
    case = applicant.reload().case
    assert case.state == "intake"
    seen = timeline(case, applicant.head).values_list("name", flat=True)
    assert not {"propose_refusal", "send_back_refusal"} & set(seen)
    assert "申报材料系冒用他人名义。" not in str(list(timeline(case, applicant.head).values_list("reason", "data")))


def test_association_notes_its_check_where_the_text_delegates_and_decides_nothing():
    association = OrganisationFactory(kind=OrganisationKind.ASSOCIATION, jurisdiction_id="shanghai", may_assist=True)
    assistant = member(association, Role.SERVICE_ASSISTANT)
    applicant = at_intake("shanghai")
    act = intake.record_material_check(applicant.case, assistant, "原件齐全，复印件一致。")
    assert (act.reason, act.articles, act.is_internal) == ("原件齐全，复印件一致。", ["4"], True)
    assert applicant.reload().case.state == "intake"
    for step in ("admit", "request_correction", "propose_refusal"):
        assert not may(applicant.case, step, assistant)
    elsewhere = at_intake("zibo")
    with pytest.raises((NotPermitted, WrongState)):
        intake.record_material_check(elsewhere.case, assistant, "原件齐全。")


def test_application_goes_straight_to_the_intake_where_nobody_recommends():
    applicant = at_intake("sichuan", is_sandbox=True)
    assert applicant.case.state == "intake"
    assert applicant.case.turn_organisation_id == applicant.authority.pk
    assert Clock.objects.get(case=applicant.case, code="intake").state == "running"
    assert list(Act.objects.filter(case=applicant.case).values_list("name", flat=True)) == ["open", "submit"]

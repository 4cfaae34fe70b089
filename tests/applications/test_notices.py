"""Public notices and objections, as the text that asks for them has it."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.enums import Role
from apps.applications.models import Objection
from apps.applications.services import decisions, notices, objections
from apps.cases.models import Case, Document
from apps.cases.workflow import Blocked
from apps.jurisdictions.models import RulebookExtension
from tests.applications.road import Office
from tests.factories import member

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
YES = {"conclusion": "positive", "reasons": "通过评审。", "articles": ["5(3)"]}


@pytest.fixture
def office():
    with time_machine.travel(MONDAY):
        office = Office("weihai")
        RulebookExtension.objects.create(
            jurisdiction_id="weihai",
            rulebook_key=office.rulebook.key,
            kind="extension",
            document_number="测试延期〔2024〕1号",
            document_date=dt.date(2024, 12, 1),
            effective_from=dt.date(2024, 12, 18),
            file_sha256="0" * 64,
            recorded_by=member(office.authority, Role.LEGAL_OFFICER).user,
            recorded_for=office.authority,
            confirmed_by=office.head.user,
            confirmed_at=MONDAY,
        )
        yield office


def published(office, applications, days=5):
    notice = notices.draw_up(
        office.round, office.officer, title="公示", text="", contact="电话", days=days, applications=applications
    )
    notices.publish(notice.case, office.head)
    notice.refresh_from_db()
    return notice


def test_notice_shorter_than_the_text_asks_is_refused(office):
    application = office.application("reviewed")
    with pytest.raises(Blocked) as blocked:
        notices.draw_up(
            office.round, office.officer, title="公示", text="", contact="", days=4, applications=[application]
        )
    assert (blocked.value.problems[0].code, blocked.value.problems[0].articles) == ("notice_days", ("5(3)",))


def test_publication_freezes_and_hashes_the_list_and_counts_the_days(office):
    application = office.application("reviewed")
    notice = published(office, [application])
    assert (notice.starts_on, notice.last_day, notice.decide_from) == (
        dt.date(2026, 3, 2),
        dt.date(2026, 3, 9),
        dt.date(2026, 3, 10),
    )
    assert notice.list_sha256 == notices.list_hash(notice.entries_frozen)
    assert [entry["institution"] for entry in notice.entries_frozen] == [application.case.institution.name]
    assert Case.objects.get(pk=application.pk).state == "in_notice"
    clock = notice.case.clocks.get()
    assert (clock.due_at, clock.articles) == (dt.datetime(2026, 3, 9, 16, 0, tzinfo=dt.UTC), ["5(3)"])
    assert Document.objects.get(case=notice.case).is_public


def test_application_that_passed_is_not_decided_before_its_notice(office):
    application = office.application("reviewed")
    with pytest.raises(Blocked) as blocked:
        decisions.prepare(application.case, office.officer, **YES)
    assert (blocked.value.problems[0].code, blocked.value.problems[0].articles) == ("notice_required", ("5(3)",))


def test_notice_is_not_closed_before_its_last_day_is_over(office):
    notice = published(office, [office.application("reviewed")])
    with time_machine.travel(dt.datetime(2026, 3, 9, 15, 59, 59, tzinfo=dt.UTC)), pytest.raises(Blocked) as blocked:
        notices.close(notice.case, office.officer)
    assert blocked.value.problems[0].code == "notice_running"
    with time_machine.travel(dt.datetime(2026, 3, 9, 16, 0, tzinfo=dt.UTC)):
        notices.close(notice.case, office.officer)
    assert notice.case.state == "closed"


def test_open_objection_keeps_the_decision_locked_until_it_is_answered(office):
    application = office.application("reviewed")
    notice = published(office, [application])
    pdf = SimpleUploadedFile("证据.pdf", b"%PDF-1.4 evidence")
    objection = objections.object_to(
        notice, application.case.number, name="某甲", contact="000", text="师资不实", files=[pdf]
    )
    assert objection.case.attachments.get().name == "证据.pdf"
    with time_machine.travel(dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)):
        with pytest.raises(Blocked) as blocked:
            notices.close(notice.case, office.officer)
        assert blocked.value.problems[0].code == "objections_open"
        with pytest.raises(Blocked):
            objections.propose_answer(objection.case, office.officer, sustained=False, answer="不成立")
        objections.investigate(objection.case, office.officer, "已核对原件")
        objections.propose_answer(objection.case, office.officer, sustained=False, answer="原件齐全")
        objections.sign_answer(objection.case, office.head)
        reply = Document.objects.get(kind="objection_reply")
        assert (reply.addressee, reply.addressee_name, reply.is_public) == (None, "某甲", False)
        notices.close(notice.case, office.officer)
        case = Case.objects.get(pk=application.pk)
        decisions.prepare(case, office.officer, **YES)
        assert case.state == "decision_prepared"


def test_objection_after_the_last_day_is_refused(office):
    application = office.application("reviewed")
    notice = published(office, [application])
    with time_machine.travel(dt.datetime(2026, 3, 9, 16, 0, tzinfo=dt.UTC)), pytest.raises(Blocked) as blocked:
        objections.object_to(notice, application.case.number, name="某甲", contact="000", text="迟到")
    assert blocked.value.problems[0].code == "notice_over"
    assert not Objection.objects.exists()


def test_objection_is_hidden_from_the_applicant(office, client):
    application = office.application("reviewed")
    notice = published(office, [application])
    objection = objections.object_to(notice, application.case.number, name="秘密甲", contact="000", text="秘密内容")
    head = member(application.case.institution, Role.INSTITUTION_HEAD)
    client.force_login(head.user)
    assert client.get(f"/cases/{objection.case.number}/").status_code == 404
    pages = [f"/cases/{application.case.number}/", f"/applications/public/notices/{notice.case.number}/", "/dashboard/"]
    for page in pages:
        text = client.get(page).content.decode()
        assert "秘密甲" not in text
        assert "秘密内容" not in text

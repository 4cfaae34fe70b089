"""Certificates: who may issue, how they are numbered, drawn and verified; what verification does not show."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from apps.bases.models import Base
from apps.cases.models import Act
from apps.cases.numbering import next_numbers
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.plans.models import CertificateBatch, TraineeRecord
from apps.plans.services import certificate_pdf, records, totals
from apps.plans.services.certificates import find_certificate, issue_certificates
from tests.factories import Supervision
from tests.plans.records.trainees import fresh, make_project, resident, row

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


@pytest.fixture
def people():
    return Supervision("zibo")


@pytest.fixture
def project(people):
    project = make_project(people)
    records.enter_rows(project.case, people.editor, [row(1), row(2), row(3, outcome="不合格"), row(4)])
    return fresh(project)


def numbers():
    return list(
        TraineeRecord.objects.exclude(certificate_number="").order_by("pk").values_list("certificate_number", flat=True)
    )


def words(pdf):
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_head_certifies_everybody_who_passed(people, project):
    batch = issue_certificates(project.case, people.head)
    number = people.base.number
    assert batch.count == 3
    assert numbers() == [f"{number}-{YEAR}-{position:05d}" for position in (1, 2, 3)]
    assert TraineeRecord.objects.get(name="学员3").certificate_number == ""
    act = Act.objects.get(case=project.case, name="issue_certificates")
    assert act.actor == people.head.user
    assert fresh(project).certificate_count == 3
    assert totals.differences() == []
    with pytest.raises(Blocked, match="没有合格而尚未发证"):
        issue_certificates(project.case, people.head)


def test_numbers_go_on_without_gaps_over_the_projects_of_a_base(people, project):
    chosen = list(TraineeRecord.objects.filter(name="学员4").values_list("pk", flat=True))
    issue_certificates(project.case, people.head, chosen)
    second = make_project(people, name="第二期")
    records.enter_rows(second.case, people.editor, [row(1)])
    issue_certificates(fresh(second).case, people.head)
    issue_certificates(fresh(project).case, people.head)
    found = dict(TraineeRecord.objects.exclude(batch=None).values_list("pk", "certificate_number"))
    assert sorted(number[-5:] for number in found.values()) == ["00001", "00002", "00003", "00004"]


def test_failed_issue_gives_its_numbers_back(people, project):
    failed = TraineeRecord.objects.get(name="学员3").pk
    with pytest.raises(Blocked):
        issue_certificates(project.case, people.head, [TraineeRecord.objects.get(name="学员1").pk, failed])
    issue_certificates(project.case, people.head)
    assert numbers()[0].endswith("-00001")


def test_series_is_advanced_in_one_step():
    assert list(next_numbers("certificate:test", 3)) == [1, 2, 3]
    assert list(next_numbers("certificate:test", 0)) == []
    assert list(next_numbers("certificate:test", 2)) == [4, 5]


@pytest.mark.parametrize("who", ["editor", "unit_head", "officer"])
def test_nobody_but_the_institutions_head_issues(people, project, who):
    actor = people.office["officer"] if who == "officer" else getattr(people, who)
    with pytest.raises(NotPermitted):
        issue_certificates(project.case, actor)


def test_unauthorised_project_issues_none(people):
    project = make_project(people, authorised_by=None)
    records.enter_rows(project.case, people.editor, [row(1, value="0")])
    with pytest.raises(Blocked) as refused:
        issue_certificates(fresh(project).case, people.head)
    assert refused.value.problems[0].code == "unauthorised"
    assert numbers() == []


def test_archived_project_and_ended_base_issue_none(people, project):
    archived = make_project(people, "archived", name="已归档")
    with pytest.raises(WrongState):
        issue_certificates(archived.case, people.head)
    Base.objects.filter(pk=people.base.pk).update(status="revoked")
    project.case.base.refresh_from_db()
    with pytest.raises(Blocked) as refused:
        issue_certificates(fresh(project).case, people.head)
    assert refused.value.problems[0].code == "base_ended"


def test_certificate_says_what_was_true_on_the_day_and_hides_the_number(people, project):
    issue_certificates(project.case, people.head)
    before = people.base.name
    Base.objects.filter(pk=people.base.pk).update(name="改名后的基地")
    record = TraineeRecord.objects.select_related("batch").get(name="学员1")
    (page,) = words(certificate_pdf.draw_one(record))
    assert before in page and "改名后的基地" not in page
    assert record.certificate_number in page and record.certificate_code in page
    assert "学员1" in page and "16学时" in page
    assert resident(1) not in page and record.identity_masked in page
    assert "演练" not in page


def test_rehearsals_certificate_says_so():
    people = Supervision("weihai", is_sandbox=True)
    project = make_project(people)
    records.enter_rows(project.case, people.editor, [row(1)])
    issue_certificates(fresh(project).case, people.head)
    record = TraineeRecord.objects.select_related("batch").get()
    (page,) = words(certificate_pdf.draw_one(record))
    assert "演练" in page and "16学分" in page


def test_batch_is_drawn_in_parts_each_once_and_joined(people, project, monkeypatch):
    monkeypatch.setattr(certificate_pdf, "PART", 2)
    batch = issue_certificates(project.case, people.head)
    assert [certificate_pdf.draw_next(batch.pk) for _ in range(2)] == [False, False]
    batch.refresh_from_db()
    assert (batch.drawn, batch.finished_at) == (3, None)
    assert certificate_pdf.draw_next(batch.pk) is True
    assert certificate_pdf.draw_next(batch.pk) is True
    batch.refresh_from_db()
    with batch.file.open("rb") as file:
        pages = words(file.read())
    assert [number in page for number, page in zip(numbers(), pages, strict=True)] == [True] * 3


def test_interrupted_part_is_drawn_anew_and_a_running_one_left_alone(people, project):
    batch = issue_certificates(project.case, people.head)
    CertificateBatch.objects.filter(pk=batch.pk).update(drawing_since=timezone.now())
    assert certificate_pdf.draw_next(batch.pk) is True
    batch.refresh_from_db()
    assert batch.drawn == 0
    stale = timezone.now() - certificate_pdf.STALLED_AFTER * 2
    CertificateBatch.objects.filter(pk=batch.pk).update(drawing_since=stale, issued_at=stale)
    assert [one.pk for one in certificate_pdf.unfinished(timezone.now())] == [batch.pk]
    assert certificate_pdf.draw_next(batch.pk) is False
    batch.refresh_from_db()
    assert batch.drawn == 3


def test_public_page_verifies_and_shows_no_more_than_it_must(client, people, project):
    issue_certificates(project.case, people.head)
    record = TraineeRecord.objects.get(name="学员1")
    typed = " ".join(record.certificate_code[start : start + 4] for start in range(0, 16, 4)).lower()
    page = client.get(reverse("plans:certificate_verify"), {"code": typed})
    text = page.content.decode()
    assert page.status_code == 200
    assert "核验通过" in text and record.certificate_number in text and "学**" in text
    assert people.base.name in text and "新材料应用班" in text and "16 学时" in text
    number = resident(1)
    for hidden in (
        "学员1",
        number,
        number[6:14],
        number[-4:],
        record.identity_masked,
        record.employer,
        people.head.user.name,
    ):
        assert hidden not in text


@pytest.mark.parametrize("code", ["A" * 16, "short", "x" * 200, "' OR 1=1 --", "１" * 16])
def test_unknown_code_is_said_to_be_unknown(client, people, project, code):
    page = client.get(reverse("plans:certificate_verify"), {"code": code})
    assert page.status_code in (200, 422)
    assert "核验通过" not in page.content.decode()


def test_trying_codes_out_is_throttled(client, settings):
    settings.VISITOR_LIMITS = {**settings.VISITOR_LIMITS, "unknown_code": (3, 600)}
    address = reverse("plans:certificate_verify")
    answers = [client.get(address, {"code": "B" * 16}, REMOTE_ADDR="10.9.8.7").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]


def test_record_without_certificate_is_found_by_no_code():
    assert find_certificate("") is None

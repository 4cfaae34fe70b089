"""Verdicts on conditions: kept one by one, a doubt with its note, only while the opinion is being drafted."""

from __future__ import annotations

import pytest

from apps.accounts.enums import Role
from apps.applications.models import ItemCheck
from apps.applications.services import checks, recommendation
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from tests.applications.recommendation.department import check_all, head_of, item_of, officer_of, proposed, submitted
from tests.factories import DepartmentFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant():
    return submitted("zibo")


def test_items_are_the_conditions_of_the_text_with_their_articles_and_files(applicant):
    items = checks.items_of(applicant.application, "examination")
    assert [item.code for item in items] == [
        finding["code"] for finding in applicant.application.evaluation["findings"]
    ]
    faculty = next(item for item in items if item.code == "faculty")
    assert faculty.articles == ("8(1)",)
    assert [file.name for file in faculty.files] == ["证明.pdf"]
    assert faculty.check is None
    assert not faculty.outdated


def test_verdict_is_kept_and_the_latest_replaces_the_one_before(applicant):
    officer = officer_of(applicant.examiner)
    checks.record_check(applicant.case, officer, "faculty", "doubt", "  名册与社保不符  ")
    checks.record_check(applicant.case, officer, "faculty", "agree", "已核对原件")
    check = ItemCheck.objects.get(application=applicant.application)
    assert (check.stage, check.item, check.verdict, check.note) == ("examination", "faculty", "agree", "已核对原件")
    assert (check.checked_by, check.organisation) == (officer.user, applicant.examiner)


def test_doubt_without_a_note_is_refused(applicant):
    with pytest.raises(Blocked) as blocked:
        checks.record_check(applicant.case, officer_of(applicant.examiner), "faculty", "doubt", " ")
    assert [(problem.code, problem.where) for problem in blocked.value.problems] == [("note_missing", "check:faculty")]
    assert not ItemCheck.objects.exists()


@pytest.mark.parametrize(
    ("item", "verdict", "code"), [("nothing", "agree", "item_unknown"), ("faculty", "", "verdict_missing")]
)
def test_unknown_item_or_verdict_is_refused(applicant, item, verdict, code):
    with pytest.raises(Blocked) as blocked:
        checks.record_check(applicant.case, officer_of(applicant.examiner), item, verdict)
    assert blocked.value.problems[0].code == code


def test_only_an_officer_of_the_department_in_turn_examines(applicant):
    strangers = [
        officer_of(applicant.recommender),
        officer_of(DepartmentFactory()),
        head_of(applicant.examiner),
        applicant.head,
        member(applicant.authority, Role.AUTHORITY_OFFICER),
    ]
    for stranger in strangers:
        with pytest.raises(NotPermitted):
            checks.record_check(applicant.case, stranger, "faculty", "agree")
    assert not ItemCheck.objects.exists()


def test_verdict_cannot_change_once_the_opinion_is_before_the_head(applicant):
    officer = officer_of(applicant.examiner)
    proposed(applicant.case, officer)
    with pytest.raises(WrongState):
        checks.record_check(applicant.case, officer, "faculty", "doubt", "晚了")
    assert ItemCheck.objects.get(item="faculty").verdict == "agree"


def test_second_stage_sees_the_verdicts_of_the_first(applicant):
    officer = officer_of(applicant.examiner)
    proposed(applicant.case, officer, faculty="兼职教师证明缺页")
    recommendation.sign_agreement(applicant.case, head_of(applicant.examiner))
    item = item_of(applicant.reload(), "recommendation", "faculty")
    assert item.check is None
    assert [(check.stage, check.verdict, check.note) for check in item.earlier] == [
        ("examination", "doubt", "兼职教师证明缺页")
    ]
    assert [check.item for check in checks.doubts(applicant.application)] == ["faculty"]


def test_examining_costs_the_same_queries_whatever_the_number_of_conditions(applicant, django_assert_num_queries):
    check_all(applicant.case, officer_of(applicant.examiner), faculty="存疑")
    application = applicant.reload()
    with django_assert_num_queries(3):
        assert len(checks.items_of(application, "examination")) == 11

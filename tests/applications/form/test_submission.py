"""Submitting: what is pinned and frozen, whose turn it is then, and everything that may stand in the way."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.accounts.enums import OrganisationKind, Role
from apps.applications.enums import ApplicationState as A
from apps.applications.enums import Stage
from apps.applications.models import Application, ReturnItem
from apps.applications.services import evidence, filling, submission
from apps.applications.services.completeness import missing_items
from apps.applications.services.printing import form_sha256
from apps.bases.models import Base
from apps.cases.enums import PartyRole
from apps.cases.models import Case, CaseParty, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from tests.applications.form.building import Applicant, pdf
from tests.factories import AuthorityFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def parties(application: Application) -> dict[int, tuple[list[str], bool]]:
    return {row.organisation_id: (row.roles, row.active) for row in CaseParty.objects.filter(case=application.case)}


def test_complete_form_goes_to_the_examiner_where_the_road_has_one():
    applicant = Applicant("zibo").complete()
    assert missing_items(applicant.reload()) == []
    act = submission.submit(applicant.case, applicant.head)
    application = applicant.reload()
    assert application.case.state == A.EXAMINING
    assert application.case.turn_organisation_id == applicant.examiner.pk
    assert application.case.rulebook_key == "zibo_2025"
    assert application.case.submitted_at == act.at or application.case.submitted_at <= act.at
    assert act.data == {"form_sha256": application.form_sha256}
    assert application.form_sha256 == form_sha256(application)
    assert parties(application) == {
        applicant.institution.pk: ([PartyRole.INSTITUTION], True),
        applicant.authority.pk: ([PartyRole.AUTHORITY], False),
        applicant.examiner.pk: ([PartyRole.EXAMINER], True),
        applicant.recommender.pk: ([PartyRole.RECOMMENDER], False),
    }
    assert list(application.case.clocks.values_list("code", "state")) == [("window", "met")]


def test_facts_and_evaluation_are_frozen_as_the_rulebook_found_them():
    applicant = Applicant("zibo").complete()
    submission.submit(applicant.case, applicant.head)
    application = applicant.reload()
    assert application.facts["annual_trainees"] == 2300
    assert application.facts["prior_fraud"] == []
    assert application.evaluation["outcome"] == "eligible"
    assert {finding["code"] for finding in application.evaluation["findings"]} == {
        "institution_type", "experience", "faculty", "management_body", "management_staff", "management_systems",
        "matching_funds", "facilities", "practice_site", "remote_education", "annual_trainees",
    }  # fmt: skip


def test_printed_form_is_issued_without_a_number_and_names_the_version():
    applicant = Applicant("zibo").complete()
    submission.submit(applicant.case, applicant.head)
    application = applicant.reload()
    document = Document.objects.get(case=application.case)
    assert (document.kind, document.number, document.issuer) == ("application_form", "", applicant.institution)
    assert document.content["version_hash"] == application.form_sha256[:16]
    assert not document.is_public


@pytest.mark.parametrize(
    ("jurisdiction", "state"),
    [("national", A.RECOMMENDING), ("shanghai", A.RECOMMENDING), ("weihai", A.RECOMMENDING), ("sichuan", A.INTAKE)],
)
def test_the_road_decides_where_the_form_goes(jurisdiction, state):
    applicant = Applicant(jurisdiction, is_sandbox=True).complete()
    submission.submit(applicant.case, applicant.head)
    assert applicant.reload().case.state == state


def test_form_that_reaches_the_authority_starts_its_promise_of_five_working_days():
    with time_machine.travel(dt.datetime(2026, 3, 16, 10, tzinfo=SHANGHAI), tick=False):
        applicant = Applicant("sichuan", is_sandbox=True).complete()
        submission.submit(applicant.case, applicant.head)
    clock = applicant.reload().case.clocks.get(code="intake")
    assert (clock.code, clock.basis, clock.articles) == ("intake", "promise", [])
    assert clock.counting == ["2026-03-17", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-23"]
    assert clock.due_at == dt.datetime(2026, 3, 24, tzinfo=SHANGHAI)
    assert "服务承诺" in clock.note


def test_lower_level_base_brings_in_the_superior_authority():
    province = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    applicant = Applicant("sichuan", level="regional", is_sandbox=True, authority={"superior": province}).complete()
    submission.submit(applicant.case, applicant.head)
    assert parties(applicant.reload())[province.pk] == ([PartyRole.FILING_AUTHORITY], False)


def test_lower_level_base_without_a_superior_authority_is_refused():
    applicant = Applicant("sichuan", level="regional", is_sandbox=True).complete()
    with pytest.raises(Blocked) as refused:
        submission.submit(applicant.case, applicant.head)
    assert [problem.code for problem in refused.value.problems] == ["no_filing_authority"]
    assert applicant.reload().case.rulebook_key == ""


def test_association_the_bureau_lets_assist_takes_part_and_sees_nothing_before_intake():
    association = OrganisationFactory(
        kind=OrganisationKind.ASSOCIATION, jurisdiction_id="shanghai", may_assist=True, name="测试协会"
    )
    OrganisationFactory(kind=OrganisationKind.ASSOCIATION, jurisdiction_id="shanghai", may_assist=False)
    applicant = Applicant("shanghai").complete()
    submission.submit(applicant.case, applicant.head)
    application = applicant.reload()
    assert parties(application)[association.pk] == ([PartyRole.ASSISTANT], False)
    assert len(parties(application)) == 4
    submission.start_intake_clock(application.case)
    assert parties(application)[association.pk] == ([PartyRole.ASSISTANT], True)


def give_base(applicant: Applicant, division: str) -> None:
    Base.objects.create(
        jurisdiction_id="national",
        number="JD-1",
        name="国家级测试基地",
        institution=applicant.institution,
        institution_name=applicant.institution.name,
        credit_code=applicant.institution.credit_code,
        division=division,
        level="national",
        authority=AuthorityFactory(jurisdiction_id="national", levels=["national"]),
        recognised_on=dt.date(2020, 1, 2),
    )


def test_holder_of_a_national_base_in_the_city_applies_directly():
    applicant = Applicant("zibo")
    give_base(applicant, "370302")
    applicant.complete(units={"direct": True})
    submission.submit(applicant.case, applicant.head)
    application = applicant.reload()
    assert application.direct
    assert (application.examiner_id, application.recommender_id) == (None, None)
    assert application.case.state == A.INTAKE
    assert set(parties(application)) == {applicant.institution.pk, applicant.authority.pk}


def test_direct_application_is_not_open_to_a_base_elsewhere():
    applicant = Applicant("zibo")
    give_base(applicant, "370102")
    applicant.complete(units={"direct": True})
    assert not applicant.reload().direct
    submission.submit(applicant.case, applicant.head)
    assert applicant.reload().case.state == A.EXAMINING


def test_direct_choice_does_not_outlive_the_base():
    applicant = Applicant("zibo")
    give_base(applicant, "370302")
    applicant.complete(units={"direct": True, "examiner": "", "recommender": ""})
    Base.objects.update(status="revoked", ended_on=dt.date(2026, 1, 5))
    with pytest.raises(Blocked) as refused:
        submission.submit(applicant.case, applicant.head)
    wheres = {problem.where for problem in refused.value.problems}
    assert wheres == {"section:units#examiner", "section:units#recommender"}


def test_editor_may_not_submit():
    applicant = Applicant("zibo").complete()
    with pytest.raises(NotPermitted):
        submission.submit(applicant.case, applicant.editor)
    assert applicant.reload().case.state == A.DRAFT
    assert applicant.case.rulebook_key == ""


def test_submission_is_taken_to_the_last_second_and_refused_at_twenty_four_hours():
    closes_on = dt.date(2026, 3, 20)
    window = {"opens_on": dt.date(2026, 3, 2), "closes_on": closes_on}
    with time_machine.travel(dt.datetime(2026, 3, 16, 10, tzinfo=SHANGHAI), tick=False):
        late, in_time = Applicant("zibo", **window).complete(), Applicant("zibo", **window).complete()
    with time_machine.travel(dt.datetime(2026, 3, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI), tick=False):
        submission.submit(in_time.case, in_time.head)
    with (
        time_machine.travel(dt.datetime(2026, 3, 21, 0, 0, 0, tzinfo=SHANGHAI), tick=False),
        pytest.raises(Blocked) as refused,
    ):
        submission.submit(late.case, late.head)
    assert [problem.message for problem in refused.value.problems] == [
        "本批次申报已于 2026-03-20 24 时截止，不能再提交。已填内容仍保留，可查看和打印。"
    ]
    assert in_time.reload().case.state == A.EXAMINING
    assert late.reload().case.state == A.DRAFT


def test_lapsed_text_takes_no_submission_outside_a_rehearsal():
    applicant = Applicant("weihai").complete()
    with pytest.raises(Blocked) as refused:
        submission.submit(applicant.case, applicant.head)
    assert [problem.code for problem in refused.value.problems] == ["not_in_force"]


def test_empty_form_is_refused_with_every_gap_its_place_and_article():
    applicant = Applicant("zibo")
    with pytest.raises(Blocked) as refused:
        submission.submit(applicant.case, applicant.head)
    found = {problem.where: problem for problem in refused.value.problems}
    assert found["section:faculty#teachers"].message == ("师资队伍：“师资名单”至少填写一行（第八条第（一）项）。")
    assert found["section:management#management_systems"].articles == ("8(2)",)
    assert found["section:evidence#experience"].articles == ("7",)
    assert found["section:pledge#truthful"].code == "form_missing"
    assert {where.split("#")[0] for where in found} >= {
        f"section:{section.code}" for section in filling.sections_of(applicant.application)
    }


def test_unmet_condition_blocks_with_the_figures_and_the_article():
    applicant = Applicant("zibo", opens_on=dt.date(2026, 1, 5))
    applicant.complete(
        training={
            "projects": [{"year": "2025", "name": "班", "persons": "499", "attendances": "499", "hours": ""}],
            "persons_last_year": "499",
            "persons_second_year": "0",
            "persons_third_year": "0",
        }
    )
    with pytest.raises(Blocked) as refused:
        submission.submit(applicant.case, applicant.head)
    assert [(problem.code, problem.articles) for problem in refused.value.problems] == [
        ("not_met:annual_trainees", ("8(5)",))
    ]
    assert "499名" in refused.value.problems[0].message


def test_department_off_the_list_blocks():
    applicant = Applicant("national").complete()
    type(applicant.recommender).objects.filter(pk=applicant.recommender.pk).update(rank="county")
    with pytest.raises(Blocked) as refused:
        submission.submit(applicant.case, applicant.head)
    assert {problem.code for problem in refused.value.problems} == {"form_invalid", "unit_not_eligible"}


def returned(applicant: Applicant, *sections: str) -> None:
    """The examiner's department sends ``sections`` back."""
    submission.submit(applicant.case, applicant.head)
    officer = member(applicant.examiner, Role.DEPARTMENT_OFFICER)
    from apps.cases.workflow.engine import perform

    act = perform(applicant.case, "return_to_applicant", officer)
    for code in sections:
        ReturnItem.objects.create(
            application=applicant.application, act=act, stage=Stage.EXAMINATION, section=code, reason=f"请改{code}"
        )
    applicant.reload()


def test_return_reopens_only_the_returned_items():
    applicant = Applicant("zibo").complete()
    returned(applicant, "plan")
    assert filling.editable_sections(applicant.application, applicant.editor) == {"plan"}
    assert (
        filling.editable_sections(applicant.application, member(applicant.examiner, Role.DEPARTMENT_OFFICER)) == set()
    )
    applicant.save("plan", {"goals": "新目标", "training_plan": "计划", "safeguards": "措施"})
    with pytest.raises(WrongState) as refused:
        applicant.save("funds", {"matching_funds_yuan": "1"})
    assert refused.value.problems[0].where == "section:funds"
    assert filling.load_form(applicant.application).data("funds")["matching_funds_yuan"] == "300000.50"


def test_evidence_reopens_with_the_section_that_its_condition_belongs_to():
    applicant = Applicant("zibo").complete()
    returned(applicant, "faculty")
    assert evidence.open_conditions(applicant.application, applicant.editor) == {"faculty"}
    evidence.add_evidence(applicant.application, "faculty", pdf("补充.pdf"), applicant.editor)
    with pytest.raises(WrongState):
        evidence.add_evidence(applicant.application, "experience", pdf("补充.pdf"), applicant.editor)


def test_resubmission_resolves_the_items_locks_again_and_freezes_anew():
    applicant = Applicant("zibo").complete()
    returned(applicant, "plan")
    before = applicant.application.form_sha256
    applicant.save("plan", {"goals": "新目标", "training_plan": "计划", "safeguards": "措施"})
    act = submission.resubmit(applicant.case, applicant.head)
    application = applicant.reload()
    assert application.case.state == A.EXAMINING
    assert application.form_sha256 != before
    assert list(application.return_items.values_list("resolved_by", flat=True)) == [act.pk]
    assert filling.editable_sections(application, applicant.editor) == frozenset()
    assert Document.objects.filter(case=application.case, kind="application_form").count() == 2


def test_correction_that_arrives_ends_its_clock():
    applicant = Applicant("sichuan", is_sandbox=True).complete()
    submission.submit(applicant.case, applicant.head)
    from apps.applications.services import intake
    from apps.applications.services.returns import Item

    officer = member(applicant.authority, Role.AUTHORITY_OFFICER)
    intake.request_correction(applicant.case, officer, items=[Item("plan", "请补充")], days=10)
    applicant.reload()
    assert applicant.case.state == A.CORRECTING
    submission.resubmit(applicant.case, applicant.head)
    applicant.reload()
    assert applicant.case.state == A.INTAKE
    assert dict(applicant.case.clocks.values_list("code", "state")) == {
        "window": "met",
        "intake": "running",
        "correction": "met",
    }


def test_head_withdraws_with_a_reason():
    applicant = Applicant("zibo")
    with pytest.raises(Blocked):
        submission.withdraw(applicant.case, applicant.head, " ")
    submission.withdraw(applicant.case, applicant.head, "本年度不再申报")
    assert applicant.reload().case.state == A.WITHDRAWN


def test_rulebook_of_the_submission_day_stays_pinned():
    applicant = Applicant("zibo").complete()
    submission.submit(applicant.case, applicant.head)
    Case.objects.filter(pk=applicant.case.pk).update(rulebook_key="national_2013")
    assert filling.application_rulebook(applicant.reload()).key == "national_2013"

"""The public self-check, and what the portal itself knows of an institution."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django_scopes import scope

from apps.accounts.enums import Role
from apps.applications.services.self_check import application_facts, evaluate_application, register_bar
from apps.bases.models import Base, RegisterRecord
from apps.bases.selectors import register_facts
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from tests.applications.form.building import Applicant
from tests.factories import AuthorityFactory, member

pytestmark = pytest.mark.django_db


def test_page_asks_and_keeps_nothing(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page = client.get(reverse("portal:self_check"))
    assert page.status_code == 200
    assert "每年培训专业技术人才人次（人次）" in page.content.decode()


def test_findings_of_every_jurisdiction_stand_side_by_side(client):
    query = {"annual_trainees": "499", "annual_attendances": "1500", "institution_type": "university"}
    page = client.get(reverse("portal:self_check"), query)
    text = page.content.decode()
    assert page.status_code == 200
    row = next(row for row in page.context["rows"] if row.code == "annual_trainees")
    results = {column.rulebook.jurisdiction: finding and finding.result for column, finding in row.findings}
    assert results == {
        "national": "not_met",
        "shanghai": "met",
        "sichuan": "not_met",
        "weihai": None,
        "zibo": "not_met",
    }
    assert "第八条第（五）项要求不少于500名，尚缺1名" in text
    assert 'value="499"' in text


def test_wrong_input_is_named_and_the_rest_is_still_answered(client):
    page = client.get(reverse("portal:self_check"), {"annual_trainees": "很多", "management_body": "yes"})
    assert page.status_code == 422
    assert "请填写不带小数的数字" in page.content.decode()
    row = next(row for row in page.context["rows"] if row.code == "management_body")
    assert {finding.result for _, finding in row.findings if finding} == {"met"}


def test_half_a_record_is_refused_and_never_counts(client):
    page = client.get(reverse("portal:self_check"), {"existing_bases-0-level": "national"})
    assert page.status_code == 422
    assert "本条记录的各项须一并填写" in page.content.decode()


def test_national_base_in_the_city_opens_direct_application(client):
    query = {"existing_bases-0-level": "national", "existing_bases-0-division": "370302"}
    page = client.get(reverse("portal:self_check"), query)
    direct = {column.rulebook.jurisdiction: column.evaluation.direct_application for column in page.context["columns"]}
    assert direct == {"national": False, "shanghai": False, "sichuan": False, "weihai": False, "zibo": True}


def record(applicant: Applicant, kind: str, jurisdiction: str, **values) -> RegisterRecord:
    officer = member(AuthorityFactory(jurisdiction_id=jurisdiction), Role.AUTHORITY_OFFICER)
    defaults = {"on": dt.date(2020, 5, 6), "recorded_by": officer.user} | values
    return RegisterRecord.objects.create(
        jurisdiction_id=jurisdiction, institution=applicant.institution, kind=kind, **defaults
    )


def base(applicant: Applicant, jurisdiction: str, **values) -> Base:
    authority = AuthorityFactory(jurisdiction_id=jurisdiction)
    defaults = {
        "number": f"JD-{Base.objects.count() + 1}",
        "name": "测试基地",
        "institution_name": applicant.institution.name,
        "credit_code": applicant.institution.credit_code,
        "division": "370300",
        "level": "municipal",
        "recognised_on": dt.date(2022, 1, 4),
    }
    return Base.objects.create(
        jurisdiction_id=jurisdiction, institution=applicant.institution, authority=authority, **(defaults | values)
    )


def test_register_facts_come_from_every_jurisdiction_without_rehearsals_and_withdrawn_records():
    applicant = Applicant("zibo")
    record(applicant, "fraud", "national")
    record(applicant, "fraud", "shanghai", withdrawn_at=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
    record(applicant, "revocation", "sichuan", level="regional", on=dt.date(2019, 3, 2))
    record(applicant, "credit_violation", "zibo")
    record(applicant, "knowledge_renewal", "shanghai", years=4)
    record(applicant, "knowledge_renewal", "shanghai", years=2)
    Case.objects.filter(pk=applicant.case.pk, kind=CaseKind.APPLICATION).update(is_sandbox=True)
    record(applicant, "fraud", "zibo", case=Case.objects.get(pk=applicant.case.pk))
    base(applicant, "national", level="national")
    base(applicant, "zibo", status="revoked", ended_on=dt.date(2024, 7, 8))
    base(applicant, "weihai", is_sandbox=True)
    with scope(jurisdiction="zibo"):
        facts = register_facts(applicant.institution.pk)
    assert facts == {
        "prior_fraud": [{"jurisdiction": "national", "date": "2020-05-06"}],
        "prior_revocations": [
            {"jurisdiction": "sichuan", "level": "regional", "date": "2019-03-02"},
            {"jurisdiction": "zibo", "level": "municipal", "date": "2024-07-08"},
        ],
        "existing_bases": [{"level": "national", "division": "370300"}],
        "credit_violations": 1,
        "training_violations": 0,
        "knowledge_renewal_years": 4,
    }


def test_bar_comes_from_the_register_and_only_where_the_text_has_one():
    national, zibo = Applicant("national"), Applicant("zibo")
    for applicant in (national, zibo):
        record(applicant, "fraud", "national")
    problems = register_bar(national.application)
    assert [(problem.code, problem.articles) for problem in problems] == [("barred", ("29",))]
    assert "2020-05-06认定申报弄虚作假" in problems[0].message
    assert register_bar(zibo.application) == []


def test_form_facts_are_derived_from_the_tables_and_persons_never_from_attendances():
    applicant = Applicant("shanghai").complete()
    facts = application_facts(applicant.reload())
    assert facts["full_time_teachers"] == 10
    assert facts["part_time_teachers"] == 16
    assert facts["fixed_classrooms"] == 6
    assert facts["annual_trainees"] == 2300
    assert facts["annual_attendances"] == 3100
    assert facts["training_projects_held"] == 4
    assert facts["matching_funds_fen"] == 30_000_050
    assert "policy_research_staff" not in facts


@pytest.mark.parametrize("jurisdiction", ["national", "shanghai", "sichuan", "weihai", "zibo"])
def test_complete_form_is_eligible_under_every_text(jurisdiction):
    applicant = Applicant(jurisdiction, is_sandbox=True).complete()
    assert evaluate_application(applicant.reload()).outcome == "eligible"

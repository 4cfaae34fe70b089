"""What each section asks under which text, what it derives, and what it doubts."""

from __future__ import annotations

import pytest

from apps.applications.sections import SECTIONS
from apps.applications.services import filling
from apps.applications.services.completeness import completeness, missing_items, section_states
from apps.applications.services.printing import form_content, preview_pdf
from apps.applications.services.readonly import readonly_sections
from apps.cases.tables import EDITABLE_ROWS
from apps.cases.workflow import NotPermitted
from apps.jurisdictions.rulebooks import registry
from tests.applications.form.building import Applicant, project_rows
from tests.factories import InstitutionFactory, member

pytestmark = pytest.mark.django_db


def asked(applicant: Applicant, code: str) -> set[str]:
    return set(filling.load_form(applicant.application).section(code).form.fields)


def gaps(applicant: Applicant, code: str) -> dict[str, str]:
    form = filling.load_form(applicant.application)
    return {gap.field: gap.message for gap in form.section(code).gaps}


@pytest.mark.parametrize("jurisdiction", ["national", "shanghai", "sichuan", "weihai", "zibo"])
def test_sections_and_questions_follow_the_text(jurisdiction):
    applicant = Applicant(jurisdiction)
    read = registry.facts_read_by(filling.application_rulebook(applicant.application))
    codes = [section.code for section in filling.sections_of(applicant.application)]
    assert ("remote_education" in codes) == ("remote_equipment" in read)
    assert ("units" in codes) == (jurisdiction != "sichuan")
    assert ("policy_research_staff" in asked(applicant, "faculty")) == (jurisdiction == "sichuan")
    assert ("faculty_conduct_pledge" in asked(applicant, "faculty")) == (jurisdiction == "shanghai")
    assert ("examiner" in asked(applicant, "units")) == (jurisdiction == "zibo") if "units" in codes else True


@pytest.mark.parametrize("jurisdiction", ["national", "shanghai", "sichuan", "weihai", "zibo"])
def test_every_fact_that_a_text_reads_is_asked_or_derived_or_known_to_the_register(jurisdiction):
    from apps.applications.services.self_check import application_facts

    applicant = Applicant(jurisdiction, is_sandbox=True).complete()
    known = set(application_facts(applicant.reload())) | {"enterprise_scale"}
    assert registry.facts_read_by(filling.application_rulebook(applicant.application)) <= known


def test_code_with_a_wrong_check_digit_is_named_and_kept():
    applicant = Applicant("zibo")
    data = applicant.answers()["particulars"]
    right = data["credit_code"]
    wrong = right[:17] + ("0" if right[17] != "0" else "1")
    applicant.save("particulars", data | {"credit_code": wrong})
    assert "校验位" in gaps(applicant, "particulars")["credit_code"]
    assert filling.load_form(applicant.application).data("particulars")["credit_code"] == wrong


def test_code_of_another_institution_is_refused():
    applicant = Applicant("zibo")
    other = InstitutionFactory()
    applicant.save("particulars", applicant.answers()["particulars"] | {"credit_code": other.credit_code})
    assert "与本单位在平台登记的统一社会信用代码不一致" in gaps(applicant, "particulars")["credit_code"]


def test_enterprise_must_give_its_scale_where_the_text_reads_it():
    national, zibo = Applicant("national"), Applicant("zibo")
    for applicant in (national, zibo):
        applicant.save("particulars", applicant.answers()["particulars"] | {"institution_type": "enterprise"})
    assert "enterprise_scale" in gaps(national, "particulars")
    assert "enterprise_scale" not in asked(zibo, "particulars")


def test_practice_site_is_asked_only_in_a_specialised_field():
    applicant = Applicant("zibo")
    data = applicant.answers()["facilities"] | {"practice_site": ""}
    applicant.save("facilities", data)
    assert "practice_site" in gaps(applicant, "facilities")
    applicant.save("facilities", data | {"specialised_field": "no"})
    assert gaps(applicant, "facilities") == {}


@pytest.mark.parametrize(
    ("persons", "doubt"),
    [
        ("1499", "少于该年度单个项目的 1500 名"),
        ("1500", None),
        ("2700", None),
        ("2701", "多于该年度各项目人数之和 2700 名"),
    ],
)
def test_declared_persons_must_fit_the_projects(persons, doubt):
    applicant = Applicant("zibo")
    applicant.save("training", applicant.answers()["training"] | {"persons_last_year": persons})
    found = gaps(applicant, "training").get("persons_last_year")
    assert (found is None) if doubt is None else (doubt in found)


def test_attendances_below_persons_are_doubted_in_their_row():
    applicant = Applicant("zibo")
    rows = project_rows(applicant.application)
    rows[1]["attendances"] = "1199"
    applicant.save("training", applicant.answers()["training"] | {"projects": rows})
    assert gaps(applicant, "training")["projects"] == "第 2 行“培训人次”：人次 1199 少于人数 1200，请核对。"


def test_year_outside_the_three_is_refused():
    applicant = Applicant("zibo")
    rows = project_rows(applicant.application)
    rows[0]["year"] = "1999"
    applicant.save("training", applicant.answers()["training"] | {"projects": rows})
    assert "“1999”不可识别" in gaps(applicant, "training")["projects"]


def test_unanswered_question_is_no_fact_and_no_is_one():
    applicant = Applicant("zibo")
    applicant.save("management", {"management_body": "no"})
    facts = filling.load_form(applicant.application).facts
    assert facts["management_body"] is False
    assert "full_time_managers" not in facts


def test_status_goes_from_empty_over_partial_and_errors_to_complete():
    applicant = Applicant("zibo")

    def status() -> str:
        return section_states(applicant.application)["legal_person"]["status"]

    assert status() == "empty"
    applicant.save("legal_person", {"name": "甲"})
    assert status() == "partial"
    applicant.save("legal_person", {"name": "甲", "position": "院长", "phone": "无"})
    assert status() == "errors"
    applicant.save("legal_person", {"name": "甲", "position": "院长", "phone": "0533-1234567"})
    assert status() == "complete"
    assert completeness(filling.load_form(applicant.application))["complete"] == 1


def test_twenty_wrong_rows_are_named_and_the_rest_counted():
    applicant = Applicant("zibo")
    applicant.save("faculty", {"teachers": [{"name": f"教师{n}"} for n in range(10)], "faculty_overview": "有"})
    messages = [
        problem.message
        for problem in missing_items(applicant.application)
        if problem.where.startswith("section:faculty#")
    ]
    assert len(messages) == 21
    assert messages[-1] == "师资队伍：“师资名单”另有 20 处错误。"


def test_an_institution_has_one_live_application_in_a_round():
    applicant = Applicant("zibo")
    assert filling.start_application(applicant.round, applicant.head).pk == applicant.application.pk


def test_a_department_cannot_start_an_application():
    applicant = Applicant("zibo")
    with pytest.raises(NotPermitted):
        filling.start_application(applicant.round, member(applicant.examiner, "department_officer"))


def test_colleague_of_another_institution_cannot_save():
    applicant = Applicant("zibo")
    stranger = member(InstitutionFactory(), "institution_editor")
    with pytest.raises(NotPermitted):
        filling.save_section(applicant.application, "plan", {"goals": "他人"}, 0, stranger)
    assert filling.load_form(applicant.application).data("plan") == {}


def test_second_writer_at_the_same_version_is_told_what_is_stored():
    applicant = Applicant("zibo")
    filling.save_section(applicant.application, "plan", {"goals": "先"}, 0, applicant.editor)
    with pytest.raises(filling.SectionConflict) as told:
        filling.save_section(applicant.application, "plan", {"goals": "后"}, 0, applicant.head)
    assert (told.value.current.version, told.value.current.data) == (1, {"goals": "先"})
    assert told.value.current.saved_by == applicant.editor.user


def test_readonly_view_and_print_say_every_answer_in_words():
    applicant = Applicant("zibo").complete()
    sections = {section.code: section for section in readonly_sections(applicant.reload())}
    assert [section.code for section in SECTIONS] == list(sections)
    answers = {item.label: item.value for item in sections["particulars"].items}
    assert answers["单位类型"] == "高等院校"
    assert [row[1] for row in sections["faculty"].tables[0].rows] == ["专职"] * 10 + ["兼职"] * 16
    assert [group.code for group in sections["evidence"].evidence if group.files] == [
        "institution_type",
        "experience",
        "faculty",
    ]
    assert [item.value for item in sections["units"].items] == [applicant.examiner.name, applicant.recommender.name]
    text = str(form_content(applicant.application).to_json())
    assert "教师25" in text and "第八条第（五）项" in text


def test_preview_is_a_pdf_marked_as_a_draft():
    import io

    import pdfplumber

    applicant = Applicant("zibo")
    applicant.save("plan", {"goals": "可以印出来的目标"})
    with pdfplumber.open(io.BytesIO(preview_pdf(applicant.application).pdf)) as printed:
        text = "".join(page.extract_text() for page in printed.pages)
    assert "可以印出来的目标" in text
    assert applicant.case.number in text


def test_editable_rows_fit_the_number_of_fields_a_request_may_carry(settings):
    assert EDITABLE_ROWS * 7 + 100 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS

"""The pages of the form in the hands of its people, and of people it is none of the business of."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.enums import Role
from apps.applications.enums import ApplicationState as A
from apps.applications.services import filling
from tests.applications.form.building import Applicant, pdf
from tests.factories import InstitutionFactory, member

pytestmark = pytest.mark.django_db


def signed_in(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def section_url(applicant: Applicant, code: str) -> str:
    return reverse("applications:form_section", args=[applicant.case.number, code])


def test_editor_starts_an_application_and_lands_on_its_overview():
    applicant = Applicant("zibo")
    other = member(InstitutionFactory(), Role.INSTITUTION_EDITOR)
    response = signed_in(other).post(reverse("applications:start", args=[applicant.round.case.number]))
    assert response.status_code == 302
    application = filling.Application.objects.get(case__institution=other.organisation)
    assert response.url == reverse("applications:form", args=[application.case.number])


def test_every_page_of_a_draft_answers():
    applicant = Applicant("zibo")
    client = signed_in(applicant.editor)
    for section in filling.sections_of(applicant.application):
        response = client.get(section_url(applicant, section.code))
        assert response.status_code == 200, section.code
        assert section.title in response.content.decode()
    for name in ("form", "form_readonly", "submit", "teachers_import"):
        assert client.get(reverse(f"applications:{name}", args=[applicant.case.number])).status_code == 200, name


@pytest.mark.parametrize("name", ["form", "form_readonly", "submit", "teachers_import", "form_preview"])
def test_a_stranger_finds_nothing(name):
    applicant = Applicant("zibo")
    stranger = signed_in(member(InstitutionFactory(), Role.INSTITUTION_HEAD))
    assert stranger.get(reverse(f"applications:{name}", args=[applicant.case.number])).status_code == 404
    assert stranger.get(reverse(f"applications:{name}", args=["SB-ZIBO-2026-99999"])).status_code == 404


def test_invalid_input_is_kept_as_typed_and_pointed_out():
    applicant = Applicant("zibo")
    client = signed_in(applicant.editor)
    url = section_url(applicant, "legal_person")
    response = client.post(
        url, {"name": "王测试", "position": "院长", "phone": "打电话", "version": "0", "save": "stay"}
    )
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert 'value="打电话"' in page
    assert "电话应为 5 至 32 位数字" in page


def test_second_tab_is_told_and_overwrites_nothing():
    applicant = Applicant("zibo")
    client = signed_in(applicant.editor)
    url = section_url(applicant, "legal_person")
    first = {"name": "先保存的人", "position": "院长", "phone": "0533-1234567", "version": "0"}
    assert client.post(url, first).status_code == 302
    response = client.post(url, first | {"name": "后保存的人"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "先保存的人" in page and 'value="后保存的人"' in page
    stored = filling.load_form(applicant.application).data("legal_person")
    assert stored["name"] == "先保存的人"
    assert client.post(url, first | {"name": "后保存的人", "version": "1"}).status_code == 302


def test_autosave_answers_with_version_errors_and_completeness():
    applicant = Applicant("zibo")
    client = signed_in(applicant.editor)
    url = reverse("applications:form_autosave", args=[applicant.case.number, "legal_person"])
    answer = client.post(url, {"name": "王测试", "position": "院长", "phone": "无", "version": "0"})
    body = answer.json()
    assert answer.status_code == 200
    assert body["version"] == 1
    assert body["errors"] == {"phone": ["电话应为 5 至 32 位数字，可带区号、连字符和“转”分机号。"]}
    assert body["completeness"]["sections"]["legal_person"] == {
        "status": "errors",
        "errors": 1,
        "filled": 3,
        "required": 3,
    }
    late = client.post(url, {"name": "李测试", "version": "0"})
    assert late.status_code == 409
    assert late.json()["values"]["name"] == "王测试"
    assert late.json()["saved_by"] == applicant.editor.user.name


def test_autosave_of_a_table_keeps_rows_and_names_the_wrong_cell():
    applicant = Applicant("zibo")
    client = signed_in(applicant.editor)
    url = reverse("applications:form_autosave", args=[applicant.case.number, "faculty"])
    post = {
        "version": "0",
        "teachers-TOTAL_FORMS": "3",
        "teachers-0-name": "甲",
        "teachers-0-kind": "full_time",
        "teachers-0-title": "教授",
        "teachers-0-employer": "测试学院",
        "teachers-0-field": "材料",
        "teachers-1-name": "乙",
        "teachers-1-DELETE": "on",
        "teachers-2-name": "丙",
        "teachers-2-kind": "外聘",
        "teachers-2-title": "教授",
        "teachers-2-employer": "测试学院",
        "teachers-2-field": "材料",
    }
    body = client.post(url, post).json()
    assert body["errors"] == {"teachers": ["第 2 行“专职/兼职”：“外聘”不可识别，应为专职、兼职之一。"]}
    assert [row["name"] for row in filling.load_form(applicant.application).data("faculty")["teachers"]] == ["甲", "丙"]


def test_head_submits_on_the_page_and_the_form_is_locked():
    applicant = Applicant("zibo").complete()
    client = signed_in(applicant.head)
    response = client.post(reverse("applications:submit", args=[applicant.case.number]))
    assert response.status_code == 302
    assert applicant.reload().case.state == A.EXAMINING
    locked = client.post(section_url(applicant, "plan"), {"goals": "改动", "version": "1"})
    assert locked.status_code == 409
    assert "改动" in locked.content.decode()
    auto = client.post(reverse("applications:form_autosave", args=[applicant.case.number, "plan"]), {"version": "1"})
    assert auto.status_code == 422
    assert "已锁定" in auto.json()["detail"]


def test_editor_cannot_submit():
    applicant = Applicant("zibo").complete()
    response = signed_in(applicant.editor).post(reverse("applications:submit", args=[applicant.case.number]))
    assert response.status_code == 403
    assert applicant.reload().case.state == A.DRAFT


def test_evidence_is_taken_by_content_and_refused_with_a_reason():
    applicant = Applicant("zibo")
    client = signed_in(applicant.editor)
    url = reverse("applications:evidence_upload", args=[applicant.case.number, "faculty"])
    assert client.post(url, {"file": pdf("师资.pdf")}).status_code == 302
    bad = pdf("假.pdf")
    bad.file.seek(0)
    bad.file.write(b"MZ not a pdf")
    bad.file.truncate()
    bad.file.seek(0)
    bad.size = 12
    response = client.post(url, {"file": bad})
    assert response.status_code == 422
    page = response.content.decode()
    assert "文件内容不是可接受的类型" in page and "师资.pdf" in page


@pytest.mark.parametrize("code", ["particulars", "faculty", "units"])
def test_page_of_a_section_runs_a_constant_number_of_queries(code, django_assert_max_num_queries):
    applicant = Applicant("zibo").complete()
    client = signed_in(applicant.editor)
    url = section_url(applicant, code)
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url)


@pytest.mark.parametrize("name", ["form", "form_readonly"])
def test_page_of_the_whole_form_runs_a_constant_number_of_queries(name, django_assert_max_num_queries):
    applicant = Applicant("zibo").complete()
    client = signed_in(applicant.editor)
    url = reverse(f"applications:{name}", args=[applicant.case.number])
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url)


def test_what_was_typed_is_shown_and_never_run():
    applicant = Applicant("zibo")
    canary = '<script>alert("x")</script><img src=x onerror=1>'
    applicant.save("plan", {"goals": canary, "training_plan": canary, "safeguards": canary})
    applicant.save("faculty", {"teachers": [{"name": canary, "kind": canary, "title": '"><svg/onload=1>'}]})
    client = signed_in(applicant.editor)
    for url in (
        section_url(applicant, "plan"),
        section_url(applicant, "faculty"),
        reverse("applications:form_readonly", args=[applicant.case.number]),
        reverse("applications:form", args=[applicant.case.number]),
    ):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page and "<svg" not in page


def test_a_stranger_neither_saves_nor_uploads_nor_removes():
    applicant = Applicant("zibo")
    applicant.add_required_evidence()
    number, kept = applicant.case.number, applicant.case.attachments.first()
    stranger = signed_in(member(InstitutionFactory(), Role.INSTITUTION_HEAD))
    department = signed_in(member(applicant.examiner, Role.DEPARTMENT_OFFICER))
    for client in (stranger, department):
        for name, args in (
            ("form_autosave", [number, "plan"]),
            ("form_section", [number, "plan"]),
            ("evidence_upload", [number, "faculty"]),
            ("evidence_remove", [number, kept.pk]),
            ("teachers_import", [number]),
            ("submit", [number]),
        ):
            answer = client.post(reverse(f"applications:{name}", args=args), {"goals": "他人写的", "version": "0"})
            assert answer.status_code == 404, name
    kept.refresh_from_db()
    assert kept.removed_at is None
    assert filling.load_form(applicant.application).data("plan") == {}


def test_a_file_of_another_case_is_not_removed_through_ones_own():
    mine, theirs = Applicant("zibo"), Applicant("zibo")
    theirs.add_required_evidence()
    foreign = theirs.case.attachments.first()
    url = reverse("applications:evidence_remove", args=[mine.case.number, foreign.pk])
    assert signed_in(mine.editor).post(url).status_code == 404
    foreign.refresh_from_db()
    assert foreign.removed_at is None


def test_department_reads_the_submitted_form_and_changes_nothing():
    applicant = Applicant("zibo").complete(plan={"goals": "可读的目标"})
    from apps.applications.services import submission

    submission.submit(applicant.case, applicant.head)
    client = signed_in(member(applicant.examiner, Role.DEPARTMENT_OFFICER))
    number = applicant.case.number
    page = client.get(reverse("applications:form_readonly", args=[number]))
    assert "可读的目标" in page.content.decode() and "教师25" in page.content.decode()
    assert client.get(section_url(applicant, "plan")).status_code == 302
    assert client.post(section_url(applicant, "plan"), {"goals": "改"}).status_code == 403
    assert client.get(reverse("applications:form_preview", args=[number])).status_code == 404
    authority = signed_in(member(applicant.authority, Role.AUTHORITY_OFFICER))
    assert authority.get(reverse("applications:form_readonly", args=[number])).status_code == 404


def test_case_page_shows_the_form_and_its_findings():
    applicant = Applicant("zibo").complete()
    page = signed_in(applicant.editor).get(reverse("cases:detail", args=[applicant.case.number])).content.decode()
    assert "填写申报表" in page and "培训规模" in page and applicant.examiner.name in page


def test_start_page_tells_a_department_why_it_cannot():
    applicant = Applicant("zibo")
    client = signed_in(member(applicant.examiner, Role.DEPARTMENT_OFFICER))
    url = reverse("applications:start", args=[applicant.round.case.number])
    assert "申报表由施教机构的填报人或负责人填写" in client.get(url).content.decode()
    assert client.post(url).status_code == 403


def test_unpublished_round_is_not_there_to_start_in():
    from tests.factories import make_round

    applicant = Applicant("zibo")
    draft = make_round(applicant.authority, state="draft")
    url = reverse("applications:start", args=[draft.case.number])
    assert signed_in(applicant.editor).get(url).status_code == 404


def test_withdrawn_application_leaves_room_for_a_new_one():
    from apps.applications.services import submission

    applicant = Applicant("zibo")
    submission.withdraw(applicant.case, applicant.head, "重新申报")
    again = filling.start_application(applicant.round, applicant.editor)
    assert again.pk != applicant.application.pk

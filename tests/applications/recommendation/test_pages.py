"""The department's pages: queue, examination, return, signature; what was typed stays; foreign cases do not exist."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.enums import Role
from apps.applications.models import ItemCheck, Opinion
from apps.applications.services import recommendation
from apps.cases.models import Attachment
from tests.applications.form.building import pdf
from tests.applications.recommendation.department import (
    RECHECK,
    at_recommender,
    check_all,
    head_of,
    officer_of,
    proposed,
    submitted,
)
from tests.factories import DepartmentFactory, member

pytestmark = pytest.mark.django_db


def sign_in(client, actor):
    client.force_login(actor.user)
    return client


def page(name, applicant, *args):
    return reverse(f"applications:{name}", args=[applicant.case.number, *args])


@pytest.fixture
def applicant():
    return submitted("zibo")


@pytest.fixture
def officer(applicant):
    return officer_of(applicant.examiner)


def test_queue_lists_what_waits_for_the_department_and_nobody_elses(client, applicant, officer):
    other = submitted("zibo")
    html = sign_in(client, officer).get(reverse("applications:recommendation_queue")).content.decode()
    assert applicant.institution.name in html
    assert applicant.case.number in html
    assert other.institution.name not in html
    assert other.case.number not in html


def test_queue_of_the_head_lists_what_is_to_be_signed(client, applicant, officer):
    head = head_of(applicant.examiner)
    sign_in(client, head)
    assert applicant.case.number not in client.get(reverse("applications:recommendation_queue")).content.decode()
    proposed(applicant.case, officer)
    assert applicant.case.number in client.get(reverse("applications:recommendation_queue")).content.decode()


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("q=不存在的单位", False),
        ("doubts=yes", True),
        ("doubts=no", False),
        ("due=overdue", False),
        ("state=examining", True),
        ("state=recommending", False),
        ("view=returned", False),
        ("round=abc&page=xyz&sort=nonsense", True),
    ],
)
def test_queue_filters_live_in_the_address(client, applicant, officer, query, listed):
    check_all(applicant.case, officer, faculty="疑点")
    answer = sign_in(client, officer).get(reverse("applications:recommendation_queue") + "?" + query)
    assert answer.status_code == 200
    assert (applicant.case.number in answer.content.decode()) is listed


def test_queue_costs_the_same_queries_for_one_row_and_for_three(client, applicant, officer):
    sign_in(client, officer)
    counts = []
    for _ in range(2):
        client.get(reverse("applications:recommendation_queue"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("applications:recommendation_queue"))
        counts.append(len(queries))
        for extra in (submitted("zibo"), submitted("zibo")):
            type(extra.case).objects.filter(pk=extra.case.pk).update(turn_organisation=applicant.examiner)
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_queue_is_exported_with_the_filters(client, applicant, officer):
    answer = sign_in(client, officer).get(reverse("applications:recommendation_queue") + "?format=xlsx")
    assert answer.headers["Content-Type"].startswith("application/vnd.openxmlformats")
    assert answer.content[:2] == b"PK"


def test_examination_shows_form_conditions_articles_and_evidence(client, applicant, officer):
    html = sign_in(client, officer).get(page("examine", applicant)).content.decode()
    assert "师资队伍" in html
    assert "第八条第（一）项" in html
    assert "证明.pdf" in html
    assert "教师1" in html
    assert 'data-autosave-url="' in html


@pytest.mark.parametrize("name", ["examine", "return_to_applicant", "sign_opinion"])
def test_foreign_case_and_missing_case_answer_alike(client, applicant, name):
    stranger = sign_in(client, officer_of(DepartmentFactory()))
    missing = reverse(f"applications:{name}", args=["SB-ZIBO-2026-99999"])
    assert stranger.get(page(name, applicant)).status_code == 404
    assert stranger.get(missing).status_code == 404


@pytest.mark.parametrize("name", ["save_opinion", "recheck_photo"])
def test_foreign_case_cannot_be_written_to(client, applicant, name):
    stranger = sign_in(client, officer_of(DepartmentFactory()))
    assert stranger.post(page(name, applicant), {"text": "越权"}).status_code == 404
    assert stranger.post(page("check_item", applicant, "faculty"), {"faculty-verdict": "agree"}).status_code == 404
    assert not Opinion.objects.exists()
    assert not ItemCheck.objects.exists()


def test_institution_and_authority_have_no_business_on_the_departments_pages(client, applicant):
    for actor in (applicant.head, member(applicant.authority, Role.AUTHORITY_OFFICER)):
        assert sign_in(client, actor).get(page("examine", applicant)).status_code == 403


def test_visitor_is_sent_to_sign_in(client, applicant):
    assert client.get(page("examine", applicant)).status_code == 302


def test_examiner_does_not_see_what_the_recommender_drafts(client):
    applicant = at_recommender("zibo")
    recommender = officer_of(applicant.recommender)
    recommendation.save_opinion(applicant.case, recommender, {"conclusion": "", "text": "机密草稿"})
    answer = sign_in(client, officer_of(applicant.examiner)).get(page("examine", applicant))
    assert answer.status_code == 302
    assert answer.url == reverse("cases:detail", args=[applicant.case.number])
    assert "机密草稿" not in client.get(answer.url).content.decode()


def test_verdict_is_saved_by_htmx_and_only_its_state_comes_back(client, applicant, officer):
    answer = sign_in(client, officer).post(
        page("check_item", applicant, "faculty"),
        {"faculty-verdict": "doubt", "faculty-note": "名册<b>与社保不符"},
        headers={"HX-Request": "true"},
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="check-faculty-state" data-verdict="doubt" hx-swap-oob="true"' in html
    assert "（1 / 11，存疑 1 项）" in html
    assert "<form" not in html
    assert ItemCheck.objects.get().note == "名册<b>与社保不符"
    assert "名册&lt;b&gt;与社保不符" in client.get(page("examine", applicant)).content.decode()


def test_doubt_without_note_leaves_the_form_alone_and_says_what_is_missing(client, applicant, officer):
    answer = sign_in(client, officer).post(
        page("check_item", applicant, "faculty"), {"faculty-verdict": "doubt"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert "存疑的条件须写明疑点" in html
    assert "<form" not in html
    assert not ItemCheck.objects.exists()


def test_verdict_without_script_leads_back_to_its_row_or_shows_the_error(client, applicant, officer):
    sign_in(client, officer)
    answer = client.post(page("check_item", applicant, "faculty"), {"faculty-verdict": "agree"})
    assert answer.status_code == 302
    assert answer.url.endswith("#check-faculty")
    answer = client.post(page("check_item", applicant, "experience"), {"experience-verdict": "doubt"})
    assert answer.status_code == 422
    assert "存疑的条件须写明疑点" in answer.content.decode()


def test_draft_saves_itself_and_a_second_writer_is_told(client, applicant, officer):
    sign_in(client, officer)
    first = client.post(page("save_opinion", applicant), {"text": "初稿", "version": "0"})
    assert first.status_code == 200
    version = first.json()["version"]
    second = client.post(page("save_opinion", applicant), {"text": "二稿", "version": version})
    assert second.status_code == 200
    late = client.post(page("save_opinion", applicant), {"text": "另一窗口", "version": version})
    assert late.status_code == 409
    assert late.json()["values"]["text"] == "二稿"
    assert Opinion.objects.get().text == "二稿"


def test_opinion_refused_stays_on_the_page_with_what_is_missing(client, applicant, officer):
    answer = sign_in(client, officer).post(
        page("examine", applicant), {"conclusion": "positive", "text": "我写的意见", "version": "0"}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "我写的意见" in html
    assert "“师资队伍”尚未作出核查结论。" in html


def test_opinion_before_the_head_is_read_and_signed(client, applicant, officer):
    check_all(applicant.case, officer, faculty="兼职教师证明缺页")
    sign_in(client, officer)
    sent = client.post(page("examine", applicant), {"conclusion": "positive", "text": "条件具备。", "version": "0"})
    assert sent.status_code == 302
    assert client.get(page("examine", applicant)).url == page("sign_opinion", applicant)
    html = client.get(page("sign_opinion", applicant)).content.decode()
    assert "签署同意" not in html
    head = sign_in(client, head_of(applicant.examiner))
    html = head.get(page("sign_opinion", applicant)).content.decode()
    assert "签署同意" in html
    assert "兼职教师证明缺页" in html
    assert head.post(page("sign_opinion", applicant), {"reason": ""}).status_code == 302
    assert applicant.reload().case.state == "recommending"


def test_officer_who_posts_a_signature_is_refused_with_the_reason(client, applicant, officer):
    proposed(applicant.case, officer)
    answer = sign_in(client, officer).post(page("sign_opinion", applicant), {"reason": ""})
    assert answer.status_code == 403
    assert "不能办理“签署审查意见”" in answer.content.decode()
    assert applicant.reload().case.state == "examination_proposed"


def test_return_keeps_what_was_typed_and_reopens_the_sections(client, applicant, officer):
    sign_in(client, officer)
    empty = client.post(page("return_to_applicant", applicant), {"note": "总的说明文字"})
    assert empty.status_code == 422
    assert "总的说明文字" in empty.content.decode()
    sent = client.post(page("return_to_applicant", applicant), {"reason-faculty": "教师表缺职称"})
    assert sent.status_code == 302
    assert applicant.reload().case.state == "returned_by_examiner"


def test_recheck_with_photos_where_the_text_asks_for_it(client):
    applicant = at_recommender("zibo")
    officer = officer_of(applicant.recommender)
    sign_in(client, officer)
    assert "实地复查" in client.get(page("examine", applicant)).content.decode()
    client.post(page("recheck_photo", applicant), {"file": pdf("复查记录.pdf")})
    photo = Attachment.objects.get(purpose="recheck")
    assert photo.name == "复查记录.pdf"
    check_all(applicant.case, officer)
    fields = {f"recheck_{name}": value for name, value in RECHECK.items()}
    sent = client.post(page("examine", applicant), {"conclusion": "positive", "text": "同意推荐", **fields})
    assert sent.status_code == 302
    assert Opinion.objects.get(stage="recommendation").recheck == RECHECK
    client.post(page("recheck_photo", applicant), {"remove": str(photo.pk)})
    photo.refresh_from_db()
    assert photo.removed_at is None


def test_file_of_no_accepted_kind_is_refused_in_words(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    applicant = at_recommender("zibo")
    sign_in(client, officer_of(applicant.recommender))
    answer = client.post(
        page("recheck_photo", applicant), {"file": SimpleUploadedFile("a.jpg", b"<script>")}, follow=True
    )
    assert "文件内容不是可接受的类型" in answer.content.decode()
    assert not Attachment.objects.filter(purpose="recheck").exists()


def test_recheck_in_the_future_is_refused_and_kept_as_typed(client):
    applicant = at_recommender("zibo")
    officer = officer_of(applicant.recommender)
    check_all(applicant.case, officer)
    answer = sign_in(client, officer).post(
        page("examine", applicant), {"conclusion": "positive", "text": "同意推荐", "recheck_date": "2999-01-01"}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "复查日期不能晚于今天。" in html
    assert 'value="2999-01-01"' in html

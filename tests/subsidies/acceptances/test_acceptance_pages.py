"""The pages of acceptance: who may open them, that nothing typed is lost, that lists cost the same however long."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.cases.models import Attachment
from apps.subsidies.models import Acceptance, AcceptanceLine
from apps.subsidies.services import acceptances
from tests.security.played.browsing import signed_in
from tests.subsidies.building import Funding, active_award, people

from .building import expert, in_review, make_acceptance, opined, proposed, submitted

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def funding() -> Funding:
    return Funding()


def url(name: str, *args: object) -> str:
    return reverse(f"subsidies:{name}", args=args)


def post_of(acceptance: Acceptance, **changes: str) -> dict[str, str]:
    from apps.subsidies.services.acceptance_content import ReportDraft

    return ReportDraft(acceptance).as_post() | {"version": str(acceptance.data_version)} | changes


def test_a_draft_is_there_for_its_institution_alone(funding):
    acceptance = make_acceptance(funding)
    for name, actor in people(funding).items():
        browser = signed_in(actor.user)
        own = name in ("editor", "institution head")
        for page in ("acceptance_form", "acceptance_submit"):
            assert browser.get(url(page, acceptance.case.number)).status_code == (200 if own else 404), (name, page)
        assert (acceptance.case.number in browser.get(url("acceptances")).content.decode()) is own, name


def test_another_institution_gets_nothing(funding):
    acceptance = submitted(funding)
    browser = signed_in(Funding().head.user)
    pages = ("acceptance_form", "acceptance_submit", "acceptance_opinion", "acceptance_conclusion")
    found = [browser.get(url(page, acceptance.case.number)).status_code for page in pages]
    assert found == [404, 404, 403, 403]
    assert browser.post(url("acceptance_new", acceptance.award.case.number)).status_code == 404


def test_an_acceptance_is_begun_from_the_page_of_the_base(funding):
    award = active_award(funding)
    browser = signed_in(funding.editor.user)
    assert (
        url("acceptance_start", funding.base.number)
        in browser.get(reverse("bases:file", args=[funding.base.number])).content.decode()
    )
    start = browser.get(url("acceptance_start", funding.base.number)).content.decode()
    assert url("acceptance_new", award.case.number) in start
    answer = browser.post(url("acceptance_new", award.case.number))
    assert answer.url == url("acceptance_form", Acceptance.objects.get().case.number)


def test_a_text_without_money_offers_no_acceptance():
    funding = Funding.__mro__[1]("zibo")
    page = signed_in(funding.editor.user).get(reverse("bases:file", args=[funding.base.number]))
    assert "申请项目验收" not in page.content.decode()


def test_saving_keeps_what_is_wrong_as_it_was_typed(funding):
    acceptance = make_acceptance(funding)
    browser = signed_in(funding.editor.user)
    changed = {"line-l1-spent": "十五万<b>", "target-t1-achieved": "-3"}
    answer = browser.post(url("acceptance_form", acceptance.case.number), post_of(acceptance, **changed), follow=True)
    text = answer.content.decode()
    assert 'value="十五万&lt;b&gt;"' in text
    assert 'value="-3"' in text
    assert "不可识别" in text
    assert Acceptance.objects.get().data["lines"]["l1"]["spent"] == "十五万<b>"


def test_a_stale_window_keeps_its_text_and_overwrites_nothing(funding):
    acceptance = make_acceptance(funding)
    browser = signed_in(funding.head.user)
    answer = browser.post(
        url("acceptance_form", acceptance.case.number), post_of(acceptance, version="0", summary="旧窗口的话")
    )
    assert answer.status_code == 409
    assert "旧窗口的话" in answer.content.decode()
    assert f'name="version" value="{acceptance.data_version}"' in answer.content.decode()
    assert Acceptance.objects.get().data["summary"] == "设备到位，课程上线"


def test_autosave_answers_as_the_script_expects(funding):
    acceptance = make_acceptance(funding)
    browser = signed_in(funding.editor.user)
    where = url("acceptance_autosave", acceptance.case.number)
    answer = browser.post(where, post_of(acceptance, **{"line-l2-spent": "abc"})).json()
    assert answer["version"] == acceptance.data_version + 1
    assert list(answer["errors"]) == ["line-l2-spent"]
    assert answer["completeness"]["sections"]["lines"]["status"] == "errors"
    stale = browser.post(where, post_of(acceptance))
    assert stale.status_code == 409
    assert stale.json()["values"]["line-l2-spent"] == "abc"
    acceptances.save_draft(acceptance, acceptance.data, acceptance.data_version + 1, funding.editor)
    acceptances.submit(acceptance.case, funding.head)
    assert browser.post(where, post_of(acceptance)).status_code == 422


def test_files_are_open_to_others_once_sent(funding):
    acceptance = make_acceptance(funding)
    browser = signed_in(funding.editor.user)
    where = url("acceptance_files", acceptance.case.number)
    assert browser.post(where, {"place": "l1", "file": SimpleUploadedFile("发票.pdf", PDF)}).status_code == 302
    assert browser.post(where, {"place": "l9", "file": SimpleUploadedFile("发票.pdf", PDF)}).status_code == 404
    file = Attachment.objects.get()
    assert file.purpose == "report:l1"
    opened = reverse("cases:attachment", args=[acceptance.case.number, file.pk])
    officer = signed_in(funding.office["officer"].user)
    assert officer.get(opened).status_code == 404
    acceptances.submit(acceptance.case, funding.head)
    answer = officer.get(opened)
    assert b"".join(answer.streaming_content) == PDF
    assert browser.post(url("acceptance_file_remove", acceptance.case.number, file.pk)).status_code == 302
    assert Attachment.objects.get().removed_at is None


def test_the_checklist_names_what_is_missing_and_the_head_sends(funding):
    acceptance = make_acceptance(funding)
    data = acceptance.data | {"summary": ""}
    acceptance = acceptances.save_draft(acceptance, data, acceptance.data_version, funding.editor)
    where = url("acceptance_submit", acceptance.case.number)
    head = signed_in(funding.head.user)
    assert "请填写项目完成情况" in head.get(where).content.decode()
    refused = head.post(where)
    assert refused.status_code == 422
    assert "第三十七条" in refused.content.decode()
    acceptances.save_draft(acceptance, data | {"summary": "完成"}, acceptance.data_version, funding.editor)
    assert signed_in(funding.editor.user).post(where).status_code == 403
    assert head.post(where).url == reverse("cases:detail", args=[acceptance.case.number])


def test_the_officer_names_and_changes_reviewers(funding):
    first, tied = expert(funding, name="甲专家"), expert(funding, name="乙专家", employer=funding.institution.name)
    acceptance = submitted(funding)
    where = url("acceptance_reviewers", acceptance.case.number)
    officer = signed_in(funding.office["officer"].user)
    text = officer.get(where).content.decode()
    assert f'value="{first.user.pk}-{funding.authority.pk}"' in text
    assert f'value="{tied.user.pk}-{funding.authority.pk}"' not in text
    assert "乙专家" in text
    assert officer.post(where, {"person": f"{tied.user.pk}-{funding.authority.pk}"}).status_code == 422
    assert officer.post(where, {"person": f"{first.user.pk}-{funding.authority.pk}"}).status_code == 302
    reviewer = acceptance.reviewers.get()
    empty = officer.post(where, {"action": "release", "reviewer": reviewer.pk, "release-reason": ""})
    assert empty.status_code == 422
    assert (
        officer.post(where, {"action": "release", "reviewer": reviewer.pk, "release-reason": "出差"}).status_code == 302
    )
    assert not acceptance.reviewers.get().is_active
    assert signed_in(funding.office["head"].user).get(where).status_code == 403


def test_a_reviewer_reads_the_report_and_no_opinion_but_their_own(funding):
    first, second = expert(funding, name="先提交"), expert(funding)
    acceptance = in_review(funding, by=(first, second))
    where = url("acceptance_opinion", acceptance.case.number)
    one, two = signed_in(first.user), signed_in(second.user)
    assert acceptance.case.number in two.get(url("acceptance_reviews")).content.decode()
    assert one.post(where, {"conclusion": "reject", "text": ""}).status_code == 422
    assert one.post(where, {"conclusion": "reject", "text": "设备型号不符，机密意见"}).status_code == 302
    assert "机密意见" in one.get(where).content.decode()
    for page in (where, reverse("cases:detail", args=[acceptance.case.number])):
        text = two.get(page).content.decode()
        assert "设备到位" in text
        assert "机密意见" not in text
        assert "先提交" not in text
    assert one.post(where, {"conclusion": "accept", "text": "改"}).status_code == 422
    institution = signed_in(funding.head.user).get(reverse("cases:detail", args=[acceptance.case.number]))
    assert "机密意见" not in institution.content.decode()


def test_the_proposed_sums_are_not_shown_to_the_institution_before_they_are_signed(funding):
    acceptance = proposed(funding, opined(in_review(funding)), sums={"l1": 12_345_678})
    page = reverse("cases:detail", args=[acceptance.case.number])
    institution, head = signed_in(funding.editor.user), signed_in(funding.office["head"].user)
    assert "123,456.78" in head.get(page).content.decode()
    assert "123,456.78" not in institution.get(page).content.decode()
    assert (
        head.post(reverse("cases:step", args=[acceptance.case.number, "sign_acceptance"]), {"reason": ""}).status_code
        == 302
    )
    assert "123,456.78" in institution.get(page).content.decode()


@pytest.mark.parametrize("wrong", ["一百", "1.234", "-1", "1e5", "150000.04"])
def test_a_wrong_recognised_sum_stays_on_the_page(funding, wrong):
    acceptance = opined(in_review(funding, None, "l1"))
    row = AcceptanceLine.objects.get(acceptance=acceptance)
    where = url("acceptance_conclusion", acceptance.case.number)
    officer = signed_in(funding.office["officer"].user)
    data = {"conclusion": "accept", "reasons": "属实", f"accepted-{row.pk}": wrong, "version": acceptance.case.version}
    answer = officer.post(where, data)
    assert answer.status_code in (409, 422)
    assert f'value="{wrong}"' in answer.content.decode()
    row.refresh_from_db()
    assert row.accepted_fen is None
    assert officer.post(where, data | {f"accepted-{row.pk}": "150,000.03"}).status_code == 302


def test_the_list_is_exported_with_exact_sums_and_no_formula(funding):
    award = active_award(funding)
    award.title = "=cmd|calc"
    award.save()
    acceptance = proposed(funding, opined(in_review(funding, award, "l3")))
    acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    answer = signed_in(funding.finance.user).get(url("acceptance_export"))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][2] == "'=cmd|calc"
    assert rows[1][4:7] == (1, "140000.50", "140000.50")


def test_the_list_costs_the_same_with_one_row_and_three(funding, django_assert_num_queries):
    officer = signed_in(funding.office["officer"].user)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(3):
        submitted(funding)
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(url("acceptances")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2]

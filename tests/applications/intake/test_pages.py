"""The authority's intake pages: what the officer sees of the register, each step with what was typed kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.enums import OrganisationKind, Role
from apps.applications.models import AdmissionRefusal
from apps.applications.services import intake
from apps.bases.models import RegisterRecord
from apps.cases.models import Document
from tests.applications.intake.test_intake import ITEMS, head_of, officer_of, record, refusal
from tests.applications.recommendation.department import at_intake
from tests.applications.recommendation.department import officer_of as department_officer_of
from tests.factories import AuthorityFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db

PAGES = ["intake", "request_correction", "propose_refusal", "sign_refusal"]


def sign_in(client, actor):
    client.force_login(actor.user)
    return client


def page(name, applicant):
    return reverse(f"applications:{name}", args=[applicant.case.number])


def html_of(client, actor, address):
    return sign_in(client, actor).get(address).content.decode()


def test_queue_lists_the_authoritys_own_intake(client):
    applicant, other = at_intake("zibo"), at_intake("zibo")
    html = html_of(client, officer_of(applicant), reverse("applications:intake_queue"))
    assert applicant.case.number in html
    assert "还剩" in html
    assert other.case.number not in html
    assert other.institution.name not in html


def test_queue_costs_the_same_queries_for_one_row_and_for_three(client):
    applicant = at_intake("zibo")
    sign_in(client, officer_of(applicant))
    counts = []
    for _ in range(2):
        client.get(reverse("applications:intake_queue"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("applications:intake_queue"))
        counts.append(len(queries))
        for extra in (at_intake("zibo"), at_intake("zibo")):
            type(extra.case).objects.filter(pk=extra.case.pk).update(
                turn_organisation=applicant.authority, authority=applicant.authority
            )
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_cases_being_corrected_are_found_in_their_own_view(client):
    applicant = at_intake("zibo")
    intake.request_correction(applicant.case, officer_of(applicant), ITEMS)
    queue = reverse("applications:intake_queue")
    assert applicant.case.number not in html_of(client, officer_of(applicant), queue)
    assert applicant.case.number in client.get(queue + "?view=correcting").content.decode()


def test_page_shows_opinion_findings_and_that_the_text_has_no_bar(client):
    applicant = at_intake("zibo")
    record(applicant, "revocation", note="连续两年未完成任务")
    html = html_of(client, officer_of(applicant), page("intake", applicant))
    assert "本办法未禁止再次申报" in html
    assert "测人社〔2023〕9号" in html
    assert "连续两年未完成任务" in html
    assert "条件具备，同意。" in html
    assert "教室六间，设备齐全。" in html
    assert ">受理</button>" in html
    assert "协助核对" not in html


def test_page_of_a_barred_applicant_says_so_and_offers_no_admission(client):
    applicant = at_intake("national")
    record(applicant, "revocation")
    html = html_of(client, officer_of(applicant), page("intake", applicant))
    assert "本办法不再受理该单位的申报" in html
    assert "第二十九条" in html
    assert "今天：" in html
    assert ">受理</button>" not in html
    answer = client.post(page("intake", applicant), {"reason": "先受理"})
    assert answer.status_code == 422
    assert applicant.reload().case.state == "intake"


def test_history_from_another_jurisdiction_is_named_as_such(client):
    applicant = at_intake("zibo")
    record(applicant, "fraud", jurisdiction="weihai", document_number="测威〔2022〕1号")
    html = html_of(client, officer_of(applicant), page("intake", applicant))
    assert "测威〔2022〕1号" in html
    assert "威海市" in html


def test_officer_admits_on_the_page(client):
    applicant = at_intake("zibo")
    answer = sign_in(client, officer_of(applicant)).post(page("intake", applicant), {"reason": ""})
    assert answer.status_code == 302
    assert applicant.reload().case.state == "admitted"
    assert client.get(page("intake", applicant)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_foreign_case_and_missing_case_answer_alike(client, name):
    applicant = at_intake("zibo")
    sign_in(client, member(AuthorityFactory(), Role.AUTHORITY_OFFICER))
    assert client.get(page(name, applicant)).status_code == 404
    assert client.post(page(name, applicant), {"reason": "越权"}).status_code == 404
    assert client.get(reverse(f"applications:{name}", args=["SB-ZIBO-2026-99999"])).status_code == 404
    assert applicant.reload().case.state == "intake"


@pytest.mark.parametrize("name", PAGES)
def test_institution_and_department_have_no_business_at_the_intake(client, name):
    applicant = at_intake("zibo")
    for actor in (applicant.head, department_officer_of(applicant.recommender)):
        assert sign_in(client, actor).get(page(name, applicant)).status_code == 403


def test_head_does_not_admit(client):
    applicant = at_intake("zibo")
    answer = sign_in(client, head_of(applicant)).post(page("intake", applicant), {"reason": ""})
    assert answer.status_code == 403
    assert "不能办理“受理”" in answer.content.decode()
    assert applicant.reload().case.state == "intake"


def test_corrections_keep_what_was_typed_and_name_what_is_wrong(client):
    applicant = at_intake("zibo")
    sign_in(client, officer_of(applicant))
    answer = client.post(
        page("request_correction", applicant), {"reason-faculty": "教师表缺职称", "days": "0", "unit": "workdays"}
    )
    assert answer.status_code == 422
    assert "教师表缺职称" in answer.content.decode()
    answer = client.post(page("request_correction", applicant), {"days": "10", "unit": "workdays"})
    assert answer.status_code == 422
    assert "请至少在一个部分写明" in answer.content.decode()
    assert applicant.reload().case.state == "intake"
    answer = client.post(
        page("request_correction", applicant), {"reason-faculty": "教师表缺职称", "days": "7", "unit": "natural_days"}
    )
    assert answer.status_code == 302
    assert applicant.reload().case.state == "correcting"


def test_year_without_holidays_is_an_error_in_words_not_a_guess(client, time_machine):
    applicant = at_intake("zibo")
    time_machine.move_to("2026-12-28T10:00:00+08:00", tick=False)
    answer = sign_in(client, officer_of(applicant)).post(
        page("request_correction", applicant), {"reason-faculty": "教师表缺职称", "days": "30", "unit": "workdays"}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "2027年的放假安排" in html
    assert "教师表缺职称" in html
    assert applicant.reload().case.state == "intake"


def test_second_request_for_corrections_is_refused_on_the_page(client):
    from apps.applications.services import submission

    applicant = at_intake("zibo")
    officer = officer_of(applicant)
    intake.request_correction(applicant.case, officer, ITEMS)
    submission.resubmit(applicant.reload().case, applicant.head)
    html = html_of(client, officer, page("intake", applicant))
    assert page("request_correction", applicant) not in html
    answer = client.post(
        page("request_correction", applicant), {"reason-funds": "还缺", "days": "10", "unit": "workdays"}
    )
    assert answer.status_code == 422
    assert "不得再次要求补正" in answer.content.decode()


def test_bar_is_offered_as_ground_only_where_the_register_shows_it(client):
    free, barred = at_intake("zibo"), at_intake("national")
    record(free, "fraud")
    record(barred, "fraud")
    assert 'value="bar"' not in html_of(client, officer_of(free), page("propose_refusal", free))
    html = html_of(client, officer_of(barred), page("propose_refusal", barred))
    assert 'value="bar"' in html
    assert "第二十九条" in html


def test_refusal_is_proposed_read_and_signed(client):
    applicant = at_intake("national")
    sign_in(client, officer_of(applicant))
    kept = client.post(page("propose_refusal", applicant), {"reasons": "名册系伪造", "articles": ["9(3)"]})
    assert kept.status_code == 422
    assert "名册系伪造" in kept.content.decode()
    sent = client.post(
        page("propose_refusal", applicant),
        {"ground": "other", "reasons": "名册系伪造", "articles": ["9(3)"], "records_fraud": "on"},
    )
    assert sent.status_code == 302
    assert AdmissionRefusal.objects.get().records_fraud
    assert "签发不予受理决定</button>" not in client.get(page("sign_refusal", applicant)).content.decode()
    head = sign_in(client, head_of(applicant))
    html = head.get(page("sign_refusal", applicant)).content.decode()
    assert "名册系伪造" in html
    assert "行政复议" in html
    assert head.post(page("sign_refusal", applicant), {"reason": ""}).status_code == 302
    assert applicant.reload().case.state == "refused"
    assert RegisterRecord.objects.get().kind == "fraud"
    assert Document.objects.filter(kind="admission_refusal").count() == 1


def test_drafted_refusal_stays_with_the_authority(client):
    applicant = at_intake("zibo")
    intake.propose_refusal(applicant.case, officer_of(applicant), **refusal(reasons="机密草拟理由"))
    html = html_of(client, applicant.head, reverse("cases:detail", args=[applicant.case.number]))
    assert applicant.case.number in html
    assert "机密草拟理由" not in html


def test_association_reads_the_file_and_may_only_note(client):
    association = OrganisationFactory(kind=OrganisationKind.ASSOCIATION, jurisdiction_id="shanghai", may_assist=True)
    assistant = member(association, Role.SERVICE_ASSISTANT)
    applicant = at_intake("shanghai")
    html = html_of(client, assistant, page("intake", applicant))
    assert "记录材料核对情况" in html
    assert ">受理</button>" not in html
    assert client.post(page("intake", applicant), {"reason": ""}).status_code == 403
    step = reverse("cases:step", args=[applicant.case.number, "record_material_check"])
    assert client.post(step, {"reason": "原件与复印件一致"}).status_code == 302
    assert "原件与复印件一致" in html_of(client, officer_of(applicant), page("intake", applicant))


def test_date_of_the_promise_is_its_last_whole_day(client, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 16, 2, tzinfo=dt.UTC), tick=False)
    applicant = at_intake("zibo")
    html = html_of(client, officer_of(applicant), page("intake", applicant))
    assert "2026年3月23日 截止" in html

"""The case page, the confirmation page, the list and the files: what is shown, to whom, and what is refused."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.enums import Role
from apps.applications.models import Round
from apps.cases import actions, clocks
from apps.cases.attachments import attach
from apps.cases.enums import ClockBasis
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import perform
from tests.factories import AuthorityFactory, InstitutionFactory, make_application, make_round, member

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def authority():
    return AuthorityFactory()


@pytest.fixture
def draft(authority) -> Round:
    return make_round(authority, state="draft", officer=member(authority, Role.AUTHORITY_OFFICER))


def url(name: str, case: Case, **more) -> str:
    return reverse(f"cases:{name}", kwargs={"number": case.number, **more})


def test_case_page_shows_next_step_clock_and_timeline(client, authority, draft):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    today = timezone.localdate()
    clocks.start_clock(draft.case, "intake", "受理期限", today, basis=ClockBasis.PROMISE, counted=[today])
    client.force_login(officer.user)
    response = client.get(url("detail", draft.case))
    text = response.content.decode()
    assert response.status_code == 200
    assert "现由本单位办理" in text
    assert "报请发布" in text
    assert "今日截止" in text
    assert f'<time datetime="{today.isoformat()}">' in text
    assert "建立办件" in text


def test_visitor_is_sent_to_sign_in(client, draft):
    response = client.get(url("detail", draft.case))
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_person_without_membership_gets_an_explanation(client, draft):
    stranger = member(draft.case.authority)
    client.force_login(stranger.user)
    response = client.get(url("detail", draft.case))
    assert response.status_code == 403
    assert "没有在任何单位任职" in response.content.decode()


@pytest.mark.parametrize("name, more", [("detail", {}), ("step", {"step": "propose"}), ("attachment", {"pk": 1})])
@pytest.mark.parametrize("foreign", [{}, {"jurisdiction_id": "weihai"}])
def test_foreign_case_answers_like_none(client, draft, name, more, foreign):
    other = AuthorityFactory(**foreign)
    client.force_login(member(other, Role.AUTHORITY_OFFICER).user)
    if name == "attachment":
        more = {"pk": attach(draft.case, SimpleUploadedFile("a.pdf", PDF), "guidance", None).pk}
    assert client.get(url(name, draft.case, **more)).status_code == 404


def test_plain_step_asks_for_a_reason_and_keeps_what_was_typed(client, authority, draft):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    perform(draft.case, "propose", officer)
    client.force_login(member(authority, Role.AUTHORITY_HEAD).user)
    address = url("step", draft.case, step="send_back")
    refused = client.post(address, {"reason": "   "})
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    answer = client.post(address, {"reason": "时间与年度安排不符"})
    assert (answer.status_code, answer.url) == (302, url("detail", draft.case))
    act = Act.objects.get(case=draft.case, name="send_back")
    assert (act.reason, act.from_state, act.to_state) == ("时间与年度安排不符", "proposed", "draft")


def test_step_of_another_role_is_refused_with_a_reason(client, authority, draft):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    perform(draft.case, "propose", officer)
    client.force_login(officer.user)
    response = client.post(url("step", draft.case, step="send_back"), {"reason": "我想退回重写"})
    assert response.status_code == 403
    text = response.content.decode()
    assert "您当前的单位或身份不能办理这一步" in text
    assert "我想退回重写" in text
    assert Case.objects.get(pk=draft.case_id).state == "proposed"


def test_step_that_no_longer_exists_leads_back_to_the_case(client, authority, draft):
    client.force_login(member(authority, Role.AUTHORITY_HEAD).user)
    response = client.post(url("step", draft.case, step="send_back"), {"reason": "理由"}, follow=True)
    assert response.redirect_chain == [(url("detail", draft.case), 302)]
    assert "可能刚刚已由他人办理" in response.content.decode()


def test_step_with_its_own_page_leads_there(client, authority, draft, monkeypatch):
    monkeypatch.setitem(actions._pages, ("round", "propose"), "cases:detail")
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    response = client.get(url("step", draft.case, step="propose"))
    assert (response.status_code, response.url) == (302, url("detail", draft.case))


def test_step_without_page_or_service_is_not_offered(client, authority, draft, monkeypatch):
    monkeypatch.delitem(actions._pages, ("round", "propose"), raising=False)
    monkeypatch.delitem(actions._services, ("round", "propose"), raising=False)
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    assert client.post(url("step", draft.case, step="propose"), {"reason": ""}).status_code == 403
    assert Case.objects.get(pk=draft.case_id).state == "draft"


def test_attachment_is_a_download_with_its_own_name(client, authority, draft):
    found = attach(draft.case, SimpleUploadedFile("申报 指南.pdf", PDF), "guidance", None)
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    response = client.get(url("attachment", draft.case, pk=found.pk))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == PDF
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E7%94%B3%E6%8A%A5%20%E6%8C%87%E5%8D%97.pdf"
    )


def test_removed_attachment_is_not_served(client, authority, draft):
    found = attach(draft.case, SimpleUploadedFile("a.pdf", PDF), "guidance", None)
    found.removed_at = timezone.now()
    found.save()
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    assert client.get(url("attachment", draft.case, pk=found.pk)).status_code == 404


def test_list_shows_own_cases_and_no_others(client, authority):
    own = make_round(authority, title="own")
    Case.objects.filter(pk=own.case_id).update(title="本局的批次")
    foreign = make_round(AuthorityFactory())
    Case.objects.filter(pk=foreign.case_id).update(title="外局的批次金丝雀")
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    text = client.get(reverse("cases:list")).content.decode()
    assert "本局的批次" in text
    assert "金丝雀" not in text


@pytest.mark.parametrize(
    "query, found",
    [
        ("q=甲学院", ["甲学院申报"]),
        ("kind=application", ["甲学院申报", "乙学院申报"]),
        ("kind=application&state=draft", ["甲学院申报", "乙学院申报"]),
        ("kind=application&state=intake", []),
        ("kind=nonsense", ["甲学院申报", "乙学院申报", "测试批次"]),
        ("view=closed", []),
        ("page=abc", ["甲学院申报", "乙学院申报", "测试批次"]),
    ],
)
def test_filters_live_in_the_address(client, authority, query, found):
    rnd = make_round(authority)
    for name in ("甲学院", "乙学院"):
        application = make_application(rnd, InstitutionFactory(name=name))
        application.case.parties.update(active=True)
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    response = client.get(reverse("cases:list") + "?" + query)
    titles = [row["title"] for row in response.context["page"].rows]
    assert sorted(titles) == sorted(found)


def test_filter_by_round(client, authority):
    rounds = [make_round(authority), make_round(authority)]
    for rnd, name in zip(rounds, ("甲学院", "乙学院"), strict=True):
        make_application(rnd, InstitutionFactory(name=name)).case.parties.update(active=True)
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    response = client.get(reverse("cases:list"), {"round": rounds[0].pk})
    assert [row["title"] for row in response.context["page"].rows] == ["甲学院申报"]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_takes_the_same_queries_at_any_length(client, authority, count, django_assert_num_queries):
    rnd = make_round(authority)
    for _ in range(count):
        make_application(rnd, InstitutionFactory()).case.parties.update(active=True)
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    counted = 1 if count == 30 else 0
    with django_assert_num_queries(5 + counted):
        client.get(reverse("cases:list"))


def test_export_guards_against_formulas(client, authority):
    rnd = make_round(authority)
    institution = InstitutionFactory(name="=HYPERLINK(1)")
    make_application(rnd, institution).case.parties.update(active=True)
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    csv_text = client.get(reverse("cases:export", args=["csv"])).content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in csv_text
    book = load_workbook(io.BytesIO(client.get(reverse("cases:export", args=["xlsx"])).content))
    cells = [cell for line in book.active.iter_rows(values_only=True) for cell in line]
    assert "'=HYPERLINK(1)" in cells
    assert all(cell.data_type != "f" for line in book.active.iter_rows() for cell in line)
    assert client.get(reverse("cases:export", args=["exe"])).status_code == 404

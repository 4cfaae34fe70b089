"""The pages of the authority's staff: pool, panels, draw with proof, resolution, own review; and who gets 404."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.cases.models import Case
from apps.panels.models import ExpertProfile, Panel, PanelMember, Resolution, SiteVisit
from apps.panels.services import declaring, seating
from tests.factories import AuthorityFactory, DepartmentFactory, credit_code, make_round, member
from tests.panels.factories import Stage, admitted, drain, expert, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


@pytest.fixture
def sign_in(client):
    def enter(actor):
        client.force_login(actor.user)
        return client

    return enter


def url(name, *args):
    return reverse(f"panels:{name}", args=args)


# --- pool ----------------------------------------------------------------------------------------------------------


def test_expert_is_added_with_an_account_that_has_no_password_yet(authority, sign_in):
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    data = {
        "username": "chen.ji",
        "name": "陈计",
        "employer_name": "示例大学",
        "employer_code": credit_code(900001),
        "fields_text": "信息技术、智能制造",
        "title": "教授",
        "phone": "13900000000",
    }
    assert client.post(url("expert_new"), data).status_code == 302
    found = ExpertProfile.objects.get()
    assert (found.user.name, found.fields, found.authority) == ("陈计", ["信息技术", "智能制造"], authority)
    assert not found.user.has_usable_password()
    assert found.user.memberships.get().role == Role.EXPERT


def test_bad_code_is_told_at_the_field_and_what_was_typed_stays(authority, sign_in):
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    data = {"username": "a b", "name": "陈计", "employer_name": "示例大学", "employer_code": "123", "fields_text": "x"}
    answer = client.post(url("expert_new"), data)
    assert answer.status_code == 422
    assert "账号只能包含字母" in answer.content.decode()
    assert 'value="示例大学"' in answer.content.decode()
    assert not ExpertProfile.objects.exists()


def test_staff_of_the_authority_is_not_taken_into_the_pool(authority, sign_in):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    client = sign_in(officer)
    data = {
        "username": officer.user.username,
        "name": officer.user.name,
        "employer_name": "示例大学",
        "fields_text": "信息技术",
    }
    answer = client.post(url("expert_new"), data)
    assert answer.status_code == 422
    assert "不能同时担任评审专家" in answer.content.decode()


def test_expert_is_taken_out_for_a_reason_and_put_back(authority, sign_in):
    one = expert(authority)
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    assert client.post(url("expert_activity", one.pk), {"reason": ""}).status_code == 422
    assert client.post(url("expert_activity", one.pk), {"reason": "本人退出"}).status_code == 302
    one.refresh_from_db()
    assert (one.is_active, one.removal_reason) == (False, "本人退出")
    assert client.post(url("expert_activity", one.pk)).status_code == 302
    one.refresh_from_db()
    assert one.is_active


def test_pool_is_searched_by_field_and_name_and_exported_without_formulas(authority, sign_in):
    expert(authority, name="王一", fields=["智能制造"])
    expert(authority, name="李二", fields=["医药卫生"], employer_name="=cmd|calc")
    expert(AuthorityFactory(), name="外地专家")
    client = sign_in(member(authority, Role.AUTHORITY_HEAD))
    page = client.get(url("experts"), {"q": "医药"}).content.decode()
    assert "李二" in page and "王一" not in page
    assert "外地专家" not in client.get(url("experts")).content.decode()
    answer = client.get(url("experts"), {"format": "xlsx"})
    cells = [cell.value for row in load_workbook(io.BytesIO(answer.content)).active for cell in row]
    assert "'=cmd|calc" in cells and "=cmd|calc" not in cells


def sheet(*rows):
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return SimpleUploadedFile("experts.xlsx", content.getvalue())


HEAD = ["账号", "姓名", "工作单位", "专业领域"]


def test_import_takes_all_rows_or_none_and_names_row_and_column(authority, sign_in):
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    bad = sheet(HEAD, ["good.one", "甲", "某大学", "信息技术"], ["坏", "乙", "", "信息技术"])
    answer = client.post(url("experts_import"), {"file": bad})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 3 行“账号”" in page and "第 3 行“工作单位”" in page
    assert not ExpertProfile.objects.exists()
    good = sheet(HEAD, ["good.one", "甲", "某大学", "信息技术"], ["good.two", "乙", "某学院", "管理、会计"])
    assert client.post(url("experts_import"), {"file": good}).status_code == 302
    assert [one.fields for one in ExpertProfile.objects.order_by("pk")] == [["信息技术"], ["管理", "会计"]]


def test_import_of_a_row_already_in_the_pool_adds_nobody(authority, sign_in):
    known = expert(authority)
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    rows = sheet(
        HEAD, ["new.one", "甲", "某大学", "信息技术"], [known.user.username, known.user.name, "某大学", "信息技术"]
    )
    answer = client.post(url("experts_import"), {"file": rows})
    assert answer.status_code == 422
    assert "已在专家库中" in answer.content.decode()
    assert not User.objects.filter(username="new.one").exists()


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04broken"])
def test_file_that_is_no_workbook_is_refused_in_words(authority, sign_in, content):
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    answer = client.post(url("experts_import"), {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 422


# --- panels --------------------------------------------------------------------------------------------------------


def test_panel_is_opened_from_a_round_with_the_admitted_applications(authority, sign_in):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="closed")
    application = admitted(rnd)
    client = sign_in(officer)
    page = client.get(url("open", rnd.case.number)).content.decode()
    assert application.case.institution.name in page
    data = {"size": 3, "quorum": 1, "subjects": [application.pk]}
    answer = client.post(url("open", rnd.case.number), data)
    assert answer.status_code == 422
    assert "应超过专家人数的一半" in answer.content.decode()
    answer = client.post(url("open", rnd.case.number), {**data, "quorum": 2})
    panel = Panel.objects.get()
    assert answer.url == url("panel", panel.case.number)


def test_draw_shows_its_proof(authority, sign_in):
    stage = Stage(authority, experts=3)
    client = sign_in(stage.officer)
    assert client.get(url("draw", stage.case.number)).status_code == 200
    answer = client.post(url("draw", stage.case.number), {"count": 3, "avoid_conflicts": "on"})
    draw = stage.panel.draws.get()
    assert answer.url == url("draw_proof", stage.case.number, draw.pk)
    page = client.get(answer.url).content.decode()
    assert "复算一致" in page and draw.seed in page
    stage.panel.draws.update(result=[draw.pool[0], draw.pool[0]])
    assert "复算不一致" in client.get(answer.url).content.decode()


def test_officer_leads_a_panel_from_seats_to_conclusion(authority, sign_in):
    stage = Stage(authority)
    number = stage.case.number
    client = sign_in(stage.officer)
    answer = client.post(url("appoint", number), {"expert": stage.experts[0].pk, "reason": ""})
    assert answer.status_code == 422
    for profile in stage.experts:
        assert client.post(url("appoint", number), {"expert": profile.pk, "reason": "熟悉领域"}).status_code == 302
    assert client.post(url("name_chair", number, stage.member(0).pk)).status_code == 302
    assert client.post(reverse("cases:step", args=[number, "convene"]), {"reason": ""}).status_code == 302
    for position in range(3):
        declaring.declare(stage.case, stage.actor(position), stage.subject, has_conflict=False)
    assert client.post(reverse("cases:step", args=[number, "open_scoring"]), {"reason": ""}).status_code == 302
    visit_data = {
        "visited_on": "2026-03-01",
        "place": "主校区",
        "members": [stage.member(0).pk],
        "record": "属实",
        "photos": [photo("a.png"), photo("b.png")],
    }
    assert client.post(url("visit", number, stage.subject.number), visit_data).status_code == 302
    files = list(stage.case.attachments.all())
    assert [file.name for file in files] == ["a.png", "b.png"]
    photo_answer = client.get(url("file", number, files[0].pk))
    assert photo_answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in photo_answer["Content-Disposition"]
    drain(photo_answer)
    for position in range(3):
        stage.hand_in(position)
    assert client.post(reverse("cases:step", args=[number, "close_scoring"]), {"reason": ""}).status_code == 302
    vote = {"subject": stage.subject.number, "votes_for": "9", "votes_against": "0", "votes_abstain": "0"}
    answer = client.post(url("resolution", number), {**vote, "reasons": "CANARY"})
    assert answer.status_code == 422
    assert "CANARY" in answer.content.decode() and "所填票数合计 9 票" in answer.content.decode()
    answer = client.post(url("resolution", number), {**vote, "votes_for": "3", "reasons": "条件充分"})
    assert answer.status_code == 302
    assert Resolution.objects.get().passed
    assert client.post(url("resolution", number), {"minutes": photo("minutes.png")}).status_code == 302
    for duty in ("examine", "argue", "review"):
        data = {"duty": duty, "done_on": "2026-03-02", "record": "完成", "subjects": [stage.application.pk]}
        assert client.post(url("steps", number), data).status_code == 302
    client.force_login(stage.experts[0].user)
    assert client.post(url("sign", number)).status_code == 302
    client.force_login(stage.officer.user)
    assert "按决议办结各件评审" in client.get(url("panel", number)).content.decode()
    assert client.post(url("conclude", number)).status_code == 302
    assert Case.objects.get(pk=stage.application.pk).state == "reviewed"
    assert SiteVisit.objects.count() == 1


def test_case_pages_lead_to_the_pages_of_the_review(authority, sign_in):
    stage = Stage(authority)
    waiting = admitted(stage.round)
    client = sign_in(stage.officer)
    page = client.get(reverse("cases:detail", args=[waiting.case.number])).content.decode()
    assert url("for_subject", waiting.case.number) in page
    assert url("review_steps", waiting.case.number) in page
    assert client.get(url("for_subject", waiting.case.number)).url == url("open", stage.round.case.number)
    assert client.get(url("for_subject", stage.subject.number)).url == url("panel", stage.case.number)
    page = client.get(reverse("cases:detail", args=[stage.case.number])).content.decode()
    assert url("panel", stage.case.number) in page and url("draw", stage.case.number) in page


def test_application_is_released_by_the_confirmation_page(authority, sign_in):
    stage = Stage(authority, applications=2).convened()
    client = sign_in(stage.officer)
    step = reverse("cases:step", args=[stage.subject.number, "release_panel"])
    assert client.post(step, {"reason": "改由下一组评审"}).status_code == 302
    assert Case.objects.get(pk=stage.application.pk).state == "admitted"
    assert not stage.panel.items.filter(subject=stage.subject, is_active=True).exists()


def test_conflict_is_put_aside_on_its_page(authority, sign_in):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    stage = Stage(authority)
    stage.application.sections.update(data={"teachers": [{"name": stage.experts[0].user.name, "employer": ""}]})
    seating.appoint(stage.case, stage.officer, stage.experts[0], "熟悉")
    finding = stage.member(0).findings.get()
    client = sign_in(officer)
    assert finding.detail in client.get(url("panel", stage.case.number)).content.decode()
    page = url("set_aside", stage.case.number, finding.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": "核对证件，非同一人"}).status_code == 302
    finding.refresh_from_db()
    assert finding.set_aside_by == officer.user


def test_member_is_replaced_on_its_page(authority, sign_in):
    stage = Stage(authority).convened()
    client = sign_in(stage.officer)
    page = url("replace", stage.case.number, stage.member(2).pk)
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "因病"}).status_code == 302
    assert PanelMember.objects.get(pk=stage.member(2).pk).state == "replaced"


def test_officer_sees_who_is_in_but_not_what_they_gave(authority, sign_in):
    stage = Stage(authority).scoring()
    stage.hand_in(0, **{"points-faculty": "13", "comment-faculty": "CANARY-REMARK", "overall": "CANARY-OVERALL"})
    client = sign_in(stage.officer)
    number, application = stage.case.number, stage.subject.number
    for page in (
        url("panel", number),
        url("scores", number, application),
        url("resolution", number),
        reverse("cases:detail", args=[number]),
    ):
        text = client.get(page).content.decode()
        assert "CANARY" not in text
    assert "1 / 3" in client.get(url("panel", number)).content.decode()
    for position in (1, 2):
        stage.hand_in(position)
    text = client.get(url("scores", number, application)).content.decode()
    assert "CANARY-REMARK" in text and "CANARY-OVERALL" in text


# --- tenancy -------------------------------------------------------------------------------------------------------

OBJECT_PAGES = ["panel", "edit", "draw", "appoint", "steps", "resolution"]


@pytest.mark.parametrize("name", OBJECT_PAGES)
def test_foreign_and_missing_panel_answer_alike(authority, sign_in, name):
    stage = Stage(authority)
    client = sign_in(member(AuthorityFactory(), Role.AUTHORITY_OFFICER))
    assert client.get(url(name, stage.case.number)).status_code == 404
    assert client.get(url(name, "PS-ZIBO-2026-99999")).status_code == 404
    client.force_login(member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_OFFICER).user)
    assert client.get(url(name, stage.case.number)).status_code == 404


@pytest.mark.parametrize("name", OBJECT_PAGES)
def test_experts_departments_and_applicants_do_not_reach_the_officers_pages(authority, sign_in, name):
    stage = Stage(authority).convened()
    client = sign_in(stage.actor(0))
    assert client.get(url(name, stage.case.number)).status_code == 403
    client.force_login(member(DepartmentFactory(), Role.DEPARTMENT_HEAD).user)
    assert client.get(url(name, stage.case.number)).status_code == 403
    client.force_login(member(stage.subject.institution, Role.INSTITUTION_HEAD).user)
    assert client.get(url(name, stage.case.number)).status_code == 403


def test_applicant_never_reads_an_experts_name(authority, sign_in):
    stage = Stage(authority).resolved()
    client = sign_in(member(stage.subject.institution, Role.INSTITUTION_HEAD))
    text = client.get(reverse("cases:detail", args=[stage.subject.number])).content.decode()
    assert stage.subject.title in text
    assert not any(profile.user.name in text for profile in stage.experts)
    assert client.get(reverse("cases:detail", args=[stage.case.number])).status_code == 404


def test_expert_of_another_pool_is_not_found(authority, sign_in):
    foreign = expert(AuthorityFactory())
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    assert client.get(url("expert", foreign.pk)).status_code == 404
    assert client.post(url("expert_activity", foreign.pk), {"reason": "x"}).status_code == 404


def test_visitor_is_sent_to_sign_in(authority, client):
    stage = Stage(authority)
    answer = client.get(url("panel", stage.case.number))
    assert answer.status_code == 302
    assert "login" in answer.url


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_few_queries_whatever_their_length(authority, sign_in, django_assert_num_queries, count):
    for _ in range(count):
        Stage(authority)
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    client.get(url("list"))
    with django_assert_num_queries(PANEL_LIST_QUERIES):
        client.get(url("list"))
    with django_assert_num_queries(POOL_QUERIES):
        client.get(url("experts"))


@pytest.mark.parametrize("count", [1, 3])
def test_panel_page_takes_the_same_queries_whatever_its_applications(
    authority, sign_in, django_assert_num_queries, count
):
    stage = Stage(authority, applications=count).scoring()
    client = sign_in(stage.officer)
    page = url("panel", stage.case.number)
    client.get(page)
    with django_assert_num_queries(PANEL_PAGE_QUERIES):
        client.get(page)


PANEL_PAGE_QUERIES = 14
PANEL_LIST_QUERIES = 5
POOL_QUERIES = 4


# --- the authority's own review ------------------------------------------------------------------------------------


def test_own_review_is_concluded_on_its_page(sign_in):
    authority = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    application = admitted(make_round(authority, state="closed", is_sandbox=True), rulebook_key="sichuan_draft")
    client = sign_in(member(authority, Role.AUTHORITY_OFFICER))
    page = url("review_steps", application.case.number)
    assert "形成评审结论" in client.get(page).content.decode()
    answer = client.post(page, {"action": "conclude", "passed": "yes", "reasons": "CANARY-REASON"})
    assert answer.status_code == 422
    assert "CANARY-REASON" in answer.content.decode() and "评审环节“审核”尚无记录" in answer.content.decode()
    for duty in ("examine", "argue", "visit", "review"):
        data = {"action": "record", "duty": duty, "done_on": "2026-03-02", "record": "完成"}
        assert client.post(page, data).status_code == 302
    assert client.post(page, {"action": "conclude", "passed": "yes", "reasons": "条件具备"}).status_code == 302
    application.refresh_from_db()
    assert (application.case.state, application.review_passed) == ("reviewed", True)


def test_own_review_page_is_not_for_the_applicant(authority, sign_in):
    application = admitted(make_round(authority, state="closed"))
    client = sign_in(member(application.case.institution, Role.INSTITUTION_HEAD))
    assert client.get(url("review_steps", application.case.number)).status_code == 403

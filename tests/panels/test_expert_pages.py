"""The experts' pages: declaring before reading, recusal answers 404, drafts saved, scores blind to one another."""

import pytest
from django.urls import reverse

from apps.accounts.enums import Role
from apps.cases.attachments import attach
from apps.panels import selectors
from apps.panels.models import Declaration, ScoreSheet
from apps.panels.services import declaring, resolutions, visits
from apps.panels.sitting import Sitting
from tests.factories import AuthorityFactory, member
from tests.panels.factories import DRAFT, Stage, drain, expert, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


def url(name, *args):
    return reverse(f"panels:{name}", args=args)


def as_expert(client, stage, position):
    client.force_login(stage.experts[position].user)
    return client


def test_assignment_leads_from_declaring_to_scoring(authority, client):
    stage = Stage(authority).convened()
    as_expert(client, stage, 0)
    number, application = stage.case.number, stage.subject.number
    assert "申明回避（1 件）" in client.get(url("assignments")).content.decode()
    assert client.get(url("read_file", number, application)).status_code == 404
    assert client.get(url("score", number, application)).status_code == 404
    page = client.get(url("declare", number)).content.decode()
    assert stage.subject.institution.name in page
    answer = client.post(url("declare", number), {"subject": application})
    assert answer.status_code == 422
    assert "请选择是否需要回避" in answer.content.decode()
    answer = client.post(url("declare", number), {"subject": application, "has_conflict": "no"})
    assert answer.status_code == 302
    assert client.get(url("read_file", number, application)).status_code == 200


def test_declaration_page_shows_nothing_of_the_file(authority, client):
    stage = Stage(authority).convened()
    stage.application.sections.filter(code="faculty").update(data={"teachers": [{"name": "CANARY-TEACHER"}]})
    attach(stage.subject, photo("CANARY-FILE.png"), "evidence:faculty", None)
    as_expert(client, stage, 0)
    for page in (url("declare", stage.case.number), url("assignment", stage.case.number), url("assignments")):
        assert "CANARY" not in client.get(page).content.decode()


def test_recused_expert_gets_404_on_file_scores_case_and_attachments(authority, client):
    stage = Stage(authority, applications=2, experts=4, quorum=3).convened()
    evidence = attach(stage.subject, photo(), "evidence:faculty", None)
    number, application = stage.case.number, stage.subject.number
    for position in range(4):
        declaring.declare(stage.case, stage.actor(position), stage.subjects[1], has_conflict=False)
        declaring.declare(stage.case, stage.actor(position), stage.subject, has_conflict=False)
    visits.record_visit(
        stage.case,
        stage.officer,
        stage.subject,
        visited_on=stage.subject.opened_at.date(),
        place="主校区",
        members=[stage.member(0)],
        record="属实",
        photos=[photo()],
    )
    site_photo = stage.case.attachments.get()
    pages = [
        url("read_file", number, application),
        url("score", number, application),
        reverse("cases:detail", args=[application]),
        reverse("cases:attachment", args=[application, evidence.pk]),
        url("photo", number, site_photo.pk),
    ]
    as_expert(client, stage, 3)
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        drain(answer)
    data = {"subject": application, "has_conflict": "yes", "text": ""}
    answer = client.post(url("declare", number), data)
    assert answer.status_code == 422
    assert client.post(url("declare", number), {**data, "text": "曾为同事"}).status_code == 302
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    assert client.get(url("read_file", number, stage.subjects[1].number)).status_code == 200
    assert client.post(url("save_scores", number, application), {**DRAFT, "version": "0"}).status_code == 404
    assert "已回避，材料不开放" in client.get(url("assignment", number)).content.decode()
    assert not ScoreSheet.objects.filter(member=stage.member(3), submitted_at__isnull=False).exists()


def test_files_of_the_panel_are_not_served_through_the_case(authority, client):
    stage = Stage(authority).closed()
    resolutions.file_minutes(stage.case, stage.officer, photo("minutes.png"))
    minutes = stage.case.attachments.get()
    as_expert(client, stage, 0)
    assert client.get(reverse("cases:attachment", args=[stage.case.number, minutes.pk])).status_code == 404
    assert client.get(url("photo", stage.case.number, minutes.pk)).status_code == 404
    client.force_login(stage.officer.user)
    answer = client.get(reverse("cases:attachment", args=[stage.case.number, minutes.pk]))
    assert answer.status_code == 200
    drain(answer)


def test_sheet_is_saved_while_filled_in_and_a_second_window_is_told(authority, client):
    stage = Stage(authority).scoring()
    as_expert(client, stage, 0)
    page = url("save_scores", stage.case.number, stage.subject.number)
    first = client.post(page, {"version": "0", "points-faculty": "三十", "evil": "x"})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    assert ScoreSheet.objects.get().draft == {"points-faculty": "三十"}
    second = client.post(page, {"version": "0", "points-faculty": "31"})
    assert second.status_code == 409
    assert second.json()["values"] == {"points-faculty": "三十"}
    assert ScoreSheet.objects.get().draft == {"points-faculty": "三十"}


def test_incomplete_sheet_comes_back_with_everything_typed(authority, client):
    stage = Stage(authority).scoring()
    as_expert(client, stage, 0)
    page = url("score", stage.case.number, stage.subject.number)
    data = {**DRAFT, "points-faculty": "99", "overall": "CANARY-OVERALL", "version": "0", "action": "submit"}
    answer = client.post(page, data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "应为 0 至 40 的整数分" in text and 'value="99"' in text and "CANARY-OVERALL" in text
    assert ScoreSheet.objects.get().submitted_at is None


def test_stale_page_shows_what_was_typed_and_saves_nothing(authority, client):
    stage = Stage(authority).scoring()
    as_expert(client, stage, 0)
    args = stage.case.number, stage.subject.number
    client.post(url("save_scores", *args), {"version": "0", "overall": "先保存的"})
    answer = client.post(url("score", *args), {"version": "0", "overall": "后写的", "action": "save"})
    assert answer.status_code == 409
    assert "后写的" in answer.content.decode()
    assert ScoreSheet.objects.get().draft == {"overall": "先保存的"}


def test_sheet_is_handed_in_once(authority, client):
    stage = Stage(authority).scoring()
    as_expert(client, stage, 0)
    page = url("score", stage.case.number, stage.subject.number)
    assert client.post(page, {**DRAFT, "version": "0", "action": "submit"}).status_code == 302
    assert ScoreSheet.objects.get().total == 80
    text = client.get(page).content.decode()
    assert "不能修改" in text and "data-autosave-url" not in text
    client.post(page, {**DRAFT, "points-faculty": "1", "version": "1", "action": "submit"})
    assert ScoreSheet.objects.get().total == 80


def test_nobody_sees_anothers_scores_until_all_are_in(authority, client):
    stage = Stage(authority).scoring()
    args = stage.case.number, stage.subject.number
    stage.hand_in(0, overall="CANARY-FIRST")
    stage.hand_in(1, overall="CANARY-SECOND")
    for position, own in ((0, "CANARY-FIRST"), (2, None)):
        as_expert(client, stage, position)
        pages = [url("board", *args), url("assignment", args[0]), reverse("cases:detail", args=[args[0]])]
        texts = "".join(client.get(page).content.decode() for page in pages)
        assert "CANARY" not in texts
        sitting = Sitting(stage.panel)
        seen = selectors.sheets_for(sitting, stage.subject, stage.member(position))
        assert [sheet.overall for sheet in seen] == ([own] if own else [])
    stage.hand_in(2)
    as_expert(client, stage, 2)
    text = client.get(url("board", *args)).content.decode()
    assert "CANARY-FIRST" in text and "CANARY-SECOND" in text


def test_recused_expert_sees_no_scores_even_when_all_are_in(authority, client):
    stage = Stage(authority, applications=2, experts=4, quorum=3).convened()
    for position in range(4):
        declaring.declare(stage.case, stage.actor(position), stage.subjects[1], has_conflict=False)
    for position in range(3):
        declaring.declare(stage.case, stage.actor(position), stage.subject, has_conflict=False)
    declaring.declare(stage.case, stage.actor(3), stage.subject, has_conflict=True, text="师生")
    from apps.panels.services import panels

    panels.open_scoring(stage.case, stage.officer)
    for position in range(3):
        stage.hand_in(position, overall="CANARY")
    as_expert(client, stage, 3)
    assert client.get(url("board", stage.case.number, stage.subject.number)).status_code == 404
    sitting = Sitting(stage.panel)
    assert not selectors.sheets_for(sitting, stage.subject, stage.member(3)).exists()
    assert selectors.sheets_for(sitting, stage.subject, stage.member(0)).count() == 3


def test_replaced_member_finds_nothing_any_more(authority, client):
    from apps.panels.services import seating

    stage = Stage(authority).declared()
    seating.replace(stage.case, stage.officer, stage.member(1), "因病")
    as_expert(client, stage, 1)
    number, application = stage.case.number, stage.subject.number
    for page in (
        url("assignment", number),
        url("declare", number),
        url("read_file", number, application),
        reverse("cases:detail", args=[application]),
    ):
        assert client.get(page).status_code == 404
    assert stage.case.title not in client.get(url("assignments")).content.decode()


def test_expert_of_another_authority_and_one_without_a_seat_get_404(authority, client):
    stage = Stage(authority).declared()
    for stranger in (expert(authority), expert(AuthorityFactory())):
        client.force_login(stranger.user)
        for page in (
            url("assignment", stage.case.number),
            url("declare", stage.case.number),
            url("score", stage.case.number, stage.subject.number),
        ):
            assert client.get(page).status_code == 404
    assert Declaration.objects.count() == 3


def test_panel_being_formed_is_not_told_to_its_members(authority, client):
    stage = Stage(authority).seat()
    as_expert(client, stage, 0)
    assert client.get(url("assignment", stage.case.number)).status_code == 404
    assert "目前没有评审任务" in client.get(url("assignments")).content.decode()


def test_chair_closes_early_and_signs_and_others_find_no_such_page(authority, client):
    stage = Stage(authority).scoring()
    stage.hand_in(0)
    stage.hand_in(1)
    as_expert(client, stage, 1)
    assert client.get(url("close_early", stage.case.number)).status_code == 404
    assert client.get(url("sign", stage.case.number)).status_code == 404
    as_expert(client, stage, 0)
    assert client.get(url("close_early", stage.case.number)).status_code == 200
    assert client.post(url("close_early", stage.case.number), {"reason": "一位专家出国"}).status_code == 302
    answer = client.post(url("sign", stage.case.number))
    assert answer.status_code == 422
    assert "尚未上传评审会议纪要" in answer.content.decode()


def test_officer_has_no_assignments(authority, client):
    client.force_login(member(authority, Role.AUTHORITY_OFFICER).user)
    assert client.get(url("assignments")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_assignments_take_the_same_queries_whatever_their_number(authority, django_assert_num_queries, count):
    stages = [Stage(authority).convened() for _ in range(count)]
    actor = stages[0].actor(0)
    for stage in stages[1:]:
        stage.panel.members.filter(expert=stage.experts[0]).update(expert=stages[0].experts[0])
    with django_assert_num_queries(5):
        rows = selectors.assignments_of(actor)
    assert [(row.to_declare, row.to_score, row.next_step) for row in rows] == [(1, 0, "申明回避（1 件）")] * count

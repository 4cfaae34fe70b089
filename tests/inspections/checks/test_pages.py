"""The pages of campaigns and inspections: who sees what, what is kept, what is refused."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import Role
from apps.inspections.models import Campaign, InspectionItem, VisitEntry
from apps.inspections.services import inspections, sheets
from tests.factories import AuthorityFactory, Supervision, make_base, member
from tests.inspections.checks.building import (
    answered,
    finished,
    inspection_of,
    launched,
    photo,
    sheet,
    state_of,
    with_findings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Supervision:
    return Supervision("zibo")


def signed_in(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def url(name: str, *args) -> str:
    return reverse(f"inspections:{name}", args=args)


def posted(**changed) -> dict:
    today = timezone.localdate()
    return {
        "title": "检查考核",
        "year": today.year,
        "selection": "all",
        "self_due_on": (today + dt.timedelta(days=5)).isoformat(),
        "finish_by": (today + dt.timedelta(days=50)).isoformat(),
        "answer_days": 7,
    } | changed


def test_a_campaign_is_drawn_up_changed_and_shown(world):
    client = signed_in(world.unit_officer)
    made = client.post(url("campaign_create", "regular"), posted(**{"guidance-funds": "核对账目"}))
    campaign = Campaign.objects.get()
    assert made.headers["Location"] == url("campaign", campaign.case.number)
    assert campaign.checklist[1]["guidance"] == "核对账目"
    changed = client.post(url("campaign_edit", campaign.case.number), posted(title="改名的检查"))
    assert changed.status_code == 302
    page = client.get(url("campaign", campaign.case.number)).content.decode()
    assert "改名的检查" in page
    assert "可检查的基地有 1 家" in page


def test_what_was_typed_stays_when_it_is_refused(world):
    client = signed_in(world.unit_officer)
    refused = client.post(url("campaign_create", "regular"), posted(finish_by="9999-99-99", instructions="带账簿"))
    assert refused.status_code == 422
    assert "带账簿" in refused.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "坏\x00字"), ("draw_size", "99999999999999999999"), ("year", "0001"), ("named", "JD-ELSEWHERE-1")],
)
def test_bad_input_is_told(world, field: str, value: str):
    client = signed_in(world.unit_officer)
    assert client.post(url("campaign_create", "regular"), posted(**{field: value})).status_code == 422


def test_a_kind_the_text_gives_to_others_is_not_offered(world):
    client = signed_in(world.unit_officer)
    page = client.get(url("campaigns")).content.decode()
    assert url("campaign_create", "regular") in page
    assert url("campaign_create", "spot_check") not in page
    assert "抽查由综合管理部门组织" in page
    assert client.get(url("campaign_create", "spot_check")).status_code == 403
    assert client.post(url("campaign_create", "evaluation"), posted()).status_code == 403
    assert client.get(url("campaign_create", "invented")).status_code == 404
    assert not Campaign.objects.exists()


def test_everything_of_somebody_else_answers_404(world):
    foreign = Supervision("zibo")
    abroad = Supervision("national")
    campaign = launched(world)
    inspection = inspection_of(campaign)
    names = ("self_assessment", "answer", "desk", "findings", "verdicts", "visit_plan", "visit", "confirm_visit")
    people = (foreign.unit_officer, foreign.head, abroad.office["officer"], abroad.head)
    for actor in people:
        client = signed_in(actor)
        for name in names:
            assert client.get(url(name, inspection.case.number)).status_code in (403, 404), (name, actor)
        for name in ("campaign", "campaign_edit", "campaign_export", "draw", "draw_proof", "publication"):
            assert client.get(url(name, campaign.case.number)).status_code in (403, 404), (name, actor)
        assert world.institution.name not in client.get(url("checks")).content.decode()
    client = signed_in(foreign.unit_officer)
    assert client.get(url("desk", inspection.case.number)).status_code == 404
    assert client.get(url("campaign", campaign.case.number)).status_code == 404
    head = signed_in(foreign.head)
    assert head.get(url("self_assessment", inspection.case.number)).status_code == 404
    assert head.post(url("sheet_file_add", inspection.case.number, "self", "funds")).status_code == 404
    assert head.post(url("sheet_autosave", inspection.case.number, "self")).status_code == 404


def test_the_base_fills_in_its_self_assessment_and_its_head_submits(world):
    inspection = inspection_of(launched(world))
    number = inspection.case.number
    editor, head = signed_in(world.editor), signed_in(world.head)
    page = editor.get(url("self_assessment", number)).content.decode()
    assert "提交自评</button>" not in page
    data = {f"self_verdict-{item.code}": "meets" for item in inspection.items.all()}
    version = sheets.version_of(inspection, sheets.SELF)
    saved = editor.post(url("sheet_autosave", number, "self"), {**data, "self_text-funds": "足额", "version": version})
    assert saved.status_code == 200
    stale = editor.post(url("sheet_autosave", number, "self"), {**data, "self_text-funds": "旧", "version": version})
    assert stale.status_code == 409
    assert stale.json()["values"]["self_text-funds"] == "足额"
    upload = editor.post(url("sheet_file_add", number, "self", "funds"), {"file": photo()})
    assert upload.status_code == 302
    version = saved.json()["version"]
    submitted = head.post(
        url("self_assessment", number), {**data, "self_text-funds": "足额", "version": version, "action": "submit"}
    )
    assert submitted.status_code == 302
    assert state_of(inspection.case) == "desk_review"
    late = editor.post(url("sheet_autosave", number, "self"), data)
    assert late.status_code == 422


def test_an_incomplete_self_assessment_is_kept_but_not_submitted(world):
    inspection = inspection_of(launched(world))
    head = signed_in(world.head)
    answer = head.post(
        url("self_assessment", inspection.case.number), {"self_text-funds": "写了一半", "action": "submit"}
    )
    assert answer.status_code == 422
    assert "写了一半" in answer.content.decode()
    assert InspectionItem.objects.get(inspection=inspection, code="funds").self_text == "写了一半"
    assert state_of(inspection.case) == "self_assessing"


def test_neither_side_reads_the_others_drafts(world):
    inspection = inspection_of(launched(world))
    case_page = reverse("cases:detail", args=[inspection.case.number])
    base, unit = signed_in(world.head), signed_in(world.unit_officer)
    draft = sheet(sheets.SELF, inspection, "meets", "自评草稿", self_summary="总结草稿")
    sheets.save_draft(inspection.case, sheets.SELF, world.editor, draft, None)
    assert "自评草稿" in base.get(case_page).content.decode()
    assert "草稿" not in unit.get(case_page).content.decode()
    inspections.submit_self_assessment(inspection.case, world.head)
    assert "自评草稿" in unit.get(case_page).content.decode()
    with_findings(inspection, world.unit_officer)
    assert "制度没有落实" in unit.get(case_page).content.decode()
    page = base.get(case_page).content.decode()
    assert "制度没有落实" not in page
    assert "材料齐全" not in page


def test_the_base_does_not_see_a_grade_that_is_not_signed(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    answered(inspection, world.unit_officer, world.head)
    whole = {"grade": "excellent", "grade_reasons": "拟评优秀", "commended": True}
    written = sheet(sheets.VERDICTS, inspection, "meets", "核对属实", **whole)
    sheets.record(inspection.case, sheets.VERDICTS, world.unit_officer, written)
    case_page = reverse("cases:detail", args=[inspection.case.number])
    assert "拟评优秀" in signed_in(world.unit_officer).get(case_page).content.decode()
    page = signed_in(world.head).get(case_page).content.decode()
    assert "拟评优秀" not in page
    assert "核对属实" not in page
    listed = signed_in(world.head).get(url("checks")).content.decode()
    assert ">优秀</span>" not in listed


def test_the_inspectors_write_their_sheets(world):
    inspection = inspection_of(launched(world, self_due_on=None))
    client = signed_in(world.unit_officer)
    number = inspection.case.number
    assert client.get(url("desk", number)).status_code == 200
    version = sheets.version_of(inspection, sheets.DESK)
    data = {f"desk_verdict-{item.code}": "meets" for item in inspection.items.all()}
    assert client.post(url("desk", number), {**data, "version": version}).status_code == 302
    stale = client.post(url("desk", number), {**data, "desk_text-funds": "旧页", "version": version})
    assert stale.status_code == 409
    assert "旧页" in stale.content.decode()
    bad = client.post(url("desk", number), {**data, "desk_text-funds": "坏\x00字"})
    assert bad.status_code == 422
    assert client.get(url("findings", number)).status_code == 302
    assert signed_in(world.unit_head).get(url("desk", number)).status_code == 403


def visit_of(world: Supervision):
    inspection = inspection_of(launched(world, self_due_on=None))
    client = signed_in(world.unit_officer)
    planned = client.post(
        url("visit_plan", inspection.case.number), {"visit_on": timezone.localdate().isoformat(), "visitors": "两人"}
    )
    assert planned.status_code == 302
    return inspection, client


def test_entries_from_the_phone(world):
    inspection, client = visit_of(world)
    send = url("visit_entry", inspection.case.number)
    entry = {"client_id": str(uuid.uuid4()), "item": "funds", "verdict": "meets", "text": "账目清楚", "photo": photo()}
    headers = {"X-Requested-With": "XMLHttpRequest"}
    first = client.post(send, entry, headers=headers)
    again = client.post(send, {**entry, "photo": photo()}, headers=headers)
    assert (first.status_code, first.json()) == (200, again.json())
    assert VisitEntry.objects.count() == 1
    page = client.get(url("visit", inspection.case.number)).content.decode()
    assert "账目清楚" in page
    assert entry["client_id"] in page
    refused = client.post(send, {**entry, "client_id": "none"}, headers=headers)
    assert (refused.status_code, refused.json()["final"]) == (422, True)
    other = client.post(
        send, {**entry, "photo": photo(), "client_id": str(uuid.uuid4()), "noter": "999999"}, headers=headers
    )
    assert (other.status_code, other.json()["final"]) == (403, False)
    visitor = Client().post(send, entry, headers=headers)
    assert visitor.status_code == 302


def test_without_script_an_entry_is_an_ordinary_form(world):
    inspection, client = visit_of(world)
    send = url("visit_entry", inspection.case.number)
    kept = client.post(send, {"client_id": str(uuid.uuid4()), "item": "funds", "text": "记录"})
    assert kept.status_code == 302
    refused = client.post(send, {"client_id": str(uuid.uuid4()), "item": "funds", "text": "x" * 5000})
    assert refused.status_code == 422
    assert "x" * 5000 in refused.content.decode()


def test_the_base_confirms_what_was_seen(world):
    inspection, client = visit_of(world)
    for item in inspection.items.all():
        client.post(
            url("visit_entry", inspection.case.number),
            {"client_id": str(uuid.uuid4()), "item": item.code, "verdict": "improve", "text": f"现场{item.code}"},
        )
    inspections.close_visit(inspection.case, world.unit_officer)
    head = signed_in(world.head)
    assert "现场funds" in head.get(url("confirm_visit", inspection.case.number)).content.decode()
    assert head.post(url("confirm_visit", inspection.case.number), {"remark": "基本属实"}).status_code == 302
    assert state_of(inspection.case) == "findings"


def test_the_priority_list_and_its_export(world):
    finished(world, "regular", "excellent")
    finished(Supervision("zibo"), "regular", "good")
    client = signed_in(world.office["officer"])
    page = client.get(url("excellent")).content.decode()
    assert world.institution.name in page
    assert "共 1 家" in page
    assert client.get(url("excellent_export")).headers["Content-Type"].startswith("application/vnd.openxml")
    assert world.institution.name not in client.get(url("excellent"), {"year": "2001"}).content.decode()
    elsewhere = member(AuthorityFactory(jurisdiction_id="zibo"), Role.AUTHORITY_OFFICER)
    assert world.institution.name not in signed_in(elsewhere).get(url("excellent")).content.decode()


def test_a_managing_units_campaign_shows_its_figures(world):
    inspection = finished(world, "regular", "failed")
    client = signed_in(world.unit_head)
    number = inspection.campaign.case.number
    page = client.get(url("campaign", number)).content.decode()
    assert world.institution.name in page
    assert client.get(url("campaign_export", number)).status_code == 200
    filtered = client.get(url("campaign", number), {"grade": "excellent"}).content.decode()
    assert "没有符合条件的基地" in filtered


def test_the_draw_and_its_proof(world):
    make_base(world.authority, managing_unit=world.unit)
    client = signed_in(world.unit_officer)
    client.post(url("campaign_create", "regular"), posted(selection="draw", draw_size=1))
    number = Campaign.objects.get().case.number
    assert client.get(url("draw_proof", number)).status_code == 404
    assert client.get(url("draw", number)).status_code == 200
    assert client.post(url("draw", number)).headers["Location"] == url("draw_proof", number)
    assert "复算一致" in client.get(url("draw_proof", number)).content.decode()
    assert client.post(url("draw", number)).status_code == 422
    assert client.post(url("draw", number), {"reason": "漏列"}).status_code == 302
    assert client.get(url("draw_proof", number), {"draw": "1"}).status_code == 200
    assert client.get(url("draw_proof", number), {"draw": "9²"}).status_code == 200


def test_the_publication_page_keeps_what_was_typed():
    world = Supervision("national")
    inspection = finished(world, "evaluation", "good")
    client = signed_in(world.office["officer"])
    page = url("publication", inspection.campaign.case.number)
    assert client.get(page).status_code == 200
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    refused = client.post(page, {"bulletin": "通报文字", "publish_on": yesterday.isoformat()})
    assert refused.status_code == 422
    assert "通报文字" in refused.content.decode()
    done = client.post(page, {"bulletin": "通报文字", "publish_on": timezone.localdate().isoformat()})
    assert done.status_code == 302


@pytest.mark.parametrize("name", ["campaigns", "checks", "excellent", "public_results"])
def test_lists_ask_the_same_few_questions_however_many_rows(world, name, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(world.unit_officer)
    counts = []
    for rows in (1, 3):
        while Campaign.objects.count() < rows:
            finished(world, "regular", "excellent", title=f"检查{Campaign.objects.count()}")
        client.get(url(name))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url(name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_the_campaign_page_asks_the_same_questions_for_one_base_and_for_three(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for bases in (1, 3):
        while world.unit.managed_bases.count() < bases:
            make_base(world.authority, managing_unit=world.unit)
        campaign = launched(world, title=f"检查{bases}")
        client = signed_in(world.unit_officer)
        client.get(url("campaign", campaign.case.number))
        with CaptureQueriesContext(connection) as captured:
            client.get(url("campaign", campaign.case.number))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_odd_filters_do_not_break_a_list(world):
    launched(world)
    client = signed_in(world.unit_officer)
    odd = {"q": "a\x00b", "state": "none", "year": "99999999999", "sort": "x", "page": "²", "inspector": "9" * 30}
    for name in ("campaigns", "checks", "excellent", "public_results"):
        assert client.get(url(name), {key: value for key, value in odd.items() if key != "q"}).status_code == 200
        assert client.get(url(name), {"q": "x" * 500}).status_code == 200

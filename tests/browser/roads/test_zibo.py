"""Zibo's road: the whole form typed, examined, returned, rechecked on site; and an application without recommendation."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from apps.applications.models import Opinion
from apps.bases.models import RegisterRecord
from apps.portal.demo.steps import staff_in_turn
from tests.browser.roads import walk
from tests.browser.roads.scene import state_of
from tests.browser.roads.typed_form import fill_by_typing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

REASON = "兼职教师的聘任文件缺少第 3 至 5 人，请补充说明。"


def return_for_correction(here, applicant):
    officer, _ = staff_in_turn(here.cast, applicant.case)
    person = here.at(officer)
    person.take_step(applicant.case.number, "退回修改")
    person.put("reason-faculty", REASON)
    person.press("退回申报单位")


def correct(here, applicant):
    """Only the returned section opens; what stands in it is corrected, and the head sends it back."""
    editor, number = here.at(applicant.editor), applicant.case.number
    editor.open_todo(number)
    editor.follow("填写申报表")
    editor.reads(REASON)
    editor.go(f"/applications/form/{number}/particulars/")
    assert editor.page.url.split("#")[0].endswith("/view/")
    assert editor.page.locator("main form input:not([type=hidden])").count() == 0
    editor.go(f"/applications/form/{number}/")
    editor.follow(editor.page.locator("main").get_by_role("link", name="师资队伍").first)
    editor.reads(REASON)
    editor.put("faculty_overview", "已补充第 3 至 5 人的聘任文件。")
    editor.press("保存")
    walk.submit(here, applicant, "修改后重新提交")


def record_national_base(here, institution):
    RegisterRecord.objects.create(
        jurisdiction_id=here.cast.code,
        institution=institution,
        kind=RegisterRecord.Kind.EXISTING_BASE,
        level="national",
        division="370300",
        on=dt.date(2024, 1, 8),
        document_number="样例〔2024〕1号",
        recorded_by=here.cast.office["officer"].user,
    )


def apply_directly(here):
    """An institution that has a national base in the city ticks that it applies without a recommendation."""
    applicant = walk.start(here, 2)
    record_national_base(here, applicant.editor.organisation)
    walk.fill_through_services(here.cast, applicant, 2)
    editor = here.at(applicant.editor)
    editor.open_todo(applicant.case.number)
    editor.follow("填写申报表")
    editor.follow(editor.page.locator('nav a[href$="/units/"]'))
    editor.put("direct", True)
    editor.press("保存")
    return applicant


def test_road_with_a_return_and_a_direct_application(scene):
    here = scene("zibo")
    round_number = walk.publish_round(here, level="municipal", quota=3)
    applicant = walk.start(here, 1)
    number = applicant.case.number
    fill_by_typing(here, applicant)
    walk.submit(here, applicant)
    assert state_of(number) == "examining"
    return_for_correction(here, applicant)
    assert state_of(number) == "returned_by_examiner"
    correct(here, applicant)
    assert state_of(number) == "examining"
    walk.give_opinion(here, applicant, "审查意见")
    assert state_of(number) == "recommending"
    walk.give_opinion(here, applicant, "推荐意见")
    assert state_of(number) == "intake"
    recheck = Opinion.objects.get(application__case__number=number, stage="recommendation").recheck
    assert recheck["persons"] == "样例复查组甲、乙"

    direct = apply_directly(here)
    walk.submit(here, direct)
    assert state_of(direct.case.number) == "intake"
    both = [applicant, direct]
    for one in both:
        walk.admit(here, one)
    here.officer.go(f"/cases/{direct.case.number}/")
    expect(here.officer.page.locator("#application")).to_contain_text("直接申请，不经推荐")
    walk.review_by_panel(here, both)
    walk.close_window(here)
    walk.decide(here, walk.TITLE, both)
    walk.announce(here, round_number)
    assert [state_of(one.case.number) for one in both] == ["recognised", "recognised"]
    walk.find_in_register(here, applicant)

"""Weihai's road: the lapsed text extended on record, a public notice, an objection answered before the decision."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from apps.applications.models import Objection, PublicNotice
from tests.browser.roads import walk
from tests.browser.roads.scene import CLOSES_ON, SHANGHAI, state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def extend_text(here):
    """The legal officer records the document that extends the text; the head confirms it."""
    legal = here.at(here.cast.office["legal"])
    legal.entry("文本效力")
    legal.follow("登记延期或正式印发")
    for name, value in {
        "kind": "extension",
        "document_number": "样例人社发〔2024〕99号",
        "document_date": "2024-12-10",
        "effective_from": "2024-12-18",
    }.items():
        legal.put(name, value)
    legal.attach("file", "延期文件.pdf")
    legal.press("登记")
    legal.reads("待确认")
    here.head.entry("文本效力")
    here.head.follow("核对并确认")
    here.head.press("确认生效")


def publish_notice(here, applicant):
    officer = here.officer
    officer.entry("批次管理")
    officer.follow(walk.TITLE)
    officer.follow("拟制公示")
    officer.put("contact", "样例科室，000-00000000")
    officer.put("days", 5)
    officer.press("保存公示")
    number = PublicNotice.objects.get().case.number
    here.head.confirm_step(number, "发布公示")
    return number


def object_to(here, notice, applicant):
    """A citizen objects on the public page, with a file, and gets a code to follow the answer with."""
    visitor = here.visitor
    visitor.go("/")
    visitor.follow("公示公告")
    visitor.follow("评审结果的公示")
    visitor.put("application", applicant.case.number)
    visitor.put("name", "样例群众甲")
    visitor.put("contact", "000-11111111")
    visitor.put("text", "该单位的实训场地已出租，请核查。")
    visitor.attach("files", "照片说明.pdf")
    visitor.press("提交异议")
    visitor.reads("请记下查询码")
    return Objection.objects.get()


def answer(here, objection):
    officer, number = here.officer, objection.case.number
    officer.take_step(number, "记录核查情况")
    officer.reads("该单位的实训场地已出租，请核查。", "照片说明.pdf")
    officer.put("record", "现场核查，实训场地在用。")
    officer.press("记录核查情况")
    officer.take_step(number, "拟定答复")
    officer.put("sustained", "no")
    officer.put("answer", "经现场核查，实训场地在用，异议不成立。")
    officer.press("拟定答复")
    here.head.confirm_step(number, "签发答复")


def test_road_with_an_extension_a_notice_and_an_objection(scene):
    here = scene("weihai")
    extend_text(here)
    round_number = walk.publish_round(here, level="municipal")
    applicant = walk.start_and_fill(here, 1)
    number = applicant.case.number
    walk.submit(here, applicant)
    walk.give_opinion(here, applicant, "推荐意见")
    walk.admit(here, applicant)
    walk.review_by_panel(here, [applicant])
    walk.close_window(here)

    notice = publish_notice(here, applicant)
    assert state_of(number) == "in_notice"
    objection = object_to(here, notice, applicant)
    institution = here.at(applicant.head)
    institution.dashboard()
    assert objection.case.number not in institution.page.content()
    institution.go(f"/cases/{objection.case.number}/", status=404)
    institution.go(f"/cases/{number}/")
    assert "出租" not in institution.page.content()

    here.officer.open_todo(notice)
    expect(here.officer.page.locator("#next")).to_contain_text("尚未期满")
    here.clock.go_to(PublicNotice.objects.get().decide_from)
    here.officer.open_todo(notice)
    expect(here.officer.page.locator("#next")).to_contain_text("还有 1 件异议尚未核查答复")
    answer(here, objection)
    here.officer.confirm_step(notice, "公示结束")
    assert state_of(number) == "notice_done"

    visitor = here.visitor
    visitor.go("/applications/public/objections/")
    visitor.type("查询码", objection.query_code)
    visitor.press("查询")
    visitor.reads("异议不成立")
    walk.decide(here, walk.TITLE, [applicant])
    walk.announce(here, round_number)
    assert state_of(number) == "recognised"
    walk.find_in_register(here, applicant)


def test_submission_one_second_after_the_last_day_is_refused_and_nothing_is_lost(scene):
    here = scene("weihai")
    extend_text(here)
    walk.publish_round(here, level="municipal")
    applicant = walk.start_and_fill(here, 1)
    head = here.at(applicant.head)
    midnight = dt.datetime.combine(CLOSES_ON + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)
    here.clock.instant = midnight - dt.timedelta(minutes=2)
    head.sign_in()
    head.take_step(applicant.case.number, "提交申报")
    here.clock.instant = midnight
    head.press("本人已核对，签署并提交")
    head.reads("2026-03-20 24 时截止")
    assert state_of(applicant.case.number) == "draft"
    head.go(f"/applications/form/{applicant.case.number}/view/")
    head.reads("演示专师1")

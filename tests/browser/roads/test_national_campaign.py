"""A national base through an evaluation: its own account, a visit noted on a phone, a failing result, set right."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from apps.bases.models import BaseStatus
from apps.cases.models import Case
from apps.inspections.models import Inspection, Rectification, VisitEntry
from tests.browser.roads import life
from tests.browser.roads.people import NARROW, WIDE
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

FAILED_ITEM = "funds"
PROBLEM = "培训经费没有单独核算，两次支出无凭证。"
JUDGED = "补交的凭证不能证明支出用途。"


def start_campaign(here):
    """The officer draws up an evaluation of all bases, the head approves it. Its number."""
    officer = here.officer
    officer.entry("检查工作")
    officer.follow("拟定检查评估方案")
    officer.put("instructions", "请如实自评，备齐近一年的台账。")
    officer.press("保存方案")
    number = Case.objects.get(kind="campaign").number
    officer.follow(officer.page.locator("#next").get_by_role("link", name="报请批准方案", exact=True))
    officer.press("确认报请批准方案")
    here.head.confirm_step(number, "批准并开始检查")
    assert state_of(number) == "running"
    return number


def codes_of(inspection):
    return [item.code for item in inspection.items.all()]


def self_assess(world, inspection):
    """The editor writes the account and files evidence, the head submits it."""
    number, editor = inspection.case.number, world.editor
    editor.open_todo(number)
    editor.follow("填写自评")
    for code in codes_of(inspection):
        editor.put(f"self_verdict-{code}", "meets")
        editor.put(f"self_text-{code}", "制度和台账齐全。")
    editor.put("self_summary", "全年按计划办班，自评符合要求。")
    editor.press("保存")
    editor.attach("file", "台账.pdf")
    editor.press(life.button(editor, "上传"))
    editor.reads("台账.pdf")
    head = world.head
    head.take_step(number, "提交自评")
    head.press("提交自评")
    assert state_of(number) == "desk_review"


def review_papers(here, inspection):
    number, officer = inspection.case.number, here.officer
    officer.take_step(number, "记录材料审核")
    officer.reads("台账.pdf")
    for code in codes_of(inspection):
        officer.put(f"desk_verdict-{code}", "improve" if code == FAILED_ITEM else "meets")
        officer.put(f"desk_text-{code}", "已核对台账。")
    officer.press("保存")
    officer.take_step(number, "安排实地检查")
    officer.put("visit_on", here.clock.day.isoformat())
    officer.put("visitors", "检查一组甲、乙")
    officer.press("安排实地检查")


def note_on_a_phone(here, inspection):
    """At the width of a phone every item is judged and noted; the page sends each by itself."""
    page = here.officer.page
    page.set_viewport_size(NARROW)
    page.wait_for_selector("[data-visit][data-ready]")
    for code in codes_of(inspection):
        section = page.locator(f"[data-visit-item={code}]")
        verdict = "fails" if code == FAILED_ITEM else "meets"
        section.locator(f"label[for=verdict-{code}-{verdict}]").click()
        section.locator("textarea").fill(PROBLEM if verdict == "fails" else "现场查看，相符。")
        section.locator("button[type=submit]").click()
        expect(section.locator("li[data-state=sent]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size(WIDE)
    assert VisitEntry.objects.filter(inspection=inspection).count() == len(codes_of(inspection))
    here.officer.follow("检查人员确认现场记录")
    here.officer.press("确认检查人员确认现场记录")


def find_and_hear(here, world, inspection):
    """The base confirms the record, is told what was found, and answers."""
    number, officer, head = inspection.case.number, here.officer, world.head
    head.take_step(number, "基地确认现场记录")
    head.reads(PROBLEM)
    head.put("remark", "记录属实。")
    head.press("确认现场记录")
    officer.take_step(number, "记录检查发现")
    for code in codes_of(inspection):
        officer.put(f"finding-{code}", "fails" if code == FAILED_ITEM else "meets")
        officer.put(f"finding_text-{code}", PROBLEM if code == FAILED_ITEM else "")
    officer.press("保存")
    officer.confirm_step(number, "将发现的问题告知基地")
    head.take_step(number, "提交申辩说明")
    head.put(f"answer-{FAILED_ITEM}", "凭证已补齐，请核实。")
    head.put("answer", "同意其余内容。")
    head.press("提交申辩说明")
    assert state_of(number) == "answered"


def grade(here, inspection):
    number, officer = inspection.case.number, here.officer
    officer.take_step(number, "记录认定")
    officer.reads("凭证已补齐，请核实。")
    for code in codes_of(inspection):
        officer.put(f"verdict-{code}", "fails" if code == FAILED_ITEM else "meets")
        officer.put(f"verdict_text-{code}", JUDGED if code == FAILED_ITEM else "相符。")
    officer.put("grade", "failed")
    officer.put("grade_reasons", "经费管理不符合要求，其余各项符合。")
    officer.press("保存")
    officer.confirm_step(number, "拟定检查结果")
    here.head.confirm_step(number, "签发检查结果")
    assert state_of(number) == "concluded"


def order_rectification(here, world):
    """From the base's page the officer drafts the order out of the result; the head signs it. Its number."""
    officer = here.officer
    life.open_base(officer, world, "整改和处理")
    officer.follow("从不符合的事项拟定整改通知")
    officer.reads(JUDGED)
    officer.put("grounds", ["teaching_management_substandard"])
    officer.press("保存草稿")
    number = Rectification.objects.get().case.number
    officer.confirm_step(number, "报请签发整改通知")
    here.head.confirm_step(number, "签发整改通知")
    assert state_of(number) == "ordered"
    return number


def report(world, number):
    item = Rectification.objects.get().items.get()
    editor, head = world.editor, world.head
    editor.take_step(number, "填写整改进展")
    editor.put(f"progress-{item.pk}", "已单独设账，凭证逐笔补齐。")
    editor.put(f"done-{item.pk}", True)
    editor.attach(f"file-{item.pk}", "账目.pdf")
    editor.put("report", "整改事项已全部完成。")
    editor.press("保存")
    editor.reads("账目.pdf")
    head.take_step(number, "提交整改报告")
    head.press("保存并提交整改报告")
    assert state_of(number) == "reported"


def recheck_and_lift(here, number):
    item = Rectification.objects.get().items.get()
    officer = here.officer
    officer.take_step(number, "记录复查")
    officer.reads("账目.pdf")
    officer.put(f"verdict-{item.pk}", "meets")
    officer.put(f"text-{item.pk}", "逐笔核对，相符。")
    officer.put("rechecked_on", here.clock.day.isoformat())
    officer.put("recheck", "到校查阅账簿和凭证。")
    officer.press("保存复查")
    officer.take_step(number, "拟定复查结论")
    officer.put("conclusion", "lift")
    officer.put("conclusion_text", "经费已单独核算，整改合格。")
    officer.press("报请签发")
    here.head.confirm_step(number, "签发解除整改")


def test_road_from_an_evaluation_to_the_lifted_order(scene):
    here = scene("national")
    world = life.supervised(here)
    start_campaign(here)
    inspection = Inspection.objects.get(base=world.base)
    self_assess(world, inspection)
    here.later(3)
    review_papers(here, inspection)
    note_on_a_phone(here, inspection)
    find_and_hear(here, world, inspection)
    grade(here, inspection)
    world.head.go(f"/cases/{inspection.case.number}/")
    world.head.reads("不合格")
    life.open_letter(world.head, "inspection_result")

    here.later(10)
    number = order_rectification(here, world)
    assert world.base.status == BaseStatus.RECTIFYING
    here.head.go(f"/cases/{number}/")
    life.open_letter(here.head, "rectification_order")
    here.later(10)
    report(world, number)
    here.later(5)
    recheck_and_lift(here, number)
    assert state_of(number) == "lifted"
    assert world.base.status == BaseStatus.ACTIVE
    world.head.go(f"/cases/{number}/")
    life.open_letter(world.head, "rectification_lifted")
    assert here.clock.day - dt.timedelta(days=28) == dt.date(2026, 3, 2)

"""Weihai's classes: one filed in time, one late with its reason, one outside the plan reported by itself."""

import datetime as dt

import pytest

from apps.plans.models import TrainingProject
from apps.plans.services import opening
from apps.portal.demo.agenda import Agenda
from apps.portal.demo.life import plans
from apps.portal.demo.life.people import Life, Member
from tests.browser.roads import life
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

IN_TIME, LATE = plans.PROGRAMME[1], plans.PROGRAMME[2]
LATE_REASON = "平台检修，课程确认较晚。"
OUTSIDE = {
    "name": "海洋新标准解读班",
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "海洋",
    "level": "mixed",
    "starts_on": "2026-11-10",
    "ends_on": "2026-11-11",
    "hours_tenths": "16",
    "value_tenths": "4",
    "persons": "60",
    "mode": "on_site",
    "place": "主校区报告厅",
}


def file_plan(here, world):
    """The year's plan, put in place by the services: another road types it."""
    told = Life(here.cast, Agenda(here.clock), here.clock.day)
    member = Member("", *world.institution, world.pk, world.unit)
    plan = opening.open_plan(world.base, 2026, member.editor)
    plans.fill_in(told, member, plan)
    plans.send(member, plan)
    plans.agree(member, plan)
    plans.plan_decisions.file_plan(plans.case_of(plan), told.officer)


def open_planned(editor, position, **values):
    """The editor opens a class out of the plan, which fills in what it knows. Its number."""
    editor.entry("培训项目")
    editor.follow(editor.page.get_by_role("link", name="从年度计划建立").first)
    editor.follow(editor.page.locator("table tbody tr").nth(position).get_by_role("link"))
    for name, value in {"value_tenths": "4", **values}.items():
        editor.put(name, value)
    editor.press("保存")
    return TrainingProject.objects.latest("pk").case.number


def open_outside(editor):
    editor.entry("培训项目")
    editor.follow(editor.page.get_by_role("link", name="建立计划外项目").first)
    editor.reads("逐项单独报备")
    for name, value in OUTSIDE.items():
        editor.put(name, value)
    editor.press("保存")
    return TrainingProject.objects.latest("pk").case.number


def send(world, number):
    world.head.take_step(number, "报送备案")
    world.head.press("报送备案")


def file_in_batch(here, numbers):
    """The officer reads those that wait once more and files them together."""
    officer = here.officer
    officer.entry("待备案的培训班")
    for number in numbers:
        officer.page.locator(f'[name=chosen][value^="{number}:"]').check()
    officer.press("核对所选项目")
    officer.press(f"予以备案（{len(numbers)} 个）")


def receipt_of(world, number):
    world.head.go(f"/cases/{number}/")
    return life.open_letter(world.head, "project_receipt")


def project_of(number):
    return TrainingProject.objects.get(case__number=number)


def test_classes_in_time_late_and_outside_the_plan(scene):
    here = scene("weihai")
    life.extend_lapsed_text(here)
    world = life.supervised(here)
    file_plan(here, world)

    in_time = open_planned(world.editor, 1)
    world.editor.reads("2026年9月1日")
    send(world, in_time)
    assert state_of(in_time) == "filing"
    here.officer.confirm_step(in_time, "予以备案")
    assert state_of(in_time) == "ready"
    assert project_of(in_time).filed_late_days == 0
    assert receipt_of(world, in_time).case.number == in_time

    here.clock.go_to(dt.date(2026, 10, 12))
    late = open_planned(world.editor, 2)
    send(world, late)
    world.head.reads("已逾期，请说明原因")
    assert state_of(late) == "draft"
    world.head.put("late_reason", LATE_REASON)
    world.head.press("报送备案")
    outside = open_outside(world.editor)
    send(world, outside)
    file_in_batch(here, [late, outside])

    assert [state_of(number) for number in (late, outside)] == ["ready", "ready"]
    assert project_of(late).filed_late_days == 4
    assert project_of(late).late_reason == LATE_REASON
    assert project_of(outside).filed_late_days == 0
    assert project_of(outside).planned is None
    for number in (late, outside):
        world.head.go(f"/cases/{number}/")
        life.open_letter(world.head, "project_receipt")
    world.head.reads("计划外")

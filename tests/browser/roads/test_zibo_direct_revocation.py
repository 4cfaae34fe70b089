"""A Zibo base revoked without rectification, heard first, and what is cleared away after it."""

import datetime as dt

import pytest

from apps.bases.models import BaseStatus
from apps.cases.models import Case
from apps.inspections.models import Revocation
from apps.plans.services import project_filing, projects
from tests.browser.roads import life
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

FACTS = "二月未经同意以基地名义办班三期，并向学员另行收费。"
STATEMENT = "其中一期属本单位内部培训，收费已退还。"
CLASS = {
    "name": "新材料专题班",
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "新材料",
    "level": "mixed",
    "hours_tenths": 160,
    "value_tenths": 160,
    "persons": 30,
    "starts_on": dt.date(2026, 6, 9),
    "ends_on": dt.date(2026, 6, 10),
    "mode": "on_site",
    "place": "主校区",
    "fee": None,
    "benefit_percent": 0,
    "favours": [],
    "in_base_name": True,
}


def running_class(world):
    """A class that waits for the managing unit's consent while the base is revoked. Its number."""
    editor, head = world.institution
    project = projects.create_project(world.base, editor, CLASS)
    project_filing.send(Case.objects.get(pk=project.pk), head)
    return project.case.number


def give_notice(here, world):
    """The officer begins under the article that asks for no rectification; the head signs the notice. Its number."""
    officer = here.officer
    life.open_base(officer, world, "启动取消（撤销）程序")
    officer.reads("须先责令限期整改")
    officer.put("article", "24")
    officer.put("grounds", ["disorderly_classes_fees_certificates"])
    officer.put("facts", FACTS)
    officer.attach("facts-file", "收费记录.pdf")
    officer.press("保存草稿")
    number = Revocation.objects.get().case.number
    officer.confirm_step(number, "报请签发告知书")
    here.head.confirm_step(number, "签发告知书")
    assert state_of(number) == "hearing"
    return number


def state_views(world, number):
    """The editor drafts the statement, the head submits it."""
    editor, head = world.editor, world.head
    editor.take_step(number, "保存陈述申辩草稿")
    editor.reads(FACTS)
    editor.put("statement", STATEMENT)
    editor.attach("statement-file", "退费凭证.pdf")
    editor.press("保存草稿")
    editor.reads("退费凭证.pdf")
    head.take_step(number, "提交陈述申辩")
    head.press("保存并提交")
    assert state_of(number) == "heard"


def decide(here, number):
    """Heard, decided, reviewed by the legal officer, signed by the head: four people's work, none of it one's own."""
    officer, legal = here.officer, here.at(here.cast.office["legal"])
    officer.take_step(number, "记录听取意见")
    officer.put("hearing_record", "经办人电话听取意见，基地坚持书面内容。")
    officer.attach("hearing-file", "笔录.pdf")
    officer.press("保存记录")
    officer.take_step(number, "拟定决定报法制审核")
    officer.reads(STATEMENT)
    officer.put("conclusion", "revoke")
    officer.put("answer", "内部培训一期采纳，不计入；其余两期事实清楚，不予采纳。")
    officer.put("reasons", "未经同意办班并另行收费，情节严重。")
    officer.press("报法制审核")
    legal.take_step(number, "法制审核通过")
    legal.reads("笔录.pdf")
    legal.put("opinion", "事实清楚，证据充分，依据正确，程序合法。")
    legal.press("审核通过，报负责人签发")
    here.head.confirm_step(number, "签发决定")
    assert state_of(number) == "revoked"


def read_in_public(here, world):
    visitor = here.visitor
    visitor.go(f"/bases/{world.base.number}/")
    visitor.reads(world.base.institution_name, "取消")
    assert FACTS not in visitor.page.content()
    assert STATEMENT not in visitor.page.content()


def clear_away(here, number, running):
    """The plaque comes back, the running class is broken off, and only then the case can be closed."""
    officer = here.officer
    officer.take_step(number, "登记匾牌交回")
    officer.reads(running)
    officer.put("returned_on", here.clock.day.isoformat())
    officer.press(officer.page.locator("#plaque button"))
    part = officer.page.locator(f'section[id="{running}"]')
    part.locator('[name$="decision"][value="discontinue"]').check()
    part.locator('[name$="reason"]').fill("基地资格已取消，尚未招生。")
    officer.press(part.get_by_role("button", name="决定", exact=True))
    officer.reads("善后事项已全部处理")
    officer.press("办结")


def test_road_from_the_notice_to_the_last_running_case(scene):
    here = scene("zibo")
    world = life.supervised(here)
    running = running_class(world)
    number = give_notice(here, world)
    world.head.go(f"/cases/{number}/")
    life.open_letter(world.head, "revocation_notice")
    here.later(2)
    state_views(world, number)
    here.later(4)
    decide(here, number)
    assert world.base.status == BaseStatus.REVOKED
    world.head.go(f"/cases/{number}/")
    life.open_letter(world.head, "revocation_decision")
    read_in_public(here, world)
    here.later(3)
    clear_away(here, number, running)
    assert state_of(number) == "closed"
    assert state_of(running) == "discontinued"
    assert Revocation.objects.get().plaque_returned_on == dt.date(2026, 3, 11)

"""The national road: one recommendation, a panel, the announcement with plaques."""

import pytest

from apps.cases.models import Document
from tests.browser.roads import walk
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def test_road_with_an_expert_who_recuses_himself(scene):
    here = scene("national")
    walk.publish_round(here, level="national", quota=5)
    applicant = walk.start_and_fill(here, 1)
    number = applicant.case.number
    walk.submit(here, applicant)
    assert state_of(number) == "recommending"
    walk.give_opinion(here, applicant, "推荐意见")
    assert state_of(number) == "intake"
    walk.admit(here, applicant)
    assert state_of(number) == "admitted"

    panel = walk.form_panel(here, [applicant])
    *others, recused = walk.experts_of(here)
    for expert in others:
        walk.declare(expert, [applicant])
    recused.go(f"/panels/mine/{panel}/{number}/", status=404)
    walk.declare(recused, [applicant], conflict_with=number)
    recused.reads("已回避，材料不开放")
    recused.go(f"/panels/mine/{panel}/{number}/", status=404)
    here.officer.open_todo(panel)
    here.officer.follow("打开评审工作页")
    row = here.officer.page.locator("#subjects tbody tr")
    assert [row.locator("td").nth(cell).inner_text() for cell in (0, 1)] == ["2", "1"]
    here.officer.confirm_step(panel, "开始评分")
    for expert in others:
        walk.score(expert, applicant)
    walk.resolve(here, panel, [applicant], [2])
    assert state_of(number) == "reviewed"

    walk.close_window(here)
    walk.decide(here, walk.TITLE, [applicant])
    assert state_of(number) == "decided"
    walk.announce(here, number, step="公布认定")
    assert state_of(number) == "recognised"
    assert Document.objects.filter(case__number=number, kind="plaque").count() == 1
    walk.find_in_register(here, applicant)

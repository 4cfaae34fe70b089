"""Public money of a Shanghai base from the cycle to the settled award, everybody at a browser of their own."""

import pytest

from apps.subsidies.models import Award
from apps.subsidies.services.verification import verify_cycle
from tests.browser.roads import life, money

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

ADVANCE, REST = 75_000_01, 235_000_02
SPENT = {"实训设备": "150,000.03", "高级研修班": "160,000.00"}
SPENT_OF_ADVANCE = {"实训设备": "75,000.01"}
SPENT_OF_REST = {"实训设备": "75,000.02", "高级研修班": "160,000.00"}
FIGURES = (
    "1,000,000.00 元 周期指标",
    "689,999.97 元 可安排指标",
    "310,000.03 元 申请",
    "310,000.03 元 资助",
    "75,000.01 元 验收前拨付",
    "310,000.03 元 验收核定",
    "310,000.03 元 已拨付",
    "0.00 元 已缴回",
    "0.00 元 未拨付",
)


def test_road_from_the_cycle_to_the_settled_award(scene):
    here = scene("shanghai")
    money.open_cycle(here)
    world = life.supervised(here)
    award = money.fill_in(world)
    applicant = money.send(world, award)
    money.review(here, applicant)
    money.decide(here, award)
    money.settle_plan(here, world, award)

    advance = money.ask(world, award)
    assert advance.amount_fen == ADVANCE
    money.pay(here, world, advance, "YH202603020001")
    here.later(20)
    money.report_spending(here, world, SPENT_OF_ADVANCE)
    money.accept(here, world, SPENT)
    rest = money.ask(world, award)
    assert rest.amount_fen == REST
    money.pay(here, world, rest, "YH202603220002")
    here.later(20)
    money.report_spending(here, world, SPENT_OF_REST)
    money.settle(here, award)
    figures(here)
    assert verify_cycle(Award.objects.get(pk=award.pk).cycle) == []


def figures(here):
    """The cycle in figures, from the dashboard; each tile reads as the money went, and the books balance."""
    officer = here.officer
    officer.entry("资金统计")
    officer.follow(money.CYCLE)
    tiles = officer.page.locator(".report-tiles li").all()
    assert tuple(" ".join(tile.inner_text().split()) for tile in tiles) == FIGURES
    officer.follow("试算平衡表")
    officer.reads("借贷平衡", "¥2,240,000.12", "¥689,999.97")

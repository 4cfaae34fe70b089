"""Two cycles of awards: an earlier one whose awards live on, and one that takes applications today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from apps.cases.workflow.engine import perform
from apps.portal.demo import review
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.funding import awards, banking, typed
from apps.portal.demo.life.funding.walks import Walk
from apps.portal.demo.life.people import Life
from apps.portal.demo.life.plans import YEAR
from apps.subsidies.models import FundingCycle
from apps.subsidies.services import cap_exceptions, cycles

FAILED = "heard"
CUT, CUT_PERCENT = "lifted", 95
TITLES = {
    "exemplary": "{field}产教融合实训能力提升",
    "visited": "{field}青年骨干培养",
    "lifted": "{field}培训服务下企业",
    "overdue": "教学条件改善",
    "rectifying": "{field}远程实训建设",
    "heard": "通用能力系列讲座",
}
NEXT_TITLES = {
    "exemplary": "{field}公共实训平台二期和紧缺人才研修",
    "visited": "{field}工程师转岗培训",
    "lifted": "{field}企业定制研修",
    "rectifying": "{field}案例库",
    "overdue": "{field}实务培训",
}
Asked = Mapping[str, tuple[str, tuple[typed.Line, ...]]]
EXCEPTION_FEN = 560_000_000
PANEL = 3


def add_cycle_lines(life: Life) -> None:
    """Both cycles, and the statements of the bank that come in meanwhile."""
    _ = life.cast.supervisors
    life.agenda.add(_earlier(life))
    life.agenda.add(_open(life))
    life.agenda.add(banking.statements(life))


def draw_up(life: Life, year: int, opens: dt.date, closes: dt.date, budget_fen: int) -> FundingCycle:
    """Drawn up and put forward by the officer, opened by the head."""
    values = {
        "title": f"{year}年度项目周期",
        "starts_on": dt.date(year, 1, 1),
        "ends_on": dt.date(year, 12, 31),
        "opens_on": opens,
        "closes_on": closes,
        "budget_fen": budget_fen,
        "change_share_percent": 10,
        "hold_for_overdue_rectification": True,
        "rubric": typed.RUBRIC,
        "pass_points": 60,
        "notes": "请按用途逐项填写单价和数量，绩效指标应当可以衡量。本周期为演示数据。",
    }
    cycle = cycles.draw_up(life.officer, values, sandbox=life.cast.fixture["rehearsal"])
    perform(cycle.case, "propose", life.officer)
    cycles.launch(cycle.case, life.head)
    return cycle


def _apply(life: Life, cycle: FundingCycle, asked: Asked, left: str = "") -> dict[str, Walk]:
    """Each base of ``asked`` (title and budget by part) fills in an application and sends it; ``left`` stops half-way."""
    walks = {}
    for part, (title, budget) in asked.items():
        walk = Walk(life, life.member(part), cycle, budget)
        walk.fill_in(title.format(field=walk.field), whole=part != left)
        if part != left:
            walk.submit()
        walks[part] = walk
    return walks


def _review(life: Life, walks: Sequence[Walk]) -> Line:
    panel = review.convene(life.officer, walks, PANEL)
    review.score(panel, walks)
    yield on(life.clock.day + dt.timedelta(days=5))
    review.resolve(life.officer, panel, walks, purpose="资助")


def _earlier(life: Life) -> Line:
    """Applied for in the winter before; what the awards became is told in lines of their own."""
    yield on(dt.date(YEAR - 1, 11, 19))
    opens, closes = dt.date(YEAR - 1, 11, 24), dt.date(YEAR - 1, 12, 19)
    cycle = draw_up(life, YEAR, opens, closes, 2_000_000_000)
    yield on(opens + dt.timedelta(days=4))
    walks = _apply(life, cycle, {part: (TITLES[part], budget) for part, budget in typed.BUDGETS.items()})
    walks[FAILED].goal = review.FAILING
    yield on(closes + dt.timedelta(days=1), 1)
    life.sweep(cycles.close_windows)
    yield on(closes + dt.timedelta(days=4))
    yield from _review(life, list(walks.values()))
    for part, walk in walks.items():
        walk.propose(percent=CUT_PERCENT if part == CUT else 100)
    yield on(dt.date(YEAR, 1, 6))
    for walk in walks.values():
        walk.agree()
    yield on(dt.date(YEAR, 1, 9))
    for walk in walks.values():
        walk.sign()
    del walks[FAILED]
    yield on(dt.date(YEAR, 1, 20))
    for part, walk in walks.items():
        walk.plan()
        life.agenda.add(awards.LIVES[part](walk))


def _open(life: Life) -> Line:
    """Opened some weeks ago: one draft, one that waits, one before the experts, one at finance, one above the cap."""
    yield on(life.today - dt.timedelta(days=25))
    opens, closes = life.today - dt.timedelta(days=20), life.today + dt.timedelta(days=15)
    cycle = draw_up(life, YEAR + 1, opens, closes, 2_500_000_000)
    yield on(life.today - dt.timedelta(days=18))
    asked = {part: (NEXT_TITLES[part], budget) for part, budget in typed.NEXT_BUDGETS.items()}
    walks = _apply(life, cycle, asked, left="overdue")
    yield on(life.today - dt.timedelta(days=15))
    decided = [walks["exemplary"], walks["lifted"]]
    yield from _review(life, decided)
    yield on(life.today - dt.timedelta(days=9))
    _except(life, walks["exemplary"])
    for walk in decided:
        walk.propose()
    waiting = [walks["visited"]]
    review.score(review.convene(life.officer, waiting, PANEL), waiting, members=2)
    yield on(life.today - dt.timedelta(days=7))
    _grant_above_cap(life, walks["exemplary"])


def _except(life: Life, walk: Walk) -> None:
    grounds = cap_exceptions.Grounds(
        total_fen=EXCEPTION_FEN,
        reason="承担全市公共实训平台二期建设，投入集中于一个周期，经批准超出原则上的限额。",
        document_number=f"演示沪府办〔{YEAR}〕31号（虚构）",
        document_date=life.clock.day - dt.timedelta(days=12),
    )
    cap_exceptions.record(walk.case, life.officer, grounds, [evidence_file("超限额批准文件.pdf")])


def _grant_above_cap(life: Life, walk: Walk) -> None:
    """The finance side and the head both sign the exception; then the award is granted."""
    cap_exceptions.sign(walk.case, walk.finance)
    walk.agree()
    cap_exceptions.countersign(walk.case, life.head)
    walk.sign()

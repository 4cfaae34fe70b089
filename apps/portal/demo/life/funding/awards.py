"""What became of the awards of the earlier cycle: settled, misspent in part, accepted in part, held, and in hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import F

from apps.accounts.actors import Actor, actor_for
from apps.accounts.models import Membership, User
from apps.cases.workflow.engine import perform
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.funding import banking, typed
from apps.portal.demo.life.funding.walks import Walk, case_of
from apps.portal.demo.life.plans import YEAR
from apps.subsidies.enums import RecoveryGround
from apps.subsidies.models import Tranche
from apps.subsidies.services import (
    acceptance_reviews,
    award_endings,
    content_draft,
    payment_steps,
    plan_changes,
    plan_drafting,
    recoveries,
    recovery_returns,
    supervision,
)

ACCOUNT = "演示机关资助专户，31000000000000001，演示银行（虚构）"
CUT_FEN = 2_300_000
RECEPTION, UNRELATED = "记-0091", "记-0092"


def settled(walk: Walk) -> Line:
    """Advance, acceptance by an expert and a third party, the rest, the final report, and the end."""
    yield from paid(walk, dt.date(YEAR, 2, 3))
    yield on(dt.date(YEAR, 8, 10))
    first = walk.report(dt.date(YEAR, 7, 31), all_spent(walk, 1, (3, 5, 7)))
    yield on(dt.date(YEAR, 8, 18))
    walk.examine(first)
    walk.conclude(first)
    yield on(dt.date(YEAR, 8, 20))
    asked = walk.ask_acceptance({line.key: line.amount_fen for line in walk.award.lines.all()})
    yield on(dt.date(YEAR, 8, 27))
    walk.review(asked, [expert_for(walk, asked), walk.life.cast.supervisors[0]])
    yield on(dt.date(YEAR, 9, 3))
    walk.accept(asked)
    yield on(dt.date(YEAR, 9, 7))
    walk.sign_acceptance(asked)
    yield from paid(walk, dt.date(YEAR, 9, 9))
    yield on(dt.date(YEAR, 10, 12))
    last = walk.report(dt.date(YEAR, 10, 10), all_spent(walk, 41, (8, 9)), final=True)
    yield on(dt.date(YEAR, 10, 19))
    walk.examine(last)
    walk.conclude(last)
    yield on(dt.date(YEAR, 10, 26))
    perform(walk.case, "propose_settlement", walk.life.officer)
    yield on(dt.date(YEAR, 10, 28))
    award_endings.settle(walk.case, walk.life.head)


def paid(walk: Walk, begins: dt.date, *tranches: Tranche) -> Line:
    """Asked for, checked, approved and paid within ten days."""
    yield on(begins)
    pk = walk.request(*tranches)
    yield on(begins + dt.timedelta(days=2))
    walk.check(pk)
    yield on(begins + dt.timedelta(days=5))
    walk.approve(pk)
    yield on(begins + dt.timedelta(days=9))
    walk.pay(pk)


def all_spent(walk: Walk, first: int, months: tuple[int, ...]) -> list[dict[str, str]]:
    """Vouchers for everything that was paid of each line and is not reported yet."""
    rows: list[dict[str, str]] = []
    for line in walk.award.lines.filter(paid_fen__gt=F("spent_fen")):
        days = tuple(dt.date(YEAR, month, 10 + line.position) for month in months)
        left = line.paid_fen - line.spent_fen
        rows += typed.vouchers(line.key, line.item, left, first + len(rows), days)
    return rows


def expert_for(walk: Walk, pk: int) -> Actor:
    """The first expert of the pool who need not abstain."""
    pool = walk.life.officer.organisation
    for one in acceptance_reviews.candidates(case_of(pk)):
        if one.organisation == pool and not one.conflicts:
            return actor_for(User.objects.get(pk=one.user_id), pool)
    raise LookupError("every expert must abstain")


def assign(walk: Walk, supervisor: Actor, task: str) -> None:
    found = Membership.objects.get(user=supervisor.user, organisation=supervisor.organisation)
    supervision.assign(walk.case, walk.life.officer, found, task)


def misspent(walk: Walk) -> Line:
    """Paid twice for a wrong account and undone once, watched by a third party; part is demanded and partly returned."""
    yield on(dt.date(YEAR, 2, 3))
    pk = walk.request(account="310000000000009")
    yield on(dt.date(YEAR, 2, 5))
    walk.check(pk)
    walk.approve(pk)
    yield on(dt.date(YEAR, 2, 9))
    payment_steps.record_payment(
        case_of(pk), walk.finance, reference=banking.WRONG_REFERENCE, paid_on=walk.life.clock.day
    )
    yield on(dt.date(YEAR, 2, 11))
    payment_steps.propose_reversal(case_of(pk), walk.finance, "收款账号有误，银行次日退汇，款项已回到专户。")
    payment_steps.sign_reversal(case_of(pk), walk.life.head)
    yield from paid(walk, dt.date(YEAR, 2, 12))
    yield on(dt.date(YEAR, 3, 10))
    supervisor = walk.life.cast.supervisors[0]
    assign(walk, supervisor, "每季度核查支出凭证和项目进度，发现问题及时报告。")
    yield on(dt.date(YEAR, 6, 15))
    supervision.record(
        walk.case,
        supervisor,
        text="二季度核查：设备已到货；账簿中有两笔接待和团建支出列入本项目，建议核对。",
        has_concerns=True,
        upload=evidence_file("二季度监管报告.pdf"),
    )
    yield from _demanded(walk)
    yield from _changed(walk)


def _demanded(walk: Walk) -> Line:
    """Two vouchers are not recognised; their sum is demanded, and a part of it has come back."""
    today, life = walk.life.today, walk.life
    yield on(today - dt.timedelta(days=44))
    line = walk.line("仿真")
    wrong = [
        typed.vouchers(line.key, text, fen, int(number[2:]), (dt.date(YEAR, 5, day),))[0]
        for text, fen, number, day in (("业务接待", 1_260_000, RECEPTION, 12), ("部门团建", 486_030, UNRELATED, 20))
    ]
    right = typed.vouchers(line.key, line.item, 30_000_000, 61, tuple(dt.date(YEAR, m, 18) for m in (3, 4, 6, 7)))
    report = walk.report(today - dt.timedelta(days=50), [*right, *wrong])
    yield on(today - dt.timedelta(days=38))
    refused = [
        (RECEPTION, "35(3)", "属于公务接待支出。"),
        (UNRELATED, "35(4)", "与继续教育无关。"),
    ]
    walk.examine(report, refused)
    yield on(today - dt.timedelta(days=35))
    walk.conclude(report)
    yield on(today - dt.timedelta(days=31))
    demand = recoveries.Demand(
        ground=RecoveryGround.MISSPENT,
        facts=f"经核定的使用报告中，凭证{RECEPTION}为业务接待、{UNRELATED}为部门团建，不属于资助资金的列支范围。",
        articles=["36", "35(3)", "35(4)"],
        due_on=today + dt.timedelta(days=20),
        account=ACCOUNT,
        amounts={line.pk: 1_746_030},
    )
    found = case_of(report).spending_report
    pk = recoveries.open_demand(walk.award, life.officer, demand, report=found).pk
    perform(case_of(pk), "propose_demand", life.officer)
    yield on(today - dt.timedelta(days=28))
    recoveries.sign_demand(case_of(pk), life.head)
    yield on(today - banking.THIS_WEEK, 16)
    owed = case_of(pk).fund_recovery.lines.get()
    came = recovery_returns.Returned(life.clock.day, banking.RETURN_REFERENCE, {owed.pk: banking.RETURNED_FEN})
    recovery_returns.record_return(case_of(pk), walk.finance, came)


def _changed(walk: Walk) -> Line:
    """Part of one line goes to a new one: more than the cycle leaves to the base, so the funder audits it."""
    yield on(walk.life.today - dt.timedelta(days=2))
    plan = plan_changes.open_change(walk.award, walk.member.editor)
    detail = content_draft.detail_of(case_of(plan.pk))
    rows = [dict(row) for row in content_draft.load_draft(detail).rows("lines")]
    rows[1]["quantity"] = "8"
    rows.append({**rows[1], "key": "l3", "item": "线上研修资源", "unit": "套", "quantity": "2"})
    rows[2]["category"] = typed.SYSTEMS
    values = {"lines": rows, "change_reason": "学员分散，两期集中研修改为线上资源。"}
    content_draft.save_values(detail, values, detail.data_version, walk.member.editor)
    plan_drafting.submit_plan(case_of(plan.pk), walk.member.head)


def accepted_in_part(walk: Walk) -> Line:
    """One line is accepted with a cut and paid; the others are before the reviewers, and a report waits."""
    today = walk.life.today
    yield from paid(walk, dt.date(YEAR, 2, 5))
    yield on(dt.date(YEAR, 3, 12))
    assign(walk, walk.life.cast.supervisors[1], "年度终了前核查项目完成情况。")
    yield on(dt.date(YEAR, 7, 27))
    line = walk.line("移动实训车")
    first = walk.ask_acceptance({line.key: line.amount_fen})
    yield on(dt.date(YEAR, 8, 3))
    walk.review(first, [expert_for(walk, first)])
    walk.accept(first, {line.key: (CUT_FEN, "一台设备配置低于方案，按实际价格核定。")})
    yield on(dt.date(YEAR, 8, 7))
    walk.sign_acceptance(first)
    yield from paid(walk, today - dt.timedelta(days=13))
    rest = {one.key: one.amount_fen for one in walk.award.lines.filter(accepted_fen=None)}
    second = walk.ask_acceptance(rest)
    yield on(today - dt.timedelta(days=3))
    walk.review(second, [expert_for(walk, second), walk.life.cast.supervisors[0]], opinions=1)
    spent = typed.vouchers(line.key, line.item, 20_000_000, 21, tuple(dt.date(YEAR, m, 9) for m in (3, 4, 5, 6)))
    walk.report(dt.date(YEAR, 9, 30), spent)


def held(walk: Walk) -> Line:
    """The next sum was asked for before the rectification ran out; since then the cycle holds it."""
    advance = [one for one in walk.due() if one.when == "advance"]
    yield from paid(walk, dt.date(YEAR, 2, 4), *advance)
    yield on(walk.life.today - dt.timedelta(days=23))
    walk.request()


def in_hand(walk: Walk) -> Line:
    """One advance is paid, the next waits for the head's approval."""
    first, *others = walk.due()
    yield from paid(walk, dt.date(YEAR, 2, 10), first)
    yield on(walk.life.today - dt.timedelta(days=5))
    pk = walk.request(*others)
    yield on(walk.life.today - dt.timedelta(days=3))
    walk.check(pk)


LIVES: dict[str, Callable[[Walk], Line]] = {
    "exemplary": settled,
    "visited": misspent,
    "lifted": accepted_in_part,
    "overdue": held,
    "rectifying": in_hand,
}
"""What becomes of each base's award, by the part the base plays."""

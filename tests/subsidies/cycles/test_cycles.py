"""A cycle from its draft to its settlement."""

import datetime as dt
import sys
import types

import pytest
from django.utils import timezone

from apps.cases import schedule
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import perform
from apps.subsidies.models import AwardLine, FundingCycle, LedgerEntry
from apps.subsidies.services import cycles
from tests.factories import RUBRIC, Supervision, member
from tests.inspections.sanctions.story import travel
from tests.subsidies.building import BUDGET, Funding, active_award, make_award, make_cycle, make_payment, move

pytestmark = pytest.mark.django_db
NO_MONEY = {"national": "33", "sichuan": "28", "weihai": "22", "zibo": "26"}


def values(**changed):
    today = timezone.localdate()
    return {
        "title": "2026—2027周期",
        "starts_on": today,
        "ends_on": today + dt.timedelta(days=700),
        "opens_on": today,
        "closes_on": today + dt.timedelta(days=20),
        "budget_fen": BUDGET,
        "change_share_percent": 15,
        "hold_for_overdue_rectification": False,
        "rubric": RUBRIC,
        "pass_points": 70,
        "notes": "请按须知填报",
    } | changed


@pytest.fixture
def sound_ledger(monkeypatch):
    """The ledger's verification finds what the test puts into the list."""
    found: list = []
    module = types.ModuleType("verification")
    module.verify_cycle = lambda cycle: found
    monkeypatch.setitem(sys.modules, "apps.subsidies.services.verification", module)
    return found


def drawn(sup: Supervision, **changed) -> FundingCycle:
    return cycles.draw_up(sup.office["officer"], values(**changed))


def codes(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def test_a_cycle_is_drawn_up_proposed_and_opened_by_the_head():
    sup = Supervision("shanghai")
    cycle = drawn(sup)
    assert (cycle.case.state, cycle.case.rulebook_key, cycle.change_share_percent) == ("draft", "shanghai_2020", 15)
    cycles.edit(cycle.case, sup.office["officer2"], values(title="新名称", budget_fen=5))
    cycle = FundingCycle.objects.get(pk=cycle.pk)
    assert (cycle.title, cycle.budget_fen, cycle.case.title) == ("新名称", 5, "新名称")
    perform(cycle.case, "propose", sup.office["officer"])
    with pytest.raises(NotPermitted):
        cycles.launch(cycle.case, sup.office["officer"])
    cycles.launch(cycle.case, sup.office["head"])
    entry = LedgerEntry.objects.get(cycle=cycle)
    assert (entry.kind, entry.seq, entry.postings.get().amount_fen) == ("appropriate", 1, 5)
    assert cycle.case.clocks.get().code == "window"


@pytest.mark.parametrize("jurisdiction", NO_MONEY)
def test_where_the_text_gives_no_awards_no_cycle_is_drawn_up_and_the_article_says_why(jurisdiction):
    sup = Supervision(jurisdiction)
    with pytest.raises(Blocked) as refused:
        drawn(sup)
    assert codes(refused) == {"no_funding"}
    assert refused.value.problems[0].articles == (NO_MONEY[jurisdiction],)


def test_only_an_officer_draws_a_cycle_up():
    sup = Supervision("shanghai")
    for actor in (sup.office["head"], sup.office["legal"], sup.head, sup.unit_officer):
        with pytest.raises(NotPermitted):
            cycles.draw_up(actor, values())
    assert not FundingCycle.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"budget_fen": 0}, "budget_missing"),
        ({"ends_on": dt.date(2020, 1, 1)}, "period_wrong"),
        ({"closes_on": timezone.localdate() - dt.timedelta(days=1)}, "window_wrong"),
        ({"rubric": RUBRIC[:2]}, "rubric_wrong"),
    ],
)
def test_an_incomplete_cycle_is_not_put_forward(changed, code):
    sup = Supervision("shanghai")
    cycle = drawn(sup, **changed)
    with pytest.raises(Blocked) as refused:
        perform(cycle.case, "propose", sup.office["officer"])
    assert code in codes(refused)


def test_the_window_closes_by_the_clock_and_drafts_lapse():
    funding = Funding()
    draft, sent = make_award(funding), make_award(funding, state="submitted")
    now = timezone.now()
    cycles.close_windows(now)
    funding.cycle.case.refresh_from_db()
    assert funding.cycle.case.state == "open"
    with travel(31):
        schedule.run_all(timezone.now())
        schedule.run_all(timezone.now())
    for case, state in ((funding.cycle.case, "closed"), (draft.case, "withdrawn"), (sent.case, "submitted")):
        case.refresh_from_db()
        assert case.state == state
    assert draft.case.acts.filter(name="lapse").count() == 1


def test_a_cycle_is_settled_only_when_everything_in_it_is_over(sound_ledger):
    funding = Funding()
    award = active_award(funding)
    payment = make_payment(funding, award)
    other = make_award(Funding(authority=funding.authority), state="submitted")
    cycle = funding.cycle
    move(cycle.case, "closed")
    assert {one.where for one in cycles.open_business(cycle)} == {award.case.number, payment.case.number}
    assert other.case.number not in str(cycles.open_business(cycle))
    with pytest.raises(Blocked) as refused:
        perform(cycle.case, "propose_settlement", funding.office["officer"])
    assert codes(refused) == {"case_open"}
    close(award.case, payment.case)
    line = AwardLine.objects.filter(award=award).first()
    AwardLine.objects.filter(pk=line.pk).update(approved_fen=5, paid_fen=5, demanded_fen=5, returned_fen=3)
    problems = cycles.open_business(cycle)
    assert [one.code for one in problems] == ["money_owed"]
    assert "0.02元" in problems[0].message
    AwardLine.objects.filter(pk=line.pk).update(returned_fen=5)
    assert cycles.open_business(cycle) == []
    perform(cycle.case, "propose_settlement", funding.finance)
    with pytest.raises(NotPermitted):
        both = member(funding.authority, "authority_officer")
        perform(cycle.case, "settle", both)
    perform(cycle.case, "settle", funding.office["head"])
    cycle.case.refresh_from_db()
    assert cycle.case.state == "settled"


def test_a_ledger_that_does_not_verify_keeps_the_cycle_open(sound_ledger):
    funding = Funding()
    move(funding.cycle.case, "closed")
    sound_ledger.append(types.SimpleNamespace(message="第3号分录的校验值不符"))
    with pytest.raises(Blocked) as refused:
        perform(funding.cycle.case, "propose_settlement", funding.office["officer"])
    assert [problem.message for problem in refused.value.problems] == ["第3号分录的校验值不符"]


def test_a_cycle_is_edited_by_one_at_a_time():
    from apps.cases.workflow import WrongState

    sup = Supervision("shanghai")
    cycle = drawn(sup)
    version = cycle.case.version
    cycles.edit(cycle.case, sup.office["officer"], values(title="甲"), version=version)
    with pytest.raises(WrongState):
        cycles.edit(cycle.case, sup.office["officer2"], values(title="乙"), version=version)
    assert FundingCycle.objects.get(pk=cycle.pk).title == "甲"


def test_a_cycle_of_another_authority_is_not_seen():
    from apps.cases.selectors import visible_cases

    funding, other = Funding(), Supervision("shanghai")
    assert visible_cases(funding.office["officer"]).filter(pk=funding.cycle.pk).exists()
    assert not visible_cases(other.office["officer"]).filter(pk=funding.cycle.pk).exists()
    assert make_cycle(funding).pk != funding.cycle.pk


def close(*cases) -> None:
    for case in cases:
        type(case).objects.filter(pk=case.pk).update(closed_at=timezone.now())

"""Public money in the demo: every stage its pages are there for, a ledger without a finding, work for every role."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from apps.accounts.actors import Actor, actor_for
from apps.accounts.models import Membership
from apps.cases import audit
from apps.cases.models import Case, Document
from apps.cases.selectors import readable_cases
from apps.cases.todo import todo_waiting
from apps.jurisdictions.rulebooks import registry
from apps.portal.demo.agenda import Agenda, on
from apps.portal.demo.clock import story_time
from apps.portal.demo.life import funding
from apps.portal.demo.life.days import recognise
from apps.portal.demo.life.people import Life
from apps.portal.demo.people import Cast, read_fixture, shared_password
from apps.portal.demo.story import EARLIER_DAY
from apps.subsidies.models import Award, BankLine, FundingCycle, FundRecovery, OwnFund, SupervisionReport, UsePlan
from apps.subsidies.services.verification import verify_cycle

TODAY = dt.date(2026, 11, 20)
STATES = {
    "funding_cycle": {"closed": 1, "open": 1},
    "award": {
        "settled": 1,
        "active": 4,
        "declined": 1,
        "granted": 1,
        "finance_review": 1,
        "in_review": 1,
        "submitted": 1,
        "draft": 1,
    },
    "use_plan": {"approved": 5, "draft": 1, "funder_review": 1},
    "fund_payment": {"closed": 2, "confirmed": 4, "reversed": 1, "paid": 1, "checked": 1, "submitted": 1},
    "acceptance": {"accepted": 2, "reviewing": 1},
    "spending_report": {"accepted": 3, "submitted": 1},
    "fund_recovery": {"demanded": 1},
}
DOCUMENTS = {
    "award_decision": 6,
    "award_declined": 1,
    "plan_audit_opinion": 5,
    "payment_notice": 8,
    "acceptance_report": 2,
    "recovery_demand": 1,
}
WORK = {
    "officer": {"funding_cycle", "award", "use_plan", "fund_payment", "acceptance"},
    "finance": {"funding_cycle", "award", "use_plan", "fund_payment", "spending_report"},
    "head": {"fund_payment"},
    "base1_head": {"use_plan"},
    "base2_head": {"fund_recovery"},
    "base4_editor": {"award"},
}
"""Whose to-do list shows which kinds of money's business."""


def played(code: str) -> Life:
    """The earlier round and the money of its bases, nothing else of their life."""
    with story_time(on(EARLIER_DAY - dt.timedelta(days=7))) as clock:
        position = list(registry.jurisdictions()).index(code)
        cast = Cast(code, position, read_fixture(code), shared_password())
        _ = (cast.office, cast.departments, cast.assistant)
        life = Life(cast, Agenda(clock), TODAY)
        life.agenda.add(recognise(life))
        life.agenda.run()
        funding.add_funding_lines(life)
        life.agenda.run()
    return life


def states() -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {kind: Counter() for kind in STATES}
    for kind, state in Case.objects.filter(kind__in=STATES).values_list("kind", "state"):
        found[kind][state] += 1
    return {kind: dict(counted) for kind, counted in found.items()}


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_awards_stand_in_every_stage_and_the_ledgers_are_in_order():
    life = played("shanghai")
    assert states() == STATES
    assert list(audit.verify()) == []
    assert {cycle.title: verify_cycle(cycle) for cycle in FundingCycle.objects.select_related("case")} == {
        "2026年度项目周期": [],
        "2027年度项目周期": [],
    }
    documents = Counter(Document.objects.filter(case__kind__in=STATES).values_list("kind", flat=True))
    assert dict(documents) == DOCUMENTS
    _look_at_sums()
    with story_time(on(TODAY, 10)):
        _look_at_people(life)


def _look_at_sums():
    above = Award.objects.get(granted_fen__gt=500_000_000)
    assert (above.granted_fen, above.cap_exception.is_signed) == (560_000_000, True)
    settled = Award.objects.get(case__state="settled")
    assert [(line.paid_fen, line.spent_fen) for line in settled.lines.all()] == [
        (102_000_000, 102_000_000),
        (77_200_000, 77_200_000),
        (76_001_000, 76_001_000),
        (12_000_000, 12_000_000),
    ]
    demand = FundRecovery.objects.get()
    assert (demand.amount_fen, demand.returned_fen) == (1_746_030, 800_000)
    assert Counter(BankLine.objects.values_list("state", flat=True)) == {"matched": 7, "ignored": 2, "unmatched": 3}
    assert SupervisionReport.objects.get().has_concerns


def _look_at_people(life: Life):
    for name, kinds in WORK.items():
        membership = Membership.objects.select_related("user", "organisation").get(user__username=f"shanghai_{name}")
        actor = actor_for(membership.user, membership.organisation)
        assert {one.kind for one in todo_waiting(actor, 50)} & STATES.keys() == kinds, name
    first, second = life.cast.supervisors
    assert _parts_read_by(life, first) == ["visited"]
    assert _parts_read_by(life, second) == ["lifted"]


def _parts_read_by(life: Life, person: Actor) -> list[str]:
    keys = readable_cases(person).filter(kind="award").values_list("pk", flat=True)
    return [life.of_base(award.base).part for award in Award.objects.filter(pk__in=list(keys)).select_related("base")]


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_special_funds_stand_in_every_stage_of_their_audit_with_own_funds():
    played("national")
    found = states()
    assert found["use_plan"] == {"approved": 1, "unit_review": 1, "unit_proposed": 1, "returned": 1, "draft": 1}
    assert not any(counted for kind, counted in found.items() if kind != "use_plan")
    plan = UsePlan.objects.get(case__state="approved")
    assert plan.granted_fen == 105_300_000 == sum(line.amount_fen for line in plan.case.use_plan_lines.all())
    assert list(OwnFund.objects.filter(plan=plan).values_list("amount_fen", flat=True)) == [35_000_000, 20_000_000]
    assert Document.objects.get(case=plan.case).kind == "plan_audit_opinion"


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_no_money_is_played_where_the_text_has_none():
    played("zibo")
    assert states() == {kind: {} for kind in STATES}

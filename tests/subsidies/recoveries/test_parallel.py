"""Two officers record what came back at once: each fen once. Real connections, so PostgreSQL only."""

from __future__ import annotations

import threading

import pytest
from django.db import (
    connection,  # noqa: F401  read by the marker below
    transaction,
)

from apps.accounts.enums import Role
from apps.cases.models import Act, Case
from apps.cases.workflow import WorkflowError, engine
from apps.cases.workflow.engine import perform
from apps.subsidies.models import FundRecovery, FundReturn, LedgerEntry, RecoveryLine
from apps.subsidies.services import recoveries, recovery_returns, sums
from apps.subsidies.services.recovery_returns import record_return
from tests.cases.test_concurrency import at_once
from tests.factories import member
from tests.subsidies.building import Funding
from tests.subsidies.recoveries.story import came, demanded, drafted, fresh
from tests.subsidies.spending.story import PAID, first_line, paid_award

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]
PEOPLE = 8
SUM = 1_000_001


@pytest.fixture
def owing():
    with transaction.atomic():
        funding = Funding()
        award = paid_award(funding)
    case = demanded(funding, award, SUM)
    return award, case, [member(funding.authority, Role.FINANCE_OFFICER) for _ in range(PEOPLE)]


def returned(case: Case) -> tuple[int, int, int]:
    recovery = FundRecovery.objects.get(pk=case.pk)
    return recovery.returned_fen, FundReturn.objects.count(), LedgerEntry.objects.filter(kind="return").count()


def test_one_transfer_recorded_by_many_counts_once_and_closes_once(owing):
    award, case, officers = owing
    told = came(case, SUM)
    outcomes = at_once(PEOPLE, lambda index: record_return(fresh(case), officers[index], told))
    assert {outcome.pk for outcome in outcomes if isinstance(outcome, Act)} == {FundReturn.objects.get().act_id}
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == PEOPLE
    assert returned(case) == (SUM, 1, 1)
    assert first_line(award).returned_fen == SUM
    assert Act.objects.filter(case=case, name="close").count() == 1


def test_whole_sum_under_different_references_is_taken_once(owing):
    award, case, officers = owing
    told = [came(case, SUM, f"F{index}") for index in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: record_return(fresh(case), officers[index], told[index]))
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WorkflowError) for outcome in outcomes) == PEOPLE - 1
    assert returned(case) == (SUM, 1, 1)
    assert first_line(award).returned_fen == SUM


def test_partial_returns_at_once_all_count(owing):
    award, case, officers = owing
    told = [came(case, 100_000 + index, f"F{index}") for index in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: record_return(fresh(case), officers[index], told[index]))
    assert [type(outcome) for outcome in outcomes] == [Act] * PEOPLE
    total = 100_000 * PEOPLE + sum(range(PEOPLE))
    assert returned(case) == (total, PEOPLE, PEOPLE)
    assert first_line(award).returned_fen == total


def test_two_demands_on_one_line_signed_at_once_never_exceed_what_was_paid():
    with transaction.atomic():
        funding = Funding()
        award = paid_award(funding)
    cases = [drafted(funding, award, PAID) for _ in range(2)]
    for case in cases:
        perform(case, "propose_demand", funding.office["officer"])
    heads = [member(funding.authority, Role.AUTHORITY_HEAD) for _ in range(2)]
    outcomes = at_once(2, lambda index: recoveries.sign_demand(fresh(cases[index]), heads[index]))
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WorkflowError) for outcome in outcomes) == 1
    assert first_line(award).demanded_fen == PAID


def test_control_without_locks_and_conditions_a_sum_is_taken_twice(owing, monkeypatch):
    """With row lock, swap and the conditional update taken away, the test above would fail."""
    _award, case, officers = owing
    together = threading.Barrier(2)

    def unguarded(recovery, act, amounts, memo=""):
        rows = {row: RecoveryLine.objects.get(pk=row.pk).returned_fen for row in amounts}
        together.wait(timeout=60)
        taken.append(sum(amounts.values()))
        for row, fen in amounts.items():
            RecoveryLine.objects.filter(pk=row.pk).update(returned_fen=rows[row] + fen)

    taken: list[int] = []
    monkeypatch.setattr(engine, "lock_case", lambda pk: Case.objects.get(pk=pk))
    monkeypatch.setattr(recovery_returns, "lock_case", lambda pk: Case.objects.get(pk=pk))
    monkeypatch.setattr(engine, "swap_state", lambda case, **values: True)
    monkeypatch.setattr(engine, "_draft", _numbered(engine._draft))
    monkeypatch.setattr(sums, "take_back", unguarded)
    told = [came(case, SUM, f"F{index}") for index in range(2)]
    at_once(2, lambda index: record_return(fresh(case), officers[index], told[index]))
    assert sum(taken) == 2 * SUM


def _numbered(draft):
    """Acts with numbers of their own, so that their unique numbers do not stand in for the lock."""
    free = iter((100, 200))

    def numbered(*args, **kwargs):
        act = draft(*args, **kwargs)
        act.seq = next(free)
        return act

    return numbered

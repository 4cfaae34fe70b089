"""Fifty people press the same button at once: one effect. Real connections, so PostgreSQL only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django_scopes import scope

from apps.accounts.enums import Role
from apps.cases.models import Act, Case
from apps.cases.numbering import next_number
from apps.cases.workflow import WorkflowError, engine
from apps.cases.workflow.engine import perform
from apps.jurisdictions.rulebooks import registry
from tests.factories import AuthorityFactory, make_round, member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]
PEOPLE = 50


def at_once(count, job):
    """Run ``job(i)`` in ``count`` threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(count)

    def run(index):
        try:
            with scope(jurisdiction=registry.jurisdictions()):
                barrier.wait(timeout=60)
                return job(index)
        except Exception as error:  # the outcome is what the test looks at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def proposed():
    authority = AuthorityFactory()
    rnd = make_round(authority, state="draft", officer=member(authority, Role.AUTHORITY_OFFICER))
    perform(rnd.case, "propose", member(authority, Role.AUTHORITY_OFFICER))
    heads = [member(authority, Role.AUTHORITY_HEAD) for _ in range(PEOPLE)]
    return rnd.case, heads


def test_fifty_simultaneous_approvals_have_one_effect(proposed):
    case, heads = proposed
    outcomes = at_once(PEOPLE, lambda index: perform(Case.objects.get(pk=case.pk), "publish", heads[index]))
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WorkflowError) for outcome in outcomes) == PEOPLE - 1
    assert list(Act.objects.filter(case=case).values_list("seq", "name")) == [
        (1, "open"),
        (2, "propose"),
        (3, "publish"),
    ]
    case.refresh_from_db()
    assert (case.state, case.act_count, case.version) == ("published", 3, 2)


def test_compare_and_swap_alone_holds_without_the_row_lock(proposed, monkeypatch):
    monkeypatch.setattr(engine, "lock_case", lambda pk: Case.objects.get(pk=pk))
    case, heads = proposed
    outcomes = at_once(PEOPLE, lambda index: perform(Case.objects.get(pk=case.pk), "publish", heads[index]))
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == 1
    assert Act.objects.filter(case=case, name="publish").count() == 1


def test_control_without_lock_and_swap_more_than_one_gets_through(proposed, monkeypatch):
    """With both taken away, people no longer see one another: the test above would fail."""
    together = threading.Barrier(PEOPLE)
    passed = []

    def unlocked(pk):
        case = Case.objects.get(pk=pk)
        together.wait(timeout=60)
        return case

    def unswapped(case, **values):
        passed.append(case.pk)
        return True

    monkeypatch.setattr(engine, "lock_case", unlocked)
    monkeypatch.setattr(engine, "swap_state", unswapped)
    case, heads = proposed
    at_once(PEOPLE, lambda index: perform(Case.objects.get(pk=case.pk), "publish", heads[index]))
    assert len(passed) == PEOPLE


def test_numbers_taken_at_once_have_no_gap_and_no_repeat():
    from django.db import transaction

    def take(index):
        with transaction.atomic():
            number = next_number("test:series")
            if index % 5 == 0:
                raise RuntimeError("rolled back after taking a number")
            return number

    outcomes = at_once(PEOPLE, take)
    numbers = sorted(outcome for outcome in outcomes if isinstance(outcome, int))
    assert numbers == list(range(1, 41))
    assert connection.vendor == "postgresql"

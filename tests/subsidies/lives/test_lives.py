"""Random lives of a base's money never lose a fen; and the machine that plays them notices when one is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from apps.subsidies.models import Tranche
from apps.subsidies.services import acceptances, payment_checks, payments, sums
from apps.subsidies.services.ledger import Posting
from tests.subsidies.lives.machine import MoneyLife

pytestmark = pytest.mark.django_db

LIVES = int(os.environ.get("MONEY_LIVES", "12"))
STEPS = int(os.environ.get("MONEY_STEPS", "40"))
PLAYED = settings(
    max_examples=LIVES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(1200)
def test_random_lives_tie_to_the_fen():
    MoneyLife.reached.clear()
    run_state_machine_as_test(MoneyLife, settings=PLAYED)
    print(f"reached: {dict(MoneyLife.reached)}")
    assert set(MoneyLife.reached) >= {"approved", "paid", "released", "demanded", "other"}


@pytest.fixture
def life() -> Iterator[MoneyLife]:
    """One life, its steps chosen by the test."""
    played = MoneyLife()
    yield played
    played.teardown()


def look(life: MoneyLife) -> None:
    """Everything that must hold after any step of any life."""
    life.sums_tie_to_the_fen()
    life.verification_finds_nothing()
    life.no_tranche_is_above_its_line()
    life.no_payment_is_one_persons()
    life.no_base_is_above_the_cap_without_an_exception()


def test_life_in_order_is_left_alone(life):
    life.request({0})
    life.bring_a_payment_forward(0)
    assert life.payment(0).case.state == "paid"
    life.accept_a_line(0, 80)
    look(life)


def test_lost_fen_is_noticed(life, monkeypatch):
    real = sums._move

    def losing(items, column, sign):
        real(items, column, sign)
        if column == "approved_fen":
            sums._change_line(items[0].tranche.line_id, column, 1)

    monkeypatch.setattr(sums, "_move", losing)
    life.request({0})
    life.bring_a_payment_forward(0)
    with pytest.raises(AssertionError):
        look(life)


def test_payment_without_an_entry_is_noticed(life, monkeypatch):
    monkeypatch.setattr(sums, "_post_payment", lambda *values: None)
    life.request({0})
    life.bring_a_payment_forward(0)
    with pytest.raises(AssertionError):
        look(life)


def test_entry_on_the_wrong_side_is_noticed(life, monkeypatch):
    real = sums.post

    def swapped(cycle, act, kind, postings, **more):
        turned = [Posting(one.credit, one.debit, one.amount_fen, one.credit_line, one.debit_line) for one in postings]
        return real(cycle, act, kind, turned if kind == "approve" else postings, **more)

    monkeypatch.setattr(sums, "post", swapped)
    life.request({0})
    life.bring_a_payment_forward(0)
    with pytest.raises(AssertionError):
        look(life)


def test_tranche_kept_by_a_payment_that_is_over_is_noticed(life, monkeypatch):
    monkeypatch.setattr(payments, "free", lambda payment, keep=(): None)
    life.request({0})
    assert life.payment_step(life.payment(0), "withdraw", "institution head")
    with pytest.raises(AssertionError):
        look(life)


def test_tranche_that_grows_is_noticed(life, monkeypatch):
    def grown(line):
        for one in Tranche.objects.filter(line=line, is_cancelled=False, payment=None):
            Tranche.objects.filter(pk=one.pk).update(amount_fen=one.amount_fen + 1)
        return 0

    monkeypatch.setattr(acceptances.tranches, "trim", grown)
    life.accept_a_line(0, 100)
    with pytest.raises(AssertionError):
        look(life)


def test_tranche_claimed_twice_is_noticed(life, monkeypatch):
    monkeypatch.setattr(payments, "_refuse_taken", lambda wanted, payment: None)
    monkeypatch.setattr(payments, "claim", lambda payment, one: True)
    monkeypatch.setattr(payment_checks, "request_problems", lambda payment: [])
    life.request({0})
    life.request({0})
    life.bring_a_payment_forward(0)
    life.bring_a_payment_forward(1)
    assert {life.payment(0).case.state, life.payment(1).case.state} == {"paid"}
    with pytest.raises(AssertionError):
        look(life)

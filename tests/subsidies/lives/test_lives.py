"""Random lives of a base's money never lose a fen; and the machine that plays them notices when one is lost."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from apps.subsidies.models import Tranche
from apps.subsidies.services import payment_checks, payments, sums, tranches
from apps.subsidies.services.ledger import Posting
from tests.subsidies.lives.machine import MoneyLife

pytestmark = pytest.mark.django_db

LIVES = int(os.environ.get("MONEY_LIVES", "6"))
QUICK = settings(
    max_examples=LIVES,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
NOT_SHRUNK = settings(QUICK, phases=[Phase.generate], max_examples=60, report_multiple_bugs=False)


def test_random_lives_tie_to_the_fen():
    run_state_machine_as_test(MoneyLife, settings=QUICK)


def lost_fen(real):
    def _move(items, column, sign):
        real(items, column, sign)
        if column == "paid_fen":
            sums._change_line(items[0].tranche.line_id, column, -1)

    return _move


def test_lost_fen_is_noticed(monkeypatch):
    monkeypatch.setattr(sums, "_move", lost_fen(sums._move))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MoneyLife, settings=NOT_SHRUNK)


def test_payment_without_an_entry_is_noticed(monkeypatch):
    monkeypatch.setattr(sums, "_post_payment", lambda *values: None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MoneyLife, settings=NOT_SHRUNK)


def test_entry_on_the_wrong_side_is_noticed(monkeypatch):
    real = sums.post

    def swapped(cycle, act, kind, postings, **more):
        turned = [Posting(one.credit, one.debit, one.amount_fen, one.credit_line, one.debit_line) for one in postings]
        return real(cycle, act, kind, turned if kind == "approve" else postings, **more)

    monkeypatch.setattr(sums, "post", swapped)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MoneyLife, settings=NOT_SHRUNK)


def test_tranche_kept_by_a_payment_that_is_over_is_noticed(monkeypatch):
    monkeypatch.setattr(payments, "free", lambda payment, keep=(): None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MoneyLife, settings=NOT_SHRUNK)


def test_tranche_that_grows_is_noticed(monkeypatch):
    def grown(line):
        for one in Tranche.objects.filter(line=line, is_cancelled=False, payment=None):
            Tranche.objects.filter(pk=one.pk).update(amount_fen=one.amount_fen + 1)
        return 0

    monkeypatch.setattr(tranches, "trim", grown)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MoneyLife, settings=NOT_SHRUNK)


def test_tranche_claimed_twice_is_noticed(monkeypatch):
    monkeypatch.setattr(payments, "_refuse_taken", lambda wanted, payment: None)
    monkeypatch.setattr(
        payments, "claim", lambda payment, one: Tranche.objects.filter(pk=one.pk).update(payment=payment)
    )
    monkeypatch.setattr(payment_checks, "request_problems", lambda payment: [])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MoneyLife, settings=NOT_SHRUNK)

"""The trial balance tells every account of its own cycle and nothing of another."""

import pytest

from apps.subsidies.services.trial_balance import trial_balance
from tests.subsidies.building import Funding, active_award
from tests.subsidies.ledger.stage import full_books

pytestmark = pytest.mark.django_db


def test_balances_of_an_award_with_money_in_every_account():
    books = full_books()
    active_award(Funding())
    found = trial_balance(books.cycle)
    told = {line.account: (line.debit_balance_fen, line.credit_balance_fen) for line in found.lines}
    assert told == {
        "appropriation": (1_000_000_000, 0),
        "available": (0, 1_000_000_000 - 46_000_003 + 5_000_000),
        "committed": (0, 46_000_003 - 5_000_000 - 7_500_001),
        "payable": (0, 0),
        "bank": (0, 7_500_001 - 2_000_000),
        "receivable": (3_000_000, 0),
        "clawback": (0, 5_000_000),
    }
    assert found.balances
    assert (found.debit_balance_fen, found.credit_balance_fen) == (1_003_000_000, 1_003_000_000)
    bank = next(line for line in found.lines if line.account == "bank")
    assert (bank.debit_fen, bank.credit_fen, bank.postings) == (9_500_001, 15_000_002, 4)


def test_cycle_that_is_not_open_has_an_empty_balance():
    found = trial_balance(Funding(cycle={"state": "draft"}).cycle)
    assert [line.postings for line in found.lines] == [0] * 7
    assert (found.debit_fen, found.credit_fen, found.balances) == (0, 0, True)

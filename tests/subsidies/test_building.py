"""The stages other tests begin from hold together: sums, tranches and ledger agree."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from apps.subsidies.models import LedgerEntry, LedgerPosting, Tranche
from apps.subsidies.services import sums
from tests.subsidies.building import Funding, active_award, last_act, make_payment

pytestmark = pytest.mark.django_db


def test_facilities_are_advanced_by_half_rounded_down_and_the_rest_follows_acceptance():
    award = active_award(Funding())
    parts = Tranche.objects.filter(line__award=award).values_list("line__item", "when", "amount_fen")
    assert list(parts) == [
        ("实训设备", "advance", 7_500_001),
        ("实训设备", "after_acceptance", 7_500_002),
        ("高级研修班", "after_acceptance", 16_000_000),
        ("线上课程", "after_acceptance", 15_000_000),
    ]


def test_payment_is_posted_once_and_a_second_posting_fails():
    funding = Funding()
    payment = make_payment(funding, active_award(funding), state="paid")
    with pytest.raises(IntegrityError), transaction.atomic():
        sums.pay(payment, last_act(payment.case))
    line = payment.items.get().tranche.line
    line.refresh_from_db()
    assert (line.approved_fen, line.paid_fen, line.advanced_fen) == (7_500_001, 7_500_001, 7_500_001)


def test_reversal_is_a_counter_entry():
    funding = Funding()
    payment = make_payment(funding, active_award(funding), state="paid")
    before = LedgerEntry.objects.count()
    sums.undo_payment(payment, last_act(payment.case))
    line = payment.items.get().tranche.line
    line.refresh_from_db()
    assert (line.approved_fen, line.paid_fen, line.advanced_fen) == (0, 0, 0)
    assert LedgerEntry.objects.count() == before + 2


@pytest.mark.parametrize("table", ["subsidies_ledgerentry", "subsidies_ledgerposting"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_ledger_refuses_changes(table, verb):
    active_award(Funding())
    assert LedgerPosting.objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))

"""Verification finds nothing in books that are in order, and every way of tampering with them."""

import pytest
from django.db import connection
from django.utils import timezone

from apps.cases import triggers
from apps.cases.models import Act, NumberSequence
from apps.subsidies.models import (
    Award,
    AwardLine,
    CapException,
    FundingCycle,
    FundPayment,
    FundRecovery,
    LedgerEntry,
    LedgerPosting,
    PaymentItem,
    RecoveryLine,
    Tranche,
)
from apps.subsidies.services import sums
from apps.subsidies.services.ledger import entry_hash
from apps.subsidies.services.verification import verify_cycle
from tests.subsidies.building import Funding, active_award, make_award, make_payment, taken
from tests.subsidies.ledger.stage import full_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    made = full_books()
    triggers.remove(connection)
    yield made
    triggers.install(connection)


def codes(cycle):
    return sorted({found.code for found in verify_cycle(cycle)})


def entry(books, kind, **values):
    return LedgerEntry.objects.filter(cycle=books.cycle, kind=kind, **values).order_by("seq")[0]


def rehash(cycle):
    """Mend the chain after a change, as somebody who knows how it is made would."""
    prev = ""
    for one in LedgerEntry.objects.filter(cycle=cycle).order_by("seq"):
        one.prev_hash = prev
        one.hash = entry_hash(one, list(one.postings.order_by("position")))
        LedgerEntry.objects.filter(pk=one.pk).update(prev_hash=prev, hash=one.hash)
        prev = one.hash


def test_books_in_order_have_no_findings(books):
    assert verify_cycle(books.cycle) == []
    line = books.line("实训设备")
    assert (line.approved_fen, line.paid_fen, line.advanced_fen) == (7_500_001, 7_500_001, 7_500_001)
    assert (line.demanded_fen, line.returned_fen) == (5_000_000, 2_000_000)
    assert books.award.released_fen == 5_000_000


@pytest.mark.parametrize("state", ["draft", "open"])
def test_cycle_without_awards_is_in_order(state):
    funding = Funding(cycle={"state": state})
    assert verify_cycle(funding.cycle) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"memo": "另一说法"}, ["changed"]),
        ({"kind": "release"}, ["accounts", "act_without_entry", "changed"]),
        ({"at": timezone.now()}, ["changed"]),
        ({"hash": "0" * 64}, ["chain", "changed"]),
        ({"prev_hash": "0" * 64}, ["chain", "changed"]),
        ({"key": "payment:0:pay"}, ["changed", "wrong_act"]),
    ],
)
def test_changed_entry_is_found(books, change, expected):
    one = entry(books, "pay")
    LedgerEntry.objects.filter(pk=one.pk).update(**change)
    assert codes(books.cycle) == expected


def test_changed_sum_of_a_posting_is_found(books):
    posting = entry(books, "return").postings.get()
    LedgerPosting.objects.filter(pk=posting.pk).update(amount_fen=posting.amount_fen + 1)
    assert codes(books.cycle) == ["changed", "line_ledger"]


def test_changed_sum_is_found_with_the_chain_mended(books):
    posting = entry(books, "return").postings.get()
    LedgerPosting.objects.filter(pk=posting.pk).update(amount_fen=posting.amount_fen + 1)
    rehash(books.cycle)
    assert codes(books.cycle) == ["line_ledger"]


def test_changed_account_is_found_with_the_chain_mended(books):
    LedgerPosting.objects.filter(entry=entry(books, "return")).update(credit="clawback")
    rehash(books.cycle)
    assert codes(books.cycle) == ["accounts", "line_ledger"]


def test_deleted_entry_is_found(books):
    one = entry(books, "demand")
    one.postings.all().delete()
    one.delete()
    assert codes(books.cycle) == ["act_without_entry", "gap", "line_ledger"]


def test_entries_cut_off_at_the_tail_are_found(books):
    last = LedgerEntry.objects.filter(cycle=books.cycle).order_by("-seq")[0]
    last.postings.all().delete()
    last.delete()
    assert codes(books.cycle) == ["act_without_entry", "line_ledger", "tail"]
    NumberSequence.objects.filter(pk=f"ledger:{books.cycle.pk}").update(last=last.seq - 1)
    assert codes(books.cycle) == ["act_without_entry", "line_ledger"]


def test_deleted_posting_is_found(books):
    entry(books, "allocate").postings.filter(position=1).delete()
    assert codes(books.cycle) == ["changed", "line_ledger", "postings"]


def test_entry_resting_on_the_act_of_another_case_is_found(books):
    foreign = Act.objects.filter(case=books.cycle.case).order_by("seq")[0]
    LedgerEntry.objects.filter(pk=entry(books, "pay").pk).update(act=foreign)
    rehash(books.cycle)
    assert codes(books.cycle) == ["act_without_entry", "wrong_act"]


def test_entry_resting_on_another_step_of_its_case_is_found(books):
    one = LedgerEntry.objects.get(key=f"payment:{books.payment.pk}:pay")
    approved = Act.objects.get(case=books.payment.case, name="approve")
    LedgerEntry.objects.filter(pk=one.pk).update(act=approved)
    rehash(books.cycle)
    assert codes(books.cycle) == ["act_without_entry", "wrong_act"]


def test_reversal_that_does_not_mirror_is_found(books):
    counter = LedgerEntry.objects.get(reverses__key=f"payment:{books.reversed.pk}:pay")
    LedgerPosting.objects.filter(entry=counter).update(amount_fen=7_500_000)
    rehash(books.cycle)
    assert codes(books.cycle) == ["line_ledger", "reversal"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount_fen": 15_000_004}, ["line_ledger", "over_award"]),
        ({"approved_fen": 7_500_002}, ["award_committed", "line_business", "line_ledger"]),
        ({"approved_fen": 7_500_002, "paid_fen": 7_500_002}, ["award_committed", "line_business", "line_ledger"]),
        ({"released_fen": 1}, ["line_ledger", "tranche_over_line"]),
        ({"demanded_fen": 5_000_001}, ["line_business", "line_ledger"]),
        ({"returned_fen": 2_000_001}, ["line_business", "line_ledger"]),
    ],
)
def test_changed_running_sum_of_a_line_is_found(books, change, expected):
    AwardLine.objects.filter(pk=books.line("实训设备").pk).update(**change)
    assert codes(books.cycle) == expected


def test_changed_advance_is_found(books):
    line = books.line("实训设备")
    AwardLine.objects.filter(pk=line.pk).update(advanced_fen=line.advanced_fen - 1)
    assert codes(books.cycle) == ["line_business"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"granted_fen": 46_000_004}, ["award_committed", "award_granted", "award_released", "cycle_granted"]),
        ({"released_fen": 5_000_001}, ["award_committed", "award_released", "cycle_granted", "over_award"]),
    ],
)
def test_changed_sum_of_an_award_is_found(books, change, expected):
    assert (books.award.granted_fen, books.award.released_fen) == (46_000_003, 5_000_000)
    Award.objects.filter(pk=books.award.pk).update(**change)
    assert codes(books.cycle) == expected


def test_changed_sum_of_the_cycle_is_found(books):
    FundingCycle.objects.filter(pk=books.cycle.pk).update(granted_fen=1)
    assert codes(books.cycle) == ["cycle_available", "cycle_granted"]


def test_changed_budget_is_found(books):
    FundingCycle.objects.filter(pk=books.cycle.pk).update(budget_fen=2_000_000_000)
    assert codes(books.cycle) == ["cycle_available"]


def test_changed_payment_is_found(books):
    FundPayment.objects.filter(pk=books.payment.pk).update(amount_fen=1)
    assert codes(books.cycle) == ["payment_sum"]


def test_changed_item_of_a_payment_is_found(books):
    PaymentItem.objects.filter(payment=books.payment).update(amount_fen=7_500_000)
    assert codes(books.cycle) == ["line_business", "payment_sum", "tranche_claim"]


def test_tranche_above_its_line_is_found(books):
    Tranche.objects.filter(line__item="高级研修班").update(amount_fen=16_000_001)
    assert codes(books.cycle) == ["tranche_over_line"]


def test_tranche_still_held_by_a_payment_that_is_over_is_found(books):
    Tranche.objects.filter(line__item="高级研修班").update(payment=books.reversed)
    assert codes(books.cycle) == ["tranche_held"]


def test_changed_demand_is_found(books):
    FundRecovery.objects.filter(pk=books.recovery.pk).update(returned_fen=0)
    assert codes(books.cycle) == ["recovery_returned"]
    RecoveryLine.objects.filter(recovery=books.recovery).update(returned_fen=0)
    assert codes(books.cycle) == ["line_business"]


def test_payment_that_nobody_approved_is_found(books):
    Act.objects.filter(case=books.payment.case, name="check").delete()
    assert codes(books.cycle) == ["payment_unsigned"]


@pytest.mark.parametrize(("one", "other"), [("check", "approve"), ("approve", "record_payment")])
def test_payment_by_one_person_is_found(books, one, other):
    actor = Act.objects.get(case=books.payment.case, name=other).actor
    Act.objects.filter(case=books.payment.case, name=one).update(actor=actor)
    assert codes(books.cycle) == ["one_person"]


def test_state_without_its_acts_is_found():
    funding = Funding()
    award = active_award(funding)
    payment = make_payment(funding, award, state="submitted")
    payment.case.state = "confirmed"
    payment.case.save()
    assert codes(funding.cycle) == ["line_business", "payment_unsigned"]


def test_award_above_the_cap_needs_an_exception_signed_by_two():
    funding = Funding()
    line = {"category": "training_projects", "item": "研修", "unit": "期", "unit_price_fen": 500_000_001, "quantity": 1}
    award = active_award(funding, lines=(line,))
    assert codes(funding.cycle) == ["over_cap"]
    first = taken(award.case, "sign_exception", funding.finance, "active")
    second = taken(award.case, "countersign_exception", funding.office["head"], "active")
    exception = CapException.objects.create(
        award=award,
        total_fen=500_000_001,
        reason="重点项目",
        document_number="沪人社〔2026〕1号",
        document_date=timezone.localdate(),
        recorded_by=funding.office["officer"].user,
        first_signature=first,
    )
    assert codes(funding.cycle) == ["over_cap"]
    exception.second_signature = second
    exception.save()
    assert codes(funding.cycle) == []
    exception.total_fen = 500_000_000
    exception.save()
    assert codes(funding.cycle) == ["over_cap"]
    exception.total_fen, exception.recorded_by = 500_000_001, funding.finance.user
    exception.save()
    assert codes(funding.cycle) == ["over_cap"]


def test_findings_name_the_award_and_leave_other_awards_alone(books):
    other = Funding()
    active_award(other)
    Tranche.objects.filter(line__award=books.award, line__item="高级研修班").update(amount_fen=16_000_001)
    (found,) = verify_cycle(books.cycle)
    assert found.award == books.award.case.number
    assert found.message == (
        f"{books.award.case.number}：“高级研修班”的期次合计160,000.01元，超过该项可拨金额160,000.00元"
    )
    assert verify_cycle(other.cycle) == []


def test_number_of_queries_does_not_grow_with_the_awards(django_assert_max_num_queries):
    funding = Funding()
    for _ in range(4):
        active_award(funding)
    make_award(funding)
    with django_assert_max_num_queries(40):
        assert verify_cycle(funding.cycle) == []


def test_broken_sums_are_caught(monkeypatch):
    funding = Funding()
    award = active_award(funding)
    monkeypatch.setattr(sums, "_move", lambda items, column, sign: None)
    make_payment(funding, award, state="paid")
    assert codes(funding.cycle) == ["award_committed", "line_business", "line_ledger"]

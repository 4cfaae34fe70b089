"""Fifty people at once: one tranche has one request, one payment is made once. Real connections, PostgreSQL only."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection, transaction  # noqa: F401  the marker below reads the connection
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.enums import Role
from apps.cases.models import Act, Case
from apps.cases.workflow import WorkflowError, engine
from apps.subsidies.enums import Account, EntryKind
from apps.subsidies.models import AwardLine, BankLine, BankStatement, FundPayment, LedgerEntry, Tranche
from apps.subsidies.services import bank_statements, payment_steps, payments, reconciliation, sums
from apps.subsidies.services.ledger import Posting, post
from tests.cases.test_concurrency import at_once
from tests.factories import member
from tests.subsidies.bank.files import csv_file
from tests.subsidies.building import Funding, active_award, make_payment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]
PEOPLE = 50
ADVANCE = 7_500_001


@pytest.fixture
def funding():
    with transaction.atomic():
        return Funding()


@pytest.fixture
def award(funding):
    with transaction.atomic():
        return active_award(funding)


def standing(funding, award, state, **values):
    """A payment of the advance in ``state``, committed."""
    with transaction.atomic():
        return make_payment(funding, award, state=state, **values)


def fresh(payment):
    return Case.objects.get(pk=payment.pk)


def ask(funding, award, key):
    tranche = Tranche.objects.get(line__award=award, when="advance")
    payee = payments.Payee(funding.base.institution_name, "6222000011112222333", "测试银行")
    return payments.open_request(award, funding.editor, key, [tranche.pk], payee)


def paid_fen(award):
    return AwardLine.objects.get(award=award, item="实训设备").paid_fen


def test_one_request_wins_a_tranche_and_the_others_are_told_which(funding, award):
    outcomes = at_once(PEOPLE, lambda index: ask(funding, award, uuid.uuid4()))
    won = [one for one in outcomes if isinstance(one, tuple)]
    told = [one for one in outcomes if isinstance(one, WorkflowError)]
    assert (len(won), len(told)) == (1, PEOPLE - 1)
    number = FundPayment.objects.get().case.number
    assert {one.problems[0].message for one in told} == {
        f"“实训设备”第1期已由拨款申请（{number}）占用，同一期次不能重复申请。"
    }
    assert Case.objects.filter(kind="fund_payment").count() == 1


def test_control_without_the_compare_and_swap_a_tranche_is_asked_for_more_than_once(funding, award, monkeypatch):
    """All have seen the tranche free before any takes it: the test above would fail."""
    together = threading.Barrier(PEOPLE)
    look = payments._refuse_taken

    def looked(wanted, payment):
        look(wanted, payment)
        together.wait(timeout=120)

    def unguarded(payment, tranche):
        with scopes_disabled():
            return bool(Tranche.objects.filter(pk=tranche.pk).update(payment=payment))

    monkeypatch.setattr(payments, "_refuse_taken", looked)
    monkeypatch.setattr(payments, "claim", unguarded)
    outcomes = at_once(PEOPLE, lambda index: ask(funding, award, uuid.uuid4()))
    assert sum(isinstance(one, tuple) for one in outcomes) == PEOPLE
    assert FundPayment.objects.filter(items__tranche__when="advance").count() == PEOPLE


def test_the_same_form_fifty_times_at_once_is_one_request(funding, award):
    key = uuid.uuid4()
    outcomes = at_once(PEOPLE, lambda index: ask(funding, award, key))
    assert all(isinstance(one, tuple) for one in outcomes), outcomes
    assert len({payment.pk for payment, _ in outcomes}) == 1
    assert sum(is_new for _, is_new in outcomes) == 1


def test_fifty_recordings_of_one_payment_have_one_effect(funding, award):
    payment = standing(funding, award, "approved")
    clerks = [member(funding.authority, Role.FINANCE_OFFICER) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: record(payment, clerks[index], index))
    assert sum(isinstance(one, Act) for one in outcomes) == 1
    assert sum(isinstance(one, WorkflowError) for one in outcomes) == PEOPLE - 1
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert paid_fen(award) == ADVANCE
    assert Act.objects.filter(case=payment.pk, name="record_payment").count() == 1


def test_ledger_key_alone_makes_fifty_recordings_one(funding, award, monkeypatch):
    """Without lock, swap and number of the act, all believe to be the first: one posting goes through."""
    payment = standing(funding, award, "approved")
    outcomes = all_believing_to_be_first(funding, payment, monkeypatch)
    assert sum(isinstance(one, Act) for one in outcomes) == 1
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert paid_fen(award) == ADVANCE


def test_control_without_the_ledger_key_the_payment_is_made_fifty_times(funding, award, monkeypatch):
    """With that guard away too, the same sum is posted by everybody: the tests above would fail."""
    payment = standing(funding, award, "approved")

    def unguarded(one, act):
        rows = [Posting(Account.PAYABLE, Account.BANK, item.amount_fen) for item in one.items.all()]
        return post(one.award.cycle, act, EntryKind.PAY, rows, key=f"control:{act.pk}", award=one.award)

    monkeypatch.setattr(sums, "pay", unguarded)
    all_believing_to_be_first(funding, payment, monkeypatch)
    assert LedgerEntry.objects.filter(kind="pay").count() == PEOPLE


def record(payment, clerk, index):
    return payment_steps.record_payment(fresh(payment), clerk, reference=f"R{index}", paid_on=timezone.localdate())


def all_believing_to_be_first(funding, payment, monkeypatch):
    """Everybody records the payment; the case's row is read by all before any goes on, and acts number themselves."""
    together, number = threading.Barrier(PEOPLE), threading.local()
    draft = engine._draft

    def unlocked(pk):
        case = Case.objects.get(pk=pk)
        together.wait(timeout=120)
        return case

    def numbered(*args, **kwargs):
        act = draft(*args, **kwargs)
        act.seq = 1000 + number.index
        return act

    def job(index):
        number.index = index
        return record(payment, clerks[index], index)

    clerks = [member(funding.authority, Role.FINANCE_OFFICER) for _ in range(PEOPLE)]
    monkeypatch.setattr(engine, "lock_case", unlocked)
    monkeypatch.setattr(engine, "swap_state", lambda case, **values: True)
    monkeypatch.setattr(engine, "_draft", numbered)
    return at_once(PEOPLE, job)


def test_one_reference_is_recorded_for_one_payment_though_many_record_it_at_once():
    with transaction.atomic():
        office = Funding()
        places = [office, *(Funding(authority=office.authority) for _ in range(5))]
        waiting = [make_payment(one, active_award(one), state="approved") for one in places]
    clerks = [member(office.authority, Role.FINANCE_OFFICER) for _ in waiting]

    def job(index):
        case, day = fresh(waiting[index]), timezone.localdate()
        return payment_steps.record_payment(case, clerks[index], reference="R1", paid_on=day)

    outcomes = at_once(len(waiting), job)
    assert sum(isinstance(one, Act) for one in outcomes) == 1
    told = {one.problems[0].code for one in outcomes if isinstance(one, WorkflowError)}
    assert told == {"reference_taken"}
    assert LedgerEntry.objects.filter(kind="pay").count() == 1


def test_the_same_file_at_the_same_moment_is_taken_in_once(funding):
    row = (timezone.localdate().strftime("%Y%m%d"), "R1", "75,000.01", "", "甲", "", "")
    token = bank_statements.preview(funding.finance, csv_file([row])).token
    outcomes = at_once(10, lambda index: bank_statements.take_in(funding.finance, token))
    assert sum(is_new for _, is_new in outcomes) == 1
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 1)


def test_one_line_confirms_one_payment_however_many_confirm_it(funding, award):
    payment = standing(funding, award, "paid", bank_reference="R1", paid_on=timezone.localdate())
    row = (timezone.localdate().strftime("%Y%m%d"), "R1", "75,000.01", "", payment.payee_name, "", "")
    bank_statements.take_in(funding.finance, bank_statements.preview(funding.finance, csv_file([row])).token)
    clerks = [member(funding.authority, Role.FINANCE_OFFICER) for _ in range(10)]
    outcomes = at_once(10, lambda index: reconciliation.confirm(fresh(payment), clerks[index]))
    assert sum(isinstance(one, Act) for one in outcomes) == 1
    assert Act.objects.filter(case=payment.pk, name="confirm").count() == 1


def test_reversals_signed_at_once_are_one(funding, award):
    payment = standing(funding, award, "paid", bank_reference="R1")
    payment_steps.propose_reversal(fresh(payment), funding.finance, "误登记")
    heads = [member(funding.authority, Role.AUTHORITY_HEAD) for _ in range(10)]
    outcomes = at_once(10, lambda index: payment_steps.sign_reversal(fresh(payment), heads[index]))
    assert sum(isinstance(one, Act) for one in outcomes) == 1
    assert LedgerEntry.objects.filter(kind="reverse").count() == 2
    assert paid_fen(award) == 0

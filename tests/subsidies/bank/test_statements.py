"""Statements are taken in once a file and once a line; what agrees is confirmed by another person, what differs never."""

import pytest
from django.core import signing
from django.utils import timezone

from apps.cases.models import Case
from apps.cases.workbooks import NotReadable
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.subsidies.models import BankLine, BankStatement, FundPayment, LedgerEntry, Tranche
from apps.subsidies.services import bank_statements as statements
from apps.subsidies.services import payment_steps, reconciliation
from tests.subsidies.bank.files import csv_file, xlsx_file
from tests.subsidies.building import Funding, accept_line, active_award, make_payment

pytestmark = pytest.mark.django_db
ACCOUNT = "6222000011112222333"


def today():
    return timezone.localdate().strftime("%Y%m%d")


def take_in(actor, *rows, **kwargs):
    found = statements.preview(actor, csv_file(rows, **kwargs))
    assert found.errors == []
    return statements.take_in(actor, found.token)


def out(reference, yuan, payee="", account=ACCOUNT):
    return (today(), reference, yuan, "", payee, account, "拨款")


def back(reference, yuan, payer="示例学院"):
    return (today(), reference, "", yuan, payer, "", "退回")


@pytest.fixture
def funding():
    return Funding()


@pytest.fixture
def paid(funding):
    """A payment of 75,000.01 yuan that ``finance`` recorded with reference R1."""
    payment = make_payment(funding, active_award(funding), state="approved")
    payment_steps.record_payment(
        Case.objects.get(pk=payment.pk), funding.finance, reference="R1", paid_on=timezone.localdate()
    )
    payment.refresh_from_db()
    return payment


def case_of(payment):
    return Case.objects.get(pk=payment.pk)


def proof(payment, **changes):
    return out(
        changes.get("reference", "R1"), changes.get("yuan", "75,000.01"), changes.get("payee", payment.payee_name)
    )


def test_same_file_is_taken_in_once(funding):
    first, is_new = take_in(funding.finance, out("R1", "1.00"))
    again, second = take_in(funding.finance2, out("R1", "1.00"))
    assert (is_new, second, again.pk) == (True, False, first.pk)
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 1)


def test_line_of_an_overlapping_file_is_taken_in_once(funding):
    take_in(funding.finance, out("R1", "1.00"), out("R2", "2.00"))
    later = statements.preview(funding.finance, csv_file([out("R2", "2.00"), out("R3", "3.00")]))
    assert (later.known, later.new_count) == ({4}, 1)
    statement, _ = statements.take_in(funding.finance, later.token)
    assert (statement.line_count, statement.known_count) == (1, 1)
    assert sorted(BankLine.objects.values_list("reference", "amount_fen")) == [("R1", 100), ("R2", 200), ("R3", 300)]


def test_nothing_of_a_broken_file_can_be_taken_in(funding):
    found = statements.preview(funding.finance, csv_file([out("R1", "1.00"), out("", "2.00")]))
    assert ([error.row for error in found.errors], found.token) == ([5], "")
    with pytest.raises(NotReadable):
        statements.take_in(funding.finance, found.token)
    assert not BankStatement.objects.exists()


def test_preview_is_taken_in_by_whom_it_was_made_for_alone(funding):
    token = statements.preview(funding.finance, csv_file([out("R1", "1.00")])).token
    for text in (token[:-2] + "xx", signing.dumps({"who": [1, 2]}, salt="other")):
        with pytest.raises(NotReadable):
            statements.take_in(funding.finance, text)
    with pytest.raises(NotReadable):
        statements.take_in(funding.finance2, token)
    assert not BankLine.objects.exists()


@pytest.mark.parametrize("person", ["head", "editor", "unit_officer"])
def test_only_clerks_of_the_authority_import(funding, person):
    with pytest.raises(NotPermitted):
        statements.preview(getattr(funding, person), csv_file([out("R1", "1.00")]))


def test_crash_while_taking_in_leaves_nothing(funding, monkeypatch):
    token = statements.preview(funding.finance, csv_file([out("R1", "1.00")])).token
    real = BankLine.objects.none().__class__.bulk_create

    def crash(self, rows, **kwargs):
        real(self, rows, **kwargs)
        assert BankLine.objects.count() == 1
        raise RuntimeError("power cut")

    monkeypatch.setattr(type(BankLine.objects.none()), "bulk_create", crash)
    with pytest.raises(RuntimeError, match="power cut"):
        statements.take_in(funding.finance, token)
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (0, 0)


def test_exact_line_is_proposed_and_confirmed_by_another_than_who_recorded_it(funding, paid):
    take_in(funding.finance, proof(paid))
    [match] = reconciliation.outlook(funding.finance).exact
    assert (match.payment.pk, match.own) == (paid.pk, True)
    refused = reconciliation.confirm_all(funding.finance)
    assert (refused.confirmed, [number for number, _ in refused.refused]) == ([], [paid.case.number])
    assert "须由另一人办理" in refused.refused[0][1]
    done = reconciliation.confirm_all(funding.finance2)
    assert done.confirmed == [paid.case.number]
    paid.refresh_from_db()
    line = BankLine.objects.get()
    assert (case_of(paid).state, paid.confirmed_line, line.state) == ("confirmed", line, "matched")


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"yuan": "75,000.00"}, "对账单金额75,000.00元，登记金额75,000.01元"),
        ({"payee": "别的公司"}, "对账单收款方“别的公司”"),
    ],
)
def test_line_that_differs_is_shown_and_never_confirmed(funding, paid, changes, difference):
    take_in(funding.finance, proof(paid, **changes))
    found = reconciliation.outlook(funding.finance2)
    assert (found.exact, len(found.differing)) == ([], 1)
    assert difference in found.differing[0].differences[0]
    assert reconciliation.confirm_all(funding.finance2).confirmed == []
    with pytest.raises(Blocked, match=difference):
        reconciliation.confirm(case_of(paid), funding.finance2)
    assert (case_of(paid).state, BankLine.objects.get().state) == ("paid", "unmatched")


def test_payment_without_a_line_is_missing(funding, paid):
    take_in(funding.finance, out("R2", "75,000.01", paid.payee_name))
    found = reconciliation.outlook(funding.finance2)
    assert ([one.pk for one in found.missing], found.exact) == ([paid.pk], [])


def test_line_of_another_authority_proves_nothing(funding, paid):
    other = Funding()
    take_in(other.finance, proof(paid))
    assert reconciliation.outlook(funding.finance2).exact == []
    assert reconciliation.outlook(other.finance2).exact == []
    with pytest.raises(Blocked):
        reconciliation.confirm(case_of(paid), funding.finance2)


def test_brackets_and_spaces_of_the_payee_do_not_matter(funding, paid):
    FundPayment.objects.filter(pk=paid.pk).update(payee_name="示例（上海）学院")
    take_in(funding.finance, out("R1", "75000.01", " 示例(上海)学院 ", "6222 0000 1111 2222 333"))
    assert len(reconciliation.outlook(funding.finance2).exact) == 1


def test_crash_while_confirming_leaves_line_and_payment_as_they_were(funding, paid, monkeypatch):
    take_in(funding.finance, proof(paid))
    real = reconciliation.take_line

    def crash(line, note):
        real(line, note)
        raise RuntimeError("power cut")

    monkeypatch.setattr(reconciliation, "take_line", crash)
    with pytest.raises(RuntimeError):
        reconciliation.confirm(case_of(paid), funding.finance2)
    paid.refresh_from_db()
    assert (case_of(paid).state, paid.confirmed_line, BankLine.objects.get().state) == ("paid", None, "unmatched")


def test_line_is_used_once(funding, paid):
    take_in(funding.finance, proof(paid))
    line = BankLine.objects.get()
    payment_steps.take_line(line, "一")
    with pytest.raises(WrongState):
        payment_steps.take_line(line, "二")
    assert BankLine.objects.get().note == "一"


def test_confirmed_payment_is_reversed_only_with_the_line_that_shows_the_money_back(funding, paid):
    take_in(funding.finance, proof(paid))
    reconciliation.confirm_all(funding.finance2)
    with pytest.raises(Blocked, match=r"须有同额（75,000\.01元）退回款项"):
        payment_steps.propose_reversal(case_of(paid), funding.finance, "账号有误退汇")
    take_in(funding.finance, back("B1", "75,000.01"), back("B2", "75,000.00"))
    wrong, right = BankLine.objects.get(reference="B2"), BankLine.objects.get(reference="B1")
    with pytest.raises(Blocked, match="请选择证明款项已退回"):
        payment_steps.propose_reversal(case_of(paid), funding.finance, "退汇", refund=wrong.pk)
    payment_steps.propose_reversal(case_of(paid), funding.finance, "退汇", refund=right.pk)
    payment_steps.sign_reversal(case_of(paid), funding.office["head"])
    right.refresh_from_db()
    paid.refresh_from_db()
    assert (case_of(paid).state, right.state, right.note) == ("reversed", "matched", f"退回款项：{paid.case.number}")
    assert (paid.bank_reference, LedgerEntry.objects.filter(kind="reverse").count()) == ("R1", 2)
    assert Tranche.objects.get(when="advance").payment_id is None


def test_payment_the_bank_shows_as_made_is_confirmed_before_it_is_reversed(funding, paid):
    take_in(funding.finance, proof(paid))
    with pytest.raises(Blocked, match="请先核对对账单"):
        payment_steps.propose_reversal(case_of(paid), funding.finance, "误登记")


def test_payment_recorded_with_anothers_reference_may_be_reversed(funding, paid):
    take_in(funding.finance, proof(paid, payee="别的公司"))
    payment_steps.propose_reversal(case_of(paid), funding.finance, "流水号登记错误")
    payment_steps.sign_reversal(case_of(paid), funding.office["head"])
    assert case_of(paid).state == "reversed"


def test_unrelated_line_is_set_aside_with_a_note_and_taken_up_again(funding):
    take_in(funding.finance, out("R9", "8.00", "物业"))
    line = BankLine.objects.get()
    with pytest.raises(Blocked, match="请写明"):
        statements.ignore(line, funding.finance, " ")
    statements.ignore(line, funding.finance, "水电费")
    line.refresh_from_db()
    assert (line.state, line.note) == (
        "ignored",
        f"水电费（{funding.finance.user.name}，{timezone.localdate().isoformat()}）",
    )
    with pytest.raises(WrongState):
        statements.ignore(line, funding.finance2, "又一次")
    statements.reopen(line, funding.finance)
    line.refresh_from_db()
    assert (line.state, line.note) == ("unmatched", "")


def test_line_of_a_payment_is_not_set_aside(funding, paid):
    take_in(funding.finance, proof(paid, yuan="1.00"))
    with pytest.raises(Blocked, match=f"登记于拨款（{paid.case.number}）"):
        statements.ignore(BankLine.objects.get(), funding.finance2, "无关")


def test_line_of_another_authority_is_not_set_aside(funding):
    other = Funding()
    take_in(other.finance, out("R9", "8.00"))
    with pytest.raises(NotPermitted):
        statements.ignore(BankLine.objects.get(), funding.finance, "无关")


def test_incoming_lines_are_offered_until_they_are_accounted_for(funding):
    take_in(funding.finance, back("B1", "5.00"), back("B2", "6.00"), out("R1", "7.00"))
    payment_steps.take_line(BankLine.objects.get(reference="B2"), "缴回")
    assert [line.reference for line in reconciliation.open_incoming(funding.finance)] == ["B1"]


def test_workbook_is_taken_in_as_a_csv_is(funding):
    found = statements.preview(
        funding.finance, xlsx_file([(timezone.localdate(), "R1", 75000.01, None, "甲", "1", "")])
    )
    statements.take_in(funding.finance, found.token)
    assert BankLine.objects.values_list("amount_fen", flat=True).get() == 7_500_001


def test_two_payments_are_confirmed_each_with_its_own_line(funding, paid):
    later = Tranche.objects.get(line__item="高级研修班")
    accept_line(later.line)
    second = make_payment(funding, paid.award, [later], state="approved")
    payment_steps.record_payment(case_of(second), funding.finance2, reference="R2", paid_on=timezone.localdate())
    take_in(funding.finance, proof(paid), out("R2", "160,000.00", second.payee_name))
    done = reconciliation.confirm_all(funding.finance2)
    assert (done.confirmed, [number for number, _ in done.refused]) == ([paid.case.number], [second.case.number])

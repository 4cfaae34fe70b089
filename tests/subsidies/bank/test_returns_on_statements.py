"""Money come back under a demand, recorded before its statement: the line that comes later is that money and no other."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.cases.models import Case
from apps.subsidies.models import BankLine, FundReturn
from apps.subsidies.services import bank_statements as statements
from apps.subsidies.services import payment_steps, reconciliation
from apps.subsidies.services.payment_checks import refund_lines
from apps.subsidies.services.recovery_returns import record_return
from tests.subsidies.bank.files import csv_file
from tests.subsidies.building import Funding, active_award, make_payment
from tests.subsidies.recoveries.story import came, demanded

pytestmark = pytest.mark.django_db
ADVANCE = 7_500_001


def take_in(actor, *rows):
    return statements.take_in(actor, statements.preview(actor, csv_file(rows)).token)


def today():
    return timezone.localdate().strftime("%Y%m%d")


@pytest.fixture
def returned():
    """An advance paid, confirmed by the bank, demanded back in full and returned under F0001 before the statement."""
    funding = Funding()
    award = active_award(funding)
    payment = make_payment(funding, award, state="approved")
    payment_steps.record_payment(
        Case.objects.get(pk=payment.pk), funding.finance, reference="R1", paid_on=timezone.localdate()
    )
    take_in(funding.finance, (today(), "R1", "75,000.01", "", payment.payee_name, "", "拨款"))
    reconciliation.confirm_all(funding.finance2)
    case = demanded(funding, award, ADVANCE)
    record_return(case, funding.finance, came(case, ADVANCE))
    return funding, payment


def test_statement_taken_in_later_accounts_for_the_return(returned):
    funding, _ = returned
    take_in(funding.finance, (today(), "F0001", "", "75,000.01", "示例学院", "", "缴回"))
    line = BankLine.objects.get(reference="F0001")
    assert (line.state, FundReturn.objects.get().bank_line) == ("matched", line)


def test_line_that_differs_from_the_recorded_return_proves_no_refund_either(returned):
    funding, payment = returned
    FundReturn.objects.update(on=timezone.localdate() - dt.timedelta(days=1))
    take_in(funding.finance, (today(), "F0001", "", "75,000.01", "示例学院", "", "缴回"))
    line = BankLine.objects.get(reference="F0001")
    payment.refresh_from_db()
    assert line.state == "unmatched"
    assert list(refund_lines(payment)) == []

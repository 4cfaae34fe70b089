"""The bank's statements: those of past months with every payment confirmed, and one of this week to be compared."""

from __future__ import annotations

import datetime as dt

from apps.portal.demo.agenda import Line, on
from apps.portal.demo.life.funding import typed
from apps.portal.demo.life.people import Life
from apps.portal.demo.life.plans import YEAR
from apps.subsidies.enums import PaymentState
from apps.subsidies.models import BankLine, FundPayment
from apps.subsidies.services import bank_statements, reconciliation

PAST = (dt.date(YEAR, 2, 27), dt.date(YEAR, 9, 25))
RETURNED_FEN = 800_000
RETURN_REFERENCE = f"SR{YEAR}000417"
WRONG_REFERENCE = f"YH{YEAR}0209WRONG"
MISPENDER = "visited"
THIS_WEEK = dt.timedelta(days=3)


def take_in(life: Life, name: str, rows: list[typed.Moved]) -> None:
    """The finance side looks at a file and takes it in."""
    finance = life.cast.office["finance"]
    seen = bank_statements.preview(finance, typed.statement(name, rows))
    bank_statements.take_in(finance, seen.token)


def statements(life: Life) -> Line:
    """Each past statement confirms what it proves; the last one waits for somebody to compare it."""
    for day in PAST:
        yield on(day, 15)
        extra = _sent_back(life) if day == PAST[0] else []
        take_in(life, f"账户明细{day:%Y%m}.csv", [*_paid(life), *extra])
        reconciliation.confirm_all(life.officer)
        for line in BankLine.objects.filter(reference__in=[row[1] for row in extra]):
            bank_statements.ignore(line, life.officer, "账号有误被退回，拨款已冲回重付。")
    yield on(life.today - THIS_WEEK, 15)
    day, payer = life.clock.day, life.member(MISPENDER).base.institution_name
    strange: list[typed.Moved] = [
        (day, RETURN_REFERENCE, "in", RETURNED_FEN, payer, "", "缴回资助资金"),
        (day, f"FEE{day:%Y%m%d}", "out", 1_550, "演示银行", "", "账户管理费"),
        (day, f"SR{day:%Y%m%d}88", "in", 61_204, "演示银行", "", "季度结息"),
    ]
    take_in(life, f"账户明细{day:%Y%m}.csv", [*_paid(life), *strange])


def _paid(life: Life) -> list[typed.Moved]:
    found = FundPayment.objects.filter(authority=life.officer.organisation, case__state=PaymentState.PAID)
    return [typed.paid_row(payment) for payment in found.order_by("paid_on", "pk")]


def _sent_back(life: Life) -> list[typed.Moved]:
    """A transfer to a wrong account that came back the next day."""
    account, payee = "310000000000009", life.member(MISPENDER).base.institution_name
    out, back = dt.date(YEAR, 2, 9), dt.date(YEAR, 2, 10)
    return [
        (out, WRONG_REFERENCE, "out", 40_000_000, payee, account, "资助款"),
        (back, f"{WRONG_REFERENCE}R", "in", 40_000_000, payee, account, "账号户名不符退汇"),
    ]

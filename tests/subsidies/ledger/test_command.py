"""`manage.py ledger` says in one line what is wrong and answers scripts by its exit status."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.subsidies.models import Tranche
from tests.subsidies.building import Funding
from tests.subsidies.ledger.stage import full_books

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("ledger", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        status = stop.code
    return status, out.getvalue(), err.getvalue()


def test_books_in_order_exit_with_zero():
    books = full_books()
    assert run("verify") == (0, "1 个周期的账簿完整，各项金额一致。\n", "")
    assert run("verify", "--cycle", books.cycle.case.number.lower())[0] == 0


def test_findings_exit_with_one_each_on_a_line():
    books, other = full_books(), Funding()
    Tranche.objects.filter(line__item="高级研修班").update(amount_fen=16_000_001)
    number, award = books.cycle.case.number, books.award.case.number
    message = f"{award}：“高级研修班”的期次合计160,000.01元，超过该项可拨金额160,000.00元"
    assert run("verify") == (1, "", f"{number}：{message}\n")
    assert run("verify", "--cycle", other.cycle.case.number)[0] == 0
    status, out, err = run("verify", "--json")
    told = {"cycle": number, "code": "tranche_over_line", "award": award, "message": message}
    assert (status, [json.loads(line) for line in out.splitlines()], err) == (1, [told], "")


def test_unknown_cycle_is_refused():
    with pytest.raises(CommandError, match="没有编号为 ZQ-X 的资助周期"):
        call_command("ledger", "verify", "--cycle", "ZQ-X")


def test_balance_needs_a_cycle():
    with pytest.raises(CommandError, match="--cycle"):
        call_command("ledger", "balance")


def test_balance_lists_the_accounts_and_equal_totals():
    books = full_books()
    status, out, _ = run("balance", "--cycle", books.cycle.case.number)
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "周期指标来源\t借 10,000,000.00元\t贷 0.00元"
    assert lines[4] == "银行存款\t借 95,000.01元\t贷 150,000.02元"
    assert lines[-1] == "合计\t借 11,490,000.12元\t贷 11,490,000.12元"

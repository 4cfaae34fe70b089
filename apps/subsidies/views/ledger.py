"""The books of a cycle for the staff of the authority whose money it is: trial balance and entries."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.decorators import acting
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import keyed_page
from apps.subsidies.enums import Account, EntryKind
from apps.subsidies.forms.reports import LedgerFilterForm
from apps.subsidies.models import FundingCycle, LedgerEntry
from apps.subsidies.services import dashboards
from apps.subsidies.services.ledger_lists import EXPORT_HEAD, entries_of, export_rows, plain_yuan
from apps.subsidies.services.trial_balance import TrialBalance, kept_trial_balance
from apps.subsidies.views.reports import cycle_or_404, cycle_url

BALANCE_HEAD = ("科目", "借方发生额（元）", "贷方发生额（元）", "借方余额（元）", "贷方余额（元）")


@acting
@require_GET
def balance(request: HttpRequest, number: str) -> HttpResponse:
    """The trial balance; each figure leads to its entries."""
    cycle = _books_or_404(request, number)
    found = kept_trial_balance(cycle)
    if request.GET.get("format") == "xlsx":
        return xlsx_response(f"balance-{number}", BALANCE_HEAD, _balance_rows(found))
    ledger = reverse("subsidies:report_ledger", args=[number])
    rows = [
        {
            "line": line,
            "debit_url": f"{ledger}?{urlencode({'account': line.account, 'side': 'debit'})}",
            "credit_url": f"{ledger}?{urlencode({'account': line.account, 'side': 'credit'})}",
            "url": f"{ledger}?{urlencode({'account': line.account})}",
        }
        for line in found.lines
    ]
    context = {"heading": "试算平衡表", "cycle": cycle, "found": found, "rows": rows} | _frame(cycle, "试算平衡表")
    return render(request, "subsidies/reports/balance.html", context)


@acting
@require_GET
def ledger(request: HttpRequest, number: str) -> HttpResponse:
    """The entries with their postings, the latest first."""
    cycle = _books_or_404(request, number)
    form = LedgerFilterForm(request.GET)
    entries = entries_of(cycle, form.values(), request.GET.get("sort", ""))
    if request.GET.get("format") == "xlsx":
        return xlsx_response(f"ledger-{number}", EXPORT_HEAD, export_rows(entries, MOST_ROWS))
    page = keyed_page(entries, request.GET.get("page"))
    context = {
        "heading": "账簿",
        "cycle": cycle,
        "form": form,
        "page": page,
        "rows": [_row(entry) for entry in page.rows],
        "filtered": bool(form.values()),
    }
    return render(request, "subsidies/reports/ledger.html", context | _frame(cycle, "账簿"))


def _books_or_404(request: HttpRequest, number: str) -> FundingCycle:
    cycle = cycle_or_404(request, number)
    if not dashboards.reads_books(request.actor, cycle):
        raise Http404
    return cycle


def _frame(cycle: FundingCycle, label: str) -> dict[str, Any]:
    return {
        "breadcrumbs": [
            {"label": "资金统计", "url": reverse("subsidies:reports")},
            {"label": cycle.title, "url": cycle_url(cycle)},
            {"label": label},
        ]
    }


def _row(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "entry": entry,
        "kind": EntryKind(entry.kind).label,
        "case": entry.act.case,
        "postings": [
            {
                "debit": Account(one.debit).label,
                "debit_line": one.debit_line.item if one.debit_line else "",
                "credit": Account(one.credit).label,
                "credit_line": one.credit_line.item if one.credit_line else "",
                "fen": one.amount_fen,
            }
            for one in entry.postings.all()
        ],
    }


def _balance_rows(found: TrialBalance) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [
        (
            line.label,
            plain_yuan(line.debit_fen),
            plain_yuan(line.credit_fen),
            plain_yuan(line.debit_balance_fen),
            plain_yuan(line.credit_balance_fen),
        )
        for line in found.lines
    ]
    totals = (found.debit_fen, found.credit_fen, found.debit_balance_fen, found.credit_balance_fen)
    return [*rows, ("合计", *map(plain_yuan, totals))]

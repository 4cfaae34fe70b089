"""Money in figures: cycles, one cycle award by award, one base cycle by cycle."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts.decorators import acting
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import keyed_page
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import AwardState
from apps.subsidies.forms.reports import AwardFilterForm
from apps.subsidies.models import Award, FundingCycle
from apps.subsidies.services import dashboards
from apps.subsidies.services.dashboard_exports import AWARD_HEAD, award_rows
from apps.subsidies.services.dashboards import MEANINGS, Figures

COLUMNS = tuple((code, label) for code, (label, _) in MEANINGS.items())


@acting
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """The cycles the reader has anything to see of, with their figures."""
    by_pk = dashboards.kept_by_cycle(request.actor)
    cycles = list(dashboards.open_cycles(request.actor))
    if not cycles and not (request.actor.is_case_staff or request.actor.has(Role.FUND_SUPERVISOR)):
        raise Http404
    rows = [
        {
            "cycle": cycle,
            "budget_fen": cycle.budget_fen if dashboards.reads_books(request.actor, cycle) else None,
            "cells": cells_of(by_pk.get(cycle.pk, Figures()), cycle_url(cycle)),
            "url": cycle_url(cycle),
        }
        for cycle in cycles
    ]
    context = {"heading": "资金统计", "rows": rows, "columns": COLUMNS, "meanings": MEANINGS.values()}
    return render(request, "subsidies/reports/cycles.html", context)


@acting
@require_GET
def cycle_report(request: HttpRequest, number: str) -> HttpResponse:
    """One cycle: totals, by state, the largest bases, and every award the reader may see with its figures."""
    cycle = cycle_or_404(request, number)
    form = AwardFilterForm(request.GET)
    awards = dashboards.open_awards(request.actor).filter(cycle=cycle)
    shown = dashboards.sorted_by(dashboards.narrowed(awards, form.values()), request.GET.get("sort", ""))
    shown = shown.select_related("case", "base").defer("data")
    if request.GET.get("format") == "xlsx":
        return xlsx_response(f"funding-{number}", AWARD_HEAD, award_rows(list(shown[:MOST_ROWS])))
    page = keyed_page(shown, request.GET.get("page"))
    figures = dashboards.figures_by_award(award.pk for award in page.rows)
    books = dashboards.reads_books(request.actor, cycle)
    summary = dashboards.summary_of(request.actor, cycle)
    url = cycle_url(cycle)
    context = {
        "heading": f"资金统计：{cycle.title}",
        "cycle": cycle,
        "books": books,
        "tiles": _tiles(cycle, summary.total, url, books=books),
        "states": [
            {
                "label": label,
                "url": f"{url}?state={state}",
                "count": one.count,
                "cells": cells_of(one, f"{url}?state={state}"),
            }
            for state, label, one in summary.states
        ],
        "bases": [
            {
                "label": name,
                "url": reverse("subsidies:report_base", args=[base]),
                "cells": cells_of(one, f"{url}?q={base}"),
            }
            for base, name, one in summary.bases
        ],
        "columns": COLUMNS,
        "meanings": MEANINGS.values(),
        "form": form,
        "page": page,
        "rows": [_award_row(award, figures[award.pk], cycle, books=books) for award in page.rows],
        "filtered": bool(form.values()),
        "breadcrumbs": [{"label": "资金统计", "url": reverse("subsidies:reports")}, {"label": cycle.title}],
    }
    return render(request, "subsidies/reports/cycle.html", context)


@acting
@require_GET
def base_report(request: HttpRequest, number: str) -> HttpResponse:
    """One base: its money cycle by cycle, and its awards."""
    awards = dashboards.open_awards(request.actor).filter(base__number=number)
    found = list(awards.select_related("case", "base", "cycle__case").defer("data").order_by("-pk")[:200])
    if not found:
        raise Http404
    base: Base = found[0].base
    figures = dashboards.figures_by_award(award.pk for award in found)
    cycles = dashboards.by_cycle(request.actor, awards)
    total = sum((one for _, one in cycles), Figures())
    context = {
        "heading": f"资金统计：{base.institution_name}",
        "base": base,
        "tiles": [_tile(code, label, getattr(total, code), "") for code, label in COLUMNS],
        "cycles": [
            {
                "label": cycle.title,
                "url": f"{cycle_url(cycle)}?q={base.number}",
                "cells": cells_of(one, f"{cycle_url(cycle)}?q={base.number}"),
            }
            for cycle, one in cycles
        ],
        "rows": [
            _award_row(award, figures[award.pk], award.cycle, books=dashboards.reads_books(request.actor, award.cycle))
            for award in found
        ],
        "columns": COLUMNS,
        "meanings": MEANINGS.values(),
        "breadcrumbs": [{"label": "资金统计", "url": reverse("subsidies:reports")}, {"label": base.institution_name}],
    }
    return render(request, "subsidies/reports/base.html", context)


def cycle_or_404(request: HttpRequest, number: str) -> FundingCycle:
    """The cycle if the reader has anything to see of it; else as if it did not exist."""
    return get_object_or_404(dashboards.open_cycles(request.actor), case__number=number)


def cycle_url(cycle: FundingCycle) -> str:
    return reverse("subsidies:report_cycle", args=[cycle.case.number])


def cells_of(figures: Figures, url: str) -> list[dict[str, Any]]:
    """The figures in the order of MEANINGS; with ``url`` each leads to the awards it is of."""
    return [
        {
            "label": label,
            "fen": getattr(figures, code),
            "url": f"{url}{'&' if '?' in url else '?'}has={code}" if url and getattr(figures, code) else "",
        }
        for code, label in COLUMNS
    ]


def _tiles(cycle: FundingCycle, total: Figures, url: str, *, books: bool) -> list[dict[str, Any]]:
    tiles = [_tile(code, label, getattr(total, code), f"{url}?has={code}") for code, label in COLUMNS]
    if not books:
        return tiles
    ledger = reverse("subsidies:report_ledger", args=[cycle.case.number])
    left = cycle.budget_fen - cycle.granted_fen
    return [
        {"value": _number(cycle.budget_fen), "unit": "元", "label": "周期指标", "url": f"{ledger}?kind=appropriate"},
        {"value": _number(left), "unit": "元", "label": "可安排指标", "url": f"{ledger}?account=available"},
        *tiles,
    ]


def _tile(code: str, label: str, fen: int, url: str) -> dict[str, Any]:
    tone = "success" if code == "paid" else "warning" if code == "left" and fen else "info"
    return {"value": _number(fen), "unit": "元", "label": label, "url": url if fen and url else "", "tone": tone}


def _number(fen: int) -> str:
    return yuan(fen).removesuffix("元")


def _award_row(award: Award, figures: Figures, cycle: FundingCycle, *, books: bool) -> dict[str, Any]:
    case = award.case
    page = reverse("cases:detail", args=[case.number])
    ledger = f"{reverse('subsidies:report_ledger', args=[cycle.case.number])}?award={case.number}" if books else ""
    kinds = {"awarded": "grant", "paid": "pay", "returned": "return", "advanced": "pay"}
    cells = cells_of(figures, "")
    for cell, (code, _) in zip(cells, COLUMNS, strict=True):
        behind = f"{ledger}&kind={kinds[code]}" if ledger and code in kinds else page
        cell["url"] = behind if cell["fen"] else ""
    return {
        "award": award,
        "url": page,
        "base_url": reverse("subsidies:report_base", args=[award.base.number]),
        "state": AwardState(case.state).label,
        "tone": "neutral" if case.closed_at else "progress",
        "cycle": cycle,
        "cells": cells,
    }

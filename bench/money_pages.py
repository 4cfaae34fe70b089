"""The pages of money in figures, for an authority, a managing unit and an institution."""

from __future__ import annotations

from typing import Any

from bench.asked import Asked, quoted, session

PAID = "kind=award&state=active"


def pages() -> list[Asked]:
    """The floors and the pages of a database that :func:`bench.generate.fill_money` has filled."""
    from django_scopes import scopes_disabled

    from apps.accounts.models import Organisation
    from apps.subsidies.models import Award, FundingCycle

    with scopes_disabled():
        authority = Organisation.objects.get(kind="authority", name="基准人社局")
        cycle = FundingCycle.objects.select_related("case").get()
        award = Award.objects.filter(granted_fen__gt=0).select_related(
            "case", "base__managing_unit", "base__institution"
        )[0]
        sessions = {
            "officer": session(authority, "finance_officer"),
            "unit": session(award.base.managing_unit, "department_officer"),
            "institution": session(award.base.institution, "institution_head"),
            "": "",
        }
    return [Asked(name, url, sessions[person], floor) for name, url, person, floor in _found(cycle.case.number, award)]


def _found(number: str, award: Any) -> list[tuple[str, str, str, str]]:
    cycle = f"/subsidies/reports/cycles/{number}/"
    floors = [
        ("floor: cases", f"/bench/cases/?{PAID}", "officer", ""),
        ("barest: cases", f"/bench/cases/barest/?{PAID}", "officer", ""),
    ]
    of_authority = [
        ("cycles", "/subsidies/reports/"),
        ("cycle overview", cycle),
        ("cycle overview, page 2", cycle + "?page=2"),
        ("cycle overview, one state", cycle + "?state=active"),
        ("cycle overview, paid", cycle + "?has=paid"),
        ("cycle overview, left", cycle + "?has=left"),
        ("cycle overview, largest", cycle + "?sort=-awarded"),
        ("cycle overview, by base", cycle + "?sort=base"),
        ("cycle overview, search", cycle + "?q=" + quoted("青云")),
        ("trial balance", cycle + "balance/"),
        ("ledger", cycle + "ledger/"),
        ("ledger, payments", cycle + "ledger/?kind=pay"),
        ("ledger, one account", cycle + "ledger/?account=bank&side=credit"),
        ("ledger of an award", cycle + f"ledger/?award={award.case.number}"),
        ("base in figures", f"/subsidies/reports/bases/{award.base.number}/"),
    ]
    return [
        *floors,
        *((name, url, "officer", "cases") for name, url in of_authority),
        ("cycle overview, managing unit", cycle, "unit", "cases"),
        ("cycle overview, institution", cycle, "institution", "cases"),
    ]

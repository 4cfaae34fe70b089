"""The pages of the life after recognition, for an authority, a managing unit and an institution."""

from __future__ import annotations

from typing import Any

from bench.asked import Asked, quoted, session

FILED = "kind=training_project&state=archived"


def pages() -> list[Asked]:
    """The floors and the pages of a database that :func:`bench.generate.fill_bases` has filled."""
    from django_scopes import scopes_disabled

    from apps.accounts.models import Organisation
    from apps.bases.models import Base
    from apps.cases.models import Case

    with scopes_disabled():
        authority = Organisation.objects.get(kind="authority", name="基准人社局")
        base = Base.objects.filter(authority=authority).select_related("institution", "managing_unit").order_by("pk")[0]
        sessions = {
            "officer": session(authority, "authority_officer"),
            "unit": session(base.managing_unit, "department_officer"),
            "institution": session(base.institution, "institution_head"),
            "": "",
        }
        waiting = {
            kind: Case.objects.filter(authority=authority, kind=kind, state=state).order_by("-pk")[0].number
            for kind, state in (
                ("annual_plan", "filing"),
                ("training_project", "unit_review"),
                ("campaign", "running"),
                ("inspection", "desk_review"),
                ("rectification", "ordered"),
            )
        }
    return [Asked(name, url, sessions[person], floor) for name, url, person, floor in _found(base, waiting)]


def _found(base: Any, numbers: dict[str, str]) -> list[tuple[str, str, str, str]]:
    campaign = f"/inspections/campaigns/{numbers['campaign']}/"
    floors = [
        ("floor: cases", f"/bench/cases/?{FILED}", "officer", ""),
        ("barest: cases", f"/bench/cases/barest/?{FILED}", "officer", ""),
        ("floor: bases", "/bench/bases/", "", ""),
        ("barest: bases", "/bench/bases/barest/", "", ""),
    ]
    of_authority = [
        ("dashboard, authority", "/dashboard/"),
        ("queue, to do", "/cases/?view=todo"),
        ("plan overview", "/plans/annual/"),
        ("plan overview, page 2", "/plans/annual/?page=2"),
        ("plan overview, filed", "/plans/annual/?state=filed&sort=-filed"),
        ("plan overview, late", "/plans/annual/?late=yes"),
        ("plan overview, search", "/plans/annual/?q=" + quoted("青云")),
        ("bases", "/bases/mine/"),
        ("bases, sorted by name", "/bases/mine/?sort=name"),
        ("bases, search", "/bases/mine/?q=" + quoted("青云")),
        ("bases, of a unit", "/bases/mine/?unit=" + quoted("管理单位3")),
        ("bases, none found", "/bases/mine/?q=" + quoted("查无此名")),
        ("base file", f"/bases/{base.number}/file/"),
        ("sanctions of a base", f"/inspections/bases/{base.number}/sanctions/"),
        ("projects", "/plans/projects/"),
        ("projects, one state", "/plans/projects/?state=ready"),
        ("projects, unauthorised", "/plans/projects/?flag=unauthorised"),
        ("projects, search", "/plans/projects/?q=" + quoted("青云")),
        ("archives", "/plans/projects/archives/"),
        ("training statistics", "/plans/statistics/"),
        ("campaigns", "/inspections/campaigns/"),
        ("campaign", campaign),
        ("campaign, one state", campaign + "?state=visiting"),
        ("campaign, sorted by base", campaign + "?sort=base"),
        ("inspections", "/inspections/checks/"),
        ("inspections, search", "/inspections/checks/?q=" + quoted("青云")),
        ("excellent bases", "/inspections/excellent/"),
        ("rectifications", "/inspections/rectifications/"),
        ("rectifications, all", "/inspections/rectifications/?state=all&sort=name"),
        ("rectifications, overdue", "/inspections/rectifications/?due=overdue"),
        *((f"case page, {kind}", f"/cases/{numbers[kind]}/") for kind in numbers if kind != "campaign"),
    ]
    of_unit = [
        ("dashboard, managing unit", "/dashboard/"),
        ("plan overview, managing unit", "/plans/annual/"),
        ("bases, managing unit", "/bases/mine/"),
        ("projects, managing unit", "/plans/projects/"),
        ("inspections, managing unit", "/inspections/checks/"),
        ("inspections to do, managing unit", "/inspections/checks/?view=todo"),
        ("rectifications, managing unit", "/inspections/rectifications/"),
    ]
    of_institution = [
        ("dashboard, institution", "/dashboard/"),
        ("plans, institution", "/plans/annual/"),
        ("projects, institution", "/plans/projects/"),
        ("inspections, institution", "/inspections/checks/"),
    ]
    return [
        *floors,
        *((name, url, "officer", "cases") for name, url in of_authority),
        *((name, url, "unit", "cases") for name, url in of_unit),
        *((name, url, "institution", "cases") for name, url in of_institution),
        ("published inspection results", "/inspections/public/results/", "", "bases"),
    ]

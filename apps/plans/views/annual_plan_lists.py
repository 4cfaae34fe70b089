"""Lists of annual plans: an institution's own, and the overview of a unit or an authority."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.decorators import acting, forbidden
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.selectors import LIVE, visible_bases
from apps.cases.clocks import last_day
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import keyed_page
from apps.cases.web import state_label, state_tone
from apps.cases.workflow import WorkflowError
from apps.plans.forms.annual_plans import OverviewForm
from apps.plans.services import plan_overview
from apps.plans.services.opening import open_plan, year_open_to
from apps.plans.services.plan_overview import GROUPS, Overview
from apps.plans.services.plan_terms import lateness_words

EXPORT_HEAD = (
    "基地编号",
    "基地名称",
    "建设单位",
    "管理单位",
    "计划年度",
    "办理情况",
    "首次报送",
    "报送",
    "首次报备案",
    "报备案",
    "备案日期",
    "已备案版本数",
    "提示",
)


@acting
@require_GET
def annual_plans(request: HttpRequest) -> HttpResponse:
    """An institution's plans by base and year; a unit's or an authority's overview of a plan year."""
    kind = request.actor.organisation.kind
    if kind == OrganisationKind.INSTITUTION:
        return _own(request)
    if kind in (OrganisationKind.AUTHORITY, OrganisationKind.DEPARTMENT) and request.actor.is_case_staff:
        return _overview(request)
    return forbidden(request, "年度计划由建设单位填报，由管理单位和人力资源社会保障部门办理。")


def _own(request: HttpRequest, problems: Any = (), status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    entries = plan_overview.own_plans(request.actor)
    for entry in entries:
        base = entry["base"]
        planned = {plan.year for plan in entry["plans"]}
        open_years = [year for year in year_open_to(today) if base.recognised_on.year < year]
        entry["openable"] = [year for year in open_years if year not in planned] if base.status in LIVE else []
        entry["rows"] = [
            {
                "plan": plan,
                "label": state_label(plan.case),
                "tone": state_tone(plan.case, request.actor),
                "due": None if plan.case.closed_at else last_day(plan.case.next_due_at),
            }
            for plan in entry["plans"]
        ]
    context = {
        "heading": "年度计划",
        "entries": entries,
        "problems": problems,
        "may_open": request.actor.has(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD),
    }
    return render(request, "plans/annual/own.html", context, status=status)


@acting
@require_POST
def plan_open(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """Open the plan of a base for a year; the one that exists is opened instead."""
    base = get_object_or_404(visible_bases(request.actor), number=number)
    try:
        plan = open_plan(base, year, request.actor)
    except WorkflowError as error:
        if request.actor.organisation.kind != OrganisationKind.INSTITUTION:
            return forbidden(request, error.problems[0].message)
        return _own(request, error.problems, error.status)
    messages.success(request, f"{year} 年度计划已建立，请填报。")
    return redirect("plans:plan_form", number=plan.case.number)


def _overview(request: HttpRequest) -> HttpResponse:
    current = plan_overview.default_year(timezone.localdate())
    values = OverviewForm(request.GET, year=current, units=[]).values()
    rehearsal = "rehearsal" in values or not plan_overview.has_formal_bases(request.actor)
    overview = plan_overview.overview_of(request.actor, values.get("year", current), rehearsal=rehearsal)
    counted = plan_overview.recent_counts_by_unit(request.actor, overview)
    form = OverviewForm(request.GET, year=current, units=_units(request, counted))
    values, sort = form.values(), request.GET.get("sort", "")
    bases = plan_overview.bases_with_plans(request.actor, overview)
    bases = plan_overview.sorted_by(plan_overview.narrowed(bases, overview, values), sort)
    if request.GET.get("format") == "xlsx":
        return _export(request, overview, bases)
    page = keyed_page(bases, request.GET.get("page"))
    context = {
        "heading": "年度计划备案情况",
        "overview": overview,
        "form": form,
        "counted": [_count_row(row) for row in counted],
        "tiles": _tiles(overview, plan_overview.totals(counted)),
        "groups": [label for _, label in GROUPS],
        "page": page,
        "rows": plan_overview.rows_of(request.actor, overview, page.rows),
        "sort": sort,
        "by_unit": request.actor.organisation.kind == OrganisationKind.AUTHORITY,
        "filtered": bool(set(values) - {"year", "rehearsal"}),
        "sandbox": rehearsal,
    }
    return render(request, "plans/annual/overview.html", context)


def _units(request: HttpRequest, counted: list[dict[str, Any]]) -> list[tuple[str, str]]:
    if request.actor.organisation.kind != OrganisationKind.AUTHORITY:
        return []
    return [(str(row["managing_unit_id"] or "none"), row["managing_unit__name"] or "未登记管理单位") for row in counted]


def _count_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["managing_unit_id"] or "none",
        "name": row["managing_unit__name"] or "未登记管理单位",
        "total": row["total"],
        "late": row["late"],
        "cells": [(label, code, row[code]) for code, label in GROUPS],
    }


def _tiles(overview: Overview, totals: dict[str, int]) -> list[dict[str, Any]]:
    base = f"{reverse('plans:annual_plans')}?year={overview.year}" + ("&rehearsal=yes" if overview.rehearsal else "")
    tones = {"filed": "success", "returned": "warning"}
    tiles = [{"value": totals["total"], "unit": "个", "label": "应报基地", "url": base, "tone": "info"}]
    tiles += [
        {
            "value": totals[code],
            "unit": "个",
            "label": label,
            "url": f"{base}&state={code}",
            "tone": tones.get(code, "info"),
        }
        for code, label in GROUPS
    ]
    late = {"value": totals["late"], "unit": "个", "label": "有逾期", "url": f"{base}&late=yes"}
    return [*tiles, late | {"tone": "danger" if totals["late"] else "info"}]


def _export(request: HttpRequest, overview: Overview, bases: Any) -> HttpResponse:
    found = list(bases[:MOST_ROWS])
    rows = [
        cells
        for at in range(0, len(found), 500)
        for cells in map(_cells(overview), plan_overview.rows_of(request.actor, overview, found[at : at + 500]))
    ]
    return xlsx_response(f"annual-plans-{overview.year}", EXPORT_HEAD, rows)


def _cells(overview: Overview) -> Any:
    def cells(row: dict[str, Any]) -> list[object]:
        base = row["base"]
        submitted, reported = row["submitted_on"], row["reported_on"]
        return [
            base.number,
            base.name,
            base.institution_name,
            row["unit"],
            overview.year,
            row["state_label"],
            submitted,
            lateness_words(row["submitted_late_days"]) if submitted else "",
            reported,
            lateness_words(row["filed_late_days"]) if reported else "",
            row["filed_on"],
            row["versions"],
            "；".join(part for part in (row["overdue"], "计划调整中" if row["amending"] else "") if part),
        ]

    return cells

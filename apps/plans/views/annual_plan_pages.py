"""What the pages of annual plans share: the plan, its frame, links to what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import state_label, state_tone
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.models import AnnualPlan
from apps.plans.services.plan_executions import ExecutionRow
from apps.plans.services.plan_forms import PARTS, PURPOSES, PlanForm, load_form, load_sent, may_fill_in
from apps.plans.services.plan_tables import decimal_text, shown_row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plan_or_404(request: HttpRequest, number: str) -> AnnualPlan:
    """The plan ``number`` if the person may read its case; a foreign one and a missing one raise Http404 alike."""
    cases = selectors.readable_cases(request.actor).filter(kind=CaseKind.ANNUAL_PLAN)
    related = (
        "case__institution",
        "case__authority",
        "case__jurisdiction",
        "case__turn_organisation",
        "base__managing_unit",
        "saved_by",
        "reviewed_by",
        "amends__case",
    )
    return get_object_or_404(AnnualPlan.objects.select_related(*related).filter(case__in=cases), case__number=number)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the posted fields, of which there may be none at all."""
    return request.POST if request.method == "POST" else None


def own_plan_or_404(request: HttpRequest, number: str) -> AnnualPlan:
    """As :func:`plan_or_404`, for those who fill in for the institution alone."""
    plan = plan_or_404(request, number)
    if not may_fill_in(plan, request.actor):
        raise Http404
    return plan


def readable_form(request: HttpRequest, plan: AnnualPlan) -> PlanForm:
    """The plan as the reader may see it: the institution as it stands, the others as it was last sent."""
    own = request.actor is not None and plan.case.institution_id == request.actor.organisation.pk
    return load_form(plan) if own else load_sent(plan)


def frame(request: HttpRequest, plan: AnnualPlan, heading: str, rules: Rulebook) -> dict[str, Any]:
    """What every page of one plan shows around its own content."""
    case = plan.case
    return {
        "heading": heading,
        "plan": plan,
        "case": case,
        "rulebook": rules,
        "rules": rules.annual_plan,
        "state_label": state_label(case),
        "state_tone": state_tone(case, request.actor),
        "sandbox": case.is_sandbox,
        "breadcrumbs": [
            {"label": "年度计划", "url": reverse("plans:annual_plans")},
            {"label": case.title, "url": reverse("cases:detail", kwargs={"number": case.number})},
            {"label": heading},
        ],
    }


def part_url(case: Case, part: str, field: str = "") -> str:
    """The page of a part; with ``field`` it points out what is missing and leads to the field."""
    url = reverse("plans:plan_part", args=[case.number, part])
    return f"{url}?check=1#id_{field}" if field else url


def navigation(form: PlanForm, current: str = "", *, locked: bool = False) -> dict[str, Any]:
    """The parts with their completeness, for ``components/section_nav.html``."""
    state = form.completeness()
    sections = [
        {
            "code": code,
            "title": title,
            "url": part_url(form.case, code),
            "current": code == current,
            "locked": locked,
            **state["sections"][code],
        }
        for code, title in PARTS.items()
    ]
    return {"complete": state["complete"], "total": state["total"], "sections": sections}


def problem_links(case: Case, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The problems with a link to where each can be put right, for ``components/guards.html``."""
    return [
        {"message": problem.message, "articles": problem.articles, "url": _place(case, problem.where)}
        for problem in problems
    ]


def _place(case: Case, where: str) -> str:
    kind, _, rest = where.partition(":")
    if kind == "part":
        part, _, field = rest.partition("#")
        return part_url(case, part, field)
    return part_url(case, "attachments") if where == "attachments" else ""


def content(form: PlanForm) -> dict[str, Any]:
    """The whole plan to be read: texts, lines of the summary, projects, files."""
    columns = [column for column in form.table.columns if column.name != "key"]
    rows = [shown_row(form.table, row) for row in form.rows if not form.table.blank(row)]
    cleaned = form.checked.rows
    return {
        "form": form,
        "executions": [execution_cells(row) for row in form.executions],
        "columns": [column.label for column in columns],
        "projects": [
            {"key": raw.get("key", ""), "cells": [(c.label, row[c.name]) for c in columns]}
            for raw, row in zip((r for r in form.rows if not form.table.blank(r)), rows, strict=True)
        ],
        "persons": sum(row["persons"] for row in cleaned),
        "hours": decimal_text(sum(row["hours_tenths"] for row in cleaned), 1),
        "files": file_rows(form),
    }


def execution_cells(row: ExecutionRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "outside": row.outside,
        "planned_persons": row.planned_persons,
        "held_persons": row.held_persons,
        "held_attendances": row.held_attendances,
        "planned_hours": decimal_text(row.planned_hours_tenths, 1),
        "held_hours": decimal_text(row.held_hours_tenths, 1),
        "differs": row.differs,
        "result": row.result,
        "reason": row.difference_reason,
    }


def file_rows(form: PlanForm, *, removable: bool = False) -> list[dict[str, Any]]:
    """The plan's files by purpose, as ``file_list`` takes them."""
    number = form.case.number
    groups = []
    for purpose, title in PURPOSES.items():
        files = [
            {
                "name": file.name,
                "url": reverse("cases:attachment", args=[number, file.pk]),
                "size": file.size,
                "uploaded_at": file.uploaded_at,
                "uploaded_by": file.uploaded_by,
                "delete_url": reverse("plans:plan_file_remove", args=[number, file.pk]) if removable else "",
            }
            for file in form.files
            if file.purpose == purpose
        ]
        groups.append({"purpose": purpose, "title": title, "files": files})
    return groups

"""The fixed days of annual plans: when they fall, whether they bind, how late a plan is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.cases import clocks
from apps.cases.enums import ClockBasis
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.standing import standing

if TYPE_CHECKING:
    from apps.bases.models import Base
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.rulebook import Rulebook
    from apps.plans.models import AnnualPlan

REVIEW, FILING = "plan_review", "plan_filing"
LABELS = {REVIEW: "年度计划报送审核", FILING: "年度计划报备案"}
FIXED = "固定日期，至当日 24 时止，逢休息日不顺延"


@dataclass(frozen=True)
class PlanDay:
    """One fixed day for a plan: ``code`` plan_review or plan_filing, the last day itself, its articles, its words."""

    code: str
    label: str
    due: dt.date
    articles: tuple[str, ...]
    summary: str


def plan_days(rules: Rulebook, plan_year: int) -> list[PlanDay]:
    """The fixed days by which the plan for ``plan_year`` is due, all in the year before; never moved."""
    return [
        PlanDay(
            deadline.code,
            LABELS[deadline.code],
            dt.date(plan_year - 1, deadline.month, deadline.day),
            deadline.articles,
            deadline.summary,
        )
        for deadline in rules.annual_plan.deadlines
    ]


def due_of(rules: Rulebook, plan_year: int, code: str) -> dt.date | None:
    """The day ``code`` falls on, None where the text sets none."""
    return next((day.due for day in plan_days(rules, plan_year) if day.code == code), None)


def is_binding(base: Base, on: dt.date) -> bool:
    """Whether the text's days bind ``base`` on ``on``: the text is in force, or the base rehearses."""
    return base.is_sandbox or standing(base.jurisdiction_id, on).in_force


def binds_base(due: dt.date | None, base: Base) -> bool:
    """Whether a base had to keep the day ``due``: one recognised after it is not late by it."""
    return due is not None and base.recognised_on <= due


def in_force_in(on: dt.date) -> frozenset[str]:
    """The jurisdictions whose text is in force on ``on``."""
    return frozenset(code for code in registry.jurisdictions() if standing(code, on).in_force)


def start_clocks(case: Case, rules: Rulebook, plan_year: int) -> None:
    """Set the clocks of the year's own plan; an amendment has none, nor has a day before the base was recognised."""
    for day in plan_days(rules, plan_year):
        if case.base is None or not binds_base(day.due, case.base):
            continue
        clocks.start_clock(case, day.code, day.label, day.due, basis=ClockBasis.LAW, articles=day.articles, note=FIXED)


def days_late(due: dt.date | None, on: dt.date) -> int | None:
    """Whole days of ``on`` after ``due``: 0 on the day itself and before, None where there is no such day."""
    return None if due is None else max(0, (on - due).days)


def lateness_words(days: int | None) -> str:
    """How late something was, plainly."""
    if days is None:
        return "不计期限"
    return f"逾期 {days} 天" if days else "按期"


def arrivals(plan: AnnualPlan, rules: Rulebook) -> list[dict[str, Any]]:
    """The fixed days of the text against the days on which the plan came: {day, came, late, words}; none of an
    amendment."""
    if plan.amends_id is not None:
        return []
    rows = []
    for day in plan_days(rules, plan.year):
        review = day.code == REVIEW
        came = plan.submitted_on if review else plan.reported_on
        late = plan.submitted_late_days if review else plan.filed_late_days
        rows.append({"day": day, "came": came, "late": late, "words": lateness_words(late) if came else ""})
    return rows

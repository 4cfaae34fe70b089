"""The overview of a plan year: every base a unit or authority works with, and where its plan stands.

What counts is the year's own plan, the first version; an amendment in hand is a mark beside it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base, BaseEvent
from apps.bases.selectors import LIVE, visible_bases
from apps.cases.models import Act, CaseParty
from apps.jurisdictions.rulebooks import registry
from apps.plans.enums import PlanState as P
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_terms
from apps.plans.services.plan_amendments import OVER

NOT_SUBMITTED = (P.DRAFT, P.INSTITUTION_REVIEWED)
WITH_UNIT = (P.UNIT_REVIEW, P.UNIT_PROPOSED)
RETURNED = (P.RETURNED_BY_UNIT, P.RETURNED_BY_AUTHORITY)
KEPT_SECONDS = 60
GROUPS = (
    ("filed", "已备案"),
    ("filing", "待备案"),
    ("unit", "管理单位审核中"),
    ("returned", "退回修改中"),
    ("not_submitted", "未报送"),
)
SORTS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "unit": (F("managing_unit__name").asc(nulls_last=True), "name", "pk"),
    "-unit": (F("managing_unit__name").desc(nulls_last=True), "name", "pk"),
    "reported": (F("plan__reported_on").asc(nulls_last=True), "name", "pk"),
    "-reported": (F("plan__reported_on").desc(nulls_last=True), "name", "pk"),
    "filed": (F("plan__filed_on").asc(nulls_last=True), "name", "pk"),
    "-filed": (F("plan__filed_on").desc(nulls_last=True), "name", "pk"),
}


@dataclass(frozen=True)
class Overview:
    """What is looked at: the plan year, formal bases or rehearsals, and the days that bind them (none: not in force)."""

    year: int
    rehearsal: bool
    days: tuple[plan_terms.PlanDay, ...]
    binding: bool
    now: dt.datetime

    def passed(self, code: str) -> dt.date | None:
        """The fixed day ``code`` where it is over and binds; None where not."""
        today = timezone.localdate(self.now)
        return next((day.due for day in self.days if self.binding and day.code == code and today > day.due), None)


def overview_of(actor: Actor, year: int, *, rehearsal: bool = False) -> Overview:
    """The frame of the overview for the actor's jurisdiction. At most one query."""
    now = timezone.now()
    today = timezone.localdate(now)
    jurisdiction = actor.organisation.jurisdiction_id
    if jurisdiction is None:
        return Overview(year, rehearsal, (), False, now)
    rules = registry.rulebook(jurisdiction, today)
    binding = rehearsal or jurisdiction in plan_terms.in_force_in(today)
    return Overview(year, rehearsal, tuple(plan_terms.plan_days(rules, year)), binding, now)


def default_year(today: dt.date) -> int:
    """The plan year people are at work on: next year's from 1 September, else this year's."""
    return today.year + 1 if today.month >= 9 else today.year


def bases_with_plans(actor: Actor, overview: Overview) -> QuerySet[Base]:
    """The bases that owe a plan for the year or have one, each joined with the first version as ``plan``; unsorted."""
    first = FilteredRelation("annual_plans", condition=Q(annual_plans__year=overview.year, annual_plans__version=1))
    owed = Q(status__in=LIVE, recognised_on__lt=dt.date(overview.year, 1, 1))
    bases = visible_bases(actor).filter(is_sandbox=overview.rehearsal).annotate(plan=first)
    held = Q(plan__case__state__in=[state for state in P if state != P.DISCONTINUED])
    return bases.filter((owed & Q(plan__isnull=True)) | held)  # one join; an exclude() would look every base up again


def in_group(group: str) -> Q:
    """The bases whose plan is in one of GROUPS."""
    return {
        "filed": Q(plan__case__state=P.FILED),
        "filing": Q(plan__case__state=P.FILING),
        "unit": Q(plan__case__state__in=WITH_UNIT),
        "returned": Q(plan__case__state__in=RETURNED),
        "not_submitted": Q(plan__isnull=True) | Q(plan__case__state__in=NOT_SUBMITTED),
    }[group]


def is_late(overview: Overview) -> Q:
    """Late: it came after a fixed day, or a fixed day has passed without it."""
    late = Q(plan__submitted_late_days__gt=0) | Q(plan__filed_late_days__gt=0)
    if review := overview.passed(plan_terms.REVIEW):
        late |= Q(plan__submitted_on__isnull=True, recognised_on__lte=review)
    if filing := overview.passed(plan_terms.FILING):
        late |= Q(plan__reported_on__isnull=True, recognised_on__lte=filing)
    return late


def narrowed(bases: QuerySet[Base], overview: Overview, values: dict[str, str]) -> QuerySet[Base]:
    """``bases`` that pass the filters: q (name, number, institution), unit (pk or none), state (GROUPS), late (yes, no)."""
    text = values.get("q", "").strip()
    if text:
        bases = bases.filter(
            Q(name__icontains=text) | Q(institution_name__icontains=text) | Q(number__istartswith=text)
        )
    if values.get("unit") == "none":
        bases = bases.filter(managing_unit__isnull=True)
    elif values.get("unit"):
        bases = bases.filter(managing_unit_id=int(values["unit"]))
    if values.get("state"):
        bases = bases.filter(in_group(values["state"]))
    if values.get("late"):
        late = is_late(overview)
        bases = bases.filter(late) if values["late"] == "yes" else bases.filter(_not_late(overview))
    return bases


def _not_late(overview: Overview) -> Q:
    """Written out, for NOT of a condition on a null is neither true nor false."""
    fine = Q(plan__submitted_late_days__isnull=True) | Q(plan__submitted_late_days=0)
    fine &= Q(plan__filed_late_days__isnull=True) | Q(plan__filed_late_days=0)
    if review := overview.passed(plan_terms.REVIEW):
        fine &= Q(plan__submitted_on__isnull=False) | Q(recognised_on__gt=review)
    if filing := overview.passed(plan_terms.FILING):
        fine &= Q(plan__reported_on__isnull=False) | Q(recognised_on__gt=filing)
    return fine


def sorted_by(bases: QuerySet[Base], sort: str) -> QuerySet[Base]:
    return bases.order_by(*SORTS.get(sort, SORTS["unit"]))


def counts_by_unit(actor: Actor, overview: Overview) -> list[dict[str, Any]]:
    """Managing unit by managing unit: how many bases, and how many in each of GROUPS and late. One query."""
    groups = {code: Count("pk", filter=in_group(code)) for code, _ in GROUPS}
    found = bases_with_plans(actor, overview).order_by().select_related(None)
    counted = found.values("managing_unit_id", "managing_unit__name").annotate(
        total=Count("pk"), late=Count("pk", filter=is_late(overview)), **groups
    )
    return sorted(
        map(dict, counted), key=lambda row: (row["managing_unit__name"] is None, row["managing_unit__name"] or "")
    )


def recent_counts_by_unit(actor: Actor, overview: Overview) -> list[dict[str, Any]]:
    """As :func:`counts_by_unit`, counted anew after any act or event anywhere, and at least once a minute. One query.

    The minute bounds what an act still uncommitted while the page was counted could leave unseen.
    """
    today = timezone.localdate(overview.now)
    frame = f"{actor.organisation.pk}:{overview.year}:{overview.rehearsal}:{overview.binding}:{today}"
    key = f"plan-overview:{frame}:{_latest_change()}"
    found: list[dict[str, Any]] = cache.get_or_set(key, lambda: counts_by_unit(actor, overview), KEPT_SECONDS)
    return found


def _latest_change() -> str:
    """The last act, the last event of a base and the last base: whatever moves the counts adds to one of them."""
    tables = [model._meta.db_table for model in (Act, BaseEvent, Base)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT max(id) FROM {table})" for table in tables))
        return ":".join(str(part) for part in cursor.fetchone())


def totals(counted: list[dict[str, Any]]) -> dict[str, int]:
    """The counts of all managing units together."""
    return {code: sum(row[code] for row in counted) for code in ("total", "late", *(code for code, _ in GROUPS))}


def rows_of(actor: Actor, overview: Overview, bases: list[Base]) -> list[dict[str, Any]]:
    """One page of bases as plain rows. Three queries, whatever their number."""
    pks = [base.pk for base in bases]
    plans = AnnualPlan.objects.filter(base__in=pks, year=overview.year).select_related("case").defer("data")
    first: dict[int, AnnualPlan] = {}
    versions: dict[int, list[AnnualPlan]] = {}
    for plan in plans:
        versions.setdefault(plan.base_id, []).append(plan)
        if plan.version == 1:
            first[plan.base_id] = plan
    cases = [plan.pk for plan in first.values()]
    active = CaseParty.objects.filter(case__in=cases, organisation=actor.organisation, active=True)
    readable = set(active.values_list("case_id", flat=True))
    return [_row(base, first.get(base.pk), versions.get(base.pk, []), readable, overview) for base in bases]


def _row(
    base: Base, plan: AnnualPlan | None, versions: list[AnnualPlan], readable: set[int], overview: Overview
) -> dict[str, Any]:
    state = plan.case.state if plan else ""
    return {
        "base": base,
        "unit": base.managing_unit.name if base.managing_unit else "",
        "number": plan.case.number if plan and plan.pk in readable else "",
        "state_label": P(state).label if state else "尚未建立",
        "state_tone": _tone(state),
        "submitted_on": plan.submitted_on if plan else None,
        "submitted_late_days": plan.submitted_late_days if plan else None,
        "reported_on": plan.reported_on if plan else None,
        "filed_late_days": plan.filed_late_days if plan else None,
        "filed_on": plan.filed_on if plan else None,
        "overdue": _overdue(base, plan, overview),
        "versions": sum(one.case.state == P.FILED for one in versions),
        "amending": any(one.amends_id and one.case.state not in OVER for one in versions),
    }


def _overdue(base: Base, plan: AnnualPlan | None, overview: Overview) -> str:
    """What should be there by now and is not."""
    review, filing = overview.passed(plan_terms.REVIEW), overview.passed(plan_terms.FILING)
    if plan_terms.binds_base(filing, base) and (plan is None or plan.reported_on is None):
        return "逾期未报备案"
    if plan_terms.binds_base(review, base) and (plan is None or plan.submitted_on is None):
        return "逾期未报送"
    return ""


def _tone(state: str) -> str:
    if state == P.FILED:
        return "success"
    if state in RETURNED:
        return "warning"
    return "neutral" if not state or state in NOT_SUBMITTED else "progress"


def has_formal_bases(actor: Actor) -> bool:
    """Whether the actor works with any base that is no rehearsal."""
    return visible_bases(actor).filter(is_sandbox=False).exists()


def own_plans(actor: Actor) -> list[dict[str, Any]]:
    """An institution's bases, each with its plans by year, latest first, versions within a year. Two queries."""
    bases = list(visible_bases(actor).order_by("-recognised_on", "pk"))
    plans = AnnualPlan.objects.filter(base__in=bases).select_related("case").defer("data").order_by("-year", "-version")
    found: dict[int, list[AnnualPlan]] = {}
    for plan in plans:
        found.setdefault(plan.base_id, []).append(plan)
    return [{"base": base, "plans": found.get(base.pk, [])} for base in bases]

"""Opening annual plans: by the clock in autumn, or by the institution a little earlier."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.bases.selectors import LIVE
from apps.bases.services import open_base_case
from apps.cases import schedule
from apps.cases.enums import CaseKind
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.jurisdictions.rulebooks import registry
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_terms

logger = logging.getLogger(__name__)

OPENS_BY_ITSELF = (10, 1)
"""From 1 October next year's plan is opened for every base: ten weeks before the earliest day any text sets."""
OPENS_BY_HAND = (9, 1)
"""From 1 September an institution may begin by itself. Both days are the product's choice; no text sets one."""
BATCH = 200


def year_open_to(today: dt.date) -> tuple[int, ...]:
    """The plan years an institution may open on ``today``: this one, late, and from 1 September the next."""
    if today >= dt.date(today.year, *OPENS_BY_HAND):
        return (today.year + 1, today.year)
    return (today.year,)


def open_plan(base: Base, year: int, actor: Actor) -> AnnualPlan:
    """Open the base's plan for ``year`` for its institution; one that exists already is returned instead.

    Raises NotPermitted unless the actor fills in for the base's institution; Blocked when the base has ended, was not
    yet recognised before that year, or the year is not open.
    """
    if actor.organisation.pk != base.institution_id or not actor.has(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD):
        raise NotPermitted(Problem("not_permitted", "只有本基地建设单位的填报人或负责人可以建立年度计划。"))
    if base.status not in LIVE:
        raise Blocked(Problem("base_ended", f"该基地{base.status_label}，不再填报年度计划。"))
    today = timezone.localdate()
    if year not in year_open_to(today):
        month, day = OPENS_BY_HAND
        raise Blocked(
            Problem("year_not_open", f"{year} 年度计划自 {year - 1} 年 {month} 月 {day} 日起填报，至当年年底可以补报。")
        )
    if base.recognised_on >= dt.date(year, 1, 1):
        message = f"该基地于 {base.recognised_on:%Y-%m-%d} 认定，从 {base.recognised_on.year + 1} 年度起填报计划。"
        raise Blocked(Problem("recognised_later", message))
    return _open_once(base, year, actor)


def _open_once(base: Base, year: int, actor: Actor | None) -> AnnualPlan:
    existing = AnnualPlan.objects.filter(base=base, year=year, version=1).select_related("case").first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return _open(base, year, actor)
    except IntegrityError:
        # Somebody, or the clock, opened it between the look and the insert: one first version per base and year.
        return AnnualPlan.objects.select_related("case").get(base=base, year=year, version=1)


def _open(base: Base, year: int, actor: Actor | None) -> AnnualPlan:
    today = timezone.localdate()
    case = open_base_case(
        base,
        CaseKind.ANNUAL_PLAN,
        f"{base.name} {year} 年度计划",
        actor,
        label="建立年度计划",
        year=today.year,
    )
    plan = AnnualPlan.objects.create(case=case, base=base, year=year)
    if plan_terms.is_binding(base, today):
        plan_terms.start_clocks(case, registry.rulebook(base.jurisdiction_id, today), year)
    return plan


@schedule.sweep
def open_next_years_plans(now: dt.datetime) -> None:
    """From 1 October open next year's plan for live bases that have none, BATCH of them a run.

    Only where the text is in force on that day, or the base rehearses. A base that fails keeps no other waiting.
    """
    today = timezone.localdate(now)
    if today < dt.date(today.year, *OPENS_BY_ITSELF):
        return
    for base in bases_to_open(today)[:BATCH]:
        try:
            _open_once(base, today.year + 1, None)
        except Exception:
            logger.exception("the annual plan of base %s was not opened", base.number)


def bases_to_open(today: dt.date) -> list[Base]:
    """Live bases without a first version for next year, under a text in force or rehearsing; at most BATCH."""
    planned = AnnualPlan.objects.filter(base=OuterRef("pk"), year=today.year + 1, version=1)
    in_force = Q(jurisdiction__in=plan_terms.in_force_in(today)) | Q(is_sandbox=True)
    bases = Base.objects.filter(~Exists(planned), in_force, status__in=LIVE)
    return list(bases.select_related("authority").order_by("pk")[:BATCH])

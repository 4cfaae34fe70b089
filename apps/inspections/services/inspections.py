"""The steps of one inspection between the self-assessment and the findings."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases import clocks
from apps.cases.clocks import last_day
from apps.cases.enums import ClockBasis
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.inspections.models import Inspection
from apps.inspections.services import sheets
from apps.inspections.services.launches import SELF_CLOCK

CONFIRM_CLOCK = "visit_confirmation"
CONFIRM_DAYS = 5
"""Natural days a base has to confirm the record of a visit; no text gives a term."""
MOST_DAYS_AWAY = 366


def submit_self_assessment(case: Case, actor: Actor, reason: str = "") -> Act:
    """Submit the self-assessment; days past the deadline are recorded. Raises as perform() does."""
    today = timezone.localdate()

    def change(locked: Case, act: Act) -> None:
        clock = locked.clocks.filter(code=SELF_CLOCK).order_by("-pk").first()
        due = last_day(clock.due_at) if clock else None
        late = max(0, (today - due).days) if due else 0
        _update(locked, self_late_days=late)
        clocks.end_clock(locked, SELF_CLOCK)

    return perform(case, "submit_self_assessment", actor, reason=reason, change=change)


def save_and_submit_self(case: Case, actor: Actor, values: sheets.Values, version: int | None) -> Act:
    """Save the self-assessment as written and submit it, both or neither."""
    with transaction.atomic():
        sheets.save_draft(case, sheets.SELF, actor, values, version)
        return submit_self_assessment(case, actor)


def conclude_on_papers(case: Case, actor: Actor, reason: str) -> Act:
    """Go on from the papers alone, with the reason why nobody goes there."""
    return perform(
        case, "conclude_on_papers", actor, reason=reason, change=lambda locked, act: _update(locked, desk_only=True)
    )


def start_visit(case: Case, actor: Actor, *, visit_on: dt.date, visitors: str) -> Act:
    """Arrange the visit: the day and who goes. Raises Blocked for a day out of all reason, else as perform()."""
    today = timezone.localdate()

    def change(locked: Case, act: Act) -> None:
        if abs((visit_on - today).days) > MOST_DAYS_AWAY:
            raise Blocked(Problem("visit_on", "实地检查日期与今天相差超过一年，请核对年份。", where="visit_on"))
        if not visitors.strip():
            raise Blocked(Problem("visitors_missing", "请填写检查人员。", where="visitors"))
        _update(locked, visit_on=visit_on, visitors=visitors.strip())

    return perform(case, "start_visit", actor, data={"visit_on": visit_on.isoformat()}, change=change)


def close_visit(case: Case, actor: Actor, reason: str = "") -> Act:
    """The inspectors confirm the record of the visit; the base has CONFIRM_DAYS to confirm it too."""
    due = timezone.localdate() + dt.timedelta(days=CONFIRM_DAYS)

    def change(locked: Case, act: Act) -> None:
        _update(locked, visit_closed_by=actor.user, visit_closed_at=act.at)
        clocks.start_clock(
            locked,
            CONFIRM_CLOCK,
            "确认现场记录",
            due,
            basis=ClockBasis.OFFICER,
            articles=act.articles,
            counted=_days_until(due),
            note="自然日，次日起算；逾期未确认的，检查单位记录在案后继续",
        )

    return perform(case, "close_visit", actor, reason=reason, change=change)


def confirm_visit(case: Case, actor: Actor, remark: str = "") -> Act:
    """The base's head confirms the record of the visit, with a remark where it sees something otherwise."""

    def change(locked: Case, act: Act) -> None:
        _update(locked, visit_confirmed_by=actor.user, visit_confirmed_at=act.at, visit_remark=remark.strip())
        clocks.end_clock(locked, CONFIRM_CLOCK)

    return perform(case, "confirm_visit", actor, reason=remark, change=change)


def proceed_unconfirmed(case: Case, actor: Actor, reason: str) -> Act:
    """Go on without the base's confirmation once its time is over, with the reason on record."""
    return perform(
        case,
        "proceed_unconfirmed",
        actor,
        reason=reason,
        change=lambda locked, act: clocks.end_clock(locked, CONFIRM_CLOCK),
    )


def locked_inspection(case: Case) -> Inspection:
    """The inspection of ``case`` with the case's row locked; call it inside a transaction."""
    lock_case(case.pk)
    return Inspection.objects.select_related("case", "campaign", "base", "inspector").get(pk=case.pk)


def _update(case: Case, **values: object) -> None:
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        Inspection.objects.filter(pk=case.pk).update(**values)


def _days_until(due: dt.date) -> list[dt.date]:
    today = timezone.localdate()
    return [today + dt.timedelta(days=offset) for offset in range(1, (due - today).days + 1)]

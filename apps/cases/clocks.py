"""Deadlines on cases: set, paused with a reason, resumed, met or missed. Each lists the days it counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils import timezone

from apps.cases.enums import ClockBasis, ClockState
from apps.cases.models import Case, Clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN_STATES = (ClockState.RUNNING, ClockState.PAUSED)


def end_of_day(day: dt.date) -> dt.datetime:
    """24:00 of ``day`` in Asia/Shanghai: the first instant that is too late is the one after it."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)


def last_day(instant: dt.datetime | None) -> dt.date | None:
    """The last whole day before ``instant``, as people read a deadline: 24:00 of the 5th is the 5th."""
    if instant is None:
        return None
    return (instant - dt.timedelta(microseconds=1)).astimezone(SHANGHAI).date()


def start_clock(
    case: Case,
    code: str,
    label: str,
    due_on: dt.date,
    *,
    basis: ClockBasis,
    articles: Sequence[str] = (),
    counted: Iterable[dt.date] = (),
    note: str = "",
) -> Clock:
    """Set a deadline at the end of ``due_on``. A running clock of the same ``code`` is superseded (cancelled)."""
    end_clock(case, code, ClockState.CANCELLED)
    clock = Clock.objects.create(
        case=case,
        code=code,
        label=label,
        basis=basis,
        articles=list(articles),
        note=note,
        started_at=timezone.now(),
        due_at=end_of_day(due_on),
        counting=[day.isoformat() for day in counted],
    )
    refresh_due(case)
    return clock


def end_clock(case: Case, code: str, state: str | None = None) -> None:
    """End the open clock ``code``, as met or missed by the present time unless ``state`` says otherwise."""
    now = timezone.now()
    for clock in Clock.objects.filter(case=case, code=code, state__in=OPEN_STATES):
        clock.state = state or (ClockState.MET if now < clock.due_at else ClockState.MISSED)
        clock.ended_at = now
        clock.save(update_fields=["state", "ended_at"])
    refresh_due(case)


def pause_clock(case: Case, code: str, reason: str) -> None:
    """Stop the clock ``code``; the whole days that remain are kept for :func:`resume_clock`."""
    now = timezone.now()
    for clock in Clock.objects.filter(case=case, code=code, state=ClockState.RUNNING):
        clock.state = ClockState.PAUSED
        clock.pauses = [*clock.pauses, {"from": now.isoformat(), "reason": reason}]
        clock.save(update_fields=["state", "pauses"])
    refresh_due(case)


def resume_clock(case: Case, code: str, due_on: dt.date, counted: Iterable[dt.date] = ()) -> None:
    """Let the paused clock ``code`` run to the end of ``due_on``, the remaining days counted anew by the caller."""
    now = timezone.now()
    for clock in Clock.objects.filter(case=case, code=code, state=ClockState.PAUSED):
        pauses = list(clock.pauses)
        pauses[-1] = {**pauses[-1], "to": now.isoformat()}
        clock.pauses = pauses
        clock.state = ClockState.RUNNING
        clock.due_at = end_of_day(due_on)
        clock.counting = [*clock.counting, *(day.isoformat() for day in counted)]
        clock.save(update_fields=["state", "pauses", "due_at", "counting"])
    refresh_due(case)


def after_step(case: Case) -> None:
    """End what still runs when the case is closed."""
    if case.closed_at is not None:
        for clock in Clock.objects.filter(case=case, state__in=OPEN_STATES):
            end_clock(case, clock.code)


def refresh_due(case: Case) -> None:
    """Repeat the nearest running deadline on the case, so that lists sort without a join."""
    nearest = Clock.objects.filter(case=case, state=ClockState.RUNNING).aggregate(due=Min("due_at"))["due"]
    Case.objects.filter(pk=case.pk).update(next_due_at=nearest)
    case.next_due_at = nearest

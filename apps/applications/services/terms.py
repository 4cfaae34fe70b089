"""Terms counted in days: the working days that follow a day, and what remains of a term that was paused."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.cases.models import Clock
from apps.jurisdictions.rulebooks import calendar
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


def workdays_after(day: dt.date, count: int) -> list[dt.date]:
    """The ``count`` working days after ``day``, which is not counted itself. Raises CalendarDataMissing."""
    counted: list[dt.date] = []
    while len(counted) < count:
        day += _DAY
        if calendar.is_workday(day):
            counted.append(day)
    return counted


def natural_days_after(day: dt.date, count: int) -> list[dt.date]:
    """The ``count`` calendar days after ``day``, which is not counted itself."""
    return [day + _DAY * number for number in range(1, count + 1)]


def promised_workdays(day: dt.date, count: int) -> tuple[list[dt.date], str]:
    """As :func:`workdays_after`, for a promise that must not fail for want of next year's holidays.

    Where they are not announced yet, Mondays to Fridays are counted and the note says so; else the note is empty.
    """
    try:
        return workdays_after(day, count), ""
    except CalendarDataMissing as missing:
        counted: list[dt.date] = []
        while len(counted) < count:
            day += _DAY
            if day.weekday() < _SATURDAY:
                counted.append(day)
        return counted, f"{missing.year}年放假安排尚未录入，暂按周一至周五计算"


def days_left(clock: Clock) -> int:
    """How many of the days a paused clock counts lie after the day of its last pause; at least one."""
    if not clock.pauses:
        return max(1, len(clock.counting))
    paused_on = timezone.localdate(dt.datetime.fromisoformat(clock.pauses[-1]["from"]))
    return max(1, sum(dt.date.fromisoformat(day) > paused_on for day in clock.counting))

"""Working days as the State Council announced them: weekends, statutory holidays and make-up workdays (调休).

The seed table is the one of the chinesecalendar package. A year without an announcement is an error, never a guess.
An announcement also reaches into the last days of the year before (the New Year holiday), so days late in December
can still change when the next year's announcement is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import chain

from chinese_calendar import constants

from .errors import CalendarDataMissing

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """A table of announcements.

    `years` are those announced, `holidays` the days off work that it names, `workdays` the weekend days worked in
    exchange. Every other Saturday and Sunday is a day of rest, every other weekday a working day.
    """

    years: frozenset[int]
    holidays: frozenset[date]
    workdays: frozenset[date]

    def with_announcement(self, year: int, *, holidays: Iterable[date], workdays: Iterable[date]) -> Calendar:
        """Return a calendar in which the announcement for `year` has been added or put in place of an earlier one.

        The days may lie in the last days of the year before. A day that is both off and worked raises ValueError.
        """
        off, worked = frozenset(holidays), frozenset(workdays)
        if off & worked:
            raise ValueError(f"放假与上班重复：{min(off & worked)}")
        stray = [day for day in off | worked if not date(year - 1, 12, 1) <= day <= date(year, 12, 31)]
        if stray:
            raise ValueError(f"{min(stray)}不属于{year}年的放假安排")
        kept_holidays = {day for day in self.holidays if day.year != year}
        kept_workdays = {day for day in self.workdays if day.year != year}
        return replace(
            self,
            years=self.years | {year},
            holidays=frozenset((kept_holidays - worked) | off),
            workdays=frozenset((kept_workdays - off) | worked),
        )

    def is_workday(self, day: date) -> bool:
        """Tell whether people work that day. Raises CalendarDataMissing for a year without an announcement."""
        if day.year not in self.years:
            raise CalendarDataMissing(day.year)
        if day in self.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def next_workday(self, day: date) -> date:
        """Return the day itself if it is a working day, else the first working day after it."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def workdays_before(self, day: date, count: int) -> list[date]:
        """Return the `count` working days before a day, nearest first; the day itself is not counted."""
        counted: list[date] = []
        while len(counted) < count:
            if day == date.min:
                raise CalendarDataMissing(day.year)
            day -= _DAY
            if self.is_workday(day):
                counted.append(day)
        return counted


@cache
def seeded() -> Calendar:
    """Return the calendar of the installed chinesecalendar package."""
    named = list(chain(constants.holidays, constants.workdays))
    years = range(min(named).year, max(named).year + 1)
    return Calendar(frozenset(years), frozenset(constants.holidays), frozenset(constants.workdays))


def with_announcement(year: int, *, holidays: Iterable[date], workdays: Iterable[date]) -> Calendar:
    """Return the seeded calendar with one more announcement; see Calendar.with_announcement."""
    return seeded().with_announcement(year, holidays=holidays, workdays=workdays)


def is_workday(day: date) -> bool:
    """Tell whether people work that day, by the seeded calendar."""
    return seeded().is_workday(day)


def next_workday(day: date) -> date:
    """Return the day itself or the first working day after it, by the seeded calendar."""
    return seeded().next_workday(day)


def workdays_before(day: date, count: int) -> list[date]:
    """Return the `count` working days before a day, nearest first, by the seeded calendar."""
    return seeded().workdays_before(day, count)

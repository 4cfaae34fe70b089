"""The demo's lines take turns by their days, and their clock goes forward only."""

from __future__ import annotations

import datetime as dt

from apps.cases.clocks import SHANGHAI
from apps.portal.demo.agenda import Agenda, on
from apps.portal.demo.clock import StoryClock

MONDAY = dt.date(2026, 3, 2)


def line(told, name, clock, *days):
    for day in days:
        yield on(MONDAY + dt.timedelta(days=day))
        told.append((name, clock.day))


def test_lines_are_taken_up_in_the_order_of_their_days():
    told, clock = [], StoryClock(on(MONDAY))
    agenda = Agenda(clock)
    agenda.add(line(told, "a", clock, 1, 4))
    agenda.add(line(told, "b", clock, 2, 3))
    agenda.run()
    assert told == [
        ("a", dt.date(2026, 3, 3)),
        ("b", dt.date(2026, 3, 4)),
        ("b", dt.date(2026, 3, 5)),
        ("a", dt.date(2026, 3, 6)),
    ]


def test_line_that_wants_a_day_gone_by_goes_on_at_once_and_the_clock_never_goes_back():
    told, clock = [], StoryClock(on(MONDAY + dt.timedelta(days=9)))
    agenda = Agenda(clock)
    agenda.add(line(told, "late", clock, 1))
    agenda.run()
    assert told == [("late", dt.date(2026, 3, 11))]


def test_line_added_by_a_line_begins_on_that_day():
    told, clock = [], StoryClock(on(MONDAY))
    agenda = Agenda(clock)

    def parent():
        yield on(MONDAY + dt.timedelta(days=5))
        agenda.add(line(told, "child", clock, 0, 6))

    agenda.add(parent())
    agenda.run()
    assert told == [("child", dt.date(2026, 3, 7)), ("child", dt.date(2026, 3, 8))]


def test_hour_is_an_hour_in_shanghai():
    assert on(MONDAY, 1) == dt.datetime(2026, 3, 2, 1, tzinfo=SHANGHAI)

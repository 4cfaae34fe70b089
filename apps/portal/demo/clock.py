"""The demo's own time: its story is played day by day, so that terms run and windows close as they would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from apps.cases.clocks import SHANGHAI


class StoryClock:
    """A clock that moves one second a reading and jumps when told to; never backwards."""

    def __init__(self, start: dt.datetime) -> None:
        self.instant = start

    def now(self) -> dt.datetime:
        self.instant += dt.timedelta(seconds=1)
        return self.instant.astimezone(dt.UTC)

    @property
    def day(self) -> dt.date:
        """The story's day in Shanghai."""
        return self.instant.astimezone(SHANGHAI).date()

    def go_to(self, day: dt.date, hour: int = 9) -> None:
        """Go on to ``hour`` o'clock in Shanghai on ``day`` unless that is past."""
        self.reach(dt.datetime.combine(day, dt.time(hour), tzinfo=SHANGHAI))

    def reach(self, moment: dt.datetime) -> None:
        """Go on to ``moment`` unless that is past."""
        self.instant = max(self.instant, moment)


@contextmanager
def story_time(start: dt.datetime) -> Iterator[StoryClock]:
    """Let everything that asks Django for the time ask the story's clock instead."""
    clock = StoryClock(start)
    with mock.patch("django.utils.timezone.now", clock.now):
        yield clock

"""Several stories told in the order of their days: each is a generator that yields when it wants to go on."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator

from apps.cases.clocks import SHANGHAI
from apps.portal.demo.clock import StoryClock

Line = Iterator[dt.datetime]


def on(day: dt.date, hour: int = 9) -> dt.datetime:
    """``hour`` o'clock in Shanghai on ``day``: what a line yields to be taken up again then."""
    return dt.datetime.combine(day, dt.time(hour), tzinfo=SHANGHAI)


class Agenda:
    """Lines of a story that share one clock. A line may add further lines while it runs."""

    def __init__(self, clock: StoryClock) -> None:
        self.clock = clock
        self._waiting: list[tuple[dt.datetime, int, Line]] = []
        self._added = 0

    def add(self, line: Line) -> None:
        """Let ``line`` begin now."""
        self._wait(line, self.clock.instant)

    def run(self) -> None:
        """Take up the line whose time comes first until every line has ended."""
        while self._waiting:
            moment, _, line = heapq.heappop(self._waiting)
            self.clock.reach(moment)
            wanted = next(line, None)
            if wanted is not None:
                self._wait(line, wanted)

    def _wait(self, line: Line, moment: dt.datetime) -> None:
        self._added += 1
        heapq.heappush(self._waiting, (moment, self._added, line))

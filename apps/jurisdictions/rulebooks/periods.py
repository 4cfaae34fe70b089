"""When a regulation is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Status = Literal["in_force", "lapsed", "draft", "not_yet_in_force"]

STATUS_LABELS: dict[Status, str] = {
    "in_force": "施行中",
    "lapsed": "已失效",
    "draft": "征求意见稿",
    "not_yet_in_force": "尚未施行",
}


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which a text is in force: first and last day, both included.

    `start` None: the text bears no day of issue; `not_before` is then the first day of the year its document number
    names, which bounds the unknown day without inventing it. `end` None: the text states no last day.
    A `draft` is in force on no day. `article` is the one that says so, `note` what the reader should know.
    """

    start: date | None
    end: date | None
    article: str
    note: str = ""
    not_before: date | None = None
    draft: bool = False

    @property
    def first_day(self) -> date:
        """The first day on which the text can have been in force."""
        return self.start or self.not_before or date.min

    @property
    def last_day(self) -> date:
        """The last day in force; the end of time where none is stated."""
        return self.end or date.max

    def status(self, on: date) -> Status:
        """Say where the text stands on a day."""
        if self.draft:
            return "draft"
        if on < self.first_day:
            return "not_yet_in_force"
        if on > self.last_day:
            return "lapsed"
        return "in_force"

    def overlaps(self, other: Period) -> bool:
        """Tell whether two texts would be in force on one day. A draft overlaps nothing."""
        if self.draft or other.draft:
            return False
        return self.first_day <= other.last_day and other.first_day <= self.last_day

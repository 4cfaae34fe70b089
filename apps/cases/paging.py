"""Pages of long lists: the next page is known by reading one row more, and no count goes past a cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE_SIZE = 25
MOST_PAGES = 400
COUNT_CAP = 1000


@dataclass(frozen=True)
class Page:
    """One page of a list; ``total`` is None where it was not counted, and capped where there is more."""

    rows: list[Any]
    number: int
    has_next: bool
    total: int | None = None
    total_capped: bool = False

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def page_number(text: str | None) -> int:
    """The page asked for in the address, between 1 and MOST_PAGES; anything that is no number is the first."""
    return min(max(int(text), 1), MOST_PAGES) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1


def capped_page(found: QuerySet[Any], asked: str | None) -> Page:
    """One page of ``found``, already sorted. Two queries at most; the count stops at COUNT_CAP."""
    number = page_number(asked)
    offset = (number - 1) * PAGE_SIZE
    rows = list(found[offset : offset + PAGE_SIZE + 1])
    total, capped = capped_count(found, offset, len(rows))
    return Page(rows[:PAGE_SIZE], number, len(rows) > PAGE_SIZE and number < MOST_PAGES, total, capped)


def capped_count(found: QuerySet[Any], offset: int, shown: int) -> tuple[int, bool]:
    """How many rows there are and whether there are more; no query where the page itself tells."""
    if 0 < shown <= PAGE_SIZE or (shown == 0 and offset == 0):
        return offset + shown, False
    counted = found.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(counted, COUNT_CAP), counted > COUNT_CAP

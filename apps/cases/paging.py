"""Pages of long lists: the next page is known by reading one row more, and no count goes past a cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE_SIZE = 25
MOST_PAGES = 400
COUNT_CAP = 300


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


def capped_page(found: QuerySet[Any], asked: str | None, *, searched: bool = False) -> Page:
    """One page of ``found``, already sorted. Two queries at most; the count stops at COUNT_CAP.

    What a ``searched`` text leaves is not counted past the page, for every row counted would have to be looked at; and
    its keys are picked first, so that an index that holds the searched columns suffices to look through.
    """
    number = page_number(asked)
    offset = (number - 1) * PAGE_SIZE
    wanted = slice(offset, offset + PAGE_SIZE + 1)
    rows = list(found.filter(pk__in=list(found.values_list("pk", flat=True)[wanted])) if searched else found[wanted])
    total, capped = capped_count(found, offset, len(rows), searched=searched)
    return Page(rows[:PAGE_SIZE], number, len(rows) > PAGE_SIZE and number < MOST_PAGES, total, capped)


def keyed_page(found: QuerySet[Any], asked: str | None) -> Page:
    """As :func:`capped_page`, for rows that are wide or joined: only keys are sorted and counted. Two queries.

    ``found`` holds model instances, each once.
    """
    number = page_number(asked)
    offset = (number - 1) * PAGE_SIZE
    cap = max(COUNT_CAP, offset + PAGE_SIZE + 1)
    keys = list(found.values_list("pk", flat=True)[: cap + 1])
    shown = keys[offset : offset + PAGE_SIZE]
    rows = list(found.filter(pk__in=shown)) if shown else []
    has_next = len(keys) > offset + PAGE_SIZE and number < MOST_PAGES
    return Page(rows, number, has_next, min(len(keys), cap), len(keys) > cap)


def capped_count(found: QuerySet[Any], offset: int, shown: int, *, searched: bool = False) -> tuple[int | None, bool]:
    """How many rows there are, up to COUNT_CAP, and whether there are more; no query where the page itself tells.

    None where it does not tell and the rows are what a ``searched`` text leaves. Keys are fetched and not counted by
    the database because COUNT would drop the order, and with it the index that the page has just been read off.
    """
    if 0 < shown <= PAGE_SIZE or (shown == 0 and offset == 0):
        return offset + shown, False
    if searched:
        return None, False
    cap = max(COUNT_CAP, offset + shown)
    counted = len(found.values_list("pk", flat=True)[: cap + 1])
    return min(counted, cap), counted > cap

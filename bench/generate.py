"""Make many cases fast: the road to recognition, or the life of bases after it, in every state, with chained acts.

    DATA_DIR=/tmp/bench DJANGO_SETTINGS_MODULE=bench.settings .venv/bin/python -m bench.generate --size 100000

Rows go in by the ORM in chunks with the append-only triggers standing; every case comes to its state by the steps of
its workflow's table as its jurisdiction's road has them. Give it a database of its own: the rows are invented.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import os
import time
from collections.abc import Callable
from typing import Any

import django


def main() -> None:
    """Migrate the database the settings name and fill it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", choices=("road", "life", "money"), default="road", help="cases, bases or awards")
    parser.add_argument(
        "--size", type=int, default=1000, help="how many cases of the road, bases with their life, or awards"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    worlds = {"road": fill, "life": fill_bases, "money": fill_money}
    for line in worlds[options.world](options.size):
        print(line, flush=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # what autovacuum does in service, at once


def fill(cases: int) -> list[str]:
    """Fill the migrated database with ``cases`` cases; what was made, and how long it took, as lines to print."""
    return _told("cases", cases, _populate)


def fill_bases(bases: int) -> list[str]:
    """Fill it with one authority's ``bases`` bases and their plans, projects, inspections and rectifications."""
    return _told("bases", bases, _populate_bases)


def fill_money(awards: int) -> list[str]:
    """Fill it with one cycle of ``awards`` awards, each of a base of its own."""
    return _told("awards", awards, _populate_money)


def _told(what: str, size: int, populate: Any) -> list[str]:
    from django_scopes import scopes_disabled

    from bench.writer import Writer

    started = time.perf_counter()
    gc.disable()
    with scopes_disabled():
        writer = Writer()
        finish = populate(writer, size)
        made = writer.close()
        if finish:
            finish()
    gc.enable()
    elapsed = time.perf_counter() - started
    rows = "，".join(f"{name} {count:,}" for name, count in made.items())
    return [f"{size:,} {what} in {elapsed:.1f} s ({size / elapsed:,.0f} a second)", rows]


def _populate(writer: Any, cases: int) -> None:
    from django.utils import timezone

    from bench import world
    from bench.stories import Stories

    seats, institutions = world.build(cases)
    stories = Stories(writer, seats, institutions)
    now = timezone.now()
    span = dt.timedelta(days=900)
    for number in range(cases):
        stories.tell(number, cases, now - span * ((cases - number) / cases))
        writer.flush_when_full()


def _populate_bases(writer: Any, bases: int) -> Callable[[], None]:
    from bench import world
    from bench.life import Life

    return _tell(Life(writer, *world.build_supervised(bases)), writer, bases)


def _populate_money(writer: Any, awards: int) -> Callable[[], None]:
    from bench import world
    from bench.money import Money

    return _tell(Money(writer, *world.build_funded(awards)), writer, awards)


def _tell(life: Any, writer: Any, bases: int) -> Callable[[], None]:
    for number in range(bases):
        life.tell_base(number)
        writer.flush_when_full()
    finish: Callable[[], None] = life.finish
    return finish


if __name__ == "__main__":
    main()

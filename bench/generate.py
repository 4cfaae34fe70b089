"""Make many cases fast: rounds, applications and public notices in every state, with chained acts that verify.

    DATA_DIR=/tmp/bench DJANGO_SETTINGS_MODULE=bench.settings .venv/bin/python -m bench.generate --cases 100000

Rows go in by the ORM in chunks with the append-only triggers standing; every case comes to its state by the steps of
its workflow's table as its jurisdiction's road has them. Give it a database of its own: the rows are invented.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import os
import time
from typing import Any

import django


def main() -> None:
    """Migrate the database the settings name and fill it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    for line in fill(options.cases):
        print(line, flush=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # what autovacuum does in service, at once


def fill(cases: int) -> list[str]:
    """Fill the migrated database with ``cases`` cases; what was made, and how long it took, as lines to print."""
    from django_scopes import scopes_disabled

    from bench.writer import Writer

    started = time.perf_counter()
    gc.disable()
    with scopes_disabled():
        writer = Writer()
        _populate(writer, cases)
        made = writer.close()
    gc.enable()
    elapsed = time.perf_counter() - started
    rows = "，".join(f"{name} {count:,}" for name, count in made.items())
    return [f"{cases:,} cases in {elapsed:.1f} s ({cases / elapsed:,.0f} a second)", rows]


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


if __name__ == "__main__":
    main()

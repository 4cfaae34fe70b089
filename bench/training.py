"""Training records at full size: the statistics of millions, and a list of a hundred thousand imported.

Usage: python bench/training.py [--records 10_000_000] [--bases 5000] [--import-rows 100_000] --postgres NAME [--keep]

Makes the database NAME on the local PostgreSQL (it must not exist), generates the records inside it, has the totals
counted, and compares the page's figures with a count of every record. Prints seconds and their ratio; exits with 1 where
the figures differ or take longer than a second. The database is dropped at the end unless ``--keep`` is given.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MOST_SECONDS = 1.0
MOST_IMPORT_SECONDS = 60.0
YEARS = (2022, 2026)
PROJECTS_A_YEAR = 2
GENERATED = """
INSERT INTO plans_traineerecord (jurisdiction_id, base_id, year, project_id, name, identity_kind, identity_sealed,
    identity_key, identity_masked, employer, subject_kind, value_tenths, outcome, certificate_number, certificate_code,
    created_at)
SELECT 'zibo', base, year, project, '学员' || made, 'resident', 'x.' || md5(made::text),
    md5(base || ':' || made / %(projects)s) || md5(made / %(projects)s || 'b'), '370*************17',
    '单位' || made %% 5000, CASE WHEN made %% 3 = 0 THEN 'public' ELSE 'professional' END, made %% 240,
    CASE WHEN made %% 20 = 0 THEN 'failed' ELSE 'passed' END, '', '', now()
FROM generate_series(%(first)s, %(last)s) AS made JOIN bench_project ON place = made %% %(projects)s
"""


def main() -> None:
    """Generate, measure, compare, drop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--bases", type=int, default=5000)
    parser.add_argument("--import-rows", type=int, default=0)
    parser.add_argument("--postgres", required=True)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    make_database(options.postgres)
    try:
        fit = measure(options)
    finally:
        if not options.keep:
            drop_database(options.postgres)
    raise SystemExit(0 if fit else 1)


def measure(options: argparse.Namespace) -> bool:
    """Run everything in the database made for it; whether all figures held."""
    os.environ["DATABASE_URL"] = f"postgres:///{options.postgres}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.core.management import call_command
    from django_scopes import scopes_disabled

    print("migrating", flush=True)
    call_command("migrate", verbosity=0)
    with scopes_disabled():
        world = World(options.bases)
        generate(world, options.records)
        print(f"{options.records:,} records of {options.bases:,} bases, {world.projects:,} projects")
        fit = compare(world)
        if options.import_rows:
            fit = import_list(world, options.import_rows) and fit
    return fit


class World:
    """An authority with its bases, each with two projects a year that the same people attend."""

    def __init__(self, bases: int) -> None:
        from django.db import connection

        from apps.bases.models import Base
        from apps.cases.models import Case
        from apps.plans.models import TrainingProject
        from tests.factories import Supervision, make_base
        from tests.plans.records.trainees import make_project

        self.people = Supervision("zibo")
        self.actor = self.people.office["officer"]
        self.project = make_project(self.people)
        first = make_base(
            self.people.authority, self.people.institution, self.people.unit, number="BENCH-0", status="withdrawn"
        )
        copies = [copy_of(first, number=f"BENCH-{number}", status="withdrawn") for number in range(1, bases)]
        keys = [first.pk, *(base.pk for base in Base.objects.bulk_create(copies, batch_size=1000))]
        years = range(YEARS[0], YEARS[1] + 1)
        held = [(base, year) for base in keys for year in years for _ in range(PROJECTS_A_YEAR)]
        cases = [
            copy_of(self.project.case, number=f"BENCH-{place}", base_id=base) for place, (base, _) in enumerate(held)
        ]
        made = Case.objects.bulk_create(cases, batch_size=1000)
        projects = [
            copy_of(self.project, case_id=case.pk, base_id=base, year=year)
            for case, (base, year) in zip(made, held, strict=True)
        ]
        TrainingProject.objects.bulk_create(projects, batch_size=1000)
        self.projects = len(made)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_project (place int PRIMARY KEY, base bigint, year int, project bigint)")
            rows = ((place, base, year, made[place].pk) for place, (base, year) in enumerate(held))
            lines = "".join("\t".join(map(str, row)) + "\n" for row in rows)
            cursor.copy_expert("COPY bench_project FROM STDIN", io.StringIO(lines))


def copy_of(row: Any, **changed: Any) -> Any:
    """An unsaved copy of ``row`` with some values changed."""
    fields = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{name: getattr(row, name) for name in fields} | changed)


def generate(world: World, records: int) -> None:
    """Insert the records inside the database, a million at a time, and have the totals counted from them."""
    from django.db import connection

    from apps.plans.services import totals

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # the keys come from our own table
            for first in range(0, records, 1_000_000):
                last = min(first + 1_000_000, records) - 1
                cursor.execute(GENERATED, {"first": first, "last": last, "projects": world.projects})
            cursor.execute("SET session_replication_role = origin")

    seconds("generate", insert)
    seconds("count totals", totals.repair)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def compare(world: World) -> bool:
    """The page's figures against a count of every record, in time and in value."""
    from django.db import connection

    from apps.plans.services import statistics, totals

    def page() -> list[Any]:
        found = statistics.totals_for(world.actor, {})
        lines = statistics.by_year(found)
        statistics.by_managing_unit(found)
        list(statistics.by_base(found)[:26])
        statistics.years_of(world.actor), statistics.managing_units(world.actor)
        return lines

    def recount() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT year, count(*), count(DISTINCT (base_id, identity_key)) FROM plans_traineerecord"
                " GROUP BY year ORDER BY year DESC"
            )
            return list(cursor.fetchall())

    page()
    lines, fast = seconds("statistics page, from totals", page)
    counted, slow = seconds("the same, counted from records", recount)
    shown = [(line.label, line.figures["attendances"], line.figures["persons"]) for line in lines]
    equal = shown == [(f"{year} 年度", attendances, persons) for year, attendances, persons in counted]
    print(f"ratio 1 : {slow / fast:,.0f}; figures {'equal' if equal else 'DIFFER'}")
    differing, _ = seconds("manage.py training recount", totals.differences)
    print(f"differences: {len(differing)}")
    return equal and not differing and fast < MOST_SECONDS


def import_list(world: World, rows: int) -> bool:
    """A list of ``rows`` people as .xlsx, from upload to totals."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from apps.plans.services import imports
    from tests.plans.records.trainees import cells, workbook

    content = workbook([cells(number) for number in range(rows)])
    print(f"list of {rows:,} rows, {len(content) / 1_000_000:.1f} MB")

    def run() -> Any:
        found, _ = imports.upload(world.project.case, world.people.editor, SimpleUploadedFile("a.xlsx", content))
        imports.run(found.pk)
        found.refresh_from_db()
        return found

    found, took = seconds("import", run)
    print(f"{found.state}: {found.added:,} added, {rows / took:,.0f} rows a second")
    return found.added == rows and took < MOST_IMPORT_SECONDS


def seconds(what: str, step: Callable[[], Any]) -> tuple[Any, float]:
    """Run ``step``, say how long it took, and return its answer with the seconds."""
    begun = time.perf_counter()
    answer = step()
    took = time.perf_counter() - begun
    print(f"{what}: {took:.3f} s", flush=True)
    return answer, took


def make_database(name: str) -> None:
    """Create the database. Raises where it is there already."""
    _administer(f'CREATE DATABASE "{name}"')


def drop_database(name: str) -> None:
    """Drop what :func:`make_database` created."""
    from django.db import connections

    connections.close_all()
    _administer(f'DROP DATABASE "{name}"')


def _administer(statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


if __name__ == "__main__":
    main()

"""Measure the pages of the portal at two sizes against a bare page: queries, times, ratio, growth.

    .venv/bin/python -m bench.pages [--world road|life|money] [--sizes 1000,100000] [--runs 40] [--postgres bench_portal] [--check] [--json]

The world ``road`` are cases on the road to recognition (dashboard, queues, case page, register), ``life`` are bases of
one authority after it (plans, projects, inspections, rectifications), ``money`` are awards of one cycle; a size is a number of cases, bases or awards. Each size has a database and a process of its own; both are asked in turn, floor and pages mixed, so that a noisy
machine troubles them alike. The floor is a bare Django view that runs one indexed query and renders 25 rows in the
portal's base template, behind the same middleware with the same session; ``barest`` leaves the base template out.
Without --postgres the databases are SQLite files; with it, NAME_SIZE databases of the local PostgreSQL server.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MOST_QUERIES = 12
MOST_OVER_FLOOR = 2.0
MOST_GROWTH = 1.3
WARM_UP = 5
SIZES = {"road": "1000,100000", "life": "400,5000", "money": "1000,10000"}
COUNTED = {"road": "cases", "life": "bases", "money": "awards"}


@dataclass(frozen=True)
class Size:
    """One database of that many cases or bases and the process that asks its pages."""

    cases: int
    process: subprocess.Popen[str]

    def answer(self, question: str) -> Any:
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def main() -> None:
    """Make the databases where they are missing, measure, print, and exit 1 with --check when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=SIZES, default="road")
    parser.add_argument("--sizes", default="", help="numbers of cases or bases, smallest first")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--postgres", default="", metavar="NAME", help="database name prefix on the local server")
    parser.add_argument("--data", default="", metavar="DIR", help="keep the databases here and use them again")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--cpu", action="store_true", help="processor time of the portal instead of elapsed time")
    options = parser.parse_args()
    sizes = [int(size) for size in (options.sizes or SIZES[options.world]).split(",")]
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as temporary:
        places = [environment(Path(options.data or temporary), options.world, size, options.postgres) for size in sizes]
        for size, place in zip(sizes, places, strict=True):
            prepare(options.world, size, place, options.postgres)
        rows = measure(options.world, sizes, places, options.runs, "cpu" if options.cpu else "round")
    print(
        json.dumps(rows, ensure_ascii=False, indent=1)
        if options.json
        else table(rows, options.world, sizes, options.postgres)
    )
    missed = [line for row in rows for line in row["missed"]]
    if options.check and missed:
        sys.exit("\n".join(["", "Goals missed:", *missed]))


def environment(root: Path, world: str, size: int, postgres: str) -> dict[str, str]:
    """The environment of a size's processes: its data directory, its database, the benchmark's settings."""
    place = root / f"{postgres or 'sqlite'}-{world}-{size}"
    place.mkdir(parents=True, exist_ok=True)
    database = (
        f"postgres:///{database_name(postgres, world, size)}" if postgres else f"sqlite:///{place / 'portal.sqlite3'}"
    )
    own = {"DATA_DIR": str(place), "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    return {**os.environ, **own, "REDIS_URL": ""}


def database_name(prefix: str, world: str, size: int) -> str:
    return f"{prefix}_{world}_{size}"


def prepare(world: str, size: int, place: dict[str, str], postgres: str) -> None:
    """Create and fill the database, unless an earlier run has."""
    done = Path(place["DATA_DIR"]) / "filled"
    if done.exists():
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, cwd=ROOT, env=place, check=True, stdout=sys.stderr)
        return
    if postgres:
        name = database_name(postgres, world, size)
        for statement in (f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"'):
            subprocess.run(["psql", "-qX", "-d", "postgres", "-c", statement], check=True)
    command = [sys.executable, "-m", "bench.generate", "--world", world, "--size", str(size)]
    subprocess.run(command, cwd=ROOT, env=place, check=True, stdout=sys.stderr)
    done.touch()


def measure(
    world: str, sizes: list[int], places: list[dict[str, str]], runs: int, question: str
) -> list[dict[str, Any]]:
    """One row per page with the figures of every size."""
    command = [sys.executable, "-m", "bench.measured", world]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    asked = [
        Size(size, subprocess.Popen(command, cwd=ROOT, env=place, **pipes))
        for size, place in zip(sizes, places, strict=True)
    ]
    try:
        counted = {one.cases: {row["name"]: row for row in one.answer("count")} for one in asked}
        rounds: dict[int, list[dict[str, float]]] = {one.cases: [] for one in asked}
        for number in range(WARM_UP + runs):
            for one in asked:
                taken = one.answer(question)
                if number >= WARM_UP:
                    rounds[one.cases].append(taken)
    finally:
        for one in asked:
            one.process.stdin.close()
            one.process.wait()
    return [described(name, counted, rounds) for name in counted[sizes[0]]]


def described(
    name: str, counted: dict[int, dict[str, Any]], rounds: dict[int, list[dict[str, float]]]
) -> dict[str, Any]:
    """A page's figures: milliseconds, queries and rows per size, ratios to the floor, growth, goals missed."""
    floor = next(iter(counted.values()))[name]["floor"]
    sizes = []
    for cases, taken in rounds.items():
        times = [one[name] * 1000 for one in taken]
        figures = {
            "cases": cases,
            "queries": counted[cases][name]["queries"],
            "rows": counted[cases][name]["rows"],
            "bytes": counted[cases][name]["bytes"],
            "median_ms": statistics.median(times),
            "p95_ms": statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
        }
        if floor:
            for kind in ("floor", "barest"):
                figures[f"to_{kind}"] = figures["median_ms"] / (
                    statistics.median(one[f"{kind}: {floor}"] for one in taken) * 1000
                )
        sizes.append(figures)
    growth = sizes[-1]["median_ms"] / sizes[0]["median_ms"]
    return {"page": name, "sizes": sizes, "growth": growth, "missed": missed_goals(name, sizes, growth, bool(floor))}


def missed_goals(name: str, sizes: list[dict[str, Any]], growth: float, judged: bool) -> list[str]:
    """What the page misses of the goals, in words; the floors are not judged."""
    if not judged:
        return []
    found = []
    if max(one["queries"] for one in sizes) > MOST_QUERIES:
        found.append(f"{name}: more than {MOST_QUERIES} queries")
    if len({one["queries"] for one in sizes}) > 1:
        found.append(f"{name}: the number of queries is not constant")
    found += [
        f"{name}: {one['to_floor']:.2f} times the floor at {one['cases']:,} cases"
        for one in sizes
        if one["to_floor"] > MOST_OVER_FLOOR
    ]
    if growth > MOST_GROWTH:
        found.append(f"{name}: grows by {growth:.2f}")
    return found


def table(rows: list[dict[str, Any]], world: str, sizes: list[int], postgres: str) -> str:
    """The figures as text; each column lists the sizes in order."""
    lines = [
        f"Pages at {' and '.join(f'{size:,}' for size in sizes)} {COUNTED[world]} on {'PostgreSQL' if postgres else 'SQLite'}",
        "floor: one indexed query, 25 rows in the portal's base template; barest: without the base template;",
        "both behind the same middleware with the same session. Figures of the sizes in order, times in ms.",
        "",
        f"{'page':40}{'queries':>9}{'rows':>10}{'median':>16}{'95th':>16}{'to floor':>14}{'to barest':>14}{'growth':>8}",
    ]
    for row in rows:
        cells = {
            key: " ".join(f"{one[key]:{form}}" for one in row["sizes"] if key in one)
            for key, form in (
                ("queries", "d"), ("rows", "d"), ("median_ms", ".1f"), ("p95_ms", ".1f"), ("to_floor", ".2f"),
                ("to_barest", ".2f"),
            )
        }  # fmt: skip
        lines.append(
            f"{row['page']:40}{cells['queries']:>9}{cells['rows']:>10}{cells['median_ms']:>16}{cells['p95_ms']:>16}"
            f"{cells['to_floor']:>14}{cells['to_barest']:>14}{row['growth']:>8.2f}{'  !' if row['missed'] else ''}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()

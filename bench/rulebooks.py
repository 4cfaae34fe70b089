"""Measure bulk evaluation: applications a second on one core, and whether memory grows with the batch.

    .venv/bin/python bench/rulebooks.py [--applications 100000]

Both the Python answer and its JSON form are timed, per rulebook, with facts that differ from one to the next.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apps.jurisdictions.rulebooks import registry

ON = date(2026, 3, 2)
GOAL = 20_000


def applications(count: int) -> Iterator[dict[str, Any]]:
    """Yield applications that fill in every fact; counts vary so that conditions are met and missed in turn."""
    for number in range(count):
        yield {
            "institution_type": "enterprise" if number % 5 == 0 else "university",
            "enterprise_scale": "small" if number % 2 else "large",
            "base_level": "provincial",
            "independent_legal_person": number % 7 != 0,
            "registered_division": "510104",
            "training_qualification": True,
            "full_time_teachers": number % 20,
            "part_time_teachers": number % 40,
            "policy_research_staff": number % 4,
            "online_teaching_staff": number % 3,
            "faculty_conduct_pledge": True,
            "management_body": True,
            "full_time_managers": number % 3,
            "part_time_managers": 1,
            "management_systems": ["teaching_organization", "trainee_assessment", "training_registration", "logistics"],
            "matching_funds_fen": number * 1000,
            "fixed_classrooms": number % 6,
            "teaching_equipment": True,
            "library_materials": True,
            "specialised_field": number % 2 == 0,
            "practice_site": "partner",
            "remote_equipment": True,
            "training_platform": "planned" if number % 3 == 0 else "running",
            "online_interaction": True,
            "annual_trainees": number % 4000,
            "annual_attendances": number % 3000,
            "training_projects_held": number % 50,
            "credit_violations": 0,
            "training_violations": number % 2,
            "prior_fraud": [{"jurisdiction": "sichuan", "date": "2024-05-06"}] if number % 9 == 0 else [],
            "prior_revocations": [],
            "existing_bases": [{"level": "municipal", "division": "510100"}],
            "knowledge_renewal_years": number % 6,
        }


def rate(rulebook: Any, facts: list[dict[str, Any]], *, as_json: bool) -> float:
    """Return applications a second."""
    began = time.perf_counter()
    for evaluation in registry.evaluate_many(rulebook, facts, ON):
        if as_json:
            evaluation.as_dict()
    return len(facts) / (time.perf_counter() - began)


def peak_memory(rulebook: Any, count: int) -> int:
    """Return the peak of traced memory in bytes while a generated batch of that size is evaluated."""
    tracemalloc.start()
    for _ in registry.evaluate_many(rulebook, applications(count), ON):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def main() -> int:
    """Print the figures; exit 1 if a rulebook misses the goal or memory grows with the batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=40_000)
    count = parser.parse_args().applications
    facts = list(applications(count))
    missed = False
    for rulebook in registry.all():
        next(registry.evaluate_many(rulebook, facts, ON))
        plain, as_json = rate(rulebook, facts, as_json=False), rate(rulebook, facts, as_json=True)
        small, large = peak_memory(rulebook, 1_000), peak_memory(rulebook, 10_000)
        missed = missed or plain < GOAL or large > 2 * small
        print(
            f"{rulebook.key:14} {plain:9,.0f}/s, as JSON {as_json:9,.0f}/s, "
            f"peak memory {small / 1024:5.0f} KiB at 1,000 and {large / 1024:5.0f} KiB at 10,000"
        )
    print("goal missed" if missed else f"goal of {GOAL:,}/s met")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

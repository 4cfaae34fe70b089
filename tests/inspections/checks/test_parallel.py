"""One entry sent eight times at once, and two workers that open the same inspections."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from apps.cases import outbox
from apps.cases.models import Case
from apps.inspections.models import Campaign, VisitEntry
from apps.inspections.services import inspections, launches, visits
from apps.jurisdictions.rulebooks import registry
from tests.factories import Supervision, make_base
from tests.inspections.checks.building import inspection_of, launched

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections (PostgreSQL)"),
]


def at_once(workers: int, work: Callable[[], object]) -> list[object]:
    """Run ``work`` in threads that start together; what each of them returned."""
    barrier = Barrier(workers)

    def run(number: int) -> object:
        try:
            with scope(jurisdiction=registry.jurisdictions()):
                barrier.wait()
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


def test_an_entry_sent_eight_times_at_once_arrives_once():
    world = Supervision("zibo")
    inspection = inspection_of(launched(world, self_due_on=None))
    inspections.start_visit(inspection.case, world.unit_officer, visit_on=timezone.localdate(), visitors="一组")
    note = visits.Note(uuid.uuid4(), "funds", "meets", "账目清楚")

    def send() -> int:
        return visits.record_entry(Case.objects.get(pk=inspection.pk), world.unit_officer, note).pk

    found = at_once(8, send)
    assert found == [VisitEntry.objects.get().pk] * 8
    assert inspection.case.acts.filter(name="record_visit").count() == 1


def test_two_workers_open_each_inspection_once(monkeypatch):
    monkeypatch.setattr(launches, "AT_ONCE", 0)
    world = Supervision("zibo")
    for _ in range(5):
        make_base(world.authority, managing_unit=world.unit)
    with outbox.left_to_the_beat():
        campaign = launched(world)
    opened = at_once(
        2, lambda: launches.open_batch(Campaign.objects.select_related("case", "organiser").get(pk=campaign.pk))
    )
    assert sum(opened) == campaign.inspections.count() == 6

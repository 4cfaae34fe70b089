"""Parallel connections on PostgreSQL: a sheet is handed in once, and two experts do not lose each other's."""

import threading
from collections import Counter

import pytest
from django.db import connection, connections
from django_scopes import scope

from apps.cases.models import Act, Case
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.apps import sync_jurisdictions
from apps.panels.models import PanelMember, Score, ScoreSheet
from apps.panels.services import scoring, seating
from tests.factories import AuthorityFactory
from tests.panels.factories import DRAFT, Stage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections (PostgreSQL)"),
]


@pytest.fixture
def stage():
    sync_jurisdictions("default")
    return Stage(AuthorityFactory(), experts=3)


def at_once(*calls) -> Counter:
    """Run the calls in threads that start together; count what came of them by class name."""
    outcomes: Counter[str] = Counter()
    barrier = threading.Barrier(len(calls))

    def run(call) -> None:
        try:
            with scope(jurisdiction=("zibo",)):
                barrier.wait()
                call()
            outcomes["done"] += 1
        except WorkflowError as error:
            outcomes[type(error).__name__] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_sheet_sent_ten_times_at_once_counts_once(stage):
    stage.scoring()
    actor = stage.actor(0)
    scoring.save_draft(stage.case, actor, stage.subject, DRAFT, 0)
    case = stage.case.pk
    outcomes = at_once(
        *[lambda: scoring.submit_scores(Case.objects.get(pk=case), actor, stage.subject) for _ in range(10)]
    )
    assert outcomes == {"done": 1, "Blocked": 9}
    assert Act.objects.filter(case_id=case, name="submit_scores").count() == 1
    assert Score.objects.count() == 3


def test_experts_who_hand_in_at_the_same_moment_all_count(stage):
    stage.scoring()
    actors = [stage.actor(position) for position in range(3)]
    for actor in actors:
        scoring.save_draft(stage.case, actor, stage.subject, DRAFT, 0)
    case = stage.case.pk
    outcomes = at_once(
        *[
            lambda actor=actor: scoring.submit_scores(Case.objects.get(pk=case), actor, stage.subject)
            for actor in actors
        ]
    )
    assert outcomes == {"done": 3}
    assert ScoreSheet.objects.filter(submitted_at__isnull=False).count() == 3
    assert Score.objects.count() == 9


def test_two_officers_drawing_at_once_do_not_overfill_the_seats(stage):
    case = stage.case.pk
    outcomes = at_once(*[lambda: seating.draw(Case.objects.get(pk=case), stage.officer, 3) for _ in range(2)])
    assert outcomes == {"done": 1, "Blocked": 1}
    assert PanelMember.objects.filter(panel_id=case).count() == 3

"""Several people, and the clock, at the same plan at once: one plan, nothing lost. Real connections only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django_scopes import scope

from apps.cases.models import Case
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks import registry
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_submission
from apps.plans.services.opening import _open_once, open_plan
from apps.plans.services.plan_forms import PlanConflict, save_part
from tests.plans.annual.helpers import YEAR, drafted, supervision

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections"),
    pytest.mark.usefixtures("november"),
]
PEOPLE = 8


def at_once(job):
    """Run ``job(i)`` in PEOPLE threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(PEOPLE)

    def run(index):
        try:
            with scope(jurisdiction=registry.jurisdictions()):
                barrier.wait(timeout=60)
                return job(index)
        except Exception as error:  # the outcome is what the test looks at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(run, range(PEOPLE)))


def test_one_plan_is_opened_by_many_at_once():
    people = supervision("zibo")
    actors = [people.editor, people.head, None]
    outcomes = at_once(lambda index: _open_once(people.base, YEAR, actors[index % 3]))
    assert {outcome.pk for outcome in outcomes} == {AnnualPlan.objects.get().pk}
    assert Case.objects.filter(kind="annual_plan").count() == 1


def test_of_many_writers_with_one_version_one_is_kept_and_the_others_are_told():
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    outcomes = at_once(lambda index: save_part(plan, {"outline": f"第{index}稿"}, 0, people.editor))
    kept = [outcome for outcome in outcomes if isinstance(outcome, AnnualPlan)]
    assert len(kept) == 1
    assert sum(isinstance(outcome, PlanConflict) for outcome in outcomes) == PEOPLE - 1
    plan.refresh_from_db()
    assert (plan.data, plan.data_version) == (kept[0].data, 1)


def test_a_plan_sent_many_times_at_once_is_sent_once():
    people = supervision("zibo")
    plan = drafted(people)
    outcomes = at_once(lambda index: plan_submission.submit(Case.objects.get(pk=plan.pk), people.head))
    assert sum(isinstance(outcome, WorkflowError) for outcome in outcomes) == PEOPLE - 1
    case = Case.objects.get(pk=plan.pk)
    assert (case.state, case.acts.filter(name="submit").count(), plan.projects.count()) == ("unit_review", 1, 1)

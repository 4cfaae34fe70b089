"""Two writers, two starters and two heads at once, on real parallel connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django_scopes import scope

from apps.accounts.enums import Role
from apps.applications.models import Application
from apps.applications.services import filling, submission
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks import registry
from tests.applications.form.building import Applicant
from tests.factories import InstitutionFactory, member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections (PostgreSQL)"),
]
WRITERS = 8


def at_once(work: Callable[[int], object]) -> list[str]:
    """Run ``work`` in WRITERS threads that start together; the outcome of each by name."""
    barrier = Barrier(WRITERS)

    def run(number: int) -> str:
        try:
            with scope(jurisdiction=registry.jurisdictions()):
                barrier.wait()
                work(number)
            return "done"
        except (filling.SectionConflict, WorkflowError) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return sorted(pool.map(run, range(WRITERS)))


def test_of_writers_at_one_version_exactly_one_saves():
    applicant = Applicant("zibo")
    applicant.save("plan", {"goals": "原来的"})

    def write(number: int) -> None:
        application = Application.objects.select_related("case", "round").get(pk=applicant.application.pk)
        filling.save_section(application, "plan", {"goals": f"第{number}人"}, 1, applicant.editor)

    assert at_once(write) == ["SectionConflict"] * (WRITERS - 1) + ["done"]
    assert filling.load_form(applicant.application).version("plan") == 2


def test_colleagues_who_start_at_once_share_one_application():
    applicant = Applicant("zibo")
    editor = member(InstitutionFactory(), Role.INSTITUTION_EDITOR)
    assert at_once(lambda number: filling.start_application(applicant.round, editor)) == ["done"] * WRITERS
    assert Application.objects.filter(case__institution=editor.organisation).count() == 1


def test_simultaneous_submissions_have_one_effect():
    applicant = Applicant("zibo").complete()

    def send(number: int) -> None:
        submission.submit(applicant.case.__class__.objects.get(pk=applicant.case.pk), applicant.head)

    assert at_once(send) == ["WrongState"] * (WRITERS - 1) + ["done"]
    assert applicant.case.acts.filter(name="submit").count() == 1
    assert applicant.case.documents.count() == 1

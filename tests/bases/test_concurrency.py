"""Several people begin, file or confirm the same thing at once: one effect. Real connections, so PostgreSQL only."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401  read by the marker below
from django.utils import timezone

from apps.accounts.enums import Role
from apps.bases.models import Base, BaseEvent
from apps.bases.services import changes, managing_units, opening
from apps.cases.models import Act, Case, Document
from apps.cases.workflow import WorkflowError
from tests.bases.changing import NEW_NAME, reported
from tests.cases.test_concurrency import at_once
from tests.factories import DepartmentFactory, Supervision, member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]
PEOPLE = 8


def test_one_change_is_begun_however_many_press():
    s = Supervision("zibo")
    editors = [member(s.institution, Role.INSTITUTION_EDITOR) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: opening.start_change(s.base, editors[index]))
    assert sum(isinstance(outcome, Case) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WorkflowError) for outcome in outcomes) == PEOPLE - 1
    assert Case.objects.count() == 1


def test_one_filing_renames_the_base_once():
    s = Supervision("zibo", managed=False)
    case = reported(s)
    officers = [member(s.authority, Role.AUTHORITY_OFFICER) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: changes.file(Case.objects.get(pk=case.pk), officers[index]))
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == 1
    base = Base.objects.get()
    assert (base.institution_name, base.former_names) == (NEW_NAME, s.institution.name)
    assert Document.objects.filter(kind="change_receipt").count() == 1


def test_one_confirmation_of_a_unit_counts():
    s = Supervision("zibo")
    assignment = managing_units.propose(
        s.base, s.office["officer"], DepartmentFactory(), reason="改革", effective_on=timezone.localdate()
    )
    heads = [member(s.authority, Role.AUTHORITY_HEAD) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: managing_units.confirm(assignment, heads[index]))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert BaseEvent.objects.filter(kind="managing_unit").count() == 1

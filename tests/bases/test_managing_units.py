"""A base's managing unit by assignment: two people of the authority, and only a department that may recommend."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.bases.models import Base, BaseEvent, ManagingUnitAssignment
from apps.bases.services import changes, managing_units
from apps.cases import selectors
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from tests.bases.changing import reported
from tests.factories import DepartmentFactory, Supervision, member

pytestmark = pytest.mark.django_db


def proposed(s: Supervision, unit=None, actor=None) -> ManagingUnitAssignment:
    unit = unit or DepartmentFactory(jurisdiction_id=s.base.jurisdiction_id)
    return managing_units.propose(
        s.base, actor or s.office["officer"], unit, reason="机构改革", effective_on=timezone.localdate()
    )


def test_a_unit_counts_once_the_head_has_confirmed_it():
    s = Supervision("shanghai", managed=False)
    assignment = proposed(s)
    assert Base.objects.get().managing_unit is None
    managing_units.confirm(assignment, s.office["head"])
    base = Base.objects.get()
    assert (base.managing_unit, base.managing_unit_title) == (assignment.unit, "指导单位")
    assert BaseEvent.objects.get().label == "指导单位确定"
    with pytest.raises(WrongState):
        managing_units.decline(assignment, s.office["head"], "迟了")


def test_who_proposes_does_not_confirm_and_nobody_of_another_authority_does():
    s, foreign = Supervision("zibo"), Supervision("zibo")
    both = member(s.authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    assignment = proposed(s, actor=both)
    for actor in (both, foreign.office["head"], s.office["officer"]):
        with pytest.raises(NotPermitted):
            managing_units.confirm(assignment, actor)
    with pytest.raises(NotPermitted):
        proposed(s, actor=foreign.office["officer"])
    assert Base.objects.get(pk=s.base.pk).managing_unit == s.unit


@pytest.mark.parametrize("unfit", [{"jurisdiction_id": "weihai"}, {"recommender_types": []}, {"is_active": False}])
def test_only_a_department_of_the_jurisdiction_that_may_recommend(unfit):
    s = Supervision("zibo")
    with pytest.raises(Blocked) as blocked:
        proposed(s, DepartmentFactory(**unfit))
    assert blocked.value.problems[0].code == "unit_not_eligible"


def test_the_rank_the_text_asks_for_counts():
    s = Supervision("national")
    with pytest.raises(Blocked):
        proposed(s, DepartmentFactory(jurisdiction_id="national", rank="county"))
    assert proposed(s).unit.rank == "deputy_provincial"


def test_a_text_without_managing_units_assigns_none():
    s = Supervision("sichuan", managed=False, is_sandbox=True)
    with pytest.raises(Blocked) as blocked:
        proposed(s, DepartmentFactory(jurisdiction_id="sichuan"))
    assert blocked.value.problems[0].code == "no_managing_unit"


def test_one_proposal_waits_at_a_time_and_a_declined_one_makes_room():
    s = Supervision("zibo")
    first = proposed(s)
    with pytest.raises(Blocked) as blocked:
        proposed(s)
    assert blocked.value.problems[0].code == "already_proposed"
    managing_units.decline(first, s.office["head"], "部门职责不符")
    assert proposed(s).pk != first.pk


def test_a_running_case_goes_on_with_the_new_unit_and_the_old_one_only_reads():
    s = Supervision("zibo")
    case = reported(s)
    unit = DepartmentFactory()
    officer = member(unit, Role.DEPARTMENT_OFFICER)
    assert case not in selectors.visible_cases(officer)
    managing_units.confirm(proposed(s, unit), s.office["head"])
    case.refresh_from_db()
    assert case.turn_organisation == unit
    assert case in selectors.visible_cases(s.unit_officer)
    with pytest.raises(NotPermitted):
        changes.file_at_unit(case, s.unit_officer)
    changes.file_at_unit(case, officer)
    assert case.state == "reported"


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
def test_absurd_days_are_refused(day):
    s = Supervision("zibo")
    with pytest.raises(Blocked):
        managing_units.propose(s.base, s.office["officer"], DepartmentFactory(), reason="理由", effective_on=day)

"""perform(): one act per step, refused steps leave nothing."""

import pytest

from apps.accounts.enums import Role
from apps.applications.models import Round
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import may, perform, steps_for
from tests.factories import AuthorityFactory, make_round, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


@pytest.fixture
def draft(authority) -> Round:
    return make_round(authority, state="draft", officer=member(authority, Role.AUTHORITY_OFFICER))


def test_step_moves_the_case_and_records_who_for_whom(authority, draft):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    act = perform(draft.case, "propose", officer)
    assert draft.case.state == "proposed"
    assert (act.seq, act.from_state, act.to_state) == (2, "draft", "proposed")
    assert (act.actor, act.organisation) == (officer.user, authority)
    assert draft.case.act_count == 2
    assert draft.case.tail_hash == act.hash


def test_step_from_another_state_is_refused_and_leaves_nothing(authority, draft):
    head = member(authority, Role.AUTHORITY_HEAD)
    with pytest.raises(WrongState) as refused:
        perform(draft.case, "publish", head)
    assert refused.value.problems[0].message == "本件现为“草拟中”，不能办理“批准发布”。"
    assert Act.objects.filter(case=draft.case).count() == 1


def test_role_of_another_organisation_is_refused(draft):
    stranger = member(AuthorityFactory(), Role.AUTHORITY_OFFICER)
    with pytest.raises(NotPermitted):
        perform(draft.case, "propose", stranger)
    assert Case.objects.get(pk=draft.case_id).state == "draft"


def test_who_prepared_does_not_sign(authority, draft):
    both = member(authority, Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD)
    perform(draft.case, "propose", both)
    with pytest.raises(NotPermitted) as refused:
        perform(draft.case, "publish", both)
    assert refused.value.problems[0].code == "separation_of_duties"
    assert not may(draft.case, "publish", both)
    assert may(draft.case, "publish", member(authority, Role.AUTHORITY_HEAD))


def test_guard_names_what_is_missing(authority, draft):
    Round.objects.filter(pk=draft.pk).update(rubric=[])
    with pytest.raises(Blocked) as blocked:
        perform(Case.objects.get(pk=draft.case_id), "propose", member(authority, Role.AUTHORITY_OFFICER))
    assert [problem.code for problem in blocked.value.problems] == ["rubric_missing"]


def test_reason_is_asked_for_where_the_table_says_so(authority, draft):
    perform(draft.case, "propose", member(authority, Role.AUTHORITY_OFFICER))
    head = member(authority, Role.AUTHORITY_HEAD)
    with pytest.raises(Blocked) as blocked:
        perform(draft.case, "send_back", head, reason="  ")
    assert blocked.value.problems[0].code == "reason_missing"
    perform(draft.case, "send_back", head, reason="截止日期过早")
    assert draft.case.state == "draft"


def test_steps_on_offer_are_those_of_the_role_with_their_gaps(authority, draft):
    Round.objects.filter(pk=draft.pk).update(rubric=[])
    case = Case.objects.get(pk=draft.case_id)
    steps = steps_for(case, member(authority, Role.AUTHORITY_OFFICER))
    assert [(step.transition.name, step.ready) for step in steps] == [("edit", True), ("propose", False)]
    assert steps_for(case, member(authority, Role.AUTHORITY_HEAD)) == []


def test_change_that_fails_leaves_no_act(authority, draft):
    def fail(case, act):
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        perform(draft.case, "propose", member(authority, Role.AUTHORITY_OFFICER), change=fail)
    assert Case.objects.get(pk=draft.case_id).state == "draft"
    assert Act.objects.filter(case=draft.case).count() == 1

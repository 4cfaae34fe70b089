"""Random people take random steps on every road; whatever happens, the case stays what the table allows.

The tables below say again, apart from the workflow, who takes which step and which two steps need two people.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from itertools import pairwise
from random import Random

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import audit
from apps.cases.models import Act, Case, CaseParty, Document
from apps.cases.workflow import WorkflowError, workflow_for
from apps.cases.workflow.engine import perform, road_of
from tests.workflow.stage import ROADS, Stage

pytestmark = pytest.mark.django_db

OFFICER, REVIEWER, HEAD = Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD
WHO = {
    "open": {Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD},
    "submit": {Role.INSTITUTION_HEAD},
    "resubmit": {Role.INSTITUTION_HEAD},
    "withdraw": {Role.INSTITUTION_HEAD},
    "return_to_applicant": {Role.DEPARTMENT_OFFICER},
    "propose_opinion": {Role.DEPARTMENT_OFFICER},
    "send_back_opinion": {Role.DEPARTMENT_HEAD},
    "sign_agreement": {Role.DEPARTMENT_HEAD},
    "sign_disagreement": {Role.DEPARTMENT_HEAD},
    "record_material_check": {Role.SERVICE_ASSISTANT},
    "admit": {OFFICER},
    "request_correction": {OFFICER},
    "propose_refusal": {OFFICER},
    "send_back_refusal": {HEAD},
    "sign_refusal": {HEAD},
    "assign_panel": {OFFICER},
    "record_review_step": {OFFICER},
    "release_panel": {OFFICER},
    "conclude_review": {OFFICER},
    "publish_notice": {HEAD},
    "close_notice": {OFFICER},
    "prepare_decision": {OFFICER},
    "return_decision": {REVIEWER, HEAD},
    "review_decision": {REVIEWER},
    "sign_recognition": {HEAD},
    "sign_non_recognition": {HEAD},
    "announce": {HEAD},
    "file": {OFFICER},
}
BY_THE_CLOCK = {"lapse", "correction_expired"}
TWO_PEOPLE = [
    ("propose_opinion", "sign_agreement"),
    ("propose_opinion", "sign_disagreement"),
    ("propose_refusal", "sign_refusal"),
    ("prepare_decision", "review_decision"),
    ("prepare_decision", "sign_recognition"),
    ("prepare_decision", "sign_non_recognition"),
    ("review_decision", "sign_recognition"),
    ("review_decision", "sign_non_recognition"),
]
MOST_ATTEMPTS = 70
ATTEMPTS_AFTER_THE_END = 4
WALKS = 7


@pytest.mark.parametrize("road", ROADS)
def test_random_steps_never_leave_the_table(road: str, time_machine):
    time_machine.move_to("2026-03-16T10:00:00+08:00", tick=False)
    stage = Stage(ROADS[road], lambda instant: time_machine.move_to(instant, tick=False))
    reached: set[str] = set()

    @settings(
        max_examples=WALKS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(min_value=0, max_value=2**32))
    def walk(seed: int) -> None:
        time_machine.move_to("2026-03-16T10:00:00+08:00", tick=False)
        with transaction.atomic():
            reached.update(states_of_a_walk(stage, Random(seed)))
            transaction.set_rollback(True)
        stage.case.refresh_from_db()

    walk()
    assert "recognised" in reached
    assert reached & {"refused", "not_recognised", "declined", "withdrawn"}


def states_of_a_walk(stage: Stage, random: Random) -> set[str]:
    """Walk until some attempts after the end, checking after each; the states that were passed."""
    reached, left = set(), ATTEMPTS_AFTER_THE_END
    for _ in range(MOST_ATTEMPTS):
        before = fingerprint(stage.case)
        moved = wander(stage, random)
        check(stage.case, moved, before)
        reached.add(stage.case.state)
        left -= stage.case.closed_at is not None
        if not left:
            break
    return reached


def wander(stage: Stage, random: Random) -> bool:
    """Somebody attempts something: mostly a step the state has, by somebody who might; often neither. True: it went."""
    case = stage.case
    case.refresh_from_db()
    attempts, workflow = stage.attempts(), workflow_for(case.kind)
    here = [step for step in workflow.steps_from(case.state, case, road_of(case)) if step.name in attempts]
    kind = random.random()
    if kind < 0.2 or not here:
        return tried(
            lambda: perform(
                case, random.choice(sorted({*attempts, *BY_THE_CLOCK})), someone(stage, random), reason="理由"
            )
        )
    leaving = [step for step in here if step.target and step.name != "withdraw"]
    step = random.choice(leaving if leaving and kind < 0.85 else here)
    able = [one for one in stage.people if one.has(*step.by.roles)]
    actor = random.choice(able if able and kind < 0.75 else stage.people)
    return tried(lambda: attempts[step.name](case, actor, random.randrange(12)))


def someone(stage: Stage, random: Random) -> Actor | None:
    return random.choice([None, *stage.people])


def tried(attempt) -> bool:
    """Whether the attempt went through; a refusal leaves nothing behind."""
    with contextlib.suppress(WorkflowError, ObjectDoesNotExist), transaction.atomic():
        attempt()
        return True
    return False


def fingerprint(case: Case) -> tuple[str, int, int]:
    found = Case.objects.get(pk=case.pk)
    return found.state, found.version, Act.objects.filter(case=case).count()


def check(case: Case, moved: bool, before: tuple[str, int, int]) -> None:
    case.refresh_from_db()
    workflow = workflow_for(case.kind)
    if not moved:
        assert fingerprint(case) == before
        return
    assert before[0] not in workflow.final
    acts = list(Act.objects.filter(case=case).select_related("actor", "organisation").order_by("seq"))
    assert case.state in workflow.states
    assert case.act_count == len(acts) == acts[-1].seq
    assert case.state == acts[-1].to_state
    assert all(later.from_state == earlier.to_state for earlier, later in pairwise(acts))
    assert audit.verify_recent(1, case.number) == (1, [])
    check_turn(case)
    check_permissions(case, acts)
    check_numbers(case)


def check_turn(case: Case) -> None:
    closed = case.state in workflow_for(case.kind).final
    assert (case.closed_at is not None) == closed
    if case.turn_organisation_id is None:
        assert closed
    else:
        assert CaseParty.objects.get(case=case, organisation=case.turn_organisation).active


def check_permissions(case: Case, acts: list[Act]) -> None:
    done = defaultdict(set)
    for act in acts:
        if act.actor is None:
            assert act.name in BY_THE_CLOCK
            continue
        held = set(act.actor.memberships.filter(organisation=act.organisation).values_list("role", flat=True))
        assert held & WHO[act.name], f"{act.name} by {held}"
        assert CaseParty.objects.filter(case=case, organisation=act.organisation).exists()
        done[act.name].add(act.actor_id)
        for earlier, later in TWO_PEOPLE:
            assert act.name != later or act.actor_id not in done[earlier], f"{earlier} and {later} by one person"


def check_numbers(case: Case) -> None:
    """Every issuer's numbers of the year run 1, 2, 3 … without a gap or a double."""
    given_out = defaultdict(list)
    for issuer, number in Document.objects.exclude(number="").values_list("issuer", "number"):
        series, running = re.fullmatch(r"(.+)〔2026〕(\d+)号", number).groups()
        given_out[issuer, series].append(int(running))
    for numbers in given_out.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))

"""Two heads sign, two officers settle at once: one effect. Real connections, so PostgreSQL only."""

from __future__ import annotations

import pytest
from django.db import connection  # noqa: F401  read by the marker below

from apps.accounts.enums import Role
from apps.bases.models import BaseEvent, RegisterRecord
from apps.cases.models import Act, Case, Document
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import perform
from apps.inspections.models import Rectification, SettledCase
from apps.inspections.services import aftermath, rectifications, restorations, revocations
from tests.cases.test_concurrency import at_once
from tests.factories import member
from tests.inspections.sanctions import story
from tests.inspections.sanctions.story import DISORDER, fresh

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]
PEOPLE = 6


def counted(outcomes: list[object]) -> tuple[int, int]:
    done = sum(isinstance(outcome, Act | Rectification | restorations.Restoration) for outcome in outcomes)
    return done, sum(isinstance(outcome, WorkflowError) for outcome in outcomes)


def test_one_signature_revokes_however_many_sign():
    sup = story.supervision("weihai")
    case = story.reviewed(sup, story.prepared(sup, story.heard(sup, story.noticed(sup, "20"))))
    heads = [member(sup.authority, Role.AUTHORITY_HEAD) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: revocations.sign_revocation(fresh(case), heads[index]))
    assert counted(outcomes) == (1, PEOPLE - 1)
    assert Document.objects.filter(kind="revocation_decision").count() == 1
    assert RegisterRecord.objects.count() == 1
    assert BaseEvent.objects.filter(kind="revoked").count() == 1


def test_one_rectification_is_opened_however_many_press():
    sup = story.supervision()
    officers = [member(sup.authority, Role.AUTHORITY_OFFICER) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: rectifications.open_order(sup.base, officers[index], story.an_order()))
    assert counted(outcomes) == (1, PEOPLE - 1)
    assert Case.objects.filter(kind="rectification").count() == 1


def test_a_revocation_and_an_order_at_once_never_leave_a_revoked_base_rectifying():
    sup = story.supervision()
    order = story.drafted(sup)
    perform(order, "propose_order", sup.office["officer"])
    case = story.reviewed(sup, story.prepared(sup, story.heard(sup, story.noticed(sup, "24", DISORDER))))
    heads = [member(sup.authority, Role.AUTHORITY_HEAD) for _ in range(2)]
    signing = [
        lambda: revocations.sign_revocation(fresh(case), heads[0]),
        lambda: rectifications.sign_order(fresh(order), heads[1]),
    ]
    at_once(2, lambda index: signing[index]())
    sup.base.refresh_from_db()
    assert (fresh(case).state, sup.base.status) == ("revoked", "revoked")


def test_one_decision_settles_a_case():
    sup = story.supervision()
    order = story.ordered(sup)
    case = story.revoked(sup)
    officers = [member(sup.authority, Role.AUTHORITY_OFFICER) for _ in range(PEOPLE)]
    ways = ["discontinue", "continue"]
    outcomes = at_once(
        PEOPLE,
        lambda index: aftermath.settle_case(
            fresh(case), officers[index], order.number, decision=ways[index % 2], reason="处理"
        ),
    )
    assert counted(outcomes) == (1, PEOPLE - 1)
    assert SettledCase.objects.count() == 1


def test_one_signature_restores():
    sup = story.supervision()
    story.revoked(sup)
    case = story.restoring(sup)
    heads = [member(sup.authority, Role.AUTHORITY_HEAD) for _ in range(PEOPLE)]
    outcomes = at_once(PEOPLE, lambda index: restorations.sign_restoration(fresh(case), heads[index]))
    assert counted(outcomes) == (1, PEOPLE - 1)
    assert BaseEvent.objects.filter(kind="restored").count() == 1

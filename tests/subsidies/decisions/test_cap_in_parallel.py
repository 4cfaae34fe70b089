"""Two heads sign two awards of one base at once: the cap holds. Real connections, so PostgreSQL only."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from apps.bases.models import Base
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked
from apps.subsidies.models import Award, FundingCycle
from apps.subsidies.services import award_decisions as decisions
from tests.cases.test_concurrency import at_once
from tests.factories import Role, member
from tests.subsidies.building import Funding
from tests.subsidies.decisions.story import big, ready, reviewed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections"),
]
AWARDS = 6
EACH = 200_000_000
WITHIN_CAP = 2


@pytest.fixture
def awards_and_heads():
    """Six awards of one base ready for signature, of which the cap takes two."""
    with transaction.atomic():
        funding = Funding(cycle={"budget_fen": AWARDS * EACH})
        made = [reviewed(funding, lines=big(EACH)) for _ in range(AWARDS)]
    for award in made:
        ready(funding, award)
    return [award.pk for award in made], [member(funding.authority, Role.AUTHORITY_HEAD) for _ in range(AWARDS)]


def sign_all(awards: list[int], heads: list) -> list:
    return at_once(AWARDS, lambda index: decisions.sign_award(Case.objects.get(pk=awards[index]), heads[index]))


def total(awards: list[int]) -> int:
    return sum(Award.objects.filter(pk__in=awards).values_list("granted_fen", flat=True))


def test_simultaneous_signatures_stay_within_the_cap(awards_and_heads):
    awards, heads = awards_and_heads
    outcomes = sign_all(awards, heads)
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == WITHIN_CAP
    refused = [outcome for outcome in outcomes if isinstance(outcome, Blocked)]
    assert {problem.code for outcome in refused for problem in outcome.problems} == {"cap_exceeded"}
    assert len(refused) == AWARDS - WITHIN_CAP
    assert total(awards) == WITHIN_CAP * EACH
    assert FundingCycle.objects.get().granted_fen == WITHIN_CAP * EACH


def test_control_without_holding_the_base_the_cap_is_exceeded(awards_and_heads, monkeypatch):
    """Those who count together all find room: the test above would fail."""
    awards, heads = awards_and_heads
    together = threading.Barrier(AWARDS)
    counted = decisions.cap_exceptions.cap_problems

    def unheld(case: Case) -> Base:
        return case.base

    def count_together(award: Award) -> list:
        problems = counted(award)
        together.wait(timeout=60)
        return problems

    monkeypatch.setattr(decisions, "_hold", unheld)
    monkeypatch.setattr(decisions.cap_exceptions, "cap_problems", count_together)
    sign_all(awards, heads)
    assert total(awards) == AWARDS * EACH

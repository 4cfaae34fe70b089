"""Ten heads sign at once for a quota of three: exactly three go through. Real connections, so PostgreSQL only."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from apps.accounts.enums import Role
from apps.applications.models import Application, Opinion, RecommendationQuota
from apps.applications.services import recommendation
from apps.cases.enums import PartyRole
from apps.cases.models import Act, Case, Document
from apps.cases.workflow import Blocked
from apps.cases.workflow.engine import add_party
from tests.cases.test_concurrency import at_once
from tests.factories import (
    AuthorityFactory,
    DepartmentFactory,
    InstitutionFactory,
    make_application,
    make_round,
    member,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections"),
]
SIGNATURES = 10
QUOTA = 3


@pytest.fixture
def unit_and_applications():
    """One unit with ten opinions before its head, in a round that lets it recommend three."""
    authority = AuthorityFactory(jurisdiction_id="shanghai", levels=["provincial"])
    unit = DepartmentFactory(jurisdiction_id="shanghai")
    officer = member(unit, Role.DEPARTMENT_OFFICER)
    rnd = make_round(authority, quota=QUOTA)
    applications = []
    for _ in range(SIGNATURES):
        application = make_application(
            rnd, InstitutionFactory(division="310000"), recommender=unit, evaluation={"findings": []}
        )
        add_party(application.case, unit.pk, PartyRole.RECOMMENDER, active=True)
        Case.objects.filter(pk=application.pk).update(
            state="recommendation_proposed", turn_organisation=unit, rulebook_key="shanghai_2020"
        )
        Opinion.objects.create(
            application=application,
            stage="recommendation",
            organisation=unit,
            conclusion="positive",
            text="同意推荐。",
            prepared_by=officer.user,
        )
        applications.append(application.pk)
    heads = [member(unit, Role.DEPARTMENT_HEAD) for _ in range(SIGNATURES)]
    return unit, applications, heads


def sign_all(applications: list[int], heads: list) -> list:
    return at_once(
        SIGNATURES,
        lambda index: recommendation.sign_agreement(Case.objects.get(pk=applications[index]), heads[index]),
    )


def signed(applications: list[int]) -> int:
    return Case.objects.filter(pk__in=applications, state="intake").count()


def test_ten_simultaneous_signatures_take_exactly_the_quota(unit_and_applications):
    unit, applications, heads = unit_and_applications
    outcomes = sign_all(applications, heads)
    assert sum(isinstance(outcome, Act) for outcome in outcomes) == QUOTA
    refused = [outcome for outcome in outcomes if isinstance(outcome, Blocked)]
    assert {problem.code for outcome in refused for problem in outcome.problems} == {"quota_used"}
    assert len(refused) == SIGNATURES - QUOTA
    assert signed(applications) == QUOTA
    assert RecommendationQuota.objects.get(organisation=unit).used == QUOTA
    assert Document.objects.filter(kind="recommendation_opinion").count() == QUOTA


def test_control_counting_without_the_swap_exceeds_the_quota(unit_and_applications, monkeypatch):
    """With read, compare and write in three steps, those who read together all pass: the test above would fail."""
    unit, applications, heads = unit_and_applications
    together = threading.Barrier(SIGNATURES)

    def unguarded(application: Application) -> None:
        row, _ = RecommendationQuota.objects.get_or_create(round=application.round, organisation=unit)
        used = RecommendationQuota.objects.get(pk=row.pk).used
        together.wait(timeout=60)
        if used >= QUOTA:
            raise Blocked()
        RecommendationQuota.objects.filter(pk=row.pk).update(used=used + 1)

    RecommendationQuota.objects.create(round_id=Application.objects.get(pk=applications[0]).round_id, organisation=unit)
    monkeypatch.setattr(recommendation, "take_from_quota", unguarded)
    sign_all(applications, heads)
    assert signed(applications) == SIGNATURES

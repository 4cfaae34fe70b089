"""Several people begin or file at once, and a plan changes while its money is asked for. PostgreSQL only."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction  # noqa: F401  the marker below reads the connection
from django.db.models import Sum

from apps.accounts.enums import Role
from apps.cases.models import Act, Case
from apps.cases.workflow import WorkflowError
from apps.subsidies.models import Award, AwardLine, LedgerEntry, Tranche, UsePlan
from apps.subsidies.services import award_applications, payments, plan_changes
from tests.cases.test_concurrency import at_once
from tests.factories import member
from tests.subsidies.building import Funding, active_award
from tests.subsidies.content.typed import fill

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]
PEOPLE = 8


@pytest.fixture
def funding():
    with transaction.atomic():
        return Funding()


@pytest.fixture
def award(funding):
    with transaction.atomic():
        return active_award(funding)


def editors(funding):
    return [member(funding.institution, Role.INSTITUTION_EDITOR) for _ in range(PEOPLE)]


def begin(funding):
    people = editors(funding)
    return at_once(PEOPLE, lambda at: award_applications.start_application(funding.base, funding.cycle, people[at]))


def looked_together(monkeypatch, module, name):
    """Let all have looked by ``name`` before any goes on."""
    together = threading.Barrier(PEOPLE)
    look = getattr(module, name)

    def looked(*args):
        found = look(*args)
        together.wait(timeout=60)
        return found

    monkeypatch.setattr(module, name, looked)


def test_one_application_is_begun_however_many_press(funding):
    outcomes = begin(funding)
    assert sum(isinstance(one, Award) for one in outcomes) == 1
    assert sum(isinstance(one, WorkflowError) for one in outcomes) == PEOPLE - 1
    assert Case.objects.filter(kind="award").count() == 1


def test_control_without_the_bases_lock_several_applications_are_begun(funding, monkeypatch):
    monkeypatch.setattr(award_applications, "lock_base", lambda pk: type(funding.base).objects.get(pk=pk))
    looked_together(monkeypatch, award_applications, "application_in_hand")
    begin(funding)
    assert Case.objects.filter(kind="award").count() == PEOPLE


def test_one_change_is_opened_however_many_press(funding, award):
    people = editors(funding)
    outcomes = at_once(PEOPLE, lambda at: plan_changes.open_change(award, people[at]))
    assert sum(isinstance(one, UsePlan) for one in outcomes) == 1
    assert sum(isinstance(one, WorkflowError) for one in outcomes) == PEOPLE - 1
    assert UsePlan.objects.filter(award=award).count() == 2


def test_control_without_the_awards_lock_only_the_database_stops_a_second_change(funding, award, monkeypatch):
    people = editors(funding)
    monkeypatch.setattr(plan_changes, "lock_case", lambda pk: Case.objects.get(pk=pk))
    looked_together(monkeypatch, plan_changes, "plan_in_hand")
    outcomes = at_once(PEOPLE, lambda at: plan_changes.open_change(award, people[at]))
    assert sum(isinstance(one, IntegrityError) for one in outcomes) == PEOPLE - 1


def drafted_change(funding, award):
    """A change that takes 1 fen short of a tenth from the equipment, whose advance is not asked for yet."""
    plan = plan_changes.open_change(award, funding.editor)
    rows = [dict(row) for row in UsePlan.objects.get(pk=plan.pk).data["lines"]]
    rows[0] |= {"unit_price_fen": "135000.04", "quantity": "1"}
    rows[1] |= {"unit_price_fen": "174999.99", "quantity": "1"}
    fill(plan, funding.editor, lines=rows, change_reason="设备降价")
    return plan


def test_one_filing_counts_however_many_heads_press(funding, award):
    plan = drafted_change(funding, award)
    heads = [member(funding.institution, Role.INSTITUTION_HEAD) for _ in range(PEOPLE)]
    before = LedgerEntry.objects.filter(kind="allocate").count()
    outcomes = at_once(PEOPLE, lambda at: plan_changes.file_minor_change(Case.objects.get(pk=plan.pk), heads[at]))
    assert sum(isinstance(one, Act) for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, WorkflowError) for one in outcomes) == PEOPLE - 1, outcomes
    assert LedgerEntry.objects.filter(kind="allocate").count() == before + 1
    assert dict(AwardLine.objects.values_list("key", "amount_fen")) == {
        "l1": 13_500_004,
        "l2": 17_499_999,
        "l3": 15_000_000,
    }


@pytest.mark.parametrize("turn", range(4))
def test_money_asked_for_while_the_plan_changes_stays_within_its_line(funding, award, turn):
    plan = drafted_change(funding, award)
    tranche = Tranche.objects.get(line__award=award, when="advance")
    payee = payments.Payee(funding.base.institution_name, "6222000011112222333", "测试银行")
    jobs = (
        lambda: plan_changes.file_minor_change(Case.objects.get(pk=plan.pk), funding.head),
        lambda: payments.open_request(award, funding.editor, uuid.uuid4(), [tranche.pk], payee),
    )
    filed, asked = at_once(2, lambda at: jobs[at]())
    assert isinstance(filed, Act), filed
    live = Tranche.objects.filter(is_cancelled=False).order_by()
    assert dict(live.values_list("line__key").annotate(sum=Sum("amount_fen"))) == {
        "l1": 13_500_004,
        "l2": 17_499_999,
        "l3": 15_000_000,
    }
    claimed = Tranche.objects.filter(payment__isnull=False)
    assert claimed.count() == (0 if isinstance(asked, WorkflowError) else 1)
    assert not claimed.filter(is_cancelled=True).exists()

"""The demo of one jurisdiction: cases in every state that its pages are there for, made by official steps alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command

from apps.accounts.models import Membership, Organisation
from apps.bases.models import Base, RegisterRecord
from apps.cases import audit
from apps.cases.models import Act, Case
from apps.plans.models import AnnualPlan, FeeItem, TraineeRecord, TrainingProject
from apps.plans.services import totals
from apps.portal.demo.agenda import on
from apps.portal.demo.clock import story_time

TODAY = dt.date(2026, 11, 20)
LIFE = {
    "annual_plan": {
        "filed": 11,
        "filing": 1,
        "unit_review": 1,
        "unit_proposed": 1,
        "returned_by_unit": 1,
        "draft": 7,
    },
    "training_project": {
        "archived": 10,
        "held": 5,
        "ready": 1,
        "unit_review": 1,
        "returned": 1,
        "draft": 1,
        "discontinued": 1,
    },
    "campaign": {"concluded": 1, "running": 1},
    "rectification": {"ordered": 1, "overdue": 1, "lifted": 1, "failed": 1},
    "revocation": {"hearing": 1, "closed": 2},
    "restoration": {"restored": 1},
    "particulars_change": {"filed": 2, "at_managing_unit": 1},
    "base_withdrawal": {"withdrawn": 1},
}
STATUSES = {"active": 9, "rectifying": 3, "revoked": 1, "withdrawn": 1}


def states(kind):
    return Counter(Case.objects.filter(kind=kind).values_list("state", flat=True))


def counts():
    return [model.objects.count() for model in (Case, Act, Organisation, Membership, Base, TraineeRecord)]


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_demo_shows_a_whole_life_and_a_second_run_adds_nothing(capsys):
    with story_time(on(TODAY, 10)):
        call_command("demo", "--only", "zibo")
        for kind, wanted in LIFE.items():
            assert {state: states(kind)[state] for state in wanted} == wanted, kind
        assert states("inspection")["visiting"] == 1
        assert states("inspection")["concluded"] >= 10
        assert Counter(Base.objects.values_list("status", flat=True)) == STATUSES
        assert list(audit.verify()) == []
        assert list(totals.differences()) == []
        before = counts()
        call_command("demo", "--only", "zibo")
    assert counts() == before
    assert "已有演示数据" in capsys.readouterr().out
    _look_at_training()


def _look_at_training():
    assert TraineeRecord.objects.count() > 200
    assert TraineeRecord.objects.exclude(certificate_number="").exists()
    assert AnnualPlan.objects.filter(year=2026, version=2, case__state="filed").count() == 1
    assert AnnualPlan.objects.filter(year=2026, filed_late_days__gt=0).count() == 1
    assert FeeItem.objects.filter(ends_on__isnull=False).count() == 1
    assert TrainingProject.objects.filter(case__state="held", authorised_by=None).count() == 1
    assert not RegisterRecord.objects.filter(kind="credit_violation").exists()

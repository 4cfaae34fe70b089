"""The migration by which panels review any kind of case: with data, both ways, every value as it was."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from apps.jurisdictions.apps import sync_jurisdictions
from apps.panels.services import visits
from tests.factories import AuthorityFactory
from tests.panels.factories import Stage

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = ("panels", "0001_initial"), ("panels", "0002_panels_review_any_kind_of_case")
MODELS = ("PanelItem", "ConflictFinding", "Declaration", "ScoreSheet", "SiteVisit", "Resolution")


def migrated(target):
    """The models of the app as they are once the database stands at ``target``."""
    executor = MigrationExecutor(connection)
    state = executor.migrate([target])
    return state.apps


def keys(apps, name, field):
    return sorted(apps.get_model("panels", name).objects.values_list("pk", field))


@pytest.fixture
def stage():
    sync_jurisdictions("default")
    stage = Stage(AuthorityFactory(), applications=2).closed()
    visits.record_visit(
        stage.case,
        stage.officer,
        stage.subjects[1],
        visited_on=dt.date(2026, 3, 1),
        place="主校区",
        members=[stage.member(0)],
        record="属实",
    )
    stage.signed()
    stage.member(2).findings.create(subject=stage.subjects[1], kind="teacher", detail="同名")
    yield stage
    migrated(AFTER)


def test_everything_a_panel_did_keeps_its_subject_both_ways(stage):
    now = migrated(AFTER)
    standing = {name: keys(now, name, "subject_id") for name in MODELS}
    first, second = (subject.pk for subject in stage.subjects)
    assert {name: [subject for _, subject in rows] for name, rows in standing.items()} == {
        "PanelItem": [first, second],
        "ConflictFinding": [second],
        "Declaration": [first, second] * 3,
        "ScoreSheet": [first, second] * 3,
        "SiteVisit": [second],
        "Resolution": [first, second],
    }
    earlier = migrated(BEFORE)
    assert {name: keys(earlier, name, "application_id") for name in MODELS} == standing
    panel = earlier.get_model("panels", "Panel").objects.get()
    assert (panel.round_id, panel.round.title) == (stage.round.pk, "测试批次")
    now = migrated(AFTER)
    assert {name: keys(now, name, "subject_id") for name in MODELS} == standing
    panel = now.get_model("panels", "Panel").objects.get()
    assert (panel.occasion_id, panel.occasion.kind) == (stage.round.pk, "round")


@pytest.mark.parametrize("target", [BEFORE, AFTER])
def test_subject_sits_on_one_panel_only_before_and_after(stage, target):
    apps = migrated(target)
    item = apps.get_model("panels", "PanelItem").objects.earliest("pk")
    panel = apps.get_model("panels", "Panel").objects.get()
    occasion = "round_id" if target == BEFORE else "occasion_id"
    other = type(panel)(case_id=stage.round.pk, size=1, quorum=1, pass_points=60, **{occasion: stage.round.pk})
    other.save(force_insert=True)
    field = "application_id" if target == BEFORE else "subject_id"
    with pytest.raises(IntegrityError), transaction.atomic():
        type(item).objects.create(panel=other, position=1, **{field: getattr(item, field)})


def test_case_that_a_panel_reviewed_cannot_be_deleted_under_it(stage):
    apps = migrated(AFTER)
    item = apps.get_model("panels", "PanelItem").objects.earliest("pk")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE panels_panelitem SET subject_id = 999999 WHERE id = %s", [item.pk])
        connection.check_constraints()

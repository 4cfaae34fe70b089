"""The published schedule: a raise needs a new authority, and what a class costs must be on it."""

import datetime as dt

import pytest
import time_machine

from apps.cases.workflow import Blocked, NotPermitted
from apps.plans.services import fees, projects
from tests.plans.projects.scene import Scene, fresh

pytestmark = pytest.mark.django_db
DOCUMENT = "测价费〔2020〕5号"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(dt.datetime(2026, 2, 2, 2, 0, tzinfo=dt.UTC), tick=False):
        yield


def publish(scene, actor=None, **changed):
    given = {
        "name": "培训费",
        "unit": "人",
        "amount_fen": 60_000,
        "authority_name": "测试发展改革委",
        "authority_document": DOCUMENT,
        "effective_from": dt.date(2020, 9, 1),
    }
    return fees.publish_rate(scene.base, actor or scene.head, **given | changed)


def refused(scene, **changed):
    with pytest.raises(Blocked) as blocked:
        publish(scene, **changed)
    return [(one.code, one.articles) for one in blocked.value.problems]


MARCH = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("jurisdiction", "article"),
    [("national", ("37",)), ("shanghai", ()), ("sichuan", ("32",)), ("weihai", ("25",)), ("zibo", ("28",))],
)
@pytest.mark.parametrize(
    "document", [DOCUMENT, " 测价费（2020）5 号", "测价费[2020]第05号", "测价费【２０２０】5号\u200b"]
)
def test_raise_on_the_old_document_is_refused(jurisdiction, article, document):
    scene = Scene(jurisdiction)
    publish(scene)
    raised = {"amount_fen": 60_001, "authority_document": document, "effective_from": MARCH}
    assert refused(scene, **raised) == [("raise_without_authority", article)]


def test_raise_with_a_new_document_ends_the_rate_before_it():
    scene = Scene("zibo")
    old = publish(scene)
    new = publish(scene, amount_fen=80_000, authority_document="测价费〔2026〕1号", effective_from=MARCH)
    old.refresh_from_db()
    assert (old.ends_on, new.replaces, new.ends_on) == (dt.date(2026, 2, 28), old, None)
    assert fees.rates_on(scene.base, dt.date(2026, 2, 28)) == [old]
    assert fees.rates_on(scene.base, MARCH) == [new]


def test_lowered_rate_may_rest_on_the_old_document_and_is_not_raised_again_on_it():
    scene = Scene("zibo")
    publish(scene)
    publish(scene, amount_fen=50_000, effective_from=MARCH)
    assert refused(scene, effective_from=dt.date(2026, 4, 1)) == [("raise_without_authority", ("28",))]


def test_same_item_written_in_another_way_is_the_same_item():
    scene = Scene("zibo")
    publish(scene)
    assert refused(scene, name=" 培 训费", amount_fen=70_000, effective_from=MARCH) == [
        ("raise_without_authority", ("28",))
    ]


def test_another_unit_cannot_hide_a_raise():
    scene = Scene("zibo")
    publish(scene)
    assert refused(scene, unit="天", amount_fen=30_000, effective_from=MARCH) == [("raise_without_authority", ("28",))]


@pytest.mark.parametrize(("jurisdiction", "article"), [("zibo", ("28",)), ("national", ("37",)), ("shanghai", ())])
def test_item_without_authority_is_refused(jurisdiction, article):
    assert refused(Scene(jurisdiction), authority_document=" 　") == [("authority_missing", article)]


def test_rate_does_not_reach_back_nor_overtake_a_published_one():
    scene = Scene("zibo")
    publish(scene, effective_from=dt.date(2026, 1, 1))
    assert refused(scene, amount_fen=100, effective_from=dt.date(2026, 1, 20)) == [("backdated", ())]
    assert refused(scene, amount_fen=100, effective_from=dt.date(2025, 12, 1)) == [("not_later", ())]


def test_only_the_head_of_the_bases_institution_publishes():
    scene, other = Scene("zibo"), Scene("zibo")
    for stranger in (scene.editor, other.head, scene.office["head"]):
        with pytest.raises(NotPermitted):
            publish(scene, stranger)


def test_ended_rate_is_charged_to_the_end_of_its_last_day_and_history_stays():
    scene = Scene("zibo")
    item = fees.end_rate(publish(scene), scene.head, dt.date(2026, 2, 10))
    assert fees.in_force(item, dt.date(2026, 2, 10)) and not fees.in_force(item, dt.date(2026, 2, 11))
    with pytest.raises(Blocked):
        fees.end_rate(item, scene.head, dt.date(2026, 3, 10))
    assert fees.schedule(scene.base) == [item]


def test_rate_is_not_ended_in_the_past():
    scene = Scene("zibo")
    with pytest.raises(Blocked) as blocked:
        fees.end_rate(publish(scene), scene.head, dt.date(2026, 2, 1))
    assert blocked.value.problems[0].code == "ends_early"


def test_revoked_base_publishes_nothing():
    scene = Scene("zibo")
    scene.base.status = "revoked"
    scene.base.save()
    assert refused(scene) == [("base_ended", ())]


def test_class_costs_what_is_in_force_when_it_opens():
    scene = Scene("zibo")
    item = publish(scene)
    project = scene.project(fee=item)
    assert project.fee_fen == 60_000
    assert projects.project_problems(fresh(project)) == []
    publish(scene, amount_fen=80_000, authority_document="测价费〔2026〕1号", effective_from=dt.date(2026, 3, 10))
    problem = projects.project_problems(fresh(project))[0]
    assert (problem.code, problem.articles) == ("fee_not_in_force", ("28",))


def test_rate_of_another_base_is_no_rate():
    scene, other = Scene("zibo"), Scene("zibo")
    project = scene.project(fee=publish(other))
    assert projects.project_problems(fresh(project))[0].code == "fee_not_published"

"""The benchmark's cases are real ones, and no page it measures asks more than twelve queries."""

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django_scopes import scopes_disabled

from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases import audit
from apps.cases.models import Act, Case
from apps.cases.workflow import all_workflows, workflow_for
from bench import measured, pages
from bench.generate import fill, fill_bases

CASES = 1000
BASES = 60

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept_connection():
    """The test's transaction lives in the connection, which a real request closes at its end."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def filled(settings):
    settings.ROOT_URLCONF = "bench.urls"
    fill(CASES)


@pytest.fixture
def supervised(settings):
    settings.ROOT_URLCONF = "bench.urls"
    fill_bases(BASES)


@pytest.fixture
def floors(settings):
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], settings.BASE_DIR / "bench" / "templates"]}]


def test_generated_acts_verify_and_lead_to_the_state(filled):
    with scopes_disabled():
        assert Case.objects.count() == CASES
    _assert_sound()


def test_the_generated_life_of_bases_verifies_and_leads_to_the_state(supervised):
    with scopes_disabled():
        assert Base.objects.count() == BASES
        assert Case.objects.filter(kind="training_project").count() == 4 * BASES
        assert Case.objects.filter(kind="inspection").count() == 2 * BASES
        assert not Case.objects.exclude(kind="campaign").filter(base__isnull=True).exists()
    _assert_sound()


def _assert_sound():
    with scopes_disabled():
        assert list(audit.verify()) == []
        for case in Case.objects.order_by("-pk")[:50]:
            last = Act.objects.filter(case=case).order_by("-seq")[0]
            assert (last.to_state, last.seq) == (case.state, case.act_count)
            assert (case.closed_at is not None) == (case.state in workflow_for(case.kind).final)


def test_no_page_of_the_road_asks_more_than_twelve_queries(filled, floors, kept_connection):
    rows = measured.count(get_wsgi_application(), measured.pages("road"))
    assert {row["name"] for row in rows} >= {"dashboard, authority officer", "register", "case page, intake"}
    assert _too_many(rows) == {}


def test_no_page_of_the_life_of_bases_asks_more_than_twelve_queries(supervised, floors, kept_connection):
    rows = measured.count(get_wsgi_application(), measured.pages("life"))
    listed = {row["name"] for row in rows if row["rows"] >= 20}
    assert listed >= {
        "plan overview",
        "bases",
        "projects",
        "archives",
        "inspections",
        "campaign",
        "plan overview, filed",
    }
    assert _too_many([row for row in rows if not row["name"].startswith("case page")]) == {}


def _too_many(rows):
    return {row["name"]: row["queries"] for row in rows if row["queries"] > pages.MOST_QUERIES}


def test_the_statement_of_a_to_do_list_stays_within_what_sqlite_compounds():
    pairs = sum(len(flow.states_for(Role)) for flow in all_workflows())
    assert 2 * pairs <= 500


def test_missed_goals_are_told():
    small = {"cases": 1000, "queries": 7, "to_floor": 1.9}
    large = {"cases": 100_000, "queries": 13, "to_floor": 2.1}
    assert pages.missed_goals("list", [small, large], 1.31, True) == [
        "list: more than 12 queries",
        "list: the number of queries is not constant",
        "list: 2.10 times the floor at 100,000 cases",
        "list: grows by 1.31",
    ]
    assert pages.missed_goals("list", [small, small], 1.3, True) == []

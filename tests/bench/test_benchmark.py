"""The benchmark's cases are real ones, and no page it measures asks more than twelve queries."""

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django_scopes import scopes_disabled

from apps.cases import audit
from apps.cases.models import Act, Case
from apps.cases.workflow import workflow_for
from bench import measured, pages
from bench.generate import fill

CASES = 1000

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


def test_generated_acts_verify_and_lead_to_the_state(filled):
    with scopes_disabled():
        assert Case.objects.count() == CASES
        assert list(audit.verify()) == []
        for case in Case.objects.all()[:50]:
            last = Act.objects.filter(case=case).order_by("-seq")[0]
            assert (last.to_state, last.seq) == (case.state, case.act_count)
            assert (case.closed_at is not None) == (case.state in workflow_for(case.kind).final)


def test_no_page_asks_more_than_twelve_queries(filled, settings, kept_connection):
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], settings.BASE_DIR / "bench" / "templates"]}]
    rows = measured.count(get_wsgi_application(), measured.pages())
    assert {row["name"] for row in rows} >= {"dashboard, authority officer", "register", "case page, intake"}
    assert {row["name"]: row["queries"] for row in rows if row["queries"] > pages.MOST_QUERIES} == {}


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

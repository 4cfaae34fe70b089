"""The schema is valid, and true: every operation in it, played with generated input, answers as it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.cases import clocks
from apps.cases.enums import ClockBasis
from apps.jurisdictions.rulebooks.facts import SCHEMA
from config.wsgi import application
from tests.api.factories import add_history, make_base, make_document, make_notice
from tests.factories import make_round

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
RULEBOOK = "/api/v1/rulebooks/{jurisdiction}/"
REPORT = "/api/v1/training/projects/{number}/records/"
PLAYED = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(tmp_path_factory) -> dict:
    """The schema as the command writes it, which fails on any warning."""
    file = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    return yaml.safe_load(file.read_text())


@pytest.fixture(autouse=True)
def connection_stays_open() -> Iterator[None]:
    """The application ends its requests inside the test's transaction, as Django's own test client lets it."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@dataclass
class Stage:
    """An officer's session, and the numbers of things that are there to be found, by address."""

    cookies: dict[str, str]
    numbers: dict[str, str]


@pytest.fixture
def stage(api, office) -> Stage:
    """An authority's officer who has cases with every kind of row, and public rows beside them."""
    make_round(office.authority)
    case = office.round.case
    public = make_document(case, is_public=True, kind="recognition_announcement")
    base = make_base(office.authority)
    add_history(base, document=public)
    notice = make_notice(office.round)
    make_document(notice.case, is_public=True)
    clocks.start_clock(case, "test", "期限", timezone.localdate(), basis=ClockBasis.LAW, counted=[timezone.localdate()])
    clocks.pause_clock(case, "test", "原因")
    api.force_login(office.officer.user)
    numbers = {"bases": base.number, "rounds": case.number, "notices": notice.case.number, "cases": case.number}
    return Stage({"sessionid": api.cookies["sessionid"].value}, numbers)


def test_schema_lists_every_address_but_those_of_the_documentation(described):
    assert list(described["paths"]) == [
        "/api/v1/announcements/",
        "/api/v1/bases/",
        "/api/v1/bases/{number}/",
        "/api/v1/cases/",
        "/api/v1/cases/{number}/",
        "/api/v1/facts/",
        "/api/v1/notices/",
        "/api/v1/notices/{number}/",
        "/api/v1/rounds/",
        "/api/v1/rounds/{number}/",
        "/api/v1/rulebooks/",
        "/api/v1/rulebooks/{jurisdiction}/",
        "/api/v1/rulebooks/{jurisdiction}/class-deadline/",
        "/api/v1/rulebooks/{jurisdiction}/deadlines/",
        "/api/v1/rulebooks/{jurisdiction}/evaluate/",
        "/api/v1/rulebooks/{jurisdiction}/publicity/",
        "/api/v1/rulebooks/{jurisdiction}/tranches/",
        "/api/v1/training/projects/{number}/records/",
    ]
    assert list(described["components"]["schemas"]["Facts"]["properties"]) == [field.key for field in SCHEMA]


def test_served_schema_is_the_valid_one(api, described):
    response = api.get(reverse("api:schema"))
    assert response.status_code == 200
    assert yaml.safe_load(response.content) == described


def play(described: dict, mode: GenerationMode, stage: Stage, *, visitor: bool) -> dict[str, set[int]]:
    """Call every operation with generated input, hold each answer against the schema, return the statuses by path."""
    schema = schemathesis.openapi.from_dict(described)
    schema.app = application
    statuses: dict[str, set[int]] = defaultdict(set)
    for result in schema.get_all_operations():
        operation = result.ok()
        if mode == GenerationMode.NEGATIVE and not (operation.query or operation.body):
            continue  # any text is a number that might be there

        @PLAYED
        @given(case=operation.as_strategy(generation_mode=mode))
        def played(case: schemathesis.Case) -> None:
            if mode == GenerationMode.POSITIVE:
                found = {"jurisdiction": "weihai", "number": stage.numbers.get(case.path.split("/")[3])}
                case.path_parameters.update({name: found[name] for name in case.path_parameters or {}})
            response = case.call(cookies={} if visitor else stage.cookies)
            case.validate_response(response, checks=CHECKS)
            statuses[case.path].add(response.status_code)

        played()
    return statuses


@pytest.mark.parametrize("visitor", [True, False], ids=["visitor", "signed in"])
def test_every_operation_answers_as_described(described, stage, visitor):
    statuses = play(described, GenerationMode.POSITIVE, stage, visitor=visitor)
    closed = {"/api/v1/cases/", "/api/v1/cases/{number}/", REPORT} if visitor else set()
    guarded = set() if visitor else {f"{RULEBOOK}evaluate/", f"{RULEBOOK}tranches/", REPORT}
    by_calendar = {f"{RULEBOOK}class-deadline/", f"{RULEBOOK}publicity/", f"{RULEBOOK}deadlines/"}
    assert {path for path in statuses if 200 not in statuses[path]} <= closed | guarded | by_calendar
    assert all(statuses[path] == {401} for path in closed)
    assert all(statuses[path] == {403} for path in guarded)
    assert set(statuses) == set(described["paths"])


@pytest.mark.parametrize("visitor", [True, False], ids=["visitor", "signed in"])
def test_odd_input_is_refused_as_described(described, stage, visitor):
    statuses = play(described, GenerationMode.NEGATIVE, stage, visitor=visitor)
    assert set.union(*statuses.values()) <= {200, 400, 401, 403, 404, 413, 415}
    assert 400 in statuses["/api/v1/bases/"]
    assert 400 in statuses[f"{RULEBOOK}deadlines/"]

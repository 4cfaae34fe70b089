"""The rulebooks through the API: the answers of the rules command, and refusals that name the field."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from apps.accounts.enums import Role
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from tests.factories import AuthorityFactory, member

pytestmark = pytest.mark.django_db
MARCH = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
FACTS = {"annual_trainees": 499, "management_body": True, "training_projects_held": 3}
JSON = "application/json"


def command(capsys, *arguments: str):
    capsys.readouterr()
    call_command("rules", *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def url(name: str, jurisdiction: str = "zibo", **query) -> str:
    return reverse(f"api:{name}", kwargs={"jurisdiction": jurisdiction}, query=query)


def problem(response, status: int, code: str) -> dict:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body = response.json()
    assert body["status"] == status
    assert body["type"].endswith(f"/api/v1/problems/#{code}")
    return body


def test_list_has_the_keys_and_values_of_the_command(api, capsys):
    with time_machine.travel(MARCH):
        listed = api.get(reverse("api:rulebooks")).json()
        expected = command(capsys, "list")
    assert [entry.pop("extension") for entry in listed] == [None] * len(registry.jurisdictions())
    assert listed == expected


@pytest.mark.parametrize("jurisdiction", registry.jurisdictions())
def test_show_answers_as_the_command(api, capsys, jurisdiction):
    shown = api.get(url("rulebook", jurisdiction, on="2026-03-02")).json()
    assert shown.pop("extension") is None
    assert shown == command(capsys, "show", jurisdiction, "--on", "2026-03-02")


@pytest.mark.parametrize("jurisdiction", registry.jurisdictions())
def test_evaluation_answers_as_the_command(api, capsys, tmp_path, jurisdiction):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps([FACTS, {}]))
    response = api.post(url("evaluate", jurisdiction, on="2026-03-02"), [FACTS, {}], format="json")
    assert response.status_code == 200
    assert response.json() == command(capsys, "evaluate", jurisdiction, str(file), "--on", "2026-03-02")


def test_one_application_is_answered_by_one_evaluation(api):
    body = api.post(url("evaluate", on="2026-03-02"), FACTS, format="json").json()
    assert (body["jurisdiction"], body["outcome"]) == ("zibo", "ineligible")
    trainees = next(finding for finding in body["findings"] if finding["code"] == "annual_trainees")
    assert (trainees["result"], trainees["actual"], trainees["required"]) == ("not_met", 499, 500)
    assert trainees["articles"] == ["8(5)"]


def test_confirmed_extension_changes_the_status_and_the_outcome(api):
    authority = AuthorityFactory(jurisdiction_id="weihai")
    record = RulebookExtension.objects.create(
        jurisdiction_id="weihai",
        rulebook_key="weihai_2019",
        kind="extension",
        document_number="测试延期〔2024〕1号",
        document_date=dt.date(2024, 12, 1),
        effective_from=dt.date(2024, 12, 18),
        file_sha256="0" * 64,
        recorded_by=member(authority, Role.LEGAL_OFFICER).user,
        recorded_for=authority,
    )
    address = url("evaluate", "weihai", on="2026-03-02")
    before = api.post(address, {}, format="json").json()
    assert (before["status"], before["outcome"]) == ("lapsed", "not_in_force")
    record.confirmed_by, record.confirmed_at = member(authority, Role.AUTHORITY_HEAD).user, MARCH
    record.save()
    after = api.post(address, {}, format="json").json()
    assert (after["status"], after["outcome"]) == ("in_force", "incomplete")
    shown = api.get(url("rulebook", "weihai", on="2026-03-02")).json()
    assert (shown["status"], shown["extension"]["document_number"]) == ("in_force", "测试延期〔2024〕1号")
    assert set(shown["extension"]) == {"kind", "document_number", "document_date", "effective_from", "effective_to"}


@pytest.mark.parametrize(
    "name, jurisdiction, query, arguments",
    [
        ("deadlines", "national", {"year": "2026"}, ["deadlines", "national", "--year", "2026"]),
        ("deadlines", "zibo", {"year": "2026"}, ["deadlines", "zibo", "--year", "2026"]),
        ("class_deadline", "weihai", {"start": "2026-03-09"}, ["class-deadline", "weihai", "--start", "2026-03-09"]),
        ("class_deadline", "zibo", {"start": "2026-03-09"}, ["class-deadline", "zibo", "--start", "2026-03-09"]),
        ("publicity", "weihai", {"start": "2026-03-02"}, ["publicity", "weihai", "--start", "2026-03-02"]),
        (
            "publicity",
            "zibo",
            {"start": "2026-03-02", "days": "7"},
            ["publicity", "zibo", "--start", "2026-03-02", "--days", "7"],
        ),
    ],
)
def test_dates_answer_as_the_command(api, capsys, name, jurisdiction, query, arguments):
    response = api.get(url(name, jurisdiction, **query))
    assert response.status_code == 200
    assert response.json() == command(capsys, *arguments)


def test_tranches_answer_as_the_command(api, capsys, tmp_path):
    budget = {
        "cycle": "2026-2027",
        "granted_before_fen": 0,
        "lines": [
            {"category": "facilities", "item": "设备", "amount_fen": 1001},
            {"category": "official_vehicles", "item": "车辆", "amount_fen": 5},
        ],
    }
    file = tmp_path / "budget.json"
    file.write_text(json.dumps(budget))
    response = api.post(url("tranches", "shanghai"), budget, format="json")
    assert response.status_code == 200
    assert response.json() == command(capsys, "tranches", "shanghai", str(file))
    assert [line["category"] for line in response.json()["rejected"]] == ["official_vehicles"]


def test_vocabulary_lists_every_fact_with_its_codes(api):
    facts = {fact["key"]: fact for fact in api.get(reverse("api:facts")).json()}
    assert facts["prior_fraud"]["declared"] is False
    assert [choice["code"] for choice in facts["practice_site"]["choices"]] == ["own", "partner", "none"]


def test_unknown_jurisdiction_is_not_found(api):
    body = problem(api.get(url("rulebook", "atlantis")), 404, "not-found")
    assert body["errors"][0]["field"] == "jurisdiction"
    assert "zibo" in body["detail"]


@pytest.mark.parametrize(
    "name, query, field",
    [
        ("rulebook", {"on": "20260302"}, "on"),
        ("rulebook", {"on": "2026-02-30"}, "on"),
        ("rulebook", {"at": "2026-03-02"}, "at"),
        ("deadlines", {}, "year"),
        ("deadlines", {"year": "0"}, "year"),
        ("deadlines", {"year": "10000"}, "year"),
        ("deadlines", {"year": "2026.0"}, "year"),
        ("deadlines", {"year": "２０２６"}, "year"),
        ("deadlines", {"year": "9" * 5000}, "year"),
        ("deadlines", {"year": "1900"}, "year"),
        ("class_deadline", {}, "start"),
        ("publicity", {"start": "2026-03-02"}, "days"),
        ("publicity", {"start": "2026-03-02", "days": "0"}, "days"),
        ("publicity", {"start": "9999-12-31", "days": "5"}, "start"),
    ],
)
def test_bad_parameter_is_named(api, name, query, field):
    body = problem(api.get(url(name, **query)), 400, "invalid-input")
    assert [(error["field"], error["in"], error["position"]) for error in body["errors"]] == [(field, "query", None)]


def test_parameter_given_twice_is_refused(api):
    response = api.get(url("deadlines") + "?year=2026&year=2027")
    assert problem(response, 400, "invalid-input")["detail"] == "year：只应给出一次"


def test_class_deadline_in_a_year_without_announcement_is_refused(api):
    body = problem(api.get(url("class_deadline", "weihai", start="2031-03-03")), 400, "invalid-input")
    assert body["errors"][0]["field"] == "start"
    assert "2031" in body["detail"]


@pytest.mark.parametrize(
    "facts, field, position",
    [
        ({"annual_trainees": -1}, "annual_trainees", None),
        ({"annual_trainees": 1.5}, "annual_trainees", None),
        ({"annual_trainees": True}, "annual_trainees", None),
        ({"unheard_of": 1}, "unheard_of", None),
        ({"prior_fraud": [{"jurisdiction": "zibo", "date": "2026-13-01"}]}, "prior_fraud[0].date", None),
        ([{}, {"practice_site": "moon"}], "practice_site", 1),
        ([{}, {}, 7], "facts", 2),
        ("text", "facts", None),
    ],
)
def test_bad_fact_is_named_with_its_place_in_the_batch(api, facts, field, position):
    body = problem(api.post(url("evaluate"), facts, format="json"), 400, "invalid-input")
    assert [(error["field"], error["in"], error["position"]) for error in body["errors"]] == [(field, "body", position)]
    assert ("第" in body["detail"].split("，")[0]) is (position is not None)


@pytest.mark.parametrize(
    "content, field",
    [
        (b"[" * 100_000, "body"),
        (b'{"a":' * 100_000, "body"),
        (b"{", "body"),
        (b"\xff\xfe", "body"),
        (b'{"annual_trainees": 1, "annual_trainees": 2}', "annual_trainees"),
        (b'{"annual_trainees": ' + b"9" * 5000 + b"}", "body"),
    ],
)
@pytest.mark.parametrize("name", ["evaluate", "tranches"])
def test_body_that_is_no_strict_json_is_refused(api, name, content, field):
    body = problem(api.post(url(name), content, content_type=JSON), 400, "malformed-body")
    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize("number", [b"1e999", b"NaN", b"-Infinity"])
def test_number_that_is_none_is_refused_as_a_fact(api, number):
    response = api.post(url("evaluate"), b'{"annual_trainees": ' + number + b"}", content_type=JSON)
    assert problem(response, 400, "invalid-input")["errors"][0]["field"] == "annual_trainees"


def test_half_a_character_is_refused(api):
    budget = b'{"cycle": "\\ud800", "granted_before_fen": 0, "lines": []}'
    assert problem(api.post(url("tranches"), budget, content_type=JSON), 400, "invalid-input")
    facts = b'{"\\ud800": 1}'
    assert problem(api.post(url("evaluate"), facts, content_type=JSON), 400, "invalid-input")


def test_missing_body_is_not_taken_for_no_facts(api):
    assert "缺少请求体" in problem(api.post(url("evaluate")), 400, "malformed-body")["detail"]


def test_body_of_another_type_is_refused(api):
    response = api.post(url("evaluate"), b"a=1", content_type="application/x-www-form-urlencoded")
    problem(response, 415, "unsupported-media-type")


def test_batch_of_a_thousand_is_answered_and_one_more_is_refused(api):
    full = api.post(url("evaluate"), [{}] * 1000, format="json")
    assert (full.status_code, len(full.json())) == (200, 1000)
    body = problem(api.post(url("evaluate"), [{}] * 1001, format="json"), 413, "too-large")
    assert "1000" in body["detail"] and "1001" in body["detail"]


def test_body_beyond_the_limit_is_refused(api):
    problem(api.post(url("evaluate"), b" " * (4 * 1024 * 1024) + b"{}", content_type=JSON), 413, "too-large")


def test_other_method_is_refused_with_the_allowed_ones(api):
    response = api.delete(reverse("api:rulebooks"))
    problem(response, 405, "method-not-allowed")
    assert response["Allow"] == "GET, HEAD"


def test_unacceptable_format_is_refused(api):
    problem(api.get(reverse("api:rulebooks"), HTTP_ACCEPT="text/csv"), 406, "not-acceptable")


def test_address_that_is_none_is_a_problem_too(api):
    problem(api.get("/api/v1/nothing/at/all/"), 404, "not-found")
    assert api.get("/api/v1/rulebooks").status_code == 301

"""Trainees reported through the API: by their institution alone, all or none, the same twice without effect."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.plans.models import RecordImport, TraineeRecord
from apps.plans.services import totals
from tests.api.test_rulebooks import problem
from tests.factories import Supervision
from tests.plans.records.trainees import make_project, resident, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return Supervision("zibo")


@pytest.fixture
def project(people):
    return make_project(people)


def trainee(number=1, **changed):
    given = {**row(number), "outcome": "passed", "value": 15.5}
    return {name: value for name, value in {**given, **changed}.items() if value != ""}


def report(api, project, body):
    return api.post(reverse("api:training_records", kwargs={"number": project.case.number}), body, format="json")


def test_institution_reports_and_the_same_again_changes_nothing(api, people, project):
    api.force_login(people.editor.user)
    body = {"records": [trainee(1), trainee(2, outcome="failed", value="0")]}
    assert report(api, project, body).json() == {"added": 2, "changed": 0, "unchanged": 0}
    assert report(api, project, body).json() == {"added": 0, "changed": 0, "unchanged": 2}
    assert report(api, project, {"records": [trainee(1, employer="新单位")]}).json()["changed"] == 1
    assert TraineeRecord.objects.get(name="学员1").value_tenths == 155
    assert {one.way for one in RecordImport.objects.all()} == {"api"}
    assert totals.differences() == []


def test_every_wrong_row_is_named_and_none_is_entered(api, people, project):
    api.force_login(people.editor.user)
    wrong = trainee(2, identity_number=resident(2)[:17] + "?", outcome="good")
    body = problem(report(api, project, {"records": [trainee(1), wrong, trainee(1)]}), 400, "invalid-input")
    assert [(one["field"], one["position"]) for one in body["errors"]] == [
        ("outcome", 1),
        ("identity_number", 1),
        ("identity_number", 2),
    ]
    assert resident(2)[6:14] not in str(body) and resident(1) not in str(body)
    assert not TraineeRecord.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"records": {}},
        {"records": []},
        {"records": [1]},
        {"records": [{}]},
        {"records": [{"name": ["甲"]}]},
        {"records": [{"name": True}]},
        {"records": [{"name": "甲", "salary": "1"}]},
        {"records": [], "more": 1},
        {
            "records": [
                {"name": "\x00", "identity_number": "\x00", "employer": "a", "value": 1e308, "outcome": "passed"}
            ]
        },
        {"records": [{"name": "甲", "identity_number": "9" * 5000, "employer": "a", "value": -1, "outcome": "passed"}]},
    ],
)
def test_odd_body_is_refused_as_a_problem(api, people, project, body):
    api.force_login(people.editor.user)
    problem(report(api, project, body), 400, "invalid-input")
    assert not TraineeRecord.objects.exists()


def test_too_many_at_once_are_refused(api, people, project):
    api.force_login(people.editor.user)
    problem(report(api, project, {"records": [{"name": "甲"}] * 5001}), 413, "too-large")


def test_others_are_refused(api, people, project):
    body = {"records": [trainee(1)]}
    problem(report(api, project, body), 401, "not-signed-in")
    for party in project.case.parties.all():
        type(party).objects.filter(pk=party.pk).update(active=True)
    for actor in (people.office["officer"], people.unit_officer):
        api.force_login(actor.user)
        problem(report(api, project, body), 403, "not-permitted")
    for actor in (Supervision("zibo").editor, Supervision("shanghai").office["officer"]):
        api.force_login(actor.user)
        problem(report(api, project, body), 404, "not-found")
    assert not TraineeRecord.objects.exists()


def test_project_that_takes_no_records_says_why(api, people):
    archived = make_project(people, "archived")
    api.force_login(people.editor.user)
    body = problem(report(api, archived, {"records": [trainee(1)]}), 400, "refused")
    assert "已归档" in body["detail"]


def test_token_is_asked_for(people, project):
    api = APIClient(enforce_csrf_checks=True)
    api.force_login(people.editor.user)
    problem(report(api, project, {"records": [trainee(1)]}), 403, "not-permitted")

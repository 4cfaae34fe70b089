"""Characters and numbers meant to make a page fail: refused or cleaned, never an error of ours, and nothing lost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.enums import Role
from apps.applications.services import filling
from tests.applications.form.building import Applicant
from tests.factories import AuthorityFactory, make_round, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    actor = member(AuthorityFactory(), Role.AUTHORITY_OFFICER)
    client.force_login(actor.user)
    return actor


@pytest.mark.parametrize(
    "address",
    [
        "/cases/%00/",
        "/cases/?q=%00",
        "/documents/?q=a%00",
        "/documents/%00/pdf/",
        "/bases/%00/",
        "/bases/?q=%00",
        "/applications/public/notices/%00/",
        "/panels/?q=%00",
        "/panels/experts/?q=%00",
    ],
)
def test_nul_in_an_address_is_refused(client, officer, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("number", ["9" * 40, "-1", "0", "²", "x"])
@pytest.mark.parametrize("name", ["cases:list", "documents:list", "bases:register", "applications:public_notices"])
def test_odd_page_numbers_are_answered(client, officer, name, number):
    assert client.get(reverse(name), {"page": number}).status_code == 200


def test_attachment_number_beyond_every_integer_is_not_found(client, officer):
    case = make_round(officer.organisation).case
    assert client.get(f"/cases/{case.number}/attachments/{'9' * 40}/").status_code == 404


@pytest.mark.parametrize("total", ["²", "9" * 5000, "-1", "x", "9" * 9])
def test_odd_number_of_rows_is_no_error(client, total):
    applicant = Applicant("zibo")
    client.force_login(applicant.editor.user)
    number = applicant.application.case.number
    version = filling.load_form(applicant.application).version("faculty")
    answer = client.post(
        reverse("applications:form_autosave", args=[number, "faculty"]),
        {"version": version, "teachers-TOTAL_FORMS": total, "teachers-0-name": "王一"},
    )
    assert answer.status_code == 200


def test_nul_in_a_cell_is_left_out_and_the_rest_is_kept(client):
    applicant = Applicant("zibo")
    client.force_login(applicant.editor.user)
    number = applicant.application.case.number
    version = filling.load_form(applicant.application).version("faculty")
    answer = client.post(
        reverse("applications:form_autosave", args=[number, "faculty"]),
        {"version": version, "teachers-TOTAL_FORMS": "1", "teachers-0-name": "王\x00一"},
    )
    assert answer.status_code == 200
    rows = filling.load_form(applicant.application).data("faculty")["teachers"]
    assert [row["name"] for row in rows] == ["王一"]


@pytest.mark.parametrize("name", ["portal:home", "portal:dashboard", "account_login", "api:bases", "portal:rules"])
def test_every_answer_carries_the_headers_that_hold_a_browser_back(client, officer, name):
    answer = client.get(reverse(name))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"

"""Who may ask, and how often: CSRF, throttles, and the pages that explain the API under the strict policy."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from apps.accounts.enums import Role
from apps.api.problems import TYPES
from apps.jurisdictions.rulebooks import registry
from tests.api.test_rulebooks import problem
from tests.factories import AuthorityFactory, member

pytestmark = pytest.mark.django_db
EVALUATE = "/api/v1/rulebooks/zibo/evaluate/"


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"anon": "3/min", "user": "5/min"})


@pytest.fixture
def officer():
    return member(AuthorityFactory(), Role.AUTHORITY_OFFICER).user


def test_visitor_is_throttled_and_told_how_long(api, three_a_minute):
    for _ in range(3):
        assert api.get(reverse("api:bases")).status_code == 200
    response = api.get(reverse("api:rulebooks"))
    body = problem(response, 429, "too-many-requests")
    assert 0 < int(response["Retry-After"]) <= 60
    assert re.fullmatch(r"请求过于频繁，请在\d+秒后再试。", body["detail"])
    assert api.get(reverse("api:bases"), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_signed_in_person_has_a_limit_of_their_own(api, three_a_minute, officer):
    for _ in range(3):
        api.get(reverse("api:bases"))
    assert api.get(reverse("api:bases")).status_code == 429
    api.force_login(officer)
    assert [api.get(reverse("api:cases")).status_code for _ in range(6)] == [200] * 5 + [429]


def test_claimed_address_does_not_escape_the_throttle(api, three_a_minute):
    answers = [api.get(reverse("api:bases"), HTTP_X_FORWARDED_FOR=f"10.0.0.{n}").status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("name", ["schema", "documentation"])
def test_refusal_of_the_documentation_is_a_problem_as_well(api, three_a_minute, name):
    for _ in range(3):
        assert api.get(reverse(f"api:{name}")).status_code == 200
    problem(api.get(reverse(f"api:{name}")), 429, "too-many-requests")
    assert api.options(reverse(f"api:{name}"), REMOTE_ADDR="10.0.0.9").status_code == 405


@pytest.mark.parametrize("odd", ["xx", "../../etc", "%00", "zh-hans" * 200, "<script>", '"-alert(1)-"'])
def test_odd_language_or_version_changes_nothing(api, odd):
    for name in ("schema", "documentation"):
        response = api.get(reverse(f"api:{name}") + f"?lang={odd}&version={odd}&script=")
        assert response.status_code == 200
        assert "<script>" not in response.content.decode().replace("<script src", "")


def test_refused_bodies_count_too(api, three_a_minute):
    answers = [api.post(EVALUATE, b"[" * 9999, content_type="application/json").status_code for _ in range(4)]
    assert answers == [400, 400, 400, 429]


def test_signed_in_person_sends_the_token_with_a_question(officer):
    api = APIClient(enforce_csrf_checks=True)
    assert api.post(EVALUATE, {}, format="json").status_code == 200
    api.force_login(officer)
    problem(api.post(EVALUATE, {}, format="json"), 403, "not-permitted")
    page = api.get(reverse("api:problems"))
    token = re.search(r'"X-CSRFToken": "(\w+)"', page.content.decode()).group(1)
    api.cookies["csrftoken"] = page.cookies["csrftoken"].value
    assert api.post(EVALUATE, {}, format="json", headers={"X-CSRFToken": token}).status_code == 200


def test_every_problem_points_to_its_line_on_the_page(api):
    response = api.get(reverse("api:problems"))
    assert response.status_code == 200
    for code in TYPES:
        assert f'id="{code}"' in response.content.decode()
    refused = api.get(reverse("api:base", kwargs={"number": "none"})).json()
    assert refused["type"] == f"{settings.PUBLIC_BASE_URL}{reverse('api:problems')}#not-found"
    assert refused["instance"] == "/api/v1/bases/none/"


def test_documentation_page_has_nothing_inline_and_nothing_from_elsewhere(api):
    response = api.get(reverse("api:documentation"))
    page = response.content.decode()
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert all(address.startswith("/") for address in re.findall(r'(?:src|href)="([^"]*)"', page))
    script = api.get(re.search(r'src="([^"]*script[^"]*)"', page.split("swagger-ui-bundle.js")[1]).group(1))
    assert script["Content-Type"].startswith("application/javascript")
    assert '"validatorUrl": null' in script.content.decode()


@pytest.mark.parametrize("jurisdiction", registry.jurisdictions())
def test_public_answers_are_the_same_for_an_officer_of_any_jurisdiction(api, jurisdiction):
    address = reverse("api:rulebook", kwargs={"jurisdiction": jurisdiction})
    before = api.get(address).json()
    api.force_login(member(AuthorityFactory(jurisdiction_id="zibo"), Role.AUTHORITY_OFFICER).user)
    assert api.get(address).json() == before

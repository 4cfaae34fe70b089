"""Signing in, being locked out, and choosing the organisation acted for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.enums import Role
from apps.accounts.models import Membership
from tests.factories import AuthorityFactory, InstitutionFactory, make_round, member

pytestmark = pytest.mark.django_db
PASSWORD = "demo-password-1"


@pytest.fixture
def officer():
    return member(AuthorityFactory(), Role.AUTHORITY_OFFICER, username="officer.one")


def sign_in(client, password: str):
    return client.post(reverse("account_login"), {"login": "officer.one", "password": password})


@pytest.fixture
def lockout(settings):
    settings.AXES_ENABLED = True


def test_five_wrong_passwords_lock_even_the_right_one_out(client, officer, lockout):
    for _ in range(4):
        assert sign_in(client, "wrong-password").status_code == 200
    locked = sign_in(client, "wrong-password")
    assert locked.status_code == 429
    assert "登录已暂时锁定" in locked.content.decode()
    assert sign_in(client, PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_right_password_resets_the_count(client, officer, lockout):
    for _ in range(4):
        sign_in(client, "wrong-password")
    assert sign_in(client, PASSWORD).status_code == 302
    client.logout()
    for _ in range(4):
        assert sign_in(client, "wrong-password").status_code == 200
    assert sign_in(client, PASSWORD).status_code == 302


def test_another_person_at_the_same_address_is_not_locked(client, officer, lockout):
    member(officer.organisation, Role.AUTHORITY_HEAD, username="head.one")
    for _ in range(5):
        sign_in(client, "wrong-password")
    answer = client.post(reverse("account_login"), {"login": "head.one", "password": PASSWORD})
    assert answer.status_code == 302


def test_acting_for_another_organisation_changes_what_is_seen(client, officer):
    second = AuthorityFactory(jurisdiction_id="weihai", levels=["municipal"])
    row = Membership.objects.create(user=officer.user, organisation=second, role=Role.AUTHORITY_OFFICER)
    first_case = make_round(officer.organisation).case
    second_case = make_round(second).case
    client.force_login(officer.user)
    assert client.get(reverse("cases:detail", args=[first_case.number])).status_code == 200
    assert client.get(reverse("cases:detail", args=[second_case.number])).status_code == 404
    answer = client.post(reverse("accounts:act_for"), {"membership": row.pk})
    assert (answer.status_code, answer.url) == (302, reverse("portal:dashboard"))
    assert client.get(reverse("cases:detail", args=[first_case.number])).status_code == 404
    assert client.get(reverse("cases:detail", args=[second_case.number])).status_code == 200


def test_acting_for_an_organisation_of_others_changes_nothing(client, officer):
    foreign = member(InstitutionFactory(), Role.INSTITUTION_HEAD)
    row = Membership.objects.get(user=foreign.user)
    client.force_login(officer.user)
    client.post(reverse("accounts:act_for"), {"membership": row.pk})
    assert client.get(reverse("portal:dashboard")).context["request"].actor.organisation == officer.organisation


def test_nobody_signs_up_alone(client):
    assert "signup" not in client.get(reverse("account_login")).content.decode()

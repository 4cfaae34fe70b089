"""Guessing a way in: names in other letters, second factors, closed account pages, caches left behind."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.urls import reverse

from apps.accounts.enums import Role
from apps.accounts.models import User
from tests.factories import AuthorityFactory, member

pytestmark = pytest.mark.django_db
PASSWORD = "demo-password-1"


@pytest.fixture(autouse=True)
def no_counts_left():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def officer():
    return member(AuthorityFactory(), Role.AUTHORITY_OFFICER, username="officer.one")


def sign_in(client, login: str, password: str):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def test_other_letters_of_a_name_do_not_get_round_the_lock(client, officer, settings):
    settings.AXES_ENABLED = True
    spellings = ["officer.one", "Officer.one", "OFFICER.ONE", "officer.ONE", "oFFicer.one"]
    answers = [sign_in(client, spelling, "wrong-password").status_code for spelling in spellings]
    assert answers == [200, 200, 200, 200, 429]
    assert sign_in(client, "officer.One", PASSWORD).status_code == 429


def test_strangers_from_elsewhere_do_not_lock_the_officer_out(client, officer, settings):
    settings.AXES_ENABLED = True
    for address in range(20):
        client.post(
            reverse("account_login"),
            {"login": "officer.one", "password": "wrong-password"},
            REMOTE_ADDR=f"10.9.8.{address}",
        )
    assert sign_in(client, "officer.one", PASSWORD).status_code == 302


def test_second_factor_cannot_be_guessed_without_end(client, officer):
    secret = generate_totp_secret()
    TOTP.activate(officer.user, secret)
    assert sign_in(client, "officer.one", PASSWORD).url == reverse("mfa_authenticate")
    address = reverse("mfa_authenticate")
    right = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert client.post(address, {"code": wrong}).status_code == 200
    client.post(address, {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})
    assert "_auth_user_id" not in client.session


def test_right_second_factor_signs_in(client, officer):
    secret = generate_totp_secret()
    TOTP.activate(officer.user, secret)
    sign_in(client, "officer.one", PASSWORD)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.session["_auth_user_id"] == str(officer.user.pk)


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-abc/",
        "password/reset/key/done/",
        "password/set/",
        "login/code/confirm/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_accounts_have_no_address_and_no_reset_by_mail(client, officer, path, method):
    client.force_login(officer.user)
    answer = getattr(client, method)(f"/accounts/{path}", {"email": "thief@example.org", "action_add": ""})
    assert answer.status_code == 404
    assert User.objects.get(pk=officer.user.pk).email == ""


def test_nobody_signs_up(client):
    data = {"username": "stranger", "password1": "a-long-password-9", "password2": "a-long-password-9"}
    answer = client.post(reverse("account_signup"), data)
    assert answer.status_code == 200
    assert not User.objects.filter(username="stranger").exists()


def test_temporary_password_does_not_become_the_own_one(client, officer):
    User.objects.filter(pk=officer.user.pk).update(must_change_password=True)
    sign_in(client, "officer.one", PASSWORD)
    address = reverse("account_change_password")
    same = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(address, same)
    assert "新密码不能与现在的密码相同" in answer.content.decode()
    assert User.objects.get(pk=officer.user.pk).must_change_password
    other = {"oldpassword": PASSWORD, "password1": "another-word-27", "password2": "another-word-27"}
    assert client.post(address, other).status_code == 302
    assert not User.objects.get(pk=officer.user.pk).must_change_password


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https://evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(client, officer, address):
    data = {"login": "officer.one", "password": PASSWORD, "next": address}
    answer = client.post(reverse("account_login"), data)
    assert (answer.status_code, answer.url) == (302, reverse("portal:dashboard"))


def test_session_known_before_signing_in_is_worth_nothing_after(client, officer):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    sign_in(client, "officer.one", PASSWORD)
    assert client.session.session_key != planted


@pytest.mark.parametrize("name", ["portal:dashboard", "cases:list", "documents:list", "api:cases", "portal:home"])
def test_pages_of_a_signed_in_person_stay_in_no_cache(client, officer, name):
    client.force_login(officer.user)
    assert "no-store" in client.get(reverse(name)).headers["Cache-Control"]


def test_public_page_may_be_kept(client):
    assert "no-store" not in client.get(reverse("portal:home")).headers.get("Cache-Control", "")

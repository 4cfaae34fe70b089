"""Signed-in clients, and answers made comparable."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User | None) -> Client:
    """A client of ``user``; None: a visitor."""
    client = Client()
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def ask(client: Client, method: str, url: str, **more: Any) -> HttpResponse:
    """Send a request, read the whole answer, and undo what it did."""
    with transaction.atomic():
        response = read(client, method, url, **more)
        transaction.set_rollback(True)
    return response


def read(client: Client, method: str, url: str, **more: Any) -> HttpResponse:
    """Send a request and read the whole answer, kept as ``body``."""
    response = getattr(client, method.lower())(url, **more)
    response.body = b"".join(response.streaming_content) if response.streaming else response.content
    return response


def comparable(response: HttpResponse, address: str) -> str:
    """Status and body without what differs between any two answers: tokens, nonces and the address asked for."""
    body = response.body.decode(errors="replace")
    body = re.sub(r'(csrf[a-zA-Z]*"? (?:value|content)=")[^"]+', r"\1", body)
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    body = re.sub(r'(nonce|X-CSRFToken)(=|&quot;: &quot;|": ")"?[A-Za-z0-9+/=_-]+', r"\1", body)
    return f"{response.status_code} {response.get('Location', '')} {body}".replace(address, "?")


def denies(response: HttpResponse) -> bool:
    """Whether the answer keeps the asker out: sent to sign in, 401, 403 or 404."""
    to_sign_in = response.status_code == 302 and "/accounts/login/" in response.headers["Location"]
    return to_sign_in or response.status_code in (401, 403, 404)

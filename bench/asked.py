"""A page that is measured: who asks for it, and the floor it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Asked:
    """A page: who asks for it (a session key, empty for a visitor), and the name of its floor, empty for a floor."""

    name: str
    url: str
    session: str
    floor: str


def quoted(text: str) -> str:
    """``text`` as it stands in an address."""
    return quote(text)


def session(organisation: Any, role: str) -> str:
    """The key of a session of the first person who holds ``role`` in ``organisation``."""
    from django.conf import settings
    from django.test import Client

    from apps.accounts.models import User

    person = User.objects.filter(memberships__organisation=organisation, memberships__role=role).order_by("pk")[0]
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value

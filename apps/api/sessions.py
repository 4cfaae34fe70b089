"""Who asks: the person signed in to the portal. On its own, for the framework's settings name it."""

from __future__ import annotations

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class PortalSession(SessionAuthentication):
    """The portal's own session, with its CSRF token for anything but reading. Without one the answer is 401."""

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="portal"'


class PortalSessionScheme(SessionScheme):
    """How the schema names it: the session's cookie."""

    target_class = "apps.api.sessions.PortalSession"
    priority = 1

"""Who may open a page: a signed-in person acting for an organisation, and in one of some roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_scopes import scope

from apps.accounts.enums import Role
from apps.jurisdictions.rulebooks import registry

View = Callable[..., HttpResponse]

NO_MEMBERSHIP = "您的账号目前没有在任何单位任职，不能办理业务。请联系所在单位的管理员为您登记身份。"


def forbidden(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page that says why a person may not do something; status 403."""
    return render(request, "errors/403.html", {"reason": reason}, status=403)


def acting(view: View) -> View:
    """Let in only a signed-in person acting for an organisation.

    Visitors are sent to sign in, those with a temporary password to change it; the others without a membership in
    force get a page that says so (403).
    """

    @wraps(view)
    @login_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request.user, "must_change_password", False):
            return redirect("account_change_password")
        if request.actor is None:
            return forbidden(request, NO_MEMBERSHIP)
        return view(request, *args, **kwargs)

    return wrapped


def public(view: View) -> View:
    """A page for everyone: published things of every jurisdiction, whatever organisation the reader acts for."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with scope(jurisdiction=registry.jurisdictions()):
            return view(request, *args, **kwargs)

    return wrapped


def requires_role(*roles: str) -> Callable[[View], View]:
    """As :func:`acting`, and only for holders of one of ``roles`` in the organisation acted for (else 403)."""
    names = "、".join(str(Role(role).label) for role in roles)

    def decorate(view: View) -> View:
        @wraps(view)
        @acting
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.has(*roles):
                return forbidden(request, f"本页由{names}办理；您在当前单位没有这一身份。")
            return view(request, *args, **kwargs)

        return wrapped

    return decorate

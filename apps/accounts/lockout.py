"""Under which name failed sign-ins are counted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def counted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The user name as accounts are found by it: ``Zhang`` and ``zhang`` are one account and share one count."""
    name = (credentials or {}).get("username")
    if name is None and request is not None:
        name = request.POST.get("login")
    return name.strip().casefold() if isinstance(name, str) else None

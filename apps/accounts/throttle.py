"""How often one network address may do what costs others work, such as filing an objection or trying codes."""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def use_up(request: HttpRequest, action: str) -> bool:
    """Count one ``action`` of the visitor's address and say whether it was still within the limit."""
    most, seconds = settings.VISITOR_LIMITS[action]
    key = _key(request, action, seconds)
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the window ended between the two
        return True


def is_used_up(request: HttpRequest, action: str) -> bool:
    """Whether the visitor's address has no ``action`` left in this window; counts nothing."""
    most, seconds = settings.VISITOR_LIMITS[action]
    return int(cache.get(_key(request, action, seconds), 0)) >= most


def _key(request: HttpRequest, action: str, seconds: int) -> str:
    # A network of IPv6 counts as one address: whoever has one address there has them all.
    address = truncate_ip(get_adapter().get_client_ip(request))
    return f"visitor:{action}:{address}:{int(time.time() // seconds)}"

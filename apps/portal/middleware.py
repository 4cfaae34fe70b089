"""Addresses no page can answer."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

API = "/api/"


class NulInAddressMiddleware:
    """Refuse (400) an address with a NUL character, which PostgreSQL takes in no text; the API says so itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API) and self._has_nul(request):
            raise SuspiciousOperation("NUL in the address")
        return self.get_response(request)

    def _has_nul(self, request: HttpRequest) -> bool:
        return "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")

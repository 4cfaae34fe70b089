"""首页: what the portal is, what is open now, and where each kind of user enters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.portal.front import front_page


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The public home page; nothing on it belongs to anybody in particular."""
    return render(request, "portal/home.html", {"heading": "首页", **front_page()})

"""工作台: what is mine to do and by when, what waits for others, what was closed lately."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.decorators import acting
from apps.portal.workbench import workbench


@acting
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """The dashboard of the organisation acted for, in the roles held there."""
    return render(request, "portal/dashboard.html", {"heading": "工作台", **workbench(request.actor)})

"""The floor: bare views that run one indexed query and render the same 25 rows as the portal's lists.

Two variants: in the portal's own base template, and barest, a lone table without a base template or context
processors. Both pass the same middleware, with the same session, as the pages they are compared with.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django_scopes import scopes_disabled

from apps.bases.models import Base
from apps.cases.models import Case

ROWS = 25


def _cases(request: HttpRequest) -> QuerySet[Case]:
    kind, state = request.GET.get("kind", "application"), request.GET.get("state", "recognised")
    cases = Case.objects.filter(authority=request.actor.organisation, kind=kind, state=state)
    return cases.select_related("institution", "turn_organisation").order_by("-pk")[:ROWS]


@scopes_disabled()
def _bases() -> QuerySet[Base]:
    return (
        Base.objects.filter(is_sandbox=False)
        .select_related("authority", "jurisdiction")
        .order_by("-recognised_on", "-id")[:ROWS]
    )


def cases_in_base(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/in_base.html", {"heading": "办件", "cases": _cases(request)})


def bases_in_base(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/in_base.html", {"heading": "基地名录", "bases": _bases()})


def cases_barest(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_template("bench/cases.html").render({"cases": _cases(request)}))


def bases_barest(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_template("bench/bases.html").render({"bases": _bases()}))

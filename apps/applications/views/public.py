"""Public pages: rounds anyone may read."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from apps.accounts.decorators import public
from apps.applications import selectors
from apps.cases.workflow.engine import road_of
from apps.jurisdictions.models import Jurisdiction
from apps.jurisdictions.rulebooks import registry


@public
def public_rounds(request: HttpRequest) -> HttpResponse:
    """Published rounds, filtered by jurisdiction and by whether the window is open."""
    rounds = selectors.public_rounds(request.actor)
    jurisdiction = request.GET.get("jurisdiction", "")
    if jurisdiction in registry.jurisdictions():
        rounds = rounds.filter(case__jurisdiction=jurisdiction)
    today = timezone.localdate()
    if request.GET.get("open") == "1":
        rounds = rounds.filter(opens_on__lte=today, closes_on__gte=today)
    context = {
        "page": Paginator(rounds, 25).get_page(request.GET.get("page")),
        "jurisdictions": Jurisdiction.objects.all(),
        "jurisdiction": jurisdiction,
        "only_open": request.GET.get("open") == "1",
        "today": today,
    }
    return render(request, "applications/public/rounds.html", context)


@public
def public_round(request: HttpRequest, number: str) -> HttpResponse:
    rnd = get_object_or_404(selectors.public_rounds(request.actor), case__number=number)
    context = {
        "round": rnd,
        "rulebook": registry.by_key(rnd.case.rulebook_key),
        "road": road_of(rnd.case),
        "is_open": rnd.opens_at <= timezone.now() < rnd.closes_at,
    }
    return render(request, "applications/public/round.html", context)

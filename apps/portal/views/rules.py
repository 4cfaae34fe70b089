"""规则库: every text with its standing, and one text article by article."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_scopes import scopes_disabled

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.errors import UnknownRulebook
from apps.portal.front import text_row
from apps.portal.rulebook_page import described


@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every text: in force, lapsed, draft or of unclear standing; none is hidden."""
    with scopes_disabled():
        texts = [text_row(rulebook) for rulebook in registry.all()]
    return render(request, "portal/rules.html", {"heading": "规则库", "texts": texts})


@require_GET
def rulebook_page(request: HttpRequest, key: str) -> HttpResponse:
    """One text article by article, with what the portal does with each and what it leaves to people."""
    try:
        rulebook = registry.by_key(key)
    except UnknownRulebook:
        raise Http404 from None
    with scopes_disabled():
        context = described(rulebook, timezone.localdate())
    return render(request, "portal/rulebook.html", {"heading": rulebook.title, **context})

"""What the public home page shows: published things only, of every jurisdiction."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django_scopes import scope

from apps.applications.models import PublicNotice
from apps.applications.selectors import open_rounds
from apps.bases.models import Base
from apps.inspections.services.publication import public_results
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.periods import STATUS_LABELS
from apps.jurisdictions.standing import standing_of

SHOWN = 6
STATUS_TONES = {"in_force": "success", "lapsed": "danger", "draft": "warning", "not_yet_in_force": "neutral"}


def front_page() -> dict[str, Any]:
    """Open rounds, running notices, the latest bases, published inspection results and the standing of every text."""
    with scope(jurisdiction=registry.jurisdictions()):
        return {
            "rounds": list(open_rounds()[:SHOWN]),
            "notices": running_notices(),
            "bases": latest_bases(),
            "results": list(public_results()[:SHOWN]),
            "texts": [text_row(rulebook) for rulebook in registry.all()],
            "self_check_url": url_or_empty("portal:self_check"),
            "results_url": url_or_empty("inspections:public_results"),
            "certificate_url": url_or_empty("plans:certificate_verify"),
        }


def running_notices() -> list[PublicNotice]:
    """Public notices whose days are running, the one that ends first on top."""
    today = timezone.localdate()
    notices = PublicNotice.objects.filter(case__state="published", case__is_sandbox=False, last_day__gte=today)
    return list(notices.select_related("case__authority").order_by("last_day", "pk")[:SHOWN])


def latest_bases() -> list[Base]:
    """The bases recognised last, rehearsals left out."""
    bases = Base.objects.filter(is_sandbox=False).select_related("jurisdiction")
    return list(bases.order_by("-recognised_on", "-pk")[:SHOWN])


def text_row(rulebook: Any) -> dict[str, Any]:
    """A text with its standing today; a standing changed by a recorded extension says so."""
    found = standing_of(rulebook, timezone.localdate())
    return {
        "rulebook": rulebook,
        "status": found.status,
        "status_label": STATUS_LABELS[found.status],
        "tone": STATUS_TONES[found.status],
        "extension": found.extension,
        "unclear": bool(rulebook.term_note),
    }


def url_or_empty(name: str, *args: Any) -> str:
    """The address, or nothing where the site has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""

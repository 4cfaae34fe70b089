"""What every page that examines an application shows around its own content."""

from __future__ import annotations

from typing import Any

from apps.cases.models import Case
from apps.cases.web import state_label
from apps.cases.workflow.engine import road_of
from apps.jurisdictions.rulebooks import registry


def case_frame(case: Case, heading: str, *, queue: tuple[str, str], case_url: str) -> dict[str, Any]:
    """The context of the case with its breadcrumbs: the queue (label, address), the case at ``case_url``, the page."""
    label, url = queue
    return {
        "case": case,
        "application": case.application,
        "heading": heading,
        "rulebook": registry.by_key(case.rulebook_key),
        "road": road_of(case),
        "state_label": state_label(case),
        "sandbox": case.is_sandbox,
        "breadcrumbs": [
            {"label": label, "url": url},
            {"label": case.institution.name, "url": case_url},
            {"label": heading},
        ],
    }

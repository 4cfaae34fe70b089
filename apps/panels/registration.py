"""Where the steps of the expert review are taken, and what the case page shows of a panel."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.cases.actions import register_page, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.panels.services import panels
from apps.panels.sitting import sitting_of

PAGES = {
    "edit": "panels:edit",
    "draw": "panels:draw",
    "appoint": "panels:appoint",
    "replace": "panels:panel",
    "name_chair": "panels:panel",
    "set_aside_conflict": "panels:panel",
    "record_visit": "panels:panel",
    "record_resolution": "panels:resolution",
    "declare": "panels:declare",
    "submit_scores": "panels:assignment",
    "close_scoring_early": "panels:close_early",
    "sign_resolution": "panels:sign",
}


@register_service(CaseKind.PANEL, "convene")
def convene(case: Case, actor: Actor, reason: str = "") -> Act:
    """The confirmation page's way to call the panel together."""
    return panels.convene(case, actor)


def summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """What the case page tells of a panel: to staff the figures, to an expert the way to the assignment."""
    sitting = sitting_of(case)
    return {
        "panel": case.panel,
        "words": sitting.kind.words,
        "case": case,
        "staff": actor is not None and actor.is_case_staff,
        "subjects": len(sitting.subjects),
        "members": len(sitting.serving),
        "below_quorum": [one.title for one in sitting.subjects if not sitting.has_quorum(one)],
    }


for _step, _page in PAGES.items():
    register_page(CaseKind.PANEL, _step, _page)
register_summary(CaseKind.PANEL, "panels/_summary.html", summary)

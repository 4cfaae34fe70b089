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
APPLICATION_PAGES = {
    "assign_panel": "panels:for_application",
    "record_review_step": "panels:review_steps",
    "conclude_review": "panels:review_steps",
}


@register_service(CaseKind.PANEL, "convene")
def convene(case: Case, actor: Actor, reason: str = "") -> Act:
    """The confirmation page's way to call the panel together."""
    return panels.convene(case, actor)


@register_service(CaseKind.APPLICATION, "release_panel")
def release(case: Case, actor: Actor, reason: str) -> Act:
    """The confirmation page's way to take one application off its panel."""
    return panels.release_application(case, actor, reason)


def summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """What the case page tells of a panel: to staff the figures, to an expert the way to the assignment."""
    sitting = sitting_of(case)
    return {
        "panel": case.panel,
        "case": case,
        "staff": actor is not None and actor.is_case_staff,
        "applications": len(sitting.applications),
        "members": len(sitting.serving),
        "below_quorum": [one.case.title for one in sitting.applications if not sitting.has_quorum(one)],
    }


for _step, _page in PAGES.items():
    register_page(CaseKind.PANEL, _step, _page)
for _step, _page in APPLICATION_PAGES.items():
    register_page(CaseKind.APPLICATION, _step, _page)
register_summary(CaseKind.PANEL, "panels/_summary.html", summary)

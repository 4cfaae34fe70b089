"""How a business app has its cases reviewed by panels: the kind, and where the steps on its cases are taken."""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.cases.actions import register_page, register_service
from apps.cases.models import Act, Case
from apps.panels.services.panels import release_subject
from apps.panels.services.subjects import ReviewKind, register_kind


def register_review(kind: ReviewKind, *, has_duties: bool = False) -> None:
    """Have cases of ``kind.subject`` reviewed; to be called once, when the app is ready.

    With ``has_duties`` the text's steps are recorded, and a review without a panel concluded, on a page of its own;
    without, the panel's page alone concludes.
    """
    register_kind(kind)
    register_page(kind.subject, "assign_panel", "panels:for_subject")
    register_page(kind.subject, "conclude_review", "panels:review_steps" if has_duties else "panels:for_subject")
    if has_duties:
        register_page(kind.subject, "record_review_step", "panels:review_steps")
    register_service(kind.subject, "release_panel")(_release)


def _release(case: Case, actor: Actor, reason: str) -> Act:
    """The confirmation page's way to take one subject off its panel."""
    return release_subject(case, actor, reason)

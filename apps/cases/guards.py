"""Guards that every kind of business shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.cases.workflow.problems import Problem
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.standing import standing, standing_of

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case

STATUS_LABELS = {"lapsed": "已失效", "draft": "尚在征求意见、未印发", "not_yet_in_force": "尚未施行"}


def text_in_force(case: Case, actor: Actor | None) -> list[Problem]:
    """No round opens and no adverse act is taken under a text that is not in force; a sandbox case rehearses."""
    if case.is_sandbox:
        return []
    today = timezone.localdate()
    found = (
        standing_of(registry.by_key(case.rulebook_key), today)
        if case.rulebook_key
        else standing(case.jurisdiction_id, today)
    )
    if found.in_force:
        return []
    return [
        Problem(
            "not_in_force",
            f"《{found.rulebook.title}》{STATUS_LABELS[found.status]}，不得据此办理。"
            "请先由法制审核人登记延长有效期或正式印发的文件（文号、日期、文件），或改用演练批次。",
            (found.rulebook.in_force.article,),
        )
    ]

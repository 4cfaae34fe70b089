"""Where the text leaves it open whether experts sit: the authority's own review, by recorded steps and a conclusion."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.panels.services.subjects import Conclusion, kind_of_subject


def conclude_own_review(case: Case, actor: Actor, *, passed: bool, reasons: str) -> Act:
    """Conclude the review of an admitted subject without a panel, with reasons that go on record.

    Raises WrongState where the text requires a panel, Blocked without reasons or while a step is not recorded.
    """
    if not reasons.strip():
        articles = kind_of_subject(case).articles(case)
        raise Blocked(Problem("reasons_missing", "请写明评审结论的理由。", articles, where="reasons"))
    with transaction.atomic():
        kind_of_subject(case).store_conclusion(case, Conclusion(passed, None, reasons.strip()))
        return perform(case, "conclude_review", actor, reason=reasons, data={"passed": passed})

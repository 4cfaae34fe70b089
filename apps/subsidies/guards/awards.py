"""Guards of awards: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.bases.guards import base_is_live
from apps.cases.guards import text_in_force
from apps.cases.workflow.problems import Problem
from apps.subsidies.enums import CycleState

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case


def window_open(case: Case, actor: Actor | None) -> list[Problem]:
    """Applications are taken from the first to the last day of the cycle's window."""
    cycle = case.award.cycle
    today = timezone.localdate()
    if cycle.case.state == CycleState.OPEN and cycle.opens_on <= today <= cycle.closes_on:
        return []
    return [Problem("window_closed", f"“{cycle.title}”的申请时间为{cycle.opens_on}至{cycle.closes_on}，现在不能提交。")]


def window_closed(case: Case, actor: Actor | None) -> list[Problem]:
    """The last day of the cycle's window is over."""
    cycle = case.award.cycle
    if timezone.localdate() > cycle.closes_on:
        return []
    return [Problem("window_open", f"“{cycle.title}”的申请截止日期为{cycle.closes_on}，截止前单位仍可以提交。")]


def text_in_force_or_base_ended(case: Case, actor: Actor | None) -> list[Problem]:
    """What ends a live base's award is adverse and needs a text in force; that of an ended base follows from its end."""
    return text_in_force(case, actor) if not base_is_live(case, actor) else []


def application_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Lines of allowed uses, with sums and purposes, and targets that can be measured (Shanghai 34–36)."""
    from apps.subsidies.services.plan_content import content_problems

    return content_problems(case)


def panel_resolved(case: Case, actor: Actor | None) -> list[Problem]:
    """The experts' resolution on the application is signed (Shanghai 32)."""
    from apps.subsidies.services.award_review import resolution_problems

    return resolution_problems(case)


def decision_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """A conclusion with reasons; a grant gives a sum to lines, within what was asked and what the cycle has left."""
    from apps.subsidies.services.award_decisions import decision_problems

    return decision_problems(case.award)


def exception_recorded(case: Case, actor: Actor | None) -> list[Problem]:
    """An exception to the cap has its document, its number and its reason on file."""
    from apps.subsidies.services.cap_exceptions import exception_problems

    return exception_problems(case.award)


def exception_signed_by_finance(case: Case, actor: Actor | None) -> list[Problem]:
    """Where the proposed sum exceeds the cap, the finance side has signed the exception."""
    from apps.subsidies.services.cap_exceptions import finance_signature_problems

    return finance_signature_problems(case.award)


def within_cap(case: Case, actor: Actor | None) -> list[Problem]:
    """All that the base is granted in the cycle stays within the cap, or an exception signed by two people allows it."""
    from apps.subsidies.services.cap_exceptions import cap_problems

    return cap_problems(case.award)


def termination_proposed(case: Case, actor: Actor | None) -> list[Problem]:
    """Ending an award takes two people: an officer has put it forward."""
    if case.acts.filter(name="propose_termination").exists():
        return []
    return [Problem("not_proposed", "终止资助须先由经办人报请，再由负责人签发。")]


def no_business_running(case: Case, actor: Actor | None) -> list[Problem]:
    """No payment, acceptance or report of the award that was sent is under way; what was not sent keeps nothing up."""
    from apps.subsidies.services.award_endings import business_before_termination

    return business_before_termination(case.award)


def nothing_open(case: Case, actor: Actor | None) -> list[Problem]:
    """Every line is accepted, everything due is paid or released, and nothing is to be returned."""
    from apps.subsidies.services.award_endings import settlement_problems

    return settlement_problems(case.award)

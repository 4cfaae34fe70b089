"""Guards of acceptance: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.cases.guards import text_in_force

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case
    from apps.cases.workflow.problems import Problem


def report_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """The lines put to acceptance, what was spent on each, and a result for every target of the plan."""
    from apps.subsidies.services.acceptance_checks import report_problems

    return report_problems(case.acceptance)


def reviewers_named(case: Case, actor: Actor | None) -> list[Problem]:
    """At least one expert or third party judges."""
    from apps.subsidies.services.acceptance_checks import reviewer_problems

    return reviewer_problems(case.acceptance)


def opinions_in(case: Case, actor: Actor | None) -> list[Problem]:
    """Everybody named has given an opinion."""
    from apps.subsidies.services.acceptance_checks import opinion_problems

    return opinion_problems(case.acceptance)


def conclusion_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """A conclusion with reasons; accepting says how much of each line is recognised."""
    from apps.subsidies.services.acceptance_checks import conclusion_problems

    return conclusion_problems(case.acceptance)


def cut_needs_text_in_force(case: Case, actor: Actor | None) -> list[Problem]:
    """Less than what was spent within the plan is recognised only under a text in force."""
    from apps.subsidies.services.acceptance_checks import cuts

    return text_in_force(case, actor) if cuts(case.acceptance) else []

"""Guards of spending reports: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.cases.guards import text_in_force

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case
    from apps.cases.workflow.problems import Problem


def report_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """A period, vouchers within what was paid, each proved."""
    from apps.subsidies.services.spending_checks import report_problems

    return report_problems(case.spending_report)


def check_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Every sum not recognised has its article and reason, and the conclusion is written."""
    from apps.subsidies.services.spending_checks import check_problems

    return check_problems(case.spending_report)


def adverse_needs_text_in_force(case: Case, actor: Actor | None) -> list[Problem]:
    """A sum is refused only under a text in force."""
    if case.spending_report.rows.filter(disallowed_fen__gt=0).exists():
        return text_in_force(case, actor)
    return []

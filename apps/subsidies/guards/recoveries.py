"""Guards of demands for return: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.cases.workflow.problems import Problem

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case


def demand_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Facts, articles, sums by line within what was paid, a term and an account."""
    from apps.subsidies.services.recovery_checks import demand_problems

    return demand_problems(case.fund_recovery)


def all_returned(case: Case, actor: Actor | None) -> list[Problem]:
    recovery = case.fund_recovery
    if recovery.returned_fen >= recovery.amount_fen:
        return []
    return [Problem("not_returned", "尚未全部缴回，不能办结。")]

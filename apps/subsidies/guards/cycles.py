"""Guards of funding cycles: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.cases.workflow.engine import rules_of
from apps.cases.workflow.problems import Problem

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case


def funded_by_text(case: Case, actor: Actor | None) -> list[Problem]:
    """A cycle exists only where the text says how money is given and paid."""
    funding = rules_of(case).funding
    if funding is not None and funding.scheme is not None:
        return []
    return [Problem("no_funding", f"《{rules_of(case).title}》没有规定资助的限额和拨付办法，不能开放资助周期。")]


def cycle_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Days in order, a budget, criteria for the experts."""
    from apps.subsidies.services.cycles import cycle_problems

    return cycle_problems(case.funding_cycle)


def window_over(case: Case, actor: Actor | None) -> list[Problem]:
    if timezone.localdate() > case.funding_cycle.closes_on:
        return []
    return [Problem("window_open", "申请截止日期未到。")]


def all_awards_over(case: Case, actor: Actor | None) -> list[Problem]:
    """Every application and award of the cycle is at its end, and no money is owed either way."""
    from apps.subsidies.services.cycles import open_business

    return open_business(case.funding_cycle)


def ledger_in_order(case: Case, actor: Actor | None) -> list[Problem]:
    """The ledger of the cycle verifies."""
    from apps.subsidies.services.verification import verify_cycle

    return [Problem("ledger", found.message) for found in verify_cycle(case.funding_cycle)]

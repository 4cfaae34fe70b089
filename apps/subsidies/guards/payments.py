"""Guards of payments: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case
    from apps.cases.workflow.problems import Problem


def request_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """At least one tranche, and the account it goes to, in the institution's own name."""
    from apps.subsidies.services.payment_checks import request_problems

    return request_problems(case.fund_payment)


def tranches_due(case: Case, actor: Actor | None) -> list[Problem]:
    """Each tranche may be paid now: advances at once, the rest after acceptance, each as agreed (Shanghai 37)."""
    from apps.subsidies.services.payment_checks import due_problems

    return due_problems(case.fund_payment)


def not_held(case: Case, actor: Actor | None) -> list[Problem]:
    """The cycle may hold payments to a base whose rectification is overdue."""
    from apps.subsidies.services.payment_checks import hold_problems

    return hold_problems(case.fund_payment)


def statement_agrees(case: Case, actor: Actor | None) -> list[Problem]:
    """A line of the bank's statement proves the payment: reference, sum and payee."""
    from apps.subsidies.services.payment_checks import statement_problems

    return statement_problems(case.fund_payment)


def nothing_returned(case: Case, actor: Actor | None) -> list[Problem]:
    """A payment part of which was demanded back, or whose lines are accepted on it, is not reversed any more."""
    from apps.subsidies.services.payment_checks import reversal_problems

    return reversal_problems(case.fund_payment)

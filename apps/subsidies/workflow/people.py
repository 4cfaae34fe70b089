"""Who takes part in public money, and what its steps rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.cases.enums import PartyRole
from apps.cases.workflow import role
from apps.cases.workflow.engine import rules_of

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.money import Funding, TrancheScheme
    from apps.jurisdictions.rulebooks.roads import Road

editor = role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
institution_head = role(Role.INSTITUTION_HEAD)
institution_head_at_any_time = role(Role.INSTITUTION_HEAD, party=PartyRole.INSTITUTION)
unit_officer = role(Role.DEPARTMENT_OFFICER)
unit_head = role(Role.DEPARTMENT_HEAD)
officer = role(Role.AUTHORITY_OFFICER)
finance = role(Role.FINANCE_OFFICER)
clerk = role(Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER)
head = role(Role.AUTHORITY_HEAD)
at_any_time_officer = role(Role.AUTHORITY_OFFICER, party=PartyRole.AUTHORITY)
at_any_time_finance = role(Role.FINANCE_OFFICER, party=PartyRole.AUTHORITY)
at_any_time_head = role(Role.AUTHORITY_HEAD, party=PartyRole.AUTHORITY)
ending = role(Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, party=PartyRole.AUTHORITY)
supervisor = role(Role.FUND_SUPERVISOR, party="assigned")
reviewer = role(Role.EXPERT, Role.FUND_SUPERVISOR, party="assigned")


def funding_of(case: Case) -> Funding:
    """What the case's text says of money. Raises LookupError where it says nothing: no such case is opened there."""
    funding = rules_of(case).funding
    if funding is None:
        raise LookupError(f"{rules_of(case).key} has no funding")
    return funding


def scheme_of(case: Case) -> TrancheScheme:
    """How awards are bounded and paid under the case's text. Raises LookupError where it sets no such scheme."""
    scheme = funding_of(case).scheme
    if scheme is None:
        raise LookupError(f"{rules_of(case).key} has no tranches")
    return scheme


def award_article(case: Case, road: Road) -> tuple[str, ...]:
    return (funding_of(case).article,)


def audit_article(case: Case, road: Road) -> tuple[str, ...]:
    return (funding_of(case).audit_article,)


def payment_article(case: Case, road: Road) -> tuple[str, ...]:
    return (scheme_of(case).paid_under,)


def supervision_article(case: Case, road: Road) -> tuple[str, ...]:
    provision = funding_of(case).supervision
    return (provision.article,) if provision else ()


def misuse_article(case: Case, road: Road) -> tuple[str, ...]:
    """That the money is kept to its purpose, and what it must not be used for."""
    return (funding_of(case).audit_article, *dict.fromkeys(one.article for one in scheme_of(case).forbidden))


def recovery_article(case: Case, road: Road) -> tuple[str, ...]:
    """What the officer cited for the demand."""
    return tuple(case.fund_recovery.articles)


def audited_by_unit(case: Case, road: Road) -> bool:
    return funding_of(case).auditor == "managing_unit"


def audited_by_funder(case: Case, road: Road) -> bool:
    return funding_of(case).auditor == "authority"

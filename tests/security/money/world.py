"""A Shanghai authority with two funded bases and a national one with another: money in every state its pages ask for."""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership
from apps.cases.attachments import attach
from apps.cases.enums import PartyRole
from apps.cases.models import Case
from apps.subsidies.models import Award, BankLine
from apps.subsidies.services import award_decisions, plan_drafting, supervision
from apps.subsidies.services.acceptances import FILES
from tests.factories import OrganisationFactory, Supervision, member
from tests.subsidies.acceptances.building import expert, in_review, make_acceptance
from tests.subsidies.acceptances.building import submitted as acceptance_submitted
from tests.subsidies.building import Funding, active_award, last_act, make_award, make_cycle, make_payment, move
from tests.subsidies.decisions import story as decisions
from tests.subsidies.recoveries import story as recoveries
from tests.subsidies.spending import story as spending

ELSEWHERE = (Role.AUTHORITY_REVIEWER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


class Side:
    """One funded base and everybody who has to do with it, one person for each role, and its cases by (kind, state)."""

    def __init__(self, funding: Funding) -> None:
        self.funding = funding
        self.people: dict[str, Actor] = {
            Role.INSTITUTION_EDITOR: funding.editor,
            Role.INSTITUTION_HEAD: funding.head,
            Role.DEPARTMENT_OFFICER: funding.unit_officer,
            Role.DEPARTMENT_HEAD: funding.unit_head,
            Role.AUTHORITY_OFFICER: funding.office["officer"],
            Role.AUTHORITY_HEAD: funding.office["head"],
            Role.LEGAL_OFFICER: funding.office["legal"],
            Role.FINANCE_OFFICER: funding.finance,
            Role.FUND_SUPERVISOR: funding.supervisor,
            Role.EXPERT: expert(funding),
        }
        self.people |= {role: member(funding.authority, role) for role in ELSEWHERE}
        jurisdiction = funding.authority.jurisdiction_id
        association = OrganisationFactory(kind=OrganisationKind.ASSOCIATION, jurisdiction_id=jurisdiction)
        self.people[Role.SERVICE_ASSISTANT] = member(association, Role.SERVICE_ASSISTANT)
        self.cases: dict[tuple[str, str], Case] = {}
        self.bank_lines: dict[str, BankLine] = {}

    def case(self, state: str, kind: str) -> Case:
        return self.cases[kind, state]

    def keep(self, *cases: Case) -> None:
        for case in cases:
            case.refresh_from_db()
            self.cases[case.kind, case.state] = case


def played(funding: Funding) -> Side:
    """Every state that a page of money asks for, in one base's name."""
    side = Side(funding)
    _applications(side)
    award = spending.paid_award(funding)
    award_decisions.let_in(award.case, PartyRole.MANAGING_UNIT)
    side.keep(award.case, funding.cycle.case, make_cycle(funding, state="draft").case)
    _supervised(side, award)
    _payments(side)
    _accounts(side, award)
    _acceptances(side)
    for kind, purpose in (("award", "content:other"), ("use_plan", "content:other"), ("acceptance", FILES)):
        attach(side.case("draft", kind), decisions.pdf("底稿.pdf"), purpose, funding.editor.user)
    side.bank_lines = {
        "unmatched": recoveries.bank_line(funding, 1, "X1"),
        "ignored": recoveries.bank_line(funding, 2, "X2", state="ignored", note="利息"),
    }
    return side


def _applications(side: Side) -> None:
    funding = side.funding
    for state in ("draft", "submitted"):
        side.keep(make_award(funding, state=state).case)
    side.keep(decisions.reviewed(funding).case, decisions.proposed(funding, decisions.reviewed(funding)))
    granted = decisions.ready(funding, decisions.reviewed(funding))
    award_decisions.sign_award(granted, funding.office["head"])
    plan = Case.objects.get(kind="use_plan", use_plan__award=granted.pk)
    side.keep(granted, plan)
    second = make_award(funding, state="reviewed")
    audited = plan_drafting.open_first_plan(second, None, last_act(second.case)).case
    audited.parties.filter(organisation=funding.authority).update(active=True)
    move(audited, "funder_review")
    side.keep(audited)


def _supervised(side: Side, award: Award) -> None:
    row = Membership.objects.get(user=side.funding.supervisor.user)
    supervision.assign(award.case, side.funding.office["officer"], row, "核查设备")


def _payments(side: Side) -> None:
    funding = side.funding
    for state in ("draft", "submitted", "checked", "approved", "paid", "reversal_proposed"):
        payment = make_payment(funding, active_award(funding), state=state)
        if state == "paid":
            payment.bank_reference = "R-7"
            payment.save()
        side.keep(payment.case)


def _accounts(side: Side, award: Award) -> None:
    funding = side.funding
    drafted = spending.draft(funding, spending.paid_award(funding), [spending.row(1, "300.00")])
    side.keep(drafted.case, spending.submitted(funding, award, [spending.row(2, "400.00")]))
    other = spending.paid_award(funding)
    side.keep(recoveries.drafted(funding, other, 1_000), recoveries.demanded(funding, spending.paid_award(funding)))


def _acceptances(side: Side) -> None:
    funding = side.funding
    side.keep(make_acceptance(funding).case, acceptance_submitted(funding).case)
    reviewers = (side.people[Role.EXPERT], side.people[Role.FUND_SUPERVISOR])
    side.keep(in_review(funding, by=reviewers).case)


class MoneyWorld:
    """``own`` is looked at; ``near`` is another base of the same authority, ``far`` one of another jurisdiction."""

    def __init__(self) -> None:
        self.own = played(Funding())
        self.near = Side(Funding(authority=self.own.funding.authority))
        self.far = Side(Funding("national"))
        self.plain = Supervision("zibo")

    def strangers(self) -> list[tuple[str, str, Actor]]:
        """Who has no part in the own base's money: (name, role, actor)."""
        of_near = (
            Role.INSTITUTION_EDITOR,
            Role.INSTITUTION_HEAD,
            Role.DEPARTMENT_OFFICER,
            Role.DEPARTMENT_HEAD,
            Role.FUND_SUPERVISOR,
            Role.EXPERT,
            Role.SERVICE_ASSISTANT,
        )
        near = [(f"near {role}", role, self.near.people[role]) for role in of_near]
        return [*near, *((f"far {role}", role, actor) for role, actor in self.far.people.items())]

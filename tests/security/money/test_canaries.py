"""Words planted in a base's money are read by those whose business they are, when it is time, and by nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.urls import reverse
from django_scopes import scope

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases.models import Act
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.models import AcceptanceOpinion
from tests.security.money.planting import PROPOSED, Planted, pages_of, starts
from tests.security.money.table import URLS
from tests.security.money.untold import write
from tests.security.money.world import MoneyWorld
from tests.security.played.browsing import signed_in
from tests.security.played.canaries import Page, Place

OFFICE_ONLY = {
    "Award.finance_opinion", "CapException.reason", "CapException.document_number", "FundPayment.check_note",
    "AcceptanceOpinion.text", "SupervisionReport.text", "BankStatement.name", "BankLine.counterparty",
    "BankLine.counterparty_account", "BankLine.memo", "BankLine.note", "LedgerEntry.memo", "Act.data",
}  # fmt: skip
"""What the authority never tells; a reviewer reads his own opinion and a supervisor his own report."""
BEFORE_DECISION = {"submitted", "returned", "reviewed", "finance_review"}
UNTOLD = {
    "Award.reasons": ("award", BEFORE_DECISION),
    "Award.panel_opinion": ("award", BEFORE_DECISION),
    "UsePlan.opinion": ("use_plan", {"funder_review"}),
    "Acceptance.reasons": ("acceptance", {"reviewing", "proposed"}),
    "AcceptanceLine.remark": ("acceptance", {"reviewing", "proposed"}),
    "SpendingReport.opinion": ("spending_report", {"submitted"}),
    "SpendingRow.disallowed_reason": ("spending_report", {"submitted"}),
    "FundPayment.reversal_reason": ("fund_payment", {"reversal_proposed"}),
    "FundRecovery.facts": ("fund_recovery", {"draft"}),
    "FundRecovery.account": ("fund_recovery", {"draft"}),
    "FundRecovery.lift_reason": ("fund_recovery", {"lift_proposed"}),
}
"""What the authority works on and the base is told only when it is signed: field → the kind and states of its case."""
PROPOSING = {
    "propose_decision", "agree_finance", "propose_conclusion", "submit_opinion", "propose_lift", "propose_reversal",
}  # fmt: skip
"""What is said on the way to a signature."""
NO_PAGE = {"Act.data", "AwardLine.purpose"}
OF_THE_BASE = {"draft", "returned"}
TYPED = {"Award.data", "UsePlan.data", "Acceptance.data", "SpendingReport.data"}
OUTSIDE = (
    Role.INSTITUTION_EDITOR,
    Role.DEPARTMENT_HEAD,
    Role.FUND_SUPERVISOR,
    Role.EXPERT,
    Role.SERVICE_ASSISTANT,
)
STRANGERS = {
    "near": (Role.INSTITUTION_EDITOR, Role.DEPARTMENT_HEAD, Role.FUND_SUPERVISOR, Role.EXPERT),
    "far": (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.FUND_SUPERVISOR),
}


class Reading:
    """The world with its planted words, and what each person has read, read once."""

    def __init__(self) -> None:
        self.world = MoneyWorld()
        self.own = self.world.own
        write(self.own)
        self.planted = Planted(self.own)
        self.kept: dict[str, list[Page]] = {}

    def pages(self, role: str) -> list[Page]:
        """Every page of the own people's ``role``."""
        if role not in self.kept:
            self.kept[role] = pages_of(signed_in(self.own.people[role].user), starts(self.own))
        return self.kept[role]

    def found(self, role: str) -> dict[Place, str]:
        return self.planted.met(self.pages(role))

    def told(self, found: dict[Place, str], wrong: Callable[[Place], bool]) -> list[str]:
        """Where the places that are ``wrong`` to read were read."""
        return sorted(f"{place} at {at}" for place, at in found.items() if wrong(place))

    def is_untold(self, place: Place) -> bool:
        kind, states = UNTOLD.get(place.field, ("", set()))
        case = self.planted.belongs(place)
        return case is not None and case.kind == kind and case.state in states

    def is_internal(self, place: Place) -> bool:
        if place.field != "Act.reason":
            return False
        act = Act.objects.get(pk=place.pk)
        return act.is_internal or act.name in PROPOSING

    def is_of(self, place: Place, *cases: int) -> bool:
        case = self.planted.belongs(place)
        return case is not None and case.pk in cases


@pytest.fixture(scope="module")
def reading(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Reading]:
    """Built once for the module and gone after it; reading changes nothing."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), scope(jurisdiction=registry.jurisdictions()), transaction.atomic():
        yield Reading()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def db(reading: Reading, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """In place of the usual one: the world stays until the module is through."""
    with django_db_blocker.unblock(), scope(jurisdiction=registry.jurisdictions()):
        yield


def test_every_planted_text_is_read_by_somebody_of_the_base_or_its_authority(reading: Reading):
    roles = (Role.INSTITUTION_EDITOR, Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.FUND_SUPERVISOR)
    read = {place.field for role in roles for place in reading.found(role)}
    assert {place.field for place in reading.planted.places.values()} - read == NO_PAGE


@pytest.mark.parametrize("field", sorted((OFFICE_ONLY | set(UNTOLD)) - NO_PAGE))
def test_what_is_kept_from_others_is_read_in_the_office(reading: Reading, field: str):
    found = [*reading.found(Role.AUTHORITY_OFFICER), *reading.found(Role.FINANCE_OFFICER)]
    assert [place for place in found if place.field == field and (field in OFFICE_ONLY or reading.is_untold(place))]


def test_the_base_reads_no_internal_paper_and_nothing_before_it_is_signed(reading: Reading):
    found = reading.found(Role.INSTITUTION_EDITOR)
    assert reading.told(found, lambda place: place.field in OFFICE_ONLY) == []
    assert reading.told(found, reading.is_untold) == []
    assert reading.told(found, reading.is_internal) == []
    own = reading.own
    hidden = [own.case("draft", "fund_recovery").pk, own.case("draft", "funding_cycle").pk]
    assert reading.told(found, lambda place: reading.is_of(place, *hidden)) == []
    assert {place.field for place in found} >= {*TYPED, "Award.return_text", "UsePlan.return_text"}


@pytest.mark.parametrize("role", [Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER])
def test_the_authority_reads_no_draft_of_a_base(reading: Reading, role: str):
    def is_draft(place: Place) -> bool:
        case = reading.planted.belongs(place)
        of_base = case is not None and case.kind not in ("fund_recovery", "funding_cycle")
        return of_base and (case.state == "draft" or (case.state == "returned" and place.field in TYPED))

    assert reading.told(reading.found(role), is_draft) == []


def test_the_managing_unit_reads_of_granted_awards_alone(reading: Reading):
    found, own = reading.found(Role.DEPARTMENT_HEAD), reading.own
    told = own.funding.base.awards.filter(granted_on__isnull=False).values_list("pk", flat=True)
    assert 0 < len(told) < own.funding.base.awards.count()
    assert reading.told(found, lambda place: not reading.is_of(place, *told)) == []
    assert reading.told(found, lambda place: place.field in OFFICE_ONLY or reading.is_internal(place)) == []
    assert {place.field for place in found} >= {"Award.title", "UsePlanLine.purpose"}


def test_an_expert_reads_the_acceptance_to_judge_and_its_own_opinion_alone(reading: Reading):
    found, case = reading.found(Role.EXPERT), reading.own.case("reviewing", "acceptance")
    award = case.acceptance.award
    around = (case.pk, award.pk, *award.use_plans.values_list("pk", flat=True))
    assert reading.told(found, lambda place: not reading.is_of(place, *around)) == []
    assert reading.told(found, lambda place: place.field.startswith(("FundPayment.", "SpendingR", "Bank"))) == []
    _reads_own_opinion_alone(reading, found, reading.own.people[Role.EXPERT])
    assert reading.told(found, reading.is_untold) == []


def _reads_own_opinion_alone(reading: Reading, found: dict[Place, str], actor: Actor) -> None:
    opinions = AcceptanceOpinion.objects.filter(reviewer__acceptance=reading.own.case("reviewing", "acceptance").pk)
    mine = set(opinions.filter(reviewer__user=actor.user).values_list("pk", flat=True))
    assert len(mine) == 1
    assert opinions.count() == 2
    assert {place.pk for place in found if place.field == "AcceptanceOpinion.text"} == mine
    others = set(opinions.exclude(pk__in=mine).values_list("act", flat=True))
    assert reading.told(found, lambda place: place.field == "Act.reason" and place.pk in others) == []


def test_a_supervisor_reads_the_assigned_award_and_the_acceptance_to_judge_alone(reading: Reading):
    from apps.subsidies.services.award_endings import cases_of

    found, own = reading.found(Role.FUND_SUPERVISOR), reading.own
    award = own.funding.supervisor.user.supervised_awards.get().award
    assigned = {award.pk, *(case.pk for case in cases_of(award))}
    judged = own.case("reviewing", "acceptance")
    around = {judged.pk, judged.acceptance.award_id, *judged.acceptance.award.use_plans.values_list("pk", flat=True)}
    assert reading.told(found, lambda place: not reading.is_of(place, *assigned, *around)) == []
    accounts = reading.told(found, lambda place: place.field == "FundPayment.payee_account")
    assert len(accounts) == 1
    hidden = OFFICE_ONLY - {"AcceptanceOpinion.text", "SupervisionReport.text"}
    assert reading.told(found, lambda place: place.field in hidden or reading.is_untold(place)) == []
    _reads_own_opinion_alone(reading, found, own.funding.supervisor)


@pytest.mark.parametrize("role", OUTSIDE)
def test_proposed_sums_are_read_in_the_office_alone(reading: Reading, role: str):
    assert [page.address for page in reading.pages(role) if PROPOSED in page.text] == []
    assert any(PROPOSED in page.text for page in reading.pages(Role.FINANCE_OFFICER))


@pytest.mark.parametrize(("side", "role"), [(side, role) for side, roles in STRANGERS.items() for role in roles])
def test_strangers_read_nothing_but_what_an_open_cycle_tells_applicants(reading: Reading, side: str, role: str):
    actor = getattr(reading.world, side).people[role]
    found = reading.planted.met(pages_of(signed_in(actor.user), lists()))
    applicant = side == "near" and role == Role.INSTITUTION_EDITOR
    base = getattr(reading.world, side).funding.base
    if applicant:
        address = reverse("subsidies:award_start", args=[base.number])
        found |= reading.planted.met(pages_of(signed_in(actor.user), [address]))
    near = reading.world.near.funding.cycle.pk
    open_cycles = (reading.own.funding.cycle.pk, near)
    allowed = {Place("FundingCycle.notes", pk) for pk in open_cycles} if applicant else set()
    assert set(found) == allowed, reading.told(found, lambda place: True)


def lists() -> list[str]:
    """Every address that names no object: what a stranger's links begin from. Foreign objects answer 404 everywhere."""
    plain = [name for name, row in URLS.items() if row.args.__name__ == "<lambda>" and "GET" in row.methods]
    cases = [reverse("cases:list"), reverse("cases:export", args=["csv"]), reverse("cases:export", args=["xlsx"])]
    return [*cases, *(reverse(f"subsidies:{name}") for name in plain if not _named(name))]


def _named(name: str) -> bool:
    from apps.subsidies.urls import urlpatterns

    return any(entry.name == name and "<" in str(entry.pattern) for entry in urlpatterns)


def test_a_visitor_reads_no_page_of_money(reading: Reading):
    assert pages_of(signed_in(None), starts(reading.own)) == []

"""Within one jurisdiction the life of a base is read by those who take part in it, and by them when it is time."""

from __future__ import annotations

import re

import pytest

from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.cases.models import Act, Delivery
from apps.inspections.models import Inspection
from apps.plans.models import TraineeRecord, TrainingProject
from apps.plans.services import identity
from tests.security.played.canaries import Canaries, Page, Place
from tests.security.played.reading import CasesOfPlaces, leaks, met, open_to, published, read_as
from tests.security.played.world import World

pytestmark = pytest.mark.usefixtures("canaries")

NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
UNSENT = {
    "annual_plan": {"draft"},
    "training_project": {"draft"},
    "particulars_change": {"draft"},
    "base_withdrawal": {"draft"},
}
"""What an institution is still filling in: nobody else's to read. What was read is the rows and files."""
TOLD_LATER = {
    "InspectionItem.finding_text": ("inspection", {"self_assessing", "desk_review", "visiting", "visit_confirming"}),
    "InspectionItem.verdict_text": (
        "inspection",
        {"self_assessing", "desk_review", "visiting", "visit_confirming", "awaiting_answer", "grade_proposed"},
    ),
    "Inspection.grade_reasons": (
        "inspection",
        {"self_assessing", "desk_review", "visiting", "visit_confirming", "awaiting_answer", "grade_proposed"},
    ),
    "InspectionItem.desk_text": ("inspection", {"self_assessing", "desk_review", "visiting", "visit_confirming"}),
    "InspectionItem.visit_text": ("inspection", {"visiting"}),
    "VisitEntry.text": ("inspection", {"visiting"}),
    "Rectification.conclusion_text": ("rectification", {"draft", "ordered", "overdue"}),
    "Rectification.recheck": ("rectification", {"draft", "ordered", "overdue"}),
    "RectificationItem.verdict_text": ("rectification", {"draft", "ordered", "overdue"}),
    "Revocation.reasons": ("revocation", {"hearing"}),
    "Revocation.legal_opinion": ("revocation", {"hearing"}),
}
"""What the authority's side works on before the base is told."""
UNSENT_BY_THE_BASE = {
    "InspectionItem.self_text": ("inspection", {"self_assessing"}),
    "Inspection.self_summary": ("inspection", {"self_assessing"}),
    "InspectionItem.answer": ("inspection", {"awaiting_answer"}),
    "Inspection.answer": ("inspection", {"awaiting_answer"}),
    "Revocation.statement": ("revocation", {"hearing"}),
}
"""What the base drafts before its head submits it."""


def early(found: dict[Place, str], cases: CasesOfPlaces, table: dict[str, tuple[str, set[str]]]) -> list[str]:
    return sorted(
        f"{place} at {at}"
        for place, at in found.items()
        if place.field in table and cases.in_state(place, *table[place.field])
    )


def numbers_in(pages: list[Page]) -> set[str]:
    """Every identity number of a trainee that stands in full on one of the pages."""
    real = {identity.unseal(sealed) for sealed in TraineeRecord.objects.values_list("identity_sealed", flat=True)}
    return real & {number.upper() for page in pages for number in NUMBER.findall(page.text)}


@pytest.fixture
def cases(world: World) -> CasesOfPlaces:
    return CasesOfPlaces()


@pytest.mark.parametrize(
    "role",
    [
        Role.INSTITUTION_EDITOR,
        Role.INSTITUTION_HEAD,
        Role.DEPARTMENT_OFFICER,
        Role.DEPARTMENT_HEAD,
        Role.AUTHORITY_OFFICER,
        Role.AUTHORITY_HEAD,
        Role.LEGAL_OFFICER,
    ],
)
def test_a_neighbour_reads_nothing_of_other_bases(world: World, canaries: Canaries, cases: CasesOfPlaces, role: str):
    user = world.owner.neighbours[role]
    pages = read_as(world, user, each=6)
    found = met(pages, canaries)
    own = open_to(user.memberships.get().organisation)
    others = set(cases.foreign(found, own)) - published(world)
    assert not leaks({place: found[place] for place in others}, set())
    assert not numbers_in(pages)
    if role in (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD):
        assert any(place.field == "TrainingProject.name" for place in found)


READERS = [
    ("hearing", "revocation", Role.INSTITUTION_HEAD),
    ("self_assessing", "inspection", Role.INSTITUTION_EDITOR),
    ("grade_proposed", "inspection", Role.INSTITUTION_HEAD),
    ("visiting", "inspection", Role.INSTITUTION_EDITOR),
    ("draft", "restoration", Role.INSTITUTION_HEAD),
    ("draft", "rectification", Role.INSTITUTION_EDITOR),
]


@pytest.mark.parametrize(("state", "kind", "role"), READERS)
def test_a_base_reads_its_own_business_and_nothing_before_it_is_told(
    world: World, canaries: Canaries, cases: CasesOfPlaces, state: str, kind: str, role: str
):
    case = world.owner.case(state, kind)
    user = next(world.owner.people(case.base.institution, role))
    pages = read_as(world, user, each=12)
    found = met(pages, canaries)
    own = open_to(case.base.institution)
    assert (case.pk in own) == (state != "draft")
    foreign = {place: found[place] for place in cases.foreign(found, own)} | internal(found)
    campaigns = set(Inspection.objects.filter(case__in=own).values_list("campaign", flat=True))
    allowed = {place for place in foreign if cases.of(place) in campaigns and told_of_a_campaign(place)}
    assert not leaks(foreign, allowed | delivered_to(case.base.institution) | published(world))
    assert not early(found, cases, TOLD_LATER)
    assert not [str(place) for place in found if place.field.startswith("ManagingUnitAssignment.")]
    assert not numbers_in(pages)
    assert any(place.field == "PlannedProject.name" for place in found)


def delivered_to(organisation: Organisation) -> set[Place]:
    """What stands in the documents that were delivered to the organisation, whoever's case they belong to."""
    documents = Delivery.objects.filter(organisation=organisation).values_list("document", flat=True)
    fields = ("title", "number", "content", "addressee_name", "remedies")
    return {Place(f"Document.{name}", pk) for pk in documents for name in fields}


def told_of_a_campaign(place: Place) -> bool:
    """An inspected base reads what is looked at, why and by when."""
    return place.field in ("Campaign.title", "Campaign.checklist", "Campaign.instructions", "Case.title")


def internal(found: dict[Place, str]) -> dict[Place, str]:
    hidden = set(Act.objects.filter(is_internal=True).values_list("pk", flat=True))
    return {place: at for place, at in found.items() if place.field.startswith("Act.") and place.pk in hidden}


@pytest.mark.parametrize("role", [Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD])
def test_a_managing_unit_reads_its_own_bases_and_no_draft(
    world: World, canaries: Canaries, cases: CasesOfPlaces, role: str
):
    base = world.owner.base_in("rectifying")
    user = next(world.owner.people(base.managing_unit, role))
    pages = read_as(world, user, each=12)
    found = met(pages, canaries)
    own = open_to(base.managing_unit)
    planned = set(TrainingProject.objects.filter(case__in=own).values_list("planned__plan", flat=True))
    campaigns = set(Inspection.objects.filter(case__in=own).values_list("campaign", flat=True))
    foreign = {place: found[place] for place in cases.foreign(found, own)}
    allowed = {
        place
        for place in foreign
        if (cases.of(place) in campaigns and told_of_a_campaign(place))
        or (cases.of(place) in planned and place.field in ("PlannedProject.name", "Case.title", "Case.number"))
    }
    assert not leaks(foreign, allowed | delivered_to(base.managing_unit) | published(world))
    assert not drafts(found, cases)
    assert not early(found, cases, UNSENT_BY_THE_BASE)
    assert not numbers_in(pages)
    assert any(place.field == "PlannedProject.name" for place in found)


def drafts(found: dict[Place, str], cases: CasesOfPlaces) -> list[str]:
    return sorted(
        f"{place} at {at}"
        for place, at in found.items()
        for kind, states in UNSENT.items()
        if cases.in_state(place, kind, states)
    )


@pytest.mark.parametrize("role", [Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, Role.FINANCE_OFFICER])
def test_the_authority_reads_what_was_sent_and_no_draft_of_a_base(
    world: World, canaries: Canaries, cases: CasesOfPlaces, role: str
):
    pages = read_as(world, world.owner.person(role), each=25)
    found = met(pages, canaries)
    assert not drafts(found, cases)
    assert not early(found, cases, UNSENT_BY_THE_BASE)
    assert not numbers_in(pages)
    assert any(place.field == "PlannedProject.name" for place in found)


@pytest.mark.parametrize("who", ["visitor", "without membership", Role.EXPERT, Role.SYSTEM_ADMIN])
def test_nobody_outside_the_business_reads_a_trainee(world: World, canaries: Canaries, who: str):
    strangers = {"visitor": None, "without membership": world.owner.outsider}
    user = strangers[who] if who in strangers else world.owner.person(who)
    pages = read_as(world, user)
    assert not [str(place) for place in met(pages, canaries) if place.field.startswith("TraineeRecord.")]
    assert not numbers_in(pages)

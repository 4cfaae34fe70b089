"""Words planted in every text of one jurisdiction turn up nowhere but where they may be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import QuerySet
from django.urls import reverse

from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.models import (
    Application,
    ApplicationSection,
    Decision,
    Objection,
)
from apps.cases.models import Act, Attachment, Case
from apps.panels.models import ConditionComment, Declaration, ExpertProfile, Score, ScoreSheet
from tests.security.played.browsing import read, signed_in
from tests.security.played.canaries import Canaries, Place
from tests.security.played.reading import accounts_of_institutions, leaks, met, published, read_as
from tests.security.played.world import World

pytestmark = pytest.mark.usefixtures("canaries")


def test_every_text_field_has_a_canary(canaries: Canaries):
    money = {model.__name__ for model in apps.get_app_config("subsidies").get_models()}
    silent = {field for field in canaries.silent if field.split(".")[0] not in money}  # planted in tests/security/money
    assert silent == {"Application.facts", "Draw.excluded", "Opinion.recheck"}  # no prose in this story
    assert len(canaries.places) > 5000


@pytest.mark.parametrize("who", ["visitor", "without membership", *Role.values])
def test_another_jurisdiction_and_the_public_read_only_what_was_published(world: World, canaries: Canaries, who: str):
    strangers = {"visitor": None, "without membership": world.owner.outsider}
    user = strangers[who] if who in strangers else world.foreign.person(who)
    pages = read_as(world, user)
    found = met(pages, canaries)
    assert not leaks(found, published(world) | (accounts_of_institutions() if who == Role.SECURITY_ADMIN else set()))
    assert any(place.field == "Base.name" for place in found)
    assert len(pages) > 30


def test_verifying_a_private_document_shows_its_title_and_number_alone(world: World, canaries: Canaries):
    document = world.owner.private_document(world.owner.case("refused"))
    answer = read(signed_in(None), "get", reverse("documents:verify"), data={"code": document.verification_code})
    told = canaries.found_in(answer.body.decode())
    assert {place.field for place in told} <= {"Document.title", "Document.number", "Organisation.name"}


# Within one jurisdiction.


def keys(queryset: QuerySet) -> set[Any]:
    return set(queryset.values_list("pk", flat=True))


PANEL_SIDE = {
    "Panel", "PanelItem", "Draw", "PanelMember", "ConflictFinding", "Declaration", "ScoreSheet", "Score",
    "ConditionComment", "SiteVisit", "Resolution", "ExpertProfile", "ReviewStep",
}  # fmt: skip
OBJECTION = {"Objection"}


class Hidden:
    """What must stay hidden within the owner's jurisdiction, as sets of rows."""

    def __init__(self, world: World) -> None:
        self.owner = world.owner
        experts = ExpertProfile.objects.filter(jurisdiction=self.owner.code)
        self.experts = set(experts.values_list("user", flat=True))
        self.internal_acts = keys(Act.objects.filter(is_internal=True, organisation__kind="authority"))
        self.drafts = keys(Case.objects.filter(jurisdiction=self.owner.code, state="draft", kind="application"))
        self.objections = keys(Case.objects.filter(kind="objection"))
        self.panels = keys(Case.objects.filter(kind="panel"))

    def reviewers_and_objectors(self, place: Place) -> bool:
        """The panel, its members and scores, objections, the office's internal steps."""
        model = place.field.split(".")[0]
        return (
            model in PANEL_SIDE | OBJECTION
            or (model == "User" and place.pk in self.experts)
            or (model == "Act" and place.pk in self.internal_acts)
            or (model == "Case" and place.pk in self.objections | self.panels)
        )

    def of_other_applicants(self, place: Place, institution: Organisation) -> bool:
        others = Application.objects.exclude(case__institution=institution)
        return belongs(place, keys(others)) or (
            place.field == "Decision.reasons"
            and Decision.objects.filter(pk=place.pk).exclude(application__case__state="not_recognised").exists()
        )

    def draft(self, place: Place) -> bool:
        return belongs(place, self.drafts)


def belongs(place: Place, cases: set[int]) -> bool:
    """Whether the word stands in one of these applications: its form, its files, its title."""
    model = place.field.split(".")[0]
    if model in ("Application", "Case"):
        return place.pk in cases
    if model == "ApplicationSection":
        return ApplicationSection.objects.filter(pk=place.pk, application__in=cases).exists()
    return model == "Attachment" and Attachment.objects.filter(pk=place.pk, case__in=cases).exists()


def shown_against(found: dict[Place, str], hidden: Any, allowed: set[Place]) -> str:
    return leaks({place: at for place, at in found.items() if hidden(place)}, allowed)


@pytest.mark.parametrize(
    ("state", "role"),
    [
        ("in_notice", Role.INSTITUTION_EDITOR),
        ("in_review", Role.INSTITUTION_HEAD),
        ("decision_prepared", Role.INSTITUTION_HEAD),
        ("not_recognised", Role.INSTITUTION_HEAD),
        ("correcting", Role.INSTITUTION_EDITOR),
    ],
)
def test_an_applicant_reads_its_own_file_and_nothing_of_experts_objectors_or_rivals(
    world: World, canaries: Canaries, state: str, role: str
):
    case = world.owner.objection.application.case if state == "in_notice" else world.owner.case(state)
    found = met(read_as(world, world.owner.person(role, case), each=6), canaries)
    hidden, allowed = Hidden(world), published(world)
    assert not shown_against(found, hidden.reviewers_and_objectors, allowed)
    assert not shown_against(found, lambda place: hidden.of_other_applicants(place, case.institution), allowed)
    assert Place("Case.title", case.pk) in found


@pytest.mark.parametrize("role", [Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD])
def test_a_department_reads_what_it_recommends_and_nothing_of_experts_objectors_or_drafts(
    world: World, canaries: Canaries, role: str
):
    case = world.owner.case("recommending")
    found = met(read_as(world, world.owner.person(role, case), each=6), canaries)
    hidden, allowed = Hidden(world), published(world)
    assert not shown_against(found, hidden.reviewers_and_objectors, allowed)
    assert not shown_against(found, hidden.draft, allowed)
    assert any(belongs(place, {case.pk}) for place in found)


@pytest.mark.parametrize("role", [Role.AUTHORITY_OFFICER, Role.LEGAL_OFFICER])
def test_the_authority_reads_objections_but_no_draft(world: World, canaries: Canaries, role: str):
    user, objection = world.owner.person(role), world.owner.objection
    found = met(read_as(world, user, each=25), canaries)
    assert not shown_against(found, Hidden(world).draft, set())
    page = read(signed_in(user), "get", reverse("cases:detail", args=[objection.case.number]))
    assert Place("Objection.text", objection.pk) in canaries.found_in(page.body.decode())


def test_an_expert_reads_the_file_and_nobody_elses_scores_or_declarations(world: World, canaries: Canaries):
    seat = world.owner.seat
    found = met(read_as(world, seat.expert.user, each=12), canaries)
    others = {
        "ScoreSheet": keys(ScoreSheet.objects.exclude(member=seat)),
        "Score": keys(Score.objects.exclude(sheet__member=seat)),
        "ConditionComment": keys(ConditionComment.objects.exclude(sheet__member=seat)),
        "Declaration": keys(Declaration.objects.exclude(member=seat)),
        "Objection": keys(Objection.objects.all()),
        "Act": Hidden(world).internal_acts,
    }
    revealed = keys(ScoreSheet.objects.filter(member__panel__case__state="resolved"))
    open_scores = {
        "ScoreSheet": revealed,
        "Score": keys(Score.objects.filter(sheet__in=revealed)),
        "ConditionComment": keys(ConditionComment.objects.filter(sheet__in=revealed)),
    }
    seen = [
        place
        for place in found
        for model in [place.field.split(".")[0]]
        if place.pk in others.get(model, set()) - open_scores.get(model, set())
    ]
    assert not "\n".join(f"{place} at {found[place]}" for place in seen)
    assigned = keys(Application.objects.filter(case__panel_items__panel__members__expert__user=seat.expert.user))
    every = keys(Application.objects.all())
    assert not shown_against(found, lambda place: belongs(place, every - assigned), published(world))
    assert any(place.field == "ApplicationSection.data" for place in found)
    assert any(place.field == "Score.comment" or place.field == "ScoreSheet.draft" for place in found)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_read_people_and_organisations_and_no_business(world: World, canaries: Canaries, role: str):
    found = met(read_as(world, world.owner.person(role)), canaries)
    business = lambda place: place.field.split(".")[0] not in ("User", "Organisation")  # noqa: E731
    assert not shown_against(found, business, published(world))

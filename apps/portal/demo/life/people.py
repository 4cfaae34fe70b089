"""The bases of the earlier round and everybody who has to do with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django_scopes import scope

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation
from apps.bases.models import Base
from apps.cases.schedule import Sweep
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.portal.demo.agenda import Agenda
from apps.portal.demo.clock import StoryClock
from apps.portal.demo.people import Cast

PARTS = ("exemplary", "visited", "rectifying", "overdue", "lifted", "heard", "revoked", "withdrawn")
RESTORED = "restored"


@dataclass
class Member:
    """A base with the people of its institution. ``unit``: officer and head of its managing unit, where it has one."""

    part: str
    editor: Actor
    head: Actor
    pk: int
    unit: tuple[Actor, Actor] | None

    @property
    def base(self) -> Base:
        """The base as it stands now."""
        return Base.objects.select_related("institution", "authority", "managing_unit", "jurisdiction").get(pk=self.pk)


@dataclass
class Life:
    """What the lines of a jurisdiction's life share."""

    cast: Cast
    agenda: Agenda
    today: dt.date
    members: list[Member] = field(default_factory=list)

    @property
    def clock(self) -> StoryClock:
        return self.agenda.clock

    @property
    def rules(self) -> Rulebook:
        """The text by which the jurisdiction's bases live."""
        return registry.rulebook(self.cast.code, self.clock.day)

    @property
    def officer(self) -> Actor:
        return self.cast.office["officer"]

    @property
    def reviewer(self) -> Actor:
        return self.cast.office["reviewer"]

    @property
    def head(self) -> Actor:
        return self.cast.office["head"]

    @property
    def legal(self) -> Actor:
        return self.cast.office["legal"]

    def member(self, part: str) -> Member:
        """The base that plays ``part``; KeyError where the jurisdiction's story has none."""
        return {member.part: member for member in self.members}[part]

    def of_base(self, base: Base) -> Member:
        """The member that is ``base``; a base recognised later plays no part."""
        return next((member for member in self.members if member.pk == base.pk), None) or member_of(base, "")

    def plays(self, part: str) -> bool:
        return any(member.part == part for member in self.members)

    def sweep(self, sweep: Sweep) -> None:
        """Let the clock take its steps in this jurisdiction."""
        with scope(jurisdiction=[self.cast.code]):
            sweep(self.clock.now())

    def others(self, *parts: str) -> list[Member]:
        """Every base but those that play ``parts``."""
        return [member for member in self.members if member.part not in parts]


def parts_of(cast: Cast) -> tuple[str, ...]:
    """What becomes of the bases of this jurisdiction, one part for each."""
    return PARTS + ((RESTORED,) if cast.fixture["restoration"] else ())


def member_of(base: Base, part: str) -> Member:
    """The base with the people of its institution and of its managing unit."""
    editor = person(base.institution, Role.INSTITUTION_EDITOR)
    head = person(base.institution, Role.INSTITUTION_HEAD)
    return Member(part, editor, head, base.pk, people_of(base.managing_unit) if base.managing_unit else None)


def people_of(organisation: Organisation) -> tuple[Actor, Actor]:
    """Officer and head of an authority or a department."""
    if organisation.kind == OrganisationKind.AUTHORITY:
        return person(organisation, Role.AUTHORITY_OFFICER), person(organisation, Role.AUTHORITY_HEAD)
    return person(organisation, Role.DEPARTMENT_OFFICER), person(organisation, Role.DEPARTMENT_HEAD)


def person(organisation: Organisation, role: str) -> Actor:
    """The first person who holds ``role`` in the organisation."""
    found = Membership.objects.filter(organisation=organisation, role=role).select_related("user").order_by("pk")
    return actor_for(found[0].user, organisation)

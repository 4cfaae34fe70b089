"""Two jurisdictions played by the services: small stories whose people and cases the security tests look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.contrib.auth.hashers import make_password

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation, User
from apps.applications.models import Objection, PublicNotice
from apps.bases.models import Base, ManagingUnitAssignment, RegisterRecord
from apps.cases import outbox
from apps.cases.clocks import SHANGHAI
from apps.cases.enums import OutboxState
from apps.cases.models import Attachment, Case, Document, OutboxEntry
from apps.cases.workflow.engine import add_party
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.services import record_extension
from apps.panels.models import ConflictFinding, Draw, PanelMember
from apps.panels.services import visits
from apps.plans.models import RecordImport
from apps.portal.demo import story
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.clock import StoryClock, story_time
from apps.portal.demo.people import Cast, read_fixture
from apps.portal.management.commands.demo import Command
from tests.factories import OrganisationFactory, member
from tests.security.played.lacking import add_what_the_life_lacks, neighbours, photo

TODAY = dt.date(2026, 11, 20)
FINISHED = ["refused", "in_review", "admitted", "reviewed", "decision_prepared", "recognised", "not_recognised"]
OPEN = ["draft", "draft", "intake", "correcting"]
STAGES = {
    "examination": ["examining", "examination_proposed", "returned_by_examiner"],
    "recommendation": ["recommending", "recommendation_proposed", "returned_by_recommender"],
}


def _finished_goals(road: Any) -> list[str]:
    return [*FINISHED, "notice_done", "in_notice"] if road.publicity else FINISHED


def _open_goals(road: Any) -> list[str]:
    return OPEN + [goal for stage in road.recommendation for goal in STAGES[stage.code]]


class Tenant:
    """What one jurisdiction's story left behind, found by what it is."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.authority = Organisation.objects.get(jurisdiction=code, kind=OrganisationKind.AUTHORITY, superior=None)
        self.officer = self.office(Role.AUTHORITY_OFFICER)
        self.outsider = User.objects.create(username=f"{code}_without_membership", name="无任职人员")
        self.assistant = self._association()
        self.supervisor = self._third_party()
        self.neighbours: dict[str, User] = {}
        self.rival = Case.objects.filter(jurisdiction=code, kind="application", state="draft").last().institution

    def office(self, role: str) -> Actor:
        row = Membership.objects.filter(organisation=self.authority, role=role).order_by("pk").first()
        return actor_for(row.user, row.organisation)

    def _association(self) -> Actor:
        association = OrganisationFactory(
            kind=OrganisationKind.ASSOCIATION,
            jurisdiction_id=self.code,
            name=f"演示协会{self.code}",
            superior=self.authority,
            may_assist=True,
        )
        return member(association, Role.SERVICE_ASSISTANT)

    def _third_party(self) -> Actor:
        agency = OrganisationFactory(
            kind=OrganisationKind.SUPERVISOR,
            jurisdiction_id=self.code,
            name=f"演示事务所{self.code}",
            superior=self.authority,
        )
        return member(agency, Role.FUND_SUPERVISOR)

    def case(self, state: str, kind: str = "application") -> Case:
        cases = Case.objects.filter(jurisdiction=self.code, kind=kind, state=state)
        return cases.select_related("institution").earliest("pk")

    @property
    def extension(self) -> RulebookExtension:
        """A record of a text's standing that waits for its confirmation."""
        return RulebookExtension.objects.filter(jurisdiction=self.code, confirmed_at=None).earliest("pk")

    @property
    def failed_work(self) -> OutboxEntry:
        return OutboxEntry.objects.filter(state=OutboxState.FAILED).earliest("pk")

    def record(self, *, proposed: bool) -> RegisterRecord:
        """A fact in the register, in force or waiting for the head's confirmation."""
        return RegisterRecord.objects.filter(jurisdiction=self.code, is_proposed=proposed).earliest("pk")

    @property
    def panel(self) -> Case:
        return self.case("scoring", "panel")

    @property
    def objection(self) -> Objection:
        return Objection.objects.get(pk=self.case("received", "objection").pk)

    @property
    def notice(self) -> PublicNotice:
        return PublicNotice.objects.get(pk=self.case("published", "public_notice").pk)

    @property
    def base(self) -> Base:
        return Base.objects.filter(jurisdiction=self.code).earliest("pk")

    def base_in(self, status: str) -> Base:
        """The first base of the register in ``status``."""
        return Base.objects.filter(jurisdiction=self.code, status=status).select_related("institution").earliest("pk")

    @property
    def proposed_unit(self) -> ManagingUnitAssignment:
        return ManagingUnitAssignment.objects.filter(base__jurisdiction=self.code, outcome="proposed").earliest("pk")

    @property
    def refused_import(self) -> RecordImport:
        return RecordImport.objects.filter(project__base__jurisdiction=self.code, state="refused").earliest("pk")

    @property
    def seat(self) -> PanelMember:
        return PanelMember.objects.filter(panel=self.panel.pk).select_related("expert__user").earliest("pk")

    @property
    def draw(self) -> Draw:
        return Draw.objects.filter(panel=self.panel.pk).earliest("pk")

    @property
    def conflict(self) -> ConflictFinding:
        return ConflictFinding.objects.filter(member=self.seat).earliest("pk")

    @property
    def photo(self) -> Attachment:
        return Attachment.objects.filter(case=self.panel).earliest("pk")

    def private_document(self, case: Case) -> Document:
        return Document.objects.filter(case=case, is_public=False).earliest("pk")

    @property
    def public_document(self) -> Document:
        return Document.objects.filter(jurisdiction=self.code, is_public=True).earliest("pk")

    def evidence(self, case: Case) -> Attachment:
        return Attachment.objects.filter(case=case).earliest("pk")

    def people(self, organisation: Organisation, role: str) -> Iterator[User]:
        rows = Membership.objects.filter(organisation=organisation, role=role, is_active=True).order_by("pk")
        yield from (row.user for row in rows.select_related("user"))

    def person(self, role: str, case: Case | None = None) -> User:
        """Somebody holding ``role``: in an organisation that has an active part in ``case`` where there is one."""
        if role == Role.EXPERT:
            return self.seat.expert.user
        if role == Role.FUND_SUPERVISOR:
            return self.supervisor.user
        if case is not None:
            for party in case.parties.filter(active=True).select_related("organisation").order_by("pk"):
                for user in self.people(party.organisation, role):
                    return user
        rows = Membership.objects.filter(role=role, user__username__startswith=self.code).order_by("pk")
        found = rows.first()
        return found.user if found else self.assistant.user

    def stranger(self, role: str) -> User:
        """Somebody holding ``role`` who has no part in any case but, for an institution, a draft of its own."""
        if role == Role.EXPERT:
            seated = PanelMember.objects.filter(panel=self.panel.pk).values("expert__user")
            rows = Membership.objects.filter(role=role, user__username__startswith=self.code)
            return rows.exclude(user__in=seated).earliest("pk").user
        if role in (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD):
            return next(self.people(self.rival, role))
        return self.person(role)


class World:
    """Tenant ``owner`` has everything that rounds and the life of bases make; ``foreign`` is another jurisdiction."""

    def __init__(self, owner: Tenant, foreign: Tenant, clock: StoryClock) -> None:
        self.owner, self.foreign, self.clock = owner, foreign, clock


def _add_what_the_story_lacks(tenant: Tenant) -> None:
    """A visited applicant with a photo, a conflict that was found, and an association that takes part."""
    subject = tenant.case("in_review")
    visits.record_visit(
        tenant.panel,
        tenant.officer,
        subject,
        visited_on=TODAY - dt.timedelta(days=3),
        place="主校区",
        members=[tenant.seat],
        record="教室与申报一致",
        others="随行人员",
        photos=[photo()],
    )
    other = PanelMember.objects.filter(panel=tenant.panel.pk).latest("pk")
    ConflictFinding.objects.create(
        member=tenant.seat, subject=other.panel.items.first().subject, kind="same_employer", detail="同一单位",
        set_aside_at=tenant.panel.opened_at, set_aside_reason="已调离",
    )  # fmt: skip
    _record_unconfirmed_extension(tenant)
    RegisterRecord.objects.create(
        jurisdiction_id=tenant.code,
        institution=tenant.rival,
        kind=RegisterRecord.Kind.CREDIT_VIOLATION,
        on=TODAY,
        note="待确认的记录",
        recorded_by=tenant.officer.user,
        is_proposed=True,
    )
    OutboxEntry.objects.filter(pk=OutboxEntry.objects.earliest("pk").pk).update(state=OutboxState.FAILED)
    add_party(tenant.case("intake"), tenant.assistant.organisation.pk, "assistant", active=True)


def _record_unconfirmed_extension(tenant: Tenant) -> None:
    details = {
        "kind": "extension",
        "document_number": "演示〔2026〕1号",
        "document_date": TODAY,
        "effective_from": TODAY,
        "effective_to": None,
        "file": evidence_file("extension.pdf"),
    }
    record_extension(tenant.office(Role.LEGAL_OFFICER), registry.rulebook(tenant.code, TODAY), details)


@contextmanager
def played(owner: str, foreign: str) -> Iterator[World]:
    """Play both stories; the clock stands at ten in the morning of TODAY while the world is looked at."""
    start = dt.datetime.combine(story.EARLIER_DAY - dt.timedelta(days=7), dt.time(9), tzinfo=SHANGHAI)
    with story_time(start) as clock, outbox.left_to_the_beat():
        with (
            mock.patch.object(story, "first_round_goals", _finished_goals),
            mock.patch.object(story, "open_round_goals", _open_goals),
        ):
            for position, code in enumerate((owner, foreign)):
                clock.instant = start
                cast = Cast(code, position, read_fixture(code), make_password("x"))
                Command()._play(cast, clock, TODAY, life=code == owner)
        clock.go_to(TODAY, 10)
        world = World(Tenant(owner), Tenant(foreign), clock)
        for tenant in (world.owner, world.foreign):
            _add_what_the_story_lacks(tenant)
        add_what_the_life_lacks(world.owner, TODAY)
        world.owner.neighbours = neighbours(world.owner)
        yield world

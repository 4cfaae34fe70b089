"""Panels with experts, applications in every state of the review, and sheets handed in."""

from __future__ import annotations

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from PIL import Image

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.models import Application, ApplicationSection, Round
from apps.cases.enums import PartyRole
from apps.cases.models import Case
from apps.cases.workflow.engine import add_party
from apps.panels.models import ExpertProfile, Panel, PanelMember
from apps.panels.services import declaring, panels, resolutions, review_steps, scoring, seating
from tests.factories import InstitutionFactory, make_application, make_round, member

FINDINGS = [
    {
        "code": "experience",
        "articles": ["7"],
        "result": "for_experts",
        "actual": 3,
        "required": 1,
        "message": "培训项目3个。",
    },
    {"code": "institution_type", "articles": ["7"], "result": "met", "actual": "", "required": "", "message": "符合。"},
]
DRAFT = {
    "points-faculty": "35",
    "points-management": "25",
    "points-facilities": "20",
    "comment-faculty": "师资稳定",
    "verdict-experience": "sufficient",
    "text-experience": "项目成系列",
    "overall": "总体较好",
}


def expert(authority: Organisation, name: str = "", **values) -> ExpertProfile:
    """An expert in the pool of ``authority``, with an account and the role."""
    user = {"name": name} if name else {}
    actor = member(authority, Role.EXPERT, **user)
    return ExpertProfile.objects.create(
        user=actor.user,
        jurisdiction_id=authority.jurisdiction_id,
        authority=authority,
        employer_name=values.pop("employer_name", f"{actor.user.name}的单位"),
        fields=values.pop("fields", ["信息技术"]),
        **values,
    )


def acting(profile: ExpertProfile) -> Actor:
    return actor_for(profile.user, profile.authority)


def admitted(
    rnd: Round, institution: Organisation | None = None, *, teachers=(), rulebook_key: str = "zibo_2025", **values
) -> Application:
    """An application of ``rnd`` that waits for its review, pinned to its rulebook."""
    application = make_application(rnd, institution or InstitutionFactory(), **values)
    application.evaluation = {"outcome": "eligible", "findings": FINDINGS, "preferences": []}
    application.save()
    ApplicationSection.objects.create(
        application=application,
        code="faculty",
        data={"teachers": [{"name": name, "employer": employer} for name, employer in teachers]},
    )
    add_party(application.case, rnd.case.authority_id, PartyRole.AUTHORITY, active=True)
    Case.objects.filter(pk=application.pk).update(
        state="admitted", rulebook_key=rulebook_key, turn_organisation_id=rnd.case.authority_id
    )
    application.case.refresh_from_db()
    return application


class Stage:
    """A round with an officer, applications and a panel that can be led as far as a test needs."""

    def __init__(self, authority: Organisation, *, applications: int = 1, experts: int = 3, quorum: int = 0) -> None:
        self.authority = authority
        self.officer = member(authority, Role.AUTHORITY_OFFICER)
        self.round = make_round(authority, state="closed")
        self.applications = [admitted(self.round) for _ in range(applications)]
        self.experts = [expert(authority) for _ in range(experts)]
        self.size, self.quorum = experts, quorum or experts // 2 + 1
        self.panel: Panel = panels.open_panel(
            self.officer, self.round.case, self.subjects, size=self.size, quorum=self.quorum
        )
        self.case = self.panel.case

    @property
    def application(self) -> Application:
        return self.applications[0]

    @property
    def subjects(self) -> list[Case]:
        return [application.case for application in self.applications]

    @property
    def subject(self) -> Case:
        return self.subjects[0]

    def seat(self) -> Stage:
        for profile in self.experts:
            seating.appoint(self.case, self.officer, profile, "熟悉该领域")
        seating.name_chair(self.case, self.officer, self.member(0))
        return self

    def member(self, position: int) -> PanelMember:
        return PanelMember.objects.get(panel=self.panel, expert=self.experts[position])

    def actor(self, position: int) -> Actor:
        return acting(self.experts[position])

    def convened(self) -> Stage:
        self.seat()
        panels.convene(self.case, self.officer)
        self.reload()
        return self

    def declared(self) -> Stage:
        self.convened()
        for position in range(len(self.experts)):
            for subject in self.subjects:
                declaring.declare(self.case, self.actor(position), subject, has_conflict=False)
        return self

    def scoring(self) -> Stage:
        self.declared()
        panels.open_scoring(self.case, self.officer)
        return self

    def hand_in(self, position: int, subject: Case | None = None, **changes: str) -> None:
        subject = subject or self.subject
        actor = self.actor(position)
        scoring.save_draft(self.case, actor, subject, {**DRAFT, **changes}, 0)
        scoring.submit_scores(self.case, actor, subject)

    def closed(self) -> Stage:
        self.scoring()
        for position in range(len(self.experts)):
            for subject in self.subjects:
                self.hand_in(position, subject)
        panels.close_scoring(self.case, self.officer)
        return self

    def resolved(self) -> Stage:
        self.closed()
        return self.signed()

    def signed(self) -> Stage:
        for subject in self.subjects:
            resolutions.record_resolution(
                self.case,
                self.officer,
                subject,
                votes_for=len(self.experts),
                votes_against=0,
                votes_abstain=0,
                reasons="条件充分",
            )
        resolutions.file_minutes(self.case, self.officer, photo("minutes.png"))
        resolutions.sign_resolution(self.case, self.actor(0))
        return self

    def steps_recorded(self) -> Stage:
        for application in self.applications:
            for duty in ("examine", "argue", "visit", "review"):
                review_steps.record_review_step(
                    application.case, self.officer, duty, done_on=dt.date(2026, 3, 2), record="已完成"
                )
        return self

    def reload(self) -> None:
        for application in self.applications:
            application.case.refresh_from_db()


def photo(name: str = "photo.png") -> SimpleUploadedFile:
    """A real PNG of two pixels."""
    content = io.BytesIO()
    Image.new("RGB", (2, 1), "red").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


def drain(answer: HttpResponse) -> bytes:
    """Read an answer to its end; a file is closed on the way, the test's connection is not."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content

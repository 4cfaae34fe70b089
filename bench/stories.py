"""What happened to each case: which round, whose application, how far it came, and what that left behind."""

from __future__ import annotations

import datetime as dt
import random
from itertools import count
from typing import Any

from django.utils import timezone

from apps.applications.enums import ApplicationState as A
from apps.applications.enums import NoticeState, RoundState
from apps.applications.models import Application, PublicNotice, Round
from apps.bases.models import Base, BaseEvent, BaseStatus
from apps.cases.clocks import end_of_day
from apps.cases.enums import CaseKind, ClockBasis, ClockState, DeliveryChannel, PartyRole
from apps.cases.models import Act, Case, CaseParty, Clock, Delivery, Document
from apps.cases.workflow import workflow_for
from apps.documents.rendering import DocumentContent, Paragraph
from apps.jurisdictions.rulebooks import registry
from bench import world
from bench.paths import Path, paths, stand_ins
from bench.world import Office, Seat
from bench.writer import Writer

CLOSED = {A.RECOGNISED: 50, A.NOT_RECOGNISED: 18, A.DECLINED: 8, A.REFUSED: 6, A.WITHDRAWN: 6, A.LAPSED: 6}
OPEN_WEIGHT = {A.DRAFT: 10, A.RECOMMENDING: 30, A.EXAMINING: 20, A.INTAKE: 40, A.IN_REVIEW: 8, A.REVIEWED: 6}
OTHER_OPEN_WEIGHT = 2
STILL_OPEN = 0.08
STILL_OPEN_LATELY = 0.75
LATELY = 0.5
BUSIEST = 0.01
BUSIEST_AT_LEAST = 80
MAIN_DEPARTMENT = 0.7
PER_ROUND = 100
DOCUMENTS = {
    "admit": ("admission", "受理通知书", False),
    "sign_agreement": ("recommendation_opinion", "推荐意见", False),
    "sign_refusal": ("admission_refusal", "不予受理决定书", False),
    "sign_non_recognition": ("non_recognition", "不予认定决定书", False),
    "announce": ("recognition_announcement", "关于公布认定结果的通知", True),
}
FACTS: dict[str, Any] = {
    "institution_type": "university",
    "training_qualification": True,
    "full_time_teachers": 30,
    "part_time_teachers": 20,
    "management_body": True,
    "full_time_managers": 4,
    "fixed_classrooms": 5,
    "annual_trainees": 2400,
    "annual_attendances": 5200,
    "training_projects_held": 25,
}


class Stories:
    """Tells one case after another, oldest first; the same numbers tell the same story every time."""

    def __init__(self, writer: Writer, seats: list[Seat], institutions: list[Office]) -> None:
        self.writer, self.seats, self.institutions = writer, seats, institutions
        self.random = random.Random(20260301)
        self.shares = [world.SHARES[min(number, len(world.SHARES) - 1)] for number in range(len(seats))]
        self.rounds: dict[int, list[Round]] = {}
        self.applications: dict[int, int] = {}
        self.live: set[tuple[int, str, str]] = set()
        self._paths: dict[tuple[str, str, str], dict[str, Path]] = {}
        self._evaluations: dict[str, dict[str, Any]] = {}
        self._contents: dict[tuple[str, str], dict[str, Any]] = {}
        self.codes = count(1)
        self.now = timezone.now()
        staffed = [office for seat in seats for office in (seat.office, *seat.departments)]
        self.organisations = {office.pk: office.organisation for office in staffed}

    def tell(self, number: int, total: int, opened: dt.datetime) -> None:
        """Make case ``number`` of ``total``, opened at ``opened``: a round or a notice when one is due."""
        seat = self.random.choices(self.seats, self.shares)[0]
        told = self.applications.get(seat.office.pk, PER_ROUND)
        if told >= PER_ROUND:
            self._round(seat, opened, recent=number > total * LATELY)
        elif told == PER_ROUND - 1:
            self._notice(seat, opened)
        else:
            self._application(seat, number, total, opened)
        self.applications[seat.office.pk] = 0 if told >= PER_ROUND else told + 1

    def _round(self, seat: Seat, opened: dt.datetime, *, recent: bool) -> None:
        made = self.rounds.setdefault(seat.office.pk, [])
        state = RoundState.PUBLISHED if recent else RoundState.FINISHED
        values = world.round_values(seat, len(made), opened.date())
        case, _ = self._case(seat, CaseKind.ROUND, values["title"], state, {PartyRole.AUTHORITY: seat.office}, opened)
        made.append(Round(case=case, **values))
        self.writer.add(made[-1])

    def _notice(self, seat: Seat, opened: dt.datetime) -> None:
        rnd = self.rounds[seat.office.pk][-1]
        title = f"{rnd.title}公示"
        offices = {PartyRole.AUTHORITY: seat.office}
        case, _ = self._case(seat, CaseKind.PUBLIC_NOTICE, title, NoticeState.CLOSED, offices, opened)
        day = opened.date()
        self.writer.add(
            PublicNotice(
                case=case,
                round=rnd,
                title=title,
                days=5,
                starts_on=day,
                last_day=day + dt.timedelta(days=5),
                decide_from=day + dt.timedelta(days=6),
            )
        )

    def _application(self, seat: Seat, number: int, total: int, opened: dt.datetime) -> None:
        rnd = self.rounds[seat.office.pk][-1]
        institution = self._institution(total)
        offices = self._offices(seat, institution)
        state = self._state(seat, recent=number > total * LATELY)
        title = f"{institution.organisation.name}申报{seat.road.base_name}"
        case, acts = self._case(seat, CaseKind.APPLICATION, title, state, offices, opened, institution)
        self.writer.add(
            Application(
                case_id=case.pk,
                round_id=rnd.pk,
                level=seat.level,
                field=world.trade(number),
                examiner_id=_key(offices.get(PartyRole.EXAMINER)),
                recommender_id=_key(offices.get(PartyRole.RECOMMENDER)),
                facts=FACTS,
                evaluation=self._evaluation(case.rulebook_key) if case.rulebook_key else {},
            )
        )
        documents = [self._document(case, act) for act in acts if act.name in DOCUMENTS]
        if state == A.RECOGNISED:
            self._base(seat, case, acts[-1], documents[-1], number)

    def _institution(self, total: int) -> Office:
        busiest = self.random.random() < max(BUSIEST, BUSIEST_AT_LEAST / total)
        return self.institutions[0] if busiest else self.random.choice(self.institutions)

    def _offices(self, seat: Seat, institution: Office) -> dict[str, Office]:
        offices = {PartyRole.INSTITUTION: institution, PartyRole.AUTHORITY: seat.office}
        stages = {stage.code for stage in seat.road.recommendation}
        if "examination" in stages:
            offices[PartyRole.EXAMINER] = self._department(seat.departments[:2])
        if stages:
            offices[PartyRole.RECOMMENDER] = self._department(seat.departments[2:])
        if seat.superior:
            offices[PartyRole.FILING_AUTHORITY] = seat.superior
        return offices

    def _department(self, departments: list[Office]) -> Office:
        """Mostly the first: every size has one department whose queue fills a page."""
        return departments[0] if self.random.random() < MAIN_DEPARTMENT else self.random.choice(departments)

    def _state(self, seat: Seat, *, recent: bool) -> str:
        reached = self._reached(seat, CaseKind.APPLICATION)
        still_open = self.random.random() < (STILL_OPEN_LATELY if recent else STILL_OPEN)
        weights = {state: OPEN_WEIGHT.get(A(state), OTHER_OPEN_WEIGHT) for state in reached if state not in CLOSED}
        if not still_open:
            weights = {state: weight for state, weight in CLOSED.items() if state in reached}
        return str(self.random.choices(list(weights), list(weights.values()))[0])

    def _reached(self, seat: Seat, kind: str) -> dict[str, Path]:
        key = (kind, seat.jurisdiction, seat.level)
        if key not in self._paths:
            self._paths[key] = paths(kind, seat.road, self._stand_ins(seat))
        return self._paths[key]

    def _stand_ins(self, seat: Seat) -> list[Any]:
        return stand_ins(registry.rulebook(seat.jurisdiction, self.now.date()).key, seat.level)

    def _case(
        self,
        seat: Seat,
        kind: str,
        title: str,
        state: str,
        offices: dict[str, Office],
        opened: dt.datetime,
        institution: Office | None = None,
    ) -> tuple[Case, list[Act]]:
        """A case that came to ``state`` by the table, with its acts, parties and clock."""
        workflow, path = workflow_for(kind), self._reached(seat, kind)[state]
        stand_in = self._stand_ins(seat)[0]
        case = Case(
            pk=self.writer.key(Case),
            jurisdiction_id=seat.jurisdiction,
            kind=kind,
            number=self.writer.case_number(seat.jurisdiction, kind, opened.year),
            title=title,
            institution=_organisation(institution),
            authority=seat.office.organisation,
            rulebook_key=registry.rulebook(seat.jurisdiction, self.now.date()).key if path else "",
            state=state,
            opened_at=opened,
        )
        self.writer.add(case)
        first = offices[workflow.turns[workflow.initial]]
        opener = next(iter(first.people.values()))
        acts = [self._act(case, opened, "open", "建立办件", first, opener, "", workflow.initial, ())]
        gap = min(dt.timedelta(days=3), (self.now - opened) / (len(path) + 1))
        reached = {workflow.turns[workflow.initial]}
        for turn, (source, step) in enumerate(path, 1):
            office = None if step.by.party == "system" else offices[self._part(workflow, step, source)]
            holder = office.holder(step.by.roles) if office else None
            cited = step.articles(stand_in, seat.road) if step.articles else ()
            acts.append(
                self._act(
                    case, opened + gap * turn, step.name, step.label, office, holder, source, step.target, cited,
                    "情况属实，同意。" if step.reason else "", internal=step.internal,
                )
            )  # fmt: skip
            reached.add(workflow.turns[step.target])
        case.submitted_at = acts[1].at if path and kind == CaseKind.APPLICATION else None
        turn_part = workflow.turns[state]
        case.turn_organisation = _organisation(offices[turn_part]) if turn_part else None
        case.closed_at = acts[-1].at if state in workflow.final else None
        self._parties(case, offices, reached)
        self._clock(case)
        return case, acts

    @staticmethod
    def _part(workflow: Any, step: Any, source: str) -> str:
        return str(workflow.turns[source] if step.by.party == "turn" else step.by.party)

    def _act(
        self,
        case: Case,
        at: dt.datetime,
        name: str,
        label: str,
        office: Office | None,
        person: int | None,
        source: str,
        target: str,
        articles: tuple[str, ...],
        reason: str = "",
        internal: bool = False,
    ) -> Act:
        return self.writer.act(
            case,
            at,
            name=name,
            label=label,
            actor_id=person,
            organisation_id=_key(office),
            from_state=source,
            to_state=target,
            reason=reason,
            articles=list(articles),
            data={},
            is_internal=internal,
        )

    def _parties(self, case: Case, offices: dict[str, Office], reached: set[Any]) -> None:
        for part, office in offices.items():
            active = part in reached or case.kind != CaseKind.APPLICATION
            self.writer.add(
                CaseParty(case_id=case.pk, organisation_id=office.pk, roles=[str(part)], active=active)
            )  # fmt: skip

    def _clock(self, case: Case) -> None:
        if case.closed_at is None and case.turn_organisation is None:
            return
        ends = case.closed_at or self.now
        due = end_of_day((ends + dt.timedelta(days=self.random.randint(0 if case.closed_at else -10, 40))).date())
        if case.closed_at is None:
            case.next_due_at = due
        self.writer.add(
            Clock(
                case_id=case.pk,
                code="step",
                label="办理期限",
                basis=ClockBasis.PROMISE,
                started_at=case.opened_at,
                due_at=due,
                counting=[due.date().isoformat()],
                state=ClockState.MET if case.closed_at else ClockState.RUNNING,
                ended_at=case.closed_at,
            )
        )

    def _evaluation(self, key: str) -> dict[str, Any]:
        if key not in self._evaluations:
            found = registry.by_key(key).evaluate(FACTS, self.now.date(), assume_in_force=True)
            self._evaluations[key] = found.as_dict()
        return self._evaluations[key]

    def _document(self, case: Case, act: Act) -> Document:
        kind, title, public = DOCUMENTS[act.name]
        issuer, day = self.organisations[act.organisation_id], act.at.date()
        document = Document(
            pk=self.writer.key(Document),
            jurisdiction_id=case.jurisdiction_id,
            case_id=case.pk,
            act_id=act.pk,
            kind=kind,
            number=f"{issuer.document_code}〔{day.year}〕{self.writer.next_in(f'document:{issuer.pk}:{day.year}')}号",
            title=title,
            issuer_id=issuer.pk,
            addressee_id=case.institution_id,
            addressee_name=case.institution.name,
            legal_basis=act.articles,
            content=self._content(title, issuer.name),
            is_public=public,
            issued_on=day,
            issued_at=act.at,
            verification_code=f"{next(self.codes):016d}",
        )
        self.writer.add(document)
        self.writer.add(
            Delivery(
                document_id=document.pk,
                organisation_id=case.institution_id,
                channel=DeliveryChannel.PORTAL,
                delivered_at=act.at,
            )
        )
        return document

    def _content(self, title: str, issuer: str) -> dict[str, Any]:
        if (title, issuer) not in self._contents:
            body = (Paragraph("本文书为性能基准数据。"),)
            content = DocumentContent(title=title, date=self.now.date(), issuer=issuer, body=body)
            self._contents[title, issuer] = content.to_json()
        return self._contents[title, issuer]

    def _base(self, seat: Seat, case: Case, act: Act, document: Document, number: int) -> None:
        held = (case.institution_id, seat.jurisdiction, seat.level)
        status = BaseStatus.WITHDRAWN if held in self.live else BaseStatus.ACTIVE
        self.live.add(held)
        name, day = case.institution.name, act.at.date()
        base = Base(
            pk=self.writer.key(Base),
            jurisdiction_id=seat.jurisdiction,
            number=f"JD-{seat.jurisdiction.upper()}-{seat.office.pk}-{self.writer.next_in(f'base:{seat.office.pk}'):05d}",
            name=f"{seat.road.base_name}（{name}）",
            institution=case.institution,
            institution_name=name,
            credit_code=case.institution.credit_code,
            division=case.institution.division,
            field=world.trade(number),
            level=seat.level,
            authority=seat.office.organisation,
            status=status,
            recognised_on=day,
            ended_on=day if status == BaseStatus.WITHDRAWN else None,
        )
        self.writer.add(base)
        self.writer.add(
            BaseEvent(base_id=base.pk, kind="recognised", label="认定公布", on=day, act_id=act.pk, document_id=document.pk)
        )  # fmt: skip


def _key(office: Office | None) -> int | None:
    return office.pk if office else None


def _organisation(office: Office | None) -> Any:
    return office.organisation if office else None

"""The bases of one authority after recognition: plans, projects, inspections and rectifications in every state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.bases.models import Base, BaseStatus
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Case, CaseParty
from apps.inspections.enums import CampaignState, Grade, RectificationState
from apps.inspections.enums import InspectionState as I
from apps.inspections.models import Campaign, Inspection, InspectionItem, Rectification, RectificationItem
from apps.plans.enums import PlanState as P
from apps.plans.enums import ProjectState as T
from apps.plans.enums import UnitConclusion
from apps.plans.models import AnnualPlan, PlannedProject, TrainingProject, TrainingTotal
from bench import world
from bench.stories import Stories
from bench.world import Office, Seat
from bench.writer import Writer

NEXT_PLAN: dict[Any, int] = {
    None: 12, P.DRAFT: 10, P.UNIT_REVIEW: 14, P.UNIT_PROPOSED: 6, P.RETURNED_BY_UNIT: 6, P.FILING: 14,
    P.RETURNED_BY_AUTHORITY: 6, P.FILED: 32,
}  # fmt: skip
PROJECT = {
    T.DRAFT: 10, T.UNIT_REVIEW: 8, T.UNIT_PROPOSED: 4, T.RETURNED: 4, T.REFUSED: 2, T.READY: 25, T.HELD: 15,
    T.ARCHIVED: 28, T.CANCELLED: 4,
}  # fmt: skip
INSPECTION = {
    I.SELF_ASSESSING: 25, I.DESK_REVIEW: 15, I.VISITING: 12, I.VISIT_CONFIRMING: 6, I.FINDINGS: 8,
    I.AWAITING_ANSWER: 6, I.ANSWERED: 4, I.GRADE_PROPOSED: 4, I.CONCLUDED: 20,
}  # fmt: skip
RECTIFICATION = {
    RectificationState.DRAFT: 6, RectificationState.PROPOSED: 4, RectificationState.ORDERED: 40,
    RectificationState.REPORTED: 12, RectificationState.OVERDUE: 8, RectificationState.CONCLUSION_PROPOSED: 3,
    RectificationState.LIFTED: 24, RectificationState.FAILED: 3,
}  # fmt: skip
NOT_SENT = (P.DRAFT, P.DISCONTINUED)
GRADES = (Grade.EXCELLENT, Grade.GOOD, Grade.GOOD, Grade.GOOD, Grade.GOOD, Grade.FAILED)
PROJECTS_OF_A_PLAN = 4
ONE_LATE_IN = 7
ONE_AMENDED_IN = 30
ONE_RECTIFIED_IN = 5
ONE_ENDED_IN = 50
DAY = dt.timedelta(days=1)


class Life(Stories):
    """Tells one base after another; the same numbers tell the same life every time."""

    def __init__(self, writer: Writer, seat: Seat, institutions: list[Office]) -> None:
        super().__init__(writer, [seat], institutions)
        self.seat, self.year = seat, self.now.year
        self.campaigns = [
            self._campaign(self.year - 1, CampaignState.CONCLUDED),
            self._campaign(self.year, CampaignState.RUNNING),
        ]

    def tell_base(self, number: int) -> None:
        """Make base ``number`` of the authority with everything that it has in hand."""
        institution = self.institutions[number]
        unit = self.seat.departments[number % len(self.seat.departments)]
        base = self._registered(number, institution, unit)
        for campaign in self.campaigns:
            campaign.chosen.append(base.number)
            self._inspection(base, campaign, institution, unit)
        planned = self._plan(base, self.year, P.FILED, institution, unit)
        for place in range(PROJECTS_OF_A_PLAN):
            self._project(base, number * PROJECTS_OF_A_PLAN + place, planned[place], institution, unit)
        state = self._drawn(NEXT_PLAN)
        if state:
            state = P.DISCONTINUED if base.ended_on and state != P.FILED else state
            self._plan(base, self.year + 1, state, institution, unit, late=number % ONE_LATE_IN == 0)
        if number % ONE_AMENDED_IN == 0:
            self._plan(base, self.year, P.DRAFT, institution, unit, version=2)
        if number % ONE_RECTIFIED_IN == 0:
            self._rectification(base, institution, unit)

    def finish(self) -> None:
        """What could be told only at the end: which bases each campaign chose."""
        for campaign in self.campaigns:
            Campaign.objects.filter(pk=campaign.case_id).update(chosen=campaign.chosen)

    def _drawn(self, weights: dict[Any, int]) -> Any:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _registered(self, number: int, institution: Office, unit: Office) -> Base:
        name = institution.organisation.name
        day = dt.date(self.year - 3, 1, 1) + DAY * (number % 365)
        ended = number % ONE_ENDED_IN == ONE_ENDED_IN - 1
        base = Base(
            pk=self.writer.key(Base),
            jurisdiction_id=self.seat.jurisdiction,
            number=f"JD-{self.seat.jurisdiction.upper()}-{self.seat.office.pk}-{number + 1:05d}",
            name=f"{self.seat.road.base_name}（{name}）",
            institution=institution.organisation,
            institution_name=name,
            credit_code=institution.organisation.credit_code,
            division=institution.organisation.division,
            field=world.trade(number),
            level=self.seat.level,
            authority=self.seat.office.organisation,
            managing_unit=unit.organisation,
            managing_unit_title=self.seat.road.recommender_title or "",
            status=BaseStatus.WITHDRAWN if ended else BaseStatus.ACTIVE,
            recognised_on=day,
            ended_on=self.now.date() if ended else None,
        )
        self.writer.add(base)
        for year in range(self.year - 2, self.year + 1):
            counts = {"attendances": 400, "persons": 300, "passed": 380, "public_attendances": 100}
            self.writer.add(TrainingTotal(jurisdiction_id=self.seat.jurisdiction, base_id=base.pk, year=year, **counts))
        return base

    def _of_base(
        self, base: Base, kind: str, title: str, state: str, institution: Office, unit: Office, **parts: Office
    ) -> Case:
        """A case about ``base`` in ``state``, opened some weeks ago."""
        offices = {
            PartyRole.INSTITUTION: institution,
            PartyRole.MANAGING_UNIT: unit,
            PartyRole.AUTHORITY: self.seat.office,
        }
        offices |= {PartyRole(part): office for part, office in parts.items()}
        opened = self.now - DAY * self.random.randint(20, 80)
        case, _ = self._case(self.seat, kind, title[:200], state, offices, opened, institution)
        case.base_id = base.pk
        return case

    def _parties(self, case: Case, offices: dict[str, Office], reached: set[Any]) -> None:
        """One row for each organisation, whatever it is in the case; all of them may open it."""
        roles: dict[int, list[str]] = {}
        for part, office in offices.items():
            roles.setdefault(office.pk, []).append(str(part))
        for pk, held in roles.items():
            self.writer.add(CaseParty(case_id=case.pk, organisation_id=pk, roles=held, active=True))

    def _plan(
        self,
        base: Base,
        year: int,
        state: str,
        institution: Office,
        unit: Office,
        *,
        late: bool = False,
        version: int = 1,
    ) -> list[PlannedProject]:
        title = f"{base.institution_name}{year}年度计划"
        case = self._of_base(base, CaseKind.ANNUAL_PLAN, title, state, institution, unit)
        days = [case.opened_at.date() + DAY * number for number in (5, 10, 15)]
        with_authority = state in (P.FILING, P.RETURNED_BY_AUTHORITY, P.FILED)
        planned = [self._planned(case.pk, year, place) for place in range(PROJECTS_OF_A_PLAN)]
        plan = AnnualPlan(
            case_id=case.pk,
            base_id=base.pk,
            year=year,
            version=version,
            data={"projects": [{"name": one.name, "field": one.field, "place": one.place} for one in planned]},
            unit_conclusion=UnitConclusion.AGREED if with_authority else "",
            submitted_on=None if state in NOT_SENT else days[0],
            submitted_late_days=None if state in NOT_SENT else 3 * late,
            reported_on=days[1] if with_authority else None,
            filed_late_days=3 * late if with_authority else None,
            filed_on=days[2] if state == P.FILED else None,
        )
        self.writer.add(plan)
        for one in planned if state != P.DRAFT else ():
            self.writer.add(one)
        return planned

    def _planned(self, plan: int, year: int, place: int) -> PlannedProject:
        starts = dt.date(year, 1 + 3 * place, 10)
        return PlannedProject(
            pk=self.writer.key(PlannedProject),
            plan_id=plan,
            key=f"p{place}",
            position=place,
            **_particulars(place, starts),
        )

    def _project(self, base: Base, number: int, planned: PlannedProject, institution: Office, unit: Office) -> None:
        state = self._drawn(PROJECT)
        title = f"{base.institution_name}{planned.name}"
        case = self._of_base(base, CaseKind.TRAINING_PROJECT, title, state, institution, unit)
        outside = number % 9 == 0
        over = state in (T.HELD, T.ARCHIVED)
        self.writer.add(
            TrainingProject(
                case_id=case.pk,
                base_id=base.pk,
                year=self.year,
                planned_id=None if outside else planned.pk,
                value_tenths=240,
                in_base_name=number % 20 != 1,
                authorised_by_id=case.pk if over and number % 12 else None,
                filed_late_days=2 if number % 25 == 0 else None,
                held_persons=50 if over else None,
                record_count=50 if over else 0,
                **_particulars(number % PROJECTS_OF_A_PLAN, planned.starts_on + DAY * (number % 60)),
            )
        )

    def _campaign(self, year: int, state: str) -> Campaign:
        title = f"{year}年度检查考核"
        offices = {PartyRole.ORGANISER: self.seat.office, PartyRole.AUTHORITY: self.seat.office}
        opened = self.now - DAY * (90 + 365 * (self.now.year - year))
        case, _ = self._case(self.seat, CaseKind.CAMPAIGN, title, state, offices, opened)
        campaign = Campaign(
            case_id=case.pk,
            kind="regular",
            year=year,
            title=title,
            organiser_id=self.seat.office.pk,
            checklist=[
                {"code": f"item{place}", "label": f"事项{place}", "article": "1", "guidance": ""} for place in range(7)
            ],
            self_due_on=opened.date() + DAY * 30,
            finish_by=opened.date() + DAY * 180,
        )
        self.writer.add(campaign)
        return campaign

    def _inspection(self, base: Base, campaign: Campaign, institution: Office, unit: Office) -> None:
        state = I.CONCLUDED if campaign.year < self.year else self._drawn(INSPECTION)
        state = I.DISCONTINUED if base.ended_on and state != I.CONCLUDED else state
        title = f"{campaign.title}：{base.institution_name}"
        case = self._of_base(base, CaseKind.INSPECTION, title, state, institution, unit, inspector=unit)
        grade = self.random.choice(GRADES) if state in (I.CONCLUDED, I.GRADE_PROPOSED) else ""
        concluded = state == I.CONCLUDED
        self.writer.add(
            Inspection(
                case_id=case.pk,
                campaign_id=campaign.case_id,
                base_id=base.pk,
                inspector_id=unit.pk,
                grade=grade,
                result_public_on=case.closed_at.date() if concluded and case.closed_at else None,
            )
        )
        for place, item in enumerate(campaign.checklist):
            verdict = "meets" if place or not concluded else "improve"
            values = {"finding": verdict, "verdict": verdict} if concluded else {}
            self.writer.add(InspectionItem(inspection_id=case.pk, position=place, **item, **values))

    def _rectification(self, base: Base, institution: Office, unit: Office) -> None:
        state = self._drawn(RECTIFICATION)
        title = f"责令{base.institution_name}限期整改"
        case = self._of_base(base, CaseKind.RECTIFICATION, title, state, institution, unit)
        ordered = state not in (RectificationState.DRAFT, RectificationState.PROPOSED)
        due = self.now.date() + DAY * (self.random.randint(1, 60) - 70 * (state == RectificationState.OVERDUE))
        self.writer.add(
            Rectification(
                case_id=case.pk,
                base_id=base.pk,
                article="1",
                facts="性能基准数据。",
                term_days=60,
                due_on=due if ordered else None,
            )
        )
        for place in range(3):
            self.writer.add(
                RectificationItem(
                    rectification_id=case.pk, position=place, requirement="性能基准数据。", is_done=place == 0
                )
            )
        if ordered and case.closed_at is None and base.status == BaseStatus.ACTIVE:
            base.status = BaseStatus.RECTIFYING


def _particulars(place: int, starts: dt.date) -> dict[str, Any]:
    return {
        "name": f"{world.trade(place)}高级研修班第{place + 1}期",
        "subject_kind": "professional" if place else "public",
        "kind": "training_class",
        "field": world.trade(place),
        "level": "mixed",
        "hours_tenths": 240,
        "persons": 60,
        "starts_on": starts,
        "ends_on": starts + DAY * 3,
        "mode": "on_site",
        "place": "本单位培训中心",
    }

"""What became of this year's plan: every planned project and every one outside it against what was held."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from apps.plans.enums import PlanState, ProjectState
from apps.plans.models import AnnualPlan, PlanExecution, PlannedProject, TraineeRecord, TrainingProject
from apps.plans.services.plan_tables import decimal_text

NEVER_HELD = (ProjectState.CANCELLED, ProjectState.REFUSED, ProjectState.DISCONTINUED)
HELD = (ProjectState.HELD, ProjectState.ARCHIVED)
PLANNED, OUTSIDE = "p", "t"


@dataclass
class ExecutionRow:
    """One line of the summary. ``key``: p-<key of the planned project> or t-<number of the project's case>.

    Hours in tenths; ``held_persons`` are distinct persons, ``held_attendances`` the times they attended.
    """

    key: str
    name: str
    planned: PlannedProject | None = None
    project: TrainingProject | None = None
    planned_persons: int = 0
    planned_hours_tenths: int = 0
    held_persons: int = 0
    held_attendances: int = 0
    held_hours_tenths: int = 0
    held_count: int = 0
    result: str = ""
    difference_reason: str = ""

    @property
    def differs(self) -> bool:
        """Whether what was held is not what was planned; then a reason is due."""
        return (self.planned_persons, self.planned_hours_tenths) != (self.held_persons, self.held_hours_tenths)

    @property
    def outside(self) -> bool:
        return self.key.startswith(f"{OUTSIDE}-")

    @property
    def planned_hours(self) -> str:
        return decimal_text(self.planned_hours_tenths, 1)

    @property
    def held_hours(self) -> str:
        return decimal_text(self.held_hours_tenths, 1)

    @property
    def reason_field(self) -> str:
        return f"reason-{self.key}"

    @property
    def result_field(self) -> str:
        return f"result-{self.key}"


def plan_of_year(base_id: int, year: int) -> AnnualPlan | None:
    """The latest filed version of the base's plan for ``year``; None where none was filed. One query."""
    plans = AnnualPlan.objects.filter(base_id=base_id, year=year, case__state=PlanState.FILED)
    return plans.select_related("case").order_by("-version").first()


def execution_rows(plan: AnnualPlan) -> list[ExecutionRow]:
    """The lines of the summary that goes with ``plan``: the year before it, as its records stand now.

    An amendment keeps the lines its plan was filed with. Four queries.
    """
    if plan.amends_id is not None:
        return [from_frozen(row) for row in PlanExecution.objects.filter(plan_id=plan.amends_id)]
    year = plan.year - 1
    this_year = plan_of_year(plan.base_id, year)
    rows = {
        planned.key: ExecutionRow(
            key=f"{PLANNED}-{planned.key}",
            name=planned.name,
            planned=planned,
            planned_persons=planned.persons,
            planned_hours_tenths=planned.hours_tenths,
        )
        for planned in (this_year.projects.all() if this_year else ())
    }
    held: dict[str, list[TrainingProject]] = defaultdict(list)
    outside = []
    projects = TrainingProject.objects.filter(base_id=plan.base_id, year=year).exclude(case__state__in=NEVER_HELD)
    for project in projects.select_related("case", "planned").order_by("starts_on", "pk"):
        key = project.planned.key if project.planned else ""
        if key in rows:
            held[key].append(project)
        elif _was_held(project):
            row = ExecutionRow(key=f"{OUTSIDE}-{project.case.number.lower()}", name=project.name, project=project)
            outside.append((row, project))
    persons = _distinct_persons([key for key, found in held.items() if len(found) > 1], held)
    for key, found in held.items():
        _fill(rows[key], found, persons.get(key))
    for row, project in outside:
        _fill(row, [project], None)
    return [*rows.values(), *(row for row, _ in outside)]


def _was_held(project: TrainingProject) -> bool:
    return project.case.state in HELD or bool(project.record_count)


def _fill(row: ExecutionRow, projects: list[TrainingProject], distinct: int | None) -> None:
    held = [project for project in projects if _was_held(project)]
    attendances = [project.record_count or project.held_persons or 0 for project in held]
    row.held_count = len(held)
    row.held_attendances = sum(attendances)
    row.held_persons = distinct if distinct else sum(attendances)
    row.held_hours_tenths = sum(project.hours_tenths for project in held)
    row.project = row.project or (projects[0] if projects else None)


def _distinct_persons(keys: list[str], held: dict[str, list[TrainingProject]]) -> dict[str, int]:
    """Distinct persons of the planned projects that were held in several classes; in one class nobody is twice."""
    pks = [project.pk for key in keys for project in held[key]]
    if not pks:
        return {}
    records = TraineeRecord.objects.filter(project__in=pks).order_by()
    counted = records.values_list("project__planned__key").annotate(count=Count("identity_key", distinct=True))
    return dict(counted)


def from_frozen(frozen: PlanExecution) -> ExecutionRow:
    """A line as it was submitted."""
    return ExecutionRow(
        key=frozen_key(frozen),
        name=frozen.name,
        planned_persons=frozen.planned_persons,
        planned_hours_tenths=frozen.planned_hours_tenths,
        held_persons=frozen.held_persons,
        held_attendances=frozen.held_attendances,
        held_hours_tenths=frozen.held_hours_tenths,
        result=frozen.result,
        difference_reason=frozen.difference_reason,
    )


def frozen_key(frozen: PlanExecution) -> str:
    """The key a frozen line is known by."""
    return f"{PLANNED if frozen.planned_id else OUTSIDE}-{frozen.position}"

"""A base with its people, plans and projects in one jurisdiction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.plans.models import AnnualPlan, PlannedProject, TrainingProject
from apps.plans.services import project_filing, projects
from tests.factories import Supervision

PARTICULARS: dict[str, Any] = {
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "新材料",
    "level": "mixed",
    "hours_tenths": 240,
    "mode": "on_site",
    "place": "培训楼",
}


class Scene(Supervision):
    """``Supervision`` that also makes plans and projects."""

    def values(self, **changed: Any) -> dict[str, Any]:
        """What a person fills in for a class in March 2026."""
        given = {
            **PARTICULARS,
            "name": "新材料应用班",
            "value_tenths": 240,
            "persons": 40,
            "starts_on": dt.date(2026, 3, 16),
            "ends_on": dt.date(2026, 3, 18),
            "fee": None,
            "benefit_percent": 0,
            "favours": [],
            "in_base_name": True,
        }
        return given | changed

    def planned(self, state: str = "filed", filed_on: dt.date = dt.date(2025, 12, 20), **values: Any) -> PlannedProject:
        """A project in a plan for 2026 that is in ``state``."""
        case = open_base_case(self.base, CaseKind.ANNUAL_PLAN, "2026 年度计划", self.editor, label="填报", year=2025)
        Case.objects.filter(pk=case.pk).update(state=state)
        case.refresh_from_db()
        version = values.pop("version", 1)
        filed = filed_on if state == "filed" else None
        plan = AnnualPlan.objects.create(case=case, base=self.base, year=2026, version=version, filed_on=filed)
        given = {
            **PARTICULARS,
            "key": "p1",
            "position": 1,
            "name": "新材料应用班",
            "persons": 40,
            "starts_on": dt.date(2026, 3, 16),
            "ends_on": dt.date(2026, 3, 18),
        }
        return PlannedProject.objects.create(plan=plan, **given | values)

    def project(self, planned: PlannedProject | None = None, **values: Any) -> TrainingProject:
        return projects.create_project(self.base, self.editor, self.values(**values), planned)

    def sent(self, project: TrainingProject, late_reason: str = "") -> TrainingProject:
        """The project as its head sends it on."""
        project_filing.send(project.case, self.head, late_reason)
        return fresh(project)


def fresh(project: TrainingProject) -> TrainingProject:
    return TrainingProject.objects.select_related("case", "base", "planned__plan__case").get(pk=project.pk)

"""What the case page and the other pages of one project show of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.cases.models import Case
from apps.cases.workflow.engine import rules_of
from apps.plans.models import TrainingProject
from apps.plans.services import class_filing, project_marks


def with_relations(case: Case) -> TrainingProject:
    """The project of ``case`` with what every page shows of it. One query."""
    project = TrainingProject.objects.select_related(
        "base__managing_unit", "base__institution", "planned__plan__case", "fee", "authorised_by"
    ).get(pk=case.pk)
    project.case = case
    case.training_project, case.base = project, project.base  # the guards of the steps on offer read them again
    return project


def particulars(project: TrainingProject) -> dict[str, Any]:
    """What the text asks, the last day for filing, the marks and the particulars of a project, for its pages."""
    rules = rules_of(project.case)
    today = timezone.localdate()
    deadline = class_filing.deadline_of(project)
    labels = dict(rules.public_benefit.favours) if rules.public_benefit else {}
    return {
        "text": rules,
        "asked": project_marks.asked_of(project),
        "deadline": deadline,
        "deadline_passed": deadline is not None and deadline.latest is not None and today > deadline.latest,
        "marks": project_marks.marks(project, today),
        "hours": f"{project.hours_tenths / 10:g}",
        "value": f"{project.value_tenths / 10:g}" if project.value_tenths else "",
        "credit": rules.credit,
        "favours": [labels.get(code, code) for code in project.favours],
        "benefit": rules.public_benefit,
        "differences": differences(project),
    }


def differences(project: TrainingProject) -> list[dict[str, str]]:
    """Where the project differs from the plan it was opened from, as rows of label, before and after."""
    planned = project.planned
    if planned is None:
        return []
    rows = [
        ("项目名称", planned.name, project.name),
        ("科目", planned.get_subject_kind_display(), project.get_subject_kind_display()),
        ("开班日期", planned.starts_on.isoformat(), project.starts_on.isoformat()),
        ("结束日期", planned.ends_on.isoformat(), project.ends_on.isoformat()),
        ("学时", f"{planned.hours_tenths / 10:g}", f"{project.hours_tenths / 10:g}"),
        ("人数", str(planned.persons), str(project.persons)),
        ("地点或平台", planned.place, project.place),
        ("收费（元）", f"{planned.fee_fen / 100:.2f}", f"{project.fee_fen / 100:.2f}"),
        ("公益比例（%）", str(planned.benefit_percent), str(project.benefit_percent)),
    ]
    return [{"label": label, "before": before, "after": after} for label, before, after in rows if before != after]

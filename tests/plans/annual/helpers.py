"""Plans filled in whole, and roads walked to a given point."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.actors import Actor
from apps.cases import attachments
from apps.cases.models import Case
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_decisions, plan_submission
from apps.plans.services.opening import open_plan
from apps.plans.services.plan_executions import execution_rows
from apps.plans.services.plan_forms import save_part
from tests.factories import Supervision

YEAR = 2027
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
"""Noon of 20 November 2026 in Shanghai, when plans for YEAR are being filled in."""


def at(text: str) -> time_machine.travel:
    """The portal at ``text``, a time in Shanghai."""
    return time_machine.travel(dt.datetime.fromisoformat(f"{text}+08:00"), tick=False)


def row(number: int = 1, **values: Any) -> dict[str, str]:
    return {
        "name": f"培训班{number}",
        "subject_kind": "professional",
        "kind": "training_class",
        "field": "新材料",
        "level": "senior",
        "hours_tenths": "24.5",
        "persons": "60",
        "starts_on": f"{YEAR}-03-02",
        "ends_on": f"{YEAR}-03-05",
        "mode": "on_site",
        "place": "实训中心",
        "fee_fen": "",
        "fee_basis": "",
    } | {name: str(value) for name, value in values.items()}


def supervision(jurisdiction: str = "zibo", **values: Any) -> Supervision:
    """People and a base; a text not in force in 2026 is rehearsed."""
    values.setdefault("is_sandbox", jurisdiction in ("sichuan", "weihai"))
    return Supervision(jurisdiction, **values)


def fill(plan: AnnualPlan, actor: Actor, rows: list[dict[str, str]] | None = None, **values: Any) -> AnnualPlan:
    """Fill every part of the plan; a text that asks for the group's proposal has it attached."""
    executions = {line.key: {"result": "按计划完成", "reason": "报名情况变化"} for line in execution_rows(plan)}
    filled = {
        "summary": "全年工作完成。",
        "executions": executions,
        "outline": "围绕新材料开展培训。",
        "projects": rows or [row()],
    }
    saved = save_part(plan, filled | values, plan.data_version, actor)
    if not saved.case.attachments.filter(purpose="assessment_proposal").exists():
        upload = SimpleUploadedFile("建议.pdf", PDF, "application/pdf")
        attachments.attach(saved.case, upload, "assessment_proposal", actor.user)
    return saved


def drafted(people: Supervision, year: int = YEAR, **values: Any) -> AnnualPlan:
    """A plan that is opened and filled in whole."""
    return fill(open_plan(people.base, year, people.editor), people.editor, **values)


def send(plan: AnnualPlan, people: Supervision) -> Case:
    """Send a draft on its road; where the institution reviews first, its head does."""
    case = Case.objects.get(pk=plan.pk)
    if people.base.jurisdiction_id == "sichuan":
        plan_submission.record_own_review(case, people.head, "计划可行。")
    plan_submission.submit(case, people.head)
    return case


def agree(case: Case, people: Supervision) -> Case:
    """The managing unit agrees: its officer drafts, its head signs."""
    plan_decisions.propose_unit_opinion(case, people.unit_officer, "agreed", "计划符合要求。")
    plan_decisions.sign_unit_opinion(case, people.unit_head)
    return case


def filed(people: Supervision, year: int = YEAR, **values: Any) -> AnnualPlan:
    """A plan that went all its road."""
    case = send(drafted(people, year, **values), people)
    if case.state == "unit_review":
        agree(case, people)
    plan_decisions.file_plan(case, people.office["officer"])
    return AnnualPlan.objects.select_related("case__institution", "case__authority", "base").get(pk=case.pk)

"""The managing unit's consent to a project in the base's name: drafted by an officer, signed by the head."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.plans.enums import UnitConclusion
from apps.plans.services.project_documents import issue_opinion
from apps.plans.services.projects import authorise, reveal


def propose_opinion(case: Case, actor: Actor, conclusion: str, opinion: str) -> Act:
    """Put the opinion before the head. ``conclusion``: agreed or refused; a refusal states its reasons.

    Raises Blocked for a missing conclusion or missing reasons, and as perform() does.
    """
    problems = opinion_problems(conclusion, opinion)
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        project = locked.training_project
        project.unit_conclusion, project.unit_opinion = conclusion, opinion.strip()
        project.save(update_fields=["unit_conclusion", "unit_opinion"])

    return perform(case, "propose_unit_opinion", actor, data={"conclusion": conclusion}, change=change)


def opinion_problems(conclusion: str, opinion: str) -> list[Problem]:
    """What a draft lacks before the head can be asked to sign it."""
    if conclusion not in UnitConclusion.values:
        return [Problem("conclusion_missing", "请选择结论：同意或不同意。", where="conclusion")]
    if conclusion == UnitConclusion.REFUSED and not opinion.strip():
        return [Problem("opinion_missing", "不同意的，须写明理由。", where="opinion")]
    return []


def sign_opinion(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign what was drafted: the consent makes the project ready, the refusal ends it; either is issued.

    Raises as perform() does; a refusal is also held by the guard that the text is in force.
    """
    agreed = case.training_project.unit_conclusion == UnitConclusion.AGREED

    def change(locked: Case, act: Act) -> None:
        project = locked.training_project
        project.case = locked
        if agreed:
            authorise(project, locked, timezone.localdate(act.at))
        reveal(project)
        issue_opinion(project, act, actor.organisation)

    return perform(case, "sign_consent" if agreed else "sign_refusal", actor, reason=reason, change=change)


def send_back_opinion(case: Case, actor: Actor, reason: str) -> Act:
    """The head does not sign; the officer drafts again, the reason before him."""
    return perform(case, "send_back_unit_opinion", actor, reason=reason)

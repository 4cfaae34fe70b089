"""Sending a project on its way, filing it, and sending it back: by the authority one by one or many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases import clocks, selectors
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem, WorkflowError
from apps.cases.workflow.engine import add_party, lock_case, perform, remove_party
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.plans.enums import ProjectState
from apps.plans.models import TrainingProject
from apps.plans.roads import Authorisation, authorisation_of, plan_covers, plan_since
from apps.plans.services import class_filing
from apps.plans.services.project_documents import issue_receipt
from apps.plans.services.projects import authorise, check_editable, reveal

MOST_AT_ONCE = 100


def send(case: Case, actor: Actor, late_reason: str = "") -> Act:
    """Confirm, submit or resubmit the project, whichever its text and state ask for; the rulebook of the day is pinned.

    ``late_reason`` explains a filing after the last day. Raises WrongState, NotPermitted or Blocked with everything
    that is missing; then nothing has changed.
    """
    today = timezone.localdate()
    with transaction.atomic():
        locked = lock_case(case.pk)
        check_editable(locked)
        project = locked.training_project
        if late_reason.strip():
            project.late_reason = late_reason.strip()
            project.save(update_fields=["late_reason"])
        _pin(locked)
        _managing_unit_of_today(locked)
        asked = authorisation_of(locked)
        return perform(case, step_of(locked), actor, change=lambda found, act: _sent(found, act, asked, today))


def step_of(case: Case) -> str:
    """The name of the step by which a project in preparation goes on: confirm, submit or resubmit."""
    if authorisation_of(case) == Authorisation.NONE:
        return "confirm"
    return "resubmit" if case.state == ProjectState.RETURNED else "submit"


def _sent(case: Case, act: Act, asked: Authorisation, today: dt.date) -> None:
    project = case.training_project
    project.case = case
    project.return_text = ""
    project.save(update_fields=["return_text"])
    if asked == Authorisation.FILING:
        class_filing.record_filing(project, today)
    clocks.end_clock(case, class_filing.CLOCK)
    if asked == Authorisation.NONE:
        covered = project.in_base_name and plan_covers(case)
        plan = project.planned.plan if covered and project.planned else None
        authorise(project, plan.case if plan else None, plan_since(plan) if plan else None)
        reveal(project)


def _pin(case: Case) -> None:
    if not case.rulebook_key:
        key = rulebooks.rulebook(case.jurisdiction_id, timezone.localdate()).key
        Case.objects.filter(pk=case.pk).update(rulebook_key=key, submitted_at=timezone.now())
        case.rulebook_key = key


def _managing_unit_of_today(case: Case) -> None:
    """The unit may have changed since the project was opened; the turn goes to the one that manages the base now."""
    unit = case.base.managing_unit_id
    holding = [party for party in case.parties.all() if PartyRole.MANAGING_UNIT in party.roles]
    if unit is None or [party.organisation_id for party in holding] == [unit]:
        return
    remove_party(case, PartyRole.MANAGING_UNIT)
    add_party(case, unit, PartyRole.MANAGING_UNIT)


def file_project(case: Case, actor: Actor, reason: str = "") -> Act:
    """File the project and issue its receipt, which says how late it was. Raises as perform() does."""

    def change(locked: Case, act: Act) -> None:
        project = locked.training_project
        project.case = locked
        authorise(project, locked, timezone.localdate(act.at))
        reveal(project)
        issue_receipt(project, act)

    return perform(case, "file", actor, reason=reason, change=change)


def return_project(case: Case, actor: Actor, reason: str) -> Act:
    """Send the project back for correction, with what is to be corrected. Raises as perform() does."""

    def change(locked: Case, act: Act) -> None:
        project = locked.training_project
        project.return_text = reason.strip()
        project.unit_conclusion, project.unit_opinion = "", ""
        project.save(update_fields=["return_text", "unit_conclusion", "unit_opinion"])

    return perform(case, "return_for_correction", actor, reason=reason, change=change)


def waiting_filings(actor: Actor) -> list[TrainingProject]:
    """The filings that wait for the actor's authority, earliest opening first; at most MOST_AT_ONCE. One query."""
    cases = Case.objects.filter(
        turn_organisation=actor.organisation, kind=CaseKind.TRAINING_PROJECT, state=ProjectState.FILING
    )
    found = TrainingProject.objects.filter(case__in=cases).select_related("case__institution", "base", "planned__plan")
    return list(found.order_by("starts_on", "pk")[:MOST_AT_ONCE])


def file_batch(actor: Actor, chosen: Sequence[tuple[str, int]]) -> list[Act]:
    """File several projects, all or none. ``chosen``: (case number, version read) pairs.

    Raises Blocked naming every project that changed since it was read or cannot be filed; then nothing is filed.
    """
    if not chosen:
        raise Blocked(Problem("none_chosen", "请至少选择一个待备案的项目。"))
    if len(chosen) > MOST_AT_ONCE:
        raise Blocked(Problem("too_many", f"一次最多备案 {MOST_AT_ONCE} 个项目，请分批办理。"))
    acts, problems = [], []
    with transaction.atomic():
        for number, version in sorted(dict(chosen).items()):
            try:
                acts.append(_file_unchanged(actor, number, version))
            except WorkflowError as error:
                problems += [Problem(one.code, f"{number}：{one.message}", one.articles) for one in error.problems]
        if problems:
            raise Blocked(*problems)
    return acts


def _file_unchanged(actor: Actor, number: str, version: int) -> Act:
    found = selectors.visible_cases(actor).filter(number=number, kind=CaseKind.TRAINING_PROJECT).first()
    if found is None:
        raise Blocked(Problem("unknown", "没有这个待备案的项目。"))
    locked = lock_case(found.pk)
    if locked.version != version:
        raise Blocked(Problem("conflict", "刚刚有变动，请重新核对后再备案。"))
    return file_project(locked, actor)

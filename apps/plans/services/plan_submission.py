"""Reviewing, sending and sending again: the rows are frozen, the first day counts, the parts are told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases import clocks
from apps.cases.enums import PartyRole
from apps.cases.models import Act, Case, CaseParty
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import add_party, lock_case, perform, remove_party
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import PlanState
from apps.plans.models import AnnualPlan, PlanExecution, PlannedProject
from apps.plans.services import plan_terms
from apps.plans.services.plan_forms import PlanForm, load_form
from apps.plans.services.plan_returns import resolve_items
from apps.plans.services.plan_tables import project_values, with_keys

LONGEST_OPINION = 2000


def record_own_review(case: Case, actor: Actor, opinion: str, on: dt.date | None = None) -> Act:
    """Record the institution's own review: the head's ``opinion`` and the day it was made (today by default).

    Raises Blocked without an opinion, for a day to come or one before the case was opened, or an incomplete plan;
    else as perform().
    """
    on = on or timezone.localdate()
    problems = _review_problems(case, opinion, on)
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        _update(locked.pk, review_opinion=opinion.strip(), reviewed_by=actor.user, reviewed_on=on)

    return perform(
        case, "record_own_review", actor, data={"opinion": opinion.strip(), "on": on.isoformat()}, change=change
    )


def _review_problems(case: Case, opinion: str, on: dt.date) -> list[Problem]:
    problems = []
    if not opinion.strip():
        problems.append(Problem("opinion_missing", "请写明单位审核意见。", where="opinion"))
    elif len(opinion) > LONGEST_OPINION:
        problems.append(Problem("opinion_long", f"审核意见最多 {LONGEST_OPINION} 字。", where="opinion"))
    if on > timezone.localdate():
        problems.append(Problem("review_in_future", "审核日期不能晚于今天。", where="on"))
    elif on < timezone.localdate(case.opened_at):
        message = f"审核日期不能早于开始填报的 {timezone.localdate(case.opened_at):%Y-%m-%d}。"
        problems.append(Problem("review_too_early", message, where="on"))
    return problems


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the plan on its road. The first time the text of the day is pinned; lateness is recorded, never refused.

    Raises WrongState, NotPermitted or Blocked with everything that is missing; then nothing has changed.
    """
    return _send(case, "submit", actor)


def resubmit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the plan again after a return; the items are resolved by it. Raises as :func:`submit`."""
    return _send(case, "resubmit", actor)


def _send(case: Case, step: str, actor: Actor) -> Act:
    with transaction.atomic():
        locked = lock_case(case.pk)
        if not locked.rulebook_key:
            rulebook = registry.rulebook(locked.jurisdiction_id, timezone.localdate())
            Case.objects.filter(pk=locked.pk).update(rulebook_key=rulebook.key, submitted_at=timezone.now())
            locked.rulebook_key = rulebook.key
        plan = AnnualPlan.objects.select_related("case", "base").get(pk=locked.pk)
        _align_managing_unit(locked, plan.base.managing_unit_id)
        form = load_form(plan)
        data = _told(form)

        def change(moved: Case, act: Act) -> None:
            resolve_items(moved, act, form.returned)
            freeze(form)
            record_arrival(moved, act)
            if moved.state == PlanState.UNIT_REVIEW:
                _update(moved.pk, unit_conclusion="", unit_opinion="")  # an opinion is on what is sent now

        return perform(case, step, actor, data=data, change=change)


def _told(form: PlanForm) -> dict[str, Any]:
    answers = [
        {"place": one.item.place, "title": one.title, "changed": one.changed, "answer": one.answer.strip()}
        for one in form.returned
    ]
    return {"projects": form.checked.filled, "version": form.plan.version} | ({"answers": answers} if answers else {})


def _align_managing_unit(case: Case, unit_id: int | None) -> None:
    """The register may have a managing unit the case was not opened with; it takes the part now."""
    parties = CaseParty.objects.filter(case=case)
    holders = {party.organisation_id for party in parties if PartyRole.MANAGING_UNIT in party.roles}
    if holders == ({unit_id} if unit_id else set()):
        return
    remove_party(case, PartyRole.MANAGING_UNIT)
    if unit_id:
        add_party(case, unit_id, PartyRole.MANAGING_UNIT)


def record_arrival(case: Case, act: Act) -> None:
    """Record where the plan has come for the first time, how late, and end the clock that was met or missed by it.

    Call from the change of any step of a plan: sending it to the managing unit (第一次报送), bringing it before the
    authority (报备案). A later return and sending again change nothing.
    """
    plan = AnnualPlan.objects.select_related("base").get(pk=case.pk)
    rules = registry.by_key(case.rulebook_key)
    today = timezone.localdate(act.at)
    binding = plan.amends_id is None and plan_terms.is_binding(plan.base, today)
    values: dict[str, Any] = {}
    if plan.submitted_on is None:
        values["submitted_on"] = today
        if binding:
            values["submitted_late_days"] = _late(case, rules, plan, plan_terms.REVIEW, today)
    if plan.reported_on is None and case.state == PlanState.FILING:
        values["reported_on"] = today
        if binding:
            values["filed_late_days"] = _late(case, rules, plan, plan_terms.FILING, today)
        _tell_managing_unit(case, plan.base.managing_unit_id, rules)
    if values:
        _update(case.pk, **values)


def _late(case: Case, rules: Rulebook, plan: AnnualPlan, code: str, today: dt.date) -> int | None:
    clocks.end_clock(case, code)
    due = plan_terms.due_of(rules, plan.year, code)
    return plan_terms.days_late(due, today) if plan_terms.binds_base(due, plan.base) else None


def _tell_managing_unit(case: Case, unit_id: int | None, rules: Rulebook) -> None:
    """Where the text has the plan go to the managing unit and the authority at once, the unit sees it now."""
    if "managing_unit" in rules.annual_plan.deadlines[-1].addressees and unit_id:
        add_party(case, unit_id, PartyRole.MANAGING_UNIT, active=True)


def freeze(form: PlanForm) -> None:
    """Turn what is filled in into rows: projects by their keys, the summary's lines with the figures of today.

    Raises Blocked when a project was taken out for which training is already being prepared.
    """
    plan = form.plan
    rows = with_keys(form.rows, form.table)
    executions = form.executions
    _freeze_projects(plan, [project_values(cleaned) for cleaned in form.checked.rows], rows)
    plan.executions.all().delete()
    if form.is_amendment:
        _copy_executions(plan)
    else:
        PlanExecution.objects.bulk_create(
            PlanExecution(
                plan=plan,
                planned=row.planned,
                project=row.project,
                position=position,
                name=row.name,
                planned_persons=row.planned_persons,
                planned_hours_tenths=row.planned_hours_tenths,
                held_persons=row.held_persons,
                held_attendances=row.held_attendances,
                held_hours_tenths=row.held_hours_tenths,
                result=row.result.strip(),
                difference_reason=row.difference_reason.strip(),
            )
            for position, row in enumerate(executions, start=1)
        )
    data = {**plan.data, "projects": rows, "answers": {}}
    _update(
        plan.pk,
        data=data,
        data_version=plan.data_version + 1,
        summary=form.summary.strip(),
        outline=form.outline.strip(),
    )


def _freeze_projects(plan: AnnualPlan, values: list[dict[str, Any]], rows: list[dict[str, str]]) -> None:
    existing = {project.key: project for project in plan.projects.all()}
    new: list[PlannedProject] = []
    kept: list[PlannedProject] = []
    for position, (fields, row) in enumerate(zip(values, rows, strict=True), start=1):
        project = existing.pop(row["key"], None) or PlannedProject(plan=plan, key=row["key"])
        for name, value in fields.items():
            setattr(project, name, value)
        project.position = position
        (kept if project.pk else new).append(project)
    with scopes_disabled():
        _remove(list(existing.values()))
        names = ["position", *(values[0] if values else ())]
        PlannedProject.objects.bulk_update(kept, names, batch_size=200)
    PlannedProject.objects.bulk_create(new)


def _remove(projects: list[PlannedProject]) -> None:
    for project in projects:
        try:
            project.delete()
        except ProtectedError:
            message = (
                f"项目“{project.name}”已建立培训项目，不能从计划中删去；如不再举办，请先取消该培训项目并在计划中保留。"
            )
            raise Blocked(Problem("project_in_use", message, where="part:projects#projects")) from None


def _copy_executions(plan: AnnualPlan) -> None:
    rows = list(PlanExecution.objects.filter(plan_id=plan.amends_id))
    for row in rows:
        row.pk = None
        row.plan = plan
    PlanExecution.objects.bulk_create(rows)


def _update(pk: int, **values: Any) -> None:
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        AnnualPlan.objects.filter(pk=pk).update(**values)

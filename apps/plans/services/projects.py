"""Training projects: prepared from the plan or outside it, checked, and what follows from their authorisation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base, BaseStatus
from apps.bases.services import lock_base, open_base_case
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import add_party, perform, rules_of
from apps.plans.enums import ProjectState
from apps.plans.models import PlannedProject, TrainingProject
from apps.plans.roads import name_articles, text_asks
from apps.plans.services import class_filing
from apps.plans.services.fees import fee_problems

EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
LIVE = (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)
AUTHORISED_STATES = (ProjectState.READY, ProjectState.HELD, ProjectState.ARCHIVED)
LONGEST = dt.timedelta(days=366)
FIELDS = (
    "name",
    "subject_kind",
    "kind",
    "field",
    "level",
    "hours_tenths",
    "value_tenths",
    "persons",
    "starts_on",
    "ends_on",
    "mode",
    "place",
    "fee",
    "benefit_percent",
    "favours",
    "in_base_name",
)
"""What a person fills in. Hours and value in tenths, ``fee`` a FeeItem or None for free training."""


class ProjectChanged(Exception):
    """Somebody saved the project, or took a step on it, after the writer had read it."""


def create_project(
    base: Base, actor: Actor, values: dict[str, Any], planned: PlannedProject | None = None
) -> TrainingProject:
    """Open a project of ``base`` with ``values`` (keys FIELDS), linked to ``planned`` or outside the plan.

    Raises NotPermitted for others than the base's institution, Blocked where the base has ended, ``planned`` is
    another base's, or a running project of the same name opens on the same day (a form sent twice).
    """
    if actor.organisation.pk != base.institution_id or not actor.has(*EDITORS):
        raise NotPermitted(Problem("not_permitted", "只有本基地建设单位的填报人或负责人可以建立培训项目。"))
    with transaction.atomic():
        locked = lock_base(base.pk)
        _check_new(locked, values, planned)
        label = "从年度计划建立培训项目" if planned else "建立计划外培训项目"
        case = open_base_case(
            locked,
            CaseKind.TRAINING_PROJECT,
            values["name"],
            actor,
            label=label,
            year=timezone.localdate().year,
        )
        project = TrainingProject(case=case, base=locked, planned=planned)
        _fill(project, values)
        project.save(force_insert=True)
        class_filing.sync_clock(project)
    return project


def edit_project(case: Case, actor: Actor, values: dict[str, Any], version: int | None = None) -> Act:
    """Change the particulars (keys FIELDS) of a project that is in preparation or was sent back.

    ``version`` is the case's version the writer has read: ProjectChanged where it is no longer that. Raises as
    perform() does, and Blocked for a name and opening day that another running project has.
    """

    def change(locked: Case, act: Act) -> None:
        if version is not None and locked.version != version + 1:
            raise ProjectChanged
        project = locked.training_project
        _check_twin(project.base, values, project)
        _fill(project, values)
        project.save()
        Case.objects.filter(pk=locked.pk).update(title=project.name)
        class_filing.sync_clock(project)

    return perform(case, "edit", actor, change=change)


def amend_project(case: Case, actor: Actor, reason: str) -> Act:
    """Open a class that may be held for changes: what authorised it lapses until it has gone its way again.

    Raises as perform() does.
    """

    def change(locked: Case, act: Act) -> None:
        project = locked.training_project
        authorise(project, None, None)
        project.return_text = f"变更：{reason.strip()}"
        project.unit_conclusion, project.unit_opinion = "", ""
        project.save(update_fields=["return_text", "unit_conclusion", "unit_opinion"])

    return perform(case, "amend", actor, reason=reason, change=change)


def cancel_project(case: Case, actor: Actor, reason: str) -> Act:
    """Give the project up, with a reason, as long as no trainee is recorded. Raises as perform() does."""
    return perform(case, "cancel", actor, reason=reason)


def project_problems(project: TrainingProject) -> list[Problem]:
    """What the project's own particulars lack before it may be confirmed or sent; the text's article where it has one."""
    rules = rules_of(project.case)
    problems = [
        Problem(f"{name}_missing", f"请填写{label}。", where=name)
        for name, label in (("name", "项目名称"), ("field", "领域"), ("place", "地点或平台"))
        if not getattr(project, name).strip()
    ]
    problems += [
        Problem(f"{name}_missing", f"{label}应大于零。", where=name)
        for name, label in (("hours_tenths", "培训学时"), ("persons", "计划人数"))
        if not getattr(project, name)
    ]
    if project.in_base_name and not project.value_tenths:
        label = rules.credit.label
        problems.append(Problem("value_missing", f"请填写每人可登记的{label}。", (rules.credit.article,), "value"))
    if rules.credit.unit == "hours" and project.value_tenths > project.hours_tenths:
        text = "可登记的学时不能多于培训学时。"
        problems.append(Problem("value_too_high", text, (rules.credit.article,), "value"))
    if project.ends_on - project.starts_on > LONGEST:
        problems.append(Problem("too_long", "一个培训项目不能超过一年，请分期建立。", where="ends_on"))
    return problems + _plan_problems(project) + fee_problems(project)


def certificates_allowed(project: TrainingProject) -> list[Problem]:
    """Why the project may not issue the base's certificates or register credit; empty where it may.

    It needs the consent, approval or filing that its text asks for, must be held in the base's name, and the base
    must still be one. Where the text asks for nothing, a confirmed project may.
    """
    rules = rules_of(project.case)
    articles = name_articles(rules)
    if not project.in_base_name:
        text = "本项目不以基地名义举办，属本单位自办培训，不能发放基地的证书，也不能登记学时（学分）。"
        return [Problem("own_training", text, articles)]
    if project.base.status not in LIVE:
        return [Problem("base_ended", f"该基地{project.base.status_label}，不能再发证或登记。")]
    if project.case.state not in AUTHORISED_STATES:
        text = f"项目现为“{ProjectState(project.case.state).label}”，确认可以开班后才能发证和登记。"
        return [Problem("not_authorised", text, articles)]
    if text_asks(rules) and project.authorised_by_id is None:
        asked = rules.name_use.summary if rules.name_use else rules.class_filing.summary if rules.class_filing else ""
        text = f"本项目未按规定取得同意或备案，不能发证，也不能登记学时（学分）：{asked}。"
        return [Problem("unauthorised", text, articles)]
    if project.authorised_on is not None and project.authorised_on > project.ends_on:
        text = f"本项目到办班结束后（{project.authorised_on:%Y-%m-%d}）才取得同意或备案，不能发证，也不能登记学时（学分）。"
        return [Problem("authorised_afterwards", text, articles)]
    return []


def authorise(project: TrainingProject, by: Case | None, on: dt.date | None) -> None:
    """Record what allows the project and since when; call inside perform()'s change."""
    project.authorised_by, project.authorised_on = by, on
    project.save(update_fields=["authorised_by", "authorised_on"])


def reveal(project: TrainingProject) -> None:
    """Let the managing unit and the authority see a project in the base's name; own training stays the institution's."""
    case = project.case
    if not project.in_base_name:
        return
    if project.base.managing_unit_id is not None:
        add_party(case, project.base.managing_unit_id, PartyRole.MANAGING_UNIT, active=True)
    add_party(case, case.authority_id, PartyRole.AUTHORITY, active=True)


def check_editable(case: Case) -> None:
    """Raise WrongState where the particulars can no longer be changed."""
    if case.state not in (ProjectState.DRAFT, ProjectState.RETURNED):
        raise WrongState(Problem("wrong_state", "项目已报送或确认，内容不能再改。"))


def _fill(project: TrainingProject, values: dict[str, Any]) -> None:
    for name in FIELDS:
        setattr(project, name, values[name])
    project.fee_fen = project.fee.amount_fen if project.fee else 0
    project.year = project.starts_on.year


def _check_new(base: Base, values: dict[str, Any], planned: PlannedProject | None) -> None:
    if base.status not in LIVE:
        raise Blocked(Problem("base_ended", f"该基地{base.status_label}，不能再建立培训项目。"))
    if planned is not None and planned.plan.base_id != base.pk:
        raise Blocked(Problem("planned_foreign", "所选的计划项目不属于本基地。", where="planned"))
    _check_twin(base, values, None)


def _check_twin(base: Base, values: dict[str, Any], own: TrainingProject | None) -> None:
    twins = TrainingProject.objects.filter(base=base, name=values["name"], starts_on=values["starts_on"])
    twins = twins.exclude(case__state__in=[ProjectState.CANCELLED, ProjectState.REFUSED, ProjectState.DISCONTINUED])
    twin = twins.exclude(pk=own.pk if own else None).select_related("case").first()
    if twin is not None:
        text = f"已有同名、同日开班的项目（{twin.case.number}）；如为另一个班，请在名称中写明期次。"
        raise Blocked(Problem("project_exists", text, where="name"))


def _plan_problems(project: TrainingProject) -> list[Problem]:
    planned, article = project.planned, rules_of(project.case).annual_plan.article
    if planned is None or planned.plan.year == project.starts_on.year:
        return []
    text = f"所列计划是 {planned.plan.year} 年度的，开班日期应在该年度内；否则请作为计划外项目另行建立。"
    return [Problem("other_year", text, (article,), "starts_on")]

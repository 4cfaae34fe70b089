"""Changes of an award's plan: opened as the next version, filed when small, audited when not, and put into force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.bases.services.opening import LIVE, is_own
from apps.bases.services.register import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, perform
from apps.subsidies.enums import AwardState, PlanState
from apps.subsidies.models import Award, AwardLine, UsePlan, UsePlanLine
from apps.subsidies.services import sums, tranches
from apps.subsidies.services.content_draft import detail_of, load_draft, sent_values
from apps.subsidies.services.plan_checks import held_problems
from apps.subsidies.services.plan_content import freeze
from apps.subsidies.services.plan_drafting import pin_text, update_plan
from apps.subsidies.workflow.plans import OPEN_PLANS


def plan_in_force(award: Award) -> UsePlan | None:
    """The version of the award's plan that was agreed to or filed last. One query."""
    plans = UsePlan.objects.select_related("case").filter(award=award, case__state=PlanState.APPROVED)
    return plans.order_by("-version").first()


def plan_in_hand(award: Award) -> UsePlan | None:
    """The version of the award's plan that is being written or audited. One query."""
    plans = UsePlan.objects.select_related("case").filter(award=award, case__state__in=OPEN_PLANS)
    return plans.order_by("-version").first()


def open_change(award: Award, actor: Actor) -> UsePlan:
    """Open a change of the plan in force as the next version, with its lines, targets and keys.

    Raises NotPermitted unless the actor fills in for the institution; WrongState while the award is not carried out
    or another version is in hand; Blocked after the base has ended.
    """
    if not is_own(award.base, actor):
        raise NotPermitted(Problem("not_permitted", "须由该基地的建设单位调整使用方案。"))
    with transaction.atomic():
        locked = lock_case(award.pk)
        if award.base.status not in LIVE:
            raise Blocked(Problem("base_ended", f"该基地{award.base.status_label}，不能再调整使用方案。"))
        if locked.state != AwardState.ACTIVE:
            message = f"本资助现为“{AwardState(locked.state).label}”，只有执行中的资助可以调整使用方案。"
            raise WrongState(Problem("award_not_active", message))
        running = plan_in_hand(award)
        if running is not None:
            message = f"第 {running.version} 版使用方案（{running.case.number}）尚在办理，办结后才能再次调整。"
            raise WrongState(Problem("change_open", message))
        before = plan_in_force(award)
        if before is None:
            raise WrongState(Problem("no_plan", "本资助没有审核同意的使用方案，不能调整。"))
        return _next_version(award, before, actor)


def _next_version(award: Award, before: UsePlan, actor: Actor) -> UsePlan:
    versions = UsePlan.objects.filter(award=award).order_by("-version").values_list("version", flat=True)
    version, year = (versions.first() or 0) + 1, timezone.localdate().year
    case = open_base_case(
        award.base,
        CaseKind.USE_PLAN,
        f"{award.base.institution_name}使用方案和绩效计划（{award.title or award.cycle.title}，第 {version} 版）",
        actor,
        label="发起使用方案调整",
        year=year,
        rulebook_key=award.case.rulebook_key,
    )
    values = sent_values(before) | {"change_reason": ""}
    return UsePlan.objects.create(
        case=case,
        base=award.base,
        award=award,
        version=version,
        amends=before,
        year=year,
        granted_fen=award.granted_fen,
        data=values,
    )


def file_minor_change(case: Case, actor: Actor, reason: str = "") -> Act:
    """File a change that stays within the cycle's share; it is in force at once.

    Raises WrongState, NotPermitted, or Blocked with what is missing or goes beyond the share.
    """
    with transaction.atomic():
        locked = pin_text(case)
        plan = detail_of(locked)
        draft = load_draft(plan)

        def change(moved: Case, act: Act) -> None:
            freeze(draft)
            update_plan(moved.pk, is_minor=True, approved_on=timezone.localdate(act.at))
            apply_plan(
                UsePlan.objects.select_related("award__case", "award__cycle", "award__base").get(pk=moved.pk), act
            )

        data = {"total_fen": draft.total_fen, "version": plan.version}  # type: ignore[union-attr]
        return perform(case, "file_minor_change", actor, reason=draft.text("change_reason"), data=data, change=change)


def apply_plan(plan: UsePlan, act: Act) -> None:
    """Put the plan, as sent, into force for its award: lines, tranches, ledger; an award just granted starts.

    Call inside the change of the act that agrees to the plan. Nothing happens without an award. A line that the plan
    leaves out stays with nothing. Raises Blocked where meanwhile more of a line was paid or accepted than it now gets.
    """
    if plan.award_id is None:
        return
    award_case = lock_case(plan.award_id)
    award = Award.objects.select_related("case", "cycle__case", "base").get(pk=plan.award_id)
    rows = list(UsePlanLine.objects.filter(case_id=plan.pk))
    problems = held_problems(award, {row.key: _planned(row) for row in rows})
    if problems:
        raise Blocked(*problems)
    lines = {line.key: line for line in AwardLine.objects.filter(award=award)}
    before = {line.pk: line.amount_fen for line in lines.values()}
    earlier = {} if plan.amends_id is None else {r.key: r for r in UsePlanLine.objects.filter(case_id=plan.amends_id)}
    _clear_dropped(award, lines, {row.key for row in rows})
    for row in rows:
        _put_line(award, lines.get(row.key), row, earlier.get(row.key))
    tranches.keep_advances(award)
    sums.allocate(award, act, before)
    if award_case.state == AwardState.GRANTED:
        perform(award.case, "start", None)


def _planned(row: UsePlanLine) -> dict[str, Any]:
    return {"amount_fen": row.amount_fen, "category": row.category, "item": row.item}


def _clear_dropped(award: Award, lines: Mapping[str, AwardLine], kept: set[str]) -> None:
    for key, line in lines.items():
        if key not in kept and line.amount_fen:
            _write(line, amount_fen=0)
            tranches.lay_out(award, line, UsePlanLine(category=line.category))


def _put_line(award: Award, line: AwardLine | None, row: UsePlanLine, earlier: UsePlanLine | None) -> None:
    values = {
        "position": row.position,
        "category": row.category,
        "item": row.item,
        "purpose": row.purpose,
        "amount_fen": row.amount_fen,
    }
    if line is None:
        line = AwardLine.objects.create(award=award, key=row.key, **values)
    else:
        same = (line.amount_fen, line.category) == (row.amount_fen, row.category)
        _write(line, **values)
        if same and earlier is not None and _terms(earlier) == _terms(row):
            return  # its tranches stand, claimed or not
    tranches.lay_out(award, line, row)


def _terms(row: UsePlanLine) -> tuple[Any, ...]:
    return (row.category, row.amount_fen, row.schedule, bool(row.finance_approval))


def _write(line: AwardLine, **values: Any) -> None:
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        AwardLine.objects.filter(pk=line.pk).update(**values)
    for name, value in values.items():
        setattr(line, name, value)

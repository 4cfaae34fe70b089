"""Giving a base its managing unit where no recommendation says it: an officer proposes, the head confirms."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role, at_least_rank
from apps.accounts.models import Organisation
from apps.bases.models import Base, ManagingUnitAssignment
from apps.bases.services.opening import LIVE
from apps.bases.services.register import lock_base, record_event
from apps.cases.enums import PartyRole
from apps.cases.models import Case, CaseParty
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import add_party, lock_case
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.roads import Road

Outcome = ManagingUnitAssignment.Outcome


def road_of_base(base: Base) -> Road:
    """The road of the text that governs the base's jurisdiction today, at the base's level."""
    road = rulebooks.rulebook(base.jurisdiction_id, timezone.localdate()).road
    return road.at_level(base.level) if road.lower_bases else road


def unit_title(base: Base) -> str:
    """What the text calls the unit, 管理单位 or 指导单位; empty where it knows none."""
    return road_of_base(base).recommender_title or ""


def eligible_units(base: Base) -> list[Organisation]:
    """The departments of the base's jurisdiction that may recommend under its text, by name; the present one left out."""
    road = road_of_base(base)
    kinds = {unit for stage in road.recommendation if stage.signs_opinion for unit in stage.by}
    departments = Organisation.objects.filter(
        kind=OrganisationKind.DEPARTMENT, jurisdiction_id=base.jurisdiction_id, is_active=True
    ).order_by("name")
    return [
        unit
        for unit in departments
        if unit.pk != base.managing_unit_id
        and kinds & set(unit.recommender_types)
        and (road.recommender_rank is None or at_least_rank(unit.rank, road.recommender_rank.code))
    ]


def pending(base: Base) -> ManagingUnitAssignment | None:
    """The proposal that waits for the head."""
    waiting = ManagingUnitAssignment.objects.filter(base=base, outcome=Outcome.PROPOSED)
    return waiting.select_related("unit", "before", "proposed_by").first()


def propose(
    base: Base, actor: Actor, unit: Organisation, *, reason: str, effective_on: dt.date
) -> ManagingUnitAssignment:
    """Propose ``unit`` for ``base``.

    Raises NotPermitted for anybody but an officer of the base's authority; Blocked where the text knows no managing
    unit, the base has ended, the department may not recommend, a proposal waits already or the day lies ahead.
    """
    _require(base, actor, Role.AUTHORITY_OFFICER)
    problems = _problems(base, unit, reason, effective_on)
    if problems:
        raise Blocked(*problems)
    try:
        with transaction.atomic():
            return ManagingUnitAssignment.objects.create(
                base=base,
                unit=unit,
                before_id=base.managing_unit_id,
                reason=reason.strip(),
                effective_on=effective_on,
                proposed_by=actor.user,
            )
    except IntegrityError as error:
        raise Blocked(Problem("already_proposed", "已有一份拟定等待负责人确认，请先由负责人处理。")) from error


def confirm(assignment: ManagingUnitAssignment, actor: Actor) -> None:
    """The head confirms: the register and the running cases of the base take the new unit.

    The unit before goes on reading what it took part in. Raises NotPermitted for who proposed it, WrongState when it
    waits for nobody, Blocked when the department may no longer take it on.
    """
    with transaction.atomic():
        base = lock_base(assignment.base_id)
        _require(base, actor, Role.AUTHORITY_HEAD)
        _by_another(assignment, actor)
        unit = Organisation.objects.get(pk=assignment.unit_id)
        problems = _problems(base, unit, assignment.reason, assignment.effective_on)
        if problems:
            raise Blocked(*problems)
        _decide(assignment, actor, Outcome.CONFIRMED, "")
        title = unit_title(base)
        Base.objects.filter(pk=base.pk).update(managing_unit=unit, managing_unit_title=title)
        _hand_over(base, unit)
        before = assignment.before.name if assignment.before else ""
        label = f"{title}变更" if before else f"{title}确定"
        note = f"{before} → {unit.name}" if before else unit.name
        record_event(base, None, "managing_unit", label, assignment.effective_on, note)


def decline(assignment: ManagingUnitAssignment, actor: Actor, reason: str) -> None:
    """The head does not take up the proposal. Raises as :func:`confirm` does, Blocked without a reason."""
    if not reason.strip():
        raise Blocked(Problem("reason_missing", "请写明不采纳的理由。", where="reason"))
    with transaction.atomic():
        _require(lock_base(assignment.base_id), actor, Role.AUTHORITY_HEAD)
        _by_another(assignment, actor)
        _decide(assignment, actor, Outcome.DECLINED, reason.strip()[:500])


def _problems(base: Base, unit: Organisation, reason: str, effective_on: dt.date) -> list[Problem]:
    road = road_of_base(base)
    article = (road.recommender_title_article,) if road.recommender_title_article else ()
    if not road.recommender_title:
        return [Problem("no_managing_unit", "该基地适用的办法没有管理（指导）单位，无须确定。")]
    found = []
    if base.status not in LIVE:
        found.append(Problem("base_ended", f"该基地{base.status_label}，不能再办理。"))
    if unit.pk not in {one.pk for one in eligible_units(base)}:
        message = f"{unit.name}不是可以推荐的部门，或者已是该基地的{road.recommender_title}。"
        found.append(Problem("unit_not_eligible", message, article, "unit"))
    if not reason.strip():
        found.append(Problem("reason_missing", "请写明理由，例如机构改革文件的文号。", where="reason"))
    if effective_on > timezone.localdate():
        found.append(Problem("day_ahead", "起始日期不能晚于今天。", where="effective_on"))
    if effective_on < base.recognised_on:
        found.append(Problem("day_before", "起始日期不能早于基地的认定日期。", where="effective_on"))
    return found


def _hand_over(base: Base, unit: Organisation) -> None:
    """Running cases go on with the new unit; the one before keeps reading them and holds no part any more."""
    for pk in Case.objects.filter(base=base, closed_at__isnull=True).order_by("pk").values_list("pk", flat=True):
        case = lock_case(pk)
        held = [party for party in CaseParty.objects.filter(case=case) if PartyRole.MANAGING_UNIT in party.roles]
        for party in held:
            party.roles = [role for role in party.roles if role != PartyRole.MANAGING_UNIT]
            party.save(update_fields=["roles"])
        add_party(case, unit.pk, PartyRole.MANAGING_UNIT, active=any(party.active for party in held))


def _decide(assignment: ManagingUnitAssignment, actor: Actor, outcome: str, note: str) -> None:
    fresh = ManagingUnitAssignment.objects.get(pk=assignment.pk)
    if fresh.outcome != Outcome.PROPOSED:
        raise WrongState(Problem("wrong_state", "这份拟定已经处理，请刷新页面。"))
    fresh.outcome, fresh.decision_note = outcome, note
    fresh.decided_by, fresh.decided_at = actor.user, timezone.now()
    fresh.save(update_fields=["outcome", "decision_note", "decided_by", "decided_at"])


def _by_another(assignment: ManagingUnitAssignment, actor: Actor) -> None:
    if assignment.proposed_by_id == actor.user.pk:
        raise NotPermitted(Problem("separation_of_duties", "拟定和确认须由两人办理。"))


def _require(base: Base, actor: Actor, role: str) -> None:
    if actor.organisation.pk != base.authority_id or not actor.has(role):
        raise NotPermitted(Problem("not_permitted", f"须由认定机关的{Role(role).label}办理。"))

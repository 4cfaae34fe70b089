"""perform(): the one way a case changes its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from apps.cases import clocks, outbox
from apps.cases.chain import act_hash
from apps.cases.models import Act, Case, CaseParty
from apps.cases.workflow.definition import STAY, Permission, Transition, Workflow
from apps.cases.workflow.problems import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.registry import level_of, workflow_for
from apps.jurisdictions.rulebooks import registry as rulebooks

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.jurisdictions.rulebooks.roads import Road
    from apps.jurisdictions.rulebooks.rulebook import Rulebook

Change = Callable[[Case, Act], None]


@dataclass(frozen=True)
class Step:
    """A step on offer to an actor, with what still stands in its way."""

    transition: Transition
    problems: tuple[Problem, ...]

    @property
    def ready(self) -> bool:
        return not self.problems


def rules_of(case: Case) -> Rulebook:
    """The rulebook the case is pinned to; before submission, the one that governs today."""
    if case.rulebook_key:
        return rulebooks.by_key(case.rulebook_key)
    return rulebooks.rulebook(case.jurisdiction_id, timezone.localdate())


def road_of(case: Case) -> Road:
    """The road of the case's rulebook.

    Where other authorities recognise bases of their own level, it is the road of the case's level.
    """
    road = rules_of(case).road
    return road.at_level(level_of(case)) if road.lower_bases else road


def perform(
    case: Case,
    name: str,
    actor: Actor | None,
    *,
    reason: str = "",
    articles: Sequence[str] = (),
    data: dict[str, Any] | None = None,
    change: Change | None = None,
) -> Act:
    """Take step ``name`` on ``case`` for ``actor`` (None: the clock) and return the act.

    In one transaction: the row is locked, source state, permission and guards are checked, the state is swapped, the
    act is written and ``change(case, act)`` run, clocks and outbox follow. ``case`` is refreshed in place.
    Raises WrongState, NotPermitted or Blocked, each with its problems; then nothing has happened.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        workflow = workflow_for(locked.kind)
        transition = workflow.find(name, locked.state, locked, road_of(locked))
        if transition is None:
            raise WrongState(_state_problem(workflow, locked, name))
        check_permission(transition, locked, actor)
        missing = check_guards(transition, locked, actor, reason)
        if missing:
            raise Blocked(*missing)
        act = _swap_and_record(workflow, transition, locked, actor, reason.strip(), articles, data or {})
        if change is not None:
            change(locked, act)
        clocks.after_step(locked)
        outbox.promise("act", {"act": act.pk, "case": locked.pk}, key=f"act:{act.pk}")
    case.refresh_from_db()
    return act


def open_case(
    case: Case,
    actor: Actor | None,
    *,
    label: str = "建立办件",
    data: dict[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> Act:
    """Insert ``case`` in its workflow's initial state with the act that opens it. Parties follow by :func:`add_party`."""
    workflow = workflow_for(case.kind)
    with transaction.atomic():
        case.state = workflow.initial
        case.opened_at = at or timezone.now()
        case.updated_at = case.opened_at
        case.save()
        act = _draft(case, "open", label, actor, "", workflow.initial, "", [], data or {}, case.opened_at)
        act.save(force_insert=True)
        Case.objects.filter(pk=case.pk).update(act_count=1, tail_hash=act.hash)
        case.act_count, case.tail_hash = 1, act.hash
    return act


def add_party(case: Case, organisation_id: int, party_role: str, *, active: bool = False) -> CaseParty:
    """Give the organisation a part in the case; it takes the turn at once if the state is that part's."""
    party, _ = CaseParty.objects.get_or_create(case=case, organisation_id=organisation_id)
    if party_role not in party.roles:
        party.roles = [*party.roles, party_role]
    workflow = workflow_for(case.kind)
    in_turn = workflow.turns[case.state] == party_role
    party.active = party.active or active or in_turn
    party.save()
    if in_turn and case.turn_organisation_id != organisation_id:
        Case.objects.filter(pk=case.pk).update(turn_organisation_id=organisation_id)
        case.turn_organisation_id = organisation_id
    return party


def remove_party(case: Case, party_role: str) -> None:
    """Take ``party_role`` from whoever holds it, e.g. when a draft names another department."""
    for party in CaseParty.objects.filter(case=case):
        if party_role in party.roles:
            party.roles = [role for role in party.roles if role != party_role]
            party.save() if party.roles else party.delete()


def steps_for(case: Case, actor: Actor | None) -> list[Step]:
    """The steps ``actor`` may take now, in table order, each with what its guards find missing."""
    if actor is None:
        return []
    workflow = workflow_for(case.kind)
    steps = []
    for transition in workflow.steps_from(case.state, case, road_of(case)):
        if transition.by.party == "system" or not _holds_part(transition.by, case, actor):
            continue
        problems = _duty_problems(transition, case, actor) or check_guards(transition, case, actor, reason=None)
        steps.append(Step(transition, tuple(problems)))
    return steps


def may(case: Case, name: str, actor: Actor | None) -> bool:
    """Whether ``actor`` may take step ``name`` on ``case`` now, guards aside."""
    workflow = workflow_for(case.kind)
    transition = workflow.find(name, case.state, case, road_of(case))
    if transition is None or actor is None:
        return False
    return _holds_part(transition.by, case, actor) and not _duty_problems(transition, case, actor)


def lock_case(pk: int) -> Case:
    """The case, its row locked where the database can; elsewhere the compare-and-swap alone decides."""
    cases = Case.objects.all()
    if connection.features.has_select_for_update:
        cases = cases.select_for_update(of=("self",))
    return cases.get(pk=pk)


def swap_state(case: Case, **values: Any) -> bool:
    """Compare-and-swap on state and version; False when somebody else was faster."""
    swapped = Case.objects.filter(pk=case.pk, state=case.state, version=case.version).update(
        version=case.version + 1, **values
    )
    return bool(swapped)


def check_permission(transition: Transition, case: Case, actor: Actor | None) -> None:
    """Raise NotPermitted unless ``actor`` holds the part and has not already acted where two people must."""
    if transition.by.party == "system":
        if actor is not None:
            raise NotPermitted(Problem("system_step", f"“{transition.label}”由系统按期限办理，不能由人办理。"))
        return
    if actor is None or not _holds_part(transition.by, case, actor):
        raise NotPermitted(Problem("not_permitted", f"您当前的组织或角色不能办理“{transition.label}”。"))
    problems = _duty_problems(transition, case, actor) or _other_side_problems(case, actor)
    if problems:
        raise NotPermitted(*problems)


def check_guards(transition: Transition, case: Case, actor: Actor | None, reason: str | None) -> list[Problem]:
    """What is missing before the step can be taken; ``reason=None`` leaves the reason out of the question."""
    problems = [problem for guard in transition.guards for problem in guard(case, actor)]
    if transition.reason and reason is not None and not reason.strip():
        problems.append(Problem("reason_missing", f"“{transition.label}”须写明理由。", where="reason"))
    return problems


def _holds_part(permission: Permission, case: Case, actor: Actor) -> bool:
    if not actor.has(*permission.roles):
        return False
    if permission.party == "turn":
        return case.turn_organisation_id == actor.organisation.pk
    if permission.party == "authority":
        return case.authority_id == actor.organisation.pk
    if permission.party == "assigned":
        return is_assigned(case, actor)
    parties = CaseParty.objects.filter(case=case, organisation=actor.organisation)
    return any(permission.party in party.roles for party in parties)


def is_assigned(case: Case, actor: Actor) -> bool:
    """Whether the case was assigned to this very person (experts, supervisors)."""
    return case.user_permissions.filter(user=actor.user, permission__codename="review_case").exists()


def _duty_problems(transition: Transition, case: Case, actor: Actor) -> list[Problem]:
    if not transition.by.not_after:
        return []
    done = Act.objects.filter(case=case, name__in=transition.by.not_after, actor=actor.user).order_by("-seq").first()
    if done is None:
        return []
    return [
        Problem(
            "separation_of_duties",
            f"您已办理过本件的“{done.label}”，“{transition.label}”须由另一人办理。",
        )
    ]


def _other_side_problems(case: Case, actor: Actor) -> list[Problem]:
    """Applying, recommending and deciding are different people's, whatever organisations a person has moved between."""
    before = Act.objects.filter(case=case, actor=actor.user).exclude(organisation=actor.organisation)
    done = before.select_related("organisation").first()
    if done is None or done.organisation is None:
        return []
    return [
        Problem(
            "separation_of_duties",
            f"您曾以{done.organisation.name}的名义办理过本件的“{done.label}”，现在须由另一人办理。",
        )
    ]


def _swap_and_record(
    workflow: Workflow,
    transition: Transition,
    case: Case,
    actor: Actor | None,
    reason: str,
    articles: Sequence[str],
    data: dict[str, Any],
) -> Act:
    now = timezone.now()
    from_state, target = case.state, transition.target or case.state
    cited = list(articles) or list(transition.articles(case, road_of(case)) if transition.articles else ())
    act = _draft(
        case,
        transition.name,
        transition.label,
        actor,
        from_state,
        target,
        reason,
        cited,
        data,
        now,
        internal=transition.internal,
    )
    values: dict[str, Any] = {"act_count": act.seq, "tail_hash": act.hash, "updated_at": now}
    if transition.target != STAY:
        values |= {"state": target, "turn_organisation_id": _turn(workflow, case, target)}
        if target in workflow.final:
            values["closed_at"] = now
    if not swap_state(case, **values):
        raise WrongState(Problem("conflict", "本件刚刚已由他人办理，请刷新页面后查看最新状态。"))
    act.save(force_insert=True)
    for name, value in values.items():
        setattr(case, name, value)
    case.version += 1
    return act


def _turn(workflow: Workflow, case: Case, state: str) -> int | None:
    part = workflow.turns[state]
    if part is None:
        return None
    for party in CaseParty.objects.filter(case=case):
        if part in party.roles:
            if not party.active:
                CaseParty.objects.filter(pk=party.pk).update(active=True)
            return party.organisation_id
    if part == "authority":
        CaseParty.objects.create(case=case, organisation_id=case.authority_id, roles=["authority"], active=True)
        return case.authority_id
    raise Blocked(Problem("no_party", "尚未确定下一步的办理单位。", where=part))


def _draft(
    case: Case,
    name: str,
    label: str,
    actor: Actor | None,
    from_state: str,
    to_state: str,
    reason: str,
    articles: list[str],
    data: dict[str, Any],
    at: dt.datetime,
    *,
    internal: bool = False,
) -> Act:
    act = Act(
        case_id=case.pk,
        seq=case.act_count + 1,
        name=name,
        label=label,
        actor_id=actor.user.pk if actor else None,
        organisation_id=actor.organisation.pk if actor else None,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        articles=articles,
        data=data,
        is_internal=internal,
        at=at,
        prev_hash=case.tail_hash,
    )
    act.hash = act_hash(act)
    return act


def _state_problem(workflow: Workflow, case: Case, name: str) -> Problem:
    labels = [transition.label for transition in workflow.transitions if transition.name == name]
    label = labels[0] if labels else name
    return Problem("wrong_state", f"本件现为“{workflow.states[case.state]}”，不能办理“{label}”。")

"""After a revocation: the plaque comes back, and every running case of the base is settled by a decision of its own."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import BaseStatus
from apps.cases import actions
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem, workflow_for
from apps.cases.workflow.engine import perform, road_of
from apps.inspections.enums import Settlement
from apps.inspections.models import Revocation, SettledCase

STEP = "discontinue"


def running_cases(revocation: Revocation) -> QuerySet[Case]:
    """Every open case about the base, whoever holds it; the revocation itself and its undoing are no business of it.

    Training that the institution holds in its own name is its own affair: it goes on, and nobody else knows of it.
    """
    return (
        Case.objects.filter(base_id=revocation.base_id, closed_at__isnull=True)
        .exclude(pk=revocation.pk)
        .exclude(kind__in=[CaseKind.RESTORATION, CaseKind.REVOCATION])
        .exclude(kind=CaseKind.TRAINING_PROJECT, training_project__in_base_name=False)
        .order_by("kind", "pk")
    )


def unsettled_cases(revocation: Revocation) -> list[Case]:
    """The running cases about which nothing has been decided yet."""
    decided = SettledCase.objects.filter(revocation=revocation).values_list("case_id", flat=True)
    return list(running_cases(revocation).exclude(pk__in=list(decided)))


def can_discontinue(case: Case) -> bool:
    """Whether the kind of case can be broken off where it stands."""
    return workflow_for(case.kind).find(STEP, case.state, case, road_of(case)) is not None


def aftermath_problems(revocation: Revocation) -> list[Problem]:
    """What keeps the revocation from being closed; nothing once the base has been restored."""
    if revocation.base.status != BaseStatus.REVOKED:
        return []
    problems = []
    plaque = road_of(revocation.case).plaque
    if plaque is not None and revocation.plaque_returned_on is None and not revocation.plaque_note.strip():
        message = f"请登记{plaque.word}交回的日期；不能交回的，请写明情况。"
        problems.append(Problem("plaque_missing", message, (plaque.article,), "plaque"))
    problems += [
        Problem(
            "case_unsettled", f"“{case.get_kind_display()}”（{case.number}）尚未决定终止或者继续。", where=case.number
        )
        for case in unsettled_cases(revocation)
    ]
    return problems


def record_plaque(case: Case, actor: Actor, *, returned_on: dt.date | None, note: str = "") -> Act:
    """Record the day the plaque came back, or why it cannot.

    Raises Blocked where the text gives no plaque, neither is told, or the day is not between decision and today.
    """
    revocation = case.revocation
    plaque = road_of(case).plaque
    if plaque is None:
        raise Blocked(Problem("no_plaque", "办法没有授予匾牌的规定，无须登记。"))
    if returned_on is None and not note.strip():
        raise Blocked(
            Problem("plaque_missing", f"请填写{plaque.word}交回的日期；不能交回的，请写明情况。", where="returned_on")
        )
    decided_on = revocation.decided_on
    if returned_on is not None and not (decided_on and decided_on <= returned_on <= timezone.localdate()):
        raise Blocked(Problem("plaque_day", "交回日期须在决定之日以后，且不晚于今天。", where="returned_on"))

    def change(locked: Case, act: Act) -> None:
        locked.revocation.plaque_returned_on, locked.revocation.plaque_note = returned_on, note.strip()
        locked.revocation.save(update_fields=["plaque_returned_on", "plaque_note"])

    data = {"returned_on": returned_on.isoformat() if returned_on else None, "note": note.strip()}
    return perform(case, "record_plaque", actor, data=data, change=change)


def settle_case(case: Case, actor: Actor, number: str, *, decision: str, reason: str) -> Act:
    """Decide about one running case of the base: break it off now, or let it run to its end.

    Raises Blocked when it is none of the base's running cases, is settled already, has no such step, or no reason is
    given. The case that is broken off gets an act of its own, with the reason, in the same transaction.
    """
    if not reason.strip():
        raise Blocked(Problem("reason_missing", "请写明处理的理由。", where="reason"))
    if decision not in Settlement.values:
        raise Blocked(Problem("decision_missing", "请选择终止办理或者继续办结。", where="decision"))

    def change(locked: Case, act: Act) -> None:
        revocation = locked.revocation
        other = running_cases(revocation).filter(number=number).first()
        if other is None:
            raise Blocked(Problem("not_running", "该办件已办结，或者不是该基地的办件；请刷新页面。", where=number))
        if SettledCase.objects.filter(revocation=revocation, case=other).exists():
            raise Blocked(Problem("already_settled", "该办件刚刚已由他人处理，请刷新页面。", where=number))
        if decision == Settlement.DISCONTINUE:
            if not can_discontinue(other):
                raise Blocked(Problem("no_such_step", "该办件不能终止，只能继续办结。", where=number))
            told = f"基地资格已{revocation.word}（{locked.number}）：{reason.strip()}"
            service = actions.service_for(other.kind, STEP)
            _ = service(other, actor, told) if service else perform(other, STEP, actor, reason=told)
        SettledCase.objects.create(
            revocation=revocation, case=other, decision=decision, reason=reason.strip()[:500], act=act
        )

    with transaction.atomic():
        data = {"case": number, "decision": decision}
        return perform(case, "settle_case", actor, reason=reason, data=data, change=change)

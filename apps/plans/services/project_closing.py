"""After the class: who came and what came of it, also where it was held without what the text asks."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases import clocks
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.plans.enums import ProjectState
from apps.plans.services import class_filing
from apps.plans.services.projects import reveal


def close_class(case: Case, actor: Actor, *, held_persons: int, result: str, effect: str, reason: str = "") -> Act:
    """Record what the class came to: persons present, result and effect. The case then waits for its archive.

    A class held without consent or filing is closed by the head with a ``reason``; it stays marked, and the managing
    unit and the authority see it from then on. Raises Blocked for missing figures, and as perform() does.
    """
    problems = closing_problems(held_persons, result)
    if problems:
        raise Blocked(*problems)
    step = "close_class" if case.state == ProjectState.READY else "close_unauthorised"

    def change(locked: Case, act: Act) -> None:
        project = locked.training_project
        project.case = locked
        project.held_persons, project.result, project.effect = held_persons, result.strip(), effect.strip()
        project.save(update_fields=["held_persons", "result", "effect"])
        clocks.end_clock(locked, class_filing.CLOCK)
        reveal(project)

    with transaction.atomic():
        _pin(lock_case(case.pk))
        data = {"held_persons": held_persons}
        return perform(case, step, actor, reason=reason, data=data, change=change)


def closing_problems(held_persons: int, result: str) -> list[Problem]:
    """What is missing in the figures of a class that was held."""
    problems = []
    if held_persons <= 0:
        problems.append(Problem("held_missing", "实际人数应大于零；没有办成的项目请取消。", where="held_persons"))
    if not result.strip():
        problems.append(Problem("result_missing", "请填写完成情况。", where="result"))
    return problems


def _pin(case: Case) -> None:
    if not case.rulebook_key:
        key = rulebooks.rulebook(case.jurisdiction_id, timezone.localdate()).key
        Case.objects.filter(pk=case.pk).update(rulebook_key=key, submitted_at=timezone.now())

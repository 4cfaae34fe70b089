"""How a case gets to a state: the shortest way through its workflow's table, as its jurisdiction's road has it."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace

from apps.applications.enums import ApplicationState
from apps.cases.workflow import STAY, Transition, workflow_for
from apps.jurisdictions.rulebooks.roads import Road

Path = tuple[tuple[str, Transition], ...]


def paths(kind: str, road: Road, level: str) -> dict[str, Path]:
    """State → the steps that lead to it, each with the state it is taken from; only states the road reaches."""
    workflow = workflow_for(kind)
    case = SimpleNamespace(application=SimpleNamespace(direct=False, level=level))
    found: dict[str, Path] = {workflow.initial: ()}
    waiting = deque([workflow.initial])
    while waiting:
        state = waiting.popleft()
        for step in workflow.steps_from(state, case, road):
            if step.target not in (STAY, *found) and not _skips_notice(step, state, road):
                found[step.target] = (*found[state], (state, step))
                waiting.append(step.target)
    return found


def _skips_notice(step: Transition, state: str, road: Road) -> bool:
    return bool(road.publicity) and step.name == "prepare_decision" and state == ApplicationState.REVIEWED

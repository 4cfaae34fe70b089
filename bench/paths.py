"""How a case gets to a state: the shortest way through its workflow's table, as its jurisdiction's road has it."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from apps.applications.enums import ApplicationState
from apps.bases.models import Base
from apps.cases.workflow import STAY, Transition, workflow_for
from apps.inspections.models import Campaign, Rectification
from apps.jurisdictions.rulebooks.roads import Road
from apps.plans.models import TrainingProject

Path = tuple[tuple[str, Transition], ...]


class _Adverse:
    """Items of an inspection some of which are not met."""

    def exclude(self, **values: Any) -> _Adverse:
        return self

    def exists(self) -> bool:
        return True


def stand_ins(rulebook_key: str, level: str) -> list[Any]:
    """What the tables ask of a case, answered by one that each way is open to: what is concluded, in whose name."""
    campaign = Campaign(kind="regular", selection="draw", self_due_on=dt.date.max)
    common = {
        "pk": 0,
        "rulebook_key": rulebook_key,
        "application": SimpleNamespace(direct=False, level=level),
        "campaign": campaign,
        "inspection": SimpleNamespace(campaign=campaign, items=_Adverse()),
        "fund_payment": SimpleNamespace(confirmed_line_id=None, bank_reference=""),
    }
    return [
        SimpleNamespace(
            **common,
            base=Base(level=level, status=status),
            award=SimpleNamespace(conclusion="decline" if conclusion == "fail" else "grant"),
            rectification=Rectification(article="1", conclusion=conclusion, due_on=dt.date.max),
            training_project=TrainingProject(in_base_name=named, starts_on=dt.date.max, ends_on=dt.date.max),
        )
        for conclusion, named, status in (
            ("lift", True, "active"),
            ("extend", False, "active"),
            ("fail", True, "withdrawn"),
        )
    ]


def paths(kind: str, road: Road, cases: Sequence[Any]) -> dict[str, Path]:
    """State → the steps that lead to it, each with the state it is taken from; only states one of ``cases`` reaches."""
    workflow = workflow_for(kind)
    found: dict[str, Path] = {workflow.initial: ()}
    waiting = deque([workflow.initial])
    while waiting:
        state = waiting.popleft()
        for step in (step for case in cases for step in workflow.steps_from(state, case, road)):
            if step.target not in (STAY, *found) and not _skips_notice(step, state, road):
                found[step.target] = (*found[state], (state, step))
                waiting.append(step.target)
    return found


def _skips_notice(step: Transition, state: str, road: Road) -> bool:
    return bool(road.publicity) and step.name == "prepare_decision" and state == ApplicationState.REVIEWED

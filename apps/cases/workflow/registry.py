"""Which workflow a kind of case runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from apps.cases.workflow.definition import Workflow

if TYPE_CHECKING:
    from apps.cases.models import Case

_workflows: dict[str, Workflow] = {}
_levels: dict[str, Callable[[Case], str]] = {}


def register(workflow: Workflow) -> Workflow:
    """Make ``workflow`` the one of its kind. Raises ValueError when the kind has one already."""
    if workflow.kind in _workflows and _workflows[workflow.kind] != workflow:
        raise ValueError(f"a workflow for {workflow.kind} is registered already")
    _workflows[workflow.kind] = workflow
    return workflow


def register_level(kind: str, level: Callable[[Case], str]) -> None:
    """Say how the level of base that a case of ``kind`` is about is told."""
    _levels[kind] = level


def level_of(case: Case) -> str | None:
    """The level of base ``case`` is about; None for a kind of case that is about no level."""
    level = _levels.get(case.kind)
    return None if level is None else level(case)


def workflow_for(kind: str) -> Workflow:
    """The workflow of ``kind``. Raises KeyError when none is registered."""
    return _workflows[kind]


def all_workflows() -> tuple[Workflow, ...]:
    return tuple(_workflows.values())

"""Which workflow a kind of case runs."""

from __future__ import annotations

from apps.cases.workflow.definition import Workflow

_workflows: dict[str, Workflow] = {}


def register(workflow: Workflow) -> Workflow:
    """Make ``workflow`` the one of its kind. Raises ValueError when the kind has one already."""
    if workflow.kind in _workflows and _workflows[workflow.kind] != workflow:
        raise ValueError(f"a workflow for {workflow.kind} is registered already")
    _workflows[workflow.kind] = workflow
    return workflow


def workflow_for(kind: str) -> Workflow:
    """The workflow of ``kind``. Raises KeyError when none is registered."""
    return _workflows[kind]


def all_workflows() -> tuple[Workflow, ...]:
    return tuple(_workflows.values())

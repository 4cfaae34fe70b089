"""The workflow engine: literal tables of steps, and perform() that takes them."""

from apps.cases.workflow.definition import STAY, SYSTEM, Permission, Transition, Workflow, role
from apps.cases.workflow.problems import Blocked, NotPermitted, Problem, WorkflowError, WrongState
from apps.cases.workflow.registry import all_workflows, register, workflow_for

__all__ = [
    "STAY",
    "SYSTEM",
    "Blocked",
    "NotPermitted",
    "Permission",
    "Problem",
    "Transition",
    "Workflow",
    "WorkflowError",
    "WrongState",
    "all_workflows",
    "register",
    "role",
    "workflow_for",
]

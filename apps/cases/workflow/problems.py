"""What stands in the way of a step, said so that the person can act on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing missing or wrong. ``message`` is Chinese and names the article; ``where`` names a section or field."""

    code: str
    message: str
    articles: tuple[str, ...] = field(default=())
    where: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class WorkflowError(Exception):
    """A step was refused; ``problems`` say why."""

    status = 409

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("；".join(problem.message for problem in problems))


class WrongState(WorkflowError):
    """The case is not in a state from which the step leads, or somebody else was faster."""


class NotPermitted(WorkflowError):
    """The actor may not take the step."""

    status = 403


class Blocked(WorkflowError):
    """A guard found something missing."""

    status = 422

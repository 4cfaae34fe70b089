"""Workflows as literal tables: a newcomer reads a kind of business top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.cases.workflow.problems import Problem

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

Guard = Callable[["Case", "Actor | None"], "list[Problem]"]
Condition = Callable[["Case", "Road"], bool]
Articles = Callable[["Case", "Road"], tuple[str, ...]]

STAY = ""
"""Target of a step that is recorded but leaves the case where it is."""


@dataclass(frozen=True)
class Permission:
    """Who may take a step: a role, held in the organisation whose turn it is unless ``any_party`` says otherwise.

    ``not_after`` names earlier steps whose actor must be somebody else (who edits does not decide).
    """

    roles: frozenset[str]
    party: str = "turn"
    not_after: tuple[str, ...] = ()

    def except_actor_of(self, *steps: str) -> Permission:
        return Permission(self.roles, self.party, self.not_after + steps)


def role(*roles: str, party: str = "turn") -> Permission:
    """Permission for holders of any of ``roles``. ``party``: 'turn' (whose turn it is), a party role, or 'assigned'."""
    return Permission(frozenset(roles), party)


SYSTEM = Permission(frozenset(), party="system")
"""Steps that the clock takes; no person may."""


@dataclass(frozen=True)
class Transition:
    """One line of a workflow table.

    ``when`` asks the rulebook's road whether the step exists; ``guards`` return what is missing; ``articles`` name
    what the step rests on in that case and road; ``reason`` says whether the actor must give one; ``internal`` acts are shown
    to the authority's side only.
    """

    name: str
    source: str | tuple[str, ...]
    target: str
    label: str
    by: Permission
    guards: tuple[Guard, ...] = ()
    when: Condition | None = None
    articles: Articles | None = None
    reason: bool = False
    internal: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source


@dataclass(frozen=True)
class Workflow:
    """The states and steps of one kind of case. ``turns`` says whose turn a state is, as a party role or None.

    ``prepared_by`` names the roles that have work in a state though others take its steps, e.g. who fills in a draft.
    """

    kind: str
    states: Mapping[str, str]
    initial: str
    final: frozenset[str]
    turns: Mapping[str, str | None]
    transitions: tuple[Transition, ...]
    prepared_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _index: dict[tuple[str, str], list[Transition]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for transition in self.transitions:
            for state in (*transition.sources, transition.target or transition.sources[0]):
                if state not in self.states:
                    raise ValueError(f"{self.kind}: step {transition.name} names unknown state {state}")
            for source in transition.sources:
                if source in self.final:
                    raise ValueError(f"{self.kind}: step {transition.name} leaves final state {source}")
                self._index.setdefault((transition.name, source), []).append(transition)
        unknown = set(self.turns) - set(self.states)
        if unknown or set(self.states) - set(self.turns):
            raise ValueError(f"{self.kind}: turns must name every state, and no other")

    def find(self, name: str, state: str, case: Case, road: Road) -> Transition | None:
        """The line for step ``name`` from ``state`` that exists in ``road``; lines are tried in table order."""
        for transition in self._index.get((name, state), ()):
            if transition.when is None or transition.when(case, road):
                return transition
        return None

    def steps_from(self, state: str, case: Case, road: Road) -> list[Transition]:
        """Every step that exists from ``state`` in ``road``, in table order, each name once."""
        seen: dict[str, Transition] = {}
        for transition in self.transitions:
            if state in transition.sources and (transition.when is None or transition.when(case, road)):
                seen.setdefault(transition.name, transition)
        return list(seen.values())

    def states_for(self, roles: Iterable[str]) -> frozenset[str]:
        """States in which a holder of ``roles`` has work in turn: what puts a case on a to-do list."""
        held = frozenset(roles)
        return frozenset(state for state, preparing in self.prepared_by.items() if preparing & held) | frozenset(
            state
            for transition in self.transitions
            if transition.by.party == "turn" and transition.by.roles & held
            for state in transition.sources
        )

"""What waits for a person's roles, soonest due first: one short index range per kind and state, in one statement.

Written as SQL because both databases must read no more than the head of each range (``case_queue``) and the ORM spends
longer on writing such a statement than they on answering it. Everything is confined to the turn of the actor's
organisation; the cases themselves are then fetched through the scoped manager.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases.models import Case
from apps.cases.workflow import all_workflows

_COLUMNS = "id, kind, state, next_due_at"
_TURN = f"FROM {Case._meta.db_table} WHERE turn_organisation_id = %s AND"


@dataclass(frozen=True)
class Waiting:
    """How many to-dos there are of one kind and state, up to the cap asked for, and how many of them are overdue."""

    kind: str
    state: str
    count: int
    overdue: int


def todo_states(actor: Actor | None) -> list[tuple[str, str]]:
    """The pairs of kind and state in which the actor's roles have a step to take in turn."""
    if actor is None or not actor.is_case_staff:
        return []
    return [(str(flow.kind), str(state)) for flow in all_workflows() for state in sorted(flow.states_for(actor.roles))]


def todo_keys(actor: Actor | None, offset: int, size: int) -> list[int]:
    """Primary keys of ``size`` to-dos from ``offset`` on; those due soonest first, those without a due date last."""
    ranges, values = _ranges(actor, offset + size)
    if not ranges:
        return []
    order = "ORDER BY next_due_at IS NULL, next_due_at, id LIMIT %s OFFSET %s"
    return [row[0] for row in _rows(f"SELECT id FROM ({ranges}) found {order}", [*values, size, offset])]


def todo_waiting(actor: Actor | None, each: int) -> list[Waiting]:
    """How many to-dos there are by kind and state, counting at most ``each`` of them."""
    ranges, values = _ranges(actor, each)
    if not ranges:
        return []
    overdue = "SUM(CASE WHEN next_due_at <= %s THEN 1 ELSE 0 END)"
    statement = f"SELECT kind, state, COUNT(*), {overdue} FROM ({ranges}) found GROUP BY kind, state ORDER BY 1, 2"
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = _rows(statement, [now, *values])
    return [Waiting(kind, state, min(count, each), min(late, each)) for kind, state, count, late in rows]


def _ranges(actor: Actor | None, each: int) -> tuple[str, list[Any]]:
    """The first ``each`` to-dos of every kind and state by due date; of those without one as many again on SQLite."""
    pairs = todo_states(actor)
    if actor is None or not pairs:
        return "", []
    turn = actor.organisation.pk
    if connection.vendor == "postgresql":
        wanted = ", ".join(["(%s, %s)"] * len(pairs))
        one = f"{_TURN} kind = wanted.kind AND state = wanted.state ORDER BY next_due_at LIMIT %s"
        statement = (
            f"SELECT one.* FROM (VALUES {wanted}) wanted (kind, state) CROSS JOIN LATERAL (SELECT {_COLUMNS} {one}) one"
        )
        return statement, [*(name for pair in pairs for name in pair), turn, each]
    dated = f"SELECT * FROM (SELECT {_COLUMNS} {_TURN} kind = %s AND state = %s AND next_due_at IS NOT NULL ORDER BY next_due_at LIMIT %s)"
    undated = f"SELECT * FROM (SELECT {_COLUMNS} {_TURN} kind = %s AND state = %s AND next_due_at IS NULL LIMIT %s)"
    values = [value for kind, state in pairs for value in (turn, kind, state, each) * 2]
    return " UNION ALL ".join([dated, undated] * len(pairs)), values


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()

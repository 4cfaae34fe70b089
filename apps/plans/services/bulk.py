"""Inserting very many rows: copied into the table where the database can, in batches elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import Model

T = TypeVar("T")
INSERTED_AT_ONCE = 2000
COPIED_AT_ONCE = 20_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_many(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert ``rows`` of values for ``columns``, named as the model's attributes (``base_id``, not ``base``).

    Values are text, whole numbers, times in ISO format or None. Nothing is returned and no key is set.
    """
    if connection.vendor == "postgresql":
        _copy(model, columns, rows)
        return
    for chunk in chunks(rows, INSERTED_AT_ONCE):
        model._base_manager.bulk_create([model(**dict(zip(columns, row, strict=True))) for row in chunk])


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most ``size``."""
    taken = iter(rows)
    while chunk := list(islice(taken, size)):
        yield chunk


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor:
        for chunk in chunks(rows, COPIED_AT_ONCE):
            cursor.copy_expert(statement, io.StringIO("".join(map(_line, chunk))))


def _line(row: Sequence[object]) -> str:
    return "\t".join("\\N" if value is None else str(value).translate(_ESCAPES) for value in row) + "\n"

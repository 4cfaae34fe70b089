"""The draw: from a list of experts and a seed, always the same order, repeatable by anyone with SHA-256 at hand."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

ALGORITHM = "sha256-order-1"
"""Each expert's number is hashed as ``seed:number``; the experts stand in the order of the hashes (hex, ascending)."""


def new_seed() -> str:
    """A seed of 128 bits that nobody can foresee, as 32 hexadecimal characters."""
    return secrets.token_hex(16)


def redraw(seed: str, pool: Iterable[int], count: int) -> list[int]:
    """The first ``count`` experts of ``pool`` in the order that ``seed`` gives.

    The order of ``pool`` does not matter. Raises ValueError when the pool has fewer than ``count`` experts or names
    one twice.
    """
    numbers = list(pool)
    if len(set(numbers)) != len(numbers):
        raise ValueError("the pool names an expert twice")
    if count > len(numbers):
        raise ValueError(f"the pool has {len(numbers)} experts, {count} are asked for")
    return sorted(numbers, key=lambda number: _place(seed, number))[:count]


def pool_sha256(details: Sequence[dict[str, Any]]) -> str:
    """The hash of the pool as recorded: compact JSON with sorted keys, in the order of the experts' numbers."""
    ordered = sorted(details, key=lambda detail: detail["id"])
    text = json.dumps(ordered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def places(seed: str, pool: Iterable[int]) -> list[tuple[int, str]]:
    """Every expert of ``pool`` with the hash that decides the place, in order: the proof as a table."""
    return sorted(((number, _place(seed, number)) for number in pool), key=lambda pair: pair[1])


def _place(seed: str, number: int) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()

"""Steps the clock takes: business apps register a sweep, the beat runs them all."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)
Sweep = Callable[[dt.datetime], None]
_sweeps: list[Sweep] = []


def sweep(function: Sweep) -> Sweep:
    """Register ``function(now)`` to be run by the beat. It must be idempotent."""
    _sweeps.append(function)
    return function


def run_all(now: dt.datetime) -> None:
    """Run every sweep; one that fails does not keep the others from running."""
    for function in _sweeps:
        try:
            function(now)
        except Exception:
            logger.exception("sweep %s failed", function.__qualname__)

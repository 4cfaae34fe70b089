"""The outbox: what a committed act promised is written with it and carried out after it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.cases.enums import OutboxState
from apps.cases.models import OutboxEntry

logger = logging.getLogger(__name__)
Handler = Callable[[dict[str, Any]], None]
MAX_ATTEMPTS = 3
RETRY_AFTER = dt.timedelta(minutes=1)
_handlers: dict[str, list[Handler]] = {}
_quiet: ContextVar[bool] = ContextVar("outbox_quiet", default=False)


def on(topic: str) -> Callable[[Handler], Handler]:
    """Register a handler of ``topic``. Handlers must be idempotent: an entry is delivered at least once."""

    def decorate(handler: Handler) -> Handler:
        _handlers.setdefault(topic, []).append(handler)
        return handler

    return decorate


def promise(topic: str, payload: dict[str, Any], *, key: str) -> None:
    """Write an entry in the current transaction; ``key`` makes a second promise of the same thing a no-op.

    Topics nobody handles leave no entry. After commit the worker is nudged; the beat finds what a nudge missed.
    """
    if topic not in _handlers:
        return
    _, created = OutboxEntry.objects.get_or_create(
        key=key, defaults={"topic": topic, "payload": payload, "available_at": timezone.now()}
    )
    if created and not _quiet.get():
        transaction.on_commit(_nudge, robust=True)


@contextmanager
def left_to_the_beat() -> Iterator[None]:
    """Promise without a nudge: for bulk work whose promises the beat may carry out later."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def dispatch(limit: int = 100) -> int:
    """Carry out up to ``limit`` waiting entries and return how many succeeded. Safe to run twice at once."""
    now = timezone.now()
    waiting = OutboxEntry.objects.filter(state=OutboxState.WAITING, available_at__lte=now).order_by("id")
    return sum(_carry_out(entry) for entry in waiting[:limit])


def retry(entry: OutboxEntry) -> bool:
    """Put a failed entry back to be carried out again; False where it has not failed (any more)."""
    again = OutboxEntry.objects.filter(pk=entry.pk, state=OutboxState.FAILED).update(
        state=OutboxState.WAITING, attempts=0, available_at=timezone.now()
    )
    if again:
        transaction.on_commit(_nudge, robust=True)
    return bool(again)


def _carry_out(entry: OutboxEntry) -> bool:
    claimed = OutboxEntry.objects.filter(
        pk=entry.pk, state=OutboxState.WAITING, attempts=entry.attempts, available_at__lte=timezone.now()
    ).update(attempts=F("attempts") + 1, available_at=timezone.now() + RETRY_AFTER)
    if not claimed:
        return False
    try:
        for handler in _handlers.get(entry.topic, ()):
            handler(entry.payload)
    except Exception as error:
        logger.exception("outbox entry %s (%s) failed", entry.pk, entry.topic)
        failed = entry.attempts + 1 >= MAX_ATTEMPTS
        OutboxEntry.objects.filter(pk=entry.pk).update(
            last_error=repr(error)[:2000], state=OutboxState.FAILED if failed else OutboxState.WAITING
        )
        return False
    OutboxEntry.objects.filter(pk=entry.pk).update(state=OutboxState.DONE, done_at=timezone.now(), last_error="")
    return True


def _nudge() -> None:
    from apps.cases.tasks import dispatch_outbox

    try:
        dispatch_outbox.apply_async(retry=False, ignore_result=True)
    except Exception:
        logger.warning("the broker does not answer; the beat will dispatch the outbox", exc_info=True)

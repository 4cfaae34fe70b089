"""Steps that the clock takes in rectifications and revocations: terms that run out."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from apps.cases import schedule
from apps.cases.clocks import end_clock
from apps.cases.enums import CaseKind, ClockState, PartyRole
from apps.cases.models import Act, Case, Clock
from apps.cases.workflow.engine import perform
from apps.inspections.enums import RectificationState, RevocationState
from apps.inspections.services.sanction_effects import let_in

logger = logging.getLogger(__name__)
BATCH = 500


def expire_rectification(case: Case) -> Act:
    """A term ran out without a report: the authority's head and the managing unit see it from now on.

    Its clock runs on, so that the case stands among the overdue ones until the report comes or the case is concluded.
    """

    def change(locked: Case, act: Act) -> None:
        let_in(locked, PartyRole.MANAGING_UNIT)

    return perform(case, "expire", None, change=change)


def expire_hearing(case: Case) -> Act:
    """The base did not answer the notice in time; a draft it did not send does not count."""

    def change(locked: Case, act: Act) -> None:
        end_clock(locked, "hearing", ClockState.MISSED)

    return perform(case, "hearing_expired", None, change=change)


@schedule.sweep
def expire_sanction_terms(now: dt.datetime) -> None:
    """Take the steps of every rectification and hearing whose term is over; one that fails keeps no other back."""
    _expire(now, "rectification", CaseKind.RECTIFICATION, RectificationState.ORDERED, expire_rectification)
    _expire(now, "hearing", CaseKind.REVOCATION, RevocationState.HEARING, expire_hearing)


def _expire(now: dt.datetime, code: str, kind: str, state: str, step: Callable[[Case], Act]) -> None:
    due = Clock.objects.filter(
        code=code, state=ClockState.RUNNING, due_at__lte=now, case__kind=kind, case__state=state
    ).order_by("due_at")
    for clock in due.select_related("case")[:BATCH]:
        try:
            step(clock.case)
        except Exception:  # one case that cannot go on keeps no other back
            logger.exception("%s of %s was not taken", code, clock.case.number)

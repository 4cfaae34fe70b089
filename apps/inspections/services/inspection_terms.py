"""Steps that the clock takes in inspections: self-assessments and answers that did not come, days of publication."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.utils import timezone

from apps.cases import clocks, schedule
from apps.cases.enums import CaseKind, ClockState
from apps.cases.models import Case, Clock
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import perform
from apps.inspections.enums import CampaignState, InspectionState
from apps.inspections.models import Campaign
from apps.inspections.services import launches, publication
from apps.inspections.services.results import ANSWER_CLOCK

logger = logging.getLogger(__name__)
CHUNK = 200


@schedule.sweep
def expire_self_assessments(now: dt.datetime) -> None:
    """Self-assessments that were not submitted in time: the inspection goes on without them."""
    for case in _overdue(now, launches.SELF_CLOCK, InspectionState.SELF_ASSESSING):
        _take(lambda case=case: _expire(case, "self_assessment_expired", launches.SELF_CLOCK))


@schedule.sweep
def expire_answers(now: dt.datetime) -> None:
    """Answers to findings that were not submitted in time: the result follows from what there is."""
    for case in _overdue(now, ANSWER_CLOCK, InspectionState.AWAITING_ANSWER):
        _take(lambda case=case: _expire(case, "answer_expired", ANSWER_CLOCK))


@schedule.sweep
def publish_results(now: dt.datetime) -> None:
    """Publish every approved bulletin whose day has come."""
    due = Campaign.objects.filter(
        case__state=CampaignState.AWAITING_PUBLICATION, publish_on__lte=timezone.localdate(now)
    )
    for campaign in due.select_related("case"):
        _take(lambda campaign=campaign: publication.publish(campaign.case))


@schedule.sweep
def open_what_waits(now: dt.datetime) -> None:
    """Take up again the opening of inspections that a batch left undone."""
    for campaign in Campaign.objects.filter(case__state=CampaignState.RUNNING).select_related(
        "case", "organiser", "commissioned"
    ):
        _take(lambda campaign=campaign: _resume(campaign))


def _resume(campaign: Campaign) -> None:
    if launches.waiting_numbers(campaign) and launches.open_batch(campaign) and launches.waiting_numbers(campaign):
        launches.promise_batch(campaign)


def _overdue(now: dt.datetime, code: str, state: str) -> list[Case]:
    due = Clock.objects.filter(
        case__kind=CaseKind.INSPECTION, case__state=state, code=code, state=ClockState.RUNNING, due_at__lte=now
    )
    return [clock.case for clock in due.select_related("case").order_by("due_at", "pk").iterator(chunk_size=CHUNK)]


def _expire(case: Case, step: str, clock: str) -> None:
    perform(case, step, None, change=lambda locked, act: clocks.end_clock(locked, clock))


def _take(step: Callable[[], object]) -> None:
    """Take one step; what stands in its way keeps no other case from being moved."""
    try:
        step()
    except WorkflowError as error:
        logger.info("the clock could not take a step: %s", error)
    except Exception:
        logger.exception("the clock failed to take a step")

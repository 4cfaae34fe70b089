"""审核、论证、考察、评审: each step the text asks of the review, recorded application by application."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.services.for_panels import ReviewStep
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform, road_of

VISIT_DUTY = "visit"


def record_review_step(
    case: Case, actor: Actor, duty: str, *, done_on: dt.date, record: str, participants: str = ""
) -> Act:
    """Record ``duty`` (a code of the road's review) on an application's case; a later record replaces the earlier.

    The act keeps every version. Raises Blocked for a duty the text does not have, an empty record or a date to come.
    """

    def change(case: Case, act: Act) -> None:
        review = road_of(case).review
        labels = dict(review.duties)
        problems = []
        if duty not in labels:
            problems.append(Problem("duty_unknown", "文本没有规定这一评审环节。", (review.article,), "duty"))
        if not record.strip():
            problems.append(Problem("record_missing", "请填写该环节的情况记录。", (review.article,), "record"))
        if done_on > timezone.localdate():
            problems.append(Problem("date_future", "日期不能晚于今天。", where="done_on"))
        if problems:
            raise Blocked(*problems)
        ReviewStep.objects.update_or_create(
            application=case.application,
            duty=duty,
            defaults={
                "done_on": done_on,
                "record": record.strip(),
                "participants": participants.strip()[:400],
                "recorded_by": actor.user,
            },
        )

    data = {
        "duty": duty,
        "done_on": done_on.isoformat(),
        "record": record.strip(),
        "participants": participants.strip(),
    }
    return perform(case, "record_review_step", actor, data=data, change=change)


def asks_for_visit(case: Case) -> bool:
    """Whether the text the case runs under asks the review for a visit on site."""
    return any(duty == VISIT_DUTY for duty, _ in road_of(case).review.duties)

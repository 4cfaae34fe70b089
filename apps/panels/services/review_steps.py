"""审核、论证、考察、评审: each step the text asks of the review, recorded subject by subject."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.panels.services.subjects import StepRecord, kind_of_subject

VISIT_DUTY = "visit"


def record_review_step(
    case: Case, actor: Actor, duty: str, *, done_on: dt.date, record: str, participants: str = ""
) -> Act:
    """Record ``duty`` (a code of the review's duties) on a subject's case; a later record replaces the earlier.

    The act keeps every version. Raises Blocked for a duty the text does not have, an empty record or a date to come.
    """

    def change(case: Case, act: Act) -> None:
        kind = kind_of_subject(case)
        articles = kind.articles(case)
        problems = []
        if duty not in dict(kind.duties(case)):
            problems.append(Problem("duty_unknown", "文本没有规定这一评审环节。", articles, "duty"))
        if not record.strip():
            problems.append(Problem("record_missing", "请填写该环节的情况记录。", articles, "record"))
        if done_on > timezone.localdate():
            problems.append(Problem("date_future", "日期不能晚于今天。", where="done_on"))
        if problems:
            raise Blocked(*problems)
        kind.store_step(case, duty, StepRecord(done_on, record.strip(), participants.strip(), actor.user))

    data = {
        "duty": duty,
        "done_on": done_on.isoformat(),
        "record": record.strip(),
        "participants": participants.strip(),
    }
    return perform(case, "record_review_step", actor, data=data, change=change)


def asks_for_visit(case: Case) -> bool:
    """Whether the text the case runs under asks the review for a visit on site."""
    return VISIT_DUTY in dict(kind_of_subject(case).duties(case))

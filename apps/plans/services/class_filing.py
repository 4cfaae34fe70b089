"""Filing of each class before it opens: the last day counted day by day, lateness recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from apps.cases import clocks
from apps.cases.enums import ClockBasis, ClockState
from apps.cases.workflow import Problem
from apps.cases.workflow.engine import rules_of
from apps.jurisdictions.rulebooks import calendar
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.models import TrainingProject

CLOCK = "class_filing"


@dataclass(frozen=True)
class Deadline:
    """The last day for filing a class. ``latest`` is None where it cannot be counted, and ``unknown`` says why.

    ``counted`` are the working days counted back from the opening, nearest first; the last of them is ``latest``.
    """

    article: str
    working_days: int
    starts_on: dt.date
    latest: dt.date | None
    counted: tuple[dt.date, ...] = ()
    unknown: str = ""


def deadline_of(project: TrainingProject) -> Deadline | None:
    """The project's last day for filing; None where the text asks for none or it is not in the base's name."""
    return deadline_for(rules_of(project.case), project.starts_on) if project.in_base_name else None


def deadline_for(rules: Rulebook, starts_on: dt.date) -> Deadline | None:
    """The last day for filing a class in the base's name that opens on ``starts_on``; None where none is asked."""
    filing = rules.class_filing
    if filing is None:
        return None
    try:
        answer = rules.class_deadline(starts_on)
    except CalendarDataMissing as error:
        text = f"备案期限不能计算：{error.year} 年放假安排尚未公布"
        return Deadline(filing.article, filing.working_days, starts_on, None, unknown=text)
    counted = tuple(dt.date.fromisoformat(day) for day in answer["counted"])
    return Deadline(filing.article, filing.working_days, starts_on, counted[-1], counted)


def days_late(latest: dt.date, filed: dt.date) -> int | None:
    """Working days from the day after ``latest`` to ``filed``; a day of rest counts as the next working day.

    0 in time, None where the calendar does not reach that far.
    """
    if filed <= latest:
        return 0
    try:
        day, count = calendar.next_workday(filed), 0
        while day > latest:
            count += calendar.is_workday(day)
            day -= dt.timedelta(days=1)
    except CalendarDataMissing:
        return None
    return count


def filing_day(project: TrainingProject, deadline: Deadline | None, today: dt.date) -> dt.date:
    """The day that counts: of the first filing, as long as a correction has not moved the deadline; else today."""
    unmoved = deadline is None or project.latest_filing == deadline.latest
    return project.filed_on if project.filed_on is not None and unmoved else today


def late_filing_problems(project: TrainingProject) -> list[Problem]:
    """A filing after the last day needs a reason. It is recorded and shown, never refused for being late."""
    deadline = deadline_of(project)
    if deadline is None or deadline.latest is None or project.late_reason.strip():
        return []
    if filing_day(project, deadline, timezone.localdate()) <= deadline.latest:
        return []
    text = f"最迟应在 {deadline.latest:%Y-%m-%d} 报送备案，现已逾期，请说明原因；逾期情况将告知备案机关并写入回执。"
    return [Problem("late_reason_missing", text, (deadline.article,), "late_reason")]


def record_filing(project: TrainingProject, today: dt.date) -> None:
    """Keep how the last day was counted, when the project was filed and how late; inside perform()'s change."""
    deadline = deadline_of(project)
    project.filed_on = filing_day(project, deadline, today)
    if deadline is not None:
        project.latest_filing = deadline.latest
        project.filing_counted = [day.isoformat() for day in deadline.counted]
        project.filed_late_days = days_late(deadline.latest, project.filed_on) if deadline.latest else None
    if deadline is None or (deadline.latest is not None and project.filed_on <= deadline.latest):
        project.late_reason = ""
    project.save()


def sync_clock(project: TrainingProject) -> None:
    """Let the time limit for filing follow the opening day while the project is filled in."""
    deadline = deadline_of(project)
    filed_in_time = project.filed_on is not None and deadline is not None and project.latest_filing == deadline.latest
    if deadline is None or deadline.latest is None or filed_in_time:
        clocks.end_clock(project.case, CLOCK, ClockState.CANCELLED)
        return
    clocks.start_clock(
        project.case,
        CLOCK,
        "开班前备案",
        deadline.latest,
        basis=ClockBasis.LAW,
        articles=(deadline.article,),
        counted=deadline.counted,
        note=f"{project.starts_on:%Y-%m-%d} 开班，向前数满 {deadline.working_days} 个工作日",
    )

"""What the expert review asks of an application: which wait for it, who is behind them, and what it concluded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import Organisation
from apps.applications.enums import ApplicationState
from apps.applications.models import Application, ApplicationSection, ReviewStep, Round
from apps.applications.sections.faculty import TEACHERS, Faculty

__all__ = [
    "Application",
    "ApplicationState",
    "Interests",
    "ReviewStep",
    "Round",
    "awaiting_review",
    "interests_of",
    "set_review_passed",
]


@dataclass(frozen=True)
class Interests:
    """Whom an expert must not be tied to: the applicant, the departments behind it, and its teachers by name."""

    institution: Organisation | None
    departments: tuple[Organisation, ...]
    teachers: tuple[tuple[str, str], ...]
    """Name and employer of each teacher on the applicant's list, as typed."""


def awaiting_review(rnd: Round) -> QuerySet[Application]:
    """The admitted applications of ``rnd`` that no panel has yet, with what lists show."""
    return (
        Application.objects.filter(round=rnd, case__state=ApplicationState.ADMITTED)
        .exclude(panel_items__is_active=True)
        .select_related("case__institution", "recommender", "examiner")
        .order_by("case__number")
    )


def interests_of(applications: Iterable[Application]) -> dict[int, Interests]:
    """Whom the experts on each application must not be tied to, by application. One query for all teachers' tables."""
    wanted = list(applications)
    sections = ApplicationSection.objects.filter(application__in=wanted, code=Faculty.code)
    teachers = {section.application_id: _named_rows(section.data) for section in sections}
    return {
        application.pk: Interests(
            application.case.institution,
            tuple(unit for unit in (application.examiner, application.recommender) if unit is not None),
            teachers.get(application.pk, ()),
        )
        for application in wanted
    }


def _named_rows(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = data.get(TEACHERS.code) or []
    named = [(str(row.get("name") or "").strip(), str(row.get("employer") or "").strip()) for row in rows]
    return tuple(pair for pair in named if pair[0])


def set_review_passed(application: Application, passed: bool) -> None:
    """Write what the review concluded; called inside the step that takes the conclusion."""
    Application.objects.filter(pk=application.pk).update(review_passed=passed)
    application.review_passed = passed

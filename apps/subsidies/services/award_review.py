"""How panels review applications for money of a cycle: as they do recognition, by points and a vote (Shanghai 32)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import perform
from apps.panels.services.access import close_subject
from apps.panels.services.resolutions import resolution_problems
from apps.panels.services.subjects import Conclusion, ConflictKind, ExpertFile, Interests, ReviewKind, Words
from apps.subsidies.enums import AwardState
from apps.subsidies.models import Award
from apps.subsidies.services.plan_content import content_of
from apps.subsidies.workflow.people import funding_of

__all__ = ["AwardReview", "discontinue", "resolution_problems"]


class AwardReview(ReviewKind):
    """The experts' opinion on an application for money; the bureau and its finance side decide afterwards."""

    subject = CaseKind.AWARD
    occasion = CaseKind.FUNDING_CYCLE
    occasion_path = "award__cycle"
    waiting = AwardState.SUBMITTED
    reviewing = AwardState.IN_REVIEW
    gone = (AwardState.WITHDRAWN, AwardState.DISCONTINUED)
    words = Words(
        subject="资助申请",
        applicant="申请单位",
        occasion="资助周期",
        departments="管理（指导）单位",
        counted="{}件资助申请",
    )
    department_conflict = ConflictKind.MANAGING_UNIT
    related = ("award",)

    def articles(self, case: Case) -> tuple[str, ...]:
        return (funding_of(case).article,)

    def rubric(self, occasion: Case) -> list[dict[str, Any]]:
        return list(occasion.funding_cycle.rubric)

    def pass_points(self, occasion: Case) -> int:
        return int(occasion.funding_cycle.pass_points)

    def name(self, subject: Case) -> str:
        """The institution with its project: a base may apply for several in a cycle."""
        return f"{super().name(subject)}（{subject.award.title}）" if subject.award.title else super().name(subject)

    def interests(self, subjects: Iterable[Case]) -> dict[int, Interests]:
        """The base's institution and the unit that manages it. One query."""
        found = {}
        for case in _with_bases(subjects):
            unit = case.base.managing_unit if case.base is not None else None
            found[case.pk] = Interests(case.institution, (unit,) if unit is not None else ())
        return found

    def facts(self, subjects: Iterable[Case]) -> dict[int, list[tuple[str, str]]]:
        """The unit that manages the base. One query."""
        found = {}
        for case in _with_bases(subjects):
            unit = case.base.managing_unit if case.base is not None else None
            found[case.pk] = [("管理（指导）单位", unit.name)] if unit is not None else []
        return found

    def expert_file(self, subject: Case) -> ExpertFile:
        """The lines of the use plan and the performance targets as sent, and the files sent with them."""
        context = content_of(subject).as_context() | {
            "award": Award.objects.select_related("base").get(pk=subject.pk),
            "files": subject.attachments.filter(removed_at__isnull=True, is_internal=False),
        }
        return ExpertFile("subsidies/awards/_expert_file.html", context)

    def store_conclusion(self, subject: Case, conclusion: Conclusion) -> None:
        values = {
            "panel_passed": conclusion.passed,
            "panel_points_hundredths": conclusion.average_hundredths,
            "panel_opinion": conclusion.opinion,
        }
        with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
            Award.objects.filter(pk=subject.pk).update(**values)


def discontinue(case: Case, actor: Actor, reason: str = "") -> Act:
    """Break off an application whose base has ended; experts who had its file lose it. Raises as perform() does."""
    return perform(case, "discontinue", actor, reason=reason, change=lambda locked, act: close_subject(locked.pk))


def _with_bases(subjects: Iterable[Case]) -> list[Case]:
    wanted = [subject.pk for subject in subjects]
    return list(Case.objects.filter(pk__in=wanted).select_related("institution", "base__managing_unit"))

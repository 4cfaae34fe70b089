"""How panels review applications of a round: who is behind an application, what experts read, what they conclude."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.applications.enums import ApplicationState
from apps.applications.models import Application, ApplicationSection, ReviewStep
from apps.applications.sections.faculty import TEACHERS, Faculty
from apps.applications.services.readonly import readonly_sections
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.workflow.engine import road_of
from apps.jurisdictions.rulebooks import registry
from apps.panels.services.subjects import (
    Conclusion,
    ConflictKind,
    Criterion,
    ExpertFile,
    Interests,
    ReviewKind,
    StepRecord,
    Words,
)


class ApplicationReview(ReviewKind):
    """The review on which recognition rests: conditions one by one, the duties of the text, teachers on the list."""

    subject = CaseKind.APPLICATION
    occasion = CaseKind.ROUND
    occasion_path = "application__round"
    waiting = ApplicationState.ADMITTED
    reviewing = ApplicationState.IN_REVIEW
    gone = (ApplicationState.WITHDRAWN,)
    words = Words(
        subject="申报",
        applicant="申报单位",
        occasion="批次",
        departments="推荐、审查部门",
        counted="{}家单位的申报",
    )
    department_conflict = ConflictKind.RECOMMENDER

    def articles(self, case: Case) -> tuple[str, ...]:
        return (road_of(case).review.article,)

    def rubric(self, occasion: Case) -> list[dict[str, Any]]:
        return list(occasion.round.rubric)

    def pass_points(self, occasion: Case) -> int:
        return int(occasion.round.pass_points)

    def interests(self, subjects: Iterable[Case]) -> dict[int, Interests]:
        """Two queries: the applications with their departments, and all teachers' tables."""
        applications = _applications(subjects)
        sections = ApplicationSection.objects.filter(application__in=applications, code=Faculty.code)
        teachers = {section.application_id: _named_rows(section.data) for section in sections}
        return {
            application.pk: Interests(
                application.case.institution,
                tuple(unit for unit in (application.examiner, application.recommender) if unit is not None),
                teachers.get(application.pk, ()),
            )
            for application in applications
        }

    def facts(self, subjects: Iterable[Case]) -> dict[int, list[tuple[str, str]]]:
        """The field applied for and the departments behind the application. One query."""
        found = {}
        for application in _applications(subjects):
            units = [unit.name for unit in (application.examiner, application.recommender) if unit is not None]
            pairs = [("申报领域", application.field), ("推荐、审查部门", "、".join(units))]
            found[application.pk] = [(label, value) for label, value in pairs if value]
        return found

    def expert_file(self, subject: Case) -> ExpertFile:
        return ExpertFile(
            "applications/form/_readonly.html", {"sections": readonly_sections(_applications([subject])[0])}
        )

    def criteria(self, subject: Case) -> list[Criterion]:
        """The conditions found for the application, those left to experts marked as required."""
        conditions = {condition.code: condition for condition in registry.by_key(subject.rulebook_key).conditions}
        return [
            Criterion(
                code=finding["code"],
                title=conditions[finding["code"]].title,
                articles=tuple(finding["articles"]),
                summary=conditions[finding["code"]].summary,
                result=finding["result"],
                message=finding["message"],
                required=finding["result"] == "for_experts",
            )
            for finding in subject.application.evaluation.get("findings", [])
            if finding["code"] in conditions
        ]

    def duties(self, case: Case) -> tuple[tuple[str, str], ...]:
        return road_of(case).review.duties

    def steps(self, subjects: Iterable[Case]) -> dict[tuple[int, str], StepRecord]:
        rows = ReviewStep.objects.filter(application__in=[subject.pk for subject in subjects])
        return {
            (row.application_id, row.duty): StepRecord(row.done_on, row.record, row.participants, row.recorded_by)
            for row in rows.select_related("recorded_by")
        }

    def store_step(self, subject: Case, duty: str, record: StepRecord) -> None:
        ReviewStep.objects.update_or_create(
            application_id=subject.pk,
            duty=duty,
            defaults={
                "done_on": record.done_on,
                "record": record.record,
                "participants": record.participants[:400],
                "recorded_by": record.recorded_by,
            },
        )

    def store_conclusion(self, subject: Case, conclusion: Conclusion) -> None:
        Application.objects.filter(pk=subject.pk).update(review_passed=conclusion.passed)
        subject.application.review_passed = conclusion.passed


def _applications(subjects: Iterable[Case]) -> list[Application]:
    wanted = [subject.pk for subject in subjects]
    found = Application.objects.filter(pk__in=wanted)
    return list(found.select_related("case__institution", "recommender", "examiner"))


def _named_rows(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = data.get(TEACHERS.code) or []
    named = [(str(row.get("name") or "").strip(), str(row.get("employer") or "").strip()) for row in rows]
    return tuple(pair for pair in named if pair[0])

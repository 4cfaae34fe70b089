"""Kinds of business that experts review: what differs between them, registered by the app whose business it is."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import Organisation, User
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.panels.enums import ConflictKind
from apps.panels.models import Panel

__all__ = [
    "Conclusion",
    "ConflictKind",
    "Criterion",
    "ExpertFile",
    "Interests",
    "ReviewKind",
    "StepRecord",
    "Words",
    "all_kinds",
    "awaiting_review",
    "gone_subjects",
    "kind_for_occasion",
    "kind_of_panel",
    "kind_of_subject",
    "occasion_of",
    "occasions_waiting",
    "register_kind",
    "subject_relations",
    "with_names",
]


@dataclass(frozen=True)
class Words:
    """The field's words for one kind, as pages, refusals and the resolution say them.

    ``counted`` takes a number, e.g. ``{}家单位的申报``; ``departments`` names the bodies behind the applicant.
    """

    subject: str
    applicant: str
    occasion: str
    departments: str
    counted: str


@dataclass(frozen=True)
class Interests:
    """Whom an expert must not be tied to: the applicant, the departments behind it, and its teachers by name."""

    institution: Organisation | None
    departments: tuple[Organisation, ...] = ()
    teachers: tuple[tuple[str, str], ...] = ()
    """Name and employer of each teacher on the applicant's list, as typed."""


@dataclass(frozen=True)
class Criterion:
    """A condition as the expert sees it; ``required``: the text leaves it to the experts' judgement."""

    code: str
    title: str
    articles: tuple[str, ...]
    summary: str
    result: str
    message: str
    required: bool


@dataclass(frozen=True)
class StepRecord:
    """One recorded step of the review: when, what was done and found, who took part, who wrote it down."""

    done_on: dt.date
    record: str
    participants: str
    recorded_by: User


@dataclass(frozen=True)
class Conclusion:
    """What a review concluded; ``average_hundredths`` (points times 100) is None where no panel gave points."""

    passed: bool
    average_hundredths: int | None
    opinion: str


@dataclass(frozen=True)
class ExpertFile:
    """What an expert reads of a subject: a template and its context, every answer of it read-only."""

    template: str
    context: dict[str, Any]


class ReviewKind(ABC):
    """One kind of case (``subject``) that panels review, called together for an ``occasion``.

    ``occasion_path`` leads from a subject's case to the key of its occasion. ``waiting`` and ``reviewing`` are the
    subject's states before a panel takes it and while it has it; in ``gone`` it has left without a conclusion. Its
    workflow has lines for ``assign_panel``, ``release_panel`` and ``conclude_review``, and ``record_review_step``
    where there are duties.
    """

    subject: CaseKind
    occasion: CaseKind
    occasion_path: str
    waiting: str
    reviewing: str
    gone: tuple[str, ...]
    words: Words
    department_conflict: ConflictKind
    related: tuple[str, ...] = ()
    """What :meth:`name` reads of a subject beside its institution; loaded with it."""

    @abstractmethod
    def articles(self, case: Case) -> tuple[str, ...]:
        """What the review rests on; ``case`` is a subject's or a panel's."""

    @abstractmethod
    def rubric(self, occasion: Case) -> list[dict[str, Any]]:
        """The criteria that get points: {"code", "title", "max_points" (whole points), "description"} each."""

    @abstractmethod
    def pass_points(self, occasion: Case) -> int:
        """The least average to pass, in whole points."""

    @abstractmethod
    def interests(self, subjects: Iterable[Case]) -> dict[int, Interests]:
        """Whom the experts on each subject must not be tied to, by the subject's key."""

    @abstractmethod
    def expert_file(self, subject: Case) -> ExpertFile:
        """What an expert reads once declared free of conflict."""

    @abstractmethod
    def store_conclusion(self, subject: Case, conclusion: Conclusion) -> None:
        """Write down what the review concluded; called inside the step that takes the conclusion."""

    def name(self, subject: Case) -> str:
        """What a subject is called in lists and in the resolution: its institution. No query on what panels load."""
        return subject.institution.name if subject.institution is not None else subject.title

    def facts(self, subjects: Iterable[Case]) -> dict[int, list[tuple[str, str]]]:
        """What an expert may know of each subject before declaring: label and value, nothing of its file."""
        return {}

    def criteria(self, subject: Case) -> list[Criterion]:
        """The conditions judged one by one beside the rubric."""
        return []

    def duties(self, case: Case) -> tuple[tuple[str, str], ...]:
        """The steps the text asks of the review, code and label; ``case`` is a subject's or a panel's."""
        return ()

    def steps(self, subjects: Iterable[Case]) -> dict[tuple[int, str], StepRecord]:
        """The steps on record, by the subject's key and the duty's code. One query."""
        return {}

    def store_step(self, subject: Case, duty: str, record: StepRecord) -> None:
        """Write down one step; called inside the act that records it."""
        raise NotImplementedError(f"{self.subject} has no review steps")

    def subjects_waiting(self) -> QuerySet[Case]:
        """The subjects that wait for a panel and have none yet."""
        return Case.objects.filter(kind=self.subject, state=self.waiting).exclude(panel_items__is_active=True)


_kinds: list[ReviewKind] = []


def register_kind(kind: ReviewKind) -> None:
    """Make ``kind`` reviewable. Raises ValueError where its subject or its occasion is registered already."""
    if any(known.subject == kind.subject or known.occasion == kind.occasion for known in _kinds):
        raise ValueError(f"a review of {kind.subject} for {kind.occasion} is registered already")
    _kinds.append(kind)


def all_kinds() -> Sequence[ReviewKind]:
    return tuple(_kinds)


def kind_of_subject(case: Case) -> ReviewKind:
    """How cases like ``case`` are reviewed. Raises LookupError for a kind of case that no panel reviews."""
    for kind in _kinds:
        if kind.subject == case.kind:
            return kind
    raise LookupError(f"no review of {case.kind}")


def kind_of_panel(panel: Panel) -> ReviewKind:
    """What ``panel`` reviews."""
    return kind_for_occasion(panel.occasion)


def kind_for_occasion(occasion: Case) -> ReviewKind:
    """What is reviewed on ``occasion``. Raises LookupError for a case that is no occasion of a review."""
    for kind in _kinds:
        if kind.occasion == occasion.kind:
            return kind
    raise LookupError(f"no review for {occasion.kind}")


def occasion_of(subject: Case) -> Case:
    """The occasion on which ``subject`` is reviewed. One query."""
    path = kind_of_subject(subject).occasion_path
    return Case.objects.get(pk__in=Case.objects.filter(pk=subject.pk).values(path))


def with_names(kind: ReviewKind, subjects: QuerySet[Case]) -> QuerySet[Case]:
    """The subjects with what :meth:`ReviewKind.name` reads."""
    return subjects.select_related("institution", *kind.related)


def subject_relations(kind: ReviewKind) -> tuple[str, ...]:
    """The same for rows that point at a subject: what their queries load along."""
    return tuple(f"subject__{name}" for name in ("institution", *kind.related))


def awaiting_review(occasion: Case) -> QuerySet[Case]:
    """The subjects of ``occasion`` that wait for a panel and have none yet, by number, with what lists show."""
    kind = kind_for_occasion(occasion)
    found = kind.subjects_waiting().filter(**{kind.occasion_path: occasion.pk})
    return with_names(kind, found).order_by("number")


def occasions_waiting() -> QuerySet[Case]:
    """The occasions with a subject that waits for a panel and has none yet."""
    waiting = Q(pk__in=[])
    for kind in _kinds:
        waiting |= Q(pk__in=kind.subjects_waiting().values(kind.occasion_path))
    return Case.objects.filter(waiting)


def gone_subjects(prefix: str) -> Q:
    """Subjects that left their panel's hands without a conclusion; ``prefix`` leads to the case, ``subject__``."""
    found = Q(pk__in=[])
    for kind in _kinds:
        found |= Q(**{f"{prefix}kind": kind.subject, f"{prefix}state__in": kind.gone})
    return found

"""Conflicts of interest as the records show them: same employer, recommending department, teacher on the list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from apps.accounts.models import Membership, Organisation
from apps.panels.enums import ConflictKind
from apps.panels.models import ExpertProfile
from apps.panels.services.subjects import Interests, ReviewKind

_IGNORED = re.compile(r"[\s()\[\]·.,，。、-]+")


@dataclass(frozen=True)
class Conflict:
    """One reason to abstain; ``detail`` is Chinese and says what was found where."""

    kind: ConflictKind
    detail: str


def normalised(name: str) -> str:
    """A name for comparison: width, case, blanks and punctuation put aside."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", name)).casefold()


def posts_of(experts: Iterable[ExpertProfile]) -> dict[int, set[int]]:
    """The organisations each expert's person holds a role in, by person. One query."""
    posts: dict[int, set[int]] = {}
    rows = Membership.objects.filter(user__in=[expert.user_id for expert in experts], is_active=True)
    for user_id, organisation_id in rows.values_list("user_id", "organisation_id"):
        posts.setdefault(user_id, set()).add(organisation_id)
    return posts


def conflicts_between(kind: ReviewKind, expert: ExpertProfile, interests: Interests, posts: set[int]) -> list[Conflict]:
    """The conflicts of ``expert`` with a subject of ``kind``; ``posts`` are the organisations of the person's roles."""
    found = []
    institution = interests.institution
    if institution is not None and _works_for(expert, institution, posts):
        found.append(
            Conflict(ConflictKind.SAME_EMPLOYER, f"工作单位或任职单位为{kind.words.applicant}{institution.name}")
        )
    for department in interests.departments:
        if _works_for(expert, department, posts):
            found.append(
                Conflict(kind.department_conflict, f"工作单位或任职单位为{kind.words.departments}{department.name}")
            )
            break
    found += _teacher_conflict(kind, expert, interests)
    return found


def _works_for(expert: ExpertProfile, organisation: Organisation, posts: set[int]) -> bool:
    if expert.employer_id == organisation.pk or organisation.pk in posts:
        return True
    if expert.employer_code and expert.employer_code == organisation.credit_code:
        return True
    return bool(expert.employer_name) and normalised(expert.employer_name) == normalised(organisation.name)


def _teacher_conflict(kind: ReviewKind, expert: ExpertProfile, interests: Interests) -> list[Conflict]:
    name = normalised(expert.user.name)
    for teacher, employer in interests.teachers:
        if name and normalised(teacher) == name:
            where = f"（所填单位：{employer}）" if employer else ""
            return [Conflict(ConflictKind.TEACHER, f"{kind.words.applicant}教师名单中有同名人员{teacher}{where}")]
    return []

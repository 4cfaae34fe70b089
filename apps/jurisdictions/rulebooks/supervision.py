"""What a text asks once a base is recognised: plans, training, inspections, consequences, changes and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .calendar import Calendar

Addressee = Literal["managing_unit", "authority"]
Requirement = Literal["managing_unit_approval", "managing_unit_consent", "institution_review"]
Inspector = Literal["managing_unit", "commissioned", "authority"]
Kind = Literal["regular", "evaluation", "spot_check"]
CreditUnit = Literal["hours", "credits"]
ParticularCode = Literal["name", "affiliation", "contact", "other"]

ADDRESSEE_LABELS: dict[Addressee, str] = {"managing_unit": "管理（指导）单位", "authority": "综合管理部门"}
REQUIREMENT_LABELS: dict[Requirement, str] = {
    "managing_unit_approval": "管理单位审核同意",
    "managing_unit_consent": "管理单位同意",
    "institution_review": "建设单位审核",
}
CREDIT_LABELS: dict[CreditUnit, str] = {"hours": "学时", "credits": "学分"}
GROUND_LABELS: dict[str, str] = {
    "not_following_the_rules": "未按办法办学",
    "tasks_not_completed": "未完成继续教育任务",
    "teaching_management_substandard": "教学管理不达标",
    "evaluation_failed": "评估不合格",
    "spot_check_failed": "抽查不合格",
    "rectification_failed": "整改期满仍不达标",
    "plan_filing_violated": "违反年度计划备案规定",
    "disorderly_classes_fees_certificates": "乱办班、乱收费、乱发证",
}
"""Every ground of a sanction in plain words."""


@dataclass(frozen=True, slots=True)
class Provision:
    """One thing a text says, with its article and a summary in our own words."""

    article: str
    summary: str


@dataclass(frozen=True, slots=True)
class PlanDeadline:
    """A fixed day of each year, which the deadline includes to 24:00 Asia/Shanghai.

    `requires` is what must come first, None where nothing must.
    """

    code: Literal["plan_review", "plan_filing"]
    month: int
    day: int
    articles: tuple[str, ...]
    addressees: tuple[Addressee, ...]
    requires: Requirement | None
    summary: str

    def in_year(self, year: int, calendar: Calendar) -> dict[str, Any]:
        """Return the deadline for the plan filed in `year` for the year after, as the rules command gives it.

        The day is never moved; a day of rest is marked. Raises CalendarDataMissing.
        """
        due = date(year, self.month, self.day)
        answer: dict[str, Any] = {
            "code": self.code,
            "due": due.isoformat(),
            "articles": list(self.articles),
            "addressees": list(self.addressees),
            "requires": self.requires,
        }
        if not calendar.is_workday(due):
            answer["rest_day"] = True
        return answer


def due_on(
    code: Literal["plan_review", "plan_filing"],
    *,
    month: int,
    day: int,
    article: str,
    to: tuple[Addressee, ...],
    summary: str,
    requires: Requirement | None = None,
) -> PlanDeadline:
    """State a deadline on a fixed day of each year."""
    return PlanDeadline(code, month, day, (article,), to, requires, summary)


@dataclass(frozen=True, slots=True)
class AnnualPlan:
    """The yearly round of plans. `contents` are the parts filed together, `filed_with` the authority by its name.

    `events_outside_plan` is how an event outside the plan is reported, None where the text has no such way.
    `assessment_group` is whose proposal goes to the managing unit for its agreement, None where none has to.
    """

    article: str
    title: str
    contents: tuple[str, ...]
    filed_with: str
    deadlines: tuple[PlanDeadline, ...]
    kept_to: Provision
    records: Provision
    events_outside_plan: Provision | None
    assessment_group: Provision | None
    summary: str


@dataclass(frozen=True, slots=True)
class ClassFiling:
    """Filing of each training project, `working_days` before it opens."""

    article: str
    working_days: int
    channel: str
    summary: str
    effect: str


@dataclass(frozen=True, slots=True)
class PublicBenefit:
    """Training for the public good: open to all alike, and the groups it `favours` as (code, label) pairs."""

    article: str
    favours: tuple[tuple[str, str], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Fees:
    """What is forbidden about fees: raising them or adding new ones without authority, or making a profit."""

    article: str
    no_raise: bool
    no_new_items: bool
    not_for_profit: bool
    summary: str


@dataclass(frozen=True, slots=True)
class TrainingCredit:
    """What a trainee's training is counted in; one unit is never converted into the other."""

    article: str
    unit: CreditUnit
    summary: str

    @property
    def label(self) -> str:
        """The unit as it is written: 学时 or 学分."""
        return CREDIT_LABELS[self.unit]


@dataclass(frozen=True, slots=True)
class ArchiveItem:
    """One thing kept of each training project. `basis_article` is None where it is customary and no article asks."""

    code: str
    label: str
    basis_article: str | None


@dataclass(frozen=True, slots=True)
class InspectionItem:
    """One thing an inspection looks at."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """Who inspects and evaluates, what is looked at, and which kinds of results are published.

    `inspector` makes the regular inspection; `evaluator` is None where the text has no evaluation of its own beside it.
    `evaluation_published` is set where results of an evaluation are published under a provision other than `published`.
    """

    article: str
    items: tuple[InspectionItem, ...]
    inspector: Inspector
    conducted_by: Provision
    evaluator: Literal["authority"] | None
    evaluated_by: Provision | None
    spot_checks: Provision
    published_kinds: tuple[Kind, ...]
    published: Provision | None
    use_of_results: Provision
    commendation: Provision
    evaluation_published: Provision | None = None

    def publication(self, kind: Kind) -> Provision | None:
        """Return the provision under which results of a kind are published, None where the text has them not."""
        if kind not in self.published_kinds:
            return None
        return (self.evaluation_published if kind == "evaluation" else None) or self.published


@dataclass(frozen=True, slots=True)
class Sanction:
    """One consequence. `grounds` are codes of what leads to it; `word` is the one the regulation uses.

    `rectification_first`: it follows only after a term for rectification has run out; None where that has no meaning.
    `term_days` is None in every text so far: the officer sets the term.
    """

    code: Literal["rectification", "revocation", "accountability", "credit_record"]
    word: str
    article: str
    grounds: tuple[str, ...]
    imposed_by: str
    rectification_first: bool | None
    summary: str
    term_days: int | None = None


@dataclass(frozen=True, slots=True)
class Particular:
    """One of the particulars whose change is reported."""

    code: ParticularCode
    label: str


@dataclass(frozen=True, slots=True)
class ParticularsChange:
    """A change of particulars: which, to whom reported, whether agreed first, whether published."""

    article: str
    particulars: tuple[Particular, ...]
    reported_to: tuple[Addressee, ...]
    consent_by: str | None
    filed_with: str | None
    published: bool
    summary: str


@dataclass(frozen=True, slots=True)
class NameUse:
    """What must come first before training is held in the base's name."""

    article: str
    rule: Literal["managing_unit_consent", "approved_and_filed", "filed"]
    summary: str

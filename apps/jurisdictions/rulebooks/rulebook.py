"""A rulebook: one regulation in one version, as data, with the questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Any, Literal

from . import calendar as working_days
from .calendar import Calendar
from .citations import number_of
from .errors import CalendarDataMissing, InputError
from .facts import Facts, validate
from .findings import Evaluation, PreferenceFinding, outcome_of
from .money import Funding, tranches
from .outline import Article, citations, with_implementers
from .periods import Period, Status
from .roads import Road
from .supervision import (
    AnnualPlan,
    ArchiveItem,
    ClassFiling,
    Fees,
    Inspection,
    NameUse,
    ParticularsChange,
    Provision,
    PublicBenefit,
    Sanction,
    TrainingCredit,
)
from .vocabulary import Condition, Preference

Level = Literal["national", "provincial", "municipal"]

_DATED_RECORDS = ("prior_fraud", "prior_revocations")
_MOST_NOTICE_DAYS = 3660


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """One regulation in one version.

    `key` is the name of its module, `division` the GB/T 2260 code of the jurisdiction (None for the whole country),
    `document` the document number (None for a draft), `term_note` what is shown where the text states no term.
    """

    key: str
    jurisdiction: str
    name: str
    level: Level
    division: str | None
    title: str
    document: str | None
    issued_by: tuple[str, ...]
    authority: str
    authority_article: str
    in_force: Period
    conditions: tuple[Condition, ...]
    preferences: tuple[Preference, ...]
    road: Road
    annual_plan: AnnualPlan
    class_filing: ClassFiling | None
    inspection: Inspection
    sanctions: tuple[Sanction, ...]
    name_use: NameUse | None
    particulars_change: ParticularsChange
    funding: Funding | None
    funding_note: Provision | None
    public_benefit: PublicBenefit | None
    fees: Fees
    credit: TrainingCredit
    archive: tuple[ArchiveItem, ...]
    articles: tuple[Article, ...]
    term_note: str = ""

    def __post_init__(self) -> None:
        parts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "articles"}
        cited = [(self.authority_article, "authority")]
        cited += [one for name, part in parts.items() for one in citations(part, name)]
        object.__setattr__(self, "articles", with_implementers(self.articles, cited))

    @property
    def draft(self) -> bool:
        """Whether the text is a draft for comment."""
        return self.in_force.draft

    @property
    def last_article(self) -> int:
        """The number of the last article of the text."""
        return number_of(self.articles[-1].article)

    @property
    def findings_for_experts(self) -> tuple[str, ...]:
        """The codes of the conditions whose declared evidence can be left to the panel's judgement."""
        return tuple(condition.code for condition in self.conditions if condition.for_experts)

    @property
    def not_modelled(self) -> tuple[Article, ...]:
        """The articles that leave nothing to compute, each with its reason."""
        return tuple(article for article in self.articles if article.not_modelled)

    def archive_by_article(self) -> dict[str | None, tuple[str, ...]]:
        """Return the labels of what is kept of each project by the article that asks; under None what custom asks."""
        bases = dict.fromkeys(one.basis_article for one in self.archive)
        return {base: tuple(one.label for one in self.archive if one.basis_article == base) for base in bases}

    def condition(self, code: str) -> Condition:
        """Return a condition by its code. Raises KeyError where the text has none."""
        return {condition.code: condition for condition in self.conditions}[code]

    def status(self, on: date) -> Status:
        """Say where the text stands on a day: in_force, lapsed, draft or not_yet_in_force."""
        return self.in_force.status(on)

    def evaluate(self, facts: Mapping[str, Any], on: date, *, assume_in_force: bool = False) -> Evaluation:
        """Weigh one applicant's facts on a day.

        Fraud and revocations dated after that day do not count yet. `assume_in_force` is for a rehearsal or a recorded
        extension: the outcome is then never not_in_force, while `status` still tells the truth about the text.
        Raises InputError for facts that are not of the schema.
        """
        known = _known_on(validate(facts), on)
        findings = tuple([found for condition in self.conditions if (found := condition.assess(known)) is not None])
        status = self.in_force.status(on)
        direct = self.road.direct_application
        return Evaluation(
            self.jurisdiction,
            self.document,
            status,
            on,
            outcome_of(findings, in_force=assume_in_force or status == "in_force"),
            findings,
            self._preferences(known),
            direct is not None and direct.open_to(known),
        )

    def _preferences(self, known: Facts) -> tuple[PreferenceFinding, ...]:
        level = known.get("base_level", "provincial")
        return tuple(
            PreferenceFinding(preference.code, preference.article, preference.applies(known))
            for preference in self.preferences
            if preference.base_level in (None, level)
        )

    def deadlines(self, year: int, calendar: Calendar | None = None) -> list[dict[str, Any]]:
        """Return the deadlines of the plan filed in `year` for the year after. Raises CalendarDataMissing."""
        table = calendar or working_days.seeded()
        return [deadline.in_year(year, table) for deadline in self.annual_plan.deadlines]

    def class_deadline(self, start: date, calendar: Calendar | None = None) -> dict[str, Any]:
        """Return the last day for filing a training project that opens on `start`, with every counted day.

        Where the text asks for no such filing the answer is {"latest_filing": None}. Raises CalendarDataMissing.
        """
        if self.class_filing is None:
            return {"latest_filing": None}
        table = calendar or working_days.seeded()
        if start.year not in table.years:
            raise CalendarDataMissing(start.year)
        counted = table.workdays_before(start, self.class_filing.working_days)
        return {
            "start": start.isoformat(),
            "latest_filing": counted[-1].isoformat(),
            "article": self.class_filing.article,
            "counted": [day.isoformat() for day in counted],
        }

    def publicity(self, start: date, days: int | None = None, calendar: Calendar | None = None) -> dict[str, Any]:
        """Return the last day of a public notice published on `start` and the day from which one may decide.

        `days` are natural days, the day of publication not counted; left out, the text's minimum. A last day that is
        a day of rest moves to the next working day. Raises InputError where `days` is missing or below the minimum,
        CalendarDataMissing for a year without data.
        """
        rule = self.road.publicity
        least = 1 if rule is None else rule.min_days
        if days is None:
            if rule is None:
                raise InputError("--days", "本办法未规定公示天数，应指明天数")
            days = rule.min_days
        if type(days) is not int or not least <= days <= _MOST_NOTICE_DAYS:
            raise InputError("--days", f"应为{least}至{_MOST_NOTICE_DAYS}的整数天数")
        if date.max - start <= timedelta(days=days):
            raise CalendarDataMissing(date.max.year)
        last_day = (calendar or working_days.seeded()).next_workday(start + timedelta(days=days))
        return {
            "start": start.isoformat(),
            "days": days,
            "last_day": last_day.isoformat(),
            "decide_from": (last_day + timedelta(days=1)).isoformat(),
            "article": None if rule is None else rule.article,
        }

    def tranches(self, budget: object) -> dict[str, Any]:
        """Answer a budget by the text's tranche rules; scheme None and no lines where it has none."""
        return tranches(None if self.funding is None else self.funding.scheme, budget)

    def as_dict(self, on: date) -> dict[str, Any]:
        """Return the whole rulebook as plain data for JSON, with its status on a day."""
        described: dict[str, Any] = _plain(self)
        return {"status": self.status(on), "on": on.isoformat(), **described}


def evaluate_many(
    rulebook: Rulebook, applications: Iterable[Mapping[str, Any]], on: date, *, assume_in_force: bool = False
) -> Iterator[Evaluation]:
    """Evaluate applications one by one as they are asked for; memory does not grow with their number.

    An InputError names the position of the application it is about.
    """
    for position, facts in enumerate(applications):
        try:
            evaluation = rulebook.evaluate(facts, on, assume_in_force=assume_in_force)
        except InputError as error:
            raise error.at(position) from None
        yield evaluation


def _known_on(facts: dict[str, Any], on: date) -> Facts:
    for key in _DATED_RECORDS:
        if facts.get(key):
            facts[key] = tuple(record for record in facts[key] if record["date"] <= on)
    return facts


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        described = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: _plain(one) for name, one in described.items() if not callable(one)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value

"""The road from an application to recognition, as each text lays it: who recommends, who reviews, what is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .facts import Facts

Unit = Literal[
    "competent_department",
    "district_hr",
    "municipal_department",
    "hr_department",
    "industry_personnel_department",
    "enterprise_or_university",
]

RANK_LABELS = {"deputy_provincial": "副省（部）级"}


@dataclass(frozen=True, slots=True)
class Recommender:
    """A kind of organisation that may take a recommendation stage, with the name its text gives it."""

    unit: Unit
    label: str
    article: str


@dataclass(frozen=True, slots=True)
class RecommendationStage:
    """One stage before the file reaches the authority.

    `code` is "examination" or "recommendation". `site_recheck`: conditions are checked again on site and recorded.
    `signs_opinion`: the stage ends in a signed recommendation opinion.
    """

    code: Literal["examination", "recommendation"]
    label: str
    by: tuple[Unit, ...]
    article: str
    site_recheck: bool
    signs_opinion: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Rank:
    """The least administrative rank of a recommending department."""

    code: Literal["deputy_provincial"]
    article: str
    label: str


@dataclass(frozen=True, slots=True)
class DirectApplication:
    """Holders of bases at these levels in the division apply without a recommendation."""

    levels: tuple[str, ...]
    division_prefix: str
    article: str
    summary: str

    def open_to(self, facts: Facts) -> bool:
        """Tell whether checked facts show such a base; False while the bases are not known."""
        return any(
            base["level"] in self.levels and base["division"].startswith(self.division_prefix)
            for base in facts.get("existing_bases") or ()
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """Applications that are no longer accepted, without an end date."""

    article: str
    scope: Literal["own_bases", "whole_province"]
    grounds: tuple[Literal["fraud", "revocation"], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Review:
    """The review of the merits. `duties` are (code, label) as the text lists them; each is a recorded step."""

    body_label: str
    panel: Literal["required", "optional"]
    duties: tuple[tuple[str, str], ...]
    article: str
    summary: str


@dataclass(frozen=True, slots=True)
class Publicity:
    """A public notice before the decision, of at least `min_days` natural days."""

    min_days: int
    article: str
    summary: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """How recognised bases are made public."""

    article: str
    label: str


@dataclass(frozen=True, slots=True)
class Plaque:
    """The plaque given on recognition: its text, and the word the regulation uses for it."""

    text: str
    word: Literal["匾牌", "牌匾"]
    article: str


@dataclass(frozen=True, slots=True)
class LowerBases:
    """Bases of another level that other authorities recognise by the same road and then file upwards.

    `base_name` is what their own decisions call such a base; `article` is the one their review, recognition and
    announcement rest on.
    """

    level: str
    label: str
    base_name: str
    recognised_by: str
    article: str
    filed_with: str


@dataclass(frozen=True, slots=True)
class DelegatedService:
    """Service work the authority may hand to another body, which prepares and assists and decides nothing."""

    article: str
    label: str
    summary: str


@dataclass(frozen=True, slots=True)
class Road:
    """The whole road. None or an empty tuple where the text has no such thing.

    `application_form_named`: the text itself names the form; else the title is the portal's.
    `recommender_title` is what the recommending department is called once the base exists (管理单位, 指导单位).
    `submitted_to_article` is where the file reaches the authority, `recognition_article` the power to recognise.
    """

    base_name: str
    application_form_title: str
    application_form_article: str
    application_form_named: bool
    levels: tuple[str, ...]
    batch_article: str | None
    recommendation: tuple[RecommendationStage, ...]
    recommenders: tuple[Recommender, ...]
    recommender_rank: Rank | None
    recommender_title: str | None
    recommender_title_article: str | None
    direct_application: DirectApplication | None
    reapplication_bar: Bar | None
    submitted_to_article: str
    review: Review
    publicity: Publicity | None
    recognition_article: str
    announcement: Announcement
    plaque: Plaque | None
    lower_bases: tuple[LowerBases, ...]
    delegated_service: DelegatedService | None

    def at_level(self, level: str | None) -> Road:
        """The road as it runs for bases of a level: for one of the lower bases on the article that governs them."""
        lower = next((one for one in self.lower_bases if one.level == level), None)
        if lower is None:
            return self
        body = f"{lower.recognised_by}组织的评审"
        return replace(
            self,
            base_name=lower.base_name,
            recognition_article=lower.article,
            review=replace(self.review, body_label=body, article=lower.article),
            announcement=replace(self.announcement, article=lower.article),
        )

    @property
    def intake_article(self) -> str:
        """The article under which the authority receives the file."""
        return self.submitted_to_article

    @property
    def refusal_article(self) -> str | None:
        """The article that bars an applicant; None where the text bars nobody."""
        return None if self.reapplication_bar is None else self.reapplication_bar.article

    def unit_label(self, unit: str) -> str:
        """Return the name the text gives a kind of recommending organisation. Raises KeyError if it names none."""
        return {recommender.unit: recommender.label for recommender in self.recommenders}[unit]  # type: ignore[index]

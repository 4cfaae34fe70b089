"""What an evaluation returns: findings with their articles and figures, and the outcome that follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, NamedTuple

from .periods import Status

Result = Literal["met", "not_met", "unknown", "for_experts"]
Outcome = Literal["not_in_force", "ineligible", "incomplete", "eligible"]

RESULT_LABELS: dict[Result, str] = {
    "met": "符合",
    "not_met": "不符合",
    "unknown": "材料不足",
    "for_experts": "由专家评判",
}
OUTCOME_LABELS: dict[Outcome, str] = {
    "not_in_force": "办法未在施行",
    "ineligible": "不符合基本条件",
    "incomplete": "尚缺材料",
    "eligible": "符合基本条件",
}


class Finding(NamedTuple):
    """What one condition comes to for one applicant.

    `actual` and `required` are figures, codes or tuples of codes as the condition has them; a condition of several
    parts gives a dict of part to figure. `message` is Chinese, says what was found and what is asked, and names the
    article.
    """

    code: str
    articles: tuple[str, ...]
    result: Result
    actual: Any
    required: Any
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return {
            "code": self.code,
            "articles": list(self.articles),
            "result": self.result,
            "actual": _plain(self.actual),
            "required": _plain(self.required),
            "message": self.message,
        }


class PreferenceFinding(NamedTuple):
    """Whether a preference of the text applies; None where the fact it rests on is not known."""

    code: str
    article: str
    met: bool | None

    def as_dict(self) -> dict[str, Any]:
        """Return the preference as JSON has it."""
        return {"code": self.code, "article": self.article, "met": self.met}


class Evaluation(NamedTuple):
    """The answer for one applicant under one rulebook on one day."""

    jurisdiction: str
    document: str | None
    status: Status
    on: date
    outcome: Outcome
    findings: tuple[Finding, ...]
    preferences: tuple[PreferenceFinding, ...]
    direct_application: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the evaluation as the JSON of the rules command."""
        return {
            "jurisdiction": self.jurisdiction,
            "document": self.document,
            "status": self.status,
            "on": self.on.isoformat(),
            "outcome": self.outcome,
            "findings": [finding.as_dict() for finding in self.findings],
            "preferences": [preference.as_dict() for preference in self.preferences],
            "direct_application": self.direct_application,
        }


def outcome_of(findings: Iterable[Finding], *, in_force: bool) -> Outcome:
    """Return the first that holds: not in force, ineligible, incomplete, eligible."""
    if not in_force:
        return "not_in_force"
    results = {finding.result for finding in findings}
    if "not_met" in results:
        return "ineligible"
    if "unknown" in results:
        return "incomplete"
    return "eligible"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

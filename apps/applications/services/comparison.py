"""One institution's facts under every text at once, condition by condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.findings import OUTCOME_LABELS, Evaluation, Finding
from apps.jurisdictions.standing import Standing, standing

OUTCOME_TONES = {"eligible": "success", "incomplete": "warning", "ineligible": "danger", "not_in_force": "neutral"}
STATUS_LABELS = {
    "in_force": "施行中",
    "lapsed": "已失效",
    "draft": "征求意见稿，未印发",
    "not_yet_in_force": "尚未施行",
}


@dataclass(frozen=True)
class Column:
    """A text with what it finds. ``outcome`` is that of the conditions alone; ``status`` says where the text stands."""

    standing: Standing
    evaluation: Evaluation
    counts: dict[str, int]

    @property
    def rulebook(self) -> Any:
        return self.standing.rulebook

    @property
    def status_label(self) -> str:
        return STATUS_LABELS[self.standing.status]

    @property
    def outcome_label(self) -> str:
        return OUTCOME_LABELS[self.evaluation.outcome]

    @property
    def outcome_tone(self) -> str:
        return OUTCOME_TONES[self.evaluation.outcome]


@dataclass(frozen=True)
class Row:
    """A condition across the texts: one finding per column, None where the text asks nothing of the kind."""

    code: str
    title: str
    findings: list[tuple[Column, Finding | None]]


def compare(facts: Mapping[str, Any], on: dt.date) -> tuple[list[Column], list[Row]]:
    """Evaluate ``facts`` under every jurisdiction's text on a day. Raises InputError for facts out of the schema.

    A text that is not in force is evaluated as if it were, and marked: the visitor sees both.
    """
    columns = [_column(facts, standing(jurisdiction, on), on) for jurisdiction in registry.jurisdictions()]
    titles: dict[str, str] = {}
    for column in columns:
        for condition in column.rulebook.conditions:
            titles.setdefault(condition.code, condition.title)
    by_code = [(column, {finding.code: finding for finding in column.evaluation.findings}) for column in columns]
    rows = [
        Row(code, title, [(column, found.get(code)) for column, found in by_code])
        for code, title in titles.items()
        if any(code in found for _, found in by_code)
    ]
    return columns, rows


def _column(facts: Mapping[str, Any], found: Standing, on: dt.date) -> Column:
    evaluation = found.rulebook.evaluate(facts, on, assume_in_force=True)
    counts: dict[str, int] = {}
    for finding in evaluation.findings:
        counts[finding.result] = counts.get(finding.result, 0) + 1
    return Column(found, evaluation, counts)

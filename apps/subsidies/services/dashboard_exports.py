"""Rows of the reports on money for spreadsheets: sums in yuan, exact to the fen."""

from __future__ import annotations

from collections.abc import Iterator

from apps.subsidies.enums import AwardState
from apps.subsidies.models import Award
from apps.subsidies.services.dashboards import MEANINGS, Figures, figures_by_award
from apps.subsidies.services.ledger_lists import plain_yuan

CHUNK = 500
AWARD_HEAD = (
    "资助办件",
    "基地编号",
    "建设单位",
    "项目名称",
    "办理状态",
    *(f"{label}（元）" for label, _ in MEANINGS.values()),
)


def award_rows(awards: list[Award]) -> Iterator[tuple[object, ...]]:
    """One row for each award with its figures. Two queries for every CHUNK awards."""
    for at in range(0, len(awards), CHUNK):
        part = awards[at : at + CHUNK]
        figures = figures_by_award(award.pk for award in part)
        for award in part:
            yield (
                award.case.number,
                award.base.number,
                award.base.institution_name,
                award.title,
                AwardState(award.case.state).label,
                *sums_of(figures[award.pk]),
            )


def sums_of(figures: Figures) -> list[str]:
    """The figures in the order of MEANINGS, in yuan."""
    return [plain_yuan(getattr(figures, code)) for code in MEANINGS]

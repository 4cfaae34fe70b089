"""What a use plan or an application proposes: read, checked, and frozen into rows when it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.models import Case
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.citations import cite_all
from apps.plans.services.plan_tables import decimal_text, with_keys
from apps.subsidies.models import OwnFund, PerformanceTarget, UsePlan, UsePlanLine
from apps.subsidies.services.content_draft import (
    DATE,
    EDITABLE,
    Draft,
    detail_of,
    draft_as_sent,
    load_draft,
    may_fill_in,
)
from apps.subsidies.services.content_tables import OWN_FUNDS, TARGETS, labels_of, schedule_text
from apps.subsidies.workflow.people import funding_of


@dataclass(frozen=True)
class ShownLine:
    """A line as people read it; ``row`` is the UsePlanLine, saved or made of what is typed."""

    row: UsePlanLine
    category: str
    schedule: str = ""


@dataclass(frozen=True)
class ShownTarget:
    row: PerformanceTarget
    wanted: str


@dataclass(frozen=True)
class Content:
    """The lines and targets of a case: context of ``subsidies/content/_content.html``. Sums in fen."""

    lines: list[ShownLine] = field(default_factory=list)
    targets: list[ShownTarget] = field(default_factory=list)
    own_funds: list[OwnFund] = field(default_factory=list)
    total_fen: int = 0
    granted_fen: int | None = None

    @property
    def by_category(self) -> list[tuple[str, int]]:
        """The sum of each use, in the order the uses appear."""
        sums: dict[str, int] = {}
        for line in self.lines:
            sums[line.category] = sums.get(line.category, 0) + line.row.amount_fen
        return list(sums.items())

    @property
    def own_fen(self) -> int:
        return sum(row.amount_fen for row in self.own_funds)

    def as_context(self) -> dict[str, Any]:
        """The names ``_content.html`` reads, to be spread into a page's context."""
        names = ("lines", "targets", "own_funds", "total_fen", "granted_fen", "by_category", "own_fen")
        return {name: getattr(self, name) for name in names}


def content_of(case: Case, actor: Actor | None = None) -> Content:
    """The content of an award's or a plan's case: as sent, or, for ``actor`` of its institution, as it stands.

    ``granted_fen`` is what a decision has given to the lines, None before there is one.
    """
    if may_fill_in(case, actor) and case.state in EDITABLE[case.kind]:
        return drafted(load_draft(detail_of(case)))
    lines = list(case.use_plan_lines.all())
    own = list(OwnFund.objects.filter(plan_id=case.pk))
    return _shown(case, lines, list(case.performance_targets.all()), own)


def drafted(draft: Draft) -> Content:
    """What is typed, as far as it is valid, in unsaved rows."""
    case = draft.case
    lines = [UsePlanLine(case=case, position=at, **values) for at, values in enumerate(draft.lines, 1)]
    return _shown(case, lines, _targets(draft), _own_funds(draft))


def content_problems(case: Case) -> list[Problem]:
    """What is missing or wrong in the content: as typed while the institution has it, else as sent (Shanghai 34–36)."""
    return draft_problems(current_draft(case))


def current_draft(case: Case) -> Draft:
    """What a step on the case is about: what is typed while the institution has it, else what was sent."""
    load = load_draft if case.state in EDITABLE[case.kind] else draft_as_sent
    return load(detail_of(case))


def draft_problems(draft: Draft) -> list[Problem]:
    """Everything missing or wrong; ``where`` is ``part:<code>#<field>``."""
    return [
        Problem(
            "content_invalid" if gap.wrong else "content_missing",
            f"{draft.parts.get(gap.part, '')}：{gap.message.rstrip('。')}"
            + (f"（{cite_all(gap.articles)}）。" if gap.articles else "。"),
            gap.articles,
            where=f"part:{gap.part}#{gap.field}",
        )
        for gap in draft.gaps
    ]


def freeze(draft: Draft) -> None:
    """Turn what is typed into rows in place of those sent before. Call inside perform()'s change, after its guards."""
    case = draft.case
    draft = Draft(draft.detail, draft.funding, keyed_values(draft))
    case.use_plan_lines.all().delete()
    case.performance_targets.all().delete()
    UsePlanLine.objects.bulk_create(
        UsePlanLine(case=case, position=at, **values) for at, values in enumerate(draft.lines, 1)
    )
    PerformanceTarget.objects.bulk_create(_targets(draft))
    columns: dict[str, Any] = {"data": {**draft.values, "answer": ""}, "data_version": draft.detail.data_version + 1}
    if draft.is_award:
        columns |= {"title": draft.text("title").strip(), "requested_fen": draft.total_fen}
    else:
        OwnFund.objects.filter(plan_id=case.pk).delete()
        OwnFund.objects.bulk_create(_own_funds(draft))
        columns |= _plan_columns(draft)
    with scopes_disabled():
        type(draft.detail).objects.filter(pk=case.pk).update(**columns)


def keyed_values(draft: Draft) -> dict[str, Any]:
    """What is typed without blank rows, every row with a key of its own."""
    return draft.values | {code: with_keys(draft.rows(code), table) for code, table in draft.tables.items()}


def _plan_columns(draft: Draft) -> dict[str, Any]:
    columns: dict[str, Any] = {"change_reason": draft.text("change_reason").strip()}
    if draft.is_special:
        columns |= {
            "granted_fen": draft.granted_fen or 0,
            "grant_document": draft.text("grant_document").strip(),
            "granted_on": DATE.clean(draft.text("granted_on")),
            "method": draft.text("method").strip(),
        }
    return columns


def _targets(draft: Draft) -> list[PerformanceTarget]:
    rows = draft.checked[TARGETS].rows
    return [
        PerformanceTarget(case=draft.case, position=at, **{**row, "measured_by": row["measured_by"] or ""})
        for at, row in enumerate(rows, start=1)
    ]


def _own_funds(draft: Draft) -> list[OwnFund]:
    if draft.is_award or not isinstance(draft.detail, UsePlan):
        return []
    rows = draft.checked[OWN_FUNDS].rows
    names = ("source", "purpose", "amount_fen")
    return [
        OwnFund(plan=draft.detail, position=at, **{name: row[name] for name in names})
        for at, row in enumerate(rows, start=1)
    ]


def _shown(case: Case, lines: list[UsePlanLine], targets: list[PerformanceTarget], own_funds: list[OwnFund]) -> Content:
    labels = labels_of(funding_of(case))
    granted = [line.granted_fen for line in lines if line.granted_fen is not None]
    return Content(
        lines=[ShownLine(row, labels.get(row.category, row.category), schedule_text(row.schedule)) for row in lines],
        targets=[ShownTarget(row, wanted(row)) for row in targets],
        own_funds=own_funds,
        total_fen=sum(row.amount_fen for row in lines),
        granted_fen=sum(granted) if granted else None,
    )


def wanted(target: PerformanceTarget) -> str:
    """What counts as met: 不低于 600 人次."""
    return f"{target.get_direction_display()} {decimal_text(target.target_hundredths, 2)} {target.unit}"

"""Amending a filed plan, copying last year's, and comparing two versions side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.bases.selectors import LIVE
from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case
from apps.plans.enums import PlanState
from apps.plans.models import AnnualPlan
from apps.plans.services.plan_executions import plan_of_year
from apps.plans.services.plan_forms import load_form, load_sent, may_fill_in, save_part
from apps.plans.services.plan_tables import comparable, frozen_rows, moved_a_year, shown_row

LONGEST_REASON = 500
OVER = (PlanState.FILED, PlanState.DROPPED, PlanState.DISCONTINUED)


def latest_filed(plan: AnnualPlan) -> AnnualPlan | None:
    """The filed version of the plan's base and year that counts now."""
    return plan_of_year(plan.base_id, plan.year)


def amend(plan: AnnualPlan, actor: Actor, reason: str) -> AnnualPlan:
    """Open the next version of a filed plan with its rows and keys; it takes the same road.

    Raises NotPermitted unless the actor fills in for the institution; WrongState when the plan is not the latest filed
    version or another amendment is open; Blocked without a reason or after the base has ended.
    """
    if not may_fill_in(plan, actor):
        raise NotPermitted(Problem("not_permitted", "只有本单位的填报人或负责人可以调整年度计划。"))
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise Blocked(Problem("reason_missing", f"请写明调整理由，不超过 {LONGEST_REASON} 字。", where="reason"))
    with transaction.atomic():
        lock_case(plan.case_id)
        versions = list(AnnualPlan.objects.filter(base_id=plan.base_id, year=plan.year).select_related("case"))
        _check_amendable(plan, versions)
        return _open_amendment(plan, versions, actor, reason.strip())


def _check_amendable(plan: AnnualPlan, versions: list[AnnualPlan]) -> None:
    if plan.base.status not in LIVE:
        raise Blocked(Problem("base_ended", f"该基地{plan.base.status_label}，不能再调整计划。"))
    in_hand = next((one for one in versions if one.case.state not in OVER), None)
    if in_hand is not None:
        message = f"第 {in_hand.version} 版（{in_hand.case.number}）尚在办理，办结后才能再次调整。"
        raise WrongState(Problem("amendment_open", message))
    filed = max(
        (one for one in versions if one.case.state == PlanState.FILED), key=lambda one: one.version, default=None
    )
    if filed is None or filed.pk != plan.pk:
        raise WrongState(Problem("not_latest", "只能调整最近备案的一版计划，请从该版发起。"))


def _open_amendment(plan: AnnualPlan, versions: list[AnnualPlan], actor: Actor, reason: str) -> AnnualPlan:
    version = max(one.version for one in versions) + 1
    case = open_base_case(
        plan.base,
        CaseKind.ANNUAL_PLAN,
        f"{plan.base.name} {plan.year} 年度计划（第 {version} 版，调整）",
        actor,
        label="发起计划调整",
        year=timezone.localdate().year,
    )
    return AnnualPlan.objects.create(
        case=case,
        base=plan.base,
        year=plan.year,
        version=version,
        amends=plan,
        amendment_reason=reason,
        data={"summary": plan.summary, "outline": plan.outline, "projects": frozen_rows(plan)},
        summary=plan.summary,
    )


def copy_last_year(plan: AnnualPlan, version: int, actor: Actor) -> int:
    """Put the projects of the plan filed for the year before in place of the table, dates a year later, keys new.

    Returns how many. Raises Blocked when no such plan was filed; else as save_part().
    """
    last = plan_of_year(plan.base_id, plan.year - 1)
    if last is None:
        message = f"本基地没有已备案的 {plan.year - 1} 年度计划，不能复制；可以从 Excel 导入或逐行填写。"
        raise Blocked(Problem("nothing_to_copy", message, where="projects"))
    rows = [{**moved_a_year(row, 1), "key": ""} for row in frozen_rows(last)]
    values: dict[str, Any] = {"projects": rows}
    if not load_form(plan).outline.strip():
        values["outline"] = last.outline
    save_part(plan, values, version, actor)
    return len(rows)


@dataclass(frozen=True)
class RowDifference:
    """One project in two versions: ``state`` added, removed, changed or same, and its cells [{label, before, after}]."""

    name: str
    state: str
    cells: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side: ``texts`` [{label, before, after}], ``rows`` by key in the later one's order."""

    before: AnnualPlan
    after: AnnualPlan
    texts: list[dict[str, str]]
    rows: list[RowDifference]

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)


def versions_of(base: Base, year: int) -> list[AnnualPlan]:
    """Every version of the base's plan for ``year``, oldest first. One query."""
    return list(AnnualPlan.objects.filter(base=base, year=year).select_related("case", "base").order_by("version"))


def compare(before: AnnualPlan, after: AnnualPlan, *, as_sent: bool = False) -> Comparison:
    """What differs between two plans of one base, aligned by the projects' keys.

    What is not sent yet is compared as typed, or ``as_sent`` as it last was.
    """
    load = load_sent if as_sent else load_form
    old, new = load(before), load(after)
    old_rows, new_rows = ({row["key"]: row for row in _rows(form.plan)} for form in (old, new))
    table = new.table
    rows = [_difference(table, old_rows.get(key), row) for key, row in new_rows.items()]
    rows += [_difference(table, row, None) for key, row in old_rows.items() if key not in new_rows]
    texts = [
        {"label": f"{after.year - 1} 年计划执行总结", "before": old.summary, "after": new.summary},
        {"label": f"{after.year} 年计划要点", "before": old.outline, "after": new.outline},
    ]
    return Comparison(before, after, texts, rows)


def _rows(plan: AnnualPlan) -> list[dict[str, str]]:
    rows = [dict(row) for row in plan.data.get("projects", [])]
    for position, row in enumerate(rows):
        row["key"] = row.get("key") or f"new{position}"
    return rows


def _difference(table: Any, before: dict[str, str] | None, after: dict[str, str] | None) -> RowDifference:
    labels = {column.name: column.label for column in table.columns if column.name != "key"}
    old = shown_row(table, before) if before else dict.fromkeys(labels, "")
    new = shown_row(table, after) if after else dict.fromkeys(labels, "")
    name = new.get("name") or old.get("name", "")
    if before is None or after is None:
        state = "added" if before is None else "removed"
        return RowDifference(name, state, [_cell(labels, code, old, new) for code in labels if old[code] or new[code]])
    was, now = comparable(table, before), comparable(table, after)
    changed = [_cell(labels, code, old, new) for code in labels if was[code] != now[code]]
    return RowDifference(name, "changed" if changed else "same", changed)


def _cell(labels: dict[str, str], code: str, old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    return {"label": labels[code], "before": old[code], "after": new[code]}

"""Lists of cycles, of applications and awards, and of use plans: what a person may see of them, by filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, Sum

from apps.accounts.actors import Actor
from apps.cases import selectors
from apps.cases.web import state_label, state_tone
from apps.subsidies.enums import AwardState, PlanState
from apps.subsidies.models import Award, AwardLine, FundingCycle, UsePlan
from apps.subsidies.workflow.awards import BEFORE_DECISION

Detail = TypeVar("Detail", bound=Model)
NEWEST = ("-case",)
CYCLE_SORTS = {
    "closes": ("closes_on", "case"),
    "-closes": ("-closes_on", "-case"),
    "budget": ("budget_fen", "case"),
    "-budget": ("-budget_fen", "-case"),
}
AWARD_SORTS = {
    "name": ("base__institution_name", "case"),
    "-name": ("-base__institution_name", "-case"),
    "requested": ("requested_fen", "case"),
    "-requested": ("-requested_fen", "-case"),
    "granted": ("granted_fen", "case"),
    "-granted": ("-granted_fen", "-case"),
}
PLAN_SORTS = {
    "name": ("base__institution_name", "case"),
    "-name": ("-base__institution_name", "-case"),
    "granted": ("granted_fen", "case"),
    "-granted": ("-granted_fen", "-case"),
}
GROUPS = {
    "deciding": tuple(state for state in BEFORE_DECISION if state != AwardState.DRAFT),
    "running": (AwardState.GRANTED, AwardState.ACTIVE, AwardState.SETTLEMENT_PROPOSED),
}
IN_AUDIT = (PlanState.FUNDER_REVIEW, PlanState.FUNDER_PROPOSED, PlanState.UNIT_REVIEW, PlanState.UNIT_PROPOSED)
AWARD_HEAD = (
    "办件编号",
    "基地编号",
    "建设单位",
    "周期",
    "项目名称",
    "状态",
    "申请金额（元）",
    "资助金额（元）",
    "收回（元）",
    "已支付（元）",
    "尚未支付（元）",
)
PLAN_HEAD = ("办件编号", "基地编号", "建设单位", "年度", "版本", "状态", "金额（元）", "审核同意日期")
CYCLE_HEAD = (
    "办件编号",
    "周期名称",
    "状态",
    "申请开始",
    "申请截止",
    "周期指标（元）",
    "已资助（元）",
    "尚可安排（元）",
)


def cycles_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[FundingCycle]:
    """The cycles the actor may open, the newest first unless sorted otherwise."""
    found = selectors.details_open_to(FundingCycle, actor).select_related("case")
    if "state" in values:
        found = found.filter(case__state=values["state"])
    text = values.get("q", "").strip()
    if text:
        found = found.filter(Q(title__icontains=text) | Q(case__number__iexact=text))
    return found.order_by(*CYCLE_SORTS.get(sort, NEWEST))


def awards_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[Award]:
    """The applications and awards the actor may open, the newest first unless sorted otherwise."""
    found = selectors.details_open_to(Award, actor).select_related("case__turn_organisation", "base", "cycle")
    if "cycle" in values:
        found = found.filter(cycle_id=int(values["cycle"]))
    return _narrowed(found, values, GROUPS).order_by(*AWARD_SORTS.get(sort, NEWEST))


def plans_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[UsePlan]:
    """The use plans the actor may open, the newest first unless sorted otherwise."""
    found = selectors.details_open_to(UsePlan, actor).select_related("case__turn_organisation", "base", "award")
    return _narrowed(found, values, {"audit": IN_AUDIT}).order_by(*PLAN_SORTS.get(sort, NEWEST))


def cycle_choices(actor: Actor) -> list[tuple[int, str]]:
    """The cycles of the awards the actor may open, to filter by. One query."""
    keys = selectors.details_open_to(Award, actor).order_by().values("cycle_id").distinct()
    return list(FundingCycle.objects.filter(pk__in=keys).order_by("-case").values_list("pk", "title")[:50])


def cycle_row(cycle: FundingCycle, actor: Actor) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "number": cycle.case.number,
        "state": state_label(cycle.case),
        "tone": state_tone(cycle.case, actor),
        "left_fen": cycle.budget_fen - cycle.granted_fen,
    }


def award_rows(awards: Sequence[Award], actor: Actor) -> list[dict[str, Any]]:
    """What the list shows of each award. One query for what is paid."""
    paid = dict(
        AwardLine.objects.filter(award__in=[one.pk for one in awards])
        .order_by()
        .values_list("award_id")
        .annotate(total=Sum("paid_fen"))
    )
    return [
        {
            "award": one,
            "number": one.case.number,
            "state": state_label(one.case),
            "tone": state_tone(one.case, actor),
            "paid_fen": paid.get(one.pk, 0),
            "unpaid_fen": one.granted_fen - one.released_fen - paid.get(one.pk, 0),
            "turn": one.case.turn_organisation.name if one.case.turn_organisation else "",
        }
        for one in awards
    ]


def plan_row(plan: UsePlan, actor: Actor) -> dict[str, Any]:
    return {
        "plan": plan,
        "number": plan.case.number,
        "state": state_label(plan.case),
        "tone": state_tone(plan.case, actor),
        "turn": plan.case.turn_organisation.name if plan.case.turn_organisation else "",
    }


def award_cells(row: dict[str, Any]) -> list[object]:
    """The cells of an exported row: the award with its sums in yuan."""
    award = row["award"]
    sums = (award.requested_fen, award.granted_fen, award.released_fen, row["paid_fen"], row["unpaid_fen"])
    named = (row["number"], award.base.number, award.base.institution_name, award.cycle.title, award.title)
    return [*named, row["state"], *(plain_yuan(fen) for fen in sums)]


def plan_cells(row: dict[str, Any]) -> list[object]:
    """The cells of an exported row: the use plan."""
    plan = row["plan"]
    named = (row["number"], plan.base.number, plan.base.institution_name, plan.year, plan.version, row["state"])
    return [*named, plain_yuan(plan.granted_fen), plan.approved_on]


def cycle_cells(row: dict[str, Any]) -> list[object]:
    """The cells of an exported row: the cycle with its sums in yuan."""
    cycle = row["cycle"]
    sums = (cycle.budget_fen, cycle.granted_fen, row["left_fen"])
    named = (row["number"], cycle.title, row["state"], cycle.opens_on, cycle.closes_on)
    return [*named, *(plain_yuan(fen) for fen in sums)]


def plain_yuan(fen: int) -> str:
    """A sum as a spreadsheet's reader types it: yuan with two decimals, no separators. 0 ≤ fen."""
    return f"{fen // 100}.{fen % 100:02d}"


def _narrowed(found: QuerySet[Detail], values: dict[str, str], groups: Mapping[str, Iterable[str]]) -> QuerySet[Detail]:
    state = values.get("state", "")
    if state:
        found = found.filter(case__state__in=groups.get(state, (state,)))
    text = values.get("q", "").strip()
    if text:
        named = Q(base__institution_name__icontains=text) | Q(base__number__iexact=text)
        found = found.filter(named | Q(case__number__iexact=text))
    return found

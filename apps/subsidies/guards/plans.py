"""Guards of use plans: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.cases.workflow.problems import Problem
from apps.subsidies.enums import PlanConclusion

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case


def plan_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Lines of allowed uses that add up to what was granted, none below what is paid, and measurable targets."""
    from apps.subsidies.services.plan_checks import plan_problems

    return plan_problems(case.use_plan)


def within_share(case: Case, actor: Actor | None) -> list[Problem]:
    """No line changes by more than the share of its sum that the cycle leaves to the base."""
    from apps.subsidies.services.plan_checks import share_problems

    return share_problems(case.use_plan)


def managing_unit_known(case: Case, actor: Actor | None) -> list[Problem]:
    if case.use_plan.base.managing_unit_id is not None:
        return []
    return [Problem("managing_unit_missing", "名录未登记本基地的管理单位，请先联系认定机关登记。")]


def may_be_dropped(case: Case, actor: Actor | None) -> list[Problem]:
    """The first plan of an award is not dropped: without it no money is paid."""
    plan = case.use_plan
    if plan.award_id is None or plan.amends_id is not None:
        return []
    return [Problem("first_plan", "本方案是资助的首份使用方案，不能放弃；不再需要资助的，请联系资助单位终止资助。")]


def agreed(case: Case, actor: Actor | None) -> list[Problem]:
    if case.use_plan.conclusion == PlanConclusion.AGREED:
        return []
    return [Problem("conclusion_differs", "经办人拟定的意见不是同意，与本步骤不符。")]


def refused(case: Case, actor: Actor | None) -> list[Problem]:
    if case.use_plan.conclusion == PlanConclusion.REFUSED:
        return []
    return [Problem("conclusion_differs", "经办人拟定的意见不是不同意，与本步骤不符。")]

"""Whether a use plan may be sent and agreed to: it adds up, keeps what is paid and accepted, and how far it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import AcceptanceState
from apps.subsidies.models import AcceptanceLine, Award, AwardLine, PerformanceTarget, Tranche, UsePlan, UsePlanLine
from apps.subsidies.services.content_draft import Draft
from apps.subsidies.services.content_tables import LINES, TARGETS, labels_of
from apps.subsidies.services.plan_content import current_draft, draft_problems

WHERE = f"part:{LINES}#{LINES}"
IN_ACCEPTANCE = (
    AcceptanceState.SUBMITTED,
    AcceptanceState.RETURNED,
    AcceptanceState.REVIEWING,
    AcceptanceState.PROPOSED,
)
TERMS = ("category", "item", "finance_approval", "schedule")
"""What a minor change leaves as it is: it decides what a line is for and when it is paid."""
TARGET_FIELDS = ("goal", "indicator", "direction", "target_hundredths", "unit", "measured_by")


@dataclass(frozen=True)
class Held:
    """What of a line cannot be taken away: ``floor_fen`` is approved, claimed or released; ``frozen`` says why at all."""

    line: AwardLine
    floor_fen: int
    frozen: str = ""


def plan_problems(plan: UsePlan) -> list[Problem]:
    """Everything that stands in the way of the plan: as typed while the institution has it, else as sent.

    Lines of allowed uses that add up to what was granted; for an award none below what is approved, claimed or
    released of it, accepted ones unchanged; in the first plan of an award each use gets what the decision gave it.
    """
    draft = current_draft(plan.case)
    problems = draft_problems(draft)
    if draft.checked[LINES].errors:
        return problems  # what does not add up follows from what cannot be read
    problems += _sum_problems(draft)
    if plan.award is not None:
        lines = {line["key"]: line for line in draft.lines}
        problems += held_problems(plan.award, lines)
        problems += _use_problems(plan.award, draft) if plan.amends_id is None else _no_change_problems(plan, draft)
    return problems


def _sum_problems(draft: Draft) -> list[Problem]:
    granted = draft.granted_fen
    if granted is None or draft.total_fen == granted:
        return []
    more = draft.total_fen > granted
    message = (
        f"使用方案：各项合计 {yuan(draft.total_fen)}，{'多出' if more else '还差'} {yuan(abs(draft.total_fen - granted))}；"
        f"应等于{'下达' if draft.is_special else '资助'}金额 {yuan(granted)}（{cite(draft.funding.audit_article)}）。"
    )
    return [Problem("sum_differs", message, (draft.funding.audit_article,), WHERE)]


def held_problems(award: Award, lines: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    """Which of ``lines`` (by key) take away what is already approved, claimed or accepted of the award's lines."""
    problems = []
    for held in held_lines(award):
        line, planned = held.line, lines.get(held.line.key)
        amount = planned["amount_fen"] if planned else 0
        same = planned is not None and (planned["category"], planned["item"]) == (line.category, line.item)
        if held.frozen and line.amount_fen and (amount != line.amount_fen or not same):
            message = (
                f"使用方案：“{line.item}”{held.frozen}，金额应保持 {yuan(line.amount_fen)}，用途和名称不能改动或删去。"
            )
            problems.append(Problem("line_accepted", message, where=WHERE))
        elif amount < held.floor_fen:
            message = (
                f"使用方案：“{line.item}”已批准、申请或核减 {yuan(held.floor_fen)}，本行不能少于该数，"
                f"现为 {yuan(amount)}。"
            )
            problems.append(Problem("below_paid", message, where=WHERE))
        elif held.floor_fen and planned is not None and planned["category"] != line.category:
            message = f"使用方案：“{line.item}”已有拨款，不能改变用途类别；请另列一行。"
            problems.append(Problem("category_of_paid", message, where=WHERE))
    return problems


def held_lines(award: Award) -> list[Held]:
    """What of the award's lines stands fast. Three queries."""
    claimed = dict(
        Tranche.objects.filter(line__award=award, is_cancelled=False, payment__isnull=False)
        .order_by()
        .values_list("line")
        .annotate(sum=Sum("amount_fen"))
    )
    under_way = set(
        AcceptanceLine.objects.filter(
            Q(acceptance__case__state__in=IN_ACCEPTANCE), acceptance__award=award
        ).values_list("line", flat=True)
    )
    held = []
    for line in AwardLine.objects.filter(award=award):
        why = "已通过验收" if line.accepted_fen is not None else "正在验收" if line.pk in under_way else ""
        held.append(Held(line, max(line.approved_fen, claimed.get(line.pk, 0)) + line.released_fen, why))
    return held


def _use_problems(award: Award, draft: Draft) -> list[Problem]:
    """The decision gave sums to uses; the first plan details them and moves nothing between uses."""
    granted: dict[str, int] = {}
    for row in award.case.use_plan_lines.all():
        granted[row.category] = granted.get(row.category, 0) + (row.granted_fen or 0)
    planned: dict[str, int] = {}
    for line in draft.lines:
        planned[line["category"]] = planned.get(line["category"], 0) + line["amount_fen"]
    labels = labels_of(draft.funding)
    return [
        Problem(
            "use_exceeded",
            f"使用方案：“{labels.get(code, code)}”合计 {yuan(sum_fen)}，超过资助决定给予该用途的"
            f" {yuan(granted.get(code, 0))}；首份方案只能在同一用途内分配，跨用途的调整请在执行中另行报审"
            f"（{cite(draft.funding.audit_article)}）。",
            (draft.funding.audit_article,),
            WHERE,
        )
        for code, sum_fen in planned.items()
        if sum_fen > granted.get(code, 0)
    ]


def _no_change_problems(plan: UsePlan, draft: Draft) -> list[Problem]:
    """A change changes something."""
    if plan.amends is None:
        return []
    before, after = _rows_of(plan.amends), draft.lines
    names = [field.name for field in UsePlanLine._meta.concrete_fields if field.name in (after[0] if after else {})]
    old = [{name: getattr(row, name) for name in names} for row in before]
    if old != after or _targets_differ(plan.amends, draft):
        return []
    return [Problem("nothing_changes", "使用方案：与现行方案完全相同，没有调整；请修改，或放弃本次调整。", where=WHERE)]


def share_problems(plan: UsePlan) -> list[Problem]:
    """Why the change has to be audited anew instead of being filed only.

    Measured against the version audited last, so that small changes do not add up unseen: each line within
    ``cycle.change_share_percent`` of its sum, no line new, removed or of other terms, the same targets.
    """
    audited = last_audited(plan)
    if plan.award is None or audited is None:
        return [Problem("no_share", "本方案的调整须重新审核。")]
    draft = current_draft(plan.case)
    share, article = plan.award.cycle.change_share_percent, draft.funding.audit_article
    before = {row.key: row for row in _rows_of(audited)}
    after = {line["key"]: line for line in draft.lines}
    reasons = []
    for key, row in before.items():
        line = after.get(key)
        if line is None:
            reasons.append(f"删去了“{row.item}”")
        elif any(getattr(row, name) != line[name] for name in TERMS):
            reasons.append(f"“{row.item}”的用途、名称、批准文号或拨付约定有改动")
        elif abs(line["amount_fen"] - row.amount_fen) * 100 > share * row.amount_fen:
            reasons.append(f"“{row.item}”由 {yuan(row.amount_fen)} 调整为 {yuan(line['amount_fen'])}，超过 {share}%")
    reasons += [f"新增了“{line['item']}”" for key, line in after.items() if key not in before]
    if _targets_differ(audited, draft):
        reasons.append("绩效指标有改动")
    return [
        Problem(
            "above_share", f"与最近一次审核同意的方案相比，{reason}，须重新报送审核（{cite(article)}）。", (article,)
        )
        for reason in reasons
    ]


def last_audited(plan: UsePlan) -> UsePlan | None:
    """The version that was audited last before ``plan``: filed changes lie in between."""
    before = plan.amends
    while before is not None and before.is_minor:
        before = before.amends
    return before


def _rows_of(plan: UsePlan) -> list[UsePlanLine]:
    return list(UsePlanLine.objects.filter(case_id=plan.pk))


def _targets_differ(plan: UsePlan, draft: Draft) -> bool:
    old = [
        {name: getattr(row, name) for name in TARGET_FIELDS}
        for row in PerformanceTarget.objects.filter(case_id=plan.pk)
    ]
    new = [
        {name: row[name] or "" if name == "measured_by" else row[name] for name in TARGET_FIELDS}
        for row in draft.checked[TARGETS].rows
    ]
    return old != new

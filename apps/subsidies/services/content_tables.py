"""The tables of a use plan: lines of money, performance targets, own funds; rows as typed, as cleaned and as frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from apps.cases.tables import Column
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import CATEGORIES, Funding, Use, yuan
from apps.plans.services.plan_tables import KEY, KeyedTable, decimal_text
from apps.subsidies.enums import Direction, When
from apps.subsidies.models import OwnFund, PerformanceTarget, UsePlanLine

LINES, TARGETS, OWN_FUNDS = "lines", "targets", "own_funds"
MOST_LINES, MOST_TARGETS, MOST_OWN_FUNDS = 200, 100, 50
MOST_FEN = 100_000_000_000
"""One line is at most a thousand million yuan: beyond that a figure is a slip."""
MOST_QUANTITY = 1_000_000
LONGEST_PURPOSE = 500
CATEGORY_LABEL = "用途类别"
_PART = re.compile(r"(?P<label>.*?)[\s:：=]*(?P<sum>[0-9][0-9,，]*(?:\.[0-9]*)?)\s*元?")
_SUM = Column("amount", "金额", "fen", least=1, most=MOST_FEN)
_KNOWN_PARTS = {
    "验收后": When.AFTER_ACCEPTANCE,
    "验收后拨付": When.AFTER_ACCEPTANCE,
    "先行": When.ADVANCE,
    "先行拨付": When.ADVANCE,
}
Check = Callable[[Mapping[str, Any]], list[tuple[str, str]]]


def lines_table(funding: Funding, *, keyed: bool = True) -> KeyedTable:
    """The lines of money under ``funding``; without keys for a spreadsheet.

    The uses that the text forbids can be chosen, so that the refusal with its article stands beside the row at once.
    """
    columns = [
        Column("category", CATEGORY_LABEL, "choice", choices=_offered(funding)),
        Column("item", "支出项目", max_length=100),
        Column("unit", "单位", max_length=16),
        Column("unit_price_fen", "单价（元）", "fen", least=1, most=MOST_FEN),
        Column("quantity", "数量", "count", least=1, most=MOST_QUANTITY),
        Column("purpose", "用途说明", max_length=LONGEST_PURPOSE),
    ]
    if by_agreement(funding):
        columns += [
            Column("finance_approval", "财政部门批准文号", required=False, max_length=100),
            Column("schedule", "商定拨付", required=False, max_length=300),
        ]
    return KeyedTable(
        LINES,
        "使用方案",
        tuple([KEY, *columns] if keyed else columns),
        hint="金额等于单价乘以数量，自动计算",
        row_check=_line_check(funding),
        max_rows=MOST_LINES,
    )


def targets_table(*, keyed: bool = True) -> KeyedTable:
    """The performance targets: each says what is measured and what counts as met."""
    columns = (
        Column("goal", "绩效目标", max_length=200),
        Column("indicator", "指标", max_length=100),
        Column("direction", "要求", "choice", choices=tuple((str(a), str(b)) for a, b in Direction.choices)),
        Column("target_hundredths", "目标值", "hundredths", most=100_000_000_000),
        Column("unit", "计量单位", max_length=16),
        Column("measured_by", "数据来源", required=False, max_length=200),
    )
    return KeyedTable(
        TARGETS,
        "绩效计划",
        (KEY, *columns) if keyed else columns,
        hint="每项指标写明目标值和单位，验收时逐项对照",
        max_rows=MOST_TARGETS,
    )


def own_funds_table(*, keyed: bool = True) -> KeyedTable:
    """What the institution and its managing unit put in themselves."""
    columns = (
        Column("source", "提供单位", max_length=100),
        Column("purpose", "用途", max_length=200),
        Column("amount_fen", "金额（元）", "fen", least=1, most=MOST_FEN),
    )
    return KeyedTable(
        OWN_FUNDS, "配套经费", (KEY, *columns) if keyed else columns, required=False, max_rows=MOST_OWN_FUNDS
    )


def by_agreement(funding: Funding) -> dict[str, Use]:
    """The uses that need the finance department's approval and are paid as agreed, by their code."""
    uses = funding.scheme.uses if funding.scheme else ()
    return {use.category: use for use in uses if use.needs_finance_approval}


def refusals(funding: Funding) -> dict[str, str]:
    """What is said of each use the text forbids, with its article, by the use's code."""
    if funding.scheme is None:
        return {}
    return {
        use.category: f"{CATEGORIES[use.category]}属于不得列支的用途，依据{cite(use.article)}不予列支，请删去或改为允许的用途。"
        for use in funding.scheme.forbidden
    }


def labels_of(funding: Funding) -> dict[str, str]:
    return {code: label for code, label, _ in funding.choices()}


def parse_schedule(text: str) -> list[dict[str, Any]]:
    """The agreed parts of a line as typed: "签订合同后 60000；验收后 40000.50" is [{when, amount_fen}].

    "验收后" and "先行" are the rulebook's own conditions, anything else is an agreement in words.
    Raises ValidationError in Chinese.
    """
    parts = [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]
    found = []
    for part in parts:
        match = _PART.fullmatch(part)
        label = match["label"].strip() if match else ""
        if match is None or not label or len(label) > 64:
            message = (
                f"“{part[:30]}”不可识别，请写成“条件 金额”，多期用分号分开，例如：签订合同后 60000；验收后 40000。"
            )
            raise ValidationError(message, code="invalid")
        found.append({"when": str(_KNOWN_PARTS.get(label, label)), "amount_fen": _SUM.clean(match["sum"])})
    return found


def schedule_text(schedule: list[dict[str, Any]]) -> str:
    """Agreed parts as they would be typed."""
    words = {str(When.AFTER_ACCEPTANCE): "验收后", str(When.ADVANCE): "先行"}
    return "；".join(f"{words.get(one['when'], one['when'])} {decimal_text(one['amount_fen'], 2)}" for one in schedule)


def line_values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """A cleaned row as the fields of a UsePlanLine, position aside."""
    return {
        "key": cleaned["key"],
        "category": cleaned["category"],
        "item": cleaned["item"],
        "unit": cleaned["unit"],
        "unit_price_fen": cleaned["unit_price_fen"],
        "quantity": cleaned["quantity"],
        "amount_fen": cleaned["unit_price_fen"] * cleaned["quantity"],
        "purpose": cleaned["purpose"],
        "finance_approval": cleaned.get("finance_approval") or "",
        "schedule": parse_schedule(cleaned.get("schedule") or ""),
    }


def raw_line(line: UsePlanLine) -> dict[str, str]:
    """A frozen line as it would be typed."""
    return {
        "key": line.key,
        "category": line.category,
        "item": line.item,
        "unit": line.unit,
        "unit_price_fen": decimal_text(line.unit_price_fen, 2),
        "quantity": str(line.quantity),
        "purpose": line.purpose,
        "finance_approval": line.finance_approval,
        "schedule": schedule_text(line.schedule),
    }


def raw_target(target: PerformanceTarget) -> dict[str, str]:
    """A frozen target as it would be typed."""
    return {
        "key": target.key,
        "goal": target.goal,
        "indicator": target.indicator,
        "direction": target.direction,
        "target_hundredths": decimal_text(target.target_hundredths, 2),
        "unit": target.unit,
        "measured_by": target.measured_by,
    }


def raw_own_fund(row: OwnFund) -> dict[str, str]:
    return {"key": "", "source": row.source, "purpose": row.purpose, "amount_fen": decimal_text(row.amount_fen, 2)}


def _offered(funding: Funding) -> tuple[tuple[str, str], ...]:
    allowed = tuple((code, label) for code, label, _ in funding.choices())
    return allowed + tuple((code, f"{CATEGORIES[code]}（不得列支）") for code in refusals(funding))


def _line_check(funding: Funding) -> Check:
    refused, agreed = refusals(funding), by_agreement(funding)

    def check(values: Mapping[str, Any]) -> list[tuple[str, str]]:
        if values["category"] in refused:
            return [(CATEGORY_LABEL, refused[values["category"]])]
        amount = values["unit_price_fen"] * values["quantity"]
        if amount > MOST_FEN:
            return [("数量", f"单价乘以数量超过 {yuan(MOST_FEN)}，请核对单价和数量。")]
        return _agreement_errors(agreed.get(values["category"]), values, amount)

    return check


def _agreement_errors(use: Use | None, values: Mapping[str, Any], amount: int) -> list[tuple[str, str]]:
    approval, schedule = values.get("finance_approval"), values.get("schedule")
    if use is None:
        named = [("财政部门批准文号", approval), ("商定拨付", schedule)]
        return [(label, "只有须经财政部门批准的其他支出才填写，请删去。") for label, text in named if text]
    errors = []
    if not approval:
        errors.append(("财政部门批准文号", f"其他支出须经财政部门批准，请填写批准文号（{cite(use.article)}）。"))
    if schedule:
        errors += [("商定拨付", message) for message in _schedule_errors(schedule, amount)]
    return errors


def _schedule_errors(text: str, amount: int) -> list[str]:
    try:
        total = sum(part["amount_fen"] for part in parse_schedule(text))
    except ValidationError as error:
        return [error.messages[0]]
    return [] if total == amount else [f"各期合计{yuan(total)}，应等于本行金额{yuan(amount)}。"]

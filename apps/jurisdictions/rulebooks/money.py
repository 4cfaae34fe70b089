"""Money in integer fen: what public funds may be spent on, up to what sum, and when a part is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .citations import cite
from .errors import InputError, printable
from .facts import LARGEST_COUNT, check_count
from .supervision import Provision

When = Literal["advance", "after_acceptance", "by_agreement"]
Auditor = Literal["managing_unit", "authority"]
Terms = Literal["advance_then_acceptance", "after_acceptance", "by_agreement"]

WHEN_LABELS: dict[str, str] = {"advance": "先行拨付", "after_acceptance": "验收后拨付", "by_agreement": "商定拨付"}
CATEGORIES: dict[str, str] = {
    "facilities": "场所设施设备购置和运行维护",
    "training_projects": "培养培训项目实施",
    "system_building": "培训体系建设",
    "other_approved": "经财政部门批准的其他支出",
    "capital_construction": "基本建设",
    "repair_renovation": "维修改造",
    "wages_welfare": "工资福利",
    "travel_abroad": "因公出国（境）",
    "official_vehicles": "公务用车",
    "official_reception": "公务接待",
    "unrelated": "与继续教育无关的支出",
}
_FEN_PER_YUAN = 100
_BUDGET_KEYS = ("cycle", "granted_before_fen", "lines")
_LINE_KEYS = ("category", "item", "amount_fen", "finance_approval", "agreed_schedule")
_LINE_REQUIRED = _LINE_KEYS[:3]
_PART_KEYS = ("when", "amount_fen")


@dataclass(frozen=True, slots=True)
class Use:
    """A permitted use of the funds and when it is paid. `advance_percent` applies to an advance only."""

    category: str
    article: str
    terms: Terms
    advance_percent: int
    needs_finance_approval: bool


@dataclass(frozen=True, slots=True)
class ForbiddenUse:
    """A use of the funds that the text forbids."""

    category: str
    article: str


@dataclass(frozen=True, slots=True)
class TrancheScheme:
    """How an award is bounded and paid: cap per project cycle in fen, permitted and forbidden uses.

    `paid_under` is the article that sets the tranches.
    """

    scheme: str
    cap_fen: int
    cap_article: str
    paid_under: str
    uses: tuple[Use, ...]
    forbidden: tuple[ForbiddenUse, ...]


@dataclass(frozen=True, slots=True)
class Funding:
    """What a text says of money: uses in plain words, who audits what, who adds funds, and the tranches if any."""

    article: str
    source: str
    uses: tuple[str, ...]
    auditor: Auditor
    audited_by: str
    audited: tuple[str, ...]
    audit_article: str
    summary: str
    matching_funds_by: tuple[str, ...]
    matching_funds_article: str
    use_codes: tuple[str, ...]
    scheme: TrancheScheme | None = None
    supervision: Provision | None = None

    def choices(self) -> tuple[tuple[str, str, str], ...]:
        """Every permitted use as (code, label, article), in the order of the text."""
        if self.scheme is not None:
            return tuple((use.category, CATEGORIES[use.category], use.article) for use in self.scheme.uses)
        return tuple((code, label, self.article) for code, label in zip(self.use_codes, self.uses, strict=True))


def yuan(fen: int) -> str:
    """Write a sum of fen in yuan with two decimals."""
    return f"{fen // _FEN_PER_YUAN:,}.{fen % _FEN_PER_YUAN:02d}元"


def tranche(
    category: str, *, article: str, terms: Terms, advance_percent: int = 0, needs_finance_approval: bool = False
) -> Use:
    """State a permitted use and its tranches."""
    return Use(category, article, terms, advance_percent, needs_finance_approval)


def forbidden(article: str, *categories: str) -> tuple[ForbiddenUse, ...]:
    """State the uses that an article forbids."""
    return tuple(ForbiddenUse(category, article) for category in categories)


def tranches(scheme: TrancheScheme | None, budget: object) -> dict[str, Any]:
    """Answer a budget: the tranches of each permitted line, the lines rejected, and whether the cap is kept.

    The tranches of a line always add up to it: an advance of an odd number of fen is rounded down. Raises InputError
    naming the field for a budget of the wrong shape, and where an agreed schedule does not add up to its line.
    """
    granted_before, lines = _checked_budget(budget)
    paid: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    if scheme is not None:
        uses = {use.category: use for use in scheme.uses}
        bans = {use.category: use for use in scheme.forbidden}
        for line in lines:
            use = uses.get(line["category"])
            if use is None:
                rejected.append(_rejected(line, bans[line["category"]].article, "属于不得列支的用途"))
            elif use.needs_finance_approval and not _approved(line):
                rejected.append(_rejected(line, use.article, "须经财政部门批准，尚无批准"))
            else:
                paid.append(_paid(line, use, scheme.paid_under))
    total = sum(line["amount_fen"] for line in paid)
    return {
        "scheme": None if scheme is None else scheme.scheme,
        "total_fen": total,
        "cap_fen": None if scheme is None else scheme.cap_fen,
        "granted_before_fen": granted_before,
        "within_cap": None if scheme is None else granted_before + total <= scheme.cap_fen,
        "lines": paid,
        "rejected": rejected,
    }


def _paid(line: Mapping[str, Any], use: Use, paid_under: str) -> dict[str, Any]:
    amount = line["amount_fen"]
    parts: list[dict[str, Any]]
    if use.terms == "advance_then_acceptance":
        advance = amount * use.advance_percent // 100
        parts = [
            {"when": "advance", "amount_fen": advance},
            {"when": "after_acceptance", "amount_fen": amount - advance},
        ]
    elif use.terms == "by_agreement" and "agreed_schedule" in line:
        parts = [_agreed(part) for part in line["agreed_schedule"]]
    else:
        parts = [{"when": use.terms, "amount_fen": amount}]
    return {
        "item": line["item"],
        "category": line["category"],
        "article": use.article,
        "amount_fen": amount,
        "tranches": [{**part, "article": paid_under} for part in parts],
    }


def _approved(line: Mapping[str, Any]) -> bool:
    approval = line.get("finance_approval", False)
    return bool(approval.strip()) if isinstance(approval, str) else approval is True


def _agreed(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["when"] in WHEN_LABELS:
        return dict(part)
    return {"when": "by_agreement", "amount_fen": part["amount_fen"], "agreed": part["when"]}


def _rejected(line: Mapping[str, Any], article: str, reason: str) -> dict[str, Any]:
    message = f"{CATEGORIES[line['category']]}{reason}，依据{cite(article)}不予列支。"
    return {"item": line["item"], "category": line["category"], "article": article, "message": message}


def _checked_budget(budget: object) -> tuple[int, list[dict[str, Any]]]:
    checked = _object("budget", budget, _BUDGET_KEYS, _BUDGET_KEYS)
    _text("cycle", checked["cycle"])
    granted_before = check_count("granted_before_fen", checked["granted_before_fen"])
    lines = checked["lines"]
    if not isinstance(lines, (list, tuple)):
        raise InputError("lines", "应为列表")
    checked_lines = [_checked_line(f"lines[{place}]", line) for place, line in enumerate(lines)]
    if granted_before + sum(line["amount_fen"] for line in checked_lines) > LARGEST_COUNT:
        raise InputError("lines", f"金额合计应不超过{LARGEST_COUNT}分")
    return granted_before, checked_lines


def _checked_line(name: str, line: object) -> dict[str, Any]:
    checked = _object(name, line, _LINE_KEYS, _LINE_REQUIRED)
    category = checked["category"]
    if not isinstance(category, str) or category not in CATEGORIES:
        raise InputError(f"{name}.category", f"应为{'、'.join(CATEGORIES)}之一")
    _text(f"{name}.item", checked["item"])
    amount = check_count(f"{name}.amount_fen", checked["amount_fen"])
    if "finance_approval" in checked and not isinstance(checked["finance_approval"], (bool, str)):
        raise InputError(f"{name}.finance_approval", "应为true、false或批准文号")
    if "agreed_schedule" in checked:
        _check_schedule(f"{name}.agreed_schedule", category, amount, checked["agreed_schedule"])
    return checked


def _check_schedule(name: str, category: str, amount: int, schedule: object) -> None:
    if category != "other_approved":
        raise InputError(name, "只有other_approved的支出可以商定拨付")
    if not isinstance(schedule, (list, tuple)) or not schedule:
        raise InputError(name, "应为非空列表，每项为含when、amount_fen的对象")
    agreed = 0
    for place, part in enumerate(schedule):
        checked = _object(f"{name}[{place}]", part, _PART_KEYS, _PART_KEYS)
        _text(f"{name}[{place}].when", checked["when"])
        agreed += check_count(f"{name}[{place}].amount_fen", checked["amount_fen"])
    if agreed != amount:
        raise InputError(name, f"各期合计{agreed}分，应等于该项金额{amount}分")


def _object(name: str, value: object, allowed: tuple[str, ...], required: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(name, f"应为含{'、'.join(required)}的对象")
    for key in value:
        if key not in allowed:
            shown = printable(key) if isinstance(key, str) else printable(repr(key))
            raise InputError(f"{name}.{shown}", f"不是规定的键，应为{'、'.join(allowed)}")
    for key in required:
        if key not in value:
            raise InputError(f"{name}.{key}", "不能缺少")
    return dict(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(name, "应为非空文字")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InputError(name, "含有无法显示的字符")
    return value

"""The report an acceptance is asked on: lines, what was spent on each, what was achieved of every target.

Kept as typed in ``Acceptance.data``, checked whole, and frozen into lines and results when it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from apps.cases.tables import Column
from apps.subsidies.enums import Direction, PlanState
from apps.subsidies.models import (
    Acceptance,
    AcceptanceLine,
    AcceptanceResult,
    Award,
    AwardLine,
    PerformanceTarget,
    UsePlan,
)
from apps.subsidies.workflow.people import funding_of

LONGEST_TEXT = 8000
LONGEST_RESULT = 2000
LONGEST_NOTE = 300
LINES, TARGETS = "lines", "targets"
PARTS = {LINES: "验收项目", TARGETS: "绩效目标"}
SPENT = Column("spent", "实际支出", kind="fen", most=10**14)
_HUNDREDTHS = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True)
class Gap:
    """One thing missing (or, ``wrong``, filled in but not so): its part, its field, what to do, and of which row."""

    part: str
    field: str
    message: str
    wrong: bool = False
    name: str = ""

    @property
    def told(self) -> str:
        """What to do, where the field itself is not beside it."""
        return f"“{self.name}”：{self.message}" if self.name else self.message


@dataclass(frozen=True)
class LineEntry:
    """A line that may be put to acceptance with what is typed to it."""

    line: AwardLine
    label: str
    article: str
    chosen: bool
    result: str
    spent: str

    @property
    def spent_fen(self) -> int | None:
        """The sum typed, in fen; None while it cannot be read."""
        try:
            return SPENT.clean(self.spent)  # type: ignore[no-any-return]
        except ValidationError:
            return None

    def gaps(self) -> list[Gap]:
        if not self.chosen:
            return []
        return [*self._result_gaps(), *self._spent_gaps()]

    def _result_gaps(self) -> list[Gap]:
        found = _text_gaps(LINES, self.field("result"), self.result, "请填写完成情况", LONGEST_RESULT)
        return [replace(one, name=self.line.item) for one in found]

    def _spent_gaps(self) -> list[Gap]:
        field, name = self.field("spent"), self.line.item
        if not self.spent.strip():
            return [Gap(LINES, field, "请填写实际支出（元）", name=name)]
        try:
            SPENT.clean(self.spent)
        except ValidationError as error:
            return [Gap(LINES, field, f"实际支出{error.messages[0].rstrip('。')}", wrong=True, name=name)]
        return []

    def field(self, name: str) -> str:
        return f"line-{self.line.key}-{name}"


@dataclass(frozen=True)
class TargetEntry:
    """A target of the performance plan in force with what is typed to it."""

    target: PerformanceTarget
    achieved: str
    explanation: str

    @property
    def wanted(self) -> str:
        return wanted(self.target)

    @property
    def achieved_hundredths(self) -> int | None:
        """The value typed, times 100; None while it cannot be read."""
        return hundredths(self.achieved)

    @property
    def is_short(self) -> bool:
        value = self.achieved_hundredths
        return value is not None and falls_short(self.target, value)

    def gaps(self) -> list[Gap]:
        name = self.target.indicator
        if not self.achieved.strip():
            return [Gap(TARGETS, self.field("achieved"), "请填写完成值", name=name)]
        if self.achieved_hundredths is None:
            message = f"完成值“{self.achieved.strip()[:30]}”不可识别，应为不小于 0 的数，最多两位小数"
            return [Gap(TARGETS, self.field("achieved"), message, wrong=True, name=name)]
        if self.is_short and not self.explanation.strip():
            message = f"没有达到目标（{self.wanted}），请说明原因"
            return [Gap(TARGETS, self.field("explanation"), message, name=name)]
        if len(self.explanation) > LONGEST_NOTE:
            message = f"说明现有 {len(self.explanation)} 字，最多 {LONGEST_NOTE} 字"
            return [Gap(TARGETS, self.field("explanation"), message, wrong=True, name=name)]
        return []

    def field(self, name: str) -> str:
        return f"target-{self.target.key}-{name}"


@dataclass
class ReportDraft:
    """The report as it is being filled in: loaded once, asked many times."""

    acceptance: Acceptance

    @property
    def summary(self) -> str:
        return str(self.acceptance.data.get("summary", ""))

    @cached_property
    def lines(self) -> list[LineEntry]:
        typed = self.acceptance.data.get("lines", {})
        labels = categories(self.acceptance.award)
        return [_line_entry(line, labels, typed.get(line.key, {})) for line in open_lines(self.acceptance)]

    @cached_property
    def targets(self) -> list[TargetEntry]:
        typed = self.acceptance.data.get("results", {})
        return [
            TargetEntry(one, str(found.get("achieved", "")), str(found.get("explanation", "")))
            for one in targets_of(self.acceptance.award)
            for found in (typed.get(one.key, {}),)
        ]

    @property
    def chosen(self) -> list[LineEntry]:
        return [one for one in self.lines if one.chosen]

    @property
    def amount_fen(self) -> int:
        return sum(one.line.amount_fen for one in self.chosen)

    @property
    def spent_fen(self) -> int:
        return sum(one.spent_fen or 0 for one in self.chosen)

    @cached_property
    def gaps(self) -> list[Gap]:
        gaps = _text_gaps(LINES, "summary", self.summary, "请填写项目完成情况", LONGEST_TEXT)
        if not self.chosen:
            gaps.append(Gap(LINES, "lines", "请至少选择一个申请验收的项目"))
        gaps += [gap for line in self.lines for gap in line.gaps()]
        gaps += [gap for target in self.targets for gap in target.gaps()]
        return gaps

    def completeness(self) -> dict[str, Any]:
        """The states of the parts, as the page's script takes them."""
        states = {part: self._state(part) for part in PARTS}
        complete = sum(state["status"] == "complete" for state in states.values())
        return {"complete": complete, "total": len(states), "sections": states}

    def _state(self, part: str) -> dict[str, Any]:
        gaps = [gap for gap in self.gaps if gap.part == part]
        wrong = sum(gap.wrong for gap in gaps)
        required = len(self.targets) if part == TARGETS else 1 + 2 * max(len(self.chosen), 1)
        filled = max(0, required - (len(gaps) - wrong))
        status = "complete" if not gaps else "errors" if wrong else "partial" if filled else "empty"
        return {"status": status, "errors": wrong, "filled": filled, "required": required}

    def as_post(self) -> dict[str, str]:
        """What is stored, as the page would submit it."""
        post = {"summary": self.summary}
        for line in self.lines:
            post |= {line.field("result"): line.result, line.field("spent"): line.spent}
            post |= {line.field("chosen"): "on"} if line.chosen else {}
        for entry in self.targets:
            post |= {entry.field("achieved"): entry.achieved, entry.field("explanation"): entry.explanation}
        return post

    def parsed(self, post: Mapping[str, Any]) -> dict[str, Any]:
        """What a submitted page says, as it is stored: raw text, valid or not."""
        return {
            "summary": _raw(post, "summary"),
            "lines": {
                one.line.key: {
                    "chosen": bool(post.get(one.field("chosen"))),
                    "result": _raw(post, one.field("result")),
                    "spent": _raw(post, one.field("spent")),
                }
                for one in self.lines
            },
            "results": {
                one.target.key: {
                    "achieved": _raw(post, one.field("achieved")),
                    "explanation": _raw(post, one.field("explanation")),
                }
                for one in self.targets
            },
        }


def freeze(draft: ReportDraft) -> dict[str, Any]:
    """Write the report as sent to lines and results, in place of what was sent before, and return it for the record."""
    acceptance = draft.acceptance
    AcceptanceLine.objects.filter(acceptance=acceptance).delete()
    AcceptanceResult.objects.filter(acceptance=acceptance).delete()
    lines = [
        AcceptanceLine.objects.create(
            acceptance=acceptance, line=one.line, result=one.result.strip(), spent_fen=one.spent_fen or 0
        )
        for one in draft.chosen
    ]
    results = [
        AcceptanceResult.objects.create(
            acceptance=acceptance,
            target=one.target,
            achieved_hundredths=one.achieved_hundredths or 0,
            explanation=one.explanation.strip(),
        )
        for one in draft.targets
    ]
    return {
        "lines": [{"line": one.line.key, "spent_fen": one.spent_fen, "result": one.result} for one in lines],
        "results": [
            {"target": one.target.key, "achieved_hundredths": one.achieved_hundredths, "explanation": one.explanation}
            for one in results
        ],
    }


def open_lines(acceptance: Acceptance) -> list[AwardLine]:
    """The lines of the award not accepted yet and not with another acceptance that was sent."""
    elsewhere = AcceptanceLine.objects.filter(
        acceptance__award=acceptance.award_id, acceptance__case__closed_at__isnull=True
    ).exclude(acceptance=acceptance)
    lines = AwardLine.objects.filter(award=acceptance.award_id, accepted_fen__isnull=True, amount_fen__gt=0)
    return list(lines.exclude(pk__in=elsewhere.values("line")))


def targets_of(award: Award) -> list[PerformanceTarget]:
    """The targets of the performance plan in force."""
    plan = UsePlan.objects.filter(award=award, case__state=PlanState.APPROVED).order_by("-version").first()
    return list(PerformanceTarget.objects.filter(case=plan.pk)) if plan is not None else []


def categories(award: Award) -> dict[str, tuple[str, str]]:
    """Label and article of every use the award's text permits."""
    return {code: (label, article) for code, label, article in funding_of(award.case).choices()}


def wanted(target: PerformanceTarget) -> str:
    """The target in words, e.g. 不低于 12.5 门."""
    return f"{Direction(target.direction).label} {number(target.target_hundredths)} {target.unit}"


def number(value: int) -> str:
    """Hundredths as people write them, e.g. 1250 as 12.5."""
    whole, part = divmod(value, 100)
    return f"{whole:,}" + (f".{part:02d}".rstrip("0") if part else "")


def hundredths(raw: str) -> int | None:
    """A number with at most two decimals, times 100; None for anything else."""
    match = _HUNDREDTHS.fullmatch(raw.strip().replace(",", "").replace("，", ""))
    return int(match[1] + (match[2] or "").ljust(2, "0")) if match else None


def falls_short(target: PerformanceTarget, value: int) -> bool:
    """Whether ``value`` (times 100) misses the target, which it may not fall below or not exceed."""
    if target.direction == Direction.AT_MOST:
        return value > target.target_hundredths
    return value < target.target_hundredths


def _line_entry(line: AwardLine, labels: dict[str, tuple[str, str]], typed: Mapping[str, Any]) -> LineEntry:
    label, article = labels.get(line.category, (line.category, ""))
    return LineEntry(
        line, label, article, bool(typed.get("chosen")), str(typed.get("result", "")), str(typed.get("spent", ""))
    )


def _raw(post: Mapping[str, Any], name: str) -> str:
    return str(post.get(name, "")).replace("\x00", "")


def _text_gaps(part: str, field: str, text: str, message: str, most: int) -> list[Gap]:
    if not text.strip():
        return [Gap(part, field, message)]
    if len(text) > most:
        return [Gap(part, field, f"现有 {len(text)} 字，最多 {most} 字", wrong=True)]
    return []

"""Text as it may stand in an official document: cleaned of what cannot be seen, measured, broken by sense."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# Invisible formatting characters reorder or hide text on paper (bidirectional overrides, zero-width joiners, tags),
# so a reader would see something else than what was decided.
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180e")
_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]")

# A line of a title does not end inside one of these terms.
_UNBROKEN_TERMS = (
    "专业技术人员",
    "继续教育",
    "人力资源和社会保障局",
    "人力资源社会保障局",
    "人力资源",
    "社会保障",
    "不予受理",
    "不予认定",
    "一次性补正",
    "告知书",
    "决定书",
    "通知书",
    "申报表",
    "继续教育基地",
    "的通知",
    "的决定",
    "的公示",
    "的公告",
    "的答复",
    "的意见",
    "基地",
    "有限公司",
    "大学",
    "学院",
)
_BREAK_AFTER = "的、，：关于和与及"
_NEVER_FIRST = "、，。：；）》”〕？！的"
_NEVER_LAST = "（《“〔"


def clean(text: str) -> str:
    """The text without control and invisible formatting characters; line breaks become \\n, tabs a space."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(character for character in text if character == "\n" or _is_visible(character))


def _is_visible(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in _INVISIBLE_LETTERS:
        return False
    return ord(character) & 0xFFFE != 0xFFFE


def width(text: str) -> float:
    """The width of a text in full-width characters: a Latin letter or digit counts half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)


def chinese_date(day: date) -> str:
    """A date in Arabic digits without padding, as 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def title_lines(title: str, characters_per_line: int) -> list[str]:
    """The lines of a title: as typed where it has line breaks, else broken by sense into lines of similar length.

    A line does not end inside a customary term and prefers to end after a particle or a mark of enumeration.
    """
    lines: list[str] = []
    for part in clean(title).split("\n"):
        if part.strip():
            lines.extend(_break_by_sense(part.strip(), characters_per_line))
    return lines


def _break_by_sense(text: str, limit: int) -> list[str]:
    if width(text) <= limit:
        return [text]
    count = -(-int(width(text) * 2) // (2 * limit))
    ideal = width(text) / count
    forbidden = _forbidden_breaks(text)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 2 * limit), end):
            length = width(text[start:end])
            if length > limit or best[start][0] == float("inf"):
                continue
            cost = (
                best[start][0] + (length - ideal) ** 2 + (_break_cost(text, end, forbidden) if end < len(text) else 0)
            )
            if cost < best[end][0]:
                best[end] = (cost, start)
    lines: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        lines.append(text[start:end])
        end = start
    return lines[::-1]


def _forbidden_breaks(text: str) -> set[int]:
    inside: set[int] = set()
    for term in _UNBROKEN_TERMS:
        start = text.find(term)
        while start >= 0:
            inside.update(range(start + 1, start + len(term)))
            start = text.find(term, start + 1)
    for position in range(1, len(text)):
        latin_run = text[position - 1].isascii() and text[position].isascii()
        digit_run = text[position - 1].isdigit() and text[position] in "年月日号"
        if latin_run or digit_run or text[position] in _NEVER_FIRST or text[position - 1] in _NEVER_LAST:
            inside.add(position)
    return inside


def _break_cost(text: str, position: int, forbidden: set[int]) -> float:
    if position in forbidden:
        return 400.0
    return 0.0 if text[position - 1] in _BREAK_AFTER else 25.0

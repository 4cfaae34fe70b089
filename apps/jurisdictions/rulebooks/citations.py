"""Article references: the short notation of the data and the wording of Chinese legal documents.

`8(5)` is 第八条第（五）项, `29` is 第二十九条, `27-2` is 第二十七条第二款, always of the jurisdiction's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_NOTATION = re.compile(r"([1-9]\d?)(?:\(([1-9]\d?)\)|-([1-9]))?")
_DIGITS = "零一二三四五六七八九"
_BASE = 10


def chinese_number(number: int) -> str:
    """Write 1 to 99 in Chinese numerals as articles are numbered: 10 is 十, 21 is 二十一."""
    tens, units = divmod(number, _BASE)
    if tens == 0:
        return _DIGITS[units]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[units] if units else "")


@cache
def cite(article: str) -> str:
    """Write an article in Chinese: cite("8(5)") is "第八条第（五）项".

    Raises ValueError for text that is not in the notation.
    """
    match = _NOTATION.fullmatch(article)
    if match is None:
        raise ValueError(f"not an article: {article!r}")
    number, item, paragraph = match.groups()
    written = f"第{chinese_number(int(number))}条"
    if item:
        return f"{written}第（{chinese_number(int(item))}）项"
    if paragraph:
        return f"{written}第{chinese_number(int(paragraph))}款"
    return written


def cite_all(articles: Iterable[str]) -> str:
    """Write several articles in Chinese, joined with 、; items and paragraphs of one article name it once."""
    written: list[str] = []
    before = ""
    for article in articles:
        whole, stem = cite(article), cite(str(number_of(article)))
        part = whole != stem
        written.append(whole.removeprefix(stem) if part and stem == before else whole)
        before = stem if part else ""
    return "、".join(written)


def number_of(article: str) -> int:
    """Return the number of the article alone: number_of("8(5)") is 8."""
    match = _NOTATION.fullmatch(article)
    if match is None:
        raise ValueError(f"not an article: {article!r}")
    return int(match.group(1))

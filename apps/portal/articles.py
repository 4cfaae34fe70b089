"""Write an article reference of the contract's notation in the words of the law."""

import re
from collections.abc import Iterable
from functools import lru_cache

_DIGITS = "零一二三四五六七八九"
_NOTATION = re.compile(r"(?P<article>[0-9]{1,3})(?:-(?P<paragraph>[0-9]{1,2}))?(?:\((?P<item>[0-9]{1,2})\))?")


def chinese_number(number: int) -> str:
    """Return `number` (1 to 999) in Chinese numerals as statutes write them: 10 is 十, 12 is 十二, 105 is 一百零五."""
    if not 1 <= number <= 999:
        raise ValueError(f"{number} is not between 1 and 999")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


@lru_cache(maxsize=1024)
def article_label(reference: str) -> str:
    """Return 第八条第（五）项 for `8(5)`, 第二十九条 for `29`, 第二十七条第二款 for `27-2`.

    Raises ValueError for anything that is not in this notation.
    """
    match = _NOTATION.fullmatch(reference)
    if match is None:
        raise ValueError(f"not an article reference: {reference!r}")
    label = f"第{chinese_number(int(match['article']))}条"
    if match["paragraph"]:
        label += f"第{chinese_number(int(match['paragraph']))}款"
    if match["item"]:
        label += f"第（{chinese_number(int(match['item']))}）项"
    return label


def article_labels(references: Iterable[str]) -> str:
    """Join several references with the enumeration comma: 第八条第（一）项、第九条."""
    return "、".join(article_label(reference) for reference in references)

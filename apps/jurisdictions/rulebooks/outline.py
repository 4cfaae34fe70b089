"""The articles of a text, and which part of its rulebook rests on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

_NAMES = ("code", "category", "unit", "level")


@dataclass(frozen=True, slots=True)
class Article:
    """One article, paragraph or item of a text: which parts of the rulebook rest on it, or why none does.

    `implemented_by` names them ("conditions.faculty", "road.review"); the rulebook finds it from its own citations.
    It is empty exactly where `not_modelled` gives a reason.
    """

    article: str
    summary: str
    not_modelled: str = ""
    implemented_by: tuple[str, ...] = ()


def with_implementers(articles: Iterable[Article], parts: Iterable[tuple[str, str]]) -> tuple[Article, ...]:
    """Return the articles with the names of the (article, name) parts that cite each.

    Raises ValueError where a part cites an article that is not there, an article has neither a part nor a reason, or
    has both.
    """
    citing: dict[str, list[str]] = {}
    for article, name in parts:
        citing.setdefault(article, []).append(name)
    found = tuple(replace(one, implemented_by=tuple(dict.fromkeys(citing.pop(one.article, [])))) for one in articles)
    if citing:
        raise ValueError(f"cited but not listed: {sorted(citing)}")
    for one in found:
        if bool(one.not_modelled) == bool(one.implemented_by):
            raise ValueError(f"article {one.article} must be either implemented or given a reason")
    return found


def citations(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield (article, name of the part) for every article that a part of a rulebook cites, however deep."""
    if isinstance(value, tuple):
        for one in value:
            yield from citations(one, f"{name}.{label}" if (label := _label(one)) else name)
    elif is_dataclass(value):
        for field in fields(value):
            part = getattr(value, field.name)
            if field.name in ("article", "articles", "paid_under"):
                yield from ((cited, name) for cited in ((part,) if isinstance(part, str) else part))
            elif field.name.endswith("_article"):
                if part is not None:
                    yield part, f"{name}.{field.name.removesuffix('_article')}"
            else:
                yield from citations(part, f"{name}.{field.name}")


def _label(value: Any) -> str:
    return next((getattr(value, name) for name in _NAMES if hasattr(value, name)), "")

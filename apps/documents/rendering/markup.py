"""The elements and attributes that a page of ours is made of; anything else means text was taken for markup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .fetcher import IMAGE_SCHEME

_ELEMENTS = frozenset(
    {"html", "head", "title", "meta", "body", "header", "footer", "main", "section", "div", "span", "p", "br", "img"}
    | {"h1", "h2", "h3", "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td"}
)
_ATTRIBUTES = frozenset({"class", "lang", "alt", "src", "name", "content", "charset", "colspan", "span"})
_META_NAMES = frozenset({"dcterms.created", "author", "generator"})


def refused_markup(root: Any, own_images: Iterable[str]) -> tuple[str, ...]:
    """What in this tree is outside the allow-list, in page order; empty when all is ours."""
    sources = {f"{IMAGE_SCHEME}:{name}" for name in own_images}
    refused: list[str] = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in _ELEMENTS:
            refused.append(f"<{element.tag}>")
        refused += [f"<{element.tag} {found}>" for found in _refused_attributes(element, sources)]
    return tuple(refused)


def _refused_attributes(element: Any, sources: set[str]) -> list[str]:
    refused = [name for name in element.attrib if name not in _ATTRIBUTES]
    source = element.attrib.get("src")
    if source is not None and (element.tag != "img" or source not in sources):
        refused.append(f"src={source[:200]}")
    if element.tag == "meta" and "name" in element.attrib and element.attrib["name"] not in _META_NAMES:
        refused.append(f"name={element.attrib['name'][:200]}")
    return refused

"""A private template engine that sees the official documents' templates and nothing else.

Text that people typed is data to it: it is never compiled as a template, always cleaned and escaped. There is no
debug tag, no settings, no request, no context processor.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .fonts import configured_fonts
from .page import widths_class
from .text import clean

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
_FILTERS = "apps.documents.rendering.templating"

# The open 仿宋 and its sisters have a glyph for the full-width yen sign, and it is a dollar sign.
_MISDRAWN = frozenset("\uffe5")


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine, its compiled templates cached."""
    return Engine(
        autoescape=True,
        debug=False,
        libraries={},
        builtins=[_FILTERS],
        loaders=[
            ("django.template.loaders.cached.Loader", [("django.template.loaders.filesystem.Loader", [TEMPLATES])])
        ],
    )


def render_html(template: str, values: dict[str, Any]) -> str:
    """The page as HTML."""
    return engine().get_template(template).render(Context(values, autoescape=True, use_l10n=False))


def printed(value: object) -> SafeString:
    """Text as it may stand in a page: cleaned and escaped, rare characters marked for the font behind.

    The layout engine finds the font behind by itself, but then takes its taller line and breaks the grid of 22 lines.
    """
    text = clean(str(value))
    rare = configured_fonts().body_lacks(set(text)) | _MISDRAWN
    if rare.isdisjoint(text):
        return mark_safe(escape(text))
    return mark_safe("".join(_run(run, is_rare) for run, is_rare in _runs(text, rare)))


def _run(run: str, is_rare: bool) -> str:
    return f'<span class="rare">{escape(run)}</span>' if is_rare else str(escape(run))


def _runs(text: str, rare: frozenset[str]) -> list[tuple[str, bool]]:
    runs: list[tuple[str, bool]] = []
    for character in text:
        is_mark = unicodedata.category(character).startswith("M")
        is_rare = runs[-1][1] if runs and is_mark else character in rare
        if runs and runs[-1][1] == is_rare:
            runs[-1] = (runs[-1][0] + character, is_rare)
        else:
            runs.append((character, is_rare))
    return runs


def printed_lines(value: object) -> SafeString:
    """Like ``printed``, line breaks kept, as cells of a table need it."""
    return mark_safe("<br>".join(printed(line) for line in clean(str(value)).split("\n")))


def paragraphs(value: object) -> list[str]:
    """The paragraphs of a text, one for each line that is not blank."""
    return [line.strip() for line in clean(str(value)).split("\n") if line.strip()]


def plain(value: object) -> str:
    """Text on one line, cleaned, for the title of the file; the engine escapes it."""
    return " ".join(clean(str(value)).split())


def sentence(values: Iterable[str]) -> str:
    """Texts as one sentence: parted by ；, closed by one 。."""
    parts = [" ".join(clean(value).split()).rstrip("。；;.") for value in values]
    return "；".join(part for part in parts if part) + "。"


def _library() -> Any:
    from django.template import Library

    library = Library()
    library.filter("printed", printed)
    library.filter("printed_lines", printed_lines)
    library.filter("paragraphs", paragraphs)
    library.filter("plain", plain)
    library.filter("sentence", sentence)
    library.filter("widths_class", widths_class)
    return library


register = _library()

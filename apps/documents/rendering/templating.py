"""A private template engine that sees the official documents' templates and nothing else.

Text that people typed is data to it: it is never compiled as a template, always cleaned and escaped. There is no
debug tag, no settings, no request, no context processor.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .text import clean

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "documents"
_FILTERS = "apps.documents.rendering.templating"

# The open 仿宋 and its sisters draw the full-width yen sign as a dollar sign.
_YUAN_SIGN = "\uffe5"
_YUAN_MARKUP = f'<span class="yuan">{_YUAN_SIGN}</span>'


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
    return engine().get_template(template).render(Context(values, autoescape=True))


def printed(value: object) -> SafeString:
    """Text as it may stand in a page: cleaned, escaped, with the yuan sign in a font that has it."""
    escaped = str(escape(clean(str(value))))
    return mark_safe(escaped.replace(_YUAN_SIGN, _YUAN_MARKUP))  # noqa: S308 - escaped on the line above


def printed_lines(value: object) -> SafeString:
    """Like ``printed``, line breaks kept, as cells of a table need it."""
    return mark_safe("<br>".join(printed(line) for line in clean(str(value)).split("\n")))  # noqa: S308


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
    return library


register = _library()

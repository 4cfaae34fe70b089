"""From content to the page: what the templates get, and the measures that depend on the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .blocks import Block, Heading1, Section, Table
from .content import DocumentContent
from .text import chinese_date, clean, title_lines, width

TYPE_AREA_WIDTH = 442.2  # 156 mm in points
CHARACTER = 15.793  # character pitch of the 28-character grid, points
TITLE_CHARACTERS = 20  # full-width characters of 22 pt on one line
SEAL_DIAMETER = 119.06  # 42 mm in points
_MARK_SIZES = {"document": (17.0, 52.0), "letter": (17.0, 36.0)}
_PLAQUE_WIDTH = 1400.0  # points of a 600 mm plate that the name may fill
_PLAQUE_SIZES = (60.0, 130.0)
_WATERMARK_FIT = (560.0, 24.0, 84.0)  # width to fill, smallest and largest size, points
_WATERMARK_FITS = {"plaque": (1100.0, 60.0, 240.0)}


@dataclass(frozen=True)
class Page:
    """A page ready for its template: values for ``{{ }}`` and a stylesheet that holds computed measures alone."""

    values: dict[str, Any]
    stylesheet: str


def compose(content: DocumentContent, form: str, watermark: str | None) -> Page:
    """Everything the template of this content needs."""
    signature_lines = [line for line in clean(content.signature_organisation or "").split("\n") if line.strip()]
    day = chinese_date(content.date)
    values = {
        "content": content,
        "layout": f"{form}_form.html",
        "imprint": f"_{form}_imprint.html" if form in _MARK_SIZES else None,
        "date": day,
        "created": f"{content.date.isoformat()}T00:00:00+08:00",
        "mark_lines": _lines(content.issuer),
        "title_lines": title_lines(content.title, TITLE_CHARACTERS),
        "addressee": _with_colon(content.addressee),
        "blocks": flatten(content.body),
        "annexes": [_annex(position, annex, len(content.annexes)) for position, annex in enumerate(content.annexes, 1)],
        "signature_lines": signature_lines,
        "copies": "，".join(content.imprint.copies_to) if content.imprint else "",
        "printed_on": chinese_date(content.imprint.printed_on)
        if content.imprint and content.imprint.printed_on
        else "",
        "watermark": watermark,
        "last_text": _last_text(content.body),
    }
    return Page(values, _measures(content, form, watermark, signature_lines, day))


def flatten(blocks: tuple[Block, ...]) -> list[Block]:
    """The blocks with sections opened into a heading and what stands under it."""
    flat: list[Block] = []
    for block in blocks:
        if isinstance(block, Section):
            flat += [Heading1(block.heading), *flatten(block.blocks)]
        else:
            flat.append(block)
    return flat


def widths_class(widths: Iterable[int]) -> str:
    """The class under which the computed stylesheet knows these relative column widths."""
    return "widths-" + "-".join(str(width) for width in widths)


def _annex(position: int, annex: Any, count: int) -> dict[str, Any]:
    label = f"附件{position}" if count > 1 else "附件"
    title = "".join(_lines(annex.title))
    return {
        "label": label,
        "listed": f"{position}. {title}" if count > 1 else title,
        "title_lines": title_lines(annex.title, TITLE_CHARACTERS),
        "blocks": flatten(annex.blocks),
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in clean(text).split("\n") if line.strip()]


def _with_colon(addressee: str | None) -> str:
    text = "".join(_lines(addressee or ""))
    if not text:
        return ""
    return text.rstrip(":：") + "："


def _last_text(blocks: tuple[Block, ...]) -> str:
    flat = flatten(blocks)
    return clean(getattr(flat[-1], "text", "")).strip() if flat else ""


def _measures(content: DocumentContent, form: str, watermark: str | None, signature_lines: list[str], day: str) -> str:
    rules = [_signature_rule(signature_lines, day, sealed=content.seal_image is not None)]
    if form in _MARK_SIZES and content.issuer:
        size = _fitting_size(_lines(content.issuer), TYPE_AREA_WIDTH, *_MARK_SIZES[form])
        rules.append(f".mark {{ font-size: {size:.2f}pt; }}")
    if form == "plaque":
        size = _fitting_size(title_lines(content.title, TITLE_CHARACTERS), _PLAQUE_WIDTH, *_PLAQUE_SIZES)
        rules.append(f".plaque-name {{ font-size: {size:.2f}pt; }}")
    if watermark:
        size = _fitting_size(_lines(watermark), *_WATERMARK_FITS.get(form, _WATERMARK_FIT))
        rules.append(f".watermark {{ font-size: {size:.2f}pt; }}")
    rules += _column_rules(
        [*flatten(content.body), *(block for annex in content.annexes for block in flatten(annex.blocks))]
    )
    return "\n".join(rules)


def _column_rules(blocks: list[Block]) -> list[str]:
    rules: list[str] = []
    for widths in {block.widths: None for block in blocks if isinstance(block, Table) and block.widths}:
        for position, share in enumerate(widths, start=1):
            percent = 100 * share / sum(widths)
            rules.append(f".{widths_class(widths)} .column-{position} {{ width: {percent:.3f}%; }}")
    return rules


def _fitting_size(lines: list[str], available: float, smallest: float, largest: float) -> float:
    longest = max((width(line) for line in lines), default=1.0) or 1.0
    return max(smallest, min(largest, available / longest * 0.995))


def _signature_rule(lines: list[str], day: str, *, sealed: bool) -> str:
    """Where the signature stands: the date four characters from the right under a seal, two without one.

    Under a seal the organisation is centred over the date, so a name longer than the date pushes its block outwards;
    the block stays within the type area.
    """
    date_width = width(day) * CHARACTER
    block = max([date_width, *(width(line) * CHARACTER for line in lines)]) + 2.0
    block = min(block, TYPE_AREA_WIDTH)
    if not sealed:
        return f".stamp {{ width: {block:.2f}pt; margin-right: {2 * CHARACTER:.2f}pt; }}"
    right = max(0.0, 4 * CHARACTER - (block - date_width) / 2)
    return (
        f".stamp {{ width: {block:.2f}pt; margin-right: {right:.2f}pt; }}\n"
        f".seal {{ left: {(block - SEAL_DIAMETER) / 2:.2f}pt; }}"
    )

"""The building blocks of a document's body: plain frozen values, no markup.

All text is what people typed; it is cleaned and escaped when the page is made, never before, so that what is
stored stays what was typed. A line break in a paragraph starts a new paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from .errors import ContentInvalid


def _text(owner: object, field: str, value: object) -> str:
    if not isinstance(value, str):
        raise ContentInvalid(f"{type(owner).__name__}.{field}: expected text, got {type(value).__name__}")
    return value


def _texts(owner: object, field: str, values: object) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ContentInvalid(f"{type(owner).__name__}.{field}: expected a list of texts, got {type(values).__name__}")
    return tuple(_text(owner, field, value) for value in values)


def _blocks(owner: object, field: str, values: object) -> tuple[Block, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ContentInvalid(f"{type(owner).__name__}.{field}: expected a list of blocks")
    blocks = tuple(values)
    for block in blocks:
        if not isinstance(block, Block):
            raise ContentInvalid(f"{type(owner).__name__}.{field}: {type(block).__name__} is not a block")
    return blocks


class Block:
    """Anything that can stand in a body; ``kind`` names it in JSON and in the templates."""

    kind: ClassVar[str]

    def _set(self, field: str, value: object) -> None:
        object.__setattr__(self, field, value)


@dataclass(frozen=True)
class Paragraph(Block):
    """Body text in 3号仿宋; ``indent=False`` sets its first line flush left."""

    kind: ClassVar[str] = "paragraph"
    text: str
    indent: bool = True

    def __post_init__(self) -> None:
        _text(self, "text", self.text)
        if not isinstance(self.indent, bool):
            raise ContentInvalid("Paragraph.indent: expected true or false")


@dataclass(frozen=True)
class Heading1(Block):
    """First level, 黑体; the text carries its own number, as in 一、."""

    kind: ClassVar[str] = "heading1"
    text: str

    def __post_init__(self) -> None:
        _text(self, "text", self.text)


@dataclass(frozen=True)
class Heading2(Block):
    """Second level, 楷体; the text carries its own number, as in （一）."""

    kind: ClassVar[str] = "heading2"
    text: str

    def __post_init__(self) -> None:
        _text(self, "text", self.text)


@dataclass(frozen=True)
class NumberedList(Block):
    """Items numbered 1. 2. 3. in 仿宋."""

    kind: ClassVar[str] = "numbered_list"
    items: tuple[str, ...]

    def __post_init__(self) -> None:
        self._set("items", _texts(self, "items", self.items))


@dataclass(frozen=True)
class Table(Block):
    """A ruled table; every row has one cell per column. ``widths`` are relative column widths (positive integers)."""

    kind: ClassVar[str] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str | None = None
    widths: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        self._set("columns", _texts(self, "columns", self.columns))
        if isinstance(self.rows, str) or not isinstance(self.rows, Iterable):
            raise ContentInvalid("Table.rows: expected a list of rows")
        self._set("rows", tuple(_texts(self, "rows", row) for row in self.rows))
        if not self.columns:
            raise ContentInvalid("Table.columns: expected at least one column")
        for position, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ContentInvalid(f"Table.rows: row {position} has {len(row)} cells, expected {len(self.columns)}")
        if self.caption is not None:
            _text(self, "caption", self.caption)
        if self.widths is not None:
            self._set("widths", self._checked_widths())

    def _checked_widths(self) -> tuple[int, ...]:
        widths = tuple(self.widths or ())
        whole = all(isinstance(width, int) and not isinstance(width, bool) and width > 0 for width in widths)
        if not whole or len(widths) != len(self.columns):
            raise ContentInvalid(f"Table.widths: expected {len(self.columns)} positive integers")
        return widths


@dataclass(frozen=True)
class Particulars(Block):
    """A two-column table of labels and values, as printed application forms have them."""

    kind: ClassVar[str] = "particulars"
    rows: tuple[tuple[str, str], ...]
    caption: str | None = None

    def __post_init__(self) -> None:
        rows = tuple(_texts(self, "rows", row) for row in self.rows)
        for position, row in enumerate(rows, start=1):
            if len(row) != 2:
                raise ContentInvalid(f"Particulars.rows: row {position} has {len(row)} cells, expected 2")
        self._set("rows", rows)
        if self.caption is not None:
            _text(self, "caption", self.caption)


@dataclass(frozen=True)
class FindingRow:
    """One examined condition, as a rulebook found it: texts ready for print, ``articles`` as 第八条第（五）项."""

    condition: str
    articles: str
    result: str
    message: str = ""

    def __post_init__(self) -> None:
        for field in ("condition", "articles", "result", "message"):
            _text(self, field, getattr(self, field))


@dataclass(frozen=True)
class Findings(Block):
    """The table of examined conditions: condition, article, result, explanation."""

    kind: ClassVar[str] = "findings"
    rows: tuple[FindingRow, ...]
    caption: str | None = None

    def __post_init__(self) -> None:
        self._set("rows", tuple(self.rows))
        for row in self.rows:
            if not isinstance(row, FindingRow):
                raise ContentInvalid(f"Findings.rows: {type(row).__name__} is not a finding row")
        if self.caption is not None:
            _text(self, "caption", self.caption)


@dataclass(frozen=True)
class SignatureLines(Block):
    """Blank lines to be signed by hand on a printed form, each with its label."""

    kind: ClassVar[str] = "signature_lines"
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        self._set("labels", _texts(self, "labels", self.labels))


@dataclass(frozen=True)
class Section(Block):
    """A first-level heading with the blocks that stand under it."""

    kind: ClassVar[str] = "section"
    heading: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        _text(self, "heading", self.heading)
        self._set("blocks", _blocks(self, "blocks", self.blocks))


BLOCK_TYPES: dict[str, type[Block]] = {
    block.kind: block
    for block in (Paragraph, Heading1, Heading2, NumberedList, Table, Particulars, Findings, SignatureLines, Section)
}

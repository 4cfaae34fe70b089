"""What an official document says, as one frozen value that survives a round trip through JSON.

The portal freezes this value in the database when an act produces a document and renders it later, so the same
content must give the same bytes however often it is rendered.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, TypeVar

from .blocks import BLOCK_TYPES, Block, FindingRow, Findings, Section, _blocks, _text, _texts
from .errors import ContentInvalid

T = TypeVar("T")

FORMS = ("document", "letter", "plaque", "form")


@dataclass(frozen=True)
class Annex:
    """One annex: it starts on a new page under its own title."""

    title: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        _text(self, "title", self.title)
        object.__setattr__(self, "blocks", _blocks(self, "blocks", self.blocks))


@dataclass(frozen=True)
class Imprint:
    """版记: who gets a copy (抄送), who printed it (印发机关), and when (印发日期)."""

    copies_to: tuple[str, ...] = ()
    printed_by: str | None = None
    printed_on: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "copies_to", _texts(self, "copies_to", self.copies_to))
        if self.printed_by is not None:
            _text(self, "printed_by", self.printed_by)
        if self.printed_on is not None:
            _require_date("Imprint.printed_on", self.printed_on)


@dataclass(frozen=True)
class DocumentContent:
    """An official document.

    ``form``: ``document`` (公文), ``letter`` (信函格式), ``plaque`` (匾牌) or ``form`` (printed form); None takes the
    default of the kind. ``issuer`` is the issuing body's mark; one body per line for a joint document.
    ``number`` is printed as given. A line break in ``title`` breaks the title there; without one it is broken by
    sense. ``level`` is printed on a plaque only; on a plaque ``addressee`` is the institution that carries the base.
    ``seal_image``: PNG or JPEG bytes, or None for no seal. ``version_hash`` stands in the page header of a printed
    form. ``watermark`` is printed across every page.
    Raises ContentInvalid when a field has the wrong type.
    """

    title: str
    date: date
    issuer: str = ""
    form: str | None = None
    number: str | None = None
    addressee: str | None = None
    body: tuple[Block, ...] = ()
    legal_basis: tuple[str, ...] = ()
    remedies: str | None = None
    annexes: tuple[Annex, ...] = ()
    signature_organisation: str | None = None
    seal_image: bytes | None = None
    imprint: Imprint | None = None
    verification_code: str | None = None
    verification_url: str | None = None
    watermark: str | None = None
    version_hash: str | None = None
    level: str | None = None

    _TEXTS: ClassVar[tuple[str, ...]] = ("title", "issuer")
    _OPTIONAL_TEXTS: ClassVar[tuple[str, ...]] = (
        "number",
        "addressee",
        "remedies",
        "signature_organisation",
        "verification_code",
        "verification_url",
        "watermark",
        "version_hash",
        "level",
    )

    def __post_init__(self) -> None:
        for name in self._TEXTS:
            _text(self, name, getattr(self, name))
        for name in self._OPTIONAL_TEXTS:
            if getattr(self, name) is not None:
                _text(self, name, getattr(self, name))
        if self.form is not None and self.form not in FORMS:
            raise ContentInvalid(f"DocumentContent.form: expected one of {', '.join(FORMS)}, got {self.form!r}")
        _require_date("DocumentContent.date", self.date)
        if self.seal_image is not None and not isinstance(self.seal_image, bytes):
            raise ContentInvalid("DocumentContent.seal_image: expected bytes")
        object.__setattr__(self, "body", _blocks(self, "body", self.body))
        object.__setattr__(self, "legal_basis", _texts(self, "legal_basis", self.legal_basis))
        object.__setattr__(self, "annexes", tuple(self.annexes))
        for annex in self.annexes:
            if not isinstance(annex, Annex):
                raise ContentInvalid(f"DocumentContent.annexes: {type(annex).__name__} is not an annex")
        if self.imprint is not None and not isinstance(self.imprint, Imprint):
            raise ContentInvalid("DocumentContent.imprint: expected an Imprint")

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dict, complete: ``from_json(to_json())`` is equal to this value."""
        return {field.name: _to_json(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> DocumentContent:
        """The content stored by ``to_json`` (dict or JSON text); ContentInvalid names an unknown or malformed key."""
        if isinstance(data, str):
            data = json.loads(data)
        values = _known_keys(cls, data)
        values["date"] = _date_from_json("date", values.get("date"))
        if values.get("seal_image") is not None:
            values["seal_image"] = _bytes_from_json("seal_image", values["seal_image"])
        values["body"] = tuple(_block_from_json(block) for block in values.get("body", ()))
        values["annexes"] = tuple(_annex_from_json(annex) for annex in values.get("annexes", ()))
        if values.get("imprint") is not None:
            values["imprint"] = _imprint_from_json(values["imprint"])
        return _build(cls, values)


def _require_date(field: str, value: object) -> None:
    if type(value) is not date:
        raise ContentInvalid(f"{field}: expected a date, got {type(value).__name__}")


def _to_json(value: Any) -> Any:
    if isinstance(value, Block):
        own = {field.name: _to_json(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type]
        return {"block": value.kind, **own}
    if isinstance(value, Annex | Imprint | FindingRow):
        return {field.name: _to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _known_keys(cls: type, data: Any) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise ContentInvalid(f"{cls.__name__}: expected an object, got {type(data).__name__}")
    names = {field.name for field in fields(cls)}
    unknown = sorted(set(data) - names)
    if unknown:
        raise ContentInvalid(f"{cls.__name__}: unknown key {unknown[0]!r}")
    return dict(data)


def _build(cls: type[T], values: dict[str, Any]) -> T:
    try:
        return cls(**values)
    except TypeError as error:
        raise ContentInvalid(f"{cls.__name__}: {error}") from error


def _date_from_json(field: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ContentInvalid(f"{field}: expected YYYY-MM-DD, got {value!r}") from error


def _bytes_from_json(field: str, value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise ContentInvalid(f"{field}: expected base64") from error


def _block_from_json(data: Any) -> Block:
    if not isinstance(data, Mapping) or data.get("block") not in BLOCK_TYPES:
        raise ContentInvalid("body: expected a block with a known 'block' name")
    cls = BLOCK_TYPES[data["block"]]
    values = _known_keys(cls, {key: value for key, value in data.items() if key != "block"})
    if cls is Section:
        values["blocks"] = tuple(_block_from_json(block) for block in values.get("blocks", ()))
    if cls is Findings:
        values["rows"] = tuple(_build(FindingRow, _known_keys(FindingRow, row)) for row in values.get("rows", ()))
    return _build(cls, values)


def _annex_from_json(data: Any) -> Annex:
    values = _known_keys(Annex, data)
    values["blocks"] = tuple(_block_from_json(block) for block in values.get("blocks", ()))
    return _build(Annex, values)


def _imprint_from_json(data: Any) -> Imprint:
    values = _known_keys(Imprint, data)
    if values.get("printed_on") is not None:
        values["printed_on"] = _date_from_json("imprint.printed_on", values["printed_on"])
    return _build(Imprint, values)

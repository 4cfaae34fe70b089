"""Measuring a finished PDF: characters and rules from the file, ink from its picture. Points from the page's top left."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pdfplumber
from PIL import Image, ImageChops

MM = 72 / 25.4
_DPI = 200


def pages(pdf: bytes) -> list[Any]:
    return pdfplumber.open(BytesIO(pdf)).pages


def text(pdf: bytes) -> str:
    """All text of the file but a slanting watermark, without spaces and line breaks."""
    upright = (page.filter(lambda found: found.get("upright", True)) for page in pages(pdf))
    return "".join("".join((page.extract_text() or "").split()) for page in upright)


def lines(page: Any, font: str = "", size: float | None = None) -> list[list[dict[str, Any]]]:
    """The characters of a page by line, top to bottom, left to right; only of this font and size when given."""
    rows: dict[float, list[dict[str, Any]]] = {}
    for char in page.chars:
        if font in char["fontname"] and (size is None or abs(char["size"] - size) < 0.1):
            rows.setdefault(round(page.height - char["matrix"][5], 1), []).append(char)
    return [sorted(rows[baseline], key=lambda char: char["x0"]) for baseline in sorted(rows)]


def baselines(page: Any, font: str = "", size: float | None = None) -> list[float]:
    return [round(page.height - row[0]["matrix"][5], 2) for row in lines(page, font, size)]


def string(row: Iterable[dict[str, Any]]) -> str:
    return "".join(char["text"] for char in row).strip()


def line_with(page: Any, wanted: str) -> list[dict[str, Any]]:
    """The one line that contains this text."""
    found = [row for row in lines(page) if wanted in string(row)]
    assert len(found) == 1, f"{wanted!r}: {[string(row) for row in lines(page)]}"
    return found[0]


def red_ink(page: Any, *, top: float = 0, bottom: float | None = None) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of all red ink between two heights of the page."""
    return _ink(page, _red, top, bottom)


def black_ink(page: Any, *, top: float = 0, bottom: float | None = None) -> tuple[float, float, float, float] | None:
    return _ink(page, _black, top, bottom)


def red_rules(page: Any) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of each horizontal red rule, top to bottom: rows of red ink over 140 mm wide."""
    picture = page.to_image(resolution=_DPI).original.convert("RGB")
    mask = _red(picture)
    scale = 72 / _DPI
    rules: list[tuple[float, float, float, float]] = []
    for y in range(mask.height):
        box = mask.crop((0, y, mask.width, y + 1)).getbbox()
        filled = sum(mask.crop((0, y, mask.width, y + 1)).histogram()[1:]) if box else 0
        if not box or filled * scale < 140 * MM:
            continue
        if rules and abs(rules[-1][3] - y * scale) < 0.01:
            rules[-1] = (rules[-1][0], rules[-1][1], rules[-1][2], (y + 1) * scale)
        else:
            rules.append((box[0] * scale, y * scale, box[2] * scale, (y + 1) * scale))
    return rules


def _red(picture: Image.Image) -> Image.Image:
    red, green, blue = picture.split()
    strong = red.point(lambda value: 255 if value > 170 else 0)
    pale = ImageChops.lighter(green, blue).point(lambda value: 255 if value < 110 else 0)
    return ImageChops.multiply(strong, pale)


def _black(picture: Image.Image) -> Image.Image:
    return picture.convert("L").point(lambda value: 255 if value < 100 else 0)


def _ink(page: Any, mask: Any, top: float, bottom: float | None) -> tuple[float, float, float, float] | None:
    scale = 72 / _DPI
    picture = page.to_image(resolution=_DPI).original.convert("RGB")
    end = picture.height if bottom is None else round(bottom / scale)
    start = round(top / scale)
    box = mask(picture.crop((0, start, picture.width, end))).getbbox()
    if box is None:
        return None
    return (box[0] * scale, (box[1] + start) * scale, box[2] * scale, (box[3] + start) * scale)

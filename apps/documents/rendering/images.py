"""The two images a document can carry: the seal, re-encoded, and the verification code."""

from __future__ import annotations

from io import BytesIO

import segno
from PIL import Image, UnidentifiedImageError

from .errors import ContentInvalid
from .fetcher import OwnImage

_LARGEST_SEAL_BYTES = 5 * 1024 * 1024
_LARGEST_SEAL_SIDE = 4000
_PRINTED_SEAL_SIDE = 1000


def seal(data: bytes) -> OwnImage:
    """The seal as a fresh PNG of at most 1000 pixels a side; ContentInvalid unless it is a PNG or JPEG of sane size."""
    if len(data) > _LARGEST_SEAL_BYTES:
        raise ContentInvalid("seal_image: expected at most 5 MB")
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
            if max(image.size) > _LARGEST_SEAL_SIDE:
                raise ContentInvalid(f"seal_image: expected at most {_LARGEST_SEAL_SIDE} pixels a side")
            printed = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        if isinstance(error, ContentInvalid):
            raise
        raise ContentInvalid("seal_image: expected a PNG or JPEG image") from error
    printed.thumbnail((_PRINTED_SEAL_SIDE, _PRINTED_SEAL_SIDE))
    out = BytesIO()
    printed.save(out, format="PNG")
    return OwnImage(out.getvalue(), "image/png")


def verification_code(url: str) -> OwnImage:
    """The address as a QR code, in vectors; ContentInvalid when it is too long for one."""
    out = BytesIO()
    try:
        code = segno.make(url, error="m", micro=False)
    except segno.DataOverflowError as error:
        raise ContentInvalid("verification_url: expected an address that fits into a QR code") from error
    code.save(out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False)
    return OwnImage(out.getvalue(), "image/svg+xml")

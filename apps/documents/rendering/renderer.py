"""Official documents as PDF in the format of GB/T 9704-2012.

``render_document`` is pure: the same kind and content give the same bytes. It reads the fonts in use and its own
templates and stylesheets, and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from . import images
from .content import DocumentContent
from .errors import RenderingRefused
from .fetcher import IMAGE_SCHEME, AllowListFetcher, OwnImage
from .fonts import DocumentFonts, configured_fonts
from .kinds import find_kind
from .markup import refused_markup
from .page import compose
from .templating import render_html

logger = logging.getLogger(__name__)

STYLESHEETS = Path(__file__).resolve().parents[3] / "static" / "documents"
# The standard lets the lines close up where the signature would else stand on a page of its own.
TIGHT = (STYLESHEETS / "letter_tight.css").read_text(encoding="utf-8")
SPILLED = 2
_lock = threading.RLock()  # Pango's font map is not safe to share between threads


@dataclass(frozen=True)
class RenderedPdf:
    """A finished document.

    ``sha256``: of the bytes, in hex. ``fonts_missing``: configured families that were found nowhere.
    ``characters_missing``: characters that no font could draw and that stand as boxes on the page.
    """

    pdf: bytes
    sha256: str
    pages: int
    fonts_missing: tuple[str, ...]
    characters_missing: tuple[str, ...] = ()


def render_document(kind: str, content: DocumentContent, *, watermark: str | None = None) -> RenderedPdf:
    """The document of this kind as PDF; ``watermark`` overrides the content's own.

    Raises ContentInvalid for an unknown kind or a seal that is no image, RenderingRefused when the page asked for
    anything outside the allow-list.
    """
    found = find_kind(kind)
    form = content.form or found.form
    page = compose(content, form, watermark or content.watermark)
    own = _own_images(content)
    page.values.update(kind=found, has_seal="seal" in own, has_code="code" in own)
    html = render_html(f"{found.code}.html", page.values)
    rendered = render_html_page(html, form=form, stylesheet=page.stylesheet, own_images=own)
    if form == "letter" and rendered.pages == SPILLED:
        tight = render_html_page(html, form=form, stylesheet=page.stylesheet + TIGHT, own_images=own)
        return tight if tight.pages < SPILLED else rendered
    return rendered


def render_html_page(
    html: str, *, form: str, stylesheet: str = "", own_images: Mapping[str, OwnImage] | None = None
) -> RenderedPdf:
    """A page of our own templates as PDF, whatever it says: anything outside the allow-list is RenderingRefused."""
    fonts = configured_fonts()
    fetcher = AllowListFetcher(images=own_images)
    with _lock:
        configuration, styles = _styles(fonts, form)
        document = HTML(string=html, base_url="document-page:/", url_fetcher=fetcher, media_type="print")
        if refused := refused_markup(document.etree_element, own_images or {}):
            raise RenderingRefused(refused)
        computed = CSS(string=stylesheet, url_fetcher=fetcher, font_config=configuration)
        try:
            laid_out = document.render(stylesheets=[*styles, computed], font_config=configuration)
            pdf = laid_out.write_pdf(pdf_tags=True)
        except FatalURLFetchingError as error:
            raise RenderingRefused(tuple(fetcher.refused) or (str(error),)) from None
    if fetcher.refused:
        raise RenderingRefused(tuple(fetcher.refused))
    undrawn = _undrawn_characters(laid_out)
    return RenderedPdf(pdf, hashlib.sha256(pdf).hexdigest(), len(laid_out.pages), fonts.missing, undrawn)


def _undrawn_characters(laid_out: Document) -> tuple[str, ...]:
    undrawn = tuple(sorted({chr(code) for font in laid_out.fonts.values() for code in font.missing}))
    if undrawn:
        logger.warning("文书中有字符在任何字体里都没有字形：%s", "、".join(f"U+{ord(char):04X}" for char in undrawn))
    return undrawn


def _own_images(content: DocumentContent) -> dict[str, OwnImage]:
    own: dict[str, OwnImage] = {}
    if content.seal_image is not None:
        own["seal"] = images.seal(content.seal_image)
    if content.verification_url:
        own["code"] = images.verification_code(content.verification_url)
    return own


@lru_cache(maxsize=16)
def _styles(fonts: DocumentFonts, form: str) -> tuple[FontConfiguration, tuple[CSS, ...]]:
    configuration, faces = _faces(fonts)
    sheets = [(STYLESHEETS / name).read_text(encoding="utf-8") for name in ("common.css", f"{form}.css")]
    fetcher = AllowListFetcher()
    return configuration, (
        faces,
        *(CSS(string=sheet, url_fetcher=fetcher, font_config=configuration) for sheet in sheets),
    )


@lru_cache(maxsize=4)
def _faces(fonts: DocumentFonts) -> tuple[FontConfiguration, CSS]:
    configuration = FontConfiguration()
    fetcher = AllowListFetcher(fonts=fonts.files())
    return configuration, CSS(string=fonts.stylesheet(), url_fetcher=fetcher, font_config=configuration)


def image_address(name: str) -> str:
    """The address under which a page of ours names an image of ours."""
    return f"{IMAGE_SCHEME}:{name}"

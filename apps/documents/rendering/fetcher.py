"""What the renderer may read: the fonts in use and the images it made itself. Nothing else, by any scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .fonts import FONT_SCHEME

IMAGE_SCHEME = "document-image"


@dataclass(frozen=True)
class OwnImage:
    """An image that the renderer made or re-encoded itself."""

    data: bytes
    content_type: str


class AllowListFetcher(URLFetcher):
    """Serves registered fonts and images by name and stops the rendering at any other address.

    The address refused is kept in ``refused``: the rendering engine swallows ordinary errors of a fetcher, and a
    page that silently lacks a part is worse than none.
    """

    def __init__(self, fonts: Mapping[str, Path] | None = None, images: Mapping[str, OwnImage] | None = None) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._fonts = dict(fonts or {})
        self._images = dict(images or {})
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The font or image registered under this address; any other stops the rendering."""
        scheme, _, name = url.partition(":")
        if scheme == FONT_SCHEME and name in self._fonts:
            return URLFetcherResponse(url, self._fonts[name].read_bytes(), {"Content-Type": "font/otf"})
        if scheme == IMAGE_SCHEME and name in self._images:
            image = self._images[name]
            return URLFetcherResponse(url, image.data, {"Content-Type": image.content_type})
        self.refused.append(url[:200])
        raise FatalURLFetchingError(f"refused: {url[:200]}")

"""Static files of front-end packages: of a large package only what pages load is collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder


class AssetFinder(FileSystemFinder):
    """As Django's finder of STATICFILES_DIRS; of a prefix named in STATICFILES_ONLY it collects the files named there."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for path, storage in super().list(ignore_patterns):
            wanted = settings.STATICFILES_ONLY.get(getattr(storage, "prefix", ""))
            if wanted is None or path in wanted:
                yield path, storage

"""The fonts of an official document: which family plays which role, and where its file is.

GB/T 9704-2012 asks for 小标宋, 仿宋, 黑体, 楷体 and 宋体. The defaults are fonts of the same class under an open
licence; a bureau that holds licences for others puts the files into ``settings.FONTS_DIR`` and names them first in
``settings.DOCUMENT_FONTS`` (role -> list of family, full or PostScript names). Noto Serif stands behind all of them
for the characters they lack.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont, TTLibError

logger = logging.getLogger(__name__)

ROLES = ("mark", "title", "body", "heading1", "heading2", "page_number")
BOLD_ROLES = ("mark", "title")
FALLBACK_FAMILIES = ("Noto Serif CJK SC", "Noto Serif SC", "serif")
DEFAULT_FONTS: dict[str, list[str]] = {
    "mark": ["FandolSong-Bold"],
    "title": ["FandolSong-Bold"],
    "body": ["FandolFang"],
    "heading1": ["FandolHei"],
    "heading2": ["FandolKai"],
    "page_number": ["FandolSong"],
}
FONT_SCHEME = "document-font"
_SUFFIXES = (".otf", ".ttf", ".ttc")
_BOLD_WEIGHT = 600
_MAC_BOLD = 1
_NAME_IDS = (1, 4, 6, 16)  # family, full, PostScript, typographic family


@dataclass(frozen=True)
class FontFile:
    """One font file of FONTS_DIR with every name it answers to, in lower case."""

    path: Path
    names: frozenset[str]
    bold: bool


@dataclass(frozen=True)
class RoleFont:
    """What a role is set in: its file if one was found, and the families that stand behind it."""

    role: str
    file: FontFile | None
    families: tuple[str, ...]

    @property
    def weight(self) -> str:
        return "bold" if self.role in BOLD_ROLES else "normal"


@dataclass(frozen=True)
class DocumentFonts:
    """The fonts chosen for every role, and the configured families that were found nowhere."""

    roles: tuple[RoleFont, ...]
    missing: tuple[str, ...]

    def stylesheet(self) -> str:
        """@font-face rules for the files found, and one class-free rule per role (``.font-body`` and so on)."""
        rules = [_font_face(font) for font in self.roles if font.file is not None]
        rules += [_role_rule(font) for font in self.roles]
        return "\n".join(rules)

    def body_lacks(self, characters: Iterable[str]) -> frozenset[str]:
        """Which of these characters the body's font file cannot draw; none if the body has no file of its own."""
        body = next((font.file for font in self.roles if font.role == "body"), None)
        if body is None:
            return frozenset()
        drawn = _drawn_characters(body.path)
        return frozenset(character for character in characters if ord(character) not in drawn)

    def files(self) -> dict[str, Path]:
        """Role -> path of the fonts in use: all that the renderer may read."""
        return {font.role: font.file.path for font in self.roles if font.file is not None}


def configured_fonts() -> DocumentFonts:
    """The fonts for the current settings; cached until the settings or the folder change."""
    folder = Path(getattr(settings, "FONTS_DIR", None) or Path(__file__).resolve().parents[3] / "var" / "fonts")
    wanted = {**DEFAULT_FONTS, **(getattr(settings, "DOCUMENT_FONTS", None) or {})}
    changed = folder.stat().st_mtime_ns if folder.is_dir() else 0
    return _choose(folder, changed, tuple((role, tuple(wanted[role])) for role in ROLES))


@lru_cache(maxsize=8)
def _choose(folder: Path, changed: int, wanted: tuple[tuple[str, tuple[str, ...]], ...]) -> DocumentFonts:
    available = _scan(folder)
    missing: list[str] = []
    roles: list[RoleFont] = []
    for role, families in wanted:
        found, absent = _first_found(role, families, available)
        missing += [family for family in absent if family not in missing]
        roles.append(RoleFont(role, found, (*families, *FALLBACK_FAMILIES)))
    if missing:
        logger.warning("文书字体缺失，改用后备字体：%s（目录 %s）", "、".join(missing), folder)
    return DocumentFonts(tuple(roles), tuple(missing))


def _first_found(
    role: str, families: tuple[str, ...], available: tuple[FontFile, ...]
) -> tuple[FontFile | None, list[str]]:
    absent: list[str] = []
    for family in families:
        matches = [file for file in available if family.lower() in file.names]
        if matches:
            bold = role in BOLD_ROLES
            return sorted(matches, key=lambda file: (file.bold != bold, file.path.name))[0], absent
        if family.lower() in _system_families():
            return None, absent
        absent.append(family)
    return None, absent


def _scan(folder: Path) -> tuple[FontFile, ...]:
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    return tuple(file for path in paths if (file := _read(path)) is not None)


def _read(path: Path) -> FontFile | None:
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            names = frozenset(record.toUnicode().lower() for record in font["name"].names if record.nameID in _NAME_IDS)
            bold = font["OS/2"].usWeightClass >= _BOLD_WEIGHT or bool(font["head"].macStyle & _MAC_BOLD)
            return FontFile(path, names, bold)
    except (TTLibError, OSError, KeyError, UnicodeDecodeError):
        logger.warning("字体文件无法读取：%s", path.name)
        return None


@lru_cache(maxsize=4)
def _drawn_characters(path: Path) -> frozenset[int]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=1)
def _system_families() -> frozenset[str]:
    command = shutil.which("fc-list")
    if command is None:
        return frozenset()
    listed = subprocess.run([command, ":", "family"], capture_output=True, text=True, check=False, timeout=20)
    return frozenset(name.strip().lower() for line in listed.stdout.splitlines() for name in line.split(","))


def _font_face(font: RoleFont) -> str:
    assert font.file is not None
    url = f"{FONT_SCHEME}:{font.role}"
    return f'@font-face {{ font-family: "official-{font.role}"; src: url("{url}"); font-weight: {font.weight}; }}'


def _role_rule(font: RoleFont) -> str:
    families = [f"official-{font.role}"] if font.file is not None else []
    families += [family for family in font.families if family != "serif"]
    listed = ", ".join(f'"{_css(family)}"' for family in families)
    return f":root {{ --{font.role.replace('_', '-')}: {listed}, serif; }}"


def _css(text: str) -> str:
    return "".join(f"\\{ord(character):x} " if character in '"\\\n<>{}' else character for character in text)

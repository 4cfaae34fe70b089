"""Chinese fonts for official documents, unpacked from Debian packages into `var/fonts`; needs no root.

Fandol gives 仿宋, 楷体, 黑体 and 宋体 (GPL with font exception); Noto Serif CJK stands behind them (OFL).
"""

import gzip
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.console import ROOT, SetupError, say, warn
from scripts.system_packages import (
    FONTS,
    NOTO_SERIF_FILES,
    apt_env,
    apt_install,
    can_install,
    has_noto_serif,
    install_command,
    missing,
)

FONTS_DIR = ROOT / "var" / "fonts"


@dataclass(frozen=True)
class FontPackage:
    """A Debian package, the font files wanted from it, and where its licence lies."""

    name: str
    files: tuple[str, ...]
    licence: str
    licence_as: str


FANDOL = FontPackage(
    name="texlive-lang-chinese",
    files=(
        "FandolFang-Regular.otf",
        "FandolHei-Bold.otf",
        "FandolHei-Regular.otf",
        "FandolKai-Regular.otf",
        "FandolSong-Bold.otf",
        "FandolSong-Regular.otf",
    ),
    licence="usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz",
    licence_as="COPYING-Fandol.txt",
)
NOTO_SERIF = FontPackage(
    name="fonts-noto-cjk",
    files=NOTO_SERIF_FILES,
    licence="usr/share/doc/fonts-noto-cjk/copyright",
    licence_as="COPYING-NotoSerifCJK.txt",
)


class FontsUnavailable(Exception):
    """A font package could not be fetched or unpacked; the message says why in one line."""


def missing_files(package: FontPackage, folder: Path = FONTS_DIR) -> list[str]:
    """The wanted font files that are absent or empty in the folder."""
    return [name for name in package.files if not (folder / name).is_file() or not (folder / name).stat().st_size]


def ensure() -> list[str]:
    """Have every font, from the system, from `var/fonts` or by download.

    Returns the files still missing; each is told in a warning, and the portal renders in what is there.
    """
    absent: list[str] = []
    if missing_files(FANDOL):
        say("正在下载公文字体（仿宋、楷体、黑体、宋体）")
        absent += _fetch(FANDOL)
    if not has_noto_serif():
        say("正在准备思源宋体（Noto Serif CJK）")
        absent += _noto()
    return absent


def _noto() -> list[str]:
    if can_install():
        try:
            apt_install(missing(FONTS))
        except SetupError as error:
            warn(str(error))
        if has_noto_serif():
            return []
    return _fetch(NOTO_SERIF)


def _fetch(package: FontPackage) -> list[str]:
    try:
        with tempfile.TemporaryDirectory(prefix="portal-fonts-") as work:
            unpack(package, download(package.name, Path(work)), FONTS_DIR)
    except FontsUnavailable as error:
        names = missing_files(package)
        by_hand = "联网后重新执行 make setup"
        if package is NOTO_SERIF:
            by_hand += f"，或执行：{install_command([package.name])}"
        warn(f"字体 {'、'.join(names)} 未就绪（{error}）；文书将以现有字体输出。{by_hand}")
        return names
    return []


def download(package: str, work: Path) -> Path:
    """Download one Debian package without root; fetches private package lists where the machine has none.

    Returns the path of the .deb. Raises FontsUnavailable.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise FontsUnavailable("本机没有 apt-get 与 dpkg-deb")
    if not _apt(["download", package], work):
        lists = _private_lists(work)
        if not _apt([*lists, "update"], work) or not _apt([*lists, "download", package], work):
            raise FontsUnavailable(f"无法下载 Debian 软件包 {package}，请检查网络")
    found = sorted(work.glob(f"{package}_*.deb"))
    if not found:
        raise FontsUnavailable(f"未找到下载的 Debian 软件包 {package}")
    return found[-1]


def _private_lists(work: Path) -> list[str]:
    for name in ("lists/partial", "archives/partial"):
        (work / name).mkdir(parents=True, exist_ok=True)
    return ["-o", f"Dir::State::Lists={work / 'lists'}", "-o", f"Dir::Cache={work}"]


def _apt(arguments: list[str], work: Path) -> bool:
    command = ["apt-get", "-q", *arguments]
    if os.geteuid() == 0:
        command[1:1] = ["-o", "APT::Sandbox::User=root"]
    return subprocess.run(command, cwd=work, env=apt_env(), capture_output=True, check=False).returncode == 0


def unpack(package: FontPackage, archive: Path, folder: Path) -> None:
    """Take the wanted fonts and their licence out of a .deb, each file replaced in one move.

    Raises FontsUnavailable when the archive is damaged or lacks a font.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tree = archive.parent / f"{package.name}.tree"
    done = subprocess.run(["dpkg-deb", "-x", str(archive), str(tree)], capture_output=True, check=False)
    if done.returncode:
        raise FontsUnavailable(f"无法解开 {archive.name}（请检查磁盘空间）")
    found = {path.name: path for path in tree.rglob("*") if path.name in package.files and path.is_file()}
    lacking = [name for name in package.files if name not in found]
    if lacking:
        raise FontsUnavailable(f"{archive.name} 中没有 {'、'.join(lacking)}")
    _place((tree / package.licence).read_bytes() if (tree / package.licence).is_file() else b"", package, folder)
    for name, path in found.items():
        part = folder / f".{name}.part"
        shutil.copyfile(path, part)
        part.replace(folder / name)


def _place(licence: bytes, package: FontPackage, folder: Path) -> None:
    if licence:
        text = gzip.decompress(licence) if package.licence.endswith(".gz") else licence
        (folder / package.licence_as).write_bytes(text)

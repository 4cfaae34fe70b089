"""Debian packages the portal stands on: found by what they provide, installed where root runs the set-up."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.console import ROOT, SetupError, run_logged, say

NOTO_SERIF_FILES = ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")
NOTO_FOLDERS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/local/share/fonts"), ROOT / "var" / "fonts")


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package and how to see, in microseconds, that what it provides is there."""

    name: str
    present: Callable[[], bool]


def has_library(soname: str) -> bool:
    """Whether the dynamic linker finds this shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_program(*names: str) -> bool:
    """Whether one of these programs is on the path."""
    return any(shutil.which(name) for name in names)


def has_noto_serif() -> bool:
    """Whether Noto Serif CJK, regular and bold, is installed or unpacked in the project's font folder."""
    return all(any((folder / name).is_file() for folder in NOTO_FOLDERS) for name in NOTO_SERIF_FILES)


RUNTIME = (
    SystemPackage("libpango-1.0-0", lambda: has_library("libpango-1.0.so.0")),
    SystemPackage("libpangoft2-1.0-0", lambda: has_library("libpangoft2-1.0.so.0")),
    SystemPackage("libharfbuzz-subset0", lambda: has_library("libharfbuzz-subset.so.0")),
)
FONTS = (SystemPackage("fonts-noto-cjk", has_noto_serif),)
TESTS = (
    SystemPackage("chromium", lambda: has_program("chromium", "chromium-browser", "google-chrome")),
    SystemPackage("poppler-utils", lambda: has_program("pdftoppm")),
)


def missing(packages: Iterable[SystemPackage]) -> list[str]:
    """Names of the packages whose contents are not there."""
    return [package.name for package in packages if not package.present()]


def install_command(names: Iterable[str], sudo: bool = True) -> str:
    """The one command that installs these packages by hand."""
    prefix = "sudo " if sudo else ""
    return f"{prefix}apt-get update && {prefix}apt-get install -y --no-install-recommends {' '.join(names)}"


def apt_env() -> dict[str, str]:
    """Environment in which apt asks no questions and speaks a language its log can be searched in."""
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def can_install() -> bool:
    """Whether this process may install Debian packages."""
    return os.geteuid() == 0 and has_program("apt-get")


def apt_install(names: list[str]) -> None:
    """Install packages as root; fetches the package lists first where they are missing or too old.

    Raises SetupError with the command to run by hand.
    """
    install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if _succeeds(install):
        return
    _succeeds(["apt-get", "update"])
    remedy = f"未能安装系统软件包，请检查网络后执行：{install_command(names, sudo=False)}"
    run_logged(install, "apt", remedy, env=apt_env())


def _succeeds(command: list[str]) -> bool:
    done = subprocess.run(command, env=apt_env(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def ensure(packages: Iterable[SystemPackage], purpose: str) -> None:
    """Have these packages, or end in one line that says how to get them.

    Raises SetupError where they are missing and this process may not install them.
    """
    packages = tuple(packages)
    names = missing(packages)
    if not names:
        return
    if not can_install():
        raise SetupError(f"缺少{purpose}：{'、'.join(names)}。请执行：{install_command(names)}")
    say(f"正在安装{purpose}：{' '.join(names)}")
    apt_install(names)
    still = missing(packages)
    if still:
        raise SetupError(f"安装后仍找不到{purpose}：{'、'.join(still)}。请执行：ldconfig && make doctor")

"""`make doctor`: says in one table what the portal finds on this machine, and the remedy for what it does not.

Usage: python -m scripts.doctor
"""

import sys

from scripts import fonts, system_packages
from scripts.console import NODE_MODULES, ROOT, VENV_PYTHON, say


def findings() -> list[tuple[str, bool, str]]:
    """What is looked at, whether it is there, and the remedy, in the order of set-up."""
    found = [
        ("Python 3.11 或更新版本", sys.version_info >= (3, 11), "安装 Python 3.11 后执行 make setup"),
        ("虚拟环境 .venv", VENV_PYTHON.is_file(), "make setup"),
        ("前端资源 node_modules", (NODE_MODULES / "bootstrap").is_dir(), "make setup"),
    ]
    groups = (system_packages.RUNTIME, system_packages.FONTS, system_packages.TESTS)
    for package in (package for group in groups for package in group):
        remedy = system_packages.install_command([package.name])
        found.append((f"系统软件包 {package.name}", package.present(), remedy))
    absent = fonts.missing_files(fonts.FANDOL)
    found.append(("公文字体 仿宋、楷体、黑体、宋体", not absent, "联网后执行 make setup"))
    found.append(("演示数据库", (ROOT / "var" / "portal.sqlite3").is_file(), "make setup"))
    return found


def main() -> None:
    """Print the table; exit status 1 where something is missing."""
    rows = findings()
    for what, present, remedy in rows:
        say(f"[有] {what}" if present else f"[缺] {what}    → {remedy}")
    raise SystemExit(0 if all(present for _, present, _ in rows) else 1)


if __name__ == "__main__":
    main()

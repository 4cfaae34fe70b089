"""`make setup`: from a bare Debian machine to a portal that can be served; a second run takes a second.

Usage: python -m scripts.setup [--dev] [--no-demo]
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from scripts import fonts, system_packages
from scripts.console import NODE_MODULES, ROOT, VENV, VENV_PYTHON, SetupError, run_logged, say, stop

MINIMUM_PYTHON = (3, 11)
REQUIREMENTS = ROOT / "requirements"
OFFLINE = "请检查网络后重新执行 make setup"


def main() -> None:
    """Run every step; the first that cannot go on ends in one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the checks and tests need")
    parser.add_argument("--no-demo", action="store_true", help="neither migrate nor load the demo data")
    options = parser.parse_args()
    try:
        check_python()
        system_packages.ensure(system_packages.RUNTIME, "PDF 排版所需的系统库")
        if options.dev:
            system_packages.ensure(system_packages.TESTS, "测试所需的程序")
        virtual_environment()
        python_packages("dev" if options.dev else "base")
        front_end_assets()
        fonts.ensure()
        if not options.no_demo:
            database()
    except SetupError as error:
        stop(error)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def check_python() -> None:
    """Raises SetupError under a Python older than the portal's minimum."""
    if sys.version_info < MINIMUM_PYTHON:
        wanted = ".".join(map(str, MINIMUM_PYTHON))
        found = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(f"需要 Python {wanted} 或更新版本，现为 {found}。请执行：make setup PYTHON=python{wanted}")


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """SHA-256 over names and contents of the files and further words: a step whose inputs did not change is done."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    for word in more:
        digest.update(f"\0{word}".encode())
    return digest.hexdigest()


def is_done(stamp: Path, mark: str) -> bool:
    """Whether the step that left this stamp ran on the same inputs."""
    return stamp.is_file() and stamp.read_text(encoding="ascii") == mark


def set_done(stamp: Path, mark: str) -> None:
    """Leave the stamp of a finished step."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark, encoding="ascii")


def virtual_environment() -> None:
    """Have a working `.venv`. Raises SetupError where the machine's Python cannot make one."""
    if _runs(VENV_PYTHON, "import pip"):
        return
    if VENV.exists():
        say("正在重建 .venv（原有环境已不可用）")
    else:
        say("正在创建虚拟环境 .venv")
    if not _runs(Path(sys.executable), "import ensurepip, venv"):
        if not system_packages.can_install():
            command = system_packages.install_command(["python3-venv"])
            raise SetupError(f"本机 Python 缺少 venv 模块。请执行：{command}")
        system_packages.apt_install(["python3-venv"])
    run_logged([sys.executable, "-m", "venv", "--clear", VENV], "venv", "未能创建 .venv，请删除 .venv 后重试")


def _runs(python: Path, code: str) -> bool:
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def python_packages(kind: str) -> None:
    """Install the locked packages, `base` or `dev` (which holds base), each checked against its hash."""
    marks = {name: fingerprint([REQUIREMENTS / f"{name}.txt"]) for name in ("base", "dev")}
    enough = {"base": ("base", "dev"), "dev": ("dev",)}[kind]
    if any(is_done(VENV / f".lock-{name}", marks[name]) for name in enough):
        return
    say("正在安装 Python 依赖（首次约需一分钟）")
    lock = REQUIREMENTS / f"{kind}.txt"
    command: list[str | Path] = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    run_logged([*command, "--require-hashes", "-r", lock], "pip", f"未能安装 Python 依赖，{OFFLINE}")
    for stamp in VENV.glob(".lock-*"):
        stamp.unlink()
    set_done(VENV / f".lock-{kind}", marks[kind])


def front_end_assets() -> None:
    """Install the locked front-end packages into node_modules, with an npm of the virtual environment if need be."""
    stamp = NODE_MODULES / ".lock"
    mark = fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])
    if is_done(stamp, mark):
        return
    say("正在安装前端资源")
    npm = shutil.which("npm") or _npm_of_the_virtual_environment()
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    run_logged([npm, "ci", "--no-audit", "--no-fund"], "npm", f"未能安装前端资源，{OFFLINE}", env=env)
    set_done(stamp, mark)


def _npm_of_the_virtual_environment() -> str:
    npm = VENV / "bin" / "npm"
    if not npm.exists():
        command: list[str | Path] = [
            VENV_PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        run_logged([*command, "-r", REQUIREMENTS / "node.txt"], "node", f"未能安装 npm，{OFFLINE}")
    return str(npm)


def database() -> None:
    """Bring the database to the code's schema and load the demo data once."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var")
    embedded = not os.environ.get("DATABASE_URL")
    schema, demo = data / "stamps" / "schema", data / "stamps" / "demo"
    if embedded and not (data / "portal.sqlite3").is_file():
        for stamp in (schema, demo):
            stamp.unlink(missing_ok=True)
    migrations = [path for path in ROOT.glob("apps/*/migrations/*.py") if path.is_file()]
    mark = fingerprint([*migrations, REQUIREMENTS / "base.txt"], "schema")
    # Another server's schema cannot be known from here, so only the embedded database is left alone.
    if not (embedded and is_done(schema, mark)):
        say("正在准备数据库")
        run_logged([VENV_PYTHON, "manage.py", "migrate", "--noinput"], "migrate", "数据库迁移失败，请执行 make doctor")
        set_done(schema, mark)
    where = fingerprint([], os.environ.get("DATABASE_URL", "embedded"))
    if not is_done(demo, where):
        say("正在生成演示数据")
        run_logged([VENV_PYTHON, "manage.py", "demo"], "demo", "未能生成演示数据，可执行 make clean 后重试")
        set_done(demo, where)


if __name__ == "__main__":
    main()

"""`make lock`: write the locked requirements (hashes, every platform, no host) and the front-end lock anew.

Usage: python -m scripts.lock
"""

import shutil

from scripts.console import ROOT, VENV, VENV_PYTHON, SetupError, run_logged, stop

COMPILE = (
    "uv",
    "pip",
    "compile",
    "--universal",
    "--python-version",
    "3.11",
    "--upgrade",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
)
REMEDY = "未能更新依赖锁定文件，请检查网络后重新执行 make lock"


def main() -> None:
    """Lock base first, so that the development lock holds the very same versions."""
    try:
        for name, constraint in (("base", None), ("dev", "requirements/base.txt"), ("node", None)):
            command = [str(VENV_PYTHON), "-m", *COMPILE, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
            run_logged([*command, *(["-c", constraint] if constraint else [])], f"lock-{name}", REMEDY)
        npm = shutil.which("npm") or str(VENV / "bin" / "npm")
        run_logged([npm, "update", "--package-lock-only"], "lock-npm", REMEDY, cwd=ROOT)
    except SetupError as error:
        stop(error)


if __name__ == "__main__":
    main()

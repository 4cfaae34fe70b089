"""What the set-up prints: short lines, and one line with the remedy where something is wrong."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
LOGS = ROOT / "var" / "log"


class SetupError(Exception):
    """A step cannot go on; the message is one line that names the remedy."""


def say(line: str) -> None:
    """Print a line at once, whatever the terminal's encoding can show of it."""
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)


def warn(line: str) -> None:
    """Print a line on stderr that does not stop the work."""
    encoding = sys.stderr.encoding or "utf-8"
    print(f"注意：{line}".encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)


def stop(error: SetupError) -> NoReturn:
    """End the program with status 1 and the error's one line on stderr."""
    line = f"错误：{' '.join(str(error).split())}"
    encoding = sys.stderr.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)
    raise SystemExit(1)


def run_logged(
    command: Sequence[str | Path], log: str, remedy: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> None:
    """Run a command with its output in `var/log/<log>.log`.

    Raises SetupError with `remedy`, the output's last line and the log's path when the command fails.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("wb") as output:
        try:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=cwd,
                env=dict(env) if env is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except OSError as error:
            raise SetupError(f"{remedy}（{command[0]}：{error.strerror}）") from error
    if done.returncode:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"退出码 {done.returncode}")
        raise SetupError(f"{remedy}（{last[:300]}；全文见 {path.relative_to(ROOT)}）")

"""Health checks of the production containers; exit status 0 where the process does its work.

Usage: python -m scripts.health web|worker|beat
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

# Beat writes its schedule at least every three minutes; two writes missed mean that it hangs.
BEAT_SILENCE_SECONDS = 420


def main() -> None:
    """Run the check named on the command line."""
    checks = {"web": web, "worker": worker, "beat": beat}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        raise SystemExit(f"usage: python -m scripts.health {'|'.join(checks)}")
    raise SystemExit(0 if checks[sys.argv[1]]() else 1)


def web(port: int = 8000) -> bool:
    """Whether the public home page, which reads the database, answers."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", headers={"Host": host or "localhost", "X-Forwarded-Proto": "https"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=8).close()
    except OSError:
        return False
    return True


def worker() -> bool:
    """Whether this container's worker answers a ping through the broker."""
    name = f"celery@{socket.gethostname()}"
    command = [sys.executable, "-m", "celery", "--app", "config", "inspect", "ping", "-d", name, "--timeout", "10"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def beat(now: float | None = None) -> bool:
    """Whether beat wrote its schedule lately."""
    # The kind of database that keeps the schedule, and with it the suffix, is the Python build's choice.
    written = [path.stat().st_mtime for path in Path(os.environ.get("DATA_DIR", "var")).glob("celerybeat-schedule*")]
    return bool(written) and (time.time() if now is None else now) - max(written) < BEAT_SILENCE_SECONDS


if __name__ == "__main__":
    main()

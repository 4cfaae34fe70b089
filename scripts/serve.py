"""`make run`: the portal and its background jobs in one terminal, ended together.

Usage: python -m scripts.serve [--port 8000]
"""

import argparse
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from scripts.console import LOGS, ROOT, SetupError, say, stop

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 15


class Ended(Exception):
    """The operator asked the portal to end."""


def main() -> None:
    """Serve until Ctrl-C, SIGTERM or the end of one of the two processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default="8000")
    options = parser.parse_args()
    try:
        port = port_number(options.port)
        require_free(port)
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGINT, _end)
        serve(port)
    except Ended:
        say("门户已停止。")
    except SetupError as error:
        stop(error)


def port_number(text: str) -> int:
    """The TCP port this text names. Raises SetupError for anything that is none."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise SetupError(f"端口“{text[:20]}”无效：应为 1 至 65535 的整数，例如 make run PORT=8123")
    return int(text)


def require_free(port: int) -> None:
    """Raises SetupError where the portal could not listen on this port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            another = port + 1 if port < 65535 else 8123
            reason = "已被占用" if error.errno == errno.EADDRINUSE else f"不可使用（{error.strerror}）"
            raise SetupError(f"端口 {port} {reason}。请换一个端口：make run PORT={another}") from error


def serve(port: int) -> None:
    """Start web and worker, print where and as whom to sign in, and watch both.

    Raises SetupError when one of them ends by itself, Ended on the operator's signal.
    """
    environment = {**os.environ, "PUBLIC_BASE_URL": os.environ.get("PUBLIC_BASE_URL", f"http://{HOST}:{port}")}
    LOGS.mkdir(parents=True, exist_ok=True)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands(port).items():
            with (LOGS / f"{name}.log").open("ab") as log:
                children[name] = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        wait_until_answers(port, children)
        announce(port, environment)
        while True:
            require_alive(children)
            time.sleep(0.5)
    finally:
        end_all(children)


def commands(port: int) -> dict[str, list[str]]:
    """The command line of each process, by the name of its log."""
    python = sys.executable
    threads = os.environ.get("WEB_THREADS", "4")
    return {
        "web": [
            python,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            "--bind",
            f"{HOST}:{port}",
            "--workers",
            "1",
            "--worker-class",
            "gthread",
            "--threads",
            threads,
            "--timeout",
            "120",
            "--access-logfile",
            "-",
            "--worker-tmp-dir",
            "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp",
        ],
        "worker": [
            python,
            "-m",
            "celery",
            "--app",
            "config",
            "worker",
            "--beat",
            "--concurrency",
            "1",
            "--loglevel",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        ],
    }


def wait_until_answers(port: int, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Return when the portal answers a request. Raises SetupError when it does not within a minute."""
    deadline = time.monotonic() + START_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        require_alive(children)
        try:
            opener.open(f"http://{HOST}:{port}/", timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            raise SetupError(f"门户已启动但首页返回 {error.code}，详见 var/log/web.log") from error
        except OSError:
            time.sleep(0.2)
    raise SetupError(f"门户在 {START_SECONDS} 秒内没有应答，详见 var/log/web.log")


def require_alive(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raises SetupError when one of the processes has ended."""
    for name, child in children.items():
        if child.poll() is not None:
            raise SetupError(f"进程 {name} 已退出（退出码 {child.returncode}），详见 var/log/{name}.log")


def announce(port: int, environment: dict[str, str]) -> None:
    """Print the address, the demo sign-in names and their shared password."""
    accounts = subprocess.run(
        [sys.executable, "manage.py", "demo", "--print-accounts"],
        cwd=ROOT,
        env={**environment, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        check=False,
    )
    if accounts.returncode == 0:
        say(accounts.stdout.decode("utf-8", "replace").rstrip())
    say(f"门户地址：http://{HOST}:{port}/    （按 Ctrl-C 停止；日志在 var/log/）")


def end_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """End every process and what it started; those that do not go in time are killed.

    The polite signal goes to the process alone: a worker lets the job in hand finish before it ends its children.
    """
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
    for child in children.values():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _end(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Ended


if __name__ == "__main__":
    main()

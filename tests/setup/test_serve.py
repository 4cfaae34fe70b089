"""Starting the portal: the port, the two processes, and their common end."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from scripts import serve
from scripts.console import SetupError


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("8000", 8000), ("65535", 65535)])
def test_port_number_in_range_is_taken(text, port):
    assert serve.port_number(text) == port


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80.5", "abc", "八千", "８０００", "99999999999999999999"])
def test_port_number_out_of_range_is_refused_in_one_line(text):
    with pytest.raises(SetupError) as refused:
        serve.port_number(text)
    assert "应为 1 至 65535 的整数" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_free_port_passes():
    serve.require_free(free_port())


def test_a_taken_port_is_refused_with_the_command_for_another(taken_port):
    with pytest.raises(SetupError) as refused:
        serve.require_free(taken_port)
    assert str(refused.value) == f"端口 {taken_port} 已被占用。请换一个端口：make run PORT={taken_port + 1}"


def test_the_command_on_a_taken_port_prints_one_line_and_no_traceback(taken_port):
    done = subprocess.run(
        [sys.executable, "-m", "scripts.serve", "--port", str(taken_port)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"错误：端口 {taken_port} 已被占用。请换一个端口：make run PORT={taken_port + 1}"
    ]


def test_a_terminal_that_cannot_show_chinese_still_gets_its_line(taken_port):
    done = subprocess.run(
        [sys.executable, "-m", "scripts.serve", "--port", str(taken_port)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        check=False,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert f"make run PORT={taken_port + 1}".encode() in done.stderr


def process(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)


def test_a_process_that_ended_is_told_by_name_and_log():
    child = process("raise SystemExit(3)")
    child.communicate()
    with pytest.raises(SetupError, match=r"进程 worker 已退出（退出码 3），详见 var/log/worker\.log"):
        serve.require_alive({"worker": child})


def test_a_portal_that_dies_at_start_is_not_waited_for():
    child = process("raise SystemExit(1)")
    child.communicate()
    started = time.monotonic()
    with pytest.raises(SetupError, match="进程 web 已退出"):
        serve.wait_until_answers(free_port(), {"web": child})
    assert time.monotonic() - started < 5


def test_ending_takes_the_children_of_the_children_along():
    parent = process(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    assert parent.stdout is not None
    grandchild = int(parent.stdout.readline())
    serve.end_all({"web": parent})
    parent.stdout.close()
    assert parent.returncode == -signal.SIGTERM
    assert not is_running(grandchild)


def test_a_process_that_ignores_the_polite_signal_is_killed(monkeypatch):
    monkeypatch.setattr(serve, "STOP_SECONDS", 0.3)
    child = process(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    assert child.stdout is not None
    child.stdout.readline()
    serve.end_all({"worker": child})
    child.stdout.close()
    assert child.returncode == -signal.SIGKILL


def is_running(pid: int) -> bool:
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                if stat.read().rsplit(") ", 1)[1][0] == "Z":
                    return False
        except FileNotFoundError:
            return False
        time.sleep(0.05)
    return True


def test_web_and_worker_run_on_the_interpreter_of_the_set_up():
    commands = serve.commands(8123)
    assert list(commands) == ["web", "worker"]
    assert commands["web"][:4] == [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
    assert commands["web"][commands["web"].index("--bind") + 1] == "127.0.0.1:8123"
    assert commands["worker"][:6] == [sys.executable, "-m", "celery", "--app", "config", "worker"]
    assert "--beat" in commands["worker"]

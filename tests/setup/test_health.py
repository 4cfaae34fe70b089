"""Health checks of the production containers, each with a healthy and a sick process."""

import http.server
import os
import subprocess
import threading
from collections.abc import Iterator

import pytest

from scripts import health


class Portal(http.server.BaseHTTPRequestHandler):
    """Answers as the portal behind its proxy: other hosts and plain requests are turned away."""

    def do_GET(self) -> None:
        trusted = (self.headers["Host"], self.headers["X-Forwarded-Proto"]) == ("bases.example.org", "https")
        self.send_response(200 if trusted and self.path == "/" else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def portal() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_web_that_answers_its_host_over_the_proxy_is_healthy(portal, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "bases.example.org,other.example.org")
    assert health.web(portal) is True


def test_web_that_refuses_is_sick(portal, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "other.example.org")
    assert health.web(portal) is False


def test_web_that_does_not_listen_is_sick(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "bases.example.org")
    assert health.web(1) is False


@pytest.mark.parametrize("suffix", ["", ".db"])
@pytest.mark.parametrize(("age", "healthy"), [(0, True), (419, True), (420, False)])
def test_beat_is_healthy_while_it_writes_its_schedule(tmp_path, monkeypatch, age, healthy, suffix):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    schedule = tmp_path / f"celerybeat-schedule{suffix}"
    schedule.write_bytes(b"")
    os.utime(schedule, (1_000_000, 1_000_000))
    assert health.beat(now=1_000_000 + age) is healthy


def test_beat_that_never_wrote_is_sick(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert health.beat() is False


@pytest.mark.parametrize(("status", "healthy"), [(0, True), (69, False)])
def test_worker_is_healthy_when_it_answers_the_ping(monkeypatch, status, healthy):
    monkeypatch.setattr(health.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, status))
    assert health.worker() is healthy


@pytest.mark.parametrize("arguments", [["health"], ["health", "database"], ["health", "web", "beat"]])
def test_an_unknown_check_is_refused(monkeypatch, arguments):
    monkeypatch.setattr(health.sys, "argv", arguments)
    with pytest.raises(SystemExit, match=r"usage: python -m scripts\.health web\|worker\|beat"):
        health.main()

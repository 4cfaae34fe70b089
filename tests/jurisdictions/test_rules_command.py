"""`manage.py rules` as a process: exit status, one line on stderr, nothing else printed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from apps.jurisdictions.management.commands import rules

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "manage.py", "rules", *arguments]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, check=False)


def test_answer_exits_zero_also_when_ineligible() -> None:
    done = manage("evaluate", "zibo", "-", "--on", "2026-03-02", "--json", stdin=b'{"annual_trainees": 499}')
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["outcome"] == "ineligible"


def test_bad_input_exits_two_with_one_line() -> None:
    done = manage("evaluate", "zibo", "-", "--json", stdin=b'{"annual_trainees": NaN}')
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "rules: annual_trainees：应为0至9007199254740991的整数\n"


def test_bad_command_line_exits_two_with_one_line() -> None:
    done = manage("show")
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("instant", "expected"),
    [("2026-03-01T15:59:59+00:00", date(2026, 3, 1)), ("2026-03-01T16:00:00+00:00", date(2026, 3, 2))],
)
def test_today_is_the_day_in_shanghai(instant: str, expected: date) -> None:
    with time_machine.travel(instant, tick=False):
        assert rules.today() == expected


def test_call_command_prints_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rules", "class-deadline", "zibo", "--start", "2026-10-09", "--json")
    assert json.loads(capsys.readouterr().out) == {"latest_filing": None}


def test_call_command_exits_two_for_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("rules", "show", "mars")
    assert caught.value.code == 2
    assert "mars" in capsys.readouterr().err

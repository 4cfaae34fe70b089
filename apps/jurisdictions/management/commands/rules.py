"""`manage.py rules`: the rulebooks from the command line. It reads the clock; the rulebooks do not."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandParser

from apps.jurisdictions.rulebooks import cli


def today() -> date:
    """Return the date in Asia/Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


class Command(BaseCommand):
    """Hand the arguments over to the pure command and keep to its exit status: 0, or 2 for bad input."""

    help = "五部管理办法的规则：list、show、evaluate、deadlines、class-deadline、publicity、tranches"
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line; the pure command parses the arguments so that an error is one line."""
        sys.exit(self.answer(argv[2:]))

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the arguments of call_command as they are."""
        parser.add_argument("arguments", nargs=argparse.REMAINDER)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run from call_command."""
        status = self.answer(options["arguments"])
        if status:
            sys.exit(status)

    def answer(self, arguments: list[str]) -> int:
        """Print the answer and return the exit status."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8")
        try:
            status = cli.main(arguments, today=today, stdin=sys.stdin.buffer, stdout=sys.stdout, stderr=sys.stderr)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return status

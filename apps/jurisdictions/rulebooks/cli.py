"""The rules command: reads its arguments and its JSON, asks the rulebooks, prints JSON or a Chinese table."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TextIO

from . import json_input, presentation, registry
from .errors import CalendarDataMissing, InputError, RulesError, printable
from .facts import parse_date
from .rulebook import Rulebook

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_LINE = 400


@dataclass(frozen=True)
class Answer:
    """What a command answers: `data` for --json, `lines` for people."""

    data: Any
    lines: list[str]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError("命令行", printable(message, _LINE))


def main(
    arguments: Sequence[str], *, today: Callable[[], date], stdin: BinaryIO, stdout: TextIO, stderr: TextIO
) -> int:
    """Run one command and return its exit status: 0 for any answer, 2 with one line on `stderr` for bad input."""
    try:
        given = _parser().parse_args(list(arguments))
        answer: Answer = given.answer(given, today, stdin)
        if given.json:
            text = json.dumps(answer.data, ensure_ascii=False, indent=2, allow_nan=False)
        else:
            text = "\n".join(answer.lines)
    except RulesError as error:
        stderr.write(f"rules: {printable(str(error), _LINE)}\n")
        return 2
    stdout.write(f"{text}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="manage.py rules", description="五部管理办法的规则", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, answer: Callable[..., Answer], text: str, *, jurisdiction: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        if jurisdiction:
            added.add_argument("jurisdiction", metavar="JURISDICTION")
        added.add_argument("--json", action="store_true", help="输出JSON")
        added.add_argument("--settings", help=argparse.SUPPRESS)
        added.add_argument("--pythonpath", help=argparse.SUPPRESS)
        added.set_defaults(answer=answer)
        return added

    on = "规则适用的日期，默认为今天"
    command("list", _list, "列出各部办法及其效力", jurisdiction=False).add_argument("--on", metavar="DATE", help=on)
    command("show", _show, "逐条显示一部办法").add_argument("--on", metavar="DATE", help=on)
    evaluate = command("evaluate", _evaluate, "按条件评估申报单位")
    evaluate.add_argument("facts", metavar="FACTS.json|-")
    evaluate.add_argument("--on", metavar="DATE", help=on)
    command("deadlines", _deadlines, "年度计划的期限").add_argument("--year", metavar="YEAR", required=True)
    command("class-deadline", _class_deadline, "开班前备案的期限").add_argument(
        "--start", metavar="DATE", required=True
    )
    publicity = command("publicity", _publicity, "公示的期限")
    publicity.add_argument("--start", metavar="DATE", required=True)
    publicity.add_argument("--days", metavar="N")
    command("tranches", _tranches, "经费的分期拨付").add_argument("budget", metavar="BUDGET.json|-")
    return parser


def _list(given: argparse.Namespace, today: Callable[[], date], _: BinaryIO) -> Answer:
    on = _on(given, today)
    rulebooks = [registry.rulebook(jurisdiction, on) for jurisdiction in registry.jurisdictions()]
    return Answer([entry(rulebook, on) for rulebook in rulebooks], presentation.list_lines(rulebooks, on))


def entry(rulebook: Rulebook, on: date) -> dict[str, Any]:
    """Describe a rulebook as a list of them does: what it is, and where its text stands on a day."""
    described = rulebook.as_dict(on)
    keys = ("jurisdiction", "name", "level", "key", "title", "document", "authority", "status", "on", "in_force")
    return {key: described[key] for key in (*keys, "term_note")}


def _show(given: argparse.Namespace, today: Callable[[], date], _: BinaryIO) -> Answer:
    on = _on(given, today)
    rulebook = registry.rulebook(given.jurisdiction, on)
    return Answer(rulebook.as_dict(on), presentation.show_lines(rulebook, on))


def _evaluate(given: argparse.Namespace, today: Callable[[], date], stdin: BinaryIO) -> Answer:
    on = _on(given, today)
    rulebook = registry.rulebook(given.jurisdiction, on)
    facts = _json(given.facts, stdin, "FACTS")
    several = isinstance(facts, list)
    evaluations = list(registry.evaluate_many(rulebook, facts, on)) if several else [rulebook.evaluate(facts, on)]
    data = [evaluation.as_dict() for evaluation in evaluations]
    lines = [line for evaluation in evaluations for line in presentation.evaluation_lines(rulebook, evaluation)]
    return Answer(data if several else data[0], lines)


def _deadlines(given: argparse.Namespace, today: Callable[[], date], _: BinaryIO) -> Answer:
    year = _whole("--year", given.year)
    if not date.min.year <= year <= date.max.year:
        raise InputError("--year", "应为年份，写作YYYY")
    rulebook = registry.rulebook(given.jurisdiction, date(year, 12, 31))
    with _calendar_of("--year"):
        deadlines = rulebook.deadlines(year)
    data = {"jurisdiction": rulebook.jurisdiction, "year": year, "deadlines": deadlines}
    return Answer(data, presentation.deadline_lines(deadlines))


def _class_deadline(given: argparse.Namespace, today: Callable[[], date], _: BinaryIO) -> Answer:
    start = parse_date("--start", given.start)
    rulebook = registry.rulebook(given.jurisdiction, start)
    with _calendar_of("--start"):
        answer = rulebook.class_deadline(start)
    return Answer(answer, presentation.class_deadline_lines(rulebook, answer))


def _publicity(given: argparse.Namespace, today: Callable[[], date], _: BinaryIO) -> Answer:
    start = parse_date("--start", given.start)
    days = None if given.days is None else _whole("--days", given.days)
    rulebook = registry.rulebook(given.jurisdiction, start)
    with _calendar_of("--start"):
        answer = rulebook.publicity(start, days)
    return Answer(answer, presentation.publicity_lines(rulebook, answer))


def _tranches(given: argparse.Namespace, today: Callable[[], date], stdin: BinaryIO) -> Answer:
    rulebook = registry.rulebook(given.jurisdiction, today())
    answer = rulebook.tranches(_json(given.budget, stdin, "BUDGET"))
    return Answer(answer, presentation.tranche_lines(rulebook, answer))


@contextmanager
def _calendar_of(name: str) -> Iterator[None]:
    """Name the argument whose date the calendar has no data for."""
    try:
        yield
    except CalendarDataMissing as error:
        raise InputError(name, error.expected) from None


def _on(given: argparse.Namespace, today: Callable[[], date]) -> date:
    return today() if given.on is None else parse_date("--on", given.on)


def _whole(name: str, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise InputError(name, "应为整数")
    return int(text)


def _json(source: str, stdin: BinaryIO, name: str) -> Any:
    if source == "-":
        return json_input.load(stdin.read(), name)
    try:
        content = Path(source).read_bytes()
    except (OSError, ValueError):
        raise InputError(name, f"应为可以读取的文件或“-”，无法读取{printable(source)}") from None
    return json_input.load(content, name)

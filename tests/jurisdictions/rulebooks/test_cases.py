"""The cases a legal officer reads and signs (cases/*.yaml), each played against its rulebook."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.jurisdictions.rulebooks import presentation, registry
from apps.jurisdictions.rulebooks.citations import cite

SHEETS = [
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("cases/*.yaml"))
]


def _each(section: str) -> list[Any]:
    return list(_params(section))


def _params(section: str) -> Iterator[Any]:
    for sheet in SHEETS:
        for number, case in enumerate(sheet.get(section, [])):
            name = case.get("name") or case.get("day") or case.get("start") or case.get("year")
            yield pytest.param(sheet, case, id=f"{sheet['rulebook']}-{section}-{number}-{name}")


def _facts(sheet: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    facts = copy.deepcopy(sheet["qualified"]["facts"]) | case.get("change", {})
    for key in case.get("omit", []):
        facts.pop(key, None)
    return facts


def _evaluate(sheet: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    assumed = case.get("assume_in_force", sheet.get("assume_in_force", False))
    rulebook = registry.by_key(sheet["rulebook"])
    return rulebook.evaluate(_facts(sheet, case), case.get("day", sheet["day"]), assume_in_force=assumed).as_dict()


def test_every_rulebook_has_its_sheet() -> None:
    assert {sheet["rulebook"] for sheet in SHEETS} == {rulebook.key for rulebook in registry.all()}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet["rulebook"])
def test_qualified_applicant_gets_every_finding_as_signed(sheet: dict[str, Any]) -> None:
    answer = _evaluate(sheet, {})
    found = {finding.pop("code"): finding for finding in answer["findings"]}
    messages = {code: finding.pop("message") for code, finding in found.items()}
    signed = sheet["qualified"]
    assert list(found) == list(signed["findings"])
    assert found == signed["findings"]
    assert answer["outcome"] == signed["outcome"]
    assert {one["code"]: {"article": one["article"], "met": one["met"]} for one in answer["preferences"]} == signed[
        "preferences"
    ]
    assert answer["direct_application"] is signed["direct_application"]
    for code, message in messages.items():
        assert cite(signed["findings"][code]["articles"][0]) in message, code


@pytest.mark.parametrize(("sheet", "case"), _each("cases"))
def test_case(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    answer = _evaluate(sheet, case)
    signed = sheet["qualified"]
    expected = {code: finding["result"] for code, finding in signed["findings"].items()} | case.get("findings", {})
    for code in case.get("absent", []):
        del expected[code]
    assert {finding["code"]: finding["result"] for finding in answer["findings"]} == expected
    assert answer["outcome"] == case["outcome"]
    preferences = {code: one["met"] for code, one in signed["preferences"].items()}
    assert {one["code"]: one["met"] for one in answer["preferences"]} == case.get("preferences", preferences)
    assert answer["direct_application"] is case.get("direct_application", False)
    for finding in answer["findings"]:
        assert finding["articles"] == signed["findings"][finding["code"]]["articles"]
        assert finding["required"] == signed["findings"][finding["code"]]["required"]
        assert cite(finding["articles"][0]) in finding["message"]
        assert finding["message"].endswith("。")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet["rulebook"])
def test_nothing_known_leaves_every_required_condition_open(sheet: dict[str, Any]) -> None:
    answer = registry.by_key(sheet["rulebook"]).evaluate({}, sheet["day"], assume_in_force=True).as_dict()
    signed = sheet["qualified"]["findings"]
    assert {finding["code"]: finding["required"] for finding in answer["findings"]} == {
        code: finding["required"] for code, finding in signed.items()
    }
    assert {finding["result"] for finding in answer["findings"]} == {"unknown"}
    assert answer["outcome"] == "incomplete"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet["rulebook"])
def test_rulebook_reads_as_signed(sheet: dict[str, Any]) -> None:
    rulebook = registry.by_key(sheet["rulebook"])
    signed = (Path(__file__).parent / "cases" / f"{rulebook.key}.show.txt").read_text(encoding="utf-8")
    assert "\n".join(presentation.show_lines(rulebook, sheet["day"])) + "\n" == signed


@pytest.mark.parametrize(("sheet", "case"), _each("status"))
def test_status_on_a_boundary_day(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    assert registry.by_key(sheet["rulebook"]).status(case["day"]) == case["status"]


@pytest.mark.parametrize(("sheet", "case"), _each("deadlines"))
def test_deadlines_of_a_year(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    assert registry.by_key(sheet["rulebook"]).deadlines(case["year"]) == case["deadlines"]


@pytest.mark.parametrize(("sheet", "case"), _each("class_deadlines"))
def test_class_deadline(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    assert registry.by_key(sheet["rulebook"]).class_deadline(case["start"]) == case["answer"]


@pytest.mark.parametrize(("sheet", "case"), _each("publicity"))
def test_publicity(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    assert registry.by_key(sheet["rulebook"]).publicity(case["start"], case.get("days")) == case["answer"]


@pytest.mark.parametrize(("sheet", "case"), _each("tranches"))
def test_tranches(sheet: dict[str, Any], case: dict[str, Any]) -> None:
    answer = registry.by_key(sheet["rulebook"]).tranches(case["budget"])
    for line in answer["rejected"]:
        assert cite(line["article"]) in line["message"]
    answer["rejected"] = [{"item": line["item"], "article": line["article"]} for line in answer["rejected"]]
    assert answer == case["answer"]
    for line in answer["lines"]:
        assert sum(part["amount_fen"] for part in line["tranches"]) == line["amount_fen"]


def test_dates_in_the_sheets_are_dates() -> None:
    assert all(isinstance(sheet["day"], date) for sheet in SHEETS)

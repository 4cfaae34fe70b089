"""The registry, the article notation, and the purity of the rules layer."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from apps.jurisdictions import rulebooks
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.citations import chinese_number, cite, cite_all, number_of
from apps.jurisdictions.rulebooks.errors import InputError, RulesError, UnknownJurisdiction, UnknownRulebook, printable

MODULES = sorted(Path(rulebooks.__file__).parent.glob("*.py"))
FORBIDDEN = {"django", "rest_framework", "celery", "sqlite3", "psycopg2", "time", "zoneinfo", "random", "os"}


def test_jurisdictions_in_their_fixed_order() -> None:
    assert registry.jurisdictions() == ("national", "shanghai", "sichuan", "weihai", "zibo")


def test_all_rulebooks() -> None:
    keys = ["national_2013", "shanghai_2020", "sichuan_draft", "weihai_2019", "zibo_2025"]
    assert [rulebook.key for rulebook in registry.all()] == keys


def test_rulebook_of_a_day() -> None:
    assert registry.rulebook("zibo", date(2013, 1, 1)).key == "zibo_2025"
    assert registry.rulebook("weihai", date(2030, 1, 1)).key == "weihai_2019"


def test_by_key() -> None:
    assert registry.by_key("sichuan_draft").title.startswith("四川省")
    with pytest.raises(UnknownRulebook, match="没有名为zibo的规则") as caught:
        registry.by_key("zibo")
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, RulesError)


def test_unknown_jurisdiction() -> None:
    with pytest.raises(UnknownJurisdiction) as caught:
        registry.rulebook("mars", date(2026, 1, 1))
    assert caught.value.field == "JURISDICTION"
    assert isinstance(caught.value, InputError)


@pytest.mark.parametrize(
    ("article", "written"),
    [
        ("1", "第一条"),
        ("8(5)", "第八条第（五）项"),
        ("10", "第十条"),
        ("11", "第十一条"),
        ("20", "第二十条"),
        ("27-2", "第二十七条第二款"),
        ("29", "第二十九条"),
        ("35(12)", "第三十五条第（十二）项"),
    ],
)
def test_cite(article: str, written: str) -> None:
    assert cite(article) == written


@pytest.mark.parametrize("article", ["", "0", "第八条", "8（5）", "8()", "8(0)", "8-0", "8-2(1)", "100", "8 "])
def test_cite_refuses_what_is_no_article(article: str) -> None:
    with pytest.raises(ValueError, match="not an article"):
        cite(article)
    with pytest.raises(ValueError, match="not an article"):
        number_of(article)


def test_number_of_an_article() -> None:
    assert [number_of(article) for article in ("8", "8(5)", "27-2", "44")] == [8, 8, 27, 44]


def test_several_articles() -> None:
    assert cite_all(["8", "27-2"]) == "第八条、第二十七条第二款"
    assert cite_all([]) == ""


def test_items_of_one_article_name_it_once() -> None:
    assert cite_all(["9(3)", "9(4)", "10"]) == "第九条第（三）项、第（四）项、第十条"
    assert cite_all(["27-1", "27-2", "7", "27"]) == "第二十七条第一款、第二款、第七条、第二十七条"
    assert cite_all(["8", "8(1)", "8"]) == "第八条、第八条第（一）项、第八条"


def test_chinese_numbers() -> None:
    written = [chinese_number(number) for number in (1, 9, 10, 12, 19, 20, 44, 90, 99)]
    assert written == ["一", "九", "十", "十二", "十九", "二十", "四十四", "九十", "九十九"]


def test_printable_keeps_one_line() -> None:
    assert printable("正常 text") == "正常 text"
    assert printable("a\r\nb\x00") == r"a\r\nb\x00"
    assert printable("x" * 61) == "x" * 60 + "…"
    assert printable("x" * 60) == "x" * 60
    assert printable("x" * 61, 61) == "x" * 61


def test_input_error_reads_as_field_and_expectation() -> None:
    error = InputError("days", "应为整数")
    assert str(error) == "days：应为整数"
    assert (error.field, error.expected, error.position) == ("days", "应为整数", None)
    assert str(error.at(0)) == "第1份[0] days：应为整数"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_rules_layer_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    imported |= {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module
    }
    assert not imported & FORBIDDEN
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"today", "now", "utcnow"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_rulebooks_do_not_lean_on_one_another(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not modules & {rulebook.key for rulebook in registry.all()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_jurisdictions_are_named_only_in_their_own_module(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("Asia/Shanghai", "")
    for rulebook in registry.all():
        if rulebook.key != path.stem and rulebook.level != "national":
            assert rulebook.jurisdiction not in text.lower()
            assert rulebook.name[:2] not in text

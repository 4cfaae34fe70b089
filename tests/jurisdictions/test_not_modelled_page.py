"""docs/not-modelled.md says what the rulebooks say."""

from __future__ import annotations

from pathlib import Path

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.citations import cite

PAGE = Path(__file__).resolve().parents[2] / "docs" / "not-modelled.md"


def test_page_lists_exactly_the_articles_that_are_not_modelled() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    expected: list[str] = []
    for rulebook in registry.all():
        expected.append(f"## {rulebook.title}")
        expected += [f"| {cite(one.article)} | {one.summary} | {one.not_modelled} |" for one in rulebook.not_modelled]
    assert [line for line in lines if line.startswith(("## ", "| 第"))] == expected

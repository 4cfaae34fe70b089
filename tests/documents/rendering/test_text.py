"""Cleaning, measuring and breaking text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.documents.rendering.page import TITLE_CHARACTERS
from apps.documents.rendering.text import chinese_date, clean, title_lines, width


def test_date_is_in_arabic_digits_without_padding():
    assert chinese_date(date(2026, 3, 2)) == "2026年3月2日"
    assert chinese_date(date(2026, 12, 31)) == "2026年12月31日"


def test_rare_characters_variation_selectors_and_combining_marks_are_kept():
    kept = "㙍𠮷〇葛\U000e0100é😀ﷺ"
    assert clean(kept) == kept


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_becomes_one(line_end):
    assert clean(f"甲{line_end}乙\t丙") == "甲\n乙 丙"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_clean_text_can_be_stored_and_printed(text):
    clean(text).encode("utf-8")
    assert not any(ord(character) < 32 and character != "\n" for character in clean(text))


@given(st.text(alphabet="关于公布示例市专业技术人员继续教育基地名单的通知（A1）、", max_size=80))
def test_title_lines_hold_the_whole_title_and_fit(title):
    lines = title_lines(title, TITLE_CHARACTERS)
    assert "".join(lines) == title
    assert all(width(line) <= TITLE_CHARACTERS for line in lines)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("通知", ["通知"]),
        (
            "关于公布2026年度示例市专业技术人员继续教育基地名单的通知",
            ["关于公布2026年度示例市", "专业技术人员继续教育基地名单的通知"],
        ),
        ("甲\n\n 乙 ", ["甲", "乙"]),
    ],
)
def test_title_is_not_broken_inside_a_term(title, lines):
    assert title_lines(title, TITLE_CHARACTERS) == lines

"""Choosing fonts: the configured ones, else what there is, and say so."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from apps.documents.rendering import Paragraph, render_document
from apps.documents.rendering.fonts import DEFAULT_FONTS, ROLES, configured_fonts

from .builders import bare, full
from .measures import line_with, pages, text

FOLDER = Path(__file__).resolve().parents[3] / "var" / "fonts"


def role(name: str):
    return next(font for font in configured_fonts().roles if font.role == name)


def test_all_fonts_are_found_and_embedded_after_set_up():
    rendered = render_document("recognition_announcement", full(watermark="征求意见稿"))
    assert rendered.fonts_missing == ()
    fonts = {char["fontname"].split("+")[1] for page in pages(rendered.pdf) for char in page.chars}
    assert fonts == {
        "official-mark-Bold",
        "official-title-Bold",
        "official-body",
        "official-heading1",
        "official-page_number",
    }


def test_every_role_has_a_font_by_default():
    assert set(DEFAULT_FONTS) == set(ROLES)
    assert [role(name).file.path.name for name in ROLES] == [
        "FandolSong-Bold.otf",
        "FandolSong-Bold.otf",
        "FandolFang-Regular.otf",
        "FandolHei-Regular.otf",
        "FandolKai-Regular.otf",
        "FandolSong-Regular.otf",
    ]


def test_family_with_two_weights_gives_bold_for_titles_and_regular_for_text(settings):
    settings.DOCUMENT_FONTS = {"title": ["FandolSong"], "heading1": ["FandolHei"]}
    assert role("title").file.path.name == "FandolSong-Bold.otf"
    assert role("heading1").file.path.name == "FandolHei-Regular.otf"


def test_licensed_font_named_first_is_reported_until_its_file_is_there(settings, tmp_path):
    settings.DOCUMENT_FONTS = {"body": ["仿宋_GB2312", "FandolFang"]}
    assert configured_fonts().missing == ("仿宋_GB2312",)
    assert role("body").file.path.name == "FandolFang-Regular.otf"


def test_font_added_to_the_folder_is_found_without_a_restart(settings, tmp_path):
    settings.FONTS_DIR = tmp_path
    assert "FandolFang" in configured_fonts().missing
    shutil.copy(FOLDER / "FandolFang-Regular.otf", tmp_path)
    assert "FandolFang" not in configured_fonts().missing


def test_document_without_any_font_file_is_rendered_and_says_what_is_missing(settings, tmp_path, caplog):
    settings.FONTS_DIR = tmp_path / "none"
    with caplog.at_level(logging.WARNING, logger="apps.documents.rendering.fonts"):
        rendered = render_document("admission", full())
    assert rendered.fonts_missing == ("FandolSong-Bold", "FandolFang", "FandolHei", "FandolKai", "FandolSong")
    assert "文书字体缺失" in caplog.text
    assert "专业技术人员继续教育基地" in text(rendered.pdf)


def test_broken_font_file_is_passed_over(settings, tmp_path, caplog):
    (tmp_path / "broken.otf").write_bytes(b"OTTO" + b"\0" * 100)
    settings.FONTS_DIR = tmp_path
    assert "示例职业培训学院" in text(render_document("admission", full()).pdf)
    assert "字体文件无法读取：broken.otf" in caplog.text


def test_family_name_cannot_break_out_of_the_stylesheet(settings):
    settings.DOCUMENT_FONTS = {"body": ['x"; } @import url(file:///etc/passwd); p { a: "', "FandolFang"]}
    rendered = render_document("admission", full())
    assert "专业技术人员继续教育基地" in text(rendered.pdf)


@pytest.mark.parametrize("character", ["㙍", "𠮷", "￥"])
def test_character_that_the_body_font_lacks_or_misdraws_comes_from_the_font_behind(character):
    page = pages(render_document("admission", bare(body=[Paragraph(f"甲{character}乙")])).pdf)[0]
    row = line_with(page, f"甲{character}乙")
    assert [char["fontname"].split("+")[1] for char in row] == ["official-body", "Noto-Serif-CJK-SC", "official-body"]


def test_character_of_the_body_font_is_set_in_it():
    page = pages(render_document("admission", bare(body=[Paragraph("甲〇乙")])).pdf)[0]
    assert {char["fontname"].split("+")[1] for char in line_with(page, "甲〇乙")} == {"official-body"}


def test_character_that_no_font_has_is_reported(caplog):
    rendered = render_document("admission", bare(body=[Paragraph("甲\U000f0000乙")]))
    assert rendered.characters_missing == ("\U000f0000",)
    assert "U+F0000" in caplog.text
    assert render_document("admission", bare()).characters_missing == ()

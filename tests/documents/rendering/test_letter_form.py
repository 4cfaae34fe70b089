"""The letter form, measured in the finished PDF against GB/T 9704-2012."""

from __future__ import annotations

import pytest

from apps.documents.rendering import Paragraph, render_document

from .builders import ISSUER, full, seal_image
from .measures import MM, line_with, lines, pages, red_ink, red_rules, string

LEFT, RIGHT, BOTTOM = 28 * MM, (210 - 26) * MM, (297 - 35) * MM
CHARACTER = 15.793


def letter(**changes):
    return pages(render_document("admission", full(**changes)).pdf)


def test_upper_edge_of_the_mark_is_30_mm_below_the_edge_of_the_page():
    page = letter()[0]
    assert string(lines(page)[0]) == ISSUER
    assert red_ink(page)[1] == pytest.approx(30 * MM, abs=0.5 * MM)


def test_first_page_has_two_red_double_rules_170_mm_wide():
    page = letter()[0]
    rules = red_rules(page)
    assert len(rules) == 4
    for left, _, right, _ in rules:
        assert right - left == pytest.approx(170 * MM, abs=0.4)
        assert left == pytest.approx(20 * MM, abs=0.4)
    mark_bottom = red_ink(page, bottom=rules[0][1] - 1)[3]
    assert rules[0][1] - mark_bottom == pytest.approx(4 * MM, abs=0.6 * MM)
    assert rules[-1][3] == pytest.approx((297 - 20) * MM, abs=0.4 * MM)


def test_upper_double_rule_is_thick_over_thin_and_the_lower_thin_over_thick():
    heights = [bottom - top for _, top, _, bottom in red_rules(letter()[0])]
    assert heights[0] > 2 * heights[1]
    assert heights[3] > 2 * heights[2]


def test_following_pages_have_no_red_rules():
    found = letter(body=[Paragraph("字" * 28 * 40)])
    assert len(found) == 3
    assert [len(red_rules(page)) for page in found] == [4, 0, 0]


def test_number_stands_at_the_right_edge_below_the_rule():
    page = letter()[0]
    number = line_with(page, "示人社专基〔2026〕3号")
    assert number[-1]["x1"] == pytest.approx(RIGHT, abs=0.5)
    assert number[0]["top"] - red_rules(page)[1][3] == pytest.approx(14, abs=1)


def test_first_page_has_no_page_number_and_the_others_have_one_outside():
    found = letter(body=[Paragraph("字" * 28 * 60)])
    numbers = [[string(row) for row in lines(page) if row[0]["top"] > BOTTOM] for page in found]
    assert numbers == [[], ["— 2 —"], ["— 3 —"], ["— 4 —"]]
    assert line_with(found[1], "— 2 —")[0]["x0"] == pytest.approx(LEFT + CHARACTER, abs=0.5)
    assert line_with(found[2], "— 3 —")[-1]["x1"] == pytest.approx(RIGHT - CHARACTER, abs=0.5)


def test_letter_shows_copies_and_no_printing_office():
    last = letter()[-1]
    assert string(line_with(last, "抄送")) == "抄送：示例市财政局，示例市教育局。"
    assert not any("印发" in page.extract_text() for page in letter())


def test_following_pages_have_22_lines_of_28_characters():
    page = letter(body=[Paragraph("字" * 28 * 60)])[1]
    assert [len(row) for row in lines(page, size=16)] == [28] * 22


def test_one_page_notice_fits_on_one_page_with_its_seal_and_verification_code():
    found = letter(seal_image=seal_image(), title="受理通知书", body=[Paragraph("你单位的申报材料收悉，现予受理。")])
    assert len(found) == 1
    assert "K7QM-2X9D-4HTR" in found[0].extract_text()
    assert len(found[0].images) == 1


def test_letter_form_can_be_asked_for_in_any_kind():
    page = pages(render_document("recognition_announcement", full(form="letter")).pdf)[0]
    assert len(red_rules(page)) == 4

"""The document form, measured in the finished PDF against GB/T 9704-2012."""

from __future__ import annotations

from itertools import pairwise

import pytest

from apps.documents.rendering import Annex, Heading1, Heading2, NumberedList, Paragraph, Table, render_document

from .builders import ISSUER, bare, full, seal_image
from .measures import MM, baselines, black_ink, line_with, lines, pages, red_ink, red_rules, string

LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (210 - 26) * MM, 37 * MM, (297 - 35) * MM
PITCH, CHARACTER = 28.99, 15.793


def render(content, kind="recognition_announcement", **options):
    return render_document(kind, content, **options)


def test_page_is_a4():
    page = pages(render(full()).pdf)[0]
    assert (page.width, page.height) == (pytest.approx(210 * MM, abs=0.01), pytest.approx(297 * MM, abs=0.01))


def test_full_page_has_22_lines_of_28_characters_on_the_grid():
    page = pages(render(bare(body=[Paragraph("字" * 28 * 60, indent=False)])).pdf)[1]
    rows = lines(page, size=16)
    assert [len(row) for row in rows] == [28] * 22
    steps = [round(later - earlier, 2) for earlier, later in pairwise(baselines(page, size=16))]
    assert steps == [PITCH] * 21
    for row in rows:
        assert row[0]["x0"] == pytest.approx(LEFT, abs=0.1)
        assert row[27]["x0"] - row[0]["x0"] == pytest.approx(27 * CHARACTER, abs=0.1)
    ink = black_ink(page, bottom=BOTTOM + 5 * MM)
    assert ink[1] >= TOP
    assert ink[3] <= BOTTOM


def test_rare_characters_and_the_yuan_sign_keep_the_grid():
    text = "字" * 28 + "￥12" + "字" * 25 + "𠮷㙍" + "字" * 26 + "〇Ünï" + "字" * 28 * 30
    page = pages(render(bare(body=[Paragraph(text, indent=False)])).pdf)[0]
    found = baselines(page, size=16)
    assert {round(later - earlier, 1) for earlier, later in pairwise(found)} == {29.0}


def test_body_is_16_points_and_its_paragraphs_are_indented_by_two_characters():
    page = pages(render(bare(body=[Paragraph("第一段文字。"), Paragraph("顶格文字。", indent=False)])).pdf)[0]
    first = line_with(page, "第一段文字。")
    assert first[0]["size"] == pytest.approx(16, abs=0.01)
    assert first[0]["x0"] == pytest.approx(LEFT + 2 * CHARACTER, abs=0.1)
    assert line_with(page, "顶格文字。")[0]["x0"] == pytest.approx(LEFT, abs=0.1)


def test_headings_are_set_in_their_own_fonts_at_body_size():
    body = [Heading1("一、总体情况"), Heading2("（一）名单"), NumberedList(["第一项", "第二项"])]
    page = pages(render(bare(body=body)).pdf)[0]
    first, second, item = (line_with(page, text) for text in ("一、总体情况", "（一）名单", "2. 第二项"))
    assert first[0]["fontname"].endswith("official-heading1")
    assert second[0]["fontname"].endswith("official-heading2")
    assert item[0]["fontname"].endswith("official-body")
    assert {round(row[0]["size"]) for row in (first, second, item)} == {16}
    assert {round(row[0]["x0"], 1) for row in (first, second, item)} == {round(LEFT + 2 * CHARACTER, 1)}


def test_mark_is_red_and_its_upper_edge_is_35_mm_below_the_type_area():
    page = pages(render(full()).pdf)[0]
    mark = line_with(page, ISSUER)
    assert mark[0]["fontname"].endswith("official-mark-Bold")
    assert mark[0]["non_stroking_color"] == pytest.approx((0.902, 0, 0.071), abs=0.01)
    ink = red_ink(page)
    assert ink[1] == pytest.approx(TOP + 35 * MM, abs=0.5 * MM)
    assert (ink[0] + ink[2]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1 * MM)


@pytest.mark.parametrize("issuer", ["示例局文件", ISSUER + "文件", "示例省示例自治州示例市人力资源和社会保障局文件"])
def test_mark_of_any_length_stays_on_one_line_inside_the_type_area(issuer):
    page = pages(render(full(issuer=issuer)).pdf)[0]
    mark = line_with(page, issuer)
    assert mark[0]["x0"] >= LEFT - 0.5
    assert mark[-1]["x1"] <= RIGHT + 0.5


def test_joint_document_has_one_mark_line_for_each_body():
    page = pages(render(full(issuer="示例市人力资源和社会保障局\n示例市教育局")).pdf)[0]
    assert [string(row) for row in lines(page, font="official-mark")] == ["示例市人力资源和社会保障局", "示例市教育局"]


def test_number_is_printed_as_given_two_lines_below_the_mark_and_centred():
    page = pages(render(full()).pdf)[0]
    number = line_with(page, "示人社专基")
    assert string(number) == "示人社专基〔2026〕3号"
    assert number[0]["size"] == pytest.approx(16, abs=0.01)
    assert (number[0]["x0"] + number[-1]["x1"]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)
    mark_bottom = red_ink(page, bottom=number[0]["top"])[3]
    assert number[0]["top"] - mark_bottom == pytest.approx(2 * PITCH, abs=4)


def test_red_line_is_as_wide_as_the_type_area_4_mm_below_the_number():
    page = pages(render(full()).pdf)[0]
    [rule] = red_rules(page)
    assert rule[0] == pytest.approx(LEFT, abs=0.4)
    assert rule[2] == pytest.approx(RIGHT, abs=0.4)
    number = line_with(page, "示人社专基")
    assert rule[1] - number[0]["bottom"] == pytest.approx(4 * MM, abs=0.5 * MM)


def test_title_is_22_points_centred_two_blank_lines_below_the_red_line():
    page = pages(render(full(title="关于公布名单的通知")).pdf)[0]
    title = line_with(page, "关于公布名单的通知")
    assert title[0]["size"] == pytest.approx(22, abs=0.01)
    assert title[0]["fontname"].endswith("official-title-Bold")
    assert (title[0]["x0"] + title[-1]["x1"]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)
    [rule] = red_rules(page)
    assert title[0]["top"] - rule[3] == pytest.approx(2 * PITCH + (PITCH - 22) / 2, abs=1)


def test_long_title_is_broken_by_sense():
    page = pages(render(full()).pdf)[0]
    assert [string(row) for row in lines(page, font="official-title")] == [
        "关于受理专业技术人员",
        "继续教育基地申报的通知",
    ]


def test_title_is_broken_where_it_was_typed():
    page = pages(render(full(title="示例市\n认定名单公示")).pdf)[0]
    assert [string(row) for row in lines(page, font="official-title")] == ["示例市", "认定名单公示"]


def test_addressee_is_flush_left_one_blank_line_below_the_title_and_ends_in_one_full_width_colon():
    for typed in ("各区人力资源和社会保障局", "各区人力资源和社会保障局：", "各区人力资源和社会保障局:"):
        page = pages(render(full(title="示例名单", addressee=typed)).pdf)[0]
        row = line_with(page, "各区人力资源")
        assert string(row) == "各区人力资源和社会保障局："
        assert row[0]["x0"] == pytest.approx(LEFT, abs=0.1)
        title_baseline, baseline = (
            round(page.height - r[0]["matrix"][5], 1) for r in (line_with(page, "示例名单"), row)
        )
        assert baseline - title_baseline == pytest.approx(2 * PITCH, abs=4)


def test_date_without_a_seal_ends_two_characters_from_the_right():
    page = pages(render(full()).pdf)[-1]
    row = line_with(page, "2026年3月2日")
    assert string(row) == "2026年3月2日"
    assert row[-1]["x1"] == pytest.approx(RIGHT - 2 * CHARACTER, abs=1)
    assert page.images == []  # the verification code is drawn in vectors


def test_date_under_a_seal_ends_four_characters_from_the_right_and_the_seal_is_centred_over_it():
    page = pages(render(full(seal_image=seal_image())).pdf)[-1]
    row = line_with(page, "2026年3月2日")
    assert row[-1]["x1"] == pytest.approx(RIGHT - 4 * CHARACTER, abs=3)
    [seal] = page.images
    assert (seal["x0"] + seal["x1"]) / 2 == pytest.approx((row[0]["x0"] + row[-1]["x1"]) / 2, abs=1)
    assert seal["width"] == pytest.approx(42 * MM, abs=0.1)
    assert seal["top"] < row[0]["top"] < row[0]["bottom"] < seal["bottom"]
    last_of_text = line_with(page, "特此通知。")
    assert 0 < seal["top"] - last_of_text[0]["bottom"] < PITCH


def test_seal_is_red_on_the_page_and_the_page_says_it_is_no_electronic_signature():
    sealed, unsealed = (pages(render(full(seal_image=image)).pdf)[-1] for image in (seal_image(), None))
    assert red_ink(unsealed) is None
    assert "不是电子签名" not in unsealed.extract_text()
    signature = line_with(sealed, "2026年3月2日")
    assert red_ink(sealed, top=signature[0]["top"] - 40, bottom=signature[0]["bottom"] + 30) is not None
    assert "本文书上的印章为印章图像，不是电子签名" in sealed.extract_text()


def test_signature_is_never_alone_on_a_page():
    for count in range(1, 12):
        last = pages(render(full(body=[Paragraph("文字。" * 9)] * count, seal_image=seal_image(), imprint=None)).pdf)[
            -1
        ]
        above = [row for row in lines(last, size=16) if row[0]["top"] < line_with(last, "2026年3月2日")[0]["top"] - 40]
        assert above, f"{count} paragraphs"


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages_7_mm_below_the_type_area():
    found = pages(render(bare(body=[Paragraph("字" * 28 * 60)])).pdf)
    assert len(found) == 4
    for position, page in enumerate(found, start=1):
        row = line_with(page, f"— {position} —")
        assert string(row) == f"— {position} —"
        assert row[0]["size"] == pytest.approx(14, abs=0.01)
        assert row[0]["fontname"].endswith("official-page_number")
        if position % 2:
            assert row[-1]["x1"] == pytest.approx(RIGHT - CHARACTER, abs=0.5)
        else:
            assert row[0]["x0"] == pytest.approx(LEFT + CHARACTER, abs=0.5)
        dash = page.crop((row[0]["x0"], BOTTOM, row[0]["x1"], BOTTOM + 15 * MM))
        ink = black_ink(page, top=BOTTOM + 0.1)
        assert dash.chars[0]["text"] == "—"
        middle = (ink[1] + ink[3]) / 2
        assert middle == pytest.approx(BOTTOM + 7 * MM, abs=0.7 * MM)


def test_imprint_ends_on_the_bottom_of_the_type_area_of_the_last_page():
    annexes = [Annex("名单", [Table(["序号", "单位"], [[str(i), f"示例单位{i}"] for i in range(40)])])]
    found = pages(render(full(annexes=annexes)).pdf)
    rules = sorted({(round(r["top"], 1), round(r["bottom"], 1)) for r in found[-1].rects + found[-1].lines})
    assert max(bottom for _, bottom in rules) == pytest.approx(BOTTOM, abs=0.3)
    copies, printed = line_with(found[-1], "抄送"), line_with(found[-1], "印发")
    assert string(copies) == "抄送：示例市财政局，示例市教育局。"
    assert "".join(string(printed).split()) == "示例市人力资源和社会保障局办公室2026年3月3日印发"
    assert {round(row[0]["size"]) for row in (copies, printed)} == {14}
    assert printed[-1]["x1"] == pytest.approx(RIGHT - 14, abs=1)
    assert not any("抄送" in page.extract_text() for page in found[:-1])


def test_imprint_moves_to_a_page_of_its_own_rather_than_over_the_text():
    for count in range(8, 30):
        found = pages(render(full(body=[Paragraph("字" * 20)] * count)).pdf)
        last = found[-1]
        imprint_top = line_with(last, "文书验证码")[0]["top"]
        over = [string(r) for r in lines(last, size=16) if r[0]["bottom"] > imprint_top]
        assert over == [], f"{count} paragraphs"
        assert sum("抄送" in page.extract_text() for page in found) == 1


def test_annexes_are_listed_below_the_body_and_each_starts_on_a_new_page():
    found = pages(render(full(annexes=[Annex("认定名单"), Annex("名额分配表")])).pdf)
    first = next(page for page in found if "附件：" in page.extract_text())
    listed, following = line_with(first, "附件：1."), line_with(first, "2. 名额分配表")
    assert string(listed) == "附件：1. 认定名单"
    assert listed[0]["x0"] == pytest.approx(LEFT + 2 * CHARACTER, abs=0.5)
    assert following[0]["x0"] == pytest.approx(listed[3]["x0"], abs=0.5)
    for page, label, title in zip(found[-2:], ("附件1", "附件2"), ("认定名单", "名额分配表"), strict=True):
        rows = lines(page)
        assert [string(rows[0]), string(rows[1])] == [label, title]
        assert rows[0][0]["x0"] == pytest.approx(LEFT, abs=0.1)
        assert rows[0][0]["fontname"].endswith("official-heading1")
        assert baselines(page)[1] - baselines(page)[0] == pytest.approx(2 * PITCH, abs=3)


def test_single_annex_has_no_number():
    found = pages(render(full(annexes=[Annex("认定名单")])).pdf)
    assert string(line_with(found[-2], "附件：")) == "附件：认定名单"
    assert string(lines(found[-1])[0]) == "附件"


def test_table_repeats_its_head_and_keeps_its_column_widths():
    table = Table(["序号", "单位"], [[str(i), f"示例单位{i}"] for i in range(80)], widths=[1, 4])
    found = pages(render(bare(body=[table])).pdf)
    heads = [line_with(page, "序号") for page in found[:2]]
    assert [string(row).replace(" ", "") for row in heads] == ["序号单位", "序号单位"]
    edges = sorted({round(rect["x0"]) for rect in found[0].rects + found[0].lines if rect["height"] > rect["width"]})
    assert any(edge == pytest.approx(LEFT + (RIGHT - LEFT) / 5, abs=2) for edge in edges)


def test_watermark_is_on_every_page():
    content = bare(body=[Paragraph("字" * 28 * 60)])
    rendered = render(content, watermark="征求意见稿")
    assert rendered.pages == 4
    for page in pages(rendered.pdf):
        assert {"征", "求", "意", "见", "稿"} <= {char["text"] for char in page.chars if char["size"] > 50}
    assert all(char["size"] < 50 for page in pages(render(content).pdf) for char in page.chars)

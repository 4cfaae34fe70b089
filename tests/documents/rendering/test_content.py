"""The content of a document survives the round trip through JSON and refuses what it cannot be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from apps.documents.rendering import (
    Annex,
    ContentInvalid,
    DocumentContent,
    FindingRow,
    Findings,
    Heading1,
    Heading2,
    Imprint,
    NumberedList,
    Paragraph,
    Particulars,
    Section,
    SignatureLines,
    Table,
    render_document,
)

from .builders import bare, full, seal_image

BLOCKS = (
    Paragraph("正文。", indent=False),
    Heading1("一、情况"),
    Heading2("（一）条件"),
    NumberedList(("甲", "乙")),
    Table(("列",), (("格",), ("￥3",)), caption="表", widths=(1,)),
    Particulars((("名称", "示例"),), caption="表"),
    Findings((FindingRow("规模", "第八条第（五）项", "不符合", "要求500名。"),), caption="表"),
    SignatureLines(("组长",)),
    Section("二、承诺", (Paragraph("属实。"), Section("三、其他", (NumberedList(("丙",)),)))),
)


def complete() -> DocumentContent:
    return full(
        form="letter",
        body=BLOCKS,
        annexes=[Annex("名单", BLOCKS)],
        remedies="可以申请行政复议。",
        seal_image=seal_image(),
        watermark="征求意见稿",
        version_hash="3f9a61c2",
        level="市级",
    )


def test_content_is_equal_after_a_round_trip_through_json_text():
    content = complete()
    assert DocumentContent.from_json(json.loads(json.dumps(content.to_json()))) == content
    assert DocumentContent.from_json(json.dumps(content.to_json())) == content


def test_json_names_every_field_and_uses_plain_types():
    data = complete().to_json()
    assert data["date"] == "2026-03-02"
    assert data["imprint"] == {
        "copies_to": ["示例市财政局", "示例市教育局"],
        "printed_by": "示例市人力资源和社会保障局办公室",
        "printed_on": "2026-03-03",
    }
    assert data["body"][0] == {"block": "paragraph", "text": "正文。", "indent": False}
    assert data["body"][6]["rows"] == [
        {"condition": "规模", "articles": "第八条第（五）项", "result": "不符合", "message": "要求500名。"}
    ]


def test_frozen_content_renders_to_the_same_bytes_as_the_original():
    content = complete()
    stored = DocumentContent.from_json(json.dumps(content.to_json()))
    assert render_document("admission", stored).sha256 == render_document("admission", content).sha256


def test_lists_are_frozen_into_tuples():
    rows = [["甲"]]
    content = bare(body=[Table(["列"], rows)])
    rows.append(["乙"])
    assert content.body[0].rows == (("甲",),)
    with pytest.raises(AttributeError):
        content.title = "改"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": None}, "title: expected text"),
        ({"number": 3}, "number: expected text"),
        ({"date": "2026-03-02"}, "date: expected a date"),
        ({"date": datetime(2026, 3, 2, tzinfo=UTC)}, "date: expected a date, got datetime"),
        ({"form": "scroll"}, "form: expected one of document, letter, plaque, form"),
        ({"body": "正文"}, "body: expected a list of blocks"),
        ({"body": ["正文"]}, "body: str is not a block"),
        ({"legal_basis": "第八条"}, "legal_basis: expected a list of texts"),
        ({"annexes": ["名单"]}, "annexes: str is not an annex"),
        ({"seal_image": "png"}, "seal_image: expected bytes"),
        ({"imprint": "印"}, "imprint: expected an Imprint"),
    ],
)
def test_wrong_type_is_refused_with_the_name_of_the_field(changes, message):
    with pytest.raises(ContentInvalid, match=message):
        bare(**changes)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Paragraph(5), "Paragraph.text"),
        (lambda: Paragraph("x", indent=1), "Paragraph.indent"),
        (lambda: NumberedList("甲"), "NumberedList.items"),
        (lambda: Table([], []), "at least one column"),
        (lambda: Table(["甲", "乙"], [["一"]]), "row 1 has 1 cells, expected 2"),
        (lambda: Table(["甲"], [["一"]], widths=[0]), "1 positive integers"),
        (lambda: Table(["甲"], [["一"]], widths=[1.5]), "1 positive integers"),
        (lambda: Table(["甲"], [["一"]], widths=[True]), "1 positive integers"),
        (lambda: Particulars([("名称",)]), "row 1 has 1 cells, expected 2"),
        (lambda: Findings(["x"]), "str is not a finding row"),
        (lambda: Section("一、", ["x"]), "str is not a block"),
        (lambda: Imprint(printed_on="x"), "printed_on: expected a date"),
    ],
)
def test_malformed_block_is_refused(make, message):
    with pytest.raises(ContentInvalid, match=message):
        make()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"titel": "x"}, "unknown key 'titel'"),
        ({"date": "2026-13-01"}, "date: expected YYYY-MM-DD"),
        ({"seal_image": "%%"}, "seal_image: expected base64"),
        ({"body": [{"block": "script"}]}, "known 'block' name"),
        ({"body": [{"block": "paragraph", "html": "x"}]}, "unknown key 'html'"),
        ({"body": [{"block": "paragraph"}]}, "Paragraph: "),
        ({"imprint": {"x": 1}}, "unknown key 'x'"),
        ({"annexes": ["x"]}, "Annex: expected an object"),
    ],
)
def test_malformed_json_is_refused(change, message):
    with pytest.raises(ContentInvalid, match=message):
        DocumentContent.from_json({**bare().to_json(), **change})


def test_unknown_kind_is_refused_with_the_kinds_there_are():
    with pytest.raises(ContentInvalid, match="expected one of admission, correction_notice"):
        render_document("memo", bare())


def test_content_from_an_older_version_without_the_newer_keys_is_read():
    assert DocumentContent.from_json({"title": "通知", "date": "2026-03-02"}) == DocumentContent(
        "通知", date(2026, 3, 2)
    )

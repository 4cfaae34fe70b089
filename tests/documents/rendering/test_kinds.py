"""Every kind of document: its form, its fixed wording, its file's particulars."""

from __future__ import annotations

import hashlib
import logging
import re
import statistics
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from apps.documents.rendering import (
    KINDS,
    Annex,
    FindingRow,
    Findings,
    Paragraph,
    Particulars,
    Section,
    Table,
    render_document,
)
from apps.documents.rendering.templating import engine

from .builders import ISSUER, SENTENCE, bare, full, seal_image
from .measures import MM, line_with, pages, red_rules, string, text

FORMS = {
    "admission": "letter",
    "correction_notice": "letter",
    "admission_refusal": "letter",
    "examination_opinion": "letter",
    "recommendation_opinion": "letter",
    "recommendation_declined": "letter",
    "panel_resolution": "document",
    "public_notice": "document",
    "recognition_announcement": "document",
    "non_recognition": "letter",
    "plaque": "plaque",
    "application_form": "form",
    "objection_reply": "letter",
    "plan_opinion": "letter",
    "plan_receipt": "letter",
    "project_opinion": "letter",
    "project_receipt": "letter",
    "inspection_notice": "letter",
    "inspection_findings": "letter",
    "inspection_result": "letter",
    "inspection_bulletin": "document",
    "rectification_order": "letter",
    "rectification_extension": "letter",
    "rectification_lifted": "letter",
    "rectification_failed": "letter",
    "revocation_notice": "letter",
    "revocation_decision": "letter",
    "revocation_announcement": "document",
    "revocation_not_imposed": "letter",
    "restoration_decision": "letter",
    "restoration_announcement": "document",
    "change_consent": "letter",
    "change_refusal": "letter",
    "change_receipt": "letter",
    "change_announcement": "document",
    "withdrawal_decision": "letter",
    "withdrawal_declined": "letter",
    "withdrawal_announcement": "document",
    "acceptance_report": "document",
    "payment_notice": "letter",
    "recovery_demand": "letter",
    "award_decision": "letter",
    "award_declined": "letter",
    "payment_refusal": "letter",
    "award_termination": "letter",
    "plan_audit_opinion": "letter",
}


def test_every_kind_has_its_default_form():
    assert {code: kind.form for code, kind in KINDS.items()} == FORMS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_rendered_without_a_complaint_of_the_layout_engine(kind, caplog):
    with caplog.at_level(logging.WARNING):
        rendered = render_document(kind, full(seal_image=seal_image(), remedies="可以申请行政复议。"))
    assert [record.getMessage() for record in caplog.records] == []
    assert rendered.pdf.startswith(b"%PDF-1.7")
    assert rendered.pages == len(PdfReader(BytesIO(rendered.pdf)).pages)
    assert rendered.sha256 == hashlib.sha256(rendered.pdf).hexdigest()


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for kind, form in FORMS.items() if form in ("letter", "document")]
)
def test_kind_takes_its_form_and_prints_all_its_parts(kind, form):
    rendered = render_document(kind, full(remedies="可以申请行政复议。"))
    first = pages(rendered.pdf)[0]
    assert len(red_rules(first)) == {"letter": 4, "document": 1}[form]
    printed = text(rendered.pdf)
    for part in (
        ISSUER,
        "示人社专基〔2026〕3号",
        "示例职业培训学院：",
        "".join(SENTENCE.split()),
        "可以申请行政复议。",
    ):
        assert part in printed
    for part in ("第八条第（五）项", "2026年3月2日", "K7QM-2X9D-4HTR", "https://portal.example/verify/K7QM-2X9D-4HTR"):
        assert part in printed


@pytest.mark.parametrize(
    ("kind", "closing"),
    [
        ("admission", "特此通知。"),
        ("correction_notice", "特此告知。"),
        ("recommendation_opinion", "特此推荐。"),
        ("public_notice", "特此公示。"),
        ("recognition_announcement", "特此通知。"),
        ("objection_reply", "特此答复。"),
    ],
)
def test_closing_words_stand_once_even_when_they_were_typed(kind, closing):
    for body in ([Paragraph("事项。")], [Paragraph("事项。"), Paragraph(closing)]):
        assert text(render_document(kind, full(body=body, legal_basis=[])).pdf).count(closing) == 1


@pytest.mark.parametrize("kind", ["admission_refusal", "non_recognition", "panel_resolution"])
def test_decision_has_no_closing_words(kind):
    assert "特此" not in text(render_document(kind, full()).pdf)


@pytest.mark.parametrize("kind", ["admission", "correction_notice"])
def test_admission_and_correction_notice_show_their_terms_as_a_service_promise(kind):
    printed = text(render_document(kind, full()).pdf)
    assert "参照《中华人民共和国行政许可法》第三十二条" in printed
    assert "服务承诺" in printed


def test_other_kinds_promise_nothing():
    for kind in set(KINDS) - {"admission", "correction_notice"}:
        assert "服务承诺" not in text(render_document(kind, full()).pdf)


def test_several_articles_are_printed_as_one_sentence():
    basis = ["《甲办法》第八条第（五）项。", "第九条；", ""]
    assert "本决定依据：《甲办法》第八条第（五）项；第九条。" in text(
        render_document("non_recognition", full(legal_basis=basis)).pdf
    )


def test_findings_are_printed_as_a_table_with_their_articles():
    row = FindingRow("年培训规模", "第八条第（五）项", "不符合", "年培训499名，要求500名以上。")
    page = pages(render_document("non_recognition", full(body=[Findings([row], caption="条件审核情况")])).pdf)[0]
    [table] = page.extract_tables()
    cells = [["".join(cell.split()) for cell in line] for line in table]
    assert cells == [
        ["条件", "依据", "结果", "说明"],
        ["年培训规模", "第八条第（五）项", "不符合", "年培训499名，要求500名以上。"],
    ]


def test_minimal_content_is_rendered_without_empty_labels():
    printed = text(render_document("admission", bare()).pdf)
    for label in ("抄送", "附件", "依据：", "验证码", "网址", "None", "印章"):
        assert label not in printed


def test_file_names_its_title_language_author_and_day():
    reader = PdfReader(BytesIO(render_document("admission", full(title="受理通知书\n（示例）")).pdf))
    assert reader.metadata.title == "受理通知书 （示例）"
    assert reader.metadata.author == ISSUER
    assert reader.metadata["/CreationDate"] == "D:20260302000000+08'00"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("kind", KINDS)
def test_same_content_gives_the_same_bytes(kind):
    content = full(seal_image=seal_image())
    assert render_document(kind, content).pdf == render_document(kind, content).pdf
    other = render_document(kind, full(seal_image=seal_image(), title="另一个标题"))
    assert other.sha256 != render_document(kind, content).sha256


def test_same_content_gives_the_same_bytes_in_another_process():
    program = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings.test'; django.setup();"
        "from tests.documents.rendering.builders import full, seal_image;"
        "from apps.documents.rendering import render_document;"
        "print(render_document('admission', full(seal_image=seal_image())).sha256)"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == render_document("admission", full(seal_image=seal_image())).sha256


def test_one_page_notice_takes_less_than_400_ms_when_warm():
    content = full(body=[Paragraph("你单位的申报材料收悉。")], seal_image=seal_image())
    render_document("admission", content)
    times = []
    for _ in range(5):
        start = time.process_time()
        render_document("admission", content)
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.4


def test_plaque_is_a_landscape_plate_with_name_level_holder_authority_and_date_but_no_number():
    content = full(title="示例市专业技术人员继续教育基地", level="市级", seal_image=seal_image())
    rendered = render_document("plaque", content)
    [page] = pages(rendered.pdf)
    assert (page.width, page.height) == (pytest.approx(600 * MM, abs=0.1), pytest.approx(400 * MM, abs=0.1))
    order = ["市级", "示例市专业技术人员继续教育基地", "示例职业培训学院", ISSUER, "2026年3月2日"]
    tops = [line_with(page, part)[0]["top"] for part in order]
    assert tops == sorted(tops)
    assert "示人社专基" not in text(rendered.pdf)
    for part in order:
        row = line_with(page, part)
        assert (row[0]["x0"] + row[-1]["x1"]) / 2 == pytest.approx(300 * MM, abs=3)


def test_plaque_of_a_long_name_stays_on_one_plate():
    name = "示例省示例自治州示例市高层次专业技术人员继续教育与知识更新工程示范基地"
    [page] = pages(render_document("plaque", bare(title=name, signature_organisation=ISSUER)).pdf)
    assert all(char["x0"] > 0 and char["x1"] < 600 * MM for char in page.chars)


def application_form(**changes):
    teachers = Table(["序号", "姓名"], [[str(i), f"教师{i}"] for i in range(1, 90)], widths=[1, 5])
    body = [Section("一、基本情况", [Particulars([("单位名称", "示例职业培训学院")])]), Section("二、师资", [teachers])]
    values = {"title": "继续教育基地申报表", "body": body, "version_hash": "3f9a61c2d07b", **changes}
    return render_document("application_form", bare(**values))


def test_application_form_has_its_version_and_page_count_on_every_page():
    rendered = application_form()
    found = pages(rendered.pdf)
    assert len(found) == rendered.pages == 4
    for position, page in enumerate(found, start=1):
        head = "".join(string(line_with(page, "版本")).split())
        assert head == "继续教育基地申报表版本3f9a61c2d07b"
        assert line_with(page, "版本")[0]["top"] < 25 * MM
        assert "".join(string(line_with(page, "共")).split()) == f"第{position}页共4页"


def test_application_form_prints_its_tables_whole():
    found = pages(application_form().pdf)
    rows = [row for page in found for table in page.extract_tables() for row in table if row[0].isdigit()]
    assert rows == [[str(i), f"教师{i}"] for i in range(1, 90)]


def test_application_form_without_a_version_has_none_in_its_head():
    assert "版本" not in text(application_form(version_hash=None).pdf)


@pytest.fixture(scope="module")
def template_sources() -> dict[str, str]:
    """Name -> source of every template that official documents are made of."""
    for kind in KINDS:
        render_document(kind, full(annexes=[Annex("名单")]))
    [loader] = engine().template_loaders
    paths = {Path(template.origin.name) for template in loader.get_template_cache.values()}
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def test_templates_print_text_only_through_the_cleaning_filters(template_sources):
    """A value that skips ``printed`` would be escaped, but neither cleaned nor set in a font that has it."""
    assert {f"{kind}.html" for kind in KINDS} < set(template_sources)
    plain_values = {"created", "date", "printed_on", "forloop.counter", "table.widths|widths_class"}
    for name, source in template_sources.items():
        for expression in re.findall(r"{{\s*(.+?)\s*}}", source):
            safe = expression in plain_values or re.search(r"\|(printed|printed_lines|plain)$", expression)
            assert safe, f"{name}: {expression}"


def test_templates_hold_no_style_script_or_unsafe_filter(template_sources):
    for name, source in template_sources.items():
        assert not re.search(r"<style|<script|style=|\|safe\b|autoescape|href=", source), name

"""The printed application form, and the hash that says which version of it was submitted."""

from __future__ import annotations

import hashlib
import json

from django.utils import timezone

from apps.applications.models import Application
from apps.applications.sections.evidence import PURPOSE
from apps.applications.services.filling import FilledForm, load_form
from apps.applications.services.readonly import ReadonlySection, readonly_sections
from apps.applications.services.self_check import evaluate_application
from apps.documents.rendering import (
    DocumentContent,
    FindingRow,
    Findings,
    Heading1,
    Paragraph,
    Particulars,
    RenderedPdf,
    SignatureLines,
    Table,
    render_document,
)
from apps.documents.rendering.blocks import Block
from apps.documents.services import sandbox_watermark
from apps.jurisdictions.rulebooks.citations import chinese_number, cite, cite_all
from apps.jurisdictions.rulebooks.findings import RESULT_LABELS, Evaluation
from apps.jurisdictions.rulebooks.rulebook import Rulebook

DRAFT_WATERMARK = "草稿"
PREVIEW_ROWS = 100


def form_sha256(application: Application) -> str:
    """The SHA-256 of everything filled in: sections as typed, and each evidence file's own hash."""
    sections = {row.code: row.data for row in application.sections.all()}
    files = application.case.attachments.filter(purpose__startswith=PURPOSE, removed_at__isnull=True)
    content = {
        "case": application.case.number,
        "sections": sections,
        "evidence": [[row.purpose, row.name, row.sha256] for row in files.order_by("purpose", "pk")],
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def form_content(
    application: Application, form: FilledForm | None = None, *, sha256: str = "", most_rows: int | None = None
) -> DocumentContent:
    """The printed form as it stands, with the self-check's findings; ``sha256`` names the version in its head.

    ``most_rows`` cuts long tables short and says so.
    """
    form = form or load_form(application)
    rulebook = form.context.rulebook
    road = rulebook.road
    return DocumentContent(
        title=road.application_form_title,
        date=timezone.localdate(),
        body=(
            _head(application),
            *_body(application, form, most_rows),
            SignatureLines(("单位负责人（签字）", "申报单位（盖章）")),
        ),
        legal_basis=(f"《{rulebook.title}》{cite(road.application_form_article)}",),
        signature_organisation=application.case.institution.name,
        version_hash=sha256[:16] or None,
    )


def preview_pdf(application: Application) -> RenderedPdf:
    """The printed form of a draft, marked as one on every page; long tables are shown by their first rows."""
    watermark = sandbox_watermark(application.case) if application.case.is_sandbox else DRAFT_WATERMARK
    return render_document("application_form", form_content(application, most_rows=PREVIEW_ROWS), watermark=watermark)


def _head(application: Application) -> Block:
    case = application.case
    return Particulars(
        (
            ("办件编号", case.number),
            ("申报批次", application.round.title),
            ("申报级别", application.round.level_label),
            ("申报单位", case.institution.name),
            ("认定机关", case.authority.name),
        )
    )


def _body(application: Application, form: FilledForm, most_rows: int | None) -> list[Block]:
    blocks: list[Block] = []
    sections = readonly_sections(application, form)
    for number, section in enumerate(sections, start=1):
        blocks.append(Heading1(f"{chinese_number(number)}、{section.title}"))
        blocks.extend(_section_blocks(section, most_rows))
    blocks.append(Heading1(f"{chinese_number(len(sections) + 1)}、条件自查结果"))
    blocks.append(findings_block(evaluate_application(application, form), form.context.rulebook))
    return blocks


def _section_blocks(section: ReadonlySection, most_rows: int | None) -> list[Block]:
    blocks: list[Block] = []
    rows = [(item.label, item.value or "（未填）") for item in section.items]
    rows += [(f"{figure.label}（{figure.note}）", f"{figure.value} {figure.unit}") for figure in section.figures]
    rows += [(group.title, "；".join(file.name for file in group.files) or "（未上传）") for group in section.evidence]
    if rows:
        blocks.append(Particulars(tuple(rows)))
    for table in section.tables:
        shown = table.rows[:most_rows]
        if shown:
            blocks.append(Table(columns=table.columns, rows=tuple(shown), caption=table.caption))
        if len(shown) < len(table.rows):
            blocks.append(Paragraph(f"预览只列前 {len(shown)} 行，共 {len(table.rows)} 行；提交后的打印稿列出全部。"))
    return blocks


def findings_block(evaluation: Evaluation, rulebook: Rulebook) -> Findings:
    """The findings as a table for print."""
    return Findings(
        tuple(
            FindingRow(
                rulebook.condition(finding.code).title,
                cite_all(finding.articles),
                RESULT_LABELS[finding.result],
                finding.message,
            )
            for finding in evaluation.findings
        )
    )

"""What the documents of the intake say: admission, one-time correction, refusal to admit."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.applications.models import AdmissionRefusal, Application
from apps.applications.services.opinion_documents import application_particulars, numbered
from apps.applications.services.submission import INTAKE_WORKDAYS
from apps.applications.services.wording import findings_table, intake_articles, legal_basis, remedies
from apps.cases.workflow.engine import road_of
from apps.documents.rendering import DocumentContent, Paragraph, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.roads import Road


def admission_content(application: Application) -> DocumentContent:
    """受理通知书: what was admitted and what follows. Short enough for one page."""
    rulebook, road = registry.by_key(application.case.rulebook_key), road_of(application.case)
    submitted = chinese_date(timezone.localdate(application.case.submitted_at))
    return DocumentContent(
        title=f"关于受理{road.base_name}申报的通知书",
        date=timezone.localdate(),
        body=(
            Paragraph(
                f"你单位于{submitted}提交的申报材料（办件编号{application.case.number}）收悉。"
                "经审查，材料齐全，符合申报要求，予以受理。"
            ),
            Paragraph(f"{_review_sentence(road)}结果将依法告知。办理进度可以凭办件编号登录本平台查询。"),
            Paragraph(f"本机关承诺收到申报材料后{INTAKE_WORKDAYS}个工作日内答复是否受理，补正时间不计入。"),
        ),
        legal_basis=legal_basis(rulebook, (*intake_articles(application), road.review.article)),
    )


def correction_content(
    application: Application, items: list[dict[str, str]], due_on: dt.date, term: str
) -> DocumentContent:
    """一次性补正告知书: every item in one notice, with the day by which it is due."""
    rulebook, road = registry.by_key(application.case.rulebook_key), road_of(application.case)
    rows = tuple((str(number), item["title"], item["reason"]) for number, item in enumerate(items, start=1))
    return DocumentContent(
        title=f"关于补正{road.base_name}申报材料的告知书",
        date=timezone.localdate(),
        body=(
            Paragraph(f"你单位的申报材料（办件编号{application.case.number}）收悉，需要补正的全部内容如下："),
            Table(("序号", "申报表部分", "需要补正的内容和原因"), rows, widths=(2, 6, 16)),
            Paragraph(
                f"请于{chinese_date(due_on)}24时前（{term}）登录本平台补正，由单位负责人提交；上列以外的部分不作修改。"
                "补正期间不计入受理时限。逾期不补正的，按现有材料决定是否受理。"
            ),
        ),
        legal_basis=legal_basis(rulebook, intake_articles(application)),
    )


def refusal_content(application: Application, refusal: AdmissionRefusal) -> DocumentContent:
    """不予受理决定书: facts, reasons, articles and remedies."""
    rulebook, road = registry.by_key(application.case.rulebook_key), road_of(application.case)
    unmet = [finding for finding in application.evaluation.get("findings", []) if finding["result"] == "not_met"]
    sections = [
        Section("申报情况", (application_particulars(application),)),
        Section("不予受理的理由", _reasons(refusal)),
    ]
    if unmet and refusal.ground == AdmissionRefusal.Ground.NOT_ELIGIBLE:
        sections.insert(1, Section("条件审核结果", (findings_table(rulebook, unmet),)))
    if refusal.records_fraud:
        text = "本机关认定你单位在本次申报中弄虚作假，并记入登记。" + _bar_sentence(road.reapplication_bar is not None)
        sections.append(Section("弄虚作假的认定", (Paragraph(text),)))
    sections.append(Section("决定", (Paragraph(f"对你单位的{road.base_name}申报不予受理。"),)))
    return DocumentContent(
        title=f"关于不予受理{road.base_name}申报的决定书",
        date=timezone.localdate(),
        body=numbered(*sections),
        legal_basis=legal_basis(rulebook, refusal.articles),
        remedies=remedies(application.case.authority),
    )


def _reasons(refusal: AdmissionRefusal) -> tuple[Paragraph, ...]:
    if refusal.ground == AdmissionRefusal.Ground.OTHER:
        return (Paragraph(refusal.reasons),)
    return (Paragraph(f"{refusal.get_ground_display()}。"), Paragraph(refusal.reasons))


def _review_sentence(road: Road) -> str:
    body = f"由{road.review.body_label}进行" if road.review.panel == "required" else "由本机关组织"
    return f"受理后，{body}{'、'.join(label for _, label in road.review.duties)}，"


def _bar_sentence(barred: bool) -> str:
    return "依照所引条款，今后不再受理其认定申请。" if barred else ""

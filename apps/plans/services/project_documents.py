"""What the documents about a training project say: the managing unit's opinion and the receipt for its filing."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.cases.models import Act, Document
from apps.cases.workflow.engine import rules_of
from apps.documents.rendering import DocumentContent, Paragraph, Particulars, Section
from apps.documents.rendering.text import chinese_date
from apps.documents.services import issue
from apps.documents.wording import legal_basis
from apps.plans.enums import UnitConclusion
from apps.plans.models import TrainingProject

OPINION, RECEIPT = "project_opinion", "project_receipt"


def issue_opinion(project: TrainingProject, act: Act, unit: Organisation) -> Document:
    """Issue the managing unit's signed opinion to the institution; inside perform()'s change."""
    case = project.case
    return issue(case, act, OPINION, opinion_content(project, unit), issuer=unit, addressee=case.institution)


def issue_receipt(project: TrainingProject, act: Act) -> Document:
    """Issue the receipt for the filing to the institution, with a copy to the managing unit."""
    case, unit = project.case, project.base.managing_unit
    return issue(
        case,
        act,
        RECEIPT,
        receipt_content(project),
        issuer=case.authority,
        addressee=case.institution,
        deliver_to=[unit] if unit else [],
    )


def opinion_content(project: TrainingProject, unit: Organisation) -> DocumentContent:
    """Consent or refusal with its reasons; a refusal says where to turn to."""
    agreed = project.unit_conclusion == UnitConclusion.AGREED
    rules = rules_of(project.case)
    title = f"关于{'同意' if agreed else '不同意'}举办“{project.name}”的意见"
    lead = f"你单位报来拟以基地名义举办的培训项目“{project.name}”（办件编号{project.case.number}）收悉。"
    conclusion = "同意以基地名义举办本项目。" if agreed else "不同意以基地名义举办本项目。"
    reasons = [Paragraph(project.unit_opinion)] if project.unit_opinion else []
    if not agreed:
        reasons = [Paragraph("理由如下："), *reasons]
    return DocumentContent(
        title=title,
        date=timezone.localdate(),
        body=(
            Paragraph(f"{lead}经审核，意见如下。"),
            Section("一、项目情况", (_particulars(project),)),
            Section("二、审核意见", (Paragraph(conclusion), *reasons)),
        ),
        legal_basis=legal_basis(rules, (rules.name_use.article,) if rules.name_use else ()),
        remedies=None if agreed else _against_opinion(project.case.authority),
    )


def receipt_content(project: TrainingProject) -> DocumentContent:
    """The receipt: what was filed, when, how late, and what the filing is the basis for. It approves nothing."""
    rules = rules_of(project.case)
    parts = [rules.class_filing, rules.name_use]
    articles = dict.fromkeys(part.article for part in parts if part is not None)
    effect = f"{rules.class_filing.effect}。" if rules.class_filing else "本项目可以以基地名义举办。"
    return DocumentContent(
        title=f"关于“{project.name}”的备案回执",
        date=timezone.localdate(),
        body=(
            Paragraph(f"你单位报送备案的培训项目“{project.name}”（办件编号{project.case.number}）收悉，已予备案。"),
            Section("一、备案项目", (_particulars(project),)),
            Section("二、备案时间", (Paragraph(filing_in_words(project, "你单位")),)),
            Section(
                "三、备案的效力",
                (
                    Paragraph(f"{effect}请凭本回执的文号登记{rules.credit.label}。"),
                    Paragraph(
                        "本回执只证明项目已经备案，不表示对收费标准或者培训质量的认可；项目有变动的，应另行备案。"
                    ),
                ),
            ),
        ),
        legal_basis=legal_basis(rules, articles),
    )


def filing_in_words(project: TrainingProject, filer: str = "") -> str:
    """When the project was filed and whether that was in time; ``filer`` is how the reader calls the institution."""
    if project.filed_on is None:
        return "未记录报送日期。"
    filed = f"{filer}于{chinese_date(project.filed_on)}报送备案。"
    if project.latest_filing is None:
        asked = rules_of(project.case).class_filing is not None
        return filed + ("报送时开班年度的放假安排尚未公布，未计算备案期限。" if asked else "")
    latest = f"按开班日期推算，最迟应于{chinese_date(project.latest_filing)}报送，"
    if project.filed_on <= project.latest_filing:
        return f"{filed}{latest}符合期限。"
    late = f"逾期{project.filed_late_days}个工作日" if project.filed_late_days else "已逾期"
    return f"{filed}{latest}{late}。{filer}说明的原因：{project.late_reason}"


def _particulars(project: TrainingProject) -> Particulars:
    planned = project.planned
    one_by_one = rules_of(project.case).annual_plan.events_outside_plan is not None
    source = "年度计划外项目，一事一报" if one_by_one else "年度计划外项目"
    if planned:
        source = f"{planned.plan.year}年度计划内项目（{planned.plan.case.number}）"
    fee = (
        f"每{project.fee.unit}{project.fee_fen / 100:.2f}元（{project.fee.authority_document}）" if project.fee else ""
    )
    return Particulars(
        (
            ("基地名称", project.base.name),
            ("项目名称", project.name),
            ("科目和类型", f"{project.get_subject_kind_display()}，{project.get_kind_display()}"),
            ("领域和层次", f"{project.field}，{project.get_level_display()}"),
            (
                "培训时间",
                f"{chinese_date(project.starts_on)}至{chinese_date(project.ends_on)}，{project.hours_tenths / 10:g}学时",
            ),
            ("方式和地点", f"{project.get_mode_display()}，{project.place}"),
            ("计划人数", f"{project.persons}人"),
            ("收费", fee or "不收费"),
            ("项目来源", source),
        )
    )


def _against_opinion(authority: Organisation) -> str:
    """What to do against a managing unit's opinion, which is not the authority's decision."""
    phone = f"（联系电话：{authority.phone}）" if authority.phone else ""
    return (
        f"本意见是管理（指导）单位的意见，不是认定机关的决定。对本意见有异议的，可以向{authority.name}{phone}反映；"
        "按意见调整后，可以另行报送。"
    )

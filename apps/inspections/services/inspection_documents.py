"""What the documents of a campaign and its inspections say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from apps.cases.models import Act
from apps.cases.workflow.engine import rules_of
from apps.documents.rendering import Annex, DocumentContent, Heading1, Paragraph, Table
from apps.documents.wording import legal_basis, remedies
from apps.inspections.enums import CampaignKind, Grade, Verdict
from apps.inspections.models import Campaign, Inspection, InspectionItem
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.rulebook import Rulebook

_ITEM_COLUMNS = ("检查内容", "认定", "说明")
_ITEM_WIDTHS = (9, 4, 15)


def day(on: dt.date) -> str:
    """A day as documents write it."""
    return f"{on.year}年{on.month}月{on.day}日"


def notice_content(campaign: Campaign, act: Act) -> DocumentContent:
    """The one notice of a campaign, to every chosen base and those who inspect them."""
    rulebook = rules_of(campaign.case)
    body: list[Heading1 | Paragraph] = [
        Paragraph(f"现就{campaign.title}的有关事项通知如下。"),
        Heading1("一、检查内容"),
        *(Paragraph(f"{index}. {_with_guidance(item)}") for index, item in enumerate(campaign.checklist, 1)),
        Heading1("二、检查安排"),
        Paragraph(f"（一）检查单位。{_inspected_by(campaign, rulebook)}"),
        Paragraph(f"（二）自评。{_self_assessment(campaign)}"),
        Paragraph(f"（三）检查。先审核材料，需要实地检查的另行约定时间。检查于{day(campaign.finish_by)}前完成。"),
        Paragraph(
            f"（四）申辩。检查发现的问题书面告知基地，基地可以自告知次日起{campaign.answer_days}日内提交说明和证据，"
            "听取说明后再评定结果。"
        ),
    ]
    if campaign.instructions.strip():
        body += [Heading1("三、工作要求"), *(Paragraph(line) for line in _lines(campaign.instructions))]
    return DocumentContent(
        title=f"关于开展{campaign.title}的通知",
        date=timezone.localdate(act.at),
        addressee="列入本次检查的各基地建设单位，各检查单位",
        body=tuple(body),
        legal_basis=legal_basis(rulebook, [*act.articles, rulebook.inspection.article]),
    )


def findings_content(
    inspection: Inspection, act: Act, items: Iterable[InspectionItem], due: dt.date
) -> DocumentContent:
    """What was found wrong, item by item with its article, and how and until when the base may answer."""
    rows = [
        (item.label, Verdict(item.finding).label, item.finding_text) for item in items if item.finding != Verdict.MEETS
    ]
    rulebook = rules_of(inspection.case)
    return DocumentContent(
        title=f"{CampaignKind(inspection.campaign.kind).label}发现问题告知书",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(
                f"在{inspection.campaign.title}中，对你单位承建的{inspection.base.name}检查发现以下问题，现予告知。"
            ),
            _table(rows, "检查发现的问题"),
            Paragraph(
                f"你单位可以自本告知书送达次日起{inspection.campaign.answer_days}日内，即{day(due)}24时前，"
                "在平台上逐项提交说明和证据。逾期未提交的，视为没有说明，检查单位将依据现有材料评定结果。"
            ),
            Paragraph("本告知书不是检查结果。"),
        ),
        legal_basis=legal_basis(rulebook, [*act.articles, rulebook.inspection.article]),
    )


def result_content(inspection: Inspection, act: Act, items: Iterable[InspectionItem]) -> DocumentContent:
    """The result with its reasons; a failing one says what follows, who decides that, and how to contest it."""
    rulebook = rules_of(inspection.case)
    grade = Grade(inspection.grade)
    failed = grade == Grade.FAILED
    rows = [(item.label, Verdict(item.verdict).label, item.verdict_text or "—") for item in items]
    body: list[Paragraph | Table] = [
        Paragraph(
            f"{inspection.campaign.title}中，对你单位承建的{inspection.base.name}的检查已经结束。{_heard(inspection)}"
        ),
        _table(rows, "各项检查内容的认定"),
        Paragraph(f"评定结果：{grade.label}。"),
        Paragraph(f"评定理由：{inspection.grade_reasons.strip()}"),
    ]
    consequence = consequence_of(rulebook, grade)
    if consequence:
        body.append(Paragraph(consequence[0]))
    cited = [*act.articles, rulebook.inspection.article, *([consequence[1]] if consequence else [])]
    return DocumentContent(
        title=f"{CampaignKind(inspection.campaign.kind).label}结果通知书",
        date=timezone.localdate(act.at),
        body=tuple(body),
        legal_basis=legal_basis(rulebook, cited),
        remedies=remedies(inspection.inspector) if failed else None,
    )


def consequence_of(rulebook: Rulebook, grade: str) -> tuple[str, str] | None:
    """What follows from a grade, in words, with its article; None where nothing does."""
    if grade == Grade.EXCELLENT:
        commendation = rulebook.inspection.commendation
        return f"结果为优秀的：{commendation.summary}（{cite(commendation.article)}）。", commendation.article
    if grade != Grade.FAILED:
        return None
    order = next((one for one in rulebook.sanctions if one.code == "rectification"), None)
    if order is None:
        return None
    text = (
        f"是否{order.word}，由{order.imposed_by}依照{cite(order.article)}另行决定；整改要求和期限以其送达的文书为准。"
    )
    return text, order.article


def bulletin_content(campaign: Campaign, act: Act, inspections: list[Inspection]) -> DocumentContent:
    """The published results, by base."""
    rows = tuple(
        (str(index), one.base.institution_name, one.base.number, Grade(one.grade).label)
        for index, one in enumerate(inspections, 1)
    )
    commended = [one.base.institution_name for one in inspections if one.commended]
    body = [Paragraph(line) for line in _lines(campaign.bulletin)]
    if commended:
        body.append(Paragraph(f"列入宣传推广的基地：{'、'.join(commended)}。"))
    body.append(Paragraph("各基地的检查结果见附件。"))
    table = Table(columns=("序号", "建设单位", "基地编号", "结果"), rows=rows, widths=(3, 13, 12, 5))
    return DocumentContent(
        title=f"关于{campaign.title}\n结果的通报",
        date=timezone.localdate(act.at),
        addressee="各有关单位",
        body=tuple(body),
        legal_basis=legal_basis(rules_of(campaign.case), act.articles),
        annexes=(Annex(title="检查结果", blocks=(table,)),),
    )


def _with_guidance(item: dict[str, str]) -> str:
    guidance = item["guidance"].strip().rstrip("。")
    return f"{item['label']}：{guidance}。" if guidance else f"{item['label']}。"


def _inspected_by(campaign: Campaign, rulebook: Rulebook) -> str:
    if campaign.kind != CampaignKind.REGULAR:
        return f"由{campaign.organiser.name}进行。"
    if rulebook.inspection.inspector == "commissioned" and campaign.commissioned is not None:
        return f"委托{campaign.commissioned.name}进行。"
    if rulebook.inspection.inspector == "managing_unit":
        return f"由各基地的{rulebook.road.recommender_title or '管理单位'}进行。"
    return "由认定该基地的机关进行。"


def _self_assessment(campaign: Campaign) -> str:
    if campaign.self_due_on is None:
        return "本次检查不要求提交自评。"
    return f"各基地对照检查内容逐项自评并附证据，于{day(campaign.self_due_on)}24时前由单位负责人在平台提交。"


def _heard(inspection: Inspection) -> str:
    if not any(item.finding != Verdict.MEETS for item in inspection.items.all()):
        return "检查未发现须你单位说明的问题。"
    if inspection.answer.strip() or any(item.answer.strip() for item in inspection.items.all()):
        return "检查发现的问题已告知你单位，你单位提交的说明已经听取。"
    return "检查发现的问题已告知你单位，你单位没有在期限内提交说明。"


def _table(rows: list[tuple[str, str, str]], caption: str) -> Table:
    return Table(columns=_ITEM_COLUMNS, rows=tuple(rows), caption=caption, widths=_ITEM_WIDTHS)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

"""What the documents of rectification say: facts, articles, decision, remedies."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.cases.models import Act, Case
from apps.cases.workflow.engine import rules_of
from apps.documents import wording
from apps.documents.rendering import DocumentContent, NumberedList, Paragraph, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.inspections.models import Rectification, Revocation
from apps.inspections.services.sanction_grounds import ground_labels, rectification_sanction
from apps.jurisdictions.rulebooks.citations import chinese_number, cite


def cn(day: dt.date | None) -> str:
    """A day as documents write it."""
    return chinese_date(day) if day else ""


def numbered(*sections: Section) -> tuple[Section, ...]:
    """The sections with 一、二、三、 before their headings."""
    return tuple(
        Section(f"{chinese_number(position)}、{section.heading}", section.blocks)
        for position, section in enumerate(sections, start=1)
    )


def adverse(case: Case, act: Act, title: str, body: tuple[object, ...]) -> DocumentContent:
    """A document against which there are remedies."""
    return plain(case, act, title, body, remedies=wording.remedies(case.authority))


def plain(
    case: Case, act: Act, title: str, body: tuple[object, ...], *, remedies: str | None = None
) -> DocumentContent:
    """A document of the case with its legal basis; ``body`` are blocks."""
    return DocumentContent(
        title=title,
        date=timezone.localdate(act.at),
        body=body,  # type: ignore[arg-type]
        legal_basis=wording.legal_basis(rules_of(case), act.articles),
        remedies=remedies,
    )


def base_named(sanction: Rectification | Revocation) -> str:
    """The base as letters name it."""
    base = sanction.base
    return f"{base.name}（编号{base.number}）"


def order(case: Case, act: Act) -> DocumentContent:
    """整改通知书: facts, grounds, items, the last day of the term, and what follows."""
    rectification = case.rectification
    sanction = rectification_sanction(rules_of(case))
    items = tuple(
        item.requirement + (f"（{cite(item.article)}）" if item.article else "") for item in rectification.items.all()
    )
    grounds = "；".join(ground_labels(rectification.grounds))
    return adverse(
        case,
        act,
        f"关于{sanction.word}的通知",
        (
            Paragraph(f"你单位承办的{base_named(rectification)}，经查存在以下问题，现决定{sanction.word}。"),
            *numbered(
                Section("事实", (Paragraph(rectification.facts),)),
                Section("情形和依据", (Paragraph(f"上述事实属于{cite(sanction.article)}所列情形：{grounds}。"),)),
                Section("整改事项", (NumberedList(items),)),
                Section("整改期限", _term(case, rectification)),
            ),
        ),
    )


def _term(case: Case, rectification: Rectification) -> tuple[Paragraph, ...]:
    rulebook = rules_of(case)
    word = rectification_sanction(rulebook).word
    follows = next(one for one in rulebook.sanctions if one.code == "revocation" and one.rectification_first)
    return (
        Paragraph(
            f"请于{cn(rectification.due_on)}24时前完成整改，并通过平台逐项填写整改情况、上传证明材料，"
            f"提交整改报告。期限由本机关指定，自{word}之日的次日起算，为{rectification.term_days}日；"
            "最后一日为休息日的，顺延至其后第一个工作日。"
        ),
        Paragraph(
            f"本机关收到报告后逐项复查。期满仍不达标的，将依照{cite(follows.article)}启动{follows.word}基地资格的程序。"
        ),
    )


def extension(case: Case, act: Act, before: dt.date) -> DocumentContent:
    """延期决定书: from which day to which, and why."""
    rectification = case.rectification
    return plain(
        case,
        act,
        "关于延长整改期限的决定",
        (
            Paragraph(
                f"你单位承办的{base_named(rectification)}的整改（办件编号{case.number}），经复查，决定延长期限。"
            ),
            *numbered(
                Section("复查情况", (Paragraph(rectification.recheck), _rechecked(rectification))),
                Section("延长的理由", (Paragraph(rectification.conclusion_text),)),
                Section(
                    "决定",
                    (
                        Paragraph(
                            f"整改期限由{cn(before)}延长至{cn(rectification.extended_to)}24时。"
                            "请在延长后的期限内完成整改并重新提交整改报告。"
                        ),
                    ),
                ),
            ),
        ),
    )


def lifted(case: Case, act: Act) -> DocumentContent:
    """整改合格通知书."""
    rectification = case.rectification
    return plain(
        case,
        act,
        "关于整改合格的通知",
        (
            Paragraph(
                f"你单位承办的{base_named(rectification)}的整改（办件编号{case.number}），"
                f"经{cn(rectification.rechecked_on)}复查，情况如下。"
            ),
            *numbered(
                Section("复查情况", (Paragraph(rectification.recheck), _rechecked(rectification))),
                Section("结论", (Paragraph(rectification.conclusion_text), Paragraph("整改合格，自即日起解除整改。"))),
            ),
        ),
    )


def failed(case: Case, act: Act) -> DocumentContent:
    """整改未达标认定书: what the re-inspection found when the term was over."""
    rectification = case.rectification
    report = (
        f"你单位于{cn(rectification.reported_on)}提交整改报告。"
        if rectification.reported_on
        else "期限内你单位没有提交整改报告。"
    )
    return adverse(
        case,
        act,
        "关于整改未达标的认定",
        (
            Paragraph(
                f"你单位承办的{base_named(rectification)}的整改（办件编号{case.number}），"
                f"期限至{cn(rectification.due_on)}届满。{report}"
            ),
            *numbered(
                Section(
                    f"{cn(rectification.rechecked_on)}复查情况",
                    (Paragraph(rectification.recheck), _rechecked(rectification)),
                ),
                Section("理由", (Paragraph(rectification.conclusion_text),)),
                Section("认定", (Paragraph("认定你单位在规定期限内整改仍未达标。本机关将依照办法的规定进一步处理。"),)),
            ),
        ),
    )


def _rechecked(rectification: Rectification) -> Table:
    rows = tuple(
        (str(item.position), item.requirement, str(item.get_verdict_display()), item.verdict_text or "—")
        for item in rectification.items.all()
    )
    return Table(("序号", "整改要求", "复查", "说明"), rows, widths=(1, 5, 2, 4))

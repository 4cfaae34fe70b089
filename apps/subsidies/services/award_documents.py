"""What the documents on an award say: the grant, the refusal, the termination."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.cases.models import Act
from apps.cases.workflow.engine import rules_of
from apps.documents import wording
from apps.documents.rendering import DocumentContent, NumberedList, Paragraph, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.jurisdictions.rulebooks.citations import chinese_number, cite, cite_all
from apps.jurisdictions.rulebooks.money import CATEGORIES, yuan
from apps.subsidies.models import Award, UsePlanLine
from apps.subsidies.services import cap_exceptions
from apps.subsidies.workflow.people import funding_of, scheme_of

DECIMALS = 100


def granted(award: Award, act: Act) -> DocumentContent:
    """资助决定: what was asked and given line by line, on what review, above the cap or not, and what must be kept to.

    The remedies stand where less was given than was asked for.
    """
    lines = list(UsePlanLine.objects.filter(case_id=award.pk))
    total = sum(line.granted_fen or 0 for line in lines)
    decided = (
        Paragraph(
            f"在“{award.cycle.title}”（{_cn(award.cycle.starts_on)}至{_cn(award.cycle.ends_on)}）内，"
            f"资助你单位“{award.title}”{yuan(total)}，经费来源为{funding_of(award.case).source}。各支出项目的资助金额如下："
        ),
        _sums(lines),
        Paragraph(f"理由：{award.reasons}"),
    )
    return _content(
        award,
        act,
        f"关于资助{award.base.institution_name}\n“{award.title}”的决定",
        (_received(award), *_numbered(_review(award), Section("决定", decided), *_exception(award), _duties(award))),
        remedies=total < award.requested_fen,
    )


def declined(award: Award, act: Act) -> DocumentContent:
    """不予资助决定: why, on what review, and the remedies."""
    decided = (Paragraph(f"本次申请（{yuan(award.requested_fen)}）不予资助。"),)
    return _content(
        award,
        act,
        f"关于不予资助{award.base.institution_name}\n“{award.title}”的决定",
        (
            _received(award),
            *_numbered(_review(award), Section("理由", (Paragraph(award.reasons),)), Section("决定", decided)),
        ),
        remedies=True,
    )


def terminated(award: Award, act: Act, *, paid_fen: int, released_fen: int) -> DocumentContent:
    """终止资助决定: why, what was paid and what is given back to the cycle, and what is left to account for."""
    points = [
        f"自本决定作出之日起终止对“{award.title}”的资助，不再拨付；尚未拨付的{yuan(released_fen)}收回。",
        f"已拨付{yuan(paid_fen)}。"
        + ("请就已拨付经费报告使用情况；结余或者使用不当的部分，另行通知缴回。" if paid_fen else ""),
    ]
    return _content(
        award,
        act,
        f"关于终止资助{award.base.institution_name}\n“{award.title}”的决定",
        (
            Paragraph(
                f"你单位承办的{award.base.name}（编号{award.base.number}）的资助（办件编号{award.case.number}），现决定终止。"
            ),
            *_numbered(Section("理由", (Paragraph(act.reason),)), Section("决定", (NumberedList(tuple(points)),))),
        ),
        remedies=True,
    )


def panel_words(award: Award) -> str:
    """What the experts concluded, in a sentence."""
    if award.panel_passed is None:
        return "本申请没有专家评审结论。"
    points = award.panel_points_hundredths
    average = f"，平均{points // DECIMALS}.{points % DECIMALS:02d}分" if points is not None else ""
    return f"专家评审结论为{'通过' if award.panel_passed else '不通过'}{average}。"


def _received(award: Award) -> Paragraph:
    return Paragraph(
        f"你单位为{award.base.name}（编号{award.base.number}）提交的资助申请（办件编号{award.case.number}，"
        f"申请金额{yuan(award.requested_fen)}）收悉，现已审查完毕。"
    )


def _review(award: Award) -> Section:
    return Section("专家评审", (Paragraph(panel_words(award)),))


def _sums(lines: list[UsePlanLine]) -> Table:
    rows = [
        (
            str(place),
            line.item,
            CATEGORIES.get(line.category, line.category),
            yuan(line.amount_fen),
            yuan(line.granted_fen or 0),
        )
        for place, line in enumerate(lines, start=1)
    ]
    asked, given = sum(line.amount_fen for line in lines), sum(line.granted_fen or 0 for line in lines)
    rows.append(("", "合计", "", yuan(asked), yuan(given)))
    return Table(("序号", "支出项目", "用途类别", "申请金额", "资助金额"), tuple(rows), widths=(3, 8, 8, 6, 6))


def _exception(award: Award) -> tuple[Section, ...]:
    room = cap_exceptions.room_of(award)
    found = cap_exceptions.exception_of(award)
    if not room.exceeds or found is None:
        return ()
    text = (
        f"本决定作出后，该基地在本周期获资助合计{yuan(room.total_fen)}，超过{cite(scheme_of(award.case).cap_article)}"
        f"原则上的限额{yuan(room.cap_fen)}。依据{found.document_number}（{_cn(found.document_date)}），"
        f"准予达到{yuan(found.total_fen)}，理由是：{found.reason}"
    )
    return (Section("超过限额的依据", (Paragraph(text),)),)


def _duties(award: Award) -> Section:
    funding, scheme = funding_of(award.case), scheme_of(award.case)
    audited = "和".join(funding.audited)
    bans = cite_all(dict.fromkeys(one.article for one in scheme.forbidden))
    points = [
        f"请在平台编制并报送{audited}，经审核同意后方可申请拨付（{cite(funding.audit_article)}）。",
        f"经费专款专用，不得用于{bans}所列支出。",
        f"拨付和验收按{cite(scheme.paid_under)}办理。",
    ]
    if funding.supervision is not None:
        points.append(f"{funding.supervision.summary}（{cite(funding.supervision.article)}），请予配合。")
    return Section("使用要求", (NumberedList(tuple(points)),))


def _content(award: Award, act: Act, title: str, body: tuple[object, ...], *, remedies: bool) -> DocumentContent:
    return DocumentContent(
        title=title,
        date=timezone.localdate(act.at),
        body=body,  # type: ignore[arg-type]
        legal_basis=wording.legal_basis(rules_of(award.case), act.articles),
        remedies=wording.remedies(award.case.authority) if remedies else None,
    )


def _numbered(*sections: Section) -> tuple[Section, ...]:
    return tuple(
        Section(f"{chinese_number(place)}、{section.heading}", section.blocks)
        for place, section in enumerate(sections, start=1)
    )


def _cn(day: dt.date | None) -> str:
    return chinese_date(day) if day else ""

"""The 评审决议 document: one for the panel, listing every subject with scores, votes, recusals and reasons."""

from __future__ import annotations

from django.utils import timezone

from apps.cases.models import Act, Case, Document
from apps.cases.workflow.engine import road_of
from apps.documents.rendering.blocks import Block, NumberedList, Paragraph, Particulars, Section, Table
from apps.documents.rendering.content import Annex, DocumentContent
from apps.documents.services import issue
from apps.documents.wording import legal_basis
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.roads import Review
from apps.panels.enums import ConflictKind
from apps.panels.models import PanelMember, Resolution
from apps.panels.sitting import Sitting

DOCUMENT_KIND = "panel_resolution"


def issue_resolution(case: Case, act: Act, sitting: Sitting) -> Document:
    """Issue the resolution on the panel's case, to the authority. Internal: it names experts and is not published."""
    return issue(case, act, DOCUMENT_KIND, resolution_content(case, sitting), issuer=case.authority)


def resolution_content(case: Case, sitting: Sitting) -> DocumentContent:
    """The document's content from the records as they stand. Queries: the resolutions and the rulebook's data."""
    review, kind = road_of(case).review, sitting.kind
    articles = kind.articles(case)
    rulebook = registry.by_key(case.rulebook_key)
    rows = {row.subject_id: row for row in Resolution.objects.filter(panel=case.panel)}
    resolutions = [rows[subject.pk] for subject in sitting.subjects if subject.pk in rows]
    names = {subject.pk: kind.name(subject) for subject in sitting.subjects}
    return DocumentContent(
        title=f"{sitting.panel.occasion.title}\n专家评审决议",
        date=timezone.localdate(),
        addressee=case.authority.name,
        body=(
            _opening(case, sitting, review),
            Section("一、评审结果", (_results(sitting, resolutions, names),)),
            Section("二、评审意见", _opinions(resolutions, names)),
            Section("三、回避情况", _recusals(sitting, names)),
            Section("四、通过规则", (_rule(sitting),)),
            *_signed(sitting),
        ),
        legal_basis=legal_basis(rulebook, articles),
        annexes=(_members(sitting),),
        signature_organisation=review.body_label if review.panel == "required" else None,
    )


def _opening(case: Case, sitting: Sitting, review: Review) -> Paragraph:
    body = review.body_label if review.panel == "required" else "专家组"
    text = (
        f"{case.authority.name}设立的{body}由{len(sitting.serving)}位专家组成，"
        f"对{sitting.kind.words.counted.format(len(sitting.subjects))}进行了评审，形成以下决议。"
    )
    return Paragraph(text)


def _results(sitting: Sitting, resolutions: list[Resolution], names: dict[int, str]) -> Table:
    return Table(
        columns=("序号", sitting.kind.words.applicant, "评分份数", "平均分", "同意", "不同意", "弃权", "结论"),
        rows=tuple(
            (
                str(position),
                names[row.subject_id],
                str(row.sheet_count),
                row.average,
                str(row.votes_for),
                str(row.votes_against),
                str(row.votes_abstain),
                "通过" if row.passed else "不通过",
            )
            for position, row in enumerate(resolutions, start=1)
        ),
        widths=(3, 11, 5, 4, 3, 4, 3, 4),
    )


def _opinions(resolutions: list[Resolution], names: dict[int, str]) -> tuple[Block, ...]:
    return (NumberedList(tuple(f"{names[row.subject_id]}：{row.reasons}" for row in resolutions)),)


def _recusals(sitting: Sitting, names: dict[int, str]) -> tuple[Block, ...]:
    lines = []
    for subject in sitting.subjects:
        recused = [member for member in sitting.serving if sitting.is_recused(member, subject)]
        chair = "（主任委员）"
        if recused:
            listed = "、".join(
                member.expert.user.name + (chair if member.is_chair else "") + f"（{_why(sitting, member, subject)}）"
                for member in recused
            )
            lines.append(f"{names[subject.pk]}：{listed}回避，未参加该{sitting.kind.words.subject}的评分和表决。")
    if not lines:
        return (Paragraph("各位专家均已逐件申明，无须回避。"),)
    return (NumberedList(tuple(lines)),)


def _why(sitting: Sitting, member: PanelMember, subject: Case) -> str:
    kinds = [finding.kind for finding in sitting.findings(member, subject) if finding.set_aside_at is None]
    if kinds:
        return "、".join(ConflictKind(kind).label for kind in kinds)
    return "本人申明"


def _rule(sitting: Sitting) -> Paragraph:
    return Paragraph(
        f"平均分不低于{sitting.panel.pass_points}分，且同意票超过参加表决票数（含弃权）半数的，为通过。"
        f"每件{sitting.kind.words.subject}参加评审的专家不少于{sitting.panel.quorum}人。平均分四舍五入到百分位，是否达到合格分按未舍入的总分比较。"
    )


def _signed(sitting: Sitting) -> tuple[Block, ...]:
    chair = sitting.chair
    if chair is None:
        return ()
    return (Paragraph(f"本决议由主任委员{chair.expert.user.name}在平台签署，会议纪要存档备查。"),)


def _members(sitting: Sitting) -> Annex:
    rows = tuple(
        (
            ("主任委员" if member.is_chair else "委员") + f"（{member.get_source_display()}）",
            "，".join(
                part for part in (member.expert.user.name, member.expert.employer_name, member.expert.title) if part
            ),
        )
        for member in sitting.serving
    )
    return Annex("专家评审委员会组成人员", (Particulars(rows),))

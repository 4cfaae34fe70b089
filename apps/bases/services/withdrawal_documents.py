"""What the documents of a voluntary withdrawal say."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from apps.bases.models import BaseWithdrawal
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import road_of, rules_of
from apps.documents.rendering import DocumentContent, NumberedList, Paragraph, Section
from apps.documents.rendering.blocks import Block
from apps.documents.rendering.text import chinese_date
from apps.documents.wording import legal_basis, remedies


def decision(withdrawal: BaseWithdrawal, act: Act, running: Sequence[Case]) -> DocumentContent:
    """The consent: from when, what becomes of running business, the plaque."""
    base, rules = withdrawal.base, rules_of(withdrawal.case)
    day = timezone.localdate(act.at)
    body: list[Block] = [
        Paragraph(f"你单位关于退出{_named(withdrawal)}的申请收悉。"),
        Paragraph(
            f"经审核，同意你单位自{chinese_date(day)}起退出。"
            "退出系你单位自愿，不属于取消（撤销）资格。自该日起不得再以基地名义开展培训、收取费用或者颁发证书。"
        ),
        Section("善后事项", (Paragraph(withdrawal.arrangements), *_unsettled(running))),
    ]
    if base.plaque_text:
        plaque = road_of(withdrawal.case).plaque
        word = plaque.word if plaque else "匾牌"
        body.append(Section(word, (Paragraph(f"请将载明“{base.plaque_text}”的{word}交回本机关。"),)))
    return DocumentContent(
        title="关于同意退出基地的决定书",
        date=day,
        addressee=base.institution_name,
        body=tuple(body),
        legal_basis=legal_basis(rules, act.articles),
    )


def announcement(withdrawal: BaseWithdrawal, act: Act) -> DocumentContent:
    """What the public is told."""
    base, rules = withdrawal.base, rules_of(withdrawal.case)
    road, day = road_of(withdrawal.case), timezone.localdate(act.at)
    return DocumentContent(
        title=f"关于{base.institution_name}退出\n{road.base_name}的公告",
        date=day,
        body=(
            Paragraph(
                f"{base.institution_name}（统一社会信用代码{base.credit_code}，基地编号{base.number}）"
                f"自愿申请退出{road.base_name}，经审核同意，自{chinese_date(day)}起不再是基地。"
                "此后以该基地名义举办的培训不予认可。"
            ),
        ),
        legal_basis=legal_basis(rules, act.articles),
    )


def declined(withdrawal: BaseWithdrawal, act: Act, reasons: str) -> DocumentContent:
    """Declined while a sanction is running: reasons, decision, remedies."""
    return DocumentContent(
        title="关于不予退出基地的决定书",
        date=timezone.localdate(act.at),
        addressee=withdrawal.base.institution_name,
        body=(
            Section("申请", (Paragraph(f"你单位申请退出{_named(withdrawal)}。"),)),
            Section("理由", (Paragraph(reasons),)),
            Section("决定", (Paragraph("对你单位的退出申请不予同意。上述程序办结后，可以重新申请。"),)),
        ),
        legal_basis=legal_basis(rules_of(withdrawal.case), act.articles),
        remedies=remedies(withdrawal.case.authority),
    )


def _named(withdrawal: BaseWithdrawal) -> str:
    return f"{road_of(withdrawal.case).base_name}（编号{withdrawal.base.number}）"


def _unsettled(running: Sequence[Case]) -> tuple[Block, ...]:
    if not running:
        return ()
    listed = tuple(f"{case.title}（{case.get_kind_display()}，{case.number}）" for case in running[:50])
    return (Paragraph("下列在办事项由办理机关逐件终止："), NumberedList(listed))

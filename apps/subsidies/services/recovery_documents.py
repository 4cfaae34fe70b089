"""What a demand for return says: facts, basis, sums by line, where to and by when, remedies."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.cases.models import Act, Case
from apps.cases.workflow.engine import rules_of
from apps.documents import wording
from apps.documents.rendering import DocumentContent, Paragraph, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.jurisdictions.rulebooks.citations import chinese_number
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.models import FundRecovery


def demand(case: Case, act: Act) -> DocumentContent:
    """追回资助资金通知: against it there are remedies."""
    recovery = case.fund_recovery
    award = recovery.award
    opening = (
        f"你单位承办的{award.base.name}（编号{award.base.number}）获得的资助“{award.title}”"
        f"（办件编号{award.case.number}），经核查，因{recovery.get_ground_display()}，"
        f"须缴回资助资金{yuan(recovery.amount_fen)}。"
    )
    sections = (
        Section("事实和理由", tuple(Paragraph(text) for text in recovery.facts.splitlines() if text.strip())),
        Section("缴回金额", (_sums(recovery),)),
        Section("缴回办法和期限", _how(case, recovery)),
    )
    return DocumentContent(
        title="关于追回资助资金的通知",
        date=timezone.localdate(act.at),
        body=(Paragraph(opening), *_numbered(sections)),
        legal_basis=wording.legal_basis(rules_of(case), act.articles),
        remedies=wording.remedies(case.authority),
    )


def _numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(
        Section(f"{chinese_number(place)}、{one.heading}", one.blocks) for place, one in enumerate(sections, start=1)
    )


def _sums(recovery: FundRecovery) -> Table:
    rows = list(recovery.lines.select_related("line"))
    cells = [(row.line.item, yuan(row.line.paid_fen), yuan(row.amount_fen)) for row in rows]
    total = ("合计", yuan(sum(row.line.paid_fen for row in rows)), yuan(recovery.amount_fen))
    return Table(("支出项目", "已拨付", "应缴回"), (*cells, total), widths=(4, 3, 3))


def _how(case: Case, recovery: FundRecovery) -> tuple[Paragraph, ...]:
    return (
        Paragraph(f"请于{_cn(recovery.due_on)}前（含当日）缴入：{recovery.account}。该期限由本机关指定。"),
        Paragraph(
            f"请单独汇款，并在用途中注明办件编号{case.number}；缴回后可在平台上传凭证。可以分次缴回，以到账日期为准。有异议的，可以在平台说明情况。"
        ),
    )


def _cn(day: dt.date | None) -> str:
    return chinese_date(day) if day else ""

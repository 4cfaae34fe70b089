"""What the documents say that undo a revocation."""

from __future__ import annotations

import dataclasses

from apps.cases.models import Act, Case, Document
from apps.cases.workflow.engine import road_of
from apps.documents.rendering import DocumentContent, NumberedList, Paragraph, Section
from apps.inspections.enums import OverturnedBy, Settlement
from apps.inspections.models import Restoration
from apps.inspections.services.sanction_documents import cn, numbered, plain

WORDS = {
    OverturnedBy.RECONSIDERATION: "行政复议决定",
    OverturnedBy.COURT: "判决",
    OverturnedBy.OWN_MOTION: "纠正决定",
}


def _rested_on(restoration: Restoration) -> str:
    word = WORDS[OverturnedBy(restoration.overturned_by)]
    return f"{restoration.body}{cn(restoration.decided_on)}作出的{word}，文号{restoration.document_number}"


def _revoking(restoration: Restoration) -> str:
    """The decision that is undone, by its title and number."""
    document = Document.objects.filter(case_id=restoration.revocation_id, kind="revocation_decision").first()
    return (
        f"《{document.title}》（{document.number}）" if document else f"原决定（{restoration.revocation.case.number}）"
    )


def decision(case: Case, act: Act, *, withdrawn: bool) -> DocumentContent:
    """恢复资格决定书: what overturned the decision, and what is undone with it."""
    restoration = case.restoration
    revocation = restoration.revocation
    points = [
        f"撤销{cn(revocation.decided_on)}作出的{_revoking(restoration)}。",
        f"自即日起恢复你单位{road_of(case).base_name}资格（基地编号{revocation.base.number}）。",
    ]
    if restoration.status_after == "rectifying":
        points.append("恢复后基地仍处于限期整改状态，整改事项另行办理。")
    if withdrawn:
        points.append("原记入的失信信息同时撤销。")
    plaque = road_of(case).plaque
    if revocation.plaque_returned_on is not None and plaque is not None:
        points.append(f"已交回的{plaque.word}由本机关发还。")
    if revocation.settled.filter(decision=Settlement.DISCONTINUE).exists():
        points.append("原决定后已终止的办件不自动恢复，你单位可以重新办理。")
    content = plain(
        case,
        act,
        f"关于恢复{case.institution.name}\n{road_of(case).base_name}资格的决定",
        (
            Paragraph(f"你单位承办的{revocation.base.name}（编号{revocation.base.number}），现决定恢复资格。"),
            *numbered(
                Section("事由", (Paragraph(restoration.facts),)),
                Section("决定", (NumberedList(tuple(points)),)),
            ),
        ),
    )
    return dataclasses.replace(content, legal_basis=(_rested_on(restoration),))


def announcement(case: Case, act: Act, decided: Document) -> DocumentContent:
    """公告: the base is recognised again from this day."""
    restoration = case.restoration
    base = restoration.revocation.base
    content = plain(
        case,
        act,
        f"关于恢复{case.institution.name}\n{road_of(case).base_name}资格的公告",
        (
            Paragraph(
                f"{case.authority.name}作出决定（{decided.number}），自即日起恢复{base.institution_name}"
                f"{road_of(case).base_name}资格（基地编号{base.number}）。"
            ),
        ),
    )
    return dataclasses.replace(content, legal_basis=(_rested_on(restoration),))

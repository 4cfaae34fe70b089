"""Where the steps of campaigns and inspections are taken, and what their case pages show."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.withheld import register_sending
from apps.cases.workflow.engine import rules_of
from apps.inspections.enums import CampaignKind, Grade, InspectionState, Selection
from apps.inspections.models import Campaign, Inspection
from apps.inspections.services import campaigns, inspections, launches, publication, results
from apps.inspections.services.inspection_documents import consequence_of
from apps.inspections.services.item_rows import is_base, item_rows, reached, sees

register_page(CaseKind.CAMPAIGN, "edit", "inspections:campaign_edit")
register_page(CaseKind.CAMPAIGN, "draw", "inspections:draw")
register_service(CaseKind.CAMPAIGN, "propose")(campaigns.propose)
register_service(CaseKind.CAMPAIGN, "launch")(launches.launch)
register_plain(CaseKind.CAMPAIGN, "send_back", "drop", "send_back_publication", "recall_publication", "conclude")
register_page(CaseKind.CAMPAIGN, "propose_publication", "inspections:publication")
register_service(CaseKind.CAMPAIGN, "sign_publication")(publication.sign_publication)

register_page(CaseKind.INSPECTION, "submit_self_assessment", "inspections:self_assessment")
register_sending(CaseKind.INSPECTION, "self:", "submit_self_assessment", "self_assessment_expired")
register_sending(CaseKind.INSPECTION, "answer:", "answer_findings", "answer_expired")
register_sending(CaseKind.INSPECTION, "visit:", "close_visit", by_institution=False)
register_page(CaseKind.INSPECTION, "record_desk_review", "inspections:desk")
register_service(CaseKind.INSPECTION, "conclude_on_papers")(inspections.conclude_on_papers)
register_page(CaseKind.INSPECTION, "start_visit", "inspections:visit_plan")
register_page(CaseKind.INSPECTION, "record_visit", "inspections:visit")
register_service(CaseKind.INSPECTION, "close_visit")(inspections.close_visit)
register_page(CaseKind.INSPECTION, "confirm_visit", "inspections:confirm_visit")
register_service(CaseKind.INSPECTION, "proceed_unconfirmed")(inspections.proceed_unconfirmed)
register_page(CaseKind.INSPECTION, "record_findings", "inspections:findings")
register_service(CaseKind.INSPECTION, "send_findings")(results.send_findings)
register_plain(CaseKind.INSPECTION, "accept_findings", "reopen_findings", "send_back_grade", "discontinue")
register_page(CaseKind.INSPECTION, "answer_findings", "inspections:answer")
register_page(CaseKind.INSPECTION, "record_verdicts", "inspections:verdicts")
register_service(CaseKind.INSPECTION, "propose_grade")(results.propose_grade)
register_service(CaseKind.INSPECTION, "sign_result")(results.sign_result)


def _campaign_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    campaign = Campaign.objects.select_related("organiser", "commissioned").get(pk=case.pk)
    return {
        "campaign": campaign,
        "kind_label": CampaignKind(campaign.kind).label,
        "selection_label": Selection(campaign.selection).label,
        "chosen": len(campaign.chosen),
        "rulebook": rules_of(case),
    }


def _inspection_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    inspection = (
        Inspection.objects.select_related(
            "case", "campaign__case", "base", "inspector", "visit_closed_by", "visit_confirmed_by"
        )
        .prefetch_related("items")
        .get(pk=case.pk)
    )
    grade = inspection.grade if sees(inspection, actor, "verdict_text") else ""
    consequence = consequence_of(rules_of(case), grade)
    return {
        "inspection": inspection,
        "kind_label": CampaignKind(inspection.campaign.kind).label,
        "rows": item_rows(inspection, actor),
        "grade": grade,
        "grade_label": Grade(grade).label if grade else "",
        "consequence": consequence[0] if consequence and case.state == InspectionState.CONCLUDED else "",
        "signed": case.state == InspectionState.CONCLUDED,
        "is_base": is_base(inspection, actor),
        "visited": sees(inspection, actor, "visit_text") and inspection.visit_on is not None,
        "answer": inspection.answer if sees(inspection, actor, "answer") else "",
        "self_summary": inspection.self_summary if sees(inspection, actor, "self_text") else "",
        "self_missing": _self_missing(inspection),
        "rulebook": rules_of(case),
    }


def _self_missing(inspection: Inspection) -> bool:
    """Whether a self-assessment was asked for and its time ran out."""
    asked = inspection.campaign.self_due_on is not None and reached(inspection, InspectionState.DESK_REVIEW)
    return asked and inspection.self_late_days is None


register_summary(CaseKind.CAMPAIGN, "inspections/campaigns/_case.html", _campaign_summary)
register_summary(CaseKind.INSPECTION, "inspections/inspections/_case.html", _inspection_summary)

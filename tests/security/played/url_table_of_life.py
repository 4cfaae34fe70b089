"""The addresses of what follows recognition: bases, annual plans, training, inspections, sanctions, changes."""

from __future__ import annotations

from typing import Any

from apps.accounts.enums import CASE_STAFF_ROLES
from apps.plans.models import FeeItem, TraineeRecord
from tests.security.played.rows import (
    ACTING,
    AUTHORITY,
    DEPARTMENT,
    DEPARTMENT_HEAD,
    DEPARTMENT_OFFICER,
    HEAD,
    INSTITUTION,
    INSTITUTION_HEAD,
    LEGAL,
    OFFICE,
    OFFICER,
    PUBLIC,
    Row,
    numbered,
    of_base,
    published,
)
from tests.security.played.world import Tenant

STAFF = OFFICE | DEPARTMENT
OFFICERS = OFFICER | DEPARTMENT_OFFICER
SEEN = INSTITUTION | DEPARTMENT | AUTHORITY
PLAN, PROJECT, CAMPAIGN, CHECK = "annual_plan", "training_project", "campaign", "inspection"
RECTIFICATION, REVOCATION, RESTORATION = "rectification", "revocation", "restoration"
CHANGE, WITHDRAWAL = "particulars_change", "base_withdrawal"


def record(tenant: Tenant) -> TraineeRecord:
    """A trainee of the class whose records may still change, or who has a certificate."""
    return TraineeRecord.objects.filter(project=tenant.case("held", PROJECT).pk).earliest("pk")


def certified(tenant: Tenant) -> TraineeRecord:
    found = TraineeRecord.objects.filter(project=tenant.case("archived", PROJECT).pk)
    return found.exclude(certificate_number="").earliest("pk")


def file_of(state: str, kind: str) -> Any:
    return lambda tenant: tenant.evidence(tenant.case(state, kind)).pk


BASES: dict[str, Row] = {
    "bases:mine": Row(ACTING, methods="GET"),
    "bases:mine_export": Row(ACTING, methods="GET"),
    "bases:file": of_base(SEEN, "GET"),
    "bases:change_start": of_base(INSTITUTION),
    "bases:change_edit": numbered("draft", INSTITUTION, CHANGE),
    "bases:change_evidence_remove": numbered("draft", INSTITUTION, CHANGE, methods="POST", pk=file_of("draft", CHANGE)),
    "bases:change_opinion": numbered("reported", OFFICER, CHANGE),
    "bases:withdrawal_start": of_base(INSTITUTION),
    "bases:withdrawal_edit": numbered("draft", INSTITUTION, WITHDRAWAL),
    "bases:withdrawal_plaque": numbered("withdrawn", OFFICER, WITHDRAWAL),
    "bases:unit_propose": of_base(OFFICER),
    "bases:unit_confirm": Row(HEAD, lambda tenant: {"pk": tenant.proposed_unit.pk}, methods="POST"),
    "bases:unit_decline": Row(HEAD, lambda tenant: {"pk": tenant.proposed_unit.pk}),
}

PLANS: dict[str, Row] = {
    "plans:annual_plans": Row(SEEN, methods="GET"),
    "plans:plan_open": of_base(INSTITUTION, "POST", year=2027),
    "plans:plan_form": numbered("draft", INSTITUTION, PLAN, methods="GET"),
    "plans:plan_view": numbered("filed", SEEN, PLAN, methods="GET"),
    "plans:plan_part": numbered("draft", INSTITUTION, PLAN, part="summary"),
    "plans:plan_autosave": numbered("draft", INSTITUTION, PLAN, methods="POST", part="summary"),
    "plans:plan_copy": numbered("draft", INSTITUTION, PLAN, methods="POST"),
    "plans:plan_upload": numbered("draft", INSTITUTION, PLAN),
    "plans:plan_template": numbered("draft", INSTITUTION, PLAN, methods="GET"),
    "plans:plan_export": numbered("filed", SEEN, PLAN, methods="GET"),
    "plans:plan_file_upload": numbered("draft", INSTITUTION, PLAN, methods="POST", purpose="plan_other"),
    "plans:plan_file_remove": numbered("draft", INSTITUTION, PLAN, methods="POST", pk=file_of("draft", PLAN)),
    "plans:plan_own_review": numbered("draft", INSTITUTION, PLAN),
    "plans:plan_submit": numbered("draft", INSTITUTION, PLAN),
    "plans:plan_amend": numbered("filed", INSTITUTION, PLAN),
    "plans:plan_compare": numbered("filed", SEEN, PLAN, methods="GET"),
    "plans:plan_return": numbered("unit_review", DEPARTMENT_OFFICER, PLAN),
    "plans:plan_opinion": numbered("unit_review", DEPARTMENT_OFFICER, PLAN),
    "plans:plan_sign": numbered("unit_review", DEPARTMENT_HEAD, PLAN),
    "plans:plan_file": numbered("filing", OFFICER, PLAN),
}

TRAINING: dict[str, Row] = {
    "plans:projects": Row(ACTING, methods="GET"),
    "plans:project_batch": Row(OFFICER),
    "plans:archives": Row(ACTING, methods="GET"),
    "plans:project_planned": of_base(INSTITUTION, "GET"),
    "plans:project_new": of_base(INSTITUTION),
    "plans:project_edit": numbered("draft", INSTITUTION, PROJECT),
    "plans:project_submit": numbered("draft", INSTITUTION_HEAD, PROJECT),
    "plans:project_opinion": numbered("held", DEPARTMENT_OFFICER, PROJECT),
    "plans:project_sign": numbered("held", DEPARTMENT, PROJECT),
    "plans:project_close": numbered("ready", INSTITUTION, PROJECT),
    "plans:project_archive": numbered("archived", SEEN, PROJECT, methods="GET"),
    "plans:archive_upload": numbered("held", INSTITUTION, PROJECT, methods="POST", code="notice"),
    "plans:archive_remove": numbered("archived", INSTITUTION, PROJECT, methods="POST", pk=file_of("archived", PROJECT)),
    "plans:fees": published(lambda tenant: {"number": tenant.base.number}),
    "plans:fees_manage": of_base(INSTITUTION),
    "plans:fee_end": of_base(
        INSTITUTION_HEAD, pk=lambda tenant: FeeItem.objects.filter(base=tenant.base_in("active")).earliest("pk").pk
    ),
    "plans:records": numbered("held", SEEN, PROJECT, methods="GET"),
    "plans:record_new": numbered("held", INSTITUTION, PROJECT),
    "plans:record_template": numbered("held", INSTITUTION, PROJECT, methods="GET"),
    "plans:record_import": numbered("held", INSTITUTION, PROJECT),
    "plans:record_import_result": numbered(
        "held", INSTITUTION, PROJECT, methods="GET", pk=lambda tenant: tenant.refused_import.pk
    ),
    "plans:record_import_errors": numbered(
        "held", INSTITUTION, PROJECT, methods="GET", pk=lambda tenant: tenant.refused_import.pk
    ),
    "plans:record_edit": numbered("held", INSTITUTION, PROJECT, pk=lambda tenant: record(tenant).pk),
    "plans:record_remove": numbered("held", INSTITUTION, PROJECT, pk=lambda tenant: record(tenant).pk),
    "plans:record_identity": numbered("held", INSTITUTION | OFFICE, PROJECT, pk=lambda tenant: record(tenant).pk),
    "plans:certificates": numbered("archived", SEEN, PROJECT, methods="GET"),
    "plans:certificates_issue": numbered("held", INSTITUTION_HEAD, PROJECT),
    "plans:certificate_batch": numbered(
        "archived", SEEN, PROJECT, methods="GET", pk=lambda tenant: certified(tenant).batch_id
    ),
    "plans:certificate_pdf": numbered(
        "archived", SEEN, PROJECT, methods="GET", code=lambda tenant: certified(tenant).certificate_code
    ),
    "api:training_records": numbered("held", INSTITUTION, PROJECT, methods="POST"),
    "plans:certificate_verify": PUBLIC,
    "plans:trainees": Row(INSTITUTION | (OFFICE - LEGAL)),
    "plans:statistics": Row(CASE_STAFF_ROLES, methods="GET"),
}

INSPECTIONS: dict[str, Row] = {
    "inspections:campaigns": Row(STAFF, methods="GET"),
    "inspections:campaign_create": Row(OFFICERS, lambda tenant: {"kind": "regular"}, public_object=True),
    "inspections:campaign": numbered("running", OFFICE, CAMPAIGN, methods="GET"),
    "inspections:campaign_edit": numbered("draft", OFFICER, CAMPAIGN),
    "inspections:campaign_export": numbered("running", OFFICE, CAMPAIGN, methods="GET"),
    "inspections:draw": numbered("draft", OFFICER, CAMPAIGN),
    "inspections:draw_proof": numbered("draft", OFFICE, CAMPAIGN, methods="GET"),
    "inspections:publication": numbered("running", OFFICER, CAMPAIGN),
    "inspections:checks": Row(STAFF | INSTITUTION, methods="GET"),
    "inspections:self_assessment": numbered("self_assessing", INSTITUTION, CHECK),
    "inspections:answer": numbered("awaiting_answer", INSTITUTION, CHECK),
    "inspections:desk": numbered("desk_review", OFFICERS, CHECK),
    "inspections:findings": numbered("desk_review", OFFICERS, CHECK),
    "inspections:verdicts": numbered("grade_proposed", OFFICERS, CHECK),
    "inspections:sheet_autosave": numbered("self_assessing", INSTITUTION, CHECK, methods="POST", stage="self"),
    "inspections:sheet_file_add": numbered(
        "self_assessing", INSTITUTION, CHECK, methods="POST", stage="self", code="faculty"
    ),
    "inspections:sheet_file_remove": numbered(
        "self_assessing", INSTITUTION, CHECK, methods="POST", stage="self", pk=file_of("self_assessing", CHECK)
    ),
    "inspections:visit_plan": numbered("desk_review", OFFICERS, CHECK),
    "inspections:visit": numbered("visiting", OFFICERS, CHECK, methods="GET"),
    "inspections:visit_entry": numbered("visiting", OFFICERS, CHECK, methods="POST"),
    "inspections:confirm_visit": numbered("visit_confirming", INSTITUTION_HEAD, CHECK),
    "inspections:excellent": Row(STAFF, methods="GET"),
    "inspections:excellent_export": Row(STAFF, methods="GET"),
    "inspections:public_results": PUBLIC,
}

SANCTIONS: dict[str, Row] = {
    "inspections:base_sanctions": of_base(OFFICE, "GET"),
    "inspections:rectification_new": of_base(OFFICER),
    "inspections:revocation_new": of_base(OFFICER, status="rectifying"),
    "inspections:restoration_new": of_base(OFFICER, status="revoked"),
    "inspections:rectification_list": Row(ACTING, methods="GET"),
    "inspections:rectification_export": Row(ACTING, methods="GET"),
    "inspections:rectification_order": numbered("draft", OFFICER, RECTIFICATION),
    "inspections:rectification_progress": numbered("ordered", INSTITUTION, RECTIFICATION),
    "inspections:rectification_recheck": numbered("overdue", OFFICER, RECTIFICATION),
    "inspections:rectification_conclusion": numbered("overdue", OFFICER, RECTIFICATION),
    "inspections:revocation_notice": numbered("hearing", OFFICER, REVOCATION),
    "inspections:revocation_statement": numbered("hearing", INSTITUTION, REVOCATION),
    "inspections:revocation_hearing": numbered("hearing", OFFICER, REVOCATION),
    "inspections:revocation_decision": numbered("hearing", OFFICER, REVOCATION),
    "inspections:revocation_legal_review": numbered("hearing", LEGAL, REVOCATION),
    "inspections:revocation_aftermath": numbered("closed", OFFICER, REVOCATION),
    "inspections:restoration_edit": numbered("draft", OFFICER, RESTORATION),
}

LIFE: dict[str, Row] = {**BASES, **PLANS, **TRAINING, **INSPECTIONS, **SANCTIONS}

"""Where the steps of rectification, revocation and restoration are taken, and what their case pages show."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.models import Base, BaseStatus
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.withheld import register_sending
from apps.cases.workflow.engine import road_of, rules_of
from apps.inspections.enums import RectificationState
from apps.inspections.services import rectifications, restorations, revocations, sanction_files, sanction_rechecks
from apps.inspections.services.sanction_grounds import credit_sanction, ground_labels, rectification_sanction

LIVE = (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)


def _of_authority(case: Case, actor: Actor | None) -> bool:
    return actor is not None and actor.organisation.pk == case.authority_id


def _rectification_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    rectification = case.rectification
    files = sanction_files.files_of(case)
    office = _of_authority(case, actor)
    return {
        "rectification": rectification,
        "base": case.base,
        "sanction": rectification_sanction(rules_of(case)),
        "grounds": ground_labels(rectification.grounds),
        "items": [
            {"item": item, "files": [one for one in files if one["purpose"] == sanction_files.purpose_of(item.pk)]}
            for item in rectification.items.all()
        ],
        "facts_files": [one for one in files if one["purpose"] == "facts"],
        "recheck_files": [one for one in files if one["purpose"] == "recheck"],
        "shows_conclusion": office or case.closed_at is not None,
        "office": office,
        "may_revoke": office
        and actor is not None
        and actor.has(Role.AUTHORITY_OFFICER)
        and case.state == RectificationState.FAILED
        and case.base is not None
        and case.base.status in LIVE,
    }


def _revocation_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    revocation = case.revocation
    files = sanction_files.files_of(case)
    office = _of_authority(case, actor)
    own = actor is not None and actor.organisation.pk == case.institution_id
    shows_statement = own or revocation.stated_on is not None
    return {
        "revocation": revocation,
        "base": case.base,
        "grounds": ground_labels(revocation.grounds),
        "credit": credit_sanction(rules_of(case), revocation),
        "plaque": road_of(case).plaque,
        "facts_files": [one for one in files if one["purpose"] == "facts"],
        "statement_files": [one for one in files if one["purpose"] == "statement"] if shows_statement else [],
        "hearing_files": [one for one in files if one["purpose"] == "hearing"],
        "shows_statement": shows_statement,
        "shows_decision": office or revocation.decided_on is not None,
        "office": office,
        "settled": list(revocation.settled.select_related("case").order_by("pk")) if office else [],
        "restorations": list(revocation.restorations.select_related("case").order_by("pk")) if office else [],
    }


def _restoration_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    return {
        "restoration": case.restoration,
        "base": case.base,
        "files": sanction_files.files_of(case, "instrument"),
        "office": _of_authority(case, actor),
    }


register_page(CaseKind.RECTIFICATION, "edit", "inspections:rectification_order")
register_plain(CaseKind.RECTIFICATION, "propose_order")
register_service(CaseKind.RECTIFICATION, "sign_order")(rectifications.sign_order)
register_page(CaseKind.RECTIFICATION, "record_progress", "inspections:rectification_progress")
register_page(CaseKind.RECTIFICATION, "submit_report", "inspections:rectification_progress")
register_page(CaseKind.RECTIFICATION, "record_recheck", "inspections:rectification_recheck")
register_page(CaseKind.RECTIFICATION, "propose_conclusion", "inspections:rectification_conclusion")
register_service(CaseKind.RECTIFICATION, "return_report")(sanction_rechecks.return_report)
register_service(CaseKind.RECTIFICATION, "sign_lift")(sanction_rechecks.sign_lift)
register_service(CaseKind.RECTIFICATION, "sign_extension")(sanction_rechecks.sign_extension)
register_service(CaseKind.RECTIFICATION, "sign_failure")(sanction_rechecks.sign_failure)
register_service(CaseKind.RECTIFICATION, "discontinue")(sanction_rechecks.discontinue)
register_summary(CaseKind.RECTIFICATION, "inspections/sanctions/_rectification_case.html", _rectification_summary)

register_page(CaseKind.REVOCATION, "edit", "inspections:revocation_notice")
register_plain(CaseKind.REVOCATION, "propose_notice")
register_service(CaseKind.REVOCATION, "sign_notice")(revocations.sign_notice)
register_page(CaseKind.REVOCATION, "save_statement", "inspections:revocation_statement")
register_page(CaseKind.REVOCATION, "submit_statement", "inspections:revocation_statement")
register_service(CaseKind.REVOCATION, "waive_statement")(revocations.waive_statement)
register_page(CaseKind.REVOCATION, "record_hearing", "inspections:revocation_hearing")
register_page(CaseKind.REVOCATION, "propose_decision", "inspections:revocation_decision")
register_page(CaseKind.REVOCATION, "pass_legal_review", "inspections:revocation_legal_review")
register_page(CaseKind.REVOCATION, "return_from_legal_review", "inspections:revocation_legal_review")
register_service(CaseKind.REVOCATION, "sign_revocation")(revocations.sign_revocation)
register_service(CaseKind.REVOCATION, "sign_keeping")(revocations.sign_keeping)
register_page(CaseKind.REVOCATION, "record_plaque", "inspections:revocation_aftermath")
register_page(CaseKind.REVOCATION, "settle_case", "inspections:revocation_aftermath")
register_plain(CaseKind.REVOCATION, "close")
register_summary(CaseKind.REVOCATION, "inspections/sanctions/_revocation_case.html", _revocation_summary)

register_page(CaseKind.RESTORATION, "edit", "inspections:restoration_edit")
register_plain(CaseKind.RESTORATION, "propose")
register_service(CaseKind.RESTORATION, "sign_restoration")(restorations.sign_restoration)
register_summary(CaseKind.RESTORATION, "inspections/sanctions/_restoration_case.html", _restoration_summary)

register_sending(CaseKind.REVOCATION, "statement", "submit_statement")


def _live(base: Base, actor: Actor) -> bool:
    return base.authority_id == actor.organisation.pk and base.status in LIVE


def _revoked(base: Base, actor: Actor) -> bool:
    return base.authority_id == actor.organisation.pk and base.status == BaseStatus.REVOKED


def _own(base: Base, actor: Actor) -> bool:
    return base.authority_id == actor.organisation.pk


_AUTHORITY = (OrganisationKind.AUTHORITY,)
_OFFICER = (Role.AUTHORITY_OFFICER,)
_OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)
register_base_action("整改和处理", "inspections:base_sanctions", _OFFICE, _AUTHORITY, _own)
register_base_action("责令限期整改", "inspections:rectification_new", _OFFICER, _AUTHORITY, _live)
register_base_action("启动取消（撤销）程序", "inspections:revocation_new", _OFFICER, _AUTHORITY, _live)
register_base_action("恢复资格", "inspections:restoration_new", _OFFICER, _AUTHORITY, _revoked)

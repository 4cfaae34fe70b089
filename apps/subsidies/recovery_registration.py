"""Where the steps of demands for return are taken, and what their case pages show."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.models import Base
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.subsidies.enums import RecoveryState
from apps.subsidies.services import recoveries
from apps.subsidies.services.recovery_checks import overdue_days
from apps.subsidies.spending_registration import gives_money

OFFICE = (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD)


def _summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    recovery = case.fund_recovery
    office = actor is not None and actor.organisation.pk == case.authority_id
    lifted = case.state == RecoveryState.LIFTED
    return {
        "recovery": recovery,
        "award": recovery.award,
        "base": recovery.award.base,
        "rows": list(recovery.lines.select_related("line")),
        "returns": list(recovery.returns.select_related("bank_line")),
        "owed": 0 if lifted or recovery.demanded_on is None else recovery.amount_fen - recovery.returned_fen,
        "lifted": recovery.amount_fen - recovery.returned_fen if lifted else 0,
        "overdue": overdue_days(recovery),
        "files": _files(case),
        "office": office,
        "shows_lift": recovery.lift_reason and (office or lifted),
    }


def _files(case: Case) -> list[dict[str, Any]]:
    found = case.attachments.filter(purpose=recoveries.PROOF, removed_at__isnull=True).select_related("uploaded_by")
    return [
        {
            "pk": one.pk,
            "name": one.name,
            "url": reverse("cases:attachment", args=[case.number, one.pk]),
            "size": one.size,
            "uploaded_at": one.uploaded_at,
            "uploaded_by": one.uploaded_by.name if one.uploaded_by else "",
            "sha256": one.sha256,
        }
        for one in found
    ]


register_page(CaseKind.FUND_RECOVERY, "edit", "subsidies:recovery_edit")
register_plain(CaseKind.FUND_RECOVERY, "drop", "propose_demand", "send_back", "send_back_lift", "close")
register_service(CaseKind.FUND_RECOVERY, "sign_demand")(recoveries.sign_demand)
register_page(CaseKind.FUND_RECOVERY, "record_proof", "subsidies:recovery_proof")
register_page(CaseKind.FUND_RECOVERY, "record_return", "subsidies:recovery_return")
register_service(CaseKind.FUND_RECOVERY, "propose_lift")(recoveries.propose_lift)
register_service(CaseKind.FUND_RECOVERY, "sign_lift")(recoveries.sign_lift)
register_summary(CaseKind.FUND_RECOVERY, "subsidies/recoveries/_case.html", _summary)


def _either(base: Base, actor: Actor) -> bool:
    return actor.organisation.pk in (base.institution_id, base.authority_id) and gives_money(base)


register_base_action(
    "追回资金",
    "subsidies:recovery_of_base",
    (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD, *OFFICE),
    (OrganisationKind.INSTITUTION, OrganisationKind.AUTHORITY),
    _either,
)

"""Where the steps of spending reports are taken, and what their case pages show."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.models import Base
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.withheld import register_sending
from apps.cases.workflow.engine import may
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.enums import RecoveryGround, SpendingState
from apps.subsidies.services import spending
from apps.subsidies.services.recovery_checks import due_back, may_demand
from apps.subsidies.services.spending_checks import Draft

OFFICE = (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD)
EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


def _summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    report = case.spending_report
    own = actor is not None and actor.organisation.pk == case.institution_id
    office = actor is not None and actor.organisation.pk == case.authority_id
    concluded = case.state == SpendingState.ACCEPTED
    due: list[dict[str, Any]] = []
    if office and concluded and may_demand(report.award, actor):
        sums = due_back(report.award)
        due = [
            {"ground": ground, "label": RecoveryGround(ground).label, "fen": sum(by_line.values())}
            for ground, by_line in sums.items()
            if by_line
        ]
    filling = own and case.state in (SpendingState.DRAFT, SpendingState.RETURNED)
    return {
        "report": report,
        "award": report.award,
        "draft": Draft(report) if filling else None,
        "may_edit": filling and may(case, "edit", actor),
        "totals": spending.totals_of(report),
        "row_count": report.rows.count(),
        "told": office or concluded,
        "office": office,
        "concluded": concluded,
        "refused": list(report.rows.filter(disallowed_fen__gt=0).select_related("line")[:20]),
        "due": due,
    }


register_page(CaseKind.SPENDING_REPORT, "edit", "subsidies:spending_edit")
register_service(CaseKind.SPENDING_REPORT, "submit")(spending.submit)
register_service(CaseKind.SPENDING_REPORT, "drop")(spending.give_up)
register_service(CaseKind.SPENDING_REPORT, "return_for_correction")(spending.return_for_correction)
register_page(CaseKind.SPENDING_REPORT, "check_rows", "subsidies:spending_rows")
register_page(CaseKind.SPENDING_REPORT, "propose_conclusion", "subsidies:spending_conclusion")
register_plain(CaseKind.SPENDING_REPORT, "send_back_conclusion")
register_service(CaseKind.SPENDING_REPORT, "sign_conclusion")(spending.sign_conclusion)
register_service(CaseKind.SPENDING_REPORT, "discontinue")(spending.discontinue)
register_summary(CaseKind.SPENDING_REPORT, "subsidies/spending/_case.html", _summary)
register_sending(CaseKind.SPENDING_REPORT, "voucher", "submit")


def gives_money(base: Base) -> bool:
    """Whether the base's text knows awards at all."""
    funding = registry.rulebook(base.jurisdiction_id, timezone.localdate()).funding
    return funding is not None and funding.scheme is not None


def _reports(base: Base, actor: Actor) -> bool:
    return base.institution_id == actor.organisation.pk and gives_money(base)


def _examines(base: Base, actor: Actor) -> bool:
    return base.authority_id == actor.organisation.pk and gives_money(base)


def _either(base: Base, actor: Actor) -> bool:
    return _reports(base, actor) or _examines(base, actor)


register_base_action(
    "经费使用报告",
    "subsidies:spending_of_base",
    (*EDITORS, *OFFICE),
    (OrganisationKind.INSTITUTION, OrganisationKind.AUTHORITY),
    _either,
)

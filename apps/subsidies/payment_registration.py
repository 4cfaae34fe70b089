"""Where the steps of payments are taken, and what their case page shows."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.models import Base, BaseStatus
from apps.cases.actions import register_page, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.enums import PaymentState
from apps.subsidies.services import payment_lists, payment_steps, payments, reconciliation

PAGES = (
    "submit",
    "withdraw",
    "return_for_correction",
    "check",
    "send_back",
    "approve",
    "refuse",
    "record_payment",
    "confirm",
    "propose_reversal",
    "send_back_reversal",
    "sign_reversal",
)


def _summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    office = actor is not None and actor.organisation.pk == case.authority_id
    shows_reversal = office or case.state == PaymentState.REVERSED
    return payment_lists.sums_of(case.fund_payment) | {"office": office, "shows_reversal": shows_reversal}


register_page(CaseKind.FUND_PAYMENT, "edit", "subsidies:payment_edit")
for step in PAGES:
    register_page(CaseKind.FUND_PAYMENT, step, f"subsidies:payment_{step}")
register_service(CaseKind.FUND_PAYMENT, "submit")(payments.submit)
register_service(CaseKind.FUND_PAYMENT, "withdraw")(payments.withdraw)
register_service(CaseKind.FUND_PAYMENT, "return_for_correction")(payment_steps.return_for_correction)
register_service(CaseKind.FUND_PAYMENT, "check")(payment_steps.check)
register_service(CaseKind.FUND_PAYMENT, "approve")(payment_steps.approve)
register_service(CaseKind.FUND_PAYMENT, "refuse")(payment_steps.refuse)
register_service(CaseKind.FUND_PAYMENT, "confirm")(reconciliation.confirm)
register_service(CaseKind.FUND_PAYMENT, "sign_reversal")(payment_steps.sign_reversal)
register_service(CaseKind.FUND_PAYMENT, "discontinue")(payments.discontinue)
register_summary(CaseKind.FUND_PAYMENT, "subsidies/payments/_case.html", _summary)


def _pays(base: Base) -> bool:
    funding = registry.rulebook(base.jurisdiction_id, timezone.localdate()).funding
    return funding is not None and funding.scheme is not None


def _own(base: Base, actor: Actor) -> bool:
    live = base.status in (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)
    return live and base.institution_id == actor.organisation.pk and _pays(base)


register_base_action(
    "申请拨款",
    "subsidies:payment_awards",
    (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD),
    (OrganisationKind.INSTITUTION,),
    _own,
)

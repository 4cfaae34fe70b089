"""A payment: asked for by one person, checked by a second, approved by a third, paid and proved by the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.bases.guards import base_ended, base_has_ended, base_is_live
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.guards import text_in_force
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register
from apps.subsidies.enums import PaymentState as P
from apps.subsidies.guards import payments as guards
from apps.subsidies.workflow.people import (
    at_any_time_finance,
    audit_article,
    clerk,
    editor,
    ending,
    finance,
    head,
    institution_head,
    institution_head_at_any_time,
    payment_article,
)

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road


def was_confirmed(case: Case, road: Road) -> bool:
    return case.fund_payment.confirmed_line_id is not None


def was_paid(case: Case, road: Road) -> bool:
    return bool(case.fund_payment.bank_reference) and not was_confirmed(case, road)


def was_not_paid(case: Case, road: Road) -> bool:
    return not case.fund_payment.bank_reference


# fmt: off
FUND_PAYMENT = register(
    Workflow(
        kind=CaseKind.FUND_PAYMENT,
        states=dict(P.choices),
        initial=P.DRAFT,
        final=frozenset({P.CLOSED, P.REVERSED, P.REFUSED, P.WITHDRAWN, P.DISCONTINUED}),
        turns={
            P.DRAFT: PartyRole.INSTITUTION,
            P.SUBMITTED: PartyRole.AUTHORITY,
            P.RETURNED: PartyRole.INSTITUTION,
            P.CHECKED: PartyRole.AUTHORITY,
            P.APPROVED: PartyRole.AUTHORITY,
            P.PAID: PartyRole.AUTHORITY,
            P.CONFIRMED: None,
            P.REVERSAL_PROPOSED: PartyRole.AUTHORITY,
            P.CLOSED: None,
            P.REVERSED: None,
            P.REFUSED: None,
            P.WITHDRAWN: None,
            P.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((P.DRAFT, P.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 申请
            Transition("edit", (P.DRAFT, P.RETURNED), STAY, "修改拨款申请", editor, guards=(base_is_live,)),
            Transition("submit", (P.DRAFT, P.RETURNED), P.SUBMITTED, "提交拨款申请", institution_head, guards=(base_is_live, guards.request_complete, guards.tranches_due, guards.not_held), articles=payment_article),
            Transition("withdraw", (P.DRAFT, P.SUBMITTED, P.RETURNED), P.WITHDRAWN, "撤回拨款申请", institution_head_at_any_time, reason=True),
            # 核对与批准
            Transition("return_for_correction", P.SUBMITTED, P.RETURNED, "退回修改", finance, articles=payment_article, reason=True),
            Transition("check", P.SUBMITTED, P.CHECKED, "财务核对", finance.except_actor_of("submit"), guards=(base_is_live, guards.request_complete, guards.tranches_due, guards.not_held), articles=payment_article),
            Transition("send_back", P.CHECKED, P.SUBMITTED, "退回重新核对", head, reason=True, internal=True),
            Transition("approve", P.CHECKED, P.APPROVED, "批准拨款", head.except_actor_of("submit", "check"), guards=(base_is_live, guards.request_complete, guards.tranches_due, guards.not_held), articles=payment_article),
            Transition("refuse", P.CHECKED, P.REFUSED, "不予拨款", head.except_actor_of("check"), guards=(text_in_force,), articles=payment_article, reason=True),
            # 支付与对账
            Transition("record_payment", P.APPROVED, P.PAID, "登记支付", finance.except_actor_of("approve"), guards=(base_is_live,), articles=payment_article),
            Transition("confirm", P.PAID, P.CONFIRMED, "与对账单核对一致", clerk.except_actor_of("record_payment"), guards=(guards.statement_agrees,), articles=payment_article),
            Transition("close", P.CONFIRMED, P.CLOSED, "随资助结清办结", SYSTEM, articles=payment_article),
            # 冲回：另记一笔，不改原记录
            Transition("propose_reversal", (P.APPROVED, P.PAID, P.CONFIRMED), P.REVERSAL_PROPOSED, "报请冲回", at_any_time_finance, guards=(guards.nothing_returned,), articles=payment_article, reason=True, internal=True),
            Transition("send_back_reversal", P.REVERSAL_PROPOSED, P.APPROVED, "不予冲回", head, when=was_not_paid, reason=True, internal=True),
            Transition("send_back_reversal", P.REVERSAL_PROPOSED, P.PAID, "不予冲回", head, when=was_paid, reason=True, internal=True),
            Transition("send_back_reversal", P.REVERSAL_PROPOSED, P.CONFIRMED, "不予冲回", head, when=was_confirmed, reason=True, internal=True),
            Transition("sign_reversal", P.REVERSAL_PROPOSED, P.REVERSED, "批准冲回", head.except_actor_of("propose_reversal", "record_payment"), guards=(guards.nothing_returned,), articles=payment_article),
            # 资助或者基地终止
            Transition("end_with_award", (P.DRAFT, P.RETURNED), P.DISCONTINUED, "资助终止，拨款申请终止办理", SYSTEM, articles=audit_article),
            Transition("discontinue", (P.DRAFT, P.SUBMITTED, P.RETURNED, P.CHECKED), P.DISCONTINUED, "终止办理", ending, guards=(base_has_ended,), when=base_ended, reason=True),
        ),
    )
)
# fmt: on

"""A demand for the return of money that is unspent or wrongly spent. It outlives its award and its base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.guards import text_in_force
from apps.cases.workflow import STAY, Transition, Workflow, register, role
from apps.subsidies.enums import RecoveryState as R
from apps.subsidies.guards import recoveries as guards
from apps.subsidies.workflow.people import at_any_time_finance, clerk, head, recovery_article

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

institution_at_any_time = role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD, party=PartyRole.INSTITUTION)


def fully_returned(case: Case, road: Road) -> bool:
    return case.fund_recovery.returned_fen >= case.fund_recovery.amount_fen


# fmt: off
FUND_RECOVERY = register(
    Workflow(
        kind=CaseKind.FUND_RECOVERY,
        states=dict(R.choices),
        initial=R.DRAFT,
        final=frozenset({R.RETURNED, R.LIFTED, R.DROPPED}),
        turns={
            R.DRAFT: PartyRole.AUTHORITY,
            R.PROPOSED: PartyRole.AUTHORITY,
            R.DEMANDED: PartyRole.INSTITUTION,
            R.LIFT_PROPOSED: PartyRole.AUTHORITY,
            R.RETURNED: None,
            R.LIFTED: None,
            R.DROPPED: None,
        },
        prepared_by={R.DEMANDED: frozenset({Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD})},
        transitions=(
            Transition("edit", R.DRAFT, STAY, "修改追回通知", clerk, internal=True),
            Transition("drop", R.DRAFT, R.DROPPED, "不予追回", clerk, reason=True, internal=True),
            Transition("propose_demand", R.DRAFT, R.PROPOSED, "报请签发追回通知", clerk, guards=(guards.demand_complete,), articles=recovery_article, internal=True),
            Transition("send_back", R.PROPOSED, R.DRAFT, "退回修改", head, reason=True, internal=True),
            Transition("sign_demand", R.PROPOSED, R.DEMANDED, "签发追回通知", head.except_actor_of("open", "edit", "propose_demand"), guards=(text_in_force, guards.demand_complete), articles=recovery_article),
            Transition("record_proof", R.DEMANDED, STAY, "提交缴回凭证或说明", institution_at_any_time, articles=recovery_article),
            Transition("record_return", R.DEMANDED, STAY, "登记缴回到账", at_any_time_finance.except_actor_of("sign_demand"), articles=recovery_article),
            Transition("close", R.DEMANDED, R.RETURNED, "全部缴回，办结", at_any_time_finance, guards=(guards.all_returned,), when=fully_returned, articles=recovery_article),
            Transition("propose_lift", R.DEMANDED, R.LIFT_PROPOSED, "报请免予追回", at_any_time_finance, articles=recovery_article, reason=True, internal=True),
            Transition("send_back_lift", R.LIFT_PROPOSED, R.DEMANDED, "不同意免予追回", head, reason=True, internal=True),
            Transition("sign_lift", R.LIFT_PROPOSED, R.LIFTED, "批准免予追回", head.except_actor_of("propose_lift"), articles=recovery_article),
        ),
    )
)
# fmt: on

"""A funding cycle, from its draft to its settlement."""

from __future__ import annotations

from apps.cases.enums import CaseKind, PartyRole
from apps.cases.guards import text_in_force
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register
from apps.subsidies.enums import CycleState as C
from apps.subsidies.guards import cycles as guards
from apps.subsidies.workflow.people import award_article, clerk, head, officer

# fmt: off
FUNDING_CYCLE = register(
    Workflow(
        kind=CaseKind.FUNDING_CYCLE,
        states=dict(C.choices),
        initial=C.DRAFT,
        final=frozenset({C.SETTLED, C.DROPPED}),
        turns={
            C.DRAFT: PartyRole.AUTHORITY,
            C.PROPOSED: PartyRole.AUTHORITY,
            C.OPEN: None,
            C.CLOSED: PartyRole.AUTHORITY,
            C.SETTLEMENT_PROPOSED: PartyRole.AUTHORITY,
            C.SETTLED: None,
            C.DROPPED: None,
        },
        transitions=(
            Transition("edit", C.DRAFT, STAY, "修改周期", officer),
            Transition("propose", C.DRAFT, C.PROPOSED, "报请批准开放", officer, guards=(guards.funded_by_text, guards.cycle_complete), articles=award_article),
            Transition("drop", C.DRAFT, C.DROPPED, "放弃", officer, reason=True),
            Transition("send_back", C.PROPOSED, C.DRAFT, "退回修改", head, reason=True),
            Transition("launch", C.PROPOSED, C.OPEN, "批准并开放申请", head.except_actor_of("open", "edit", "propose"), guards=(text_in_force, guards.funded_by_text, guards.cycle_complete), articles=award_article),
            Transition("close_window", C.OPEN, C.CLOSED, "申请截止", SYSTEM, guards=(guards.window_over,), articles=award_article),
            Transition("propose_settlement", C.CLOSED, C.SETTLEMENT_PROPOSED, "报请结清周期", clerk, guards=(guards.all_awards_over, guards.ledger_in_order), articles=award_article),
            Transition("send_back_settlement", C.SETTLEMENT_PROPOSED, C.CLOSED, "退回", head, reason=True),
            Transition("settle", C.SETTLEMENT_PROPOSED, C.SETTLED, "批准结清周期", head.except_actor_of("propose_settlement"), guards=(guards.all_awards_over, guards.ledger_in_order), articles=award_article),
        ),
    )
)
# fmt: on

"""A use plan and performance plan, or a change of one, audited by whoever the text names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.bases.guards import base_ended, base_has_ended, base_is_live
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.guards import text_in_force
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register
from apps.subsidies.enums import PlanState as P
from apps.subsidies.guards import plans as guards
from apps.subsidies.workflow.people import (
    audit_article,
    audited_by_funder,
    audited_by_unit,
    clerk,
    editor,
    ending,
    head,
    institution_head,
    unit_head,
    unit_officer,
)

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road


def is_change(case: Case, road: Road) -> bool:
    return case.use_plan.amends_id is not None


OPEN_PLANS = (P.DRAFT, P.FUNDER_REVIEW, P.FUNDER_PROPOSED, P.UNIT_REVIEW, P.UNIT_PROPOSED, P.RETURNED)

# fmt: off
USE_PLAN = register(
    Workflow(
        kind=CaseKind.USE_PLAN,
        states=dict(P.choices),
        initial=P.DRAFT,
        final=frozenset({P.APPROVED, P.DROPPED, P.DISCONTINUED}),
        turns={
            P.DRAFT: PartyRole.INSTITUTION,
            P.FUNDER_REVIEW: PartyRole.AUTHORITY,
            P.FUNDER_PROPOSED: PartyRole.AUTHORITY,
            P.UNIT_REVIEW: PartyRole.MANAGING_UNIT,
            P.UNIT_PROPOSED: PartyRole.MANAGING_UNIT,
            P.RETURNED: PartyRole.INSTITUTION,
            P.APPROVED: None,
            P.DROPPED: None,
            P.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((P.DRAFT, P.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 编制
            Transition("edit", (P.DRAFT, P.RETURNED), STAY, "修改方案", editor, guards=(base_is_live,)),
            Transition("file_minor_change", (P.DRAFT, P.RETURNED), P.APPROVED, "幅度内调整，报送备查", institution_head, guards=(base_is_live, guards.plan_complete, guards.within_share), when=is_change, articles=audit_article),
            Transition("submit", (P.DRAFT, P.RETURNED), P.FUNDER_REVIEW, "报送审核", institution_head, guards=(base_is_live, guards.plan_complete), when=audited_by_funder, articles=audit_article),
            Transition("submit", (P.DRAFT, P.RETURNED), P.UNIT_REVIEW, "报管理单位审核", institution_head, guards=(base_is_live, guards.plan_complete, guards.managing_unit_known), when=audited_by_unit, articles=audit_article),
            Transition("drop", (P.DRAFT, P.RETURNED), P.DROPPED, "放弃", institution_head, guards=(guards.may_be_dropped,), reason=True),
            # 资助单位审核
            Transition("return_for_correction", P.FUNDER_REVIEW, P.RETURNED, "退回修改", clerk, when=audited_by_funder, articles=audit_article),
            Transition("propose_opinion", P.FUNDER_REVIEW, P.FUNDER_PROPOSED, "拟定审核意见", clerk, when=audited_by_funder, articles=audit_article, internal=True),
            Transition("send_back_opinion", P.FUNDER_PROPOSED, P.FUNDER_REVIEW, "退回重拟", head, when=audited_by_funder, reason=True, internal=True),
            Transition("sign_approval", P.FUNDER_PROPOSED, P.APPROVED, "签发同意的审核意见", head.except_actor_of("propose_opinion"), guards=(base_is_live, guards.agreed, guards.plan_complete), when=audited_by_funder, articles=audit_article),
            Transition("sign_refusal", P.FUNDER_PROPOSED, P.RETURNED, "签发不同意的审核意见", head.except_actor_of("propose_opinion"), guards=(text_in_force, guards.refused), when=audited_by_funder, articles=audit_article),
            # 管理单位审核
            Transition("return_for_correction", P.UNIT_REVIEW, P.RETURNED, "退回修改", unit_officer, when=audited_by_unit, articles=audit_article),
            Transition("propose_opinion", P.UNIT_REVIEW, P.UNIT_PROPOSED, "拟定审核意见", unit_officer, when=audited_by_unit, articles=audit_article, internal=True),
            Transition("send_back_opinion", P.UNIT_PROPOSED, P.UNIT_REVIEW, "退回重拟", unit_head, when=audited_by_unit, reason=True, internal=True),
            Transition("sign_approval", P.UNIT_PROPOSED, P.APPROVED, "签发同意的审核意见", unit_head.except_actor_of("propose_opinion"), guards=(base_is_live, guards.agreed, guards.plan_complete), when=audited_by_unit, articles=audit_article),
            Transition("sign_refusal", P.UNIT_PROPOSED, P.RETURNED, "签发不同意的审核意见", unit_head.except_actor_of("propose_opinion"), guards=(text_in_force, guards.refused), when=audited_by_unit, articles=audit_article),
            # 资助或者基地终止
            Transition("end_with_award", OPEN_PLANS, P.DISCONTINUED, "资助终止，方案终止办理", SYSTEM, articles=audit_article),
            Transition("discontinue", OPEN_PLANS, P.DISCONTINUED, "终止办理", ending, guards=(base_has_ended,), when=base_ended, reason=True),
        ),
    )
)
# fmt: on

"""Acceptance of an award's lines, judged by experts or a third party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.bases.guards import base_ended, base_has_ended, base_is_live
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.guards import text_in_force
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register
from apps.subsidies.enums import AcceptanceConclusion
from apps.subsidies.enums import AcceptanceState as A
from apps.subsidies.guards import acceptances as guards
from apps.subsidies.workflow.people import (
    audit_article,
    editor,
    ending,
    head,
    institution_head,
    officer,
    payment_article,
    reviewer,
)

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road


def to_accept(case: Case, road: Road) -> bool:
    return case.acceptance.conclusion == AcceptanceConclusion.ACCEPT


def to_reject(case: Case, road: Road) -> bool:
    return case.acceptance.conclusion == AcceptanceConclusion.REJECT


def to_supplement(case: Case, road: Road) -> bool:
    return case.acceptance.conclusion == AcceptanceConclusion.SUPPLEMENT


SIGNING = ("assign_reviewer", "propose_conclusion", "submit_opinion")
OPEN_ACCEPTANCES = (A.DRAFT, A.SUBMITTED, A.RETURNED, A.REVIEWING, A.PROPOSED)

# fmt: off
ACCEPTANCE = register(
    Workflow(
        kind=CaseKind.ACCEPTANCE,
        states=dict(A.choices),
        initial=A.DRAFT,
        final=frozenset({A.ACCEPTED, A.REJECTED, A.DROPPED, A.DISCONTINUED}),
        turns={
            A.DRAFT: PartyRole.INSTITUTION,
            A.SUBMITTED: PartyRole.AUTHORITY,
            A.RETURNED: PartyRole.INSTITUTION,
            A.REVIEWING: PartyRole.AUTHORITY,
            A.PROPOSED: PartyRole.AUTHORITY,
            A.ACCEPTED: None,
            A.REJECTED: None,
            A.DROPPED: None,
            A.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((A.DRAFT, A.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            Transition("edit", (A.DRAFT, A.RETURNED), STAY, "修改验收申请", editor, guards=(base_is_live,)),
            Transition("submit", (A.DRAFT, A.RETURNED), A.SUBMITTED, "提交验收申请", institution_head, guards=(base_is_live, guards.report_complete), articles=payment_article),
            Transition("drop", (A.DRAFT, A.RETURNED), A.DROPPED, "放弃", institution_head, reason=True),
            Transition("return_for_correction", A.SUBMITTED, A.RETURNED, "退回补充", officer, articles=payment_article, reason=True),
            Transition("assign_reviewer", (A.SUBMITTED, A.REVIEWING), STAY, "确定验收人员", officer, articles=payment_article, internal=True),
            Transition("release_reviewer", (A.SUBMITTED, A.REVIEWING), STAY, "更换验收人员", officer, articles=payment_article, reason=True, internal=True),
            Transition("start_review", A.SUBMITTED, A.REVIEWING, "开始验收", officer, guards=(guards.reviewers_named,), articles=payment_article),
            Transition("submit_opinion", A.REVIEWING, STAY, "提交验收意见", reviewer, articles=payment_article, internal=True),
            Transition("propose_conclusion", A.REVIEWING, A.PROPOSED, "拟定验收结论", officer, guards=(guards.opinions_in, guards.conclusion_complete), articles=payment_article, internal=True),
            Transition("send_back_conclusion", A.PROPOSED, A.REVIEWING, "退回重拟", head, reason=True, internal=True),
            Transition("sign_acceptance", A.PROPOSED, A.ACCEPTED, "签发通过验收的报告", head.except_actor_of(*SIGNING), guards=(base_is_live, guards.conclusion_complete, guards.cut_needs_text_in_force), when=to_accept, articles=payment_article),
            Transition("sign_rejection", A.PROPOSED, A.REJECTED, "签发未通过验收的报告", head.except_actor_of(*SIGNING), guards=(text_in_force, guards.conclusion_complete), when=to_reject, articles=payment_article),
            Transition("sign_supplement", A.PROPOSED, A.RETURNED, "要求补充后再验收", head.except_actor_of(*SIGNING), guards=(guards.conclusion_complete,), when=to_supplement, articles=payment_article),
            Transition("end_with_award", (A.DRAFT, A.RETURNED), A.DISCONTINUED, "资助终止，验收申请终止办理", SYSTEM, articles=audit_article),
            Transition("discontinue", OPEN_ACCEPTANCES, A.DISCONTINUED, "终止办理", ending, guards=(base_has_ended,), when=base_ended, reason=True),
        ),
    )
)
# fmt: on

"""A report on how an award's money was spent, voucher by voucher."""

from __future__ import annotations

from apps.accounts.enums import Role
from apps.bases.guards import base_ended, base_has_ended
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow import STAY, Transition, Workflow, register
from apps.subsidies.enums import SpendingState as S
from apps.subsidies.guards import spending as guards
from apps.subsidies.workflow.people import audit_article, editor, ending, finance, head, institution_head

# fmt: off
SPENDING_REPORT = register(
    Workflow(
        kind=CaseKind.SPENDING_REPORT,
        states=dict(S.choices),
        initial=S.DRAFT,
        final=frozenset({S.ACCEPTED, S.DROPPED, S.DISCONTINUED}),
        turns={
            S.DRAFT: PartyRole.INSTITUTION,
            S.SUBMITTED: PartyRole.AUTHORITY,
            S.RETURNED: PartyRole.INSTITUTION,
            S.PROPOSED: PartyRole.AUTHORITY,
            S.ACCEPTED: None,
            S.DROPPED: None,
            S.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((S.DRAFT, S.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            Transition("edit", (S.DRAFT, S.RETURNED), STAY, "修改使用报告", editor),
            Transition("submit", (S.DRAFT, S.RETURNED), S.SUBMITTED, "提交使用报告", institution_head, guards=(guards.report_complete,), articles=audit_article),
            Transition("drop", (S.DRAFT, S.RETURNED), S.DROPPED, "放弃", institution_head, reason=True),
            Transition("return_for_correction", S.SUBMITTED, S.RETURNED, "退回修改", finance, articles=audit_article, reason=True),
            Transition("check_rows", S.SUBMITTED, STAY, "逐笔核对凭证", finance, articles=audit_article, internal=True),
            Transition("propose_conclusion", S.SUBMITTED, S.PROPOSED, "拟定核对结论", finance, guards=(guards.check_complete,), articles=audit_article, internal=True),
            Transition("send_back_conclusion", S.PROPOSED, S.SUBMITTED, "退回重新核对", head, reason=True, internal=True),
            Transition("sign_conclusion", S.PROPOSED, S.ACCEPTED, "批准核对结论", head.except_actor_of("check_rows", "propose_conclusion"), guards=(guards.check_complete, guards.adverse_needs_text_in_force), articles=audit_article),
            Transition("discontinue", (S.DRAFT, S.SUBMITTED, S.RETURNED, S.PROPOSED), S.DISCONTINUED, "终止办理", ending, guards=(base_has_ended,), when=base_ended, reason=True),
        ),
    )
)
# fmt: on

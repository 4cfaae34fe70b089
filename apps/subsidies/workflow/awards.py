"""An award, from the base's application to its settlement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.bases.guards import base_ended, base_has_ended, base_is_live
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.guards import text_in_force
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register
from apps.subsidies.enums import AwardState as A
from apps.subsidies.enums import Conclusion
from apps.subsidies.guards import awards as guards
from apps.subsidies.models import CapException
from apps.subsidies.workflow.people import (
    at_any_time_head,
    at_any_time_officer,
    audit_article,
    award_article,
    editor,
    ending,
    finance,
    head,
    institution_head,
    institution_head_at_any_time,
    officer,
    supervision_article,
    supervisor,
)

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road


def to_grant(case: Case, road: Road) -> bool:
    return case.award.conclusion == Conclusion.GRANT


def to_decline(case: Case, road: Road) -> bool:
    return case.award.conclusion == Conclusion.DECLINE


def awaits_finance_signature(case: Case, road: Road) -> bool:
    """An exception to the cap is on file that the finance side has not signed."""
    return CapException.objects.filter(award_id=case.pk, first_signature__isnull=True).exists()


def awaits_countersignature(case: Case, road: Road) -> bool:
    """An exception to the cap is on file that the finance side has signed and the head has not."""
    return CapException.objects.filter(
        award_id=case.pk, first_signature__isnull=False, second_signature__isnull=True
    ).exists()


BEFORE_DECISION = (A.DRAFT, A.SUBMITTED, A.RETURNED, A.IN_REVIEW, A.REVIEWED, A.FINANCE_REVIEW, A.DECISION_READY)
RUNNING = (A.GRANTED, A.ACTIVE)

# fmt: off
AWARD = register(
    Workflow(
        kind=CaseKind.AWARD,
        states=dict(A.choices),
        initial=A.DRAFT,
        final=frozenset({A.SETTLED, A.DECLINED, A.WITHDRAWN, A.TERMINATED, A.DISCONTINUED}),
        turns={
            A.DRAFT: PartyRole.INSTITUTION,
            A.SUBMITTED: PartyRole.AUTHORITY,
            A.RETURNED: PartyRole.INSTITUTION,
            A.IN_REVIEW: PartyRole.AUTHORITY,
            A.REVIEWED: PartyRole.AUTHORITY,
            A.FINANCE_REVIEW: PartyRole.AUTHORITY,
            A.DECISION_READY: PartyRole.AUTHORITY,
            A.GRANTED: None,
            A.ACTIVE: None,
            A.SETTLEMENT_PROPOSED: PartyRole.AUTHORITY,
            A.SETTLED: None,
            A.DECLINED: None,
            A.WITHDRAWN: None,
            A.TERMINATED: None,
            A.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((A.DRAFT, A.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 申请
            Transition("edit", (A.DRAFT, A.RETURNED), STAY, "修改申请", editor, guards=(base_is_live,)),
            Transition("submit", A.DRAFT, A.SUBMITTED, "提交申请", institution_head, guards=(base_is_live, guards.window_open, guards.application_complete), articles=award_article),
            Transition("resubmit", A.RETURNED, A.SUBMITTED, "修改后重新提交", institution_head, guards=(base_is_live, guards.application_complete), articles=award_article),
            Transition("withdraw", (A.DRAFT, A.SUBMITTED, A.RETURNED), A.WITHDRAWN, "撤回申请", institution_head_at_any_time, reason=True),
            Transition("return_for_correction", A.SUBMITTED, A.RETURNED, "退回修改", officer, articles=award_article),
            Transition("lapse", A.DRAFT, A.WITHDRAWN, "截止未提交，申请失效", SYSTEM, guards=(guards.window_closed,), articles=award_article),
            Transition("close_unanswered", A.RETURNED, A.WITHDRAWN, "逾期未修改，终结申请", at_any_time_head.except_actor_of("return_for_correction"), guards=(text_in_force, guards.window_closed), articles=award_article, reason=True),
            # 专家评审
            Transition("assign_panel", A.SUBMITTED, A.IN_REVIEW, "交专家评审", officer, guards=(base_is_live, guards.application_complete), articles=award_article),
            Transition("release_panel", A.IN_REVIEW, A.SUBMITTED, "撤出评审", officer, articles=award_article, reason=True),
            Transition("conclude_review", A.IN_REVIEW, A.REVIEWED, "登记评审结论", officer, guards=(guards.panel_resolved,), articles=award_article),
            # 决定：业务拟定，财务审核，负责人签发
            Transition("record_exception", A.REVIEWED, STAY, "登记超限额依据", officer, articles=award_article, reason=True, internal=True),
            Transition("propose_decision", A.REVIEWED, A.FINANCE_REVIEW, "拟定资助决定", officer, guards=(guards.decision_complete,), articles=award_article, internal=True),
            Transition("return_from_finance", A.FINANCE_REVIEW, A.REVIEWED, "财务退回", finance, articles=award_article, reason=True, internal=True),
            Transition("sign_exception", A.FINANCE_REVIEW, STAY, "财务签署超限额", finance.except_actor_of("record_exception", "propose_decision"), guards=(guards.exception_recorded,), when=awaits_finance_signature, articles=award_article, internal=True),
            Transition("agree_finance", A.FINANCE_REVIEW, A.DECISION_READY, "财务审核同意", finance.except_actor_of("record_exception", "propose_decision"), guards=(guards.decision_complete, guards.exception_signed_by_finance), articles=award_article, internal=True),
            Transition("send_back_decision", A.DECISION_READY, A.REVIEWED, "退回重拟", head, reason=True, internal=True),
            Transition("countersign_exception", A.DECISION_READY, STAY, "负责人签署超限额", head.except_actor_of("record_exception", "propose_decision", "sign_exception"), guards=(guards.exception_recorded,), when=awaits_countersignature, articles=award_article, internal=True),
            Transition("sign_award", A.DECISION_READY, A.GRANTED, "签发资助决定", head.except_actor_of("record_exception", "propose_decision", "agree_finance"), guards=(text_in_force, base_is_live, guards.decision_complete, guards.within_cap), when=to_grant, articles=award_article),
            Transition("sign_decline", A.DECISION_READY, A.DECLINED, "签发不予资助决定", head.except_actor_of("propose_decision", "agree_finance"), guards=(text_in_force, guards.decision_complete), when=to_decline, articles=award_article),
            # 执行
            Transition("start", A.GRANTED, A.ACTIVE, "使用方案审核同意，开始执行", SYSTEM, articles=award_article),
            Transition("assign_supervisor", RUNNING, STAY, "委托第三方监管", at_any_time_officer, articles=supervision_article),
            Transition("end_supervision", RUNNING, STAY, "结束第三方监管", at_any_time_officer, articles=supervision_article, reason=True),
            Transition("record_supervision", RUNNING, STAY, "提交监管报告", supervisor, articles=supervision_article),
            # 结清与终止
            Transition("propose_settlement", A.ACTIVE, A.SETTLEMENT_PROPOSED, "报请结清", at_any_time_officer, guards=(guards.nothing_open,), articles=award_article),
            Transition("send_back_settlement", A.SETTLEMENT_PROPOSED, A.ACTIVE, "退回", head, reason=True),
            Transition("settle", A.SETTLEMENT_PROPOSED, A.SETTLED, "批准结清", head.except_actor_of("propose_settlement"), guards=(guards.nothing_open,), articles=award_article),
            Transition("propose_termination", RUNNING, STAY, "报请终止资助", at_any_time_officer, guards=(guards.text_in_force_or_base_ended,), articles=audit_article, reason=True, internal=True),
            Transition("terminate", RUNNING, A.TERMINATED, "终止资助", at_any_time_head.except_actor_of("propose_termination"), guards=(guards.text_in_force_or_base_ended, guards.termination_proposed, guards.no_business_running), articles=audit_article, reason=True),
            Transition("discontinue", BEFORE_DECISION, A.DISCONTINUED, "终止办理", ending, guards=(base_has_ended,), when=base_ended, reason=True),
        ),
    )
)
# fmt: on

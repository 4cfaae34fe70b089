"""Changes of particulars and voluntary withdrawal, one table per kind of case.

Which lines exist for a jurisdiction is asked of its rulebook (``when``); nothing here knows a jurisdiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.bases import guards
from apps.bases.competence import competence_article
from apps.bases.enums import ChangeState as C
from apps.bases.enums import WithdrawalState as W
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow import STAY, Transition, Workflow, register, role
from apps.cases.workflow.engine import rules_of

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

editor = role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
institution_head = role(Role.INSTITUTION_HEAD)
unit = role(Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)
officer = role(Role.AUTHORITY_OFFICER)
head = role(Role.AUTHORITY_HEAD)
officer_at_any_time = role(Role.AUTHORITY_OFFICER, party=PartyRole.AUTHORITY)
ending = role(Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, party=PartyRole.AUTHORITY)


def needs_consent(case: Case, road: Road) -> bool:
    """The department that approved the base agrees first."""
    return rules_of(case).particulars_change.consent_by is not None


def told_to_unit(case: Case, road: Road) -> bool:
    """The managing unit files it too, where there is one."""
    change = rules_of(case).particulars_change
    return "managing_unit" in change.reported_to and case.base.managing_unit_id is not None


def reported(case: Case, road: Road) -> bool:
    """It goes to the authority straight."""
    return not needs_consent(case, road) and not told_to_unit(case, road)


def filed_above(case: Case, road: Road) -> bool:
    """The department that agreed has a superior to file with."""
    return needs_consent(case, road) and case.authority.superior_id is not None


def filed_here(case: Case, road: Road) -> bool:
    return needs_consent(case, road) and case.authority.superior_id is None


def merely_told(case: Case, road: Road) -> bool:
    """The text asks for a report and for no filing."""
    return rules_of(case).particulars_change.filed_with is None


def has_plaque(case: Case, road: Road) -> bool:
    """The base was given a plaque, which it gives back."""
    return bool(case.base.plaque_text)


def _competence(case: Case, road: Road) -> tuple[str, ...]:
    """No text speaks of withdrawing; what there is says who sets up, adjusts and ends bases."""
    return (competence_article(rules_of(case), case.base),)


def _article(case: Case, road: Road) -> tuple[str, ...]:
    return (rules_of(case).particulars_change.article,)


SIGNATURE = (guards.base_is_live, guards.no_sanction_running, guards.wished_day_reached)

# fmt: off
OPEN_CHANGES = (C.DRAFT, C.AT_MANAGING_UNIT, C.CONSENT_REVIEW, C.CONSENT_PROPOSED, C.REPORTED, C.RETURNED, C.TO_SUPERIOR)

PARTICULARS_CHANGE = register(
    Workflow(
        kind=CaseKind.PARTICULARS_CHANGE,
        states=dict(C.choices),
        initial=C.DRAFT,
        final=frozenset({C.FILED, C.REFUSED, C.DROPPED, C.DISCONTINUED}),
        turns={
            C.DRAFT: PartyRole.INSTITUTION,
            C.AT_MANAGING_UNIT: PartyRole.MANAGING_UNIT,
            C.CONSENT_REVIEW: PartyRole.AUTHORITY,
            C.CONSENT_PROPOSED: PartyRole.AUTHORITY,
            C.REPORTED: PartyRole.AUTHORITY,
            C.RETURNED: PartyRole.INSTITUTION,
            C.TO_SUPERIOR: PartyRole.FILING_AUTHORITY,
            C.FILED: None,
            C.REFUSED: None,
            C.DROPPED: None,
            C.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((C.DRAFT, C.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            Transition("edit", (C.DRAFT, C.RETURNED), STAY, "修改变更内容", editor),
            Transition("drop", (C.DRAFT, C.RETURNED), C.DROPPED, "放弃变更", institution_head, reason=True),
            Transition("submit", (C.DRAFT, C.RETURNED), C.CONSENT_REVIEW, "报请批准部门同意", institution_head, guards=guards.CHANGE_SUBMISSION, when=needs_consent, articles=_article),
            Transition("submit", (C.DRAFT, C.RETURNED), C.AT_MANAGING_UNIT, "报送备案", institution_head, guards=guards.CHANGE_SUBMISSION, when=told_to_unit, articles=_article),
            Transition("submit", (C.DRAFT, C.RETURNED), C.REPORTED, "报送", institution_head, guards=guards.CHANGE_SUBMISSION, when=reported, articles=_article),
            # 管理单位
            Transition("file_at_unit", C.AT_MANAGING_UNIT, C.REPORTED, "管理单位备案", unit, when=told_to_unit, articles=_article),
            Transition("take_over", C.AT_MANAGING_UNIT, C.REPORTED, "先行办理备案", officer_at_any_time, when=told_to_unit, reason=True, articles=_article),
            # 批准部门先同意
            Transition("propose_consent", C.CONSENT_REVIEW, C.CONSENT_PROPOSED, "拟定审核意见", officer, when=needs_consent, articles=_article, internal=True),
            Transition("send_back_consent", C.CONSENT_PROPOSED, C.CONSENT_REVIEW, "退回重拟", head, when=needs_consent, reason=True, internal=True),
            Transition("sign_consent", C.CONSENT_PROPOSED, C.TO_SUPERIOR, "签发同意并公布，报上级备案", head.except_actor_of("propose_consent"), guards=(guards.consent_positive,), when=filed_above, articles=_article),
            Transition("sign_consent", C.CONSENT_PROPOSED, C.REPORTED, "签发同意并公布", head.except_actor_of("propose_consent"), guards=(guards.consent_positive,), when=filed_here, articles=_article),
            Transition("sign_refusal", C.CONSENT_PROPOSED, C.REFUSED, "签发不予同意", head.except_actor_of("propose_consent"), guards=(guards.text_in_force, guards.consent_negative), when=needs_consent, articles=_article),
            # 备案：同意之前都可以退回
            Transition("return_for_correction", (C.CONSENT_REVIEW, C.REPORTED), C.RETURNED, "退回修改", officer, guards=(guards.not_consented_yet,), reason=True, articles=_article),
            Transition("file", C.REPORTED, C.FILED, "确认收悉并更新名录", officer, guards=(guards.base_is_live,), when=merely_told, articles=_article),
            Transition("file", C.REPORTED, C.FILED, "予以备案", officer, guards=(guards.base_is_live,), articles=_article),
            Transition("file", C.TO_SUPERIOR, C.FILED, "予以备案", officer, guards=(guards.base_is_live,), articles=_article),
            Transition("discontinue", OPEN_CHANGES, C.DISCONTINUED, "终止办理", ending, guards=(guards.base_has_ended,), when=guards.base_ended, reason=True),
        ),
    )
)

BASE_WITHDRAWAL = register(
    Workflow(
        kind=CaseKind.BASE_WITHDRAWAL,
        states=dict(W.choices),
        initial=W.DRAFT,
        final=frozenset({W.WITHDRAWN, W.DECLINED, W.DROPPED, W.DISCONTINUED}),
        turns={
            W.DRAFT: PartyRole.INSTITUTION,
            W.SUBMITTED: PartyRole.AUTHORITY,
            W.PROPOSED: PartyRole.AUTHORITY,
            W.DECLINE_PROPOSED: PartyRole.AUTHORITY,
            W.PLAQUE_DUE: PartyRole.AUTHORITY,
            W.WITHDRAWN: None,
            W.DECLINED: None,
            W.DROPPED: None,
            W.DISCONTINUED: None,
        },
        prepared_by={W.DRAFT: frozenset({Role.INSTITUTION_EDITOR})},
        transitions=(
            Transition("edit", W.DRAFT, STAY, "修改退出申请", editor),
            Transition("drop", (W.DRAFT, W.SUBMITTED), W.DROPPED, "撤回退出申请", role(Role.INSTITUTION_HEAD, party=PartyRole.INSTITUTION), reason=True),
            Transition("submit", W.DRAFT, W.SUBMITTED, "提交退出申请", institution_head, guards=(guards.base_is_live, guards.no_sanction_running, guards.withdrawal_complete)),
            Transition("propose", W.SUBMITTED, W.PROPOSED, "拟同意退出", officer, guards=(guards.base_is_live, guards.no_sanction_running), internal=True),
            Transition("propose_decline", W.SUBMITTED, W.DECLINE_PROPOSED, "拟不予退出", officer, guards=(guards.sanction_running,), reason=True, internal=True),
            Transition("send_back", (W.PROPOSED, W.DECLINE_PROPOSED), W.SUBMITTED, "退回重新审核", head, reason=True, internal=True),
            Transition("sign_decline", W.DECLINE_PROPOSED, W.DECLINED, "签发不予退出", head.except_actor_of("propose_decline"), guards=(guards.text_in_force, guards.sanction_running), articles=_competence),
            Transition("sign_withdrawal", W.PROPOSED, W.PLAQUE_DUE, "签发同意退出", head.except_actor_of("propose"), guards=SIGNATURE, when=has_plaque, articles=_competence),
            Transition("sign_withdrawal", W.PROPOSED, W.WITHDRAWN, "签发同意退出", head.except_actor_of("propose"), guards=SIGNATURE, articles=_competence),
            Transition("record_plaque", W.PLAQUE_DUE, W.WITHDRAWN, "登记匾牌交回", officer),
            Transition("discontinue", (W.DRAFT, W.SUBMITTED, W.PROPOSED, W.DECLINE_PROPOSED), W.DISCONTINUED, "终止办理", ending, guards=(guards.base_has_ended,), when=guards.base_ended, reason=True),
        ),
    )
)
# fmt: on

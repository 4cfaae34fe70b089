"""Inspection campaigns, inspections, rectification, revocation and its undoing, one table per kind of case.

Which lines exist for a jurisdiction is asked of its rulebook (``when``); nothing here knows a jurisdiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register, role
from apps.cases.workflow.engine import rules_of
from apps.inspections import guards
from apps.inspections.enums import CampaignState as C
from apps.inspections.enums import InspectionState as I
from apps.inspections.enums import RectificationConclusion, RevocationConclusion
from apps.inspections.enums import RectificationState as R
from apps.inspections.enums import RestorationState as H
from apps.inspections.enums import RevocationState as V

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

any_officer = role(Role.AUTHORITY_OFFICER, Role.DEPARTMENT_OFFICER)
any_head = role(Role.AUTHORITY_HEAD, Role.DEPARTMENT_HEAD)
officer = role(Role.AUTHORITY_OFFICER)
head = role(Role.AUTHORITY_HEAD)
legal = role(Role.LEGAL_OFFICER)
editor = role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
institution_head = role(Role.INSTITUTION_HEAD)
institution_head_at_any_time = role(Role.INSTITUTION_HEAD, party=PartyRole.INSTITUTION)
institution_at_any_time = role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD, party=PartyRole.INSTITUTION)
recalling = role(Role.AUTHORITY_HEAD, Role.DEPARTMENT_HEAD, party=PartyRole.ORGANISER)
ending = role(Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, party=PartyRole.AUTHORITY)


def chosen_by_lot(case: Case, road: Road) -> bool:
    return case.campaign.selection == "draw"


def published(case: Case, road: Road) -> bool:
    """Whether the text publishes the results of this kind of inspection."""
    return case.campaign.kind in rules_of(case).inspection.published_kinds


def not_published(case: Case, road: Road) -> bool:
    return not published(case, road)


def with_adverse_findings(case: Case, road: Road) -> bool:
    return case.inspection.items.exclude(finding="meets").exists()


def without_adverse_findings(case: Case, road: Road) -> bool:
    return not with_adverse_findings(case, road)


def self_assessed(case: Case, road: Road) -> bool:
    return case.inspection.campaign.self_due_on is not None


def _campaign_article(case: Case, road: Road) -> tuple[str, ...]:
    return inspection_articles(case, case.campaign.kind)


def _inspection_article(case: Case, road: Road) -> tuple[str, ...]:
    return inspection_articles(case, case.inspection.campaign.kind)


def inspection_articles(case: Case, kind: str) -> tuple[str, ...]:
    """The article each kind of inspection rests on in the case's text."""
    inspection = rules_of(case).inspection
    provisions = {
        "regular": inspection.conducted_by,
        "evaluation": inspection.evaluated_by,
        "spot_check": inspection.spot_checks,
    }
    provision = provisions[kind]
    return (provision.article,) if provision else ()


def _published_article(case: Case, road: Road) -> tuple[str, ...]:
    provision = rules_of(case).inspection.publication(case.campaign.kind)
    return (provision.article,) if provision else ()


def _rectification_article(case: Case, road: Road) -> tuple[str, ...]:
    return (case.rectification.article,)


def _revocation_article(case: Case, road: Road) -> tuple[str, ...]:
    return (case.revocation.article,)


def reported(case: Case, road: Road) -> bool:
    return case.rectification.reported_on is not None


def not_reported(case: Case, road: Road) -> bool:
    """The base has let the term run out; it may still report late while the conclusion is not signed."""
    return not reported(case, road)


def to_lift(case: Case, road: Road) -> bool:
    return case.rectification.conclusion == RectificationConclusion.LIFT


def to_extend(case: Case, road: Road) -> bool:
    return case.rectification.conclusion == RectificationConclusion.EXTEND


def to_fail(case: Case, road: Road) -> bool:
    return case.rectification.conclusion == RectificationConclusion.FAIL


def to_revoke(case: Case, road: Road) -> bool:
    return case.revocation.conclusion == RevocationConclusion.REVOKE


def to_keep(case: Case, road: Road) -> bool:
    return case.revocation.conclusion == RevocationConclusion.KEEP


# fmt: off
CAMPAIGN = register(
    Workflow(
        kind=CaseKind.CAMPAIGN,
        states=dict(C.choices),
        initial=C.DRAFT,
        final=frozenset({C.PUBLISHED, C.CONCLUDED, C.DROPPED}),
        turns={
            C.DRAFT: PartyRole.ORGANISER,
            C.PROPOSED: PartyRole.ORGANISER,
            C.RUNNING: PartyRole.ORGANISER,
            C.PUBLICATION_PROPOSED: PartyRole.ORGANISER,
            C.AWAITING_PUBLICATION: None,
            C.PUBLISHED: None,
            C.CONCLUDED: None,
            C.DROPPED: None,
        },
        transitions=(
            Transition("edit", C.DRAFT, STAY, "修改方案", any_officer),
            Transition("draw", C.DRAFT, STAY, "随机抽取基地", any_officer, when=chosen_by_lot, articles=_campaign_article),
            Transition("propose", C.DRAFT, C.PROPOSED, "报请批准方案", any_officer, guards=(guards.campaign_complete,), articles=_campaign_article),
            Transition("send_back", C.PROPOSED, C.DRAFT, "退回修改", any_head, reason=True),
            Transition("launch", C.PROPOSED, C.RUNNING, "批准并开始检查", any_head.except_actor_of("open", "edit", "draw", "propose"), guards=(guards.text_in_force, guards.campaign_complete), articles=_campaign_article),
            Transition("drop", C.DRAFT, C.DROPPED, "放弃方案", any_officer, reason=True),
            Transition("propose_publication", C.RUNNING, C.PUBLICATION_PROPOSED, "拟定通报报请公布", any_officer, guards=(guards.every_inspection_over, guards.bulletin_complete), when=published, articles=_published_article),
            Transition("send_back_publication", C.PUBLICATION_PROPOSED, C.RUNNING, "退回重拟通报", any_head, when=published, reason=True),
            Transition("sign_publication", C.PUBLICATION_PROPOSED, C.AWAITING_PUBLICATION, "批准公布结果", any_head.except_actor_of("propose_publication"), guards=(guards.text_in_force, guards.every_inspection_over, guards.bulletin_complete, guards.publication_not_backdated), when=published, articles=_published_article),
            Transition("recall_publication", C.AWAITING_PUBLICATION, C.RUNNING, "公布日前撤回通报", recalling, when=published, reason=True),
            Transition("publish", C.AWAITING_PUBLICATION, C.PUBLISHED, "公布结果", SYSTEM, guards=(guards.publication_day_reached,), when=published, articles=_published_article),
            Transition("conclude", C.RUNNING, C.CONCLUDED, "结束检查工作", any_officer, guards=(guards.every_inspection_over,), when=not_published, articles=_campaign_article),
        ),
    )
)

OPEN_INSPECTIONS = (I.PREPARED, I.SELF_ASSESSING, I.DESK_REVIEW, I.VISITING, I.VISIT_CONFIRMING, I.FINDINGS, I.AWAITING_ANSWER, I.ANSWERED, I.GRADE_PROPOSED)

INSPECTION = register(
    Workflow(
        kind=CaseKind.INSPECTION,
        states=dict(I.choices),
        initial=I.PREPARED,
        final=frozenset({I.CONCLUDED, I.DISCONTINUED}),
        turns={
            I.PREPARED: PartyRole.INSPECTOR,
            I.SELF_ASSESSING: PartyRole.INSTITUTION,
            I.DESK_REVIEW: PartyRole.INSPECTOR,
            I.VISITING: PartyRole.INSPECTOR,
            I.VISIT_CONFIRMING: PartyRole.INSTITUTION,
            I.FINDINGS: PartyRole.INSPECTOR,
            I.AWAITING_ANSWER: PartyRole.INSTITUTION,
            I.ANSWERED: PartyRole.INSPECTOR,
            I.GRADE_PROPOSED: PartyRole.INSPECTOR,
            I.CONCLUDED: None,
            I.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((I.SELF_ASSESSING, I.AWAITING_ANSWER), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 自评：随检查工作启动
            Transition("call_for_self_assessment", I.PREPARED, I.SELF_ASSESSING, "通知自评", SYSTEM, when=self_assessed, articles=_inspection_article),
            Transition("begin", I.PREPARED, I.DESK_REVIEW, "开始检查", SYSTEM, articles=_inspection_article),
            Transition("submit_self_assessment", I.SELF_ASSESSING, I.DESK_REVIEW, "提交自评", institution_head, guards=(guards.self_assessment_complete,), articles=_inspection_article),
            Transition("self_assessment_expired", I.SELF_ASSESSING, I.DESK_REVIEW, "自评期满", SYSTEM, guards=(guards.self_assessment_overdue,), articles=_inspection_article),
            # 材料审核与实地检查
            Transition("record_desk_review", I.DESK_REVIEW, STAY, "记录材料审核", any_officer, articles=_inspection_article),
            Transition("conclude_on_papers", I.DESK_REVIEW, I.FINDINGS, "不作实地检查，直接拟定发现", any_officer, guards=(guards.desk_review_complete,), articles=_inspection_article, reason=True),
            Transition("start_visit", I.DESK_REVIEW, I.VISITING, "安排实地检查", any_officer, articles=_inspection_article),
            Transition("record_visit", I.VISITING, STAY, "现场记录", any_officer, articles=_inspection_article),
            Transition("close_visit", I.VISITING, I.VISIT_CONFIRMING, "检查人员确认现场记录", any_officer, guards=(guards.visit_recorded,), articles=_inspection_article),
            Transition("confirm_visit", I.VISIT_CONFIRMING, I.FINDINGS, "基地确认现场记录", institution_head, articles=_inspection_article),
            Transition("proceed_unconfirmed", I.VISIT_CONFIRMING, I.FINDINGS, "基地未确认，记录在案后继续", role(Role.AUTHORITY_OFFICER, Role.DEPARTMENT_OFFICER, party=PartyRole.INSPECTOR), guards=(guards.confirmation_overdue,), articles=_inspection_article, reason=True),
            # 发现、申辩、评定
            Transition("record_findings", I.FINDINGS, STAY, "记录检查发现", any_officer, articles=_inspection_article),
            Transition("send_findings", I.FINDINGS, I.AWAITING_ANSWER, "将发现的问题告知基地", any_officer, guards=(guards.findings_complete,), when=with_adverse_findings, articles=_inspection_article),
            Transition("accept_findings", I.FINDINGS, I.ANSWERED, "未发现问题，进入评定", any_officer, guards=(guards.findings_complete,), when=without_adverse_findings, articles=_inspection_article),
            Transition("answer_findings", I.AWAITING_ANSWER, I.ANSWERED, "提交申辩说明", institution_head, guards=(guards.answer_given,), articles=_inspection_article),
            Transition("answer_expired", I.AWAITING_ANSWER, I.ANSWERED, "申辩期满", SYSTEM, guards=(guards.answer_overdue,), articles=_inspection_article),
            Transition("reopen_findings", I.ANSWERED, I.FINDINGS, "补充检查发现", any_officer, articles=_inspection_article, reason=True),
            Transition("record_verdicts", I.ANSWERED, STAY, "记录认定", any_officer, articles=_inspection_article, internal=True),
            Transition("propose_grade", I.ANSWERED, I.GRADE_PROPOSED, "拟定检查结果", any_officer, guards=(guards.verdicts_complete,), articles=_inspection_article, internal=True),
            Transition("send_back_grade", I.GRADE_PROPOSED, I.ANSWERED, "退回重新评定", any_head, reason=True, internal=True),
            Transition("sign_result", I.GRADE_PROPOSED, I.CONCLUDED, "签发检查结果", any_head.except_actor_of("record_desk_review", "record_visit", "close_visit", "record_findings", "send_findings", "record_verdicts", "propose_grade"), guards=(guards.adverse_needs_text_in_force, guards.verdicts_complete), articles=_inspection_article),
            # 基地终止
            Transition("discontinue", OPEN_INSPECTIONS, I.DISCONTINUED, "终止办理", ending, guards=(guards.base_has_ended,), when=guards.base_ended, reason=True),
        ),
    )
)

OPEN_RECTIFICATIONS = (R.DRAFT, R.PROPOSED, R.ORDERED, R.REPORTED, R.OVERDUE, R.CONCLUSION_PROPOSED)

RECTIFICATION = register(
    Workflow(
        kind=CaseKind.RECTIFICATION,
        states=dict(R.choices),
        initial=R.DRAFT,
        final=frozenset({R.LIFTED, R.FAILED, R.DROPPED, R.DISCONTINUED}),
        turns={
            R.DRAFT: PartyRole.AUTHORITY,
            R.PROPOSED: PartyRole.AUTHORITY,
            R.ORDERED: PartyRole.INSTITUTION,
            R.REPORTED: PartyRole.AUTHORITY,
            R.OVERDUE: PartyRole.AUTHORITY,
            R.CONCLUSION_PROPOSED: PartyRole.AUTHORITY,
            R.LIFTED: None,
            R.FAILED: None,
            R.DROPPED: None,
            R.DISCONTINUED: None,
        },
        prepared_by={
            R.ORDERED: frozenset({Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD}),
            R.OVERDUE: frozenset({Role.AUTHORITY_HEAD}),
        },
        transitions=(
            Transition("edit", R.DRAFT, STAY, "修改整改通知", officer, internal=True),
            Transition("propose_order", R.DRAFT, R.PROPOSED, "报请签发整改通知", officer, guards=(guards.order_complete,), articles=_rectification_article, internal=True),
            Transition("send_back_order", R.PROPOSED, R.DRAFT, "退回修改", head, reason=True, internal=True),
            Transition("drop", (R.DRAFT, R.PROPOSED), R.DROPPED, "不予责令整改", head, reason=True, internal=True),
            Transition("sign_order", R.PROPOSED, R.ORDERED, "签发整改通知", head.except_actor_of("open", "edit", "propose_order"), guards=(guards.text_in_force, guards.base_is_live, guards.order_complete), articles=_rectification_article),
            Transition("record_progress", (R.ORDERED, R.OVERDUE), STAY, "填写整改进展", institution_at_any_time, articles=_rectification_article),
            Transition("submit_report", (R.ORDERED, R.OVERDUE), R.REPORTED, "提交整改报告", institution_head_at_any_time, guards=(guards.report_complete,), articles=_rectification_article),
            Transition("expire", R.ORDERED, R.OVERDUE, "整改期满未报告", SYSTEM, guards=(guards.rectification_overdue,), articles=_rectification_article),
            Transition("return_report", R.REPORTED, R.ORDERED, "期限内退回继续整改", officer, guards=(guards.term_runs,), articles=_rectification_article, reason=True),
            Transition("record_recheck", (R.REPORTED, R.OVERDUE), STAY, "记录复查", officer, articles=_rectification_article),
            Transition("propose_conclusion", (R.REPORTED, R.OVERDUE), R.CONCLUSION_PROPOSED, "拟定复查结论", officer, guards=(guards.recheck_recorded,), articles=_rectification_article, internal=True),
            Transition("send_back_conclusion", R.CONCLUSION_PROPOSED, R.REPORTED, "退回重新复查", head, when=reported, reason=True, internal=True),
            Transition("send_back_conclusion", R.CONCLUSION_PROPOSED, R.OVERDUE, "退回重新复查", head, when=not_reported, reason=True, internal=True),
            Transition("sign_lift", R.CONCLUSION_PROPOSED, R.LIFTED, "签发解除整改", head.except_actor_of("record_recheck", "propose_conclusion"), guards=(guards.base_is_live, guards.recheck_recorded), when=to_lift, articles=_rectification_article),
            Transition("sign_extension", R.CONCLUSION_PROPOSED, R.ORDERED, "签发延长期限", head.except_actor_of("record_recheck", "propose_conclusion"), guards=(guards.text_in_force, guards.base_is_live, guards.extension_ahead), when=to_extend, articles=_rectification_article),
            Transition("sign_failure", R.CONCLUSION_PROPOSED, R.FAILED, "签发整改未达标认定", head.except_actor_of("record_recheck", "propose_conclusion"), guards=(guards.text_in_force, guards.base_is_live, guards.recheck_recorded), when=to_fail, articles=_rectification_article),
            Transition("discontinue", OPEN_RECTIFICATIONS, R.DISCONTINUED, "终止办理", ending, guards=(guards.base_has_ended,), when=guards.base_ended, reason=True),
        ),
    )
)

REVOCATION = register(
    Workflow(
        kind=CaseKind.REVOCATION,
        states=dict(V.choices),
        initial=V.DRAFT,
        final=frozenset({V.CLOSED, V.NOT_REVOKED, V.DROPPED}),
        turns={
            V.DRAFT: PartyRole.AUTHORITY,
            V.NOTICE_PROPOSED: PartyRole.AUTHORITY,
            V.HEARING: PartyRole.INSTITUTION,
            V.HEARD: PartyRole.AUTHORITY,
            V.LEGAL_REVIEW: PartyRole.AUTHORITY,
            V.DECISION_READY: PartyRole.AUTHORITY,
            V.REVOKED: PartyRole.AUTHORITY,
            V.CLOSED: None,
            V.NOT_REVOKED: None,
            V.DROPPED: None,
        },
        prepared_by={V.HEARING: frozenset({Role.INSTITUTION_EDITOR})},
        transitions=(
            Transition("edit", V.DRAFT, STAY, "修改事先告知", officer, internal=True),
            Transition("propose_notice", V.DRAFT, V.NOTICE_PROPOSED, "报请签发告知书", officer, guards=(guards.ground_allows_revocation, guards.notice_complete), articles=_revocation_article, internal=True),
            Transition("send_back_notice", V.NOTICE_PROPOSED, V.DRAFT, "退回修改", head, reason=True, internal=True),
            Transition("drop", (V.DRAFT, V.NOTICE_PROPOSED), V.DROPPED, "不予立案", head, reason=True, internal=True),
            Transition("sign_notice", V.NOTICE_PROPOSED, V.HEARING, "签发告知书", head.except_actor_of("open", "edit", "propose_notice"), guards=(guards.text_in_force, guards.base_is_live, guards.ground_allows_revocation, guards.notice_complete), articles=_revocation_article),
            Transition("save_statement", V.HEARING, STAY, "保存陈述申辩草稿", editor, articles=_revocation_article),
            Transition("submit_statement", V.HEARING, V.HEARD, "提交陈述申辩", institution_head, guards=(guards.statement_written,), articles=_revocation_article),
            Transition("waive_statement", V.HEARING, V.HEARD, "放弃陈述申辩", institution_head, articles=_revocation_article),
            Transition("hearing_expired", V.HEARING, V.HEARD, "陈述申辩期满", SYSTEM, guards=(guards.hearing_expired,), articles=_revocation_article),
            Transition("record_hearing", V.HEARD, STAY, "记录听取意见", officer, articles=_revocation_article),
            Transition("propose_decision", V.HEARD, V.LEGAL_REVIEW, "拟定决定报法制审核", officer, guards=(guards.statement_answered,), articles=_revocation_article, internal=True),
            Transition("return_from_legal_review", V.LEGAL_REVIEW, V.HEARD, "法制审核退回", legal, reason=True, internal=True),
            Transition("pass_legal_review", V.LEGAL_REVIEW, V.DECISION_READY, "法制审核通过", legal.except_actor_of("open", "edit", "propose_notice", "propose_decision"), articles=_revocation_article, internal=True),
            Transition("send_back_decision", V.DECISION_READY, V.HEARD, "签发退回", head, reason=True, internal=True),
            Transition("sign_revocation", V.DECISION_READY, V.REVOKED, "签发决定", head.except_actor_of("open", "edit", "propose_notice", "propose_decision", "pass_legal_review"), guards=(guards.text_in_force, guards.base_is_live, guards.ground_allows_revocation, guards.statement_answered), when=to_revoke, articles=_revocation_article),
            Transition("sign_keeping", V.DECISION_READY, V.NOT_REVOKED, "签发不予取消（撤销）的决定", head.except_actor_of("open", "edit", "propose_notice", "propose_decision", "pass_legal_review"), guards=(guards.statement_answered,), when=to_keep, articles=_revocation_article),
            Transition("record_plaque", V.REVOKED, STAY, "登记匾牌交回", officer, articles=_revocation_article),
            Transition("settle_case", V.REVOKED, STAY, "处理在办事项", officer, articles=_revocation_article),
            Transition("close", V.REVOKED, V.CLOSED, "办结", officer, guards=(guards.aftermath_settled,), articles=_revocation_article),
        ),
    )
)

RESTORATION = register(
    Workflow(
        kind=CaseKind.RESTORATION,
        states=dict(H.choices),
        initial=H.DRAFT,
        final=frozenset({H.RESTORED, H.DROPPED}),
        turns={H.DRAFT: PartyRole.AUTHORITY, H.PROPOSED: PartyRole.AUTHORITY, H.RESTORED: None, H.DROPPED: None},
        transitions=(
            Transition("edit", H.DRAFT, STAY, "修改恢复决定", officer, internal=True),
            Transition("propose", H.DRAFT, H.PROPOSED, "报请签发恢复决定", officer, guards=(guards.still_revoked, guards.level_is_free, guards.instrument_filed), internal=True),
            Transition("send_back", H.PROPOSED, H.DRAFT, "退回修改", head, reason=True, internal=True),
            Transition("drop", (H.DRAFT, H.PROPOSED), H.DROPPED, "不予恢复", head, reason=True, internal=True),
            Transition("sign_restoration", H.PROPOSED, H.RESTORED, "签发恢复决定", head.except_actor_of("open", "edit", "propose"), guards=(guards.still_revoked, guards.level_is_free, guards.instrument_filed)),
        ),
    )
)
# fmt: on

"""The road from round to recognition, one table per kind of case.

Which lines exist for a jurisdiction is asked of its rulebook's road (``when``); nothing here knows a jurisdiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.applications import guards
from apps.applications.enums import ApplicationState as A
from apps.applications.enums import NoticeState as N
from apps.applications.enums import ObjectionState as O
from apps.applications.enums import RoundState as R
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow import STAY, SYSTEM, Transition, Workflow, register, role

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

institution_head = role(Role.INSTITUTION_HEAD)
department_officer = role(Role.DEPARTMENT_OFFICER)
department_head = role(Role.DEPARTMENT_HEAD)
officer = role(Role.AUTHORITY_OFFICER)
reviewer = role(Role.AUTHORITY_REVIEWER)
head = role(Role.AUTHORITY_HEAD)
assistant = role(Role.SERVICE_ASSISTANT, party=PartyRole.ASSISTANT)


def _stage(code: str, road: Road) -> bool:
    return any(stage.code == code for stage in road.recommendation)


def examined(case: Case, road: Road) -> bool:
    return _stage("examination", road) and not case.application.direct


def recommended_only(case: Case, road: Road) -> bool:
    return not _stage("examination", road) and _stage("recommendation", road) and not case.application.direct


def recommended(case: Case, road: Road) -> bool:
    return _stage("recommendation", road)


def unrecommended(case: Case, road: Road) -> bool:
    return not road.recommendation or case.application.direct


def panel_optional(case: Case, road: Road) -> bool:
    return road.review.panel == "optional"


def delegated(case: Case, road: Road) -> bool:
    return road.delegated_service is not None


def _files_with_superior(case: Case, road: Road) -> bool:
    return any(lower.level == case.application.level for lower in road.lower_bases)


def filed_above(case: Case, road: Road) -> bool:
    return _files_with_superior(case, road)


def not_filed_above(case: Case, road: Road) -> bool:
    return not _files_with_superior(case, road)


def _stage_article(code: str):
    return lambda case, road: tuple(stage.article for stage in road.recommendation if stage.code == code)


def _review_article(case: Case, road: Road) -> tuple[str, ...]:
    return (road.review.article,)


def _announcement_article(case: Case, road: Road) -> tuple[str, ...]:
    return (road.announcement.article,)


def _publicity_article(case: Case, road: Road) -> tuple[str, ...]:
    return (road.publicity.article,) if road.publicity else ()


def _bar_article(case: Case, road: Road) -> tuple[str, ...]:
    return (road.reapplication_bar.article,) if road.reapplication_bar else ()


def _delegation_article(case: Case, road: Road) -> tuple[str, ...]:
    return (road.delegated_service.article,) if road.delegated_service else ()


def _filing_article(case: Case, road: Road) -> tuple[str, ...]:
    return tuple({lower.article for lower in road.lower_bases})


# fmt: off
ROUND = register(
    Workflow(
        kind=CaseKind.ROUND,
        states=dict(R.choices),
        initial=R.DRAFT,
        final=frozenset({R.FINISHED}),
        turns={
            R.DRAFT: PartyRole.AUTHORITY,
            R.PROPOSED: PartyRole.AUTHORITY,
            R.PUBLISHED: None,
            R.CLOSED: PartyRole.AUTHORITY,
            R.FINISHED: None,
        },
        transitions=(
            Transition("edit", R.DRAFT, STAY, "修改批次", officer),
            Transition("propose", R.DRAFT, R.PROPOSED, "报请发布", officer, guards=(guards.text_in_force, guards.round_complete)),
            Transition("send_back", R.PROPOSED, R.DRAFT, "退回修改", head, reason=True),
            Transition("publish", R.PROPOSED, R.PUBLISHED, "批准发布", head.except_actor_of("open", "edit", "propose"), guards=(guards.text_in_force, guards.round_complete)),
            Transition("close", R.PUBLISHED, R.CLOSED, "申报截止", SYSTEM, guards=(guards.window_over,)),
            Transition("announce", R.CLOSED, STAY, "公布认定结果", head, articles=_announcement_article),
            Transition("finish", R.CLOSED, R.FINISHED, "办结批次", officer, guards=(guards.all_applications_closed,)),
        ),
    )
)

WITHDRAWABLE = (
    A.DRAFT, A.EXAMINING, A.EXAMINATION_PROPOSED, A.RETURNED_BY_EXAMINER, A.RECOMMENDING, A.RECOMMENDATION_PROPOSED,
    A.RETURNED_BY_RECOMMENDER, A.INTAKE, A.CORRECTING, A.ADMITTED, A.IN_REVIEW, A.REVIEWED,
)

APPLICATION = register(
    Workflow(
        kind=CaseKind.APPLICATION,
        states=dict(A.choices),
        initial=A.DRAFT,
        final=frozenset({A.DECLINED, A.REFUSED, A.RECOGNISED, A.NOT_RECOGNISED, A.WITHDRAWN, A.LAPSED}),
        turns={
            A.DRAFT: PartyRole.INSTITUTION,
            A.EXAMINING: PartyRole.EXAMINER,
            A.EXAMINATION_PROPOSED: PartyRole.EXAMINER,
            A.RETURNED_BY_EXAMINER: PartyRole.INSTITUTION,
            A.RECOMMENDING: PartyRole.RECOMMENDER,
            A.RECOMMENDATION_PROPOSED: PartyRole.RECOMMENDER,
            A.RETURNED_BY_RECOMMENDER: PartyRole.INSTITUTION,
            A.DECLINED: None,
            A.INTAKE: PartyRole.AUTHORITY,
            A.CORRECTING: PartyRole.INSTITUTION,
            A.REFUSAL_PROPOSED: PartyRole.AUTHORITY,
            A.REFUSED: None,
            A.ADMITTED: PartyRole.AUTHORITY,
            A.IN_REVIEW: PartyRole.AUTHORITY,
            A.REVIEWED: PartyRole.AUTHORITY,
            A.IN_NOTICE: PartyRole.AUTHORITY,
            A.NOTICE_DONE: PartyRole.AUTHORITY,
            A.DECISION_RETURNED: PartyRole.AUTHORITY,
            A.DECISION_PREPARED: PartyRole.AUTHORITY,
            A.DECISION_REVIEWED: PartyRole.AUTHORITY,
            A.DECIDED: PartyRole.AUTHORITY,
            A.TO_FILE: PartyRole.FILING_AUTHORITY,
            A.RECOGNISED: None,
            A.NOT_RECOGNISED: None,
            A.WITHDRAWN: None,
            A.LAPSED: None,
        },
        prepared_by=dict.fromkeys((A.DRAFT, A.RETURNED_BY_EXAMINER, A.RETURNED_BY_RECOMMENDER, A.CORRECTING), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 填报与提交
            Transition("submit", A.DRAFT, A.EXAMINING, "提交申报", institution_head, guards=guards.SUBMISSION, when=examined),
            Transition("submit", A.DRAFT, A.RECOMMENDING, "提交申报", institution_head, guards=guards.SUBMISSION, when=recommended_only),
            Transition("submit", A.DRAFT, A.INTAKE, "提交申报", institution_head, guards=guards.SUBMISSION, when=unrecommended),
            Transition("lapse", A.DRAFT, A.LAPSED, "逾期未提交", SYSTEM, guards=(guards.window_over,)),
            # 主管部门审查
            Transition("return_to_applicant", A.EXAMINING, A.RETURNED_BY_EXAMINER, "退回修改", department_officer, when=examined, articles=_stage_article("examination")),
            Transition("resubmit", A.RETURNED_BY_EXAMINER, A.EXAMINING, "修改后重新提交", institution_head, guards=guards.RESUBMISSION, when=examined),
            Transition("propose_opinion", A.EXAMINING, A.EXAMINATION_PROPOSED, "拟定审查意见", department_officer, guards=(guards.every_item_checked,), when=examined, articles=_stage_article("examination")),
            Transition("send_back_opinion", A.EXAMINATION_PROPOSED, A.EXAMINING, "退回重拟意见", department_head, when=examined, reason=True),
            Transition("sign_agreement", A.EXAMINATION_PROPOSED, A.RECOMMENDING, "签署审查意见", department_head.except_actor_of("propose_opinion"), guards=(guards.opinion_positive,), when=examined, articles=_stage_article("examination")),
            Transition("sign_disagreement", A.EXAMINATION_PROPOSED, A.DECLINED, "签署不予通过的意见", department_head.except_actor_of("propose_opinion"), guards=(guards.text_in_force, guards.opinion_negative), when=examined, articles=_stage_article("examination")),
            # 推荐
            Transition("return_to_applicant", A.RECOMMENDING, A.RETURNED_BY_RECOMMENDER, "退回修改", department_officer, when=recommended, articles=_stage_article("recommendation")),
            Transition("resubmit", A.RETURNED_BY_RECOMMENDER, A.RECOMMENDING, "修改后重新提交", institution_head, guards=guards.RESUBMISSION, when=recommended),
            Transition("propose_opinion", A.RECOMMENDING, A.RECOMMENDATION_PROPOSED, "拟定推荐意见", department_officer, guards=(guards.every_item_checked, guards.recheck_recorded), when=recommended, articles=_stage_article("recommendation")),
            Transition("send_back_opinion", A.RECOMMENDATION_PROPOSED, A.RECOMMENDING, "退回重拟意见", department_head, when=recommended, reason=True),
            Transition("sign_agreement", A.RECOMMENDATION_PROPOSED, A.INTAKE, "签署推荐意见", department_head.except_actor_of("propose_opinion"), guards=(guards.opinion_positive, guards.recommender_qualified, guards.quota_left), when=recommended, articles=_stage_article("recommendation")),
            Transition("sign_disagreement", A.RECOMMENDATION_PROPOSED, A.DECLINED, "签署不予推荐的意见", department_head.except_actor_of("propose_opinion"), guards=(guards.text_in_force, guards.opinion_negative), when=recommended, articles=_stage_article("recommendation")),
            # 受理
            Transition("record_material_check", A.INTAKE, STAY, "协助核对材料", assistant, when=delegated, articles=_delegation_article, internal=True, reason=True),
            Transition("admit", A.INTAKE, A.ADMITTED, "受理", officer, guards=(guards.not_barred,)),
            Transition("request_correction", A.INTAKE, A.CORRECTING, "一次性告知补正", officer, guards=(guards.not_corrected_before,)),
            Transition("resubmit", A.CORRECTING, A.INTAKE, "提交补正材料", institution_head, guards=guards.RESUBMISSION),
            Transition("correction_expired", A.CORRECTING, A.INTAKE, "补正期满", SYSTEM, guards=(guards.correction_overdue,)),
            Transition("propose_refusal", A.INTAKE, A.REFUSAL_PROPOSED, "拟不予受理", officer, articles=_bar_article, internal=True),
            Transition("send_back_refusal", A.REFUSAL_PROPOSED, A.INTAKE, "退回重新审查", head, reason=True, internal=True),
            Transition("sign_refusal", A.REFUSAL_PROPOSED, A.REFUSED, "签发不予受理决定", head.except_actor_of("propose_refusal"), guards=(guards.text_in_force, guards.refusal_reasoned)),
            # 评审
            Transition("assign_panel", A.ADMITTED, A.IN_REVIEW, "交专家评审委员会评审", officer, articles=_review_article),
            Transition("record_review_step", (A.ADMITTED, A.IN_REVIEW), STAY, "记录评审环节", officer, articles=_review_article, internal=True),
            Transition("release_panel", A.IN_REVIEW, A.ADMITTED, "退出专家评审", officer, articles=_review_article, internal=True, reason=True),
            Transition("conclude_review", A.IN_REVIEW, A.REVIEWED, "形成评审决议", officer, guards=(guards.review_steps_recorded, guards.panel_resolved), articles=_review_article),
            Transition("conclude_review", A.ADMITTED, A.REVIEWED, "形成评审结论", officer, guards=(guards.review_steps_recorded, guards.review_concluded), when=panel_optional, articles=_review_article),
            # 公示
            Transition("publish_notice", A.REVIEWED, A.IN_NOTICE, "列入公示", head, guards=(guards.review_passed,), articles=_publicity_article),
            Transition("close_notice", A.IN_NOTICE, A.NOTICE_DONE, "公示结束", officer, guards=(guards.notice_over, guards.objections_answered), articles=_publicity_article),
            # 决定
            Transition("prepare_decision", (A.REVIEWED, A.NOTICE_DONE, A.DECISION_RETURNED), A.DECISION_PREPARED, "拟定决定", officer, guards=(guards.notice_held_where_required, guards.decision_reasoned)),
            Transition("return_decision", A.DECISION_PREPARED, A.DECISION_RETURNED, "审核退回", reviewer, reason=True, internal=True),
            Transition("review_decision", A.DECISION_PREPARED, A.DECISION_REVIEWED, "审核决定", reviewer.except_actor_of("prepare_decision"), guards=(guards.decision_reasoned,), internal=True),
            Transition("return_decision", A.DECISION_REVIEWED, A.DECISION_RETURNED, "签发退回", head, reason=True, internal=True),
            Transition("sign_recognition", A.DECISION_REVIEWED, A.DECIDED, "签发认定决定", head.except_actor_of("prepare_decision", "review_decision"), guards=(guards.text_in_force, guards.decision_positive), articles=_review_article, internal=True),
            Transition("sign_non_recognition", A.DECISION_REVIEWED, A.NOT_RECOGNISED, "签发不予认定决定", head.except_actor_of("prepare_decision", "review_decision"), guards=(guards.text_in_force, guards.decision_negative), articles=_review_article),
            Transition("announce", A.DECIDED, A.RECOGNISED, "公布认定", head, when=not_filed_above, articles=_announcement_article),
            Transition("announce", A.DECIDED, A.TO_FILE, "公布认定并报备案", head, when=filed_above, articles=_announcement_article),
            Transition("file", A.TO_FILE, A.RECOGNISED, "予以备案", officer, when=filed_above, articles=_filing_article),
            # 撤回
            Transition("withdraw", WITHDRAWABLE, A.WITHDRAWN, "撤回申报", role(Role.INSTITUTION_HEAD, party=PartyRole.INSTITUTION), reason=True),
        ),
    )
)

PUBLIC_NOTICE = register(
    Workflow(
        kind=CaseKind.PUBLIC_NOTICE,
        states=dict(N.choices),
        initial=N.DRAFT,
        final=frozenset({N.CLOSED}),
        turns={N.DRAFT: PartyRole.AUTHORITY, N.PUBLISHED: PartyRole.AUTHORITY, N.CLOSED: None},
        transitions=(
            Transition("edit", N.DRAFT, STAY, "修改公示", officer),
            Transition("publish", N.DRAFT, N.PUBLISHED, "发布公示", head.except_actor_of("open", "edit"), guards=(guards.text_in_force, guards.notice_complete), articles=_publicity_article),
            Transition("close", N.PUBLISHED, N.CLOSED, "公示结束", officer, guards=(guards.notice_period_over, guards.notice_objections_answered), articles=_publicity_article),
        ),
    )
)

OBJECTION = register(
    Workflow(
        kind=CaseKind.OBJECTION,
        states=dict(O.choices),
        initial=O.RECEIVED,
        final=frozenset({O.ANSWERED}),
        turns={O.RECEIVED: PartyRole.AUTHORITY, O.ANSWER_PROPOSED: PartyRole.AUTHORITY, O.ANSWERED: None},
        transitions=(
            Transition("investigate", O.RECEIVED, STAY, "记录核查情况", officer, articles=_publicity_article, reason=True),
            Transition("propose_answer", O.RECEIVED, O.ANSWER_PROPOSED, "拟定答复", officer, guards=(guards.objection_investigated,), articles=_publicity_article),
            Transition("send_back_answer", O.ANSWER_PROPOSED, O.RECEIVED, "退回重新核查", head, reason=True),
            Transition("sign_answer", O.ANSWER_PROPOSED, O.ANSWERED, "签发答复", head.except_actor_of("propose_answer", "investigate"), articles=_publicity_article),
        ),
    )
)
# fmt: on

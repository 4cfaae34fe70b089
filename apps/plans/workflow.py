"""Annual plans and training projects, one table per kind of case.

Which lines exist for a jurisdiction is asked of its rulebook (``when``); nothing here knows a jurisdiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.accounts.enums import Role
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow import STAY, Transition, Workflow, register, role
from apps.cases.workflow.engine import rules_of
from apps.plans import guards
from apps.plans.enums import PlanState as P
from apps.plans.enums import ProjectState as T
from apps.plans.roads import Authorisation, authorisation_of, name_articles, plan_requirement

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

editor = role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
institution_head = role(Role.INSTITUTION_HEAD)
unit_officer = role(Role.DEPARTMENT_OFFICER)
unit_head = role(Role.DEPARTMENT_HEAD)
officer = role(Role.AUTHORITY_OFFICER)


def reviewed_by_unit(case: Case, road: Road) -> bool:
    return plan_requirement(case) in ("managing_unit_approval", "managing_unit_consent")


def reviewed_by_institution(case: Case, road: Road) -> bool:
    return plan_requirement(case) == "institution_review"


def filed_at_once(case: Case, road: Road) -> bool:
    return plan_requirement(case) is None


def told_at_once(case: Case, road: Road) -> bool:
    """The managing unit is told when the plan is filed, and approves nothing."""
    return filed_at_once(case, road) and "managing_unit" in rules_of(case).annual_plan.deadlines[-1].addressees


def needs_consent(case: Case, road: Road) -> bool:
    return authorisation_of(case) == Authorisation.CONSENT


def needs_filing(case: Case, road: Road) -> bool:
    return authorisation_of(case) == Authorisation.FILING


def needs_nothing(case: Case, road: Road) -> bool:
    return authorisation_of(case) == Authorisation.NONE


def held_without(case: Case, road: Road) -> bool:
    """The class is over and what its text asks for was never obtained."""
    over = timezone.localdate() >= case.training_project.ends_on
    return over and authorisation_of(case) != Authorisation.NONE


def _plan_article(case: Case, road: Road) -> tuple[str, ...]:
    return (rules_of(case).annual_plan.article,)


def _name_article(case: Case, road: Road) -> tuple[str, ...]:
    return name_articles(rules_of(case))


def _records_article(case: Case, road: Road) -> tuple[str, ...]:
    return (rules_of(case).annual_plan.records.article,)


# fmt: off
OPEN_PLANS = (P.DRAFT, P.INSTITUTION_REVIEWED, P.UNIT_REVIEW, P.UNIT_PROPOSED, P.RETURNED_BY_UNIT, P.FILING, P.RETURNED_BY_AUTHORITY)

ANNUAL_PLAN = register(
    Workflow(
        kind=CaseKind.ANNUAL_PLAN,
        states=dict(P.choices),
        initial=P.DRAFT,
        final=frozenset({P.FILED, P.DROPPED, P.DISCONTINUED}),
        turns={
            P.DRAFT: PartyRole.INSTITUTION,
            P.INSTITUTION_REVIEWED: PartyRole.INSTITUTION,
            P.UNIT_REVIEW: PartyRole.MANAGING_UNIT,
            P.UNIT_PROPOSED: PartyRole.MANAGING_UNIT,
            P.RETURNED_BY_UNIT: PartyRole.INSTITUTION,
            P.FILING: PartyRole.AUTHORITY,
            P.RETURNED_BY_AUTHORITY: PartyRole.INSTITUTION,
            P.FILED: None,
            P.DROPPED: None,
            P.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((P.DRAFT, P.RETURNED_BY_UNIT, P.RETURNED_BY_AUTHORITY), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 填报
            Transition("record_own_review", (P.DRAFT, P.RETURNED_BY_AUTHORITY), P.INSTITUTION_REVIEWED, "单位审核同意", institution_head, guards=(guards.plan_complete, guards.base_is_live), when=reviewed_by_institution, articles=_plan_article),
            Transition("reopen", P.INSTITUTION_REVIEWED, P.DRAFT, "退回修改", institution_head, when=reviewed_by_institution, reason=True),
            Transition("submit", P.INSTITUTION_REVIEWED, P.FILING, "报送备案", institution_head, guards=guards.PLAN_SUBMISSION, when=reviewed_by_institution, articles=_plan_article),
            Transition("submit", P.DRAFT, P.UNIT_REVIEW, "报送管理单位", institution_head, guards=(*guards.PLAN_SUBMISSION, guards.managing_unit_known), when=reviewed_by_unit, articles=_plan_article),
            Transition("submit", P.DRAFT, P.FILING, "报送备案", institution_head, guards=guards.PLAN_SUBMISSION, when=filed_at_once, articles=_plan_article),
            Transition("drop", P.DRAFT, P.DROPPED, "放弃本次调整", institution_head, guards=(guards.is_amendment,), reason=True),
            # 管理单位
            Transition("acknowledge", P.FILING, STAY, "管理（指导）单位已阅", role(Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD, party=PartyRole.MANAGING_UNIT), when=told_at_once, guards=(guards.not_acknowledged,), articles=_plan_article),
            Transition("return_for_correction", P.UNIT_REVIEW, P.RETURNED_BY_UNIT, "退回修改", unit_officer, when=reviewed_by_unit, articles=_plan_article),
            Transition("resubmit", P.RETURNED_BY_UNIT, P.UNIT_REVIEW, "修改后重新报送", institution_head, guards=guards.PLAN_SUBMISSION, when=reviewed_by_unit, articles=_plan_article),
            Transition("propose_unit_opinion", P.UNIT_REVIEW, P.UNIT_PROPOSED, "拟定审核意见", unit_officer, when=reviewed_by_unit, articles=_plan_article),
            Transition("send_back_unit_opinion", P.UNIT_PROPOSED, P.UNIT_REVIEW, "退回重拟", unit_head, when=reviewed_by_unit, reason=True),
            Transition("sign_unit_opinion", P.UNIT_PROPOSED, P.FILING, "签署同意并报备案", unit_head.except_actor_of("propose_unit_opinion"), guards=(guards.unit_agrees,), when=reviewed_by_unit, articles=_plan_article),
            Transition("sign_unit_refusal", P.UNIT_PROPOSED, P.RETURNED_BY_UNIT, "签署不同意的意见", unit_head.except_actor_of("propose_unit_opinion"), guards=(guards.text_in_force, guards.unit_refuses), when=reviewed_by_unit, articles=_plan_article),
            # 备案
            Transition("return_for_correction", P.FILING, P.RETURNED_BY_AUTHORITY, "退回修改", officer, articles=_plan_article),
            # 改过的计划须再经管理单位同意
            Transition("resubmit", P.RETURNED_BY_AUTHORITY, P.UNIT_REVIEW, "修改后重新报送管理单位", institution_head, guards=guards.PLAN_SUBMISSION, when=reviewed_by_unit, articles=_plan_article),
            Transition("resubmit", P.RETURNED_BY_AUTHORITY, P.FILING, "修改后重新报送", institution_head, guards=guards.PLAN_SUBMISSION, when=filed_at_once, articles=_plan_article),
            Transition("file", P.FILING, P.FILED, "予以备案", officer, guards=(guards.base_is_live,), articles=_plan_article),
            # 基地终止
            Transition("discontinue", OPEN_PLANS, P.DISCONTINUED, "终止办理", role(Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, party=PartyRole.AUTHORITY), guards=(guards.base_has_ended,), when=guards.base_ended, reason=True),
        ),
    )
)

OPEN_PROJECTS = (T.DRAFT, T.UNIT_REVIEW, T.UNIT_PROPOSED, T.FILING, T.RETURNED, T.READY, T.HELD)

TRAINING_PROJECT = register(
    Workflow(
        kind=CaseKind.TRAINING_PROJECT,
        states=dict(T.choices),
        initial=T.DRAFT,
        final=frozenset({T.REFUSED, T.ARCHIVED, T.CANCELLED, T.DISCONTINUED}),
        turns={
            T.DRAFT: PartyRole.INSTITUTION,
            T.UNIT_REVIEW: PartyRole.MANAGING_UNIT,
            T.UNIT_PROPOSED: PartyRole.MANAGING_UNIT,
            T.FILING: PartyRole.AUTHORITY,
            T.RETURNED: PartyRole.INSTITUTION,
            T.REFUSED: None,
            T.READY: PartyRole.INSTITUTION,
            T.HELD: PartyRole.INSTITUTION,
            T.ARCHIVED: None,
            T.CANCELLED: None,
            T.DISCONTINUED: None,
        },
        prepared_by=dict.fromkeys((T.DRAFT, T.RETURNED), frozenset({Role.INSTITUTION_EDITOR})),
        transitions=(
            # 开班前；在管理单位或备案机关手上时，所报的路不因计划变化而改变
            Transition("edit", (T.DRAFT, T.RETURNED), STAY, "修改项目", editor, guards=(guards.base_is_live,)),
            Transition("confirm", (T.DRAFT, T.RETURNED), T.READY, "确认开班", institution_head, guards=guards.PROJECT_COMPLETE, when=needs_nothing),
            Transition("submit", T.DRAFT, T.UNIT_REVIEW, "报管理单位同意", institution_head, guards=(*guards.PROJECT_COMPLETE, guards.managing_unit_known, guards.asked_before_opening), when=needs_consent, articles=_name_article),
            Transition("submit", T.DRAFT, T.FILING, "报送备案", institution_head, guards=(*guards.PROJECT_COMPLETE, guards.asked_before_opening, guards.late_filing_explained), when=needs_filing, articles=_name_article),
            Transition("resubmit", T.RETURNED, T.UNIT_REVIEW, "修改后重新报送", institution_head, guards=(*guards.PROJECT_COMPLETE, guards.managing_unit_known, guards.asked_before_opening), when=needs_consent, articles=_name_article),
            Transition("resubmit", T.RETURNED, T.FILING, "修改后重新报送", institution_head, guards=(*guards.PROJECT_COMPLETE, guards.asked_before_opening, guards.late_filing_explained), when=needs_filing, articles=_name_article),
            Transition("return_for_correction", T.UNIT_REVIEW, T.RETURNED, "退回修改", unit_officer, reason=True, articles=_name_article),
            Transition("propose_unit_opinion", T.UNIT_REVIEW, T.UNIT_PROPOSED, "拟定是否同意的意见", unit_officer, articles=_name_article),
            Transition("send_back_unit_opinion", T.UNIT_PROPOSED, T.UNIT_REVIEW, "退回重拟", unit_head, reason=True),
            Transition("sign_consent", T.UNIT_PROPOSED, T.READY, "签署同意", unit_head.except_actor_of("propose_unit_opinion"), guards=(guards.base_is_live, guards.unit_agrees_to_project), articles=_name_article),
            Transition("sign_refusal", T.UNIT_PROPOSED, T.REFUSED, "签署不同意的意见", unit_head.except_actor_of("propose_unit_opinion"), guards=(guards.text_in_force, guards.unit_refuses_project), articles=_name_article),
            Transition("return_for_correction", T.FILING, T.RETURNED, "退回修改", officer, reason=True, articles=_name_article),
            Transition("file", T.FILING, T.READY, "予以备案", officer, guards=(guards.base_is_live,), articles=_name_article),
            Transition("amend", T.READY, T.RETURNED, "变更项目（须重新报送或确认）", institution_head, guards=(guards.base_is_live, guards.class_not_over, guards.no_records_yet), reason=True, articles=_name_article),
            Transition("cancel", (T.DRAFT, T.RETURNED, T.READY), T.CANCELLED, "取消项目", institution_head, guards=(guards.no_records_yet,), reason=True),
            # 办班与归档
            Transition("close_class", T.READY, T.HELD, "登记办班结果", editor, guards=(guards.class_is_over,), articles=_records_article),
            Transition("close_unauthorised", (T.DRAFT, T.RETURNED), T.HELD, "登记未经同意（备案）已办的班", institution_head, guards=(guards.class_is_over,), when=held_without, reason=True, articles=_name_article),
            Transition("issue_certificates", (T.READY, T.HELD), STAY, "签发培训证书", institution_head, guards=(guards.certificates_allowed, guards.class_is_over, guards.certificates_due), articles=_name_article),
            Transition("archive", T.HELD, T.ARCHIVED, "归档", institution_head, guards=(guards.archive_complete,), articles=_records_article),
            # 基地终止
            Transition("discontinue", OPEN_PROJECTS, T.DISCONTINUED, "终止办理", role(Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, party=PartyRole.AUTHORITY), guards=(guards.base_has_ended,), when=guards.base_ended, reason=True),
        ),
    )
)
# fmt: on

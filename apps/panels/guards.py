"""What stands in the way of a panel's steps, in Chinese with the article the review rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import CASE_STAFF_ROLES
from apps.accounts.models import Membership
from apps.cases.enums import CaseKind
from apps.cases.models import Attachment
from apps.cases.workflow.engine import road_of
from apps.cases.workflow.problems import Problem
from apps.panels.enums import PanelState
from apps.panels.models import Resolution
from apps.panels.sitting import Sitting, sitting_of

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.applications.services.for_panels import Application
    from apps.cases.models import Case

MINUTES = "minutes"


def applications_chosen(case: Case, actor: Actor | None) -> list[Problem]:
    """The panel has something to review, and everything it has is still waiting for a review."""
    sitting = sitting_of(case)
    if not sitting.items:
        return [Problem("no_applications", "尚未选择交评审的申报。", _articles(case), where="applications")]
    return [
        Problem(
            "application_gone",
            f"“{application.case.title}”现为其他状态，已不能交本委员会评审，请从名单中去除。",
            _articles(case),
            where="applications",
        )
        for application in sitting.applications
        if application.case.state not in ("admitted", "in_review")
    ]


def seats_filled(case: Case, actor: Actor | None) -> list[Problem]:
    sitting = sitting_of(case)
    short = case.panel.size - len(sitting.serving)
    if short <= 0:
        return []
    return [Problem("seats_empty", f"应有专家 {case.panel.size} 人，尚缺 {short} 人。", _articles(case), "members")]


def chair_named(case: Case, actor: Actor | None) -> list[Problem]:
    if sitting_of(case).chair is not None:
        return []
    return [Problem("chair_missing", "尚未确定主任委员。", _articles(case), where="members")]


def members_independent(case: Case, actor: Actor | None) -> list[Problem]:
    """Whoever handles the business of the authority does not judge for it as an expert."""
    sitting = sitting_of(case)
    staff = set(
        Membership.objects.filter(
            organisation_id=case.authority_id,
            is_active=True,
            role__in=CASE_STAFF_ROLES,
            user__in=[member.expert.user_id for member in sitting.serving],
        ).values_list("user_id", flat=True)
    )
    return [
        Problem(
            "member_is_staff",
            f"{member.expert.user.name}同时是本机关的办理人员，不能担任评审专家，请更换。",
            _articles(case),
            where="members",
        )
        for member in sitting.serving
        if member.expert.user_id in staff
    ]


def quorum_reached(case: Case, actor: Actor | None) -> list[Problem]:
    """Every application has enough experts who need not abstain from it."""
    sitting = sitting_of(case)
    return [problem for application in sitting.applications if (problem := quorum_problem(case, sitting, application))]


def quorum_problem(case: Case, sitting: Sitting, application: Application) -> Problem | None:
    able = len(sitting.able(application))
    if able >= case.panel.quorum:
        return None
    recused = len(sitting.serving) - able
    return Problem(
        "below_quorum",
        f"“{application.case.title}”有 {recused} 位专家回避，可参加评审的仅 {able} 人，"
        f"少于规定的 {case.panel.quorum} 人。请抽取或指定替补专家。",
        _articles(case),
        where=f"application:{application.case.number}",
    )


def everyone_declared(case: Case, actor: Actor | None) -> list[Problem]:
    sitting = sitting_of(case)
    problems = []
    for application in sitting.applications:
        waiting = "、".join(member.expert.user.name for member in sitting.undeclared(application))
        if waiting:
            problems.append(
                Problem(
                    "undeclared",
                    f"“{application.case.title}”：{waiting}尚未作出回避申明。",
                    _articles(case),
                    where=f"application:{application.case.number}",
                )
            )
    return problems


def all_scores_in(case: Case, actor: Actor | None) -> list[Problem]:
    """An officer closes the scoring when nobody is outstanding; earlier only the chair may."""
    sitting = sitting_of(case)
    problems = []
    for application in sitting.applications:
        count = len(sitting.outstanding(application))
        if count:
            problems.append(
                Problem(
                    "scores_outstanding",
                    f"“{application.case.title}”还有 {count} 位专家未提交评分。可催办，或由主任委员提前结束评分。",
                    _articles(case),
                    where=f"application:{application.case.number}",
                )
            )
    return problems


def enough_scores(case: Case, actor: Actor | None) -> list[Problem]:
    """Closed early or not, each application is judged by a quorum of submitted sheets."""
    sitting = sitting_of(case)
    return [
        Problem(
            "scores_below_quorum",
            f"“{application.case.title}”只收到 {len(sitting.submitted(application))} 份评分，"
            f"少于规定的 {case.panel.quorum} 份，不能结束评分。",
            _articles(case),
            where=f"application:{application.case.number}",
        )
        for application in sitting.applications
        if len(sitting.submitted(application)) < case.panel.quorum
    ]


def actor_is_chair(case: Case, actor: Actor | None) -> list[Problem]:
    chair = sitting_of(case).chair
    if actor is not None and chair is not None and chair.expert.user_id == actor.user.pk:
        return []
    return [Problem("not_chair", "此步骤只能由主任委员办理。", _articles(case))]


def resolution_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Votes and reasons for every application, and the minutes on file."""
    sitting = sitting_of(case)
    done = set(Resolution.objects.filter(panel=case.panel).values_list("application_id", flat=True))
    problems = [
        Problem(
            "resolution_missing",
            f"“{application.case.title}”尚未记录表决结果和评审意见。",
            _articles(case),
            where=f"application:{application.case.number}",
        )
        for application in sitting.applications
        if application.pk not in done
    ]
    if not Attachment.objects.filter(case=case, purpose=MINUTES, removed_at__isnull=True).exists():
        problems.append(Problem("minutes_missing", "尚未上传评审会议纪要。", _articles(case), where="minutes"))
    return problems


def application_resolved(case: Case, actor: Actor | None = None) -> list[Problem]:
    """For an application's case: a panel has resolved on it and the chair has signed."""
    found = (
        Resolution.objects.filter(application_id=case.pk, panel__case__kind=CaseKind.PANEL)
        .select_related("panel__case")
        .order_by("-pk")
        .first()
    )
    if found is not None and found.panel.case.state == PanelState.RESOLVED:
        return []
    message = "评审决议尚待主任委员签署。" if found is not None else "专家评审委员会尚未对本件形成决议。"
    return [Problem("panel_unresolved", message, _articles(case), where="panel")]


def _articles(case: Case) -> tuple[str, ...]:
    return (road_of(case).review.article,)

"""What stands in the way of a panel's steps, in Chinese with the article the review rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import CASE_STAFF_ROLES
from apps.accounts.models import Membership
from apps.cases.enums import CaseKind
from apps.cases.models import Attachment
from apps.cases.workflow.problems import Problem
from apps.panels.enums import PanelState
from apps.panels.models import Resolution
from apps.panels.services.subjects import kind_of_panel, kind_of_subject
from apps.panels.sitting import Sitting, sitting_of

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case

MINUTES = "minutes"


def subjects_chosen(case: Case, actor: Actor | None) -> list[Problem]:
    """The panel has something to review, and everything it has is still waiting for a review."""
    sitting = sitting_of(case)
    if not sitting.items:
        return [
            Problem("no_subjects", f"尚未选择交评审的{sitting.kind.words.subject}。", _articles(case), where="subjects")
        ]
    return [
        Problem(
            "subject_gone",
            f"“{subject.title}”现为其他状态，已不能交本委员会评审，请从名单中去除。",
            _articles(case),
            where="subjects",
        )
        for subject in sitting.subjects
        if subject.state not in (sitting.kind.waiting, sitting.kind.reviewing)
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
    """Every subject has enough experts who need not abstain from it."""
    sitting = sitting_of(case)
    return [problem for subject in sitting.subjects if (problem := quorum_problem(case, sitting, subject))]


def quorum_problem(case: Case, sitting: Sitting, subject: Case) -> Problem | None:
    able = len(sitting.able(subject))
    if able >= case.panel.quorum:
        return None
    recused = len(sitting.serving) - able
    return Problem(
        "below_quorum",
        f"“{subject.title}”有 {recused} 位专家回避，可参加评审的仅 {able} 人，"
        f"少于规定的 {case.panel.quorum} 人。请抽取或指定替补专家。",
        _articles(case),
        where=f"subject:{subject.number}",
    )


def everyone_declared(case: Case, actor: Actor | None) -> list[Problem]:
    sitting = sitting_of(case)
    problems = []
    for subject in sitting.subjects:
        waiting = "、".join(member.expert.user.name for member in sitting.undeclared(subject))
        if waiting:
            problems.append(
                Problem(
                    "undeclared",
                    f"“{subject.title}”：{waiting}尚未作出回避申明。",
                    _articles(case),
                    where=f"subject:{subject.number}",
                )
            )
    return problems


def all_scores_in(case: Case, actor: Actor | None) -> list[Problem]:
    """An officer closes the scoring when nobody is outstanding; earlier only the chair may."""
    sitting = sitting_of(case)
    problems = []
    for subject in sitting.subjects:
        count = len(sitting.outstanding(subject))
        if count:
            problems.append(
                Problem(
                    "scores_outstanding",
                    f"“{subject.title}”还有 {count} 位专家未提交评分。可催办，或由主任委员提前结束评分。",
                    _articles(case),
                    where=f"subject:{subject.number}",
                )
            )
    return problems


def enough_scores(case: Case, actor: Actor | None) -> list[Problem]:
    """Closed early or not, each subject is judged by a quorum of submitted sheets."""
    sitting = sitting_of(case)
    return [
        Problem(
            "scores_below_quorum",
            f"“{subject.title}”只收到 {len(sitting.submitted(subject))} 份评分，"
            f"少于规定的 {case.panel.quorum} 份，不能结束评分。",
            _articles(case),
            where=f"subject:{subject.number}",
        )
        for subject in sitting.subjects
        if len(sitting.submitted(subject)) < case.panel.quorum
    ]


def actor_is_chair(case: Case, actor: Actor | None) -> list[Problem]:
    chair = sitting_of(case).chair
    if actor is not None and chair is not None and chair.expert.user_id == actor.user.pk:
        return []
    return [Problem("not_chair", "此步骤只能由主任委员办理。", _articles(case))]


def resolution_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Votes and reasons for every subject, and the minutes on file."""
    sitting = sitting_of(case)
    done = set(Resolution.objects.filter(panel=case.panel).values_list("subject_id", flat=True))
    problems = [
        Problem(
            "resolution_missing",
            f"“{subject.title}”尚未记录表决结果和评审意见。",
            _articles(case),
            where=f"subject:{subject.number}",
        )
        for subject in sitting.subjects
        if subject.pk not in done
    ]
    if not Attachment.objects.filter(case=case, purpose=MINUTES, removed_at__isnull=True).exists():
        problems.append(Problem("minutes_missing", "尚未上传评审会议纪要。", _articles(case), where="minutes"))
    return problems


def subject_resolved(case: Case, actor: Actor | None = None) -> list[Problem]:
    """For a subject's case: a panel has resolved on it and the chair has signed."""
    found = (
        Resolution.objects.filter(subject_id=case.pk, panel__case__kind=CaseKind.PANEL)
        .select_related("panel__case")
        .order_by("-pk")
        .first()
    )
    if found is not None and found.panel.case.state == PanelState.RESOLVED:
        return []
    message = "评审决议尚待主任委员签署。" if found is not None else "专家评审委员会尚未对本件形成决议。"
    return [Problem("panel_unresolved", message, kind_of_subject(case).articles(case), where="panel")]


def _articles(case: Case) -> tuple[str, ...]:
    return kind_of_panel(case.panel).articles(case)

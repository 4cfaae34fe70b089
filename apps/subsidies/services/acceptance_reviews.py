"""Who judges an acceptance, and what each concludes.

An opinion stands once it is given: nobody changes theirs after reading others', and reviewers read none but their own.
A later round asks everybody again.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.accounts.actors import Actor
from apps.accounts.enums import CASE_STAFF_ROLES, Role
from apps.accounts.models import Membership, Organisation
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import perform
from apps.panels.services.calling import conflicts_of, pool_of
from apps.panels.services.subjects import Interests
from apps.subsidies.models import Acceptance, AcceptanceOpinion, AcceptanceReviewer
from apps.subsidies.services.acceptance_access import OPEN_TO_REVIEWERS, refresh
from apps.subsidies.services.award_review import AwardReview
from apps.subsidies.services.supervisors import people_of_third_parties, ties_of


@dataclass(frozen=True)
class Candidate:
    """Somebody who could judge: an expert of the pool, or a person of a third party, with what stands against it."""

    user_id: int
    name: str
    organisation: Organisation
    capacity: str
    conflicts: tuple[str, ...]


def candidates(case: Case) -> list[Candidate]:
    """Everybody the authority may ask who is not asked yet, experts first."""
    asked = set(case.acceptance.reviewers.filter(is_active=True).values_list("user_id", flat=True))
    return [one for one in (*_experts(case), *_third_parties(case)) if one.user_id not in asked]


def _experts(case: Case) -> list[Candidate]:
    base = case.base
    unit = base.managing_unit if base is not None else None
    interests = Interests(case.institution, (unit,) if unit is not None else ())
    pool = pool_of(case.authority)
    conflicts = conflicts_of(AwardReview(), pool, interests)
    staff = set(
        Membership.objects.filter(organisation=case.authority, is_active=True, role__in=CASE_STAFF_ROLES).values_list(
            "user_id", flat=True
        )
    )
    found = []
    for expert in pool:
        against = [*conflicts[expert.pk], *(["本机关办理人员，不参加验收"] if expert.user_id in staff else [])]
        capacity = "、".join(part for part in ("评审专家", expert.title, expert.employer_name) if part)
        found.append(Candidate(expert.user_id, expert.user.name, case.authority, capacity[:64], tuple(against)))
    return found


def _third_parties(case: Case) -> list[Candidate]:
    people = people_of_third_parties(case.authority)
    ties = ties_of(people, case)
    return [
        Candidate(one.user_id, one.user.name, one.organisation, "第三方机构人员", tuple(ties[one.pk])) for one in people
    ]


def name_reviewer(case: Case, actor: Actor, user_id: int, organisation_id: int) -> Act:
    """Ask a person to judge. Raises Blocked for somebody who may not be asked or must abstain."""

    def change(locked: Case, act: Act) -> None:
        chosen = next(
            (one for one in candidates(locked) if (one.user_id, one.organisation.pk) == (user_id, organisation_id)),
            None,
        )
        if chosen is None:
            raise Blocked(
                Problem("not_available", "此人不在本机关专家库或第三方机构的有效人员中，或者已经确定。", where="person")
            )
        if chosen.conflicts:
            raise Blocked(
                Problem("must_abstain", f"{chosen.name}须回避：{'；'.join(chosen.conflicts)}。", where="person")
            )
        AcceptanceReviewer.objects.update_or_create(
            acceptance=locked.acceptance,
            user_id=user_id,
            defaults={"organisation": chosen.organisation, "capacity": chosen.capacity, "is_active": True},
        )
        refresh(locked.acceptance)

    return perform(case, "assign_reviewer", actor, data={"user": user_id}, change=change)


def release_reviewer(case: Case, actor: Actor, reviewer: AcceptanceReviewer, reason: str) -> Act:
    """Take a reviewer off, for a reason. Raises Blocked once the opinion of this round is given: it stays on file."""

    def change(locked: Case, act: Act) -> None:
        if reviewer.acceptance_id != locked.pk or not reviewer.is_active:
            raise Blocked(Problem("no_reviewer", "此人不是本次验收的验收人员。"))
        if reviewer.opinions.filter(is_current=True).exists():
            message = f"{reviewer.user.name}已提交验收意见，不能更换；意见不作为唯一依据，结论由机关综合作出。"
            raise Blocked(Problem("opinion_given", message))
        reviewer.is_active = False
        reviewer.save(update_fields=["is_active"])
        refresh(locked.acceptance)

    return perform(case, "release_reviewer", actor, reason=reason, data={"user": reviewer.user_id}, change=change)


def submit_opinion(case: Case, actor: Actor, *, conclusion: str, text: str) -> Act:
    """Give the acting reviewer's opinion for this round. Raises NotPermitted for anybody not named, Blocked a second time."""

    def change(locked: Case, act: Act) -> None:
        reviewer = own_review(locked.acceptance, actor)
        if reviewer is None:
            raise NotPermitted(Problem("not_named", "您不是本次验收的验收人员。"))
        if not text.strip():
            raise Blocked(Problem("text_missing", "请写明意见的理由。", where="text"))
        if reviewer.opinions.filter(is_current=True).exists():
            raise Blocked(Problem("opinion_given", "您已提交本轮验收意见；意见提交后不能修改。"))
        AcceptanceOpinion.objects.create(reviewer=reviewer, act=act, conclusion=conclusion, text=text.strip())

    return perform(case, "submit_opinion", actor, data={"conclusion": conclusion}, change=change)


def own_review(acceptance: Acceptance, actor: Actor | None) -> AcceptanceReviewer | None:
    """The actor's own part as a reviewer, held in the organisation acted for."""
    if actor is None or not actor.has(Role.EXPERT, Role.FUND_SUPERVISOR):
        return None
    found = AcceptanceReviewer.objects.filter(acceptance=acceptance, user=actor.user, is_active=True)
    return found.filter(organisation=actor.organisation).first()


def reviews_of(actor: Actor) -> QuerySet[AcceptanceReviewer]:
    """The acceptances the actor is asked to judge now, newest first, with their own current opinion known."""
    rows = AcceptanceReviewer.objects.filter(
        user=actor.user,
        organisation=actor.organisation,
        is_active=True,
        acceptance__case__state__in=OPEN_TO_REVIEWERS,
        acceptance__case__kind=CaseKind.ACCEPTANCE,
    )
    return rows.select_related("acceptance__case__institution", "acceptance__award").order_by("-pk")

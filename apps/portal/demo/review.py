"""The demo's panels: drawn, convened, declared, scored, resolved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.utils import timezone

from apps.accounts.actors import Actor, actor_for
from apps.accounts.models import User
from apps.cases.models import Case
from apps.cases.workflow.engine import road_of
from apps.panels.models import ExpertProfile, Panel, PanelMember
from apps.panels.services import declaring, panels, resolutions, review_steps, scoring, seating
from apps.panels.services.experts import ExpertDetails, add_expert
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.people import EXPERTS, Cast

SIZE, QUORUM = 5, 3
FAILING = "not_recognised"


class Subject(Protocol):
    """What comes before a panel: a case read anew each time, what it was sent in for, and what becomes of it."""

    goal: str

    @property
    def case(self) -> Case: ...

    @property
    def occasion(self) -> Case: ...


def fill_pool(cast: Cast, officer: Actor, prefix: str = "expert") -> None:
    """Invented experts for the authority of ``officer``."""
    fields = cast.fixture["fields"]
    for number in range(1, EXPERTS + 1):
        details = ExpertDetails(
            username=f"{cast.code}_{prefix}{number}",
            name=f"演示专家{number}",
            employer_name=f"演示高校{number}",
            fields=(fields[number % len(fields)], fields[(number + 1) % len(fields)]),
            title="教授",
        )
        profile = add_expert(officer, details)
        User.objects.filter(pk=profile.user_id).update(password=cast.password)


def convene(officer: Actor, subjects: Sequence[Subject], size: int = SIZE) -> Panel:
    """A panel of ``size`` for ``subjects``: drawn at random, its first member in the chair, everybody declared."""
    cases = [one.case for one in subjects]
    panel = panels.open_panel(officer, subjects[0].occasion, cases, size=size, quorum=min(QUORUM, size - 1))
    case = panel.case
    seating.draw(case, officer, size)
    members = _members(panel)
    seating.name_chair(case, officer, members[0])
    panels.convene(case, officer)
    for index, member in enumerate(members):
        for position, subject in enumerate(cases):
            conflict = index == size - 1 and position == 0
            text = "曾任该单位兼职教师" if conflict else ""
            declaring.declare(_fresh(case), _actor(member), _fresh(subject), has_conflict=conflict, text=text)
    panels.open_scoring(_fresh(case), officer)
    return panel


def score(panel: Panel, subjects: Sequence[Subject], *, members: int = SIZE) -> None:
    """The first ``members`` members hand in their sheets; those meant to fail get low marks."""
    for member in _members(panel)[:members]:
        for one in subjects:
            subject = one.case
            if not scoring_open(panel, member, subject):
                continue
            draft = _sheet(panel, subject, passing=one.goal != FAILING, nudge=member.pk % 4)
            actor, case = _actor(member), _fresh(panel.case)
            scoring.save_draft(case, actor, subject, draft, 0)
            scoring.submit_scores(_fresh(panel.case), actor, subject)


def scoring_open(panel: Panel, member: PanelMember, subject: Case) -> bool:
    """Whether the member serves on this subject: recused ones do not."""
    from apps.panels.services.access import may_open

    return may_open(panel, member.expert.user_id, subject)


def resolve(officer: Actor, panel: Panel, subjects: Sequence[Subject], purpose: str = "认定") -> None:
    """Close the scoring, record the steps the text asks for, vote, file the minutes, sign and conclude."""
    panels.close_scoring(_fresh(panel.case), officer)
    for number, subject in enumerate(subjects):
        if purpose == "认定":
            _record_steps(officer, subject)
        passing = subject.goal != FAILING
        voting = panel.size - 1 if number == 0 else panel.size
        resolutions.record_resolution(
            _fresh(panel.case),
            officer,
            subject.case,
            votes_for=voting if passing else 1,
            votes_against=0 if passing else voting - 1,
            votes_abstain=0,
            reasons=f"条件充分，材料真实，建议{purpose}。"
            if passing
            else f"培训效果评估不完整，实训条件不足，建议不予{purpose}。",
        )
    resolutions.file_minutes(_fresh(panel.case), officer, evidence_file("评审会议纪要.pdf"))
    resolutions.sign_resolution(_fresh(panel.case), _actor(_members(panel)[0]))
    resolutions.conclude_all(_fresh(panel.case), officer)


def _record_steps(officer: Actor, subject: Subject) -> None:
    for duty, label in road_of(subject.case).review.duties:
        review_steps.record_review_step(
            subject.case,
            officer,
            duty,
            done_on=timezone.localdate(),
            record=f"{label}：专家组查阅材料并听取汇报，形成意见。",
            participants="演示专家组",
        )


def _sheet(panel: Panel, subject: Case, *, passing: bool, nudge: int) -> dict[str, str]:
    draft = {"overall": "总体较好，建议进一步提高实训比重。" if passing else "基础薄弱，尚不具备条件。"}
    for item in scoring.rubric_of(panel):
        share = 85 + nudge if passing else 40 + nudge
        draft[f"points-{item['code']}"] = str(item["max_points"] * share // 100)
        draft[f"comment-{item['code']}"] = "材料充分" if passing else "依据不足"
    for criterion in scoring.criteria_of(subject):
        draft[f"verdict-{criterion.code}"] = "sufficient" if passing else "insufficient"
        draft[f"text-{criterion.code}"] = "佐证材料能够证明" if passing else "佐证材料不足"
    return draft


def _members(panel: Panel) -> list[PanelMember]:
    return list(PanelMember.objects.filter(panel=panel).select_related("expert__user").order_by("pk"))


def _actor(member: PanelMember) -> Actor:
    profile: ExpertProfile = member.expert
    return actor_for(profile.user, profile.authority)


def _fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)

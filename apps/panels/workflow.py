"""The expert review, from forming a panel to its signed resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.accounts.enums import Role
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.workflow import STAY, Transition, Workflow, register, role
from apps.panels import guards
from apps.panels.enums import PanelState as P
from apps.panels.services.subjects import kind_of_panel

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.roads import Road

officer = role(Role.AUTHORITY_OFFICER)
member = role(Role.EXPERT, party="assigned")
SEATING = (P.FORMING, P.CONVENED, P.SCORING)


def _review_article(case: Case, road: Road) -> tuple[str, ...]:
    return kind_of_panel(case.panel).articles(case)


PANEL = register(
    Workflow(
        kind=CaseKind.PANEL,
        states=dict(P.choices),
        initial=P.FORMING,
        final=frozenset({P.RESOLVED, P.DISSOLVED}),
        turns={
            P.FORMING: PartyRole.AUTHORITY,
            P.CONVENED: PartyRole.AUTHORITY,
            P.SCORING: PartyRole.AUTHORITY,
            P.CLOSED: PartyRole.AUTHORITY,
            P.RESOLVED: None,
            P.DISSOLVED: None,
        },
        transitions=(
            # 组建
            Transition("edit", P.FORMING, STAY, "修改评审安排", officer, articles=_review_article, internal=True),
            Transition("draw", SEATING, STAY, "随机抽取专家", officer, articles=_review_article, internal=True),
            Transition(
                "appoint", SEATING, STAY, "指定专家", officer, articles=_review_article, reason=True, internal=True
            ),
            Transition(
                "replace", SEATING, STAY, "更换专家", officer, articles=_review_article, reason=True, internal=True
            ),
            Transition("name_chair", SEATING, STAY, "确定主任委员", officer, articles=_review_article, internal=True),
            Transition(
                "set_aside_conflict",
                SEATING,
                STAY,
                "排除回避情形",
                officer,
                articles=_review_article,
                reason=True,
                internal=True,
            ),
            Transition(
                "convene",
                P.FORMING,
                P.CONVENED,
                "召集委员会",
                officer,
                guards=(
                    guards.subjects_chosen,
                    guards.seats_filled,
                    guards.chair_named,
                    guards.members_independent,
                    guards.quorum_reached,
                ),
                articles=_review_article,
            ),
            # 回避与评分
            Transition(
                "declare", (P.CONVENED, P.SCORING), STAY, "申明回避", member, articles=_review_article, internal=True
            ),
            Transition(
                "open_scoring",
                P.CONVENED,
                P.SCORING,
                "开始评分",
                officer,
                guards=(
                    guards.chair_named,
                    guards.members_independent,
                    guards.everyone_declared,
                    guards.quorum_reached,
                ),
                articles=_review_article,
            ),
            Transition("submit_scores", P.SCORING, STAY, "提交评分", member, articles=_review_article, internal=True),
            Transition(
                "record_visit",
                (P.CONVENED, P.SCORING, P.CLOSED),
                STAY,
                "记录实地考察",
                officer,
                articles=_review_article,
                internal=True,
            ),
            Transition(
                "close_scoring",
                P.SCORING,
                P.CLOSED,
                "结束评分",
                officer,
                guards=(guards.all_scores_in, guards.enough_scores),
                articles=_review_article,
            ),
            Transition(
                "close_scoring_early",
                P.SCORING,
                P.CLOSED,
                "主任委员提前结束评分",
                member,
                guards=(guards.actor_is_chair, guards.enough_scores),
                articles=_review_article,
                reason=True,
            ),
            # 决议
            Transition(
                "record_resolution",
                P.CLOSED,
                STAY,
                "记录表决与评审意见",
                officer,
                articles=_review_article,
                internal=True,
            ),
            Transition(
                "sign_resolution",
                P.CLOSED,
                P.RESOLVED,
                "签署评审决议",
                member,
                guards=(guards.actor_is_chair, guards.resolution_complete),
                articles=_review_article,
            ),
            Transition(
                "dissolve",
                (P.FORMING, P.CONVENED, P.SCORING, P.CLOSED),
                P.DISSOLVED,
                "解散委员会",
                officer,
                articles=_review_article,
                reason=True,
            ),
        ),
    )
)

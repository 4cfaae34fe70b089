"""Funding cycles: drawn up by an officer, opened by the head, closed by the clock, settled when all of it is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import clocks, schedule
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case
from apps.cases.numbering import case_number
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import add_party, open_case, perform, rules_of
from apps.jurisdictions.rulebooks.money import yuan
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.standing import standing
from apps.subsidies.enums import AwardState, CycleState
from apps.subsidies.models import Award, AwardLine, FundingCycle
from apps.subsidies.services import sums

FIELDS = (
    "title",
    "starts_on",
    "ends_on",
    "opens_on",
    "closes_on",
    "budget_fen",
    "change_share_percent",
    "hold_for_overdue_rectification",
    "rubric",
    "pass_points",
    "notes",
)
WINDOW = "window"
FULL_POINTS = 100
MOST_NAMED = 20
LONGEST = dt.timedelta(days=3660)


def draw_up(actor: Actor, values: dict[str, Any], *, sandbox: bool = False) -> FundingCycle:
    """Open the case of a new cycle with ``values`` (keys FIELDS), still a draft. A sandbox cycle only rehearses.

    Raises NotPermitted unless the actor is an officer of a jurisdiction's highest authority; Blocked where its text
    does not say how money is given and paid.
    """
    authority = actor.organisation
    if not actor.has(Role.AUTHORITY_OFFICER) or not authority.levels or authority.superior_id is not None:
        raise NotPermitted(Problem("not_permitted", "资助周期由认定基地的综合管理部门的经办人拟定。"))
    jurisdiction = authority.jurisdiction_id or ""
    rulebook = standing(jurisdiction, values["opens_on"]).rulebook
    if not gives_awards(rulebook):
        raise Blocked(no_awards(rulebook))
    with transaction.atomic():
        case = Case(
            jurisdiction_id=jurisdiction,
            kind=CaseKind.FUNDING_CYCLE,
            number=case_number(jurisdiction, CaseKind.FUNDING_CYCLE, timezone.localdate().year),
            title=values["title"],
            authority=authority,
            is_sandbox=sandbox,
            rulebook_key=rulebook.key,
        )
        open_case(case, actor, label="拟定资助周期")
        add_party(case, authority.pk, PartyRole.AUTHORITY, active=True)
        return FundingCycle.objects.create(case=case, **{name: values[name] for name in FIELDS if name in values})


def edit(case: Case, actor: Actor, values: dict[str, Any], *, version: int | None = None) -> Act:
    """Change a cycle that is still a draft; the act records which fields changed. Raises as perform() does."""
    cycle = case.funding_cycle
    changed = [name for name in FIELDS if name in values and getattr(cycle, name) != values[name]]

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
            if changed:
                FundingCycle.objects.filter(pk=locked.pk).update(**{name: values[name] for name in changed})
            Case.objects.filter(pk=locked.pk).update(title=values.get("title", cycle.title))

    act = perform(case, "edit", actor, data={"changed": changed}, change=change)
    cycle.refresh_from_db()
    return act


def launch(case: Case, actor: Actor, reason: str = "") -> Act:
    """Open the cycle: its budget may be granted, and the clock runs to the last day of the window."""

    def change(locked: Case, act: Act) -> None:
        with scopes_disabled():
            Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        cycle = FundingCycle.objects.select_related("case").get(pk=locked.pk)
        sums.appropriate(cycle, act)
        clocks.start_clock(
            locked,
            WINDOW,
            "申请截止",
            cycle.closes_on,
            basis=ClockBasis.OFFICER,
            note="申请自开始日零时至截止日 24 时",
        )

    return perform(case, "launch", actor, reason=reason, change=change)


@schedule.sweep
def close_windows(now: dt.datetime) -> None:
    """Close every open cycle whose window is over and end the drafts that were not sent in it."""
    today = timezone.localdate(now)
    over = FundingCycle.objects.filter(case__state=CycleState.OPEN, closes_on__lt=today)
    for cycle in over.select_related("case"):
        perform(cycle.case, "close_window", None, change=lambda case, act: clocks.end_clock(case, WINDOW, "met"))
    drafts = Award.objects.filter(case__state=AwardState.DRAFT, cycle__closes_on__lt=today)
    for award in drafts.exclude(cycle__case__state=CycleState.OPEN).select_related("case").iterator(chunk_size=500):
        perform(award.case, "lapse", None)


def cycle_problems(cycle: FundingCycle) -> list[Problem]:
    """What a cycle lacks before it can be put forward or opened."""
    problems = []
    if not cycle.budget_fen:
        problems.append(Problem("budget_missing", "请填写周期指标，须大于零。", where="budget_fen"))
    if not cycle.starts_on <= cycle.ends_on <= cycle.starts_on + LONGEST:
        problems.append(Problem("period_wrong", "周期结束须在周期开始之后，且不超过十年。", where="ends_on"))
    if not cycle.opens_on <= cycle.closes_on <= cycle.ends_on:
        problems.append(
            Problem("window_wrong", "申请截止日期须在申请开始日期之后，且不晚于周期结束。", where="closes_on")
        )
    if cycle.closes_on < timezone.localdate():
        problems.append(Problem("window_past", "申请截止日期已过，请改后再报。", where="closes_on"))
    total = sum(item["max_points"] for item in cycle.rubric)
    if total != FULL_POINTS:
        article = (award_article(cycle),)
        message = f"评分标准各项满分合计应为{FULL_POINTS}分，现为{total}分；须经专家评审后方可资助。"
        problems.append(Problem("rubric_wrong", message, article, "rubric"))
    return problems


def open_business(cycle: FundingCycle) -> list[Problem]:
    """What keeps a cycle from being settled: applications and awards under way, business of theirs, money owed."""
    problems = [
        Problem("case_open", f"“{case.get_kind_display()}”（{case.number}）尚未办结。", where=case.number)
        for case in cases_of(cycle).filter(closed_at__isnull=True).order_by("kind", "pk")[:MOST_NAMED]
    ]
    owed = AwardLine.objects.filter(award__cycle=cycle, demanded_fen__gt=F("returned_fen"))
    problems += [
        Problem(
            "money_owed",
            f"“{line.item}”（{line.award.case.number}）尚有{yuan(line.demanded_fen - line.returned_fen)}应缴回未缴回。",
            where=line.award.case.number,
        )
        for line in owed.select_related("award__case").order_by("award", "position")[:MOST_NAMED]
    ]
    return problems


def cases_of(cycle: FundingCycle) -> QuerySet[Case]:
    """Every case of the cycle's awards: the awards themselves, their plans, payments, acceptances, reports, demands."""
    paths = ("use_plan", "fund_payment", "acceptance", "spending_report", "fund_recovery")
    wanted = Q(award__cycle=cycle)
    for path in paths:
        wanted |= Q(**{f"{path}__award__cycle": cycle})
    return Case.objects.filter(wanted)


def gives_awards(rulebook: Rulebook) -> bool:
    """Whether the text says how money is granted, bounded and paid."""
    return rulebook.funding is not None and rulebook.funding.scheme is not None


def no_awards(rulebook: Rulebook) -> Problem:
    """Why no cycle is opened under ``rulebook``, with what the text does say of money."""
    if rulebook.funding is not None:
        said, article = rulebook.funding.summary, rulebook.funding.article
    elif rulebook.funding_note is not None:
        said, article = rulebook.funding_note.summary, rulebook.funding_note.article
    else:
        return Problem("no_funding", f"《{rulebook.title}》没有关于经费资助的规定，不能开放资助周期。")
    return Problem("no_funding", f"《{rulebook.title}》没有资助周期：{said}。", (article,))


def award_article(cycle: FundingCycle) -> str:
    """The article that money is granted under. Raises LookupError where the cycle's text gives none."""
    funding = rules_of(cycle.case).funding
    if funding is None:
        raise LookupError(f"{cycle.case.rulebook_key} has no funding")
    return funding.article


def unchanged_since(case: Case, version: int | None) -> None:
    """Raise WrongState when somebody changed the case after the page with ``version`` was opened; call it in a change."""
    if version is not None and case.version - 1 != version:
        raise WrongState(
            Problem(
                "conflict", "您填写期间，本件已由他人修改，没有保存。您填写的内容保留在下面，请核对最新内容后再提交。"
            )
        )

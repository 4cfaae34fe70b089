"""The queues of departments and of the intake: what waits, soonest due first, without counting everything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.applications.enums import ApplicationState as A
from apps.applications.enums import Verdict
from apps.applications.models import ItemCheck, Round
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.models import Case

PAGE_SIZE = 25
MOST_PAGES = 400
COUNT_CAP = 300
WEEK = dt.timedelta(days=7)

IN_HAND = (A.EXAMINING, A.EXAMINATION_PROPOSED, A.RECOMMENDING, A.RECOMMENDATION_PROPOSED)
RETURNED = (A.RETURNED_BY_EXAMINER, A.RETURNED_BY_RECOMMENDER)
INTAKE_STATES = (A.INTAKE, A.REFUSAL_PROPOSED, A.CORRECTING)
OFFICER_STATES = {
    Role.DEPARTMENT_OFFICER: (A.EXAMINING, A.RECOMMENDING),
    Role.DEPARTMENT_HEAD: (A.EXAMINATION_PROPOSED, A.RECOMMENDATION_PROPOSED),
    Role.AUTHORITY_OFFICER: (A.INTAKE,),
    Role.AUTHORITY_HEAD: (A.REFUSAL_PROPOSED,),
}
DEPARTMENT_VIEWS = (("", "待我办理"), ("in_hand", "本单位在办"), ("returned", "已退回申报单位"), ("sent", "已办理转出"))
INTAKE_VIEWS = (("", "待我办理"), ("in_hand", "受理环节全部"), ("correcting", "等待补正"))
SORTS = {
    "due": (F("next_due_at").asc(nulls_last=True), F("pk").asc()),
    "-due": (F("next_due_at").desc(nulls_last=True), F("pk").desc()),
    "submitted": (F("submitted_at").asc(nulls_last=True), F("pk").asc()),
    "-submitted": (F("submitted_at").desc(nulls_last=True), F("pk").desc()),
}


def my_states(actor: Actor) -> tuple[A, ...]:
    """The states of the two queues in which the actor's roles have the next step."""
    return tuple(state for role, states in OFFICER_STATES.items() if actor.has(role) for state in states)


def department_queue(actor: Actor, view: str = "") -> QuerySet[Case]:
    """The applications a department has in hand, has returned or has sent on (DEPARTMENT_VIEWS), unsorted."""
    if view == "returned":
        return selectors.listed_cases(actor).filter(kind=CaseKind.APPLICATION, state__in=RETURNED)
    if view == "sent":
        return selectors.listed_cases(actor).filter(kind=CaseKind.APPLICATION).exclude(state__in=(*IN_HAND, *RETURNED))
    states = IN_HAND if view == "in_hand" else tuple(state for state in IN_HAND if state in my_states(actor))
    return _in_turn(actor, states)


def intake_queue(actor: Actor, view: str = "") -> QuerySet[Case]:
    """The applications in an authority's intake (INTAKE_VIEWS), unsorted."""
    if view in ("in_hand", "correcting"):
        states = (A.CORRECTING,) if view == "correcting" else INTAKE_STATES
        return Case.objects.filter(authority=actor.organisation, kind=CaseKind.APPLICATION, state__in=states)
    return _in_turn(actor, tuple(state for state in INTAKE_STATES if state in my_states(actor)))


def _in_turn(actor: Actor, states: Sequence[str]) -> QuerySet[Case]:
    return Case.objects.filter(
        turn_organisation=actor.organisation, kind=CaseKind.APPLICATION, state__in=[str(state) for state in states]
    )


def narrowed(cases: QuerySet[Case], values: dict[str, str]) -> QuerySet[Case]:
    """``cases`` that pass the filters: q, round (pk), state, doubts (yes, no), due (overdue, week)."""
    if values.get("round"):
        cases = cases.filter(application__round_id=int(values["round"]))
    if values.get("state"):
        cases = cases.filter(state=values["state"])
    if values.get("doubts"):
        doubted = Exists(ItemCheck.objects.filter(application=OuterRef("pk"), verdict=Verdict.DOUBT))
        cases = cases.filter(doubted if values["doubts"] == "yes" else ~doubted)
    if values.get("due"):
        now = timezone.now()
        due = Q(next_due_at__lte=now) if values["due"] == "overdue" else Q(next_due_at__lte=now + WEEK)
        cases = cases.filter(due)
    return selectors.search(cases, values.get("q", ""))


def sorted_by(cases: QuerySet[Case], sort: str) -> QuerySet[Case]:
    return cases.order_by(*SORTS.get(sort, SORTS["due"]))


def fetched(pks: Sequence[int]) -> list[Case]:
    """The cases with these keys in this order, with all that a row shows. One query."""
    related = ("institution", "turn_organisation", "application__round", "application__recommender")
    found = Case.objects.select_related(*related).in_bulk(list(pks)) if pks else {}
    return [found[pk] for pk in pks if pk in found]


def doubt_counts(cases: Sequence[Case]) -> dict[int, int]:
    """How many conditions of each case are doubted, at whatever stage. One query."""
    if not cases:
        return {}
    checks = ItemCheck.objects.filter(application__in=[case.pk for case in cases], verdict=Verdict.DOUBT)
    return dict(checks.values_list("application").annotate(count=Count("pk")))


def rounds_to_filter(jurisdiction: str) -> list[tuple[str, str]]:
    """The latest rounds of the jurisdiction that can have applications, as choices."""
    rounds = Round.objects.filter(case__jurisdiction=jurisdiction, case__kind=CaseKind.ROUND).exclude(
        case__state__in=["draft", "proposed"]
    )
    return [(str(pk), title) for pk, title in rounds.order_by("-pk").values_list("pk", "title")[:50]]


def counted(cases: QuerySet[Case]) -> tuple[int, bool]:
    """How many there are, up to COUNT_CAP, and whether there are more."""
    count = cases.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(count, COUNT_CAP), count > COUNT_CAP

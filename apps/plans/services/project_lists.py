"""Lists of projects: an institution's own, those a managing unit or an authority has to do with, and the plan's."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.plans.enums import ProjectState as T
from apps.plans.models import PlannedProject, TrainingProject
from apps.plans.roads import text_asks
from apps.plans.services.project_marks import OVER, PREPARING

SEARCHED_AT_MOST = 60
FLAGS = (
    ("waiting", "待同意（备案）"),
    ("late", "逾期备案"),
    ("unauthorised", "未经同意（备案）"),
    ("outside", "计划外"),
    ("own", "非基地名义"),
)
SORTS = {
    "-starts": ("-starts_on", "-pk"),
    "starts": ("starts_on", "pk"),
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
}
LONG = ("planned__plan__data", "result", "effect")
RELATIONS = ("case", "base__institution", "planned__plan__case")


def visible_projects(actor: Actor | None) -> QuerySet[TrainingProject]:
    """The projects of the cases ``actor`` may open, with what a list shows of them."""
    return selectors.details_open_to(TrainingProject, actor).select_related(*RELATIONS).defer(*LONG)


def narrowed(projects: QuerySet[TrainingProject], values: dict[str, str]) -> QuerySet[TrainingProject]:
    """``projects`` that pass the filters q, year, state, subject and flag (FLAGS)."""
    if values.get("year"):
        projects = projects.filter(year=int(values["year"]))
    if values.get("state"):
        projects = projects.filter(case__state=values["state"])
    if values.get("subject"):
        projects = projects.filter(subject_kind=values["subject"])
    if values.get("flag"):
        projects = projects.filter(_flagged(values["flag"], timezone.localdate()))
    text = values.get("q", "").strip()[:SEARCHED_AT_MOST]
    if text:
        named = Q(name__icontains=text) | Q(base__institution_name__icontains=text)
        projects = projects.filter(named | Q(case__number__istartswith=text))
    return projects


def sorted_by(projects: QuerySet[TrainingProject], sort: str) -> QuerySet[TrainingProject]:
    return projects.order_by(*SORTS.get(sort, SORTS["-starts"]))


def archived_projects(actor: Actor | None) -> QuerySet[TrainingProject]:
    """Classes that are over and have an archive, filed or still to be."""
    cases = selectors.visible_cases(actor).filter(kind=CaseKind.TRAINING_PROJECT, state__in=OVER)
    with scopes_disabled():  # the cases are scoped; a second join to them would only cost time
        return TrainingProject.objects.filter(case__in=cases).select_related(*RELATIONS).defer(*LONG)


def planned_of(base: Base) -> QuerySet[PlannedProject]:
    """The planned projects of the newest version of each of the base's plans, this year's and later ones.

    ``opened`` counts the running projects that were opened from each.
    """
    from apps.plans.models import AnnualPlan

    plans = AnnualPlan.objects.filter(base=base, year__gte=timezone.localdate().year)
    newest: dict[int, int] = {}
    rows = plans.exclude(case__state__in=["dropped", "discontinued"]).order_by("year", "version")
    for pk, year in rows.values_list("pk", "year"):
        newest[year] = pk
    running = Q(training_projects__isnull=False) & ~Q(training_projects__case__state__in=[T.CANCELLED, T.REFUSED])
    found = PlannedProject.objects.filter(plan__in=newest.values()).select_related("plan__case")
    return found.annotate(opened=Count("training_projects", filter=running)).order_by("starts_on", "position")


def _flagged(flag: str, today: dt.date) -> Q:
    if flag == "waiting":
        return Q(case__state__in=[T.UNIT_REVIEW, T.UNIT_PROPOSED, T.FILING])
    if flag == "late":
        return Q(filed_late_days__gt=0)
    if flag == "outside":
        return Q(planned__isnull=True, in_base_name=True)
    if flag == "own":
        return Q(in_base_name=False)
    return _unauthorised(today)


def _unauthorised(today: dt.date) -> Q:
    """As project_marks.is_unauthorised tells one by one: opened or over without what its text asks."""
    texts = {one: rulebooks.rulebook(one, today) for one in rulebooks.jurisdictions()}
    asking = [one for one, rules in texts.items() if text_asks(rules)]
    each_class = [one for one, rules in texts.items() if rules.class_filing is not None]
    agreed = Q(
        planned__plan__unit_conclusion="agreed", planned__plan__case__state__in=["filing", "returned_by_authority"]
    )
    covered = (Q(planned__plan__case__state="filed") | agreed) & ~Q(case__jurisdiction__in=each_class)
    opened = Q(case__state__in=PREPARING, starts_on__lte=today) & (Q(planned__isnull=True) | ~covered)
    without = Q(in_base_name=True, authorised_by__isnull=True, case__jurisdiction__in=asking)
    return without & (Q(case__state__in=OVER) | opened)

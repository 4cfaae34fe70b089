"""Lists and figures of campaigns and inspections, each confined to what the reader takes part in."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.enums import CaseKind
from apps.cases.selectors import details_open_to, visible_cases
from apps.inspections.enums import Grade, InspectionState, Verdict
from apps.inspections.models import Campaign, Inspection, InspectionItem

LONG = ("checklist", "chosen", "draw_log", "bulletin", "instructions")
CAMPAIGN_SORTS = {
    "-opened": ("-pk",),
    "opened": ("pk",),
    "finish_by": ("finish_by", "pk"),
    "-finish_by": ("-finish_by", "-pk"),
}
INSPECTION_SORTS = {
    "-opened": ("-pk",),
    "opened": ("pk",),
    "due": ("case__next_due_at", "pk"),
    "-due": ("-case__next_due_at", "-pk"),
    "base": ("base__institution_name", "pk"),
    "-base": ("-base__institution_name", "-pk"),
}


def campaigns_of(actor: Actor | None) -> QuerySet[Campaign]:
    """The campaigns the reader's organisation takes part in, without the long lists of their bases."""
    return (
        Campaign.objects.filter(case__in=visible_cases(actor).filter(kind=CaseKind.CAMPAIGN))
        .select_related("case", "organiser", "commissioned")
        .defer(*LONG)
    )


def counts_of(campaigns: list[Campaign]) -> dict[int, tuple[int, int]]:
    """For each campaign how many inspections there are and how many of them are over. One query."""
    over = Count("pk", filter=Q(case__state__in=(InspectionState.CONCLUDED, InspectionState.DISCONTINUED)))
    with scopes_disabled():  # the campaigns are the reader's; the join of the scope would only cost time
        rows = Inspection.objects.filter(campaign__in=campaigns).order_by().values_list("campaign_id")
    return {pk: (total, done) for pk, total, done in rows.annotate(total=Count("pk"), over=over)}


def inspections_of(actor: Actor | None) -> QuerySet[Inspection]:
    """The inspections the reader's organisation takes part in, without the long lists of their campaigns."""
    return (
        details_open_to(Inspection, actor)
        .select_related("case__institution", "case__turn_organisation", "campaign", "base", "inspector")
        .defer(*(f"campaign__{name}" for name in LONG))
    )


def searched(inspections: QuerySet[Inspection], text: str) -> QuerySet[Inspection]:
    """Those whose base, institution or case number holds ``text``."""
    if not text:
        return inspections
    return inspections.filter(
        Q(base__institution_name__icontains=text) | Q(base__number__icontains=text) | Q(case__number__iexact=text)
    )


def progress(inspections: QuerySet[Inspection]) -> list[dict[str, Any]]:
    """How many there are in each state, in the order of the work. One query."""
    found = dict(inspections.order_by().values_list("case__state").annotate(count=Count("pk")))
    return [
        {"state": state, "label": label, "count": found[state]}
        for state, label in InspectionState.choices
        if state in found
    ]


def by_inspector(inspections: QuerySet[Inspection]) -> list[dict[str, Any]]:
    """For each inspecting organisation how many bases it has, how many are over, and their results. One query."""
    counts = {
        grade: Count("pk", filter=Q(grade=grade, case__state=InspectionState.CONCLUDED)) for grade in Grade.values
    }
    over = Count("pk", filter=Q(case__state__in=(InspectionState.CONCLUDED, InspectionState.DISCONTINUED)))
    rows = inspections.order_by("inspector__name").values("inspector_id", "inspector__name")
    return list(rows.annotate(total=Count("pk"), over=over, **counts))


def item_figures(inspections: QuerySet[Inspection]) -> list[dict[str, Any]]:
    """For each item of the checklist how many bases met it, among those with a result. One query."""
    counts = {verdict: Count("pk", filter=Q(verdict=verdict)) for verdict in Verdict.values}
    done = inspections.filter(case__state=InspectionState.CONCLUDED).order_by().values("pk")
    rows = InspectionItem.objects.filter(inspection__in=done).order_by("position", "code")
    return list(rows.values("position", "code", "label").annotate(**counts))


def excellent(actor: Actor | None) -> QuerySet[Inspection]:
    """Bases graded excellent, latest year first: for publicity and for priority in tasks."""
    return (
        inspections_of(actor)
        .filter(grade=Grade.EXCELLENT, case__state=InspectionState.CONCLUDED, case__is_sandbox=False)
        .order_by("-campaign__year", "base__number", "-pk")
    )

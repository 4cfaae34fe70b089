"""What a person may see of the expert review: officers their panels, experts their own seats and nobody's scores."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.accounts.actors import Actor
from apps.accounts.enums import CASE_STAFF_ROLES, Role
from apps.cases.models import Attachment, Case
from apps.panels.enums import MemberState, PanelState
from apps.panels.models import (
    ConflictFinding,
    Declaration,
    Draw,
    ExpertProfile,
    Panel,
    PanelItem,
    PanelMember,
    ScoreSheet,
    SiteVisit,
)
from apps.panels.services.subjects import (
    awaiting_review,
    gone_subjects,
    kind_of_panel,
    occasions_waiting,
    subject_relations,
    with_names,
)
from apps.panels.sitting import Sitting

REVEALING = (PanelState.CLOSED, PanelState.RESOLVED)


def panels_of(actor: Actor) -> QuerySet[Panel]:
    """The panels of the authority the actor works for, whole: for its staff, never for experts or other bodies."""
    if not actor.roles & CASE_STAFF_ROLES:
        return Panel.objects.none()
    return Panel.objects.filter(case__authority=actor.organisation)


def listed_panels(actor: Actor) -> QuerySet[Panel]:
    """The same with what a list shows: occasion, number of subjects and of members. One query."""
    return (
        panels_of(actor)
        .select_related("case", "occasion")
        .annotate(
            item_count=Count("items", filter=Q(items__is_active=True), distinct=True),
            member_count=Count("members", filter=Q(members__state=MemberState.SERVING), distinct=True),
        )
    )


def search_panels(panels: QuerySet[Panel], values: dict[str, str]) -> QuerySet[Panel]:
    """Narrow by the filters ``q`` (title or number) and ``state``."""
    if values.get("q"):
        panels = panels.filter(Q(case__title__icontains=values["q"]) | Q(case__number__icontains=values["q"]))
    if values.get("state"):
        panels = panels.filter(case__state=values["state"])
    return panels


def occasions_with_work(actor: Actor) -> QuerySet[Case]:
    """The authority's rounds and cycles that have something waiting for a panel, newest first."""
    if not actor.has(Role.AUTHORITY_OFFICER):
        return Case.objects.none()
    return occasions_waiting().filter(authority=actor.organisation).order_by("-pk")


def choosable(panel: Panel) -> list[Case]:
    """The subjects a panel being formed may have: its own and those of its occasion still waiting."""
    own = Case.objects.filter(panel_items__panel=panel, panel_items__is_active=True)
    return [*with_names(kind_of_panel(panel), own), *awaiting_review(panel.occasion)]


def pool_of(actor: Actor) -> QuerySet[ExpertProfile]:
    """The experts of the authority the actor works for, with how many open panels each sits on."""
    if not actor.roles & CASE_STAFF_ROLES:
        return ExpertProfile.objects.none()
    seats = Q(memberships__state=MemberState.SERVING, memberships__panel__case__closed_at__isnull=True)
    return (
        ExpertProfile.objects.filter(authority=actor.organisation)
        .select_related("user", "employer")
        .annotate(open_seats=Count("memberships", filter=seats, distinct=True))
    )


def search_pool(pool: QuerySet[ExpertProfile], values: dict[str, str]) -> QuerySet[ExpertProfile]:
    """Narrow by ``q`` (name, employer, title or field) and ``state`` (active, inactive)."""
    if values.get("q"):
        text = values["q"]
        pool = pool.filter(
            Q(user__name__icontains=text)
            | Q(employer_name__icontains=text)
            | Q(title__icontains=text)
            | Q(fields__icontains=text)
            | Q(fields__icontains=json.dumps(text)[1:-1])
        )
    if values.get("state"):
        pool = pool.filter(is_active=values["state"] == "active")
    return pool


def fields_of_pool(actor: Actor) -> list[str]:
    """The fields found among the authority's active experts, most frequent first."""
    counted: Counter[str] = Counter()
    for fields in pool_of(actor).filter(is_active=True).values_list("fields", flat=True):
        counted.update(fields)
    return [name for name, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def draws_of(panel: Panel) -> QuerySet[Draw]:
    return Draw.objects.filter(panel=panel).select_related("act__actor")


def visits_of(panel: Panel) -> QuerySet[SiteVisit]:
    return (
        SiteVisit.objects.filter(panel=panel)
        .select_related(*subject_relations(kind_of_panel(panel)))
        .prefetch_related("members__expert__user")
    )


def revealed(sitting: Sitting, subject: Case) -> bool:
    """Whether scores may be shown: every sheet is in, or the scoring was closed."""
    return sitting.panel.case.state in REVEALING or sitting.all_in(subject)


def sheets_for(sitting: Sitting, subject: Case, viewer: PanelMember | None) -> QuerySet[ScoreSheet]:
    """The sheets ``viewer`` may see: all that count once revealed, before that nobody's but the viewer's own.

    ``viewer`` None is the authority's staff. A member recused from the subject sees none.
    """
    sheets = ScoreSheet.objects.filter(member__panel=sitting.panel, subject=subject)
    if viewer is not None and not sitting.may_open(viewer, subject):
        return sheets.none()
    if revealed(sitting, subject):
        return (
            sheets.filter(pk__in=[sheet.pk for sheet in sitting.submitted(subject)])
            .select_related("member__expert__user")
            .prefetch_related("scores", "comments")
            .order_by("pk")
        )
    return sheets.filter(member=viewer) if viewer is not None else sheets.none()


def seat_of(actor: Actor, number: str) -> PanelMember | None:
    """The actor's seat on panel ``number``, also after the panel's end; None once replaced or before it convened."""
    return _seats(actor).filter(panel__case__number=number).exclude(panel__case__state=PanelState.FORMING).first()


def panel_files(sitting: Sitting, viewer: PanelMember | None) -> QuerySet[Attachment]:
    """Minutes and photos of the panel: all for the authority's staff; for a member the photos of the files open to it."""
    files = Attachment.objects.filter(case_id=sitting.panel.pk, removed_at__isnull=True)
    if viewer is None:
        return files
    open_to = [one.pk for one in sitting.subjects if sitting.may_open(viewer, one)]
    visits = SiteVisit.objects.filter(panel=sitting.panel, subject__in=open_to)
    return files.filter(purpose__in=[visit.photo_purpose for visit in visits])


@dataclass(frozen=True)
class Assignment:
    """One panel an expert sits on, with what is still to do there."""

    case: Case
    member: PanelMember
    subjects: int
    to_declare: int
    to_score: int
    scored: int
    recused: int

    @property
    def is_open(self) -> bool:
        return self.case.closed_at is None

    @property
    def next_step(self) -> str:
        if not self.is_open:
            return "已结束"
        if self.to_declare:
            return f"申明回避（{self.to_declare} 件）"
        if self.to_score and self.case.state == PanelState.SCORING:
            return f"审阅材料并评分（{self.to_score} 件）"
        if self.member.is_chair and self.case.state == PanelState.CLOSED:
            return "签署评审决议"
        return "等待其他专家或经办人"

    @property
    def waits_for_me(self) -> bool:
        return self.is_open and self.next_step != "等待其他专家或经办人"


def assignments_of(actor: Actor) -> list[Assignment]:
    """The acting expert's panels, open ones first; five queries whatever their number."""
    if not actor.has(Role.EXPERT):
        return []
    seats = list(_seats(actor).exclude(panel__case__state=PanelState.FORMING))
    panels = [seat.panel_id for seat in seats]
    items: dict[int, list[int]] = {}
    for panel_id, subject_id in (
        PanelItem.objects.filter(panel__in=panels, is_active=True)
        .exclude(gone_subjects("subject__"))
        .values_list("panel_id", "subject_id")
    ):
        items.setdefault(panel_id, []).append(subject_id)
    declared = dict(_by_pair(Declaration.objects.filter(member__in=seats), "has_conflict"))
    found = {pair for pair, _ in _by_pair(ConflictFinding.objects.filter(member__in=seats, set_aside_at=None), "pk")}
    handed_in = {
        pair for pair, _ in _by_pair(ScoreSheet.objects.filter(member__in=seats, submitted_at__isnull=False), "pk")
    }
    rows = [_assignment(seat, items.get(seat.panel_id, []), declared, found, handed_in) for seat in seats]
    return sorted(rows, key=lambda row: (not row.is_open, -row.case.pk))


def _assignment(
    seat: PanelMember,
    subjects: list[int],
    declared: dict[tuple[int, int], bool],
    found: set[tuple[int, int]],
    handed_in: set[tuple[int, int]],
) -> Assignment:
    pairs = [(seat.pk, subject) for subject in subjects]
    recused = {pair for pair in pairs if pair in found or declared.get(pair)}
    able = [pair for pair in pairs if pair not in recused]
    return Assignment(
        case=seat.panel.case,
        member=seat,
        subjects=len(pairs),
        to_declare=sum(pair not in declared for pair in able),
        to_score=sum(pair in declared and pair not in handed_in for pair in able),
        scored=sum(pair in handed_in for pair in able),
        recused=len(recused),
    )


def _by_pair(rows: QuerySet[Any], value: str) -> list[tuple[tuple[int, int], Any]]:
    return [((member, subject), found) for member, subject, found in rows.values_list("member_id", "subject_id", value)]


def _seats(actor: Actor) -> QuerySet[PanelMember]:
    return PanelMember.objects.filter(
        expert__user=actor.user, panel__case__authority=actor.organisation, state=MemberState.SERVING
    ).select_related("panel__case", "panel__occasion", "expert__user")

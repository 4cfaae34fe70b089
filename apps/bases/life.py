"""A base's whole life as its file shows it: business, acts, events and documents, only what the reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base, BaseEvent
from apps.cases import selectors, web
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case, Document
from apps.cases.paging import Page, capped_page
from apps.cases.workflow import workflow_for

DOCUMENTS_SHOWN = 15


def cases_of(base: Base, actor: Actor, kind: str = "") -> QuerySet[Case]:
    """The base's cases that ``actor`` may see, the latest first, perhaps of one kind."""
    cases = selectors.details_open_to(Case, actor).filter(base=base)
    if kind:
        cases = cases.filter(kind=kind)
    return cases.select_related("turn_organisation", "institution").order_by("-pk")


def counts_of(base: Base, actor: Actor) -> list[dict[str, Any]]:
    """How many cases of each kind ``actor`` may see, and how many of them run. One query."""
    rows = (
        selectors.details_open_to(Case, actor)
        .filter(base=base)
        .values("kind")
        .annotate(total=Count("pk"), running=Count("pk", filter=Q(closed_at__isnull=True)))
    )
    found = {row["kind"]: row for row in rows}
    return [
        {"kind": kind.value, "label": kind.label, "total": found[kind]["total"], "running": found[kind]["running"]}
        for kind in CaseKind
        if kind in found
    ]


def running_by_base(bases: Iterable[Base], actor: Actor) -> dict[int, int]:
    """The number of running cases that ``actor`` may see, by base. One query."""
    cases = selectors.details_open_to(Case, actor).filter(base__in=[base.pk for base in bases], closed_at__isnull=True)
    return dict(cases.values_list("base").annotate(number=Count("pk")))


def case_rows(cases: Iterable[Case], actor: Actor) -> list[dict[str, Any]]:
    """What a list of the base's cases shows of each."""
    return [
        {
            "number": case.number,
            "title": case.title,
            "kind_label": case.get_kind_display(),
            "state_label": web.state_label(case),
            "state_tone": web.state_tone(case, actor),
            "turn": case.turn_organisation.name if case.turn_organisation else "",
            "due": timezone.localtime(case.next_due_at) if case.next_due_at and case.closed_at is None else None,
            "opened_at": case.opened_at,
        }
        for case in cases
    ]


def documents_of(base: Base, actor: Actor) -> list[Document]:
    """The latest documents about the base that ``actor`` may open. One query."""
    documents = selectors.readable_documents(actor).filter(case__base=base)
    return list(documents.select_related("issuer").defer("content").order_by("-issued_at", "-pk")[:DOCUMENTS_SHOWN])


def timeline_of(base: Base, actor: Actor, asked: str | None) -> tuple[Page, list[dict[str, Any]]]:
    """One page of everything that happened to the base, latest first: acts of all its cases, and its own events.

    An event stands with the act that caused it; one whose act the reader does not see stands alone, by its day.
    Four queries.
    """
    acts = _acts(base, actor)
    page = capped_page(acts.select_related("case", "actor", "organisation").order_by("-at", "-pk"), asked)
    events = list(BaseEvent.objects.filter(base=base).select_related("document").order_by("on", "pk"))
    seen = set(acts.filter(pk__in=[event.act_id for event in events if event.act_id]).values_list("pk", flat=True))
    told: dict[int, list[BaseEvent]] = {}
    alone = []
    for event in events:
        if event.act_id in seen and event.act_id is not None:
            told.setdefault(event.act_id, []).append(event)
        else:
            alone.append(event)
    rows = [_act_row(act, told.get(act.pk, []), actor) for act in page.rows]
    return page, _merged(rows, alone, page)


def _acts(base: Base, actor: Actor) -> QuerySet[Act]:
    """The acts of the base's visible cases; internal ones for the case's authority and for who took them."""
    own = Q(is_internal=False) | Q(organisation=actor.organisation) | Q(case__authority=actor.organisation)
    return Act.objects.filter(own, case__in=selectors.details_open_to(Case, actor).filter(base=base))


def _act_row(act: Act, events: Sequence[BaseEvent], actor: Actor) -> dict[str, Any]:
    states = workflow_for(act.case.kind).states
    moved = act.from_state != act.to_state
    return {
        "label": act.label,
        "case": act.case,
        "at": timezone.localtime(act.at),
        "day": None,
        "organisation": act.organisation.name if act.organisation else "系统",
        "actor": act.actor.name if act.actor else "按期限自动办理",
        "to_label": states.get(act.to_state, "") if moved else "",
        "articles": act.articles,
        "rulebook": web.rulebook_of(act.case),
        "reason": act.reason,
        "internal": act.is_internal,
        "events": events,
    }


def _merged(rows: list[dict[str, Any]], alone: list[BaseEvent], page: Page) -> list[dict[str, Any]]:
    """Put the events that stand alone among the acts of this page by their days; each is on one page only."""
    newest = None if page.number == 1 or not rows else rows[0]["at"].date()
    oldest = None if not page.has_next or not rows else rows[-1]["at"].date()
    fitting = [
        event for event in alone if (newest is None or event.on < newest) and (oldest is None or event.on >= oldest)
    ]
    merged = [*rows, *({"day": event.on, "at": None, "events": [event]} for event in fitting)]
    return sorted(merged, key=_moment, reverse=True)


def _moment(row: dict[str, Any]) -> tuple[dt.date, dt.time]:
    at = row["at"]
    return (at.date(), at.time()) if at is not None else (row["day"], dt.time.min)

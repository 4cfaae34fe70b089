"""Lists of sanctions: running rectifications with their due dates, and everything about one base."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.inspections.enums import RectificationState
from apps.inspections.models import Rectification

SORTS = {
    "due": ("due_on", "case_id"),
    "-due": ("-due_on", "-case_id"),
    "name": ("base__institution_name", "case_id"),
    "-name": ("-base__institution_name", "-case_id"),
}
SANCTIONS = (CaseKind.RECTIFICATION, CaseKind.REVOCATION, CaseKind.RESTORATION)


def rectifications_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[Rectification]:
    """The rectifications the actor takes part in, by filters; running ones unless a state is asked for."""
    found = selectors.details_open_to(Rectification, actor).select_related("case__turn_organisation", "base")
    found = found.annotate(item_count=Count("items"), done_count=Count("items", filter=Q(items__is_done=True)))
    state = values.get("state", "")
    if not state:
        found = found.filter(case__closed_at__isnull=True)
    elif state != "all":
        found = found.filter(case__state=state)
    text = values.get("q", "").strip()
    if text:
        found = found.filter(
            Q(base__institution_name__icontains=text) | Q(case__number__iexact=text) | Q(base__number__iexact=text)
        )
    return _due(found, values.get("due", "")).order_by(*SORTS.get(sort, SORTS["due"]))


def _due(found: QuerySet[Rectification], due: str) -> QuerySet[Rectification]:
    today = timezone.localdate()
    if due == "overdue":
        return found.filter(case__closed_at__isnull=True, due_on__lt=today)
    if due == "week":
        return found.filter(case__closed_at__isnull=True, due_on__gte=today, due_on__lte=today + dt.timedelta(days=7))
    return found


def row(rectification: Rectification) -> dict[str, Any]:
    """What the list shows of a rectification. ``item_count`` and ``done_count`` are annotated."""
    case = rectification.case
    today = timezone.localdate()
    due = rectification.due_on
    return {
        "number": case.number,
        "institution": rectification.base.institution_name,
        "base": rectification.base.number,
        "state": str(RectificationState(case.state).label),
        "overdue": case.state == RectificationState.OVERDUE
        or (case.closed_at is None and due is not None and due < today),
        "closed": case.closed_at is not None,
        "due": due,
        "extended": len(rectification.extensions),
        "items": rectification.item_count,  # type: ignore[attr-defined]
        "done": rectification.done_count,  # type: ignore[attr-defined]
        "turn": case.turn_organisation.name if case.turn_organisation else "",
        "sandbox": case.is_sandbox,
    }


def sanctions_of(base: Base, actor: Actor) -> QuerySet[Case]:
    """Every sanction of ``base`` the actor may read, latest first."""
    cases = selectors.visible_cases(actor).filter(base=base, kind__in=SANCTIONS)
    return cases.select_related("turn_organisation").order_by("-opened_at", "-pk")

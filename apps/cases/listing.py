"""The list of cases: filters from the address, sorting, paging without counting everything."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind
from apps.cases import selectors, web
from apps.cases.clocks import last_day
from apps.cases.enums import CaseKind
from apps.cases.forms import CaseFilterForm
from apps.cases.models import Case
from apps.cases.paging import MOST_PAGES, PAGE_SIZE, Page, capped_count

SORTS = {
    "opened": ("age",),
    "-opened": ("-age",),
    "-closed": ("-closed_at", "-pk"),
    "due": ("next_due_at", "pk"),
    "-due": ("-next_due_at", "-pk"),
}


def filter_form(query: QueryDict, actor: Actor) -> CaseFilterForm:
    """The filter form as filled in from the address; an authority also chooses among its latest rounds."""
    rounds: list[tuple[str, str]] = []
    if actor.organisation.kind == OrganisationKind.AUTHORITY:
        found = selectors.cases_of_kind(actor, CaseKind.ROUND).order_by("-age").values_list("pk", "title")[:50]
        rounds = [(str(pk), title) for pk, title in found]
    return CaseFilterForm(query, actor, rounds)


def filtered(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[Case]:
    """The cases that the filters leave, unsorted. To be sorted by due date a case must have one."""
    cases = _source(actor, values)
    if "round" in values:
        cases = cases.filter(application__round_id=int(values["round"]))
    if sort.lstrip("-") == "due":
        cases = cases.filter(next_due_at__isnull=False)
    return selectors.search(_due(cases, values.get("due", "")), values.get("q", ""))


def _source(actor: Actor, values: dict[str, str]) -> QuerySet[Case]:
    kind, state = values.get("kind", ""), values.get("state", "")
    sources = {"todo": selectors.todo_cases, "waiting": selectors.waiting_cases, "closed": selectors.closed_cases}
    if values.get("view") not in sources and kind:
        return selectors.cases_of_kind(actor, kind, state)
    cases = sources.get(values.get("view", ""), selectors.listed_cases)(actor)
    narrowed = {name: values[name] for name in ("kind", "state") if name in values}
    return cases.filter(**narrowed)


def _due(cases: QuerySet[Case], due: str) -> QuerySet[Case]:
    now = timezone.now()
    if due == "overdue":
        return cases.filter(closed_at__isnull=True, next_due_at__lte=now)
    if due == "week":
        return cases.filter(closed_at__isnull=True, next_due_at__gt=now, next_due_at__lte=now + dt.timedelta(days=7))
    if due == "set":
        return cases.filter(closed_at__isnull=True, next_due_at__isnull=False)
    return cases


def page_of(actor: Actor, values: dict[str, str], sort: str, number: int) -> Page:
    """One page of the filtered list as plain values. Three queries at most; the count stops at COUNT_CAP."""
    page = cases_page(actor, values, sort, number)
    return replace(page, rows=[row(case, actor) for case in page.rows])


def cases_page(actor: Actor, values: dict[str, str], sort: str, number: int) -> Page:
    """As :func:`page_of`, with the cases themselves as rows."""
    number = min(max(number, 1), MOST_PAGES)
    offset = (number - 1) * PAGE_SIZE
    if not sort and values.get("view") == "closed":
        sort = "-closed"
    cases = filtered(actor, values, sort)
    if set(values) == {"view"} and values["view"] == "todo" and sort in ("", "due"):
        found = selectors.todo_page(actor, offset, PAGE_SIZE + 1)
    else:
        found = list(selectors.with_names(sorted_by(cases, sort))[offset : offset + PAGE_SIZE + 1])
    total, capped = capped_count(cases, offset, len(found), searched="q" in values)
    return Page(found[:PAGE_SIZE], number, len(found) > PAGE_SIZE and number < MOST_PAGES, total, capped)


def sorted_by(cases: QuerySet[Case], sort: str) -> QuerySet[Case]:
    return cases.order_by(*SORTS.get(sort, SORTS["-opened"]))


def row(case: Case, actor: Actor) -> dict[str, Any]:
    """What a list shows of a case, as plain values."""
    mine = case.turn_organisation_id == actor.organisation.pk
    return {
        "number": case.number,
        "title": case.title,
        "kind_label": CaseKind(case.kind).label,
        "state_label": web.state_label(case),
        "state_tone": web.state_tone(case, actor),
        "institution": case.institution.name if case.institution else "",
        "turn": "本单位" if mine else (case.turn_organisation.name if case.turn_organisation else ""),
        "due": None if case.closed_at else last_day(case.next_due_at),
        "opened_at": case.opened_at,
        "sandbox": case.is_sandbox,
    }

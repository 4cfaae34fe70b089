"""What the two queues share: filters from the address, one page of rows, the export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState
from apps.applications.forms.opinions import QueueForm
from apps.applications.services import queues
from apps.cases import exports, web
from apps.cases.clocks import last_day
from apps.cases.listing import Page
from apps.cases.models import Case

Source = Callable[[Actor, str], QuerySet[Case]]
EXPORT_HEAD = ("编号", "申报单位", "批次", "推荐单位", "状态", "存疑条件数", "期限", "提交时间")


def queue_page(request: HttpRequest, source: Source, *, views: Any, states: Any, extra: dict[str, Any]) -> HttpResponse:
    """The queue ``source`` as a page, or as an Excel file when the address asks for one."""
    form = QueueForm(
        request.GET,
        views=views,
        rounds=queues.rounds_to_filter(request.actor.organisation.jurisdiction_id or ""),
        states=[(str(state), str(ApplicationState(state).label)) for state in states],
    )
    values, sort = form.values(), request.GET.get("sort", "")
    cases = queues.sorted_by(queues.narrowed(source(request.actor, values.get("view", "")), values), sort)
    if request.GET.get("format") == "xlsx":
        return _export(request, cases)
    context = {
        "form": form,
        "page": _page(request, cases, extra["url_name"]),
        "sort": sort,
        "filtered": bool(set(values) - {"view"}),
        "viewing": values.get("view", ""),
    }
    return render(request, "applications/recommendation/queue.html", context | extra)


def _page(request: HttpRequest, cases: QuerySet[Case], url_name: str) -> Page:
    number = _page_number(request)
    offset = (number - 1) * queues.PAGE_SIZE
    pks = list(cases.values_list("pk", flat=True)[offset : offset + queues.PAGE_SIZE + 1])
    rows = _rows(request.actor, queues.fetched(pks[: queues.PAGE_SIZE]))
    has_next = len(pks) > queues.PAGE_SIZE and number < queues.MOST_PAGES
    total, capped = queues.counted(cases) if has_next or number > 1 else (len(pks), False)
    return Page(rows, number, has_next, total, capped)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    return min(max(number, 1), queues.MOST_PAGES)


def _rows(actor: Actor, cases: list[Case]) -> list[dict[str, Any]]:
    doubts = queues.doubt_counts(cases)
    return [
        {
            "number": case.number,
            "institution": case.institution.name,
            "round": case.application.round.title,
            "recommender": case.application.recommender.name if case.application.recommender else "",
            "direct": case.application.direct,
            "state_label": web.state_label(case),
            "state_tone": web.state_tone(case, actor),
            "doubts": doubts.get(case.pk, 0),
            "due": None if case.closed_at else last_day(case.next_due_at),
            "submitted_at": case.submitted_at,
            "sandbox": case.is_sandbox,
        }
        for case in cases
    ]


def _export(request: HttpRequest, cases: QuerySet[Case]) -> HttpResponse:
    pks = list(cases.values_list("pk", flat=True)[: exports.MOST_ROWS])
    found = [
        case for at in range(0, len(pks), 500) for case in _rows(request.actor, queues.fetched(pks[at : at + 500]))
    ]
    return exports.xlsx_response("queue", EXPORT_HEAD, map(_cells, found))


def _cells(row: dict[str, Any]) -> list[object]:
    submitted = row["submitted_at"]
    return [
        row["number"],
        row["institution"],
        row["round"],
        row["recommender"],
        row["state_label"],
        row["doubts"],
        row["due"],
        timezone.localtime(submitted).strftime("%Y-%m-%d %H:%M") if submitted else "",
    ]

"""The bases one works with, and the file of one of them: its whole life, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.accounts.decorators import acting
from apps.accounts.enums import OrganisationKind, Role
from apps.bases import life
from apps.bases.actions import actions_for
from apps.bases.filters import OwnBaseFilter
from apps.bases.models import Base
from apps.bases.selectors import visible_bases
from apps.bases.services import managing_units
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import capped_page, keyed_page

SORTS = {
    "name": ("institution_name", "pk"),
    "-name": ("-institution_name", "-pk"),
    "recognised_on": ("recognised_on", "pk"),
    "-recognised_on": ("-recognised_on", "-pk"),
}
EXPORTED = (
    "编号",
    "建设单位",
    "曾用名",
    "统一社会信用代码",
    "级别",
    "领域",
    "管理（指导）单位",
    "联系电话",
    "认定日期",
    "状态",
    "在办件数",
)
HEADINGS = {
    OrganisationKind.INSTITUTION: (
        "我的基地",
        "本单位建设的基地。点基地名称，可以办理该基地的各项事务，查看全部经过。",
    ),
    OrganisationKind.DEPARTMENT: ("所管基地", "由本单位管理（指导）的基地。"),
    OrganisationKind.AUTHORITY: ("基地管理", "本机关认定和管理的基地，含演练。对外公开的内容见基地名录。"),
}
OTHERS = ("基地", "本单位不管理基地。")


def base_or_404(request: HttpRequest, number: str) -> Base:
    """The base ``number`` if the person works with it; a foreign base and one that does not exist raise Http404 alike."""
    return get_object_or_404(visible_bases(request.actor), number=number)


@acting
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The bases of the organisation acted for, with filters in the address."""
    found, bases = _found(request)
    page = keyed_page(bases, request.GET.get("page"))
    running = life.running_by_base(page.rows, request.actor)
    heading, lead = HEADINGS.get(OrganisationKind(request.actor.organisation.kind), OTHERS)
    context = {
        "heading": heading,
        "lead": lead,
        "filter": found,
        "filtered": any(value for name, value in request.GET.items() if name not in ("page", "sort")),
        "page": page,
        "rows": [{"base": base, "running": running.get(base.pk, 0)} for base in page.rows],
    }
    return render(request, "bases/mine.html", context)


@acting
@require_GET
def mine_export(request: HttpRequest) -> HttpResponse:
    """The same bases as a spreadsheet of at most MOST_ROWS rows."""
    _, bases = _found(request)
    rows = list(bases[:MOST_ROWS])
    running = life.running_by_base(rows, request.actor)
    return xlsx_response("my-bases", EXPORTED, (_cells(base, running.get(base.pk, 0)) for base in rows))


def _cells(base: Base, running: int) -> tuple[object, ...]:
    return (
        base.number,
        base.institution_name,
        base.former_names,
        base.credit_code,
        base.level_label,
        base.field,
        base.managing_unit.name if base.managing_unit else "",
        base.contact_phone,
        base.recognised_on.isoformat(),
        base.status_label,
        running,
    )


def _found(request: HttpRequest) -> tuple[OwnBaseFilter, QuerySet[Base]]:
    bases = visible_bases(request.actor)
    found = OwnBaseFilter(request.GET, queryset=bases, actor=request.actor)
    chosen = found.qs if found.is_valid() else bases.none()
    return found, chosen.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["-recognised_on"]))


@acting
@require_GET
def base_file(request: HttpRequest, number: str) -> HttpResponse:
    """One base: particulars, what may be begun, its business by kind, one timeline, its documents."""
    base = base_or_404(request, number)
    actor = request.actor
    kind = request.GET.get("kind", "")
    kind = kind if kind in CaseKind.values else ""
    cases = capped_page(life.cases_of(base, actor, kind), request.GET.get("page"))
    timeline, rows = life.timeline_of(base, actor, request.GET.get("history"))
    context = {
        "heading": base.institution_name,
        "base": base,
        "sandbox": base.is_sandbox,
        "actions": actions_for(base, actor),
        "counts": life.counts_of(base, actor),
        "kind": kind,
        "page": cases,
        "cases": life.case_rows(cases.rows, actor),
        "timeline": rows,
        "timeline_page": timeline,
        "documents": life.documents_of(base, actor),
        **_unit_context(base, request),
    }
    return render(request, "bases/file.html", context)


def _unit_context(base: Base, request: HttpRequest) -> dict[str, Any]:
    """The proposal of a managing unit that waits, for the authority alone."""
    if base.authority_id != request.actor.organisation.pk:
        return {}
    waiting = managing_units.pending(base)
    mine = waiting is not None and waiting.proposed_by_id == request.actor.user.pk
    may = waiting is not None and Role.AUTHORITY_HEAD in request.actor.roles and not mine
    return {"assignment": waiting, "may_decide_unit": may}

"""The list of applications and awards, and the page of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from apps.accounts.decorators import acting
from apps.accounts.enums import OrganisationKind, Role
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Case
from apps.cases.paging import keyed_page
from apps.cases.presenting import turn_of
from apps.cases.selectors import documents_of
from apps.cases.web import case_or_404, step_links
from apps.subsidies.enums import AwardState
from apps.subsidies.forms.decisions import AwardFilter
from apps.subsidies.services import award_lists, award_pages
from apps.subsidies.views.office_pages import frame

ENDED = (AwardState.SETTLED, AwardState.TERMINATED)
RUNNING = (AwardState.GRANTED, AwardState.ACTIVE)
EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
OFFERS = (
    ("申请拨款", "subsidies:payment_new", EDITORS, (AwardState.ACTIVE,)),
    ("申请验收", "subsidies:acceptance_new", EDITORS, (AwardState.ACTIVE,)),
    ("报告经费使用", "subsidies:spending_new", EDITORS, (AwardState.ACTIVE, AwardState.TERMINATED)),
    ("第三方监管", "subsidies:supervisors", (Role.AUTHORITY_OFFICER,), RUNNING),
    (
        "拟定追回",
        "subsidies:recovery_new",
        (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER),
        (AwardState.ACTIVE, AwardState.TERMINATED),
    ),
    ("调整使用方案", "subsidies:plan_change", EDITORS, (AwardState.ACTIVE,)),
)
"""What may be begun about an award from its page: label, page, for whom, in which states."""


@acting
@require_GET
def award_list(request: HttpRequest) -> HttpResponse:
    """The applications and awards the person may open, by cycle, state and base."""
    form = AwardFilter(request.GET, cycles=award_lists.cycle_choices(request.actor))
    values = form.values()
    found = award_lists.awards_of(request.actor, values, request.GET.get("sort", ""))
    listed = keyed_page(found, request.GET.get("page"))
    context = {
        "heading": "资助申请和资助",
        "form": form,
        "page": listed,
        "rows": award_lists.award_rows(listed.rows, request.actor),
        "filtered": bool(values),
        "own": request.actor.organisation.kind == OrganisationKind.INSTITUTION,
    }
    return render(request, "subsidies/awards/list.html", context)


@acting
@require_GET
def award_list_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    form = AwardFilter(request.GET, cycles=award_lists.cycle_choices(request.actor))
    found = list(award_lists.awards_of(request.actor, form.values(), request.GET.get("sort", ""))[:MOST_ROWS])
    rows = [
        award_lists.award_cells(row)
        for at in range(0, len(found), 500)
        for row in award_lists.award_rows(found[at : at + 500], request.actor)
    ]
    return xlsx_response("awards", award_lists.AWARD_HEAD, rows)


@acting
@require_GET
def award_page(request: HttpRequest, number: str) -> HttpResponse:
    """One award: lines with what has become of them, parts with what each waits for, its cases and documents."""
    case = case_or_404(request, number, CaseKind.AWARD)
    data = award_pages.award_summary(case, request.actor)
    steps = step_links(case, request.actor)
    context = frame(case, request, data["award"].title or case.title) | {
        "data": data,
        "steps": steps,
        "turn": turn_of(case, request.actor, steps) | _running_words(case),
        "offers": _offers(request, case),
        "business": award_pages.business_rows(data["award"], request.actor),
        "documents": list(documents_of(case, request.actor).select_related("issuer", "addressee")),
        "ended": case.state in ENDED,
    }
    return render(request, "subsidies/awards/page.html", context)


def _running_words(case: Case) -> dict[str, str]:
    """A running award waits for nobody in particular: say what it waits for."""
    told = {
        AwardState.GRANTED: "已决定资助；请建设单位编制并报送使用方案，审核同意后开始拨付。",
        AwardState.ACTIVE: "执行中：按使用方案分期申请拨款、申请验收、报告使用情况；全部完成后结清。",
    }
    return {"text": told[AwardState(case.state)]} if case.state in told else {}


def _offers(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """What the person may begin about the award now; a page that is not there is not offered."""
    side = (case.institution_id, case.authority_id)
    offered = []
    for label, name, roles, states in OFFERS:
        if case.state not in states or not request.actor.has(*roles) or request.actor.organisation.pk not in side:
            continue
        try:
            offered.append({"label": label, "url": reverse(name, args=[case.number])})
        except NoReverseMatch:
            continue
    return offered

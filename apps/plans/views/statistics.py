"""Training in figures, for authorities, managing units and institutions."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.decorators import acting
from apps.accounts.enums import OrganisationKind
from apps.cases import exports
from apps.cases.paging import capped_page
from apps.plans.forms.records import StatisticsForm
from apps.plans.models import TrainingTotal
from apps.plans.services import statistics as figures
from apps.plans.services.totals import tenths_text

HEAD = (
    "年度",
    "基地编号",
    "基地名称",
    "管理单位",
    "人数（同一基地同一年度去重）",
    "人次",
    "公需科目人次",
    "专业科目人次",
    "合格人次",
    "登记量",
    "计量单位",
    "证书（份）",
)


@acting
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Year by year, by managing unit and base by base; only what was registered, never converted between units."""
    actor = request.actor
    if not actor.is_case_staff:
        raise Http404
    institution = actor.organisation.kind == OrganisationKind.INSTITUTION
    units = figures.managing_units(actor) if actor.organisation.kind == OrganisationKind.AUTHORITY else []
    form = StatisticsForm(request.GET, figures.years_of(actor), units)
    found = figures.totals_for(actor, form.values())
    rows = figures.by_base(found, request.GET.get("sort", ""))
    if request.GET.get("format") == "xlsx":
        return exports.xlsx_response("training", HEAD, [_cells(total) for total in rows[: exports.MOST_ROWS]])
    page = capped_page(rows, request.GET.get("page"))
    for total in page.rows:
        total.value_text = f"{tenths_text(total.value_tenths)} {figures.unit_of(total.jurisdiction_id)}"
    context = {
        "heading": "培训统计",
        "form": form,
        "years": figures.by_year(found),
        "units": figures.by_managing_unit(found) if units else [],
        "page": page,
        "rehearsal": bool(form.values().get("rehearsal")),
        "institution": institution,
    }
    return render(request, "plans/statistics/overview.html", context)


def _cells(total: TrainingTotal) -> tuple[object, ...]:
    unit = total.base.managing_unit
    return (
        total.year,
        total.base.number,
        total.base.name,
        unit.name if unit else "",
        total.persons,
        total.attendances,
        total.public_attendances,
        total.professional_attendances,
        total.passed,
        tenths_text(total.value_tenths),
        figures.unit_of(total.jurisdiction_id),
        total.certificates,
    )

"""Results: the bulletin and its day, the bases graded excellent, and the public page."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import public, requires_role
from apps.accounts.enums import Role
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Document
from apps.cases.paging import keyed_page
from apps.cases.web import NOT_YOURS, Problems, case_or_404, rulebook_of, run_step
from apps.cases.workflow.engine import may
from apps.inspections.enums import CampaignKind, Grade
from apps.inspections.forms.inspections import PublicationForm, PublicFilter, kept
from apps.inspections.models import Inspection
from apps.inspections.services import overviews, publication
from apps.inspections.views.campaigns import OFFICERS
from apps.jurisdictions.models import Jurisdiction

READERS = (
    Role.AUTHORITY_OFFICER,
    Role.AUTHORITY_REVIEWER,
    Role.AUTHORITY_HEAD,
    Role.LEGAL_OFFICER,
    Role.DEPARTMENT_OFFICER,
    Role.DEPARTMENT_HEAD,
)
EXCELLENT = ("年度", "类别", "基地编号", "建设单位", "领域", "检查单位", "评定理由", "列入宣传推广")


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def publication_page(request: HttpRequest, number: str) -> HttpResponse:
    """Write the bulletin and set the day from which the results are public."""
    case = case_or_404(request, number, CaseKind.CAMPAIGN)
    if request.method == "GET" and not may(case, "propose_publication", request.actor):
        messages.warning(request, NOT_YOURS.message)
        return redirect("inspections:campaign", number=number)
    campaign = case.campaign
    initial = {"bulletin": campaign.bulletin, "publish_on": campaign.publish_on or timezone.localdate()}
    form = PublicationForm(request.POST if request.method == "POST" else None, initial=initial)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request, lambda: publication.propose_publication(case, request.actor, **form.cleaned_data)
        )
        if act is not None:
            messages.success(request, "通报已报请负责人批准；到公布日期当日零时对外公开。")
            return redirect("inspections:campaign", number=number)
    rulebook = rulebook_of(case)
    context = {
        "heading": "拟定结果通报",
        "case": case,
        "campaign": campaign,
        "form": form,
        "problems": problems,
        "rulebook": rulebook,
        "provision": rulebook.inspection.publication(campaign.kind) if rulebook else None,
        "results": publication.concluded(campaign)[:100],
        "count": publication.concluded(campaign).count(),
        "sandbox": case.is_sandbox,
    }
    status = 422 if form.errors else problems.status
    return render(request, "inspections/results/publication.html", context, status=status)


@requires_role(*READERS)
@require_GET
def excellent_list(request: HttpRequest) -> HttpResponse:
    """Bases graded excellent, by year: for publicity, and for priority in resources and tasks."""
    page = keyed_page(_excellent(request), request.GET.get("page"))
    for row in page.rows:
        row.kind_label = CampaignKind(row.campaign.kind).label
    context = {"heading": "优秀基地", "page": page, "q": _text(request), "year": _year(request) or ""}
    return render(request, "inspections/results/excellent.html", context)


@requires_role(*READERS)
@require_GET
def excellent_export(request: HttpRequest) -> HttpResponse:
    rows = [
        (
            one.campaign.year,
            CampaignKind(one.campaign.kind).label,
            one.base.number,
            one.base.institution_name,
            one.base.field,
            one.inspector.name,
            one.grade_reasons,
            "是" if one.commended else "",
        )
        for one in _excellent(request)[:MOST_ROWS]
    ]
    return xlsx_response("excellent", EXCELLENT, rows)


@public
@require_GET
def public_results(request: HttpRequest) -> HttpResponse:
    """Published results whose day has come, for everyone."""
    form = PublicFilter(request.GET, jurisdictions=list(Jurisdiction.objects.values_list("code", "name")))
    found = kept(form)
    rows = publication.public_results()
    for name, lookup in (("jurisdiction", "case__jurisdiction"), ("year", "campaign__year"), ("grade", "grade")):
        if name in found:
            rows = rows.filter(**{lookup: found[name]})
    if "q" in found:
        rows = rows.filter(Q(base__institution_name__icontains=found["q"]) | Q(base__number__iexact=found["q"]))
    page = keyed_page(rows, request.GET.get("page"))
    bulletins = {
        document.case_id: document
        for document in Document.objects.filter(
            kind="inspection_bulletin", is_public=True, case__in=[row.campaign_id for row in page.rows]
        ).defer("content")
    }
    for row in page.rows:
        row.kind_label = CampaignKind(row.campaign.kind).label
        row.grade_label = Grade(row.grade).label
        row.grade_tone = {"excellent": "success", "good": "info", "failed": "danger"}[row.grade]
        row.bulletin = bulletins.get(row.campaign_id)
    context = {"heading": "检查评估结果", "form": form, "page": page, "filtered": bool(found)}
    return render(request, "inspections/results/public.html", context)


def _excellent(request: HttpRequest) -> QuerySet[Inspection]:
    rows = overviews.excellent(request.actor)
    year, text = _year(request), _text(request)
    return overviews.searched(rows.filter(campaign__year=year) if year else rows, text)


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:100]

"""Pages on which campaigns are drawn up, followed and looked up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.clocks import last_day
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Case
from apps.cases.paging import capped_page, keyed_page
from apps.cases.web import NOT_YOURS, Problems, case_or_404, rulebook_of, run_step, state_label, state_tone, step_links
from apps.cases.workflow.engine import may
from apps.inspections.enums import CampaignKind, CampaignState, Grade, InspectionState, Selection
from apps.inspections.forms.inspections import (
    CampaignFilter,
    CampaignForm,
    DrawForm,
    InspectionFilter,
    campaign_initial,
    kept,
)
from apps.inspections.models import Campaign, Inspection
from apps.inspections.services import campaigns, draws, launches, organising, overviews
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.rulebook import Rulebook

STAFF = (
    Role.AUTHORITY_OFFICER,
    Role.AUTHORITY_REVIEWER,
    Role.AUTHORITY_HEAD,
    Role.LEGAL_OFFICER,
    Role.DEPARTMENT_OFFICER,
    Role.DEPARTMENT_HEAD,
)
OFFICERS = (Role.AUTHORITY_OFFICER, Role.DEPARTMENT_OFFICER)
EXPORTED = ("办件编号", "基地编号", "建设单位", "检查单位", "状态", "当前期限", "自评逾期天数", "结果", "列入宣传推广")


@requires_role(*STAFF)
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """The campaigns the organisation takes part in, and the kinds it may arrange."""
    form = CampaignFilter(request.GET)
    found = kept(form)
    rows = overviews.campaigns_of(request.actor)
    for name, lookup in (("kind", "kind"), ("state", "case__state"), ("year", "year")):
        if name in found:
            rows = rows.filter(**{lookup: found[name]})
    if "q" in found:
        rows = rows.filter(Q(title__icontains=found["q"]) | Q(case__number__iexact=found["q"]))
    sort = overviews.CAMPAIGN_SORTS.get(request.GET.get("sort", ""), overviews.CAMPAIGN_SORTS["-opened"])
    page = capped_page(rows.order_by(*sort), request.GET.get("page"))
    counts = overviews.counts_of(page.rows)
    for row in page.rows:
        row.total, row.over = counts.get(row.pk, (0, 0))
        row.state_label = CampaignState(row.case.state).label
        row.state_tone = state_tone(row.case, request.actor)
    offers = organising.offers_to(request.actor.organisation) if organising.may_organise(request.actor) else []
    context = {
        "heading": "检查考核工作",
        "form": form,
        "page": page,
        "filtered": bool(found),
        "offers": offers,
        "rulebook": _rulebook_today(request),
    }
    return render(request, "inspections/campaigns/list.html", context)


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def campaign_create(request: HttpRequest, kind: str) -> HttpResponse:
    """Draw up a campaign of a kind the text gives to the organisation."""
    if kind not in CampaignKind.values:
        raise Http404
    rulebook = _rulebook_today(request)
    offer = organising.offer(rulebook, request.actor.organisation, kind)
    form = _form(request, rulebook, kind, None)
    problems = Problems() if offer.allowed else Problems(_refused(offer), 403)
    if request.method == "POST" and form.is_valid() and offer.allowed:
        made: list[Campaign] = []

        def step() -> Any:
            made.append(
                campaigns.open_campaign(
                    request.actor,
                    kind,
                    form.values(),
                    commissioned=form.cleaned_data.get("commissioned"),
                    named=form.cleaned_data["named"],
                    guidance=form.guidance(),
                    sandbox=form.cleaned_data["sandbox"],
                )
            )

        _, problems = run_step(request, step)
        if made:
            messages.success(request, "检查方案已保存。请核对基地范围后报请批准。")
            return redirect("inspections:campaign", number=made[0].case.number)
    return _form_page(request, form, problems, rulebook, kind, None)


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, number: str) -> HttpResponse:
    case = case_or_404(request, number, CaseKind.CAMPAIGN)
    campaign = case.campaign
    rulebook = rulebook_of(case) or _rulebook_today(request)
    if request.method == "GET" and not may(case, "edit", request.actor):
        messages.warning(request, NOT_YOURS.message)
        return redirect("inspections:campaign", number=number)
    form = _form(request, rulebook, campaign.kind, campaign)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request,
            lambda: campaigns.edit(
                case,
                request.actor,
                form.values(),
                commissioned=form.cleaned_data.get("commissioned"),
                named=form.cleaned_data["named"],
                guidance=form.guidance(),
            ),
        )
        if act is not None:
            messages.success(request, "检查方案已修改。")
            return redirect("inspections:campaign", number=number)
    return _form_page(request, form, problems, rulebook, campaign.kind, campaign)


@requires_role(*STAFF)
@require_GET
def campaign_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One campaign: what to do next, the plan, how far each inspection is, and what came out."""
    case = case_or_404(request, number, CaseKind.CAMPAIGN)
    campaign = Campaign.objects.select_related("organiser", "commissioned").get(pk=case.pk)
    campaign.case, case.campaign = case, campaign  # the guards of the steps on offer read it again
    everything = overviews.inspections_of(request.actor).filter(campaign=campaign)
    inspectors = overviews.by_inspector(everything)
    form = InspectionFilter(
        request.GET, inspectors=[(str(row["inspector_id"]), row["inspector__name"]) for row in inspectors] or [("", "")]
    )
    rows = filtered_rows(everything, form, request)
    page = keyed_page(rows, request.GET.get("page"))
    for row in page.rows:
        present(row, request)
    progress = overviews.progress(everything)
    context = {
        "heading": campaign.title,
        "case": case,
        "campaign": campaign,
        "rulebook": rulebook_of(case),
        "state_label": state_label(case),
        "state_tone": state_tone(case, request.actor),
        "sandbox": case.is_sandbox,
        "steps": step_links(case, request.actor),
        "due": None if case.closed_at else last_day(case.next_due_at),
        "form": form,
        "page": page,
        "progress": progress,
        "inspectors": inspectors,
        "grades": [(grade, label, sum(row[grade] for row in inspectors)) for grade, label in Grade.choices],
        "figures": overviews.item_figures(everything) if any(row["over"] for row in inspectors) else [],
        "started": case.state not in (CampaignState.DRAFT, CampaignState.PROPOSED, CampaignState.DROPPED),
        "unopened": _unopened(case, campaign, sum(one["count"] for one in progress)),
        "reach": organising.reach(campaign).count() if case.state == CampaignState.DRAFT else None,
        "kind_label": CampaignKind(campaign.kind).label,
        "selection_label": Selection(campaign.selection).label,
    }
    return render(request, "inspections/campaigns/detail.html", context)


@requires_role(*STAFF)
@require_GET
def campaign_export(request: HttpRequest, number: str) -> HttpResponse:
    """The inspections that the same filters leave, as a spreadsheet."""
    case = case_or_404(request, number, CaseKind.CAMPAIGN)
    everything = overviews.inspections_of(request.actor).filter(campaign=case.campaign)
    inspectors = list(everything.order_by().values_list("inspector_id", "inspector__name").distinct())
    form = InspectionFilter(request.GET, inspectors=[(str(pk), name) for pk, name in inspectors] or [("", "")])
    rows = [_cells(one) for one in filtered_rows(everything, form, request)[:MOST_ROWS]]
    return xlsx_response("inspections", EXPORTED, rows)


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the bases; a second draw needs a reason and both stay on record."""
    case = case_or_404(request, number, CaseKind.CAMPAIGN)
    if request.method == "GET" and not may(case, "draw", request.actor):
        messages.warning(request, NOT_YOURS.message)
        return redirect("inspections:campaign", number=number)
    campaign = case.campaign
    form = DrawForm(request.POST if request.method == "POST" else None, again=bool(campaign.draw_log))
    problems = Problems()
    if request.method == "POST" and (form.is_valid() if form.fields else True):
        reason = form.cleaned_data["reason"] if form.fields else ""
        act, problems = run_step(request, lambda: draws.draw(case, request.actor, reason))
        if act is not None:
            messages.success(request, "已抽取，种子和名单指纹已记入办理记录。")
            return redirect("inspections:draw_proof", number=number)
    context = {
        "heading": "随机抽取基地",
        "case": case,
        "campaign": campaign,
        "form": form,
        "problems": problems,
        "pool": organising.reach(campaign).count(),
        "sandbox": case.is_sandbox,
    }
    status = 422 if form.errors else problems.status
    return render(request, "inspections/campaigns/draw.html", context, status=status)


@requires_role(*STAFF)
@require_GET
def draw_proof(request: HttpRequest, number: str) -> HttpResponse:
    """Every draw with its seed and pool, made again on the spot, so that anybody can check it."""
    case = case_or_404(request, number, CaseKind.CAMPAIGN)
    log = case.campaign.draw_log
    if not log:
        raise Http404
    asked = request.GET.get("draw", "")
    index = int(asked) - 1 if asked.isascii() and asked.isdigit() and len(asked) < 4 else len(log) - 1
    entry = log[index] if 0 <= index < len(log) else log[-1]
    chosen = set(entry["chosen"])
    order = [
        {"place": place, "number": base, "sha256": digest, "drawn": base in chosen}
        for place, (base, digest) in enumerate(draws.order_of(entry["seed"], entry["pool"]), 1)
    ]
    context = {
        "heading": "抽取复核",
        "case": case,
        "entry": entry,
        "drawn_at": parse_datetime(entry["at"]),
        "log": list(enumerate(log, 1)),
        "asked": log.index(entry) + 1,
        "repeated": draws.checked(entry),
        "page": Paginator(order, 50).get_page(request.GET.get("page")),
        "sandbox": case.is_sandbox,
    }
    return render(request, "inspections/campaigns/draw_proof.html", context)


def present(row: Inspection, request: HttpRequest) -> None:
    """Add what a list shows of an inspection."""
    row.state_label = InspectionState(row.case.state).label
    row.state_tone = state_tone(row.case, request.actor)
    row.due = None if row.case.closed_at else last_day(row.case.next_due_at)
    signed = row.case.state == InspectionState.CONCLUDED
    row.grade_label = Grade(row.grade).label if signed and row.grade else ""
    row.grade_tone = {"excellent": "success", "good": "info", "failed": "danger"}.get(row.grade, "neutral")


def filtered_rows(rows: QuerySet[Inspection], form: InspectionFilter, request: HttpRequest) -> QuerySet[Inspection]:
    found = kept(form)
    if "state" in found:
        rows = rows.filter(case__state=found["state"])
    if "grade" in found:
        rows = rows.filter(grade=found["grade"], case__state=InspectionState.CONCLUDED)
    if "inspector" in found:
        rows = rows.filter(inspector_id=int(found["inspector"]))
    if found.get("view") == "todo":
        rows = rows.filter(case__turn_organisation=request.actor.organisation)
    sort = overviews.INSPECTION_SORTS.get(request.GET.get("sort", ""), overviews.INSPECTION_SORTS["-opened"])
    return overviews.searched(rows, found.get("q", "")).order_by(*sort)


def _cells(one: Inspection) -> list[object]:
    signed = one.case.state == InspectionState.CONCLUDED
    due = None if one.case.closed_at else last_day(one.case.next_due_at)
    return [
        one.case.number,
        one.base.number,
        one.base.institution_name,
        one.inspector.name,
        InspectionState(one.case.state).label,
        due.isoformat() if due else "",
        one.self_late_days,
        Grade(one.grade).label if signed and one.grade else "",
        "是" if signed and one.commended else "",
    ]


def _unopened(case: Case, campaign: Campaign, opened: int) -> int:
    if case.state != CampaignState.RUNNING or opened >= len(campaign.chosen):
        return 0
    return len(launches.waiting_numbers(campaign))


def _rulebook_today(request: HttpRequest) -> Rulebook:
    return rulebooks.rulebook(request.actor.organisation.jurisdiction_id, timezone.localdate())


def _refused(offer: organising.Offer) -> Any:
    from apps.cases.workflow import Problem

    return [Problem("kind_refused", offer.refusal, offer.articles)]


def _form(request: HttpRequest, rulebook: Rulebook, kind: str, campaign: Campaign | None) -> CampaignForm:
    organisation = campaign.organiser if campaign else request.actor.organisation
    if campaign is not None:
        sandbox = campaign.case.is_sandbox
    else:
        sandbox = request.method == "POST" and bool(request.POST.get("sandbox"))
    reachable = organising.candidates(organisation, rulebook, kind, sandbox=sandbox)
    bases = [(number, f"{name}（{number}）") for number, name in reachable.values_list("number", "institution_name")]
    commissions = organising.commissions(rulebook, kind)
    return CampaignForm(
        request.POST if request.method == "POST" else None,
        initial=campaign_initial(campaign, kind),
        rulebook=rulebook,
        commissionable=organising.commissionable(rulebook.jurisdiction) if commissions else None,
        units=campaigns.unit_choices(organisation, rulebook, kind, sandbox=sandbox),
        bases=bases,
        editing=campaign is not None,
    )


def _form_page(
    request: HttpRequest,
    form: CampaignForm,
    problems: Problems,
    rulebook: Rulebook,
    kind: str,
    campaign: Campaign | None,
) -> HttpResponse:
    organisation = campaign.organiser if campaign else request.actor.organisation
    context = {
        "heading": "修改检查方案" if campaign else f"拟定{CampaignKind(kind).label}方案",
        "form": form,
        "problems": problems,
        "rulebook": rulebook,
        "provision": organising.provision_of(rulebook, kind),
        "case": campaign.case if campaign else None,
        "reachable": len(form.known),
        "unreachable": organising.without_inspector(organisation, rulebook, kind, sandbox=False),
        "sandbox": campaign.case.is_sandbox if campaign else False,
    }
    status = 422 if form.is_bound and form.errors else problems.status
    return render(request, "inspections/campaigns/form.html", context, status=status)

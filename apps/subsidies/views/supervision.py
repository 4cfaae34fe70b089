"""Pages of third-party supervision: the authority's commissions, the supervisor's own awards and reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Attachment, Case
from apps.cases.paging import keyed_page
from apps.cases.selectors import documents_of, readable_documents
from apps.cases.web import Problems, case_or_404, rulebook_of, run_step, state_label, state_tone
from apps.cases.workflow.engine import may
from apps.subsidies.forms.acceptances import ReasonForm
from apps.subsidies.forms.supervision import AssignForm, SupervisionFilter, SupervisionReportForm
from apps.subsidies.models import Award, AwardLine, SupervisorAssignment
from apps.subsidies.services import supervision
from apps.subsidies.services.acceptance_content import categories, targets_of, wanted
from apps.subsidies.workflow.people import funding_of

OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, Role.FINANCE_OFFICER)


@requires_role(Role.FUND_SUPERVISOR)
@require_GET
def supervised_awards(request: HttpRequest) -> HttpResponse:
    """The awards assigned to the person, and none else."""
    form = SupervisionFilter(request.GET)
    found = supervision.own_assignments(request.actor).select_related("award__case__institution", "award__cycle")
    text = form.value()
    if text:
        found = found.filter(
            Q(award__case__number__iexact=text)
            | Q(award__title__icontains=text)
            | Q(award__case__institution__name__icontains=text)
        )
    page = keyed_page(found.order_by("-pk"), request.GET.get("page"))
    rows = [
        {"assignment": one, "award": one.award, "case": one.award.case, "state": state_label(one.award.case)}
        for one in page.rows
    ]
    context = {"form": form, "page": page, "rows": rows, "filtered": bool(text)}
    return render(request, "subsidies/supervision/list.html", context)


def _assigned_or_404(request: HttpRequest, number: str) -> tuple[Award, SupervisorAssignment]:
    found = supervision.own_assignments(request.actor).select_related(
        "award__case__institution", "award__case__authority", "award__base", "award__cycle"
    )
    assignment = get_object_or_404(found, award__case__number=number)
    return assignment.award, assignment


def _frame(award: Award, heading: str) -> dict[str, Any]:
    provision = funding_of(award.case).supervision
    return {
        "award": award,
        "case": award.case,
        "base": award.base,
        "heading": heading,
        "rulebook": rulebook_of(award.case),
        "article": provision.article if provision else "",
        "sandbox": award.case.is_sandbox,
        "state_label": state_label(award.case),
    }


@requires_role(Role.FUND_SUPERVISOR)
@require_GET
def supervised_award(request: HttpRequest, number: str) -> HttpResponse:
    """One assigned award, read-only: its lines, targets, business, documents, and the person's own reports."""
    award, assignment = _assigned_or_404(request, number)
    labels = categories(award)
    business = list(supervision.business_of(award, request.actor)[:200])
    context = _frame(award, award.title or "受托监管的资助") | {
        "assignment": assignment,
        "lines": [
            {"line": one, "label": labels.get(one.category, (one.category, ""))[0], "left_fen": _left(one)}
            for one in AwardLine.objects.filter(award=award)
        ],
        "targets": [{"target": one, "wanted": wanted(one)} for one in targets_of(award)],
        "business": [
            {"case": one, "state": state_label(one), "tone": state_tone(one, request.actor)} for one in business
        ],
        "documents": [
            *documents_of(award.case, request.actor),
            *readable_documents(request.actor).filter(case__in=[one.pk for one in business]).defer("content"),
        ],
        "reports": _reports(award, request),
        "may_report": may(award.case, "record_supervision", request.actor),
    }
    return render(request, "subsidies/supervision/award.html", context)


def _left(line: AwardLine) -> int:
    """What may still be paid of the line, in fen."""
    return line.amount_fen - line.released_fen - line.paid_fen


def _reports(award: Award, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"report": report, "files": _files(award.case, files)}
        for report, files in supervision.reports_of(award, request.actor)
    ]


def _files(case: Case, files: list[Attachment]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "url": reverse("cases:attachment", args=[case.number, one.pk]),
            "size": one.size,
            "uploaded_at": one.uploaded_at,
        }
        for one in files
    ]


@requires_role(Role.FUND_SUPERVISOR)
@require_http_methods(["GET", "POST"])
def supervision_report(request: HttpRequest, number: str) -> HttpResponse:
    """Report on an assigned award."""
    award, assignment = _assigned_or_404(request, number)
    form = SupervisionReportForm(request.POST or None, request.FILES or None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        act, problems = run_step(request, lambda: _record(award, request, data))
        if act is not None:
            messages.success(request, "监管报告已提交。")
            return redirect("subsidies:supervised_award", number=number)
    elif request.method == "GET" and not may(award.case, "record_supervision", request.actor):
        messages.warning(request, "这项资助现在不能提交监管报告。")
        return redirect("subsidies:supervised_award", number=number)
    context = _frame(award, "提交监管报告") | {"assignment": assignment, "form": form, "missing": problems}
    status = problems.status if problems else 422 if form.errors else 200
    return render(request, "subsidies/supervision/report.html", context, status=status)


def _record(award: Award, request: HttpRequest, data: dict[str, Any]) -> Act:
    made = supervision.record(
        award.case, request.actor, text=data["text"], has_concerns=data["has_concerns"], upload=data["file"]
    )
    return made.act


@requires_role(*OFFICE)
@require_http_methods(["GET", "POST"])
def supervisors(request: HttpRequest, number: str) -> HttpResponse:
    """Who supervises an award, what they report; the officer commissions and ends."""
    case = case_or_404(request, number, CaseKind.AWARD)
    if case.authority_id != request.actor.organisation.pk:
        raise Http404
    award = Award.objects.select_related("base__managing_unit", "cycle").get(pk=case.pk)
    award.case = case
    available = supervision.available(case)
    ending = request.POST.get("action") == "end"
    form = AssignForm(request.POST if request.method == "POST" and not ending else None, people=available)
    reason = ReasonForm(request.POST if ending else None, prefix="end")
    problems = Problems()
    if request.method == "POST":
        act: Act | None = None
        if ending and reason.is_valid():
            chosen = get_object_or_404(_running(award), pk=_number(request.POST.get("assignment", "")))
            text = reason.cleaned_data["reason"]
            act, problems = run_step(request, lambda: supervision.end(case, request.actor, chosen, text))
        elif not ending and form.is_valid():
            person = next(one for one, _ in available if one.pk == form.cleaned_data["person"])
            task = form.cleaned_data["task"]
            act, problems = run_step(request, lambda: supervision.assign(case, request.actor, person, task))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”。")
            return redirect("subsidies:supervisors", number=number)
    context = _frame(award, "第三方监管") | {
        "form": form,
        "reason_form": reason,
        "missing": problems,
        "running": _running(award),
        "ended": award.supervisors.filter(ended_at__isnull=False).select_related("user", "organisation"),
        "excluded": [(one, ties) for one, ties in available if ties],
        "reports": _reports(award, request),
        "may_assign": may(case, "assign_supervisor", request.actor),
    }
    status = problems.status if problems else 422 if form.errors or reason.errors else 200
    return render(request, "subsidies/supervision/supervisors.html", context, status=status)


def _running(award: Award) -> Any:
    return award.supervisors.filter(ended_at__isnull=True).select_related("user", "organisation")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

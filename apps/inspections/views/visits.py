"""The on-site visit: arranged, noted down on a phone, confirmed by the base."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.attachments import AttachmentRefused
from apps.cases.clocks import last_day
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import NOT_YOURS, Problems, case_or_404, rulebook_of, run_step, state_label, step_links
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may
from apps.inspections.enums import Verdict
from apps.inspections.forms.inspections import ConfirmVisitForm, EntryForm, VisitPlanForm
from apps.inspections.models import Inspection, VisitEntry
from apps.inspections.services import inspections, visits
from apps.inspections.services.item_rows import item_rows
from apps.inspections.views.campaigns import OFFICERS


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def visit_plan(request: HttpRequest, number: str) -> HttpResponse:
    """Say when the visit is and who goes."""
    case = case_or_404(request, number, CaseKind.INSPECTION)
    if request.method == "GET" and not may(case, "start_visit", request.actor):
        return _not_now(request, case)
    form = VisitPlanForm(request.POST if request.method == "POST" else None, initial={"visit_on": timezone.localdate()})
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: inspections.start_visit(case, request.actor, **form.cleaned_data))
        if act is not None:
            messages.success(request, "已安排实地检查。到现场后打开“现场记录”。")
            return redirect("inspections:visit", number=number)
    context = _context(case, "安排实地检查") | {"form": form, "problems": problems}
    status = 422 if form.errors else problems.status
    return render(request, "inspections/inspections/visit_plan.html", context, status=status)


@requires_role(*OFFICERS)
@require_http_methods(["GET"])
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """The page that is open on the phone during the visit; it works on without network."""
    case = case_or_404(request, number, CaseKind.INSPECTION)
    if not may(case, "record_visit", request.actor):
        return _not_now(request, case)
    return _visit_page(request, case)


@requires_role(*OFFICERS)
@require_POST
def visit_entry(request: HttpRequest, number: str) -> HttpResponse:
    """Take one entry from the phone (JSON) or from the page's own form; the same one twice is taken once."""
    case = case_or_404(request, number, CaseKind.INSPECTION)
    asked = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    form = EntryForm(request.POST, request.FILES)
    problems: list[str] = []
    status, final = 422, True
    if form.is_valid() and form.cleaned_data["noter"] not in ("", str(request.user.pk)):
        # Somebody else has signed in on this phone since; the entries stay with who took them.
        problems, status, final = ["本机已换人登录，请用原账号登录后再发送。"], 403, False
    elif form.is_valid():
        try:
            entry = visits.record_entry(case, request.actor, form.note(), form.cleaned_data["photo"])
        except AttachmentRefused as error:
            problems = [str(error)]
        except WorkflowError as error:
            problems = [problem.message for problem in error.problems]
            status = error.status
            final = all(problem.code != "conflict" for problem in error.problems)
        else:
            if asked:
                return JsonResponse({"client_id": str(entry.client_id), "received_at": _time(entry)})
            messages.success(request, "已记录。")
            return redirect("inspections:visit", number=number)
    else:
        problems = [error for errors in form.errors.values() for error in errors]
    if asked:
        return JsonResponse({"detail": "；".join(problems), "final": final}, status=status)
    return _visit_page(request, case, problems=problems, typed=form, status=status)


@requires_role(Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def confirm_visit(request: HttpRequest, number: str) -> HttpResponse:
    """The base's head reads what was noted and confirms it, with a remark."""
    case = case_or_404(request, number, CaseKind.INSPECTION)
    if request.method == "GET" and not may(case, "confirm_visit", request.actor):
        return _not_now(request, case)
    form = ConfirmVisitForm(request.POST if request.method == "POST" else None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        remark = form.cleaned_data["remark"]
        act, problems = run_step(request, lambda: inspections.confirm_visit(case, request.actor, remark))
        if act is not None:
            messages.success(request, "已确认现场记录。")
            return redirect("cases:detail", number=number)
    inspection = _inspection(case)
    context = _context(case, "确认现场记录") | {
        "form": form,
        "problems": problems,
        "inspection": inspection,
        "rows": item_rows(inspection, request.actor),
        "due": last_day(case.next_due_at),
    }
    status = 422 if form.errors else problems.status
    return render(request, "inspections/inspections/confirm_visit.html", context, status=status)


def _visit_page(
    request: HttpRequest,
    case: Case,
    *,
    problems: list[str] | None = None,
    typed: EntryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    inspection = _inspection(case)
    entries: dict[int, list[VisitEntry]] = {}
    for entry in VisitEntry.objects.filter(inspection=inspection).select_related("photo", "noted_by"):
        entries.setdefault(entry.item_id, []).append(entry)
    again = typed.data if typed is not None else {}
    rows = [
        {
            "row": row,
            "entries": entries.get(row.item.pk, []),
            "client_id": uuid.uuid4(),
            "typed": again if again.get("item") == row.item.code else {},
        }
        for row in item_rows(inspection, request.actor, without=("visit_text",))
    ]
    steps = [step for step in step_links(case, request.actor) if step["name"] == "close_visit"]
    context = _context(case, f"现场记录：{inspection.base.institution_name}") | {
        "inspection": inspection,
        "rows": rows,
        "verdicts": Verdict.choices,
        "problems": problems or [],
        "steps": steps,
    }
    return render(request, "inspections/inspections/visit.html", context, status=status)


def _context(case: Case, heading: str) -> dict[str, Any]:
    return {"heading": heading, "case": case, "rulebook": rulebook_of(case), "sandbox": case.is_sandbox}


def _inspection(case: Case) -> Inspection:
    return (
        Inspection.objects.select_related("case", "campaign", "base", "inspector")
        .prefetch_related("items")
        .get(pk=case.pk)
    )


def _not_now(request: HttpRequest, case: Case) -> HttpResponse:
    messages.warning(request, f"本件现为“{state_label(case)}”，或{NOT_YOURS.message}")
    return redirect("cases:detail", number=case.number)


def _time(entry: VisitEntry) -> str:
    return timezone.localtime(entry.received_at).isoformat()

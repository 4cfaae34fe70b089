"""The case page, the confirmation page of a step, the list of cases and the files filed with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting
from apps.cases import actions, exports, listing, selectors, web
from apps.cases.forms import StepForm
from apps.cases.models import Act, Case
from apps.cases.presenting import case_page
from apps.cases.workflow import Transition, workflow_for
from apps.cases.workflow.engine import perform, road_of

EXPORT_HEAD = ("编号", "事项", "业务", "申报单位", "状态", "当前办理", "期限", "建立时间")


@acting
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """全部办件: the cases of the organisation acted for, by filters that live in the address."""
    form = listing.filter_form(request.GET, request.actor)
    values, sort = form.values(), request.GET.get("sort", "")
    page = listing.page_of(request.actor, values, sort, _page_number(request))
    context = {"heading": "办件", "form": form, "page": page, "sort": sort, "filtered": bool(values)}
    return render(request, "cases/list.html", context)


@acting
@require_GET
def export(request: HttpRequest, file_format: str) -> HttpResponse:
    """The filtered list as a file, at most MOST_ROWS rows."""
    writers = {"csv": exports.csv_response, "xlsx": exports.xlsx_response}
    if file_format not in writers:
        raise Http404
    values = listing.filter_form(request.GET, request.actor).values()
    sort = request.GET.get("sort", "")
    cases = listing.sorted_by(listing.filtered(request.actor, values, sort), sort)
    rows = [listing.row(case, request.actor) for case in selectors.with_names(cases)[: exports.MOST_ROWS]]
    return writers[file_format]("cases", EXPORT_HEAD, map(_cells, rows))


def _cells(row: dict[str, Any]) -> list[object]:
    names = ("number", "title", "kind_label", "institution", "state_label", "turn", "due")
    return [*(row[name] for name in names), timezone.localtime(row["opened_at"]).strftime("%Y-%m-%d %H:%M")]


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1


@acting
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what it is about, what to do next and by when, its documents, time limits, parties and history."""
    case = web.case_or_404(request, number)
    return render(request, "cases/detail.html", case_page(case, request.actor))


@acting
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Confirm a step that asks for nothing but a reason. A step with a page of its own leads there."""
    case = web.case_or_404(request, number)
    if actions.page_for(case.kind, step):
        return redirect(web.step_url(case, step))
    workflow = workflow_for(case.kind)
    transition = workflow.find(step, case.state, case, road_of(case))
    if transition is None:
        messages.warning(request, f"本件现为“{web.state_label(case)}”，不能办理这一步；可能刚刚已由他人办理。")
        return redirect("cases:detail", number=number)
    offered = next((one for one in web.offered_steps(case, request.actor) if one.transition.name == step), None)
    form = StepForm(request.POST or None, reason_required=transition.reason)
    problems = web.Problems(offered.problems if offered else (), 200)
    if offered is None:
        problems = web.Problems([web.NOT_YOURS], 403)
    elif request.method == "POST" and form.is_valid():
        act, problems = web.run_step(request, lambda: _take(case, step, request, form.cleaned_data["reason"]))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”，并记入办理记录。")
            return redirect("cases:detail", number=number)
    status = problems.status if request.method == "POST" or offered is None else 200
    if request.method == "POST" and form.errors:
        status = 422
    return render(request, "cases/step.html", _step_page(case, transition, form, problems), status=status)


def _take(case: Case, step: str, request: HttpRequest, reason: str) -> Act:
    service = actions.service_for(case.kind, step)
    if service is not None:
        return service(case, request.actor, reason)
    return perform(case, step, request.actor, reason=reason)


def _step_page(case: Case, transition: Transition, form: StepForm, problems: web.Problems) -> dict[str, Any]:
    workflow = workflow_for(case.kind)
    road = road_of(case)
    return {
        "case": case,
        "heading": transition.label,
        "transition": transition,
        "articles": transition.articles(case, road) if transition.articles else (),
        "rulebook": web.rulebook_of(case),
        "from_label": web.state_label(case),
        "to_label": workflow.states[transition.target] if transition.target else "",
        "final": transition.target in workflow.final,
        "form": form,
        "problems": problems,
        "sandbox": case.is_sandbox,
    }


@acting
@require_GET
def attachment(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of a case the person may read: always a download, never shown by the browser."""
    files = selectors.readable_attachments(request.actor).filter(removed_at__isnull=True)
    found = get_object_or_404(files, case__number=number, pk=pk)
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response

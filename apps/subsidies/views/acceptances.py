"""Pages of acceptance for the institution: the list, starting one, filling in the report, sending it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.bases.selectors import visible_bases
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Attachment, Case
from apps.cases.paging import keyed_page
from apps.cases.selectors import readable_cases
from apps.cases.web import NOT_YOURS, Problems, case_or_404, rulebook_of, run_step, state_label
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may
from apps.subsidies.forms.acceptances import AcceptanceFilter, ReportForm
from apps.subsidies.models import Acceptance, Award
from apps.subsidies.services import acceptance_checks, acceptance_lists, acceptances
from apps.subsidies.services.acceptance_content import LINES, PARTS, ReportDraft
from apps.subsidies.workflow.people import scheme_of

EXPORTED = (
    "办件编号",
    "单位",
    "项目",
    "状态",
    "验收项目数",
    "实际支出（元）",
    "核定金额（元）",
    "验收日期",
    "当前办理",
)
EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


@acting
@require_GET
def acceptance_list(request: HttpRequest) -> HttpResponse:
    """The acceptances the actor may open."""
    form = AcceptanceFilter(request.GET)
    found = acceptance_lists.acceptances_of(request.actor, form.values(), request.GET.get("sort", ""))
    page = keyed_page(found, request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": acceptance_lists.with_sums(page.rows),
        "filtered": bool(form.values()),
        "own": request.actor.has(*EDITORS),
    }
    return render(request, "subsidies/acceptances/list.html", context)


@acting
@require_GET
def acceptance_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    values = AcceptanceFilter(request.GET).values()
    found = acceptance_lists.acceptances_of(request.actor, values, request.GET.get("sort", ""))
    rows = acceptance_lists.with_sums(list(found[:MOST_ROWS]))
    return xlsx_response("acceptances", EXPORTED, map(_cells, rows))


def _cells(row: dict[str, Any]) -> list[object]:
    sums = [_plain(row["spent_fen"]), _plain(row["accepted_fen"])]
    names = ("number", "institution", "award", "state", "lines")
    return [*(row[name] for name in names), *sums, row["concluded_on"], row["turn"]]


def _plain(fen: int | None) -> str:
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"


@requires_role(*EDITORS)
@require_GET
def acceptance_start(request: HttpRequest, number: str) -> HttpResponse:
    """Choose the award of a base whose lines are to be accepted."""
    bases = visible_bases(request.actor).filter(institution=request.actor.organisation)
    base = get_object_or_404(bases, number=number)
    context = {"base": base, "awards": acceptance_lists.startable(base), "sandbox": base.is_sandbox}
    return render(request, "subsidies/acceptances/start.html", context)


@requires_role(*EDITORS)
@require_POST
def acceptance_new(request: HttpRequest, number: str) -> HttpResponse:
    """Open an acceptance of the award ``number``, or go on with the draft there is."""
    own = readable_cases(request.actor).filter(institution=request.actor.organisation, kind=CaseKind.AWARD)
    case = get_object_or_404(own, number=number)
    award = Award.objects.select_related("case", "base").get(pk=case.pk)
    try:
        made = acceptances.open_acceptance(award, request.actor)
    except WorkflowError as error:
        for problem in error.problems:
            messages.error(request, problem.message)
        return redirect("subsidies:acceptance_start", number=award.base.number)
    return redirect("subsidies:acceptance_form", number=made.case.number)


def acceptance_or_404(request: HttpRequest, number: str) -> Acceptance:
    """The acceptance if the person may read its case; else Http404."""
    case = case_or_404(request, number, CaseKind.ACCEPTANCE)
    acceptance = acceptances.load(case.pk)
    acceptance.case = case
    return acceptance


def _own_or_404(request: HttpRequest, number: str) -> Acceptance:
    acceptance = acceptance_or_404(request, number)
    if acceptance.case.institution_id != request.actor.organisation.pk or not request.actor.has(*EDITORS):
        raise Http404
    return acceptance


def frame(acceptance: Acceptance, heading: str) -> dict[str, Any]:
    """What every page of an acceptance shows in its head."""
    case = acceptance.case
    return {
        "case": case,
        "acceptance": acceptance,
        "award": acceptance.award,
        "base": acceptance.award.base,
        "heading": heading,
        "rulebook": rulebook_of(case),
        "article": scheme_of(case).paid_under,
        "sandbox": case.is_sandbox,
        "state_label": state_label(case),
    }


@acting
@require_http_methods(["GET", "POST"])
def acceptance_form(request: HttpRequest, number: str) -> HttpResponse:
    """The report: shown, and saved whole. What was typed is kept whatever is wrong with it."""
    acceptance = _own_or_404(request, number)
    if request.method == "GET":
        if not acceptances.may_fill_in(acceptance.case, request.actor):
            return redirect("cases:detail", number=number)
        return _form_page(request, acceptance)
    values = ReportDraft(acceptance).parsed(request.POST)
    typed = _with(acceptance, values)
    try:
        acceptances.save_draft(acceptance, values, _posted_version(request), request.actor)
    except acceptances.DraftConflict as conflict:
        return _form_page(request, typed, current=conflict.current, status=409)
    except WorkflowError as error:
        return _form_page(request, typed, problems=list(error.problems), status=error.status)
    messages.success(request, "已保存。")
    if request.POST.get("save") == "next":
        return redirect("subsidies:acceptance_submit", number=number)
    return redirect(reverse("subsidies:acceptance_form", args=[number]) + "?check=1")


def _with(acceptance: Acceptance, values: dict[str, Any]) -> Acceptance:
    acceptance.data = values
    return acceptance


def _posted_version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def _form_page(
    request: HttpRequest,
    acceptance: Acceptance,
    *,
    problems: list[Any] | None = None,
    current: Acceptance | None = None,
    status: int = 200,
) -> HttpResponse:
    draft = ReportDraft(acceptance)
    form = ReportForm(draft, show_missing="check" in request.GET or request.method == "POST")
    form.is_valid()
    context = frame(acceptance, "验收申请") | {
        "form": form,
        "draft": draft,
        "version": (current or acceptance).data_version,
        "problems": problems or [],
        "conflict": current,
        "progress": navigation(draft),
        "places": acceptance_lists.files_of(acceptance, removable=True),
    }
    return render(request, "subsidies/acceptances/form.html", context, status=status)


def navigation(draft: ReportDraft) -> dict[str, Any]:
    """The parts of the report with their states, for the column beside it."""
    state = draft.completeness()
    url = reverse("subsidies:acceptance_form", args=[draft.acceptance.case.number])
    sections = [
        {"code": code, "title": title, "url": f"{url}#{code}", **state["sections"][code]}
        for code, title in PARTS.items()
    ]
    return {"sections": sections, "complete": state["complete"], "total": state["total"]}


@acting
@require_POST
def acceptance_autosave(request: HttpRequest, number: str) -> JsonResponse:
    """Save the report as it is typed; see static/js/autosave.js for the answers."""
    acceptance = _own_or_404(request, number)
    values = ReportDraft(acceptance).parsed(request.POST)
    try:
        saved = acceptances.save_draft(acceptance, values, _posted_version(request), request.actor)
    except acceptances.DraftConflict as conflict:
        current = conflict.current
        answer = {
            "version": current.data_version,
            "saved_by": current.saved_by.name if current.saved_by else "系统",
            "saved_at": current.saved_at.isoformat() if current.saved_at else None,
            "values": ReportDraft(current).as_post(),
        }
        return JsonResponse(answer, status=409)
    except WorkflowError as error:
        # 409 is the script's word for a faster writer; a locked report is a refusal like any other
        return JsonResponse({"detail": error.problems[0].message}, status=403 if error.status == 403 else 422)
    draft = ReportDraft(saved)
    errors: dict[str, list[str]] = {}
    for gap in draft.gaps:
        if gap.wrong:
            errors.setdefault(gap.field, []).append(f"{gap.message}。")
    return JsonResponse(
        {
            "version": saved.data_version,
            "saved_at": saved.saved_at.isoformat() if saved.saved_at else None,
            "errors": errors,
            "completeness": draft.completeness(),
        }
    )


@acting
@require_POST
def acceptance_files(request: HttpRequest, number: str) -> HttpResponse:
    """File one or several uploads with a line or with the whole; a refused one says why, the others stay."""
    acceptance = _own_or_404(request, number)
    places = {place["key"] for place in acceptance_lists.files_of(acceptance, removable=False)}
    place, uploads = request.POST.get("place", ""), request.FILES.getlist("file")
    if place not in places:
        raise Http404
    refused = [] if uploads else ["请先选择文件，再点上传。"]
    try:
        refused += acceptances.add_files(acceptance, place, uploads, request.actor)
    except WorkflowError as error:
        refused += [problem.message for problem in error.problems]
    for text in refused:
        messages.error(request, text)
    if not refused:
        messages.success(request, f"已上传 {len(uploads)} 个文件。")
    return redirect(reverse("subsidies:acceptance_form", args=[number]) + "#files")


@acting
@require_POST
def acceptance_file_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file off the report."""
    acceptance = _own_or_404(request, number)
    files = Attachment.objects.filter(
        case=acceptance.case, purpose__startswith=acceptances.FILES, removed_at__isnull=True
    )
    attachment = get_object_or_404(files, pk=pk)
    try:
        acceptances.remove_file(acceptance, attachment, request.actor)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        messages.success(request, f"已删除“{attachment.name}”。")
    return redirect(reverse("subsidies:acceptance_form", args=[number]) + "#files")


@acting
@require_http_methods(["GET", "POST"])
def acceptance_submit(request: HttpRequest, number: str) -> HttpResponse:
    """What is still missing, what sending means, and the whole report to be read before it is sent."""
    acceptance = _own_or_404(request, number)
    case = acceptance.case
    if request.method == "POST":
        act, problems = run_step(request, lambda: acceptances.submit(case, request.actor))
        if act is not None:
            messages.success(request, "验收申请已提交。")
            return redirect("cases:detail", number=number)
        return _submit_page(request, acceptance, problems)
    if not acceptances.may_fill_in(case, request.actor):
        return redirect("cases:detail", number=number)
    return _submit_page(request, acceptance, Problems(acceptance_checks.report_problems(acceptance), 200))


def _submit_page(request: HttpRequest, acceptance: Acceptance, problems: Problems) -> HttpResponse:
    form_url = reverse("subsidies:acceptance_form", args=[acceptance.case.number])
    draft = ReportDraft(acceptance)
    context = frame(acceptance, "核对并提交验收申请") | {
        "problems": [
            {"message": one.message, "articles": one.articles, "url": f"{form_url}?check=1#{_anchor(one.where)}"}
            if one.where
            else {"message": one.message, "articles": one.articles}
            for one in problems
        ],
        "draft": draft,
        "progress": navigation(draft),
        "places": acceptance_lists.files_of(acceptance, removable=False),
        "may_submit": may(acceptance.case, "submit", request.actor),
    }
    return render(request, "subsidies/acceptances/submit.html", context, status=problems.status)


def _anchor(where: str) -> str:
    part, _, field = where.removeprefix("part:").partition("#")
    return f"id_{field}" if field and field != LINES else part


def not_yours(case: Case, step: str, request: HttpRequest) -> Problems:
    """Why the person cannot take ``step``; empty where they can."""
    return Problems() if may(case, step, request.actor) else Problems([NOT_YOURS], 403)

"""Filling in a spending report: the period, vouchers in the page, one by one or from a file, scans."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.exports import XLSX
from apps.cases.paging import PAGE_SIZE, Page, page_number
from apps.cases.web import state_label, state_tone
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.subsidies.forms.spending import ReportForm, VoucherForm
from apps.subsidies.models import SpendingReport
from apps.subsidies.services import spending, spending_scans, spending_sheets
from apps.subsidies.services.spending import ReportConflict
from apps.subsidies.services.spending_checks import (
    EDITABLE_ROWS,
    MOST_ROWS,
    Draft,
    first_day,
    live_errors,
    report_problems,
)
from apps.subsidies.workflow.people import funding_of

SHOWN_ERRORS = 100
SHOWN_FILES = 50
CHANGED = "报告刚刚已被他人修改，没有保存。下面已是最新内容，请核对后重试。"
editors = requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


def own_report_or_404(request: HttpRequest, number: str) -> SpendingReport:
    """The report ``number`` of the person's own institution; any other raises Http404."""
    cases = selectors.readable_cases(request.actor).filter(
        kind=CaseKind.SPENDING_REPORT, institution=request.actor.organisation
    )
    related = ("case__turn_organisation", "case__authority", "award__case", "award__cycle", "award__base", "saved_by")
    return get_object_or_404(SpendingReport.objects.select_related(*related), case__in=cases, case__number=number)


@editors
@require_http_methods(["GET", "POST"])
def spending_edit(request: HttpRequest, number: str) -> HttpResponse:
    """The report as it is filled in; what was typed is kept whatever is wrong with it."""
    report = own_report_or_404(request, number)
    if not may(report.case, "edit", request.actor) and request.method == "GET":
        return redirect("cases:detail", number=number)
    if request.method == "GET":
        return _page(request, report)
    values = _values(request, Draft(report))
    try:
        spending.save_draft(report, values, _version(request), request.actor)
    except ReportConflict as conflict:
        report.data = {**conflict.current.data, **values}
        report.data_version = conflict.current.data_version
        return _page(request, report, conflict=conflict.current, status=409)
    except WorkflowError as error:
        report.data = {**report.data, **values}
        return _page(request, report, problems=error.problems, status=error.status)
    messages.success(request, "已保存。")
    if request.POST.get("save") == "next":
        return redirect("cases:step", number=number, step="submit")
    return redirect("subsidies:spending_edit", number=number)


def _values(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    form = ReportForm(request.POST)
    form.is_valid()
    values: dict[str, Any] = {
        "from_on": _plain(form["from_on"].value()),
        "until_on": _plain(form["until_on"].value()),
        "is_final": bool(form.cleaned_data.get("is_final")),
        "summary": str(form.cleaned_data.get("summary", form["summary"].value() or "")).replace("\x00", ""),
    }
    if len(draft.rows) <= EDITABLE_ROWS:
        rows = draft.table.parse(request.POST)
        if rows is not None:
            values["rows"] = rows
    return values


def _plain(typed: Any) -> str:
    """A day as typed, without the character that a database refuses."""
    return str(typed or "").replace("\x00", "")[:20]


def _version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1


def _page(
    request: HttpRequest, report: SpendingReport, *, problems: Any = (), status: int = 200, conflict: Any = None
) -> HttpResponse:
    draft = Draft(report)
    form = ReportForm(initial={name: report.data.get(name, "") for name in ReportForm.base_fields})
    long = len(draft.rows) > EDITABLE_ROWS
    earliest, bound = first_day(report.award, report)
    vouchers = {row["voucher"] for row in draft.checked.rows}
    context = _frame(report) | {
        "form": form,
        "draft": draft,
        "formset": None if long else draft.table.formset(draft.rows),
        "page": _row_page(draft, request.GET) if long else None,
        "table_errors": live_errors(draft)[:20],
        "missing": report_problems(report),
        "problems": list(problems),
        "conflict": conflict,
        "earliest": earliest,
        "bound": bound,
        "scan_count": len(draft.scans.files),
        "idle": draft.scans.idle(vouchers)[:SHOWN_FILES],
        "whole": draft.scans.whole,
        "query": request.GET.get("q", ""),
    }
    return render(request, "subsidies/spending/edit.html", context, status=status)


def _frame(report: SpendingReport) -> dict[str, Any]:
    rules = rules_of(report.case)
    return {
        "report": report,
        "case": report.case,
        "base": report.award.base,
        "award": report.award,
        "rulebook": rules,
        "article": funding_of(report.case).audit_article,
        "state_label": state_label(report.case),
        "state_tone": state_tone(report.case, None),
        "version": report.data_version,
    }


def _row_page(draft: Draft, query: Any) -> Page:
    """One page of the typed vouchers, searched; each with its place, counted from 1."""
    wanted = str(query.get("q", "")).strip().casefold()
    rows = [
        {"place": place, "cells": [column.display(row.get(column.name, "")) for column in draft.table.columns]}
        for place, row in enumerate(draft.rows, start=1)
    ]
    if wanted:
        rows = [row for row in rows if any(wanted in str(cell).casefold() for cell in row["cells"])]
    number = page_number(query.get("page"))
    start = (number - 1) * PAGE_SIZE
    return Page(rows[start : start + PAGE_SIZE], number, len(rows) > start + PAGE_SIZE, len(rows))


@editors
@require_POST
def spending_autosave(request: HttpRequest, number: str) -> JsonResponse:
    """Save as it is typed; see static/js/autosave.js for the answers."""
    report = own_report_or_404(request, number)
    draft = Draft(report)
    try:
        saved = spending.save_draft(report, _values(request, draft), _version(request), request.actor)
    except ReportConflict as conflict:
        now = Draft(conflict.current)
        values = {name: str(now.report.data.get(name, "")) for name in ("from_on", "until_on", "summary")}
        if len(now.rows) <= EDITABLE_ROWS:
            values |= now.table.as_post(now.rows)
        by = conflict.current.saved_by
        at = conflict.current.saved_at
        answer = {
            "version": conflict.current.data_version,
            "saved_by": by.name if by else "系统",
            "saved_at": at.isoformat() if at else None,
            "values": values,
        }
        return JsonResponse(answer, status=409)
    except WorkflowError as error:
        # 409 is the script's word for a faster writer; a locked report is a refusal like any other
        return JsonResponse({"detail": error.problems[0].message}, status=403 if error.status == 403 else 422)
    saved_at = saved.saved_at.isoformat() if saved.saved_at else None
    errors = {"rows": live_errors(Draft(saved))[:20]}
    return JsonResponse({"version": saved.data_version, "saved_at": saved_at, "errors": errors})


@editors
@require_http_methods(["GET", "POST"])
def spending_voucher(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """One voucher: a new one (place 0), or the one at ``place``; it may also be taken out."""
    report = own_report_or_404(request, number)
    draft = Draft(report)
    rows = draft.rows
    if place > len(rows):
        raise Http404
    if not may(report.case, "edit", request.actor):
        return redirect("cases:detail", number=number)
    form = VoucherForm(
        request.POST if request.method == "POST" else None,
        table=draft.table,
        initial=rows[place - 1] if place else None,
    )
    problems: tuple[Any, ...] = ()
    status = 200
    removing = place > 0 and request.POST.get("remove") == "1"
    if request.method == "POST" and (removing or form.is_valid()):
        if removing:
            rows.pop(place - 1)
        elif place:
            rows[place - 1] = form.row()
        else:
            rows.append(form.row())
        try:
            spending.save_draft(report, {"rows": rows}, _version(request), request.actor)
        except ReportConflict as conflict:
            messages.error(request, CHANGED)
            report, status = conflict.current, 409
        except WorkflowError as error:
            problems, status = error.problems, error.status
        else:
            messages.success(request, "已删除这张凭证。" if removing else "已保存这张凭证。")
            again = request.POST.get("again") == "1"
            target = "subsidies:spending_voucher" if again else "subsidies:spending_edit"
            return redirect(target, number=number, **({"place": 0} if again else {}))
    elif request.method == "POST":
        status = 422
    context = _frame(report) | {"form": form, "place": place, "problems": list(problems)}
    return render(request, "subsidies/spending/voucher.html", context, status=status)


@editors
@require_http_methods(["GET", "POST"])
def spending_import(request: HttpRequest, number: str) -> HttpResponse:
    """Paste or upload vouchers: all rows or none, and every wrong cell is named."""
    report = own_report_or_404(request, number)
    if not may(report.case, "edit", request.actor):
        return redirect("cases:detail", number=number)
    if request.method == "GET":
        return _import_page(request, report)
    upload, pasted = request.FILES.get("file"), request.POST.get("text", "")
    if upload is None and not pasted.strip():
        return _import_page(request, report, problem="请选择文件，或把表格粘贴到文本框中。", status=422)
    try:
        sheet = (
            spending_sheets.read_file(report, upload)
            if upload is not None
            else spending_sheets.read_text(report, pasted)
        )
        append = request.POST.get("mode") == "append"
        done = spending_sheets.import_rows(report, sheet, _version(request), request.actor, append=append)
    except spending_sheets.NotReadable as error:
        return _import_page(request, report, problem=str(error), status=422)
    except ReportConflict as conflict:
        return _import_page(request, conflict.current, problem=CHANGED, status=409)
    except WorkflowError as error:
        return _import_page(request, report, problem=error.problems[0].message, status=error.status)
    if done.errors:
        return _import_page(request, report, errors=done.errors, status=422)
    messages.success(request, f"已导入 {done.count} 张凭证。")
    return redirect("subsidies:spending_edit", number=number)


def _import_page(
    request: HttpRequest, report: SpendingReport, *, problem: str = "", errors: Any = (), status: int = 200
) -> HttpResponse:
    draft = Draft(report)
    context = _frame(report) | {
        "columns": draft.table.columns,
        "most_rows": MOST_ROWS,
        "row_count": sum(not draft.table.blank(row) for row in draft.rows),
        "text": request.POST.get("text", ""),
        "mode": request.POST.get("mode", "replace"),
        "problem": problem,
        "errors": list(errors)[:SHOWN_ERRORS],
        "more_errors": max(0, len(errors) - SHOWN_ERRORS),
    }
    return render(request, "subsidies/spending/import.html", context, status=status)


@editors
@require_GET
def spending_template(request: HttpRequest, number: str) -> HttpResponse:
    """The empty table as a spreadsheet."""
    return _spreadsheet(spending_sheets.template_file(own_report_or_404(request, number)), "vouchers-template")


@editors
@require_GET
def spending_draft_file(request: HttpRequest, number: str) -> HttpResponse:
    """The vouchers as typed, as a spreadsheet to be changed and taken in again."""
    return _spreadsheet(spending_sheets.export_file(Draft(own_report_or_404(request, number))), f"vouchers-{number}")


def _spreadsheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@editors
@require_POST
def spending_scans_add(request: HttpRequest, number: str) -> HttpResponse:
    """File several scans at once; a refused one says why, the others stay."""
    report = own_report_or_404(request, number)
    uploads = request.FILES.getlist("scans")
    try:
        refused = spending_scans.add_scans(report, request.actor, uploads)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
        return redirect("subsidies:spending_edit", number=number)
    for text in refused or ([] if uploads else ["请先选择文件，再点上传。"]):
        messages.error(request, text)
    if len(uploads) > len(refused):
        messages.success(request, f"已上传 {len(uploads) - len(refused)} 个扫描件，并按文件名与凭证号对应。")
    return redirect("subsidies:spending_edit", number=number)


@editors
@require_POST
def spending_scan(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say which vouchers a scan proves, or take it away."""
    report = own_report_or_404(request, number)
    scan = get_object_or_404(report.case.attachments.filter(purpose=spending_scans.PURPOSE), pk=pk)
    try:
        if request.POST.get("remove") == "1":
            spending_scans.remove_scan(report, request.actor, scan.pk)
            messages.success(request, f"已删除“{scan.name}”。")
        else:
            told = {**report.data.get("scans", {}), str(pk): request.POST.get("vouchers", "").strip()[:2000]}
            told = {key: text.replace("\x00", "") for key, text in told.items() if text}
            spending.save_draft(report, {"scans": told}, _version(request), request.actor)
            messages.success(request, f"已登记“{scan.name}”对应的凭证。")
    except ReportConflict:
        messages.error(request, CHANGED)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    return redirect("subsidies:spending_edit", number=number)

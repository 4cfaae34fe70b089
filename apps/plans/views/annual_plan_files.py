"""Files of an annual plan: attachments, last year's plan, the table from and to a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import acting
from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Attachment
from apps.cases.workflow import WorkflowError
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_files, plan_forms, plan_sheets
from apps.plans.services.plan_amendments import copy_last_year
from apps.plans.services.plan_forms import FILES, PROJECTS, PURPOSES, PlanConflict
from apps.plans.services.plan_tables import projects_table
from apps.plans.views.annual_plan_forms import part_page, posted_version
from apps.plans.views.annual_plan_pages import (
    XLSX,
    frame,
    navigation,
    own_plan_or_404,
    part_url,
    plan_or_404,
    readable_form,
)

SHOWN_ERRORS = 100
CHANGED = "计划刚刚已被他人修改，没有保存。下面已是最新版本，请核对后重试。"


@acting
@require_POST
def plan_file_upload(request: HttpRequest, number: str, purpose: str) -> HttpResponse:
    """File one or several uploads; a refused one says why, the others stay."""
    plan = own_plan_or_404(request, number)
    uploads = request.FILES.getlist("file")
    refused = [] if uploads else ["请先选择文件，再点上传。"]
    for upload in uploads:
        try:
            plan_files.add_file(plan, purpose, upload, request.actor)
        except AttachmentRefused as error:
            refused.append(f"{upload.name}：{error}")
        except WorkflowError as error:
            refused.append(error.problems[0].message)
            break
    if refused:
        problems = [{"message": message} for message in refused]
        return part_page(request, plan_forms.load_form(plan), FILES, problems=problems, status=422)
    messages.success(request, f"已上传 {len(uploads)} 份“{PURPOSES[purpose]}”。")
    return redirect(part_url(plan.case, FILES))


@acting
@require_POST
def plan_file_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file off the plan."""
    plan = own_plan_or_404(request, number)
    files = Attachment.objects.filter(case=plan.case, purpose__in=PURPOSES, removed_at__isnull=True)
    attachment = get_object_or_404(files, pk=pk)
    try:
        plan_files.remove_file(plan, attachment, request.actor)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        messages.success(request, f"已删除“{attachment.name}”。")
    return redirect(part_url(plan.case, FILES))


@acting
@require_POST
def plan_copy(request: HttpRequest, number: str) -> HttpResponse:
    """Put the projects of last year's filed plan in place of the table."""
    plan = own_plan_or_404(request, number)
    try:
        count = copy_last_year(plan, posted_version(request), request.actor)
    except PlanConflict:
        messages.error(request, CHANGED)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        messages.success(request, f"已复制 {count} 个项目，日期顺延一年，请逐项核对。")
    return redirect(part_url(plan.case, PROJECTS))


@acting
@require_http_methods(["GET", "POST"])
def plan_upload(request: HttpRequest, number: str) -> HttpResponse:
    """Paste or upload the table of projects: all rows or none, and every wrong cell is named."""
    plan = own_plan_or_404(request, number)
    if not plan_forms.is_editable(plan, request.actor):
        return redirect("plans:plan_view", number=number)
    if request.method == "GET":
        return _upload_page(request, plan)
    upload, pasted = request.FILES.get("file"), request.POST.get("text", "")
    if upload is None and not pasted.strip():
        return _upload_page(request, plan, problem="请选择文件，或把表格粘贴到文本框中。", status=422)
    form = plan_forms.load_form(plan)
    try:
        sheet = plan_sheets.read_file(form, upload) if upload is not None else plan_sheets.read_text(form, pasted)
        append = request.POST.get("mode") == "append"
        imported = plan_sheets.import_projects(form, sheet, posted_version(request), request.actor, append=append)
    except plan_sheets.NotReadable as error:
        return _upload_page(request, plan, problem=str(error), status=422)
    except PlanConflict as conflict:
        return _upload_page(request, conflict.current, problem=CHANGED, status=409)
    except WorkflowError as error:
        return _upload_page(request, plan, problem=error.problems[0].message, status=error.status)
    if imported.errors:
        return _upload_page(request, plan, errors=imported.errors, status=422)
    messages.success(request, f"已导入 {imported.count} 行。")
    return redirect(part_url(plan.case, PROJECTS))


def _upload_page(
    request: HttpRequest, plan: AnnualPlan, *, problem: str = "", errors: Any = (), status: int = 200
) -> HttpResponse:
    form = plan_forms.load_form(plan)
    table = projects_table(form.rules, plan.year, keyed=False)
    context = frame(request, plan, "批量导入培训项目", form.rules) | {
        "progress": navigation(form, PROJECTS),
        "columns": table.columns,
        "most_rows": table.max_rows,
        "row_count": sum(not form.table.blank(row) for row in form.rows),
        "version": plan.data_version,
        "text": request.POST.get("text", ""),
        "mode": request.POST.get("mode", "replace"),
        "problem": problem,
        "errors": list(errors)[:SHOWN_ERRORS],
        "more_errors": max(0, len(errors) - SHOWN_ERRORS),
    }
    return render(request, "plans/annual/upload.html", context, status=status)


@acting
@require_GET
def plan_template(request: HttpRequest, number: str) -> HttpResponse:
    plan = own_plan_or_404(request, number)
    return _spreadsheet(plan_sheets.template_file(plan_forms.load_form(plan)), f"{plan.year}-template")


@acting
@require_GET
def plan_export(request: HttpRequest, number: str) -> HttpResponse:
    """The table of projects, as the reader may see it, in the template's form."""
    plan = plan_or_404(request, number)
    return _spreadsheet(plan_sheets.export_file(readable_form(request, plan)), f"{number}-projects")


def _spreadsheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response

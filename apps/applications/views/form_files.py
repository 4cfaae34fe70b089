"""Files of the application form: evidence, and the teachers' table from and to a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import acting
from apps.applications.models import Application
from apps.applications.sections.evidence import PURPOSE, purpose_of
from apps.applications.sections.faculty import TEACHERS
from apps.applications.services import evidence, filling, teachers
from apps.applications.services.filling import SectionConflict
from apps.applications.views.form_pages import applicants_own_or_404, navigation, section_url
from apps.applications.views.forms import evidence_page, posted_version
from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Attachment
from apps.cases.workflow import WorkflowError

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_ERRORS = 100


@acting
@require_POST
def evidence_upload(request: HttpRequest, number: str, condition: str) -> HttpResponse:
    """File one or several uploads as evidence for a condition; a refused one says why, the others stay."""
    application = applicants_own_or_404(request, number)
    uploads = request.FILES.getlist("file")
    refused = [] if uploads else ["请先选择文件，再点上传。"]
    for upload in uploads:
        try:
            evidence.add_evidence(application, condition, upload, request.actor)
        except AttachmentRefused as error:
            refused.append(f"{upload.name}：{error}")
        except WorkflowError as error:
            refused.append(error.problems[0].message)
            break
    if refused:
        form = filling.load_form(application)
        return evidence_page(request, application, form, {condition: "；".join(refused)})
    messages.success(request, f"已上传 {len(uploads)} 份材料。")
    return redirect(f"{section_url(application, 'evidence')}#id_{condition}")


@acting
@require_POST
def evidence_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file off the evidence."""
    application = applicants_own_or_404(request, number)
    files = Attachment.objects.filter(
        case=application.case, purpose__startswith=purpose_of(""), removed_at__isnull=True
    )
    attachment = get_object_or_404(files, pk=pk)
    try:
        evidence.remove_evidence(application, attachment, request.actor)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        messages.success(request, f"已删除“{attachment.name}”。")
    return redirect(f"{section_url(application, 'evidence')}#id_{attachment.purpose.removeprefix(PURPOSE)}")


@acting
@require_http_methods(["GET", "POST"])
def teachers_import(request: HttpRequest, number: str) -> HttpResponse:
    """Paste or upload the teachers' table: all rows or none, and every wrong cell is named."""
    application = applicants_own_or_404(request, number)
    if request.method == "GET":
        return _import_page(request, application)
    append = request.POST.get("mode") == "append"
    pasted = request.POST.get("text", "")
    upload = request.FILES.get("file")
    if upload is None and not pasted.strip():
        return _import_page(request, application, problem="请选择文件，或把表格粘贴到文本框中。", status=422)
    try:
        sheet = teachers.from_file(upload) if upload is not None else teachers.from_text(pasted)
        version = posted_version(request)
        imported = teachers.import_teachers(application, sheet, version, request.actor, append=append)
    except (teachers.FileUnreadable, ValueError) as error:
        return _import_page(request, application, problem=str(error), status=422)
    except SectionConflict:
        message = "师资名单刚刚已被他人修改，没有导入。下面已是最新版本，请核对后再次导入。"
        return _import_page(request, application, problem=message, status=409)
    except WorkflowError as error:
        return _import_page(request, application, problem=error.problems[0].message, status=error.status)
    if imported.errors:
        return _import_page(request, application, errors=imported.errors, status=422)
    messages.success(request, f"已导入 {imported.count} 行。")
    return redirect(section_url(application, teachers.SECTION))


def _import_page(
    request: HttpRequest, application: Application, *, problem: str = "", errors: Any = (), status: int = 200
) -> HttpResponse:
    form = filling.load_form(application)
    context = {
        "heading": "批量导入师资名单",
        "application": application,
        "case": application.case,
        "sandbox": application.case.is_sandbox,
        "progress": navigation(form, filling.editable_sections(application, request.actor), teachers.SECTION),
        "columns": TEACHERS.columns,
        "most_rows": TEACHERS.max_rows,
        "rows": len(form.section(teachers.SECTION).rows(TEACHERS.code)),
        "version": form.version(teachers.SECTION),
        "text": request.POST.get("text", ""),
        "mode": request.POST.get("mode", "replace"),
        "problem": problem,
        "errors": list(errors)[:SHOWN_ERRORS],
        "more_errors": max(0, len(errors) - SHOWN_ERRORS),
    }
    return render(request, "applications/form/teachers_import.html", context, status=status)


@acting
@require_GET
def teachers_template(request: HttpRequest) -> HttpResponse:
    return _spreadsheet(teachers.template_file(), "teachers-template")


@acting
@require_GET
def teachers_export(request: HttpRequest, number: str) -> HttpResponse:
    application = applicants_own_or_404(request, number)
    return _spreadsheet(teachers.export_file(application), f"{application.case.number}-teachers")


def _spreadsheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=SPREADSHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response

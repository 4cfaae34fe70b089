"""The list of inspections, and the sheet on which each stage of one is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.attachments import AttachmentRefused
from apps.cases.clocks import last_day
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Attachment, Case
from apps.cases.paging import keyed_page
from apps.cases.web import NOT_YOURS, Problems, case_or_404, rulebook_of, run_step, state_label
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may
from apps.inspections.enums import CampaignKind
from apps.inspections.forms.inspections import InspectionFilter, SheetForm, kept
from apps.inspections.models import Inspection
from apps.inspections.services import inspections, overviews, results, sheets
from apps.inspections.services.item_rows import item_rows
from apps.inspections.views.campaigns import OFFICERS, STAFF, filtered_rows, present

BASE = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
Submit = Callable[[Case, Any, sheets.Values, "int | None"], Act]
HEADINGS = {
    "self": ("自评", "对照每项检查内容写明情况，并附证据。填写的内容会自动保存；由单位负责人提交后才送达检查单位。"),
    "answer": ("申辩说明", "对告知的每个问题写明情况和理由，可附证据；没有异议的也请写明。由单位负责人提交。"),
    "desk": ("材料审核", "逐项审核自评和证据。保存后可以安排实地检查，或仅凭材料拟定检查发现。"),
    "findings": ("检查发现", "逐项写明检查发现；有问题的须写明事实。告知基地并听取说明后才评定结果。"),
    "verdicts": ("认定和评定结果", "逐项认定，不得重于已告知的发现；评定的结果由另一人签发后才成立。"),
}
SUBMITS: dict[str, tuple[str, str, Submit]] = {
    "self": ("submit_self_assessment", "提交自评", inspections.save_and_submit_self),
    "answer": ("answer_findings", "提交申辩说明", results.save_and_answer),
}
OWN_TEXT = {
    "self": "self_text",
    "answer": "answer",
    "desk": "desk_text",
    "findings": "finding_text",
    "verdicts": "verdict_text",
}


@requires_role(*STAFF, *BASE)
@require_GET
def inspection_list(request: HttpRequest) -> HttpResponse:
    """The inspections the organisation takes part in: those it makes, and those it only sees or undergoes."""
    form = InspectionFilter(request.GET)
    page = keyed_page(filtered_rows(overviews.inspections_of(request.actor), form, request), request.GET.get("page"))
    for row in page.rows:
        present(row, request)
    context = {"heading": "检查", "form": form, "page": page, "filtered": bool(kept(form))}
    return render(request, "inspections/inspections/list.html", context)


@requires_role(*BASE)
@require_http_methods(["GET", "POST"])
def self_assessment(request: HttpRequest, number: str) -> HttpResponse:
    return _draft_page(request, number, sheets.SELF)


@requires_role(*BASE)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    return _draft_page(request, number, sheets.ANSWER)


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, number: str) -> HttpResponse:
    return _record_page(request, number, sheets.DESK)


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def findings(request: HttpRequest, number: str) -> HttpResponse:
    return _record_page(request, number, sheets.FINDINGS)


@requires_role(*OFFICERS)
@require_http_methods(["GET", "POST"])
def verdicts(request: HttpRequest, number: str) -> HttpResponse:
    return _record_page(request, number, sheets.VERDICTS)


@requires_role(*BASE)
@require_POST
def autosave(request: HttpRequest, number: str, stage: str) -> HttpResponse:
    """Save the base's part of the sheet as it stands; what is in order is kept, the rest told."""
    case, found = _own_draft(request, number, stage)
    inspection = _inspection(case)
    form = SheetForm(request.POST, stage=found, inspection=inspection)
    form.is_valid()
    try:
        version = sheets.save_draft(case, found, request.actor, form.written(), _version(request))
    except sheets.SheetConflict:
        return JsonResponse(_conflict(case, found), status=409)
    except WorkflowError as error:
        status = 403 if error.status == 403 else 422
        return JsonResponse({"detail": error.problems[0].message}, status=status)
    saved_at = timezone.localtime().isoformat()
    return JsonResponse(
        {"version": version, "saved_at": saved_at, "errors": {name: list(told) for name, told in form.errors.items()}}
    )


@requires_role(*BASE)
@require_POST
def file_add(request: HttpRequest, number: str, stage: str, code: str) -> HttpResponse:
    """File one or several uploads as evidence of the base for one item."""
    case, found = _own_draft(request, number, stage)
    uploads = request.FILES.getlist("file")
    refused = [] if uploads else ["请先选择文件，再点上传。"]
    for upload in uploads:
        try:
            sheets.add_file(case, found, code, upload, request.actor)
        except AttachmentRefused as error:
            refused.append(f"{upload.name}：{error}")
        except WorkflowError as error:
            refused.append(error.problems[0].message)
            break
    if refused:
        return _page(request, case, found, refused={code: "；".join(refused)}, status=422)
    messages.success(request, f"已上传 {len(uploads)} 份材料。")
    return redirect(_url(case, found) + f"#item-{code}")


@requires_role(*BASE)
@require_POST
def file_remove(request: HttpRequest, number: str, stage: str, pk: int) -> HttpResponse:
    case, found = _own_draft(request, number, stage)
    files = Attachment.objects.filter(case=case, purpose__startswith=found.purpose, removed_at__isnull=True)
    attachment = get_object_or_404(files, pk=pk)
    try:
        sheets.remove_file(case, found, attachment, request.actor)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        messages.success(request, f"已删除“{attachment.name}”。")
    return redirect(_url(case, found) + f"#item-{attachment.purpose.split(':', 1)[1]}")


def _draft_page(request: HttpRequest, number: str, stage: sheets.Stage) -> HttpResponse:
    """The base writes its part; the head submits it."""
    case, _ = _own_draft(request, number, stage.code)
    if request.method == "GET":
        if not sheets.may_draft(case, stage, request.actor):
            messages.warning(request, f"本件现为“{state_label(case)}”，内容不能再修改。")
            return redirect("cases:detail", number=number)
        return _page(request, case, stage)
    form = SheetForm(request.POST, stage=stage, inspection=_inspection(case))
    if not form.is_valid():
        return _page(request, case, stage, form=form, status=422)
    version = _version(request)
    if request.POST.get("action") == "submit":
        _, label, submit = SUBMITS[stage.code]
        act, problems = run_step(request, lambda: submit(case, request.actor, form.written(), version))
        if act is not None:
            messages.success(request, f"已办理“{label}”，并记入办理记录。")
            return redirect("cases:detail", number=number)
        if problems.status == 422:
            _save_anyway(request, case, stage, form, version)
        return _page(request, case, stage, form=form, problems=problems, status=problems.status)
    try:
        sheets.save_draft(case, stage, request.actor, form.written(), version)
    except WorkflowError as error:
        problems = Problems(error.problems, error.status)
        return _page(request, case, stage, form=form, problems=problems, status=error.status)
    messages.success(request, "已保存。")
    return redirect(_url(case, stage))


def _save_anyway(request: HttpRequest, case: Case, stage: sheets.Stage, form: SheetForm, version: int | None) -> None:
    """What was written is saved even where it cannot be submitted yet."""
    try:
        sheets.save_draft(case, stage, request.actor, form.written(), version)
    except WorkflowError:
        return


def _record_page(request: HttpRequest, number: str, stage: sheets.Stage) -> HttpResponse:
    """The inspectors write their part; each saving is an act of theirs."""
    case = case_or_404(request, number, CaseKind.INSPECTION)
    if request.method == "GET":
        if not may(case, stage.step, request.actor):
            messages.warning(request, f"本件现为“{state_label(case)}”，或{NOT_YOURS.message}")
            return redirect("cases:detail", number=number)
        return _page(request, case, stage)
    inspection = _inspection(case)
    form = SheetForm(request.POST, stage=stage, inspection=inspection)
    if not form.is_valid():
        return _page(request, case, stage, form=form, status=422)
    if _version(request) not in (None, sheets.version_of(inspection, stage)) and may(case, stage.step, request.actor):
        return _page(request, case, stage, form=form, stale=True, status=409)
    act, problems = run_step(request, lambda: sheets.record(case, stage, request.actor, form.written()))
    if act is None:
        return _page(request, case, stage, form=form, problems=problems, status=problems.status)
    messages.success(request, "已保存，并记入办理记录。下面是本件可以办理的步骤。")
    return redirect("cases:detail", number=number)


def _page(
    request: HttpRequest,
    case: Case,
    stage: sheets.Stage,
    *,
    form: SheetForm | None = None,
    problems: Problems | None = None,
    refused: dict[str, str] | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    case.refresh_from_db()
    inspection = _inspection(case)
    form = form or SheetForm(stage=stage, inspection=inspection)
    codes = {item.code for item in form.items}
    rows = item_rows(inspection, request.actor, without=(OWN_TEXT[stage.code],))
    shown = [
        {
            "row": row,
            "fields": form.bound_of(row.item.code),
            "refused": (refused or {}).get(row.item.code, ""),
            "files": [_file(one, stage) for one in row.files],
        }
        for row in rows
        if row.item.code in codes
    ]
    heading, lead = HEADINGS[stage.code]
    submit = SUBMITS.get(stage.code)
    context = {
        "heading": f"{heading}：{inspection.base.institution_name}",
        "lead": lead,
        "case": case,
        "inspection": inspection,
        "kind_label": CampaignKind(inspection.campaign.kind).label,
        "stage": stage,
        "form": form,
        "rows": shown,
        "version": sheets.version_of(inspection, stage),
        "problems": problems or [],
        "stale": stale,
        "rulebook": rulebook_of(case),
        "due": last_day(case.next_due_at),
        "submit_label": submit[1] if submit and may(case, submit[0], request.actor) else "",
        "sandbox": case.is_sandbox,
    }
    return render(request, "inspections/inspections/sheet.html", context, status=status)


def _file(attachment: Attachment, stage: sheets.Stage) -> dict[str, Any]:
    mine = bool(stage.purpose) and attachment.purpose.startswith(stage.purpose)
    return {"file": attachment, "removable": mine}


def _own_draft(request: HttpRequest, number: str, code: str) -> tuple[Case, sheets.Stage]:
    """The case of the institution's own base, and the stage; anything else answers 404."""
    stage = sheets.STAGES.get(code)
    if stage is None or not stage.by_base:
        raise Http404
    case = case_or_404(request, number, CaseKind.INSPECTION)
    if case.institution_id != request.actor.organisation.pk:
        raise Http404
    return case, stage


def _inspection(case: Case) -> Inspection:
    return (
        Inspection.objects.select_related("case", "campaign", "base", "inspector")
        .prefetch_related("items")
        .get(pk=case.pk)
    )


def _conflict(case: Case, stage: sheets.Stage) -> dict[str, Any]:
    inspection = _inspection(case)
    form = SheetForm(stage=stage, inspection=inspection)
    return {
        "version": sheets.version_of(inspection, stage),
        "saved_by": "本单位其他人员",
        "saved_at": timezone.localtime().isoformat(),
        "values": {name: form[name].value() or "" for name in form.fields},
    }


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _url(case: Case, stage: sheets.Stage) -> str:
    from django.urls import reverse

    name = {"self": "self_assessment", "answer": "answer"}[stage.code]
    return reverse(f"inspections:{name}", kwargs={"number": case.number})

"""Filling in an application or a plan: its overview, its parts, saving as one types, its files and spreadsheets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import acting
from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Attachment
from apps.cases.workbooks import NotReadable
from apps.cases.workflow import WorkflowError
from apps.subsidies.forms.plan_content import TextsForm, as_post, live_errors, parse_part
from apps.subsidies.services import content_draft, content_files, content_sheets
from apps.subsidies.services.content_draft import ABOUT, FILE_TITLES, FILES, PURPOSE, Detail, Draft, DraftConflict
from apps.subsidies.services.content_tables import LINES
from apps.subsidies.views.content_pages import (
    XLSX,
    file_groups,
    frame,
    navigation,
    own_draft_or_404,
    part_url,
    problem_links,
    script_facts,
    totals,
    url_of,
)

SHOWN_ERRORS = 100
CHANGED = "内容刚刚已被他人修改，没有保存。下面已是最新版本，请核对后重试。"


@acting
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, number: str, part: str, kind: str) -> HttpResponse:
    """One part: shown, and saved whole. What was typed is kept whatever is wrong with it."""
    draft = _known(own_draft_or_404(request, number, kind), part)
    if request.method == "GET":
        if not content_draft.is_editable(draft.case, request.actor):
            return redirect("cases:detail", number=number)
        return part_page(request, draft, part)
    values = parse_part(draft, part, request.POST)
    typed = _typed(draft, values)
    try:
        content_draft.save_values(draft.detail, values, posted_version(request), request.actor)
    except DraftConflict as conflict:
        return _conflict_page(request, typed, part, conflict.current)
    except WorkflowError as error:
        problems = problem_links(draft.case, error.problems)
        return part_page(request, typed, part, problems=problems, status=error.status)
    messages.success(request, "已保存。")
    codes = list(draft.parts)
    if request.POST.get("save") != "next":
        return redirect(part_url(draft.case, part) + "?check=1")
    following = codes[codes.index(part) + 1 :]
    return redirect(part_url(draft.case, following[0]) if following else url_of(draft.case, "form"))


def _known(draft: Draft, part: str) -> Draft:
    if part not in draft.parts:
        raise Http404
    return draft


def _typed(draft: Draft, values: dict[str, Any]) -> Draft:
    """The form as it would stand with ``values``."""
    return Draft(draft.detail, draft.funding, {**draft.values, **values})


def posted_version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def part_page(
    request: HttpRequest,
    draft: Draft,
    part: str,
    *,
    problems: list[dict[str, Any]] | None = None,
    version: int | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """The page of one part with what is typed, stored or not."""
    codes = list(draft.parts)
    place = codes.index(part)
    context = frame(request, draft, draft.parts[part]) | {
        "part": part,
        "autosave_url": url_of(draft.case, "autosave", part),
        "version": draft.detail.data_version if version is None else version,
        "progress": navigation(draft, part),
        "problems": problems or [],
        "previous_url": part_url(draft.case, codes[place - 1]) if place else "",
        "next_label": "保存并填写下一部分" if place + 1 < len(codes) else "保存并返回总览",
        **_own_parts(request, draft, part),
        **extra,
    }
    template = {ABOUT: "about", FILES: "files"}.get(part, "table")
    return render(request, f"subsidies/content/part_{template}.html", context, status=status)


def _own_parts(request: HttpRequest, draft: Draft, part: str) -> dict[str, Any]:
    if part == ABOUT:
        form = TextsForm(draft, show_missing="check" in request.GET or request.method == "POST")
        form.is_valid()
        return {"form": form}
    if part == FILES:
        return {"groups": file_groups(draft, removable=True)}
    table = draft.tables[part]
    checking = "check" in request.GET or request.method == "POST"
    gaps = [gap for gap in draft.gaps_in(part) if gap.wrong or checking]
    found: dict[str, Any] = {
        "table": table,
        "formset": table.formset(draft.rows(part)),
        "table_errors": [gap.message for gap in gaps][:20],
        "upload_url": url_of(draft.case, "upload", part),
        "export_url": url_of(draft.case, "export", part),
    }
    return found | (totals(draft) | {"facts": script_facts(draft)} if part == LINES else {})


def _conflict_page(request: HttpRequest, typed: Draft, part: str, current: Detail) -> HttpResponse:
    """Tell the later writer what the earlier one saved; saving once more is then a choice and not an accident."""
    theirs = content_draft.load_draft(current)
    rows = []
    if part == ABOUT:
        rows = [
            {"label": text.label, "before": theirs.text(text.name), "after": typed.text(text.name)}
            for text in typed.texts
            if typed.text(text.name) != theirs.text(text.name)
        ]
    elif part in typed.tables and typed.rows(part) != theirs.rows(part):
        before, after = f"{len(theirs.rows(part))} 行", f"{len(typed.rows(part))} 行，内容不同"
        rows = [{"label": typed.tables[part].title, "before": before, "after": after}]
    conflict = {"by": current.saved_by, "at": current.saved_at, "rows": rows}
    return part_page(request, typed, part, version=current.data_version, status=409, conflict=conflict)


@acting
@require_POST
def autosave(request: HttpRequest, number: str, part: str, kind: str) -> JsonResponse:
    """Save a part as it is typed; see static/js/autosave.js for the answers."""
    draft = _known(own_draft_or_404(request, number, kind), part)
    try:
        saved = content_draft.save_values(
            draft.detail, parse_part(draft, part, request.POST), posted_version(request), request.actor
        )
    except DraftConflict as conflict:
        return JsonResponse(_conflict_answer(part, conflict.current), status=409)
    except WorkflowError as error:
        # 409 is the script's word for a faster writer; a locked form is a refusal like any other
        return JsonResponse({"detail": error.problems[0].message}, status=403 if error.status == 403 else 422)
    now = content_draft.load_draft(saved)
    answer: dict[str, Any] = {
        "version": saved.data_version,
        "saved_at": saved.saved_at.isoformat() if saved.saved_at else None,
        "errors": live_errors(now, part),
        "completeness": now.completeness(),
    }
    if part == LINES:
        context = frame(request, now, "") | totals(now)
        answer["html"] = render_to_string("subsidies/content/_totals.html", context, request)
    return JsonResponse(answer)


def _conflict_answer(part: str, current: Detail) -> dict[str, Any]:
    return {
        "version": current.data_version,
        "saved_by": current.saved_by.name if current.saved_by else "系统",
        "saved_at": current.saved_at.isoformat() if current.saved_at else None,
        "values": as_post(content_draft.load_draft(current), part),
    }


@acting
@require_POST
def file_upload(request: HttpRequest, number: str, code: str, kind: str) -> HttpResponse:
    """File one or several uploads; a refused one says why, the others stay."""
    draft = own_draft_or_404(request, number, kind)
    uploads = request.FILES.getlist("file")
    refused = [] if uploads else ["请先选择文件，再点上传。"]
    for upload in uploads:
        try:
            content_files.add_file(draft, code, upload, request.actor)
        except AttachmentRefused as error:
            refused.append(f"{upload.name}：{error}")
        except WorkflowError as error:
            refused.append(error.problems[0].message)
            break
    if refused:
        draft = own_draft_or_404(request, number, kind)
        return part_page(request, draft, FILES, problems=[{"message": one} for one in refused], status=422)
    messages.success(request, f"已上传 {len(uploads)} 份“{FILE_TITLES[code]}”。")
    return redirect(part_url(draft.case, FILES))


@acting
@require_POST
def file_remove(request: HttpRequest, number: str, pk: int, kind: str) -> HttpResponse:
    """Take a file off the form."""
    draft = own_draft_or_404(request, number, kind)
    files = Attachment.objects.filter(case=draft.case, purpose__startswith=PURPOSE, removed_at__isnull=True)
    attachment = get_object_or_404(files, pk=pk)
    try:
        content_files.remove_file(draft, attachment, request.actor)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        messages.success(request, f"已删除“{attachment.name}”。")
    return redirect(part_url(draft.case, FILES))


@acting
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, number: str, part: str, kind: str) -> HttpResponse:
    """Paste or upload a table: all rows or none, and every wrong cell is named."""
    draft = _with_table(own_draft_or_404(request, number, kind), part)
    if not content_draft.is_editable(draft.case, request.actor):
        return redirect("cases:detail", number=number)
    if request.method == "GET":
        return _upload_page(request, draft, part)
    file, pasted = request.FILES.get("file"), request.POST.get("text", "")
    if file is None and not pasted.strip():
        return _upload_page(request, draft, part, problem="请选择文件，或把表格粘贴到文本框中。", status=422)
    try:
        read = content_sheets.read_file if file is not None else content_sheets.read_text
        sheet = read(draft, part, file if file is not None else pasted)
        append = request.POST.get("mode") == "append"
        imported = content_sheets.import_rows(draft, part, sheet, posted_version(request), request.actor, append=append)
    except NotReadable as error:
        return _upload_page(request, draft, part, problem=str(error), status=422)
    except DraftConflict as conflict:
        current = content_draft.load_draft(conflict.current)
        return _upload_page(request, current, part, problem=CHANGED, status=409)
    except WorkflowError as error:
        return _upload_page(request, draft, part, problem=error.problems[0].message, status=error.status)
    if imported.errors:
        return _upload_page(request, draft, part, errors=imported.errors, status=422)
    messages.success(request, f"已导入 {imported.count} 行。")
    return redirect(part_url(draft.case, part))


def _with_table(draft: Draft, part: str) -> Draft:
    if part not in draft.tables:
        raise Http404
    return draft


def _upload_page(
    request: HttpRequest, draft: Draft, part: str, *, problem: str = "", errors: Any = (), status: int = 200
) -> HttpResponse:
    table = content_sheets.plain_table(draft, part)
    context = frame(request, draft, f"批量导入{table.title}") | {
        "progress": navigation(draft, part),
        "columns": table.columns,
        "most_rows": table.max_rows,
        "named_by": next(one.label for one in table.columns if one.name == content_sheets.NAMED_BY[part]),
        "row_count": sum(not table.blank(row) for row in draft.rows(part)),
        "version": draft.detail.data_version,
        "text": request.POST.get("text", ""),
        "mode": request.POST.get("mode", "replace"),
        "problem": problem,
        "errors": list(errors)[:SHOWN_ERRORS],
        "more_errors": max(0, len(errors) - SHOWN_ERRORS),
        "part_url": part_url(draft.case, part),
        "part_title": draft.parts[part],
        "template_url": url_of(draft.case, "template", part),
    }
    return render(request, "subsidies/content/upload.html", context, status=status)


@acting
@require_GET
def template(request: HttpRequest, number: str, part: str, kind: str) -> HttpResponse:
    draft = _with_table(own_draft_or_404(request, number, kind), part)
    return _spreadsheet(content_sheets.template_file(draft, part), f"{part}-template")


@acting
@require_GET
def export(request: HttpRequest, number: str, part: str, kind: str) -> HttpResponse:
    """The table as it stands, in the template's form."""
    draft = _with_table(own_draft_or_404(request, number, kind), part)
    return _spreadsheet(content_sheets.export_file(draft, part), f"{number}-{part}")


def _spreadsheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response

"""The archive of a class by piece, and the list of archives by base and year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.cases.attachments import AttachmentRefused
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Attachment
from apps.cases.paging import keyed_page
from apps.cases.web import state_label
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may
from apps.plans.forms.projects import ArchiveFilterForm
from apps.plans.models import TrainingProject
from apps.plans.services import archives, project_lists
from apps.plans.views.project_frames import frame, project_or_404

INSTITUTION = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
EXPORTED = (
    "年度",
    "基地",
    "编号",
    "项目名称",
    "开班日期",
    "状态",
    "应归档项数",
    "已有项数",
    "尚缺",
    "实际人数",
    "培训记录",
    "证书",
)
CHUNK = 500


@acting
@require_GET
def project_archive(request: HttpRequest, number: str) -> HttpResponse:
    """Every piece with its files, what the text asks for and what is missing."""
    return _archive_page(request, project_or_404(request, number))


@requires_role(*INSTITUTION)
@require_POST
def archive_upload(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """File one or several uploads as a piece; a refused one says why, the others stay."""
    project = project_or_404(request, number)
    uploads = request.FILES.getlist("file")
    refused = [] if uploads else ["请先选择文件，再点上传。"]
    for upload in uploads:
        try:
            archives.add_file(project.case, code, upload, request.actor)
        except AttachmentRefused as error:
            refused.append(f"{upload.name}：{error}")
        except WorkflowError as error:
            refused.append(error.problems[0].message)
            break
    if refused:
        return _archive_page(request, project, {code: "；".join(refused)}, status=422)
    messages.success(request, f"已上传 {len(uploads)} 份材料。")
    return redirect(f"{reverse('plans:project_archive', args=[number])}#piece-{code}")


@requires_role(*INSTITUTION)
@require_POST
def archive_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file off the archive while it is open."""
    project = project_or_404(request, number)
    try:
        found = archives.remove_file(project.case, pk, request.actor)
    except WorkflowError as error:
        messages.error(request, error.problems[0].message)
    else:
        if found is not None:
            messages.success(request, f"已删除“{found.name}”。")
    return redirect("plans:project_archive", number=number)


@acting
@require_GET
def archive_list(request: HttpRequest) -> HttpResponse:
    """The archives by base and year with how complete they are; as Excel when asked."""
    form = ArchiveFilterForm(request.GET)
    values = form.values()
    found = project_lists.narrowed(project_lists.archived_projects(request.actor), values)
    found = found.order_by("-year", "base__name", "-starts_on", "-pk")
    if request.GET.get("format") == "xlsx":
        return _export(list(found[:MOST_ROWS]))
    page = keyed_page(found, request.GET.get("page"))
    rows = _rows(page.rows)
    context = {"form": form, "page": page, "rows": rows, "filtered": bool(values)}
    return render(request, "plans/projects/archives.html", context)


def _archive_page(
    request: HttpRequest, project: TrainingProject, refused: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    found = archives.pieces(project)
    may_file = archives.may_file(project.case, request.actor)
    rows = [
        {
            "piece": piece,
            "files": [_file(project, one, may_file) for one in piece.files],
            "refused": (refused or {}).get(piece.code, ""),
        }
        for piece in found
    ]
    context = frame(project, "归档材料") | {
        "rows": rows,
        "done": archives.completeness(found),
        "may_file": may_file,
        "may_archive": may(project.case, "archive", request.actor),
    }
    return render(request, "plans/projects/archive.html", context, status=status)


def _file(project: TrainingProject, found: Attachment, may_file: bool) -> dict[str, Any]:
    number = project.case.number
    return {
        "name": found.name,
        "url": reverse("cases:attachment", args=[number, found.pk]),
        "size": found.size,
        "uploaded_at": found.uploaded_at,
        "uploaded_by": found.uploaded_by.name if found.uploaded_by else "",
        "delete_url": reverse("plans:archive_remove", args=[number, found.pk]) if may_file else "",
    }


def _rows(found: list[TrainingProject]) -> list[dict[str, Any]]:
    pieces = archives.pieces_of(found)
    return [
        {
            "project": project,
            "number": project.case.number,
            "state_label": state_label(project.case),
            "done": archives.completeness(pieces[project.pk]),
        }
        for project in found
    ]


def _export(found: list[TrainingProject]) -> HttpResponse:
    rows = [row for at in range(0, len(found), CHUNK) for row in _rows(found[at : at + CHUNK])]
    return xlsx_response("archives", EXPORTED, map(_cells, rows))


def _cells(row: dict[str, Any]) -> list[object]:
    project, done = row["project"], row["done"]
    return [
        project.year,
        project.base.name,
        row["number"],
        project.name,
        project.starts_on.isoformat(),
        row["state_label"],
        done.required,
        done.required_there,
        "、".join(done.missing),
        project.held_persons,
        project.record_count,
        project.certificate_count,
    ]

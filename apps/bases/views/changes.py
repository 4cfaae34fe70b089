"""Pages of a change of particulars: begin it, fill it in with its proofs, answer it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.bases.forms.changes import ChangeForm, ConsentForm
from apps.bases.services import changes, opening
from apps.bases.services.managing_units import road_of_base
from apps.bases.views.files import base_or_404
from apps.cases.attachments import AttachmentRefused
from apps.cases.enums import CaseKind
from apps.cases.models import Attachment, Case
from apps.cases.web import Problems, case_or_404, rulebook_of, run_step
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.supervision import ADDRESSEE_LABELS

OWN = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


@requires_role(*OWN)
@require_http_methods(["GET", "POST"])
def change_start(request: HttpRequest, number: str) -> HttpResponse:
    """What the text asks of a change, and the draft of one."""
    base = base_or_404(request, number)
    running = opening.open_case_of(base, CaseKind.PARTICULARS_CHANGE)
    problems = Problems()
    if request.method == "POST":
        try:
            case = opening.start_change(base, request.actor)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            return redirect("bases:change_edit", number=case.number)
    rulebook = rulebooks.rulebook(base.jurisdiction_id, timezone.localdate())
    context = {
        "heading": "信息变更",
        "base": base,
        "sandbox": base.is_sandbox,
        "rulebook": rulebook,
        "rules": rulebook.particulars_change,
        "reported_to": "、".join(ADDRESSEE_LABELS[one] for one in rulebook.particulars_change.reported_to),
        "road": road_of_base(base),
        "running": running,
        "missing": problems,
    }
    return render(request, "bases/change_start.html", context, status=problems.status)


@requires_role(*OWN)
@require_http_methods(["GET", "POST"])
def change_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Fill in the change. What was typed stays on the page whatever happens; files are kept even if a field is wrong."""
    case = _draft_or_404(request, number)
    if not changes.is_open_to_edit(case):
        messages.info(request, "本件已经报送，不能再修改。")
        return redirect("cases:detail", number=number)
    change, rules = changes.change_of(case), rules_of(case).particulars_change
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, change=change, rules=rules, seen=case.version)
    problems, refused = Problems(), []
    if request.method == "POST":
        refused = _file_proofs(request, case)
        if form.is_valid() and not refused:
            values = form.cleaned_data
            _, problems = run_step(
                request,
                lambda: changes.save_change(
                    case,
                    request.actor,
                    happened_on=values["happened_on"],
                    reason=values["reason"],
                    items=form.items(),
                    seen=values["version"],
                ),
            )
            if not problems:
                return _saved(request, number)
    status = 422 if form.errors or refused else problems.status
    return render(request, "bases/change_form.html", _edit_page(case, change, form, problems, refused), status=status)


def _saved(request: HttpRequest, number: str) -> HttpResponse:
    if request.POST.get("save") == "next":
        messages.success(request, "已保存。请单位负责人核对后报送。")
        return redirect("cases:detail", number=number)
    messages.success(request, "已保存。")
    return redirect("bases:change_edit", number=number)


def _file_proofs(request: HttpRequest, case: Case) -> list[str]:
    """File the uploads and return what was refused, each with its reason."""
    refused = []
    for upload in request.FILES.getlist("file"):
        try:
            changes.add_evidence(case, request.actor, upload)
        except AttachmentRefused as error:
            refused.append(f"{upload.name}：{error}")
        except WorkflowError as error:
            refused.append(str(error))
            break
    return refused


def _edit_page(case: Case, change: Any, form: ChangeForm, problems: Problems, refused: list[str]) -> dict[str, Any]:
    return {
        "heading": "填报信息变更",
        "case": case,
        "change": change,
        "base": change.base,
        "sandbox": case.is_sandbox,
        "form": form,
        "rulebook": rulebook_of(case) or rules_of(case),
        "rules": rules_of(case).particulars_change,
        "missing": problems,
        "refused": refused,
        **seen_again(case, form, problems),
        "files": [_file(case, file) for file in changes.evidence_of(case)],
        "stored": list(changes.change_of(case).items.all()) if problems.status == HTTPStatus.CONFLICT else [],
    }


def seen_again(case: Case, form: Any, problems: Problems) -> dict[str, Any]:
    """The version the next saving is held against: after a conflict the one shown now, else the one first read."""
    conflict = problems.status == HTTPStatus.CONFLICT
    if conflict:
        case.refresh_from_db()
    return {"conflict": conflict, "version": case.version if conflict else form["version"].value()}


def _file(case: Case, file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": reverse("cases:attachment", args=[case.number, file.pk]),
        "size": file.size,
        "uploaded_at": file.uploaded_at,
        "uploaded_by": file.uploaded_by,
        "delete_url": reverse("bases:change_evidence_remove", args=[case.number, file.pk]),
    }


@requires_role(*OWN)
@require_POST
def change_evidence_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a proof back while the change is a draft."""
    case = _draft_or_404(request, number)
    files = Attachment.objects.filter(case=case, purpose=changes.EVIDENCE, removed_at__isnull=True)
    attachment = get_object_or_404(files, pk=pk)
    try:
        changes.remove_evidence(case, request.actor, attachment)
    except WorkflowError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已删除“{attachment.name}”。")
    return redirect("bases:change_edit", number=number)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def change_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """Draft the approving department's answer for its head."""
    case = case_or_404(request, number, CaseKind.PARTICULARS_CHANGE)
    if not may(case, "propose_consent", request.actor):
        messages.info(request, "本件现在不须由您拟定审核意见。")
        return redirect("cases:detail", number=number)
    change = changes.change_of(case)
    stored = {"agrees": {True: "yes", False: "no"}.get(change.agrees), "opinion": change.opinion}
    form = ConsentForm(request.POST or None, initial=stored)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        agrees, opinion = form.cleaned_data["agrees"] == "yes", form.cleaned_data["opinion"]
        act, problems = run_step(
            request, lambda: changes.propose_consent(case, request.actor, agrees=agrees, opinion=opinion)
        )
        if act is not None:
            messages.success(request, "审核意见已提交负责人签发。")
            return redirect("cases:detail", number=number)
    items = change.items.all()
    context = {
        "heading": "拟定变更审核意见",
        "case": case,
        "change": change,
        "sandbox": case.is_sandbox,
        "form": form,
        "rows": [{"label": item.name, "before": item.before or "（未登记）", "after": item.after} for item in items],
        "files": [_file(case, file) | {"delete_url": ""} for file in changes.evidence_of(case)],
        "rulebook": rulebook_of(case),
        "rules": rules_of(case).particulars_change,
        "missing": problems,
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "bases/change_opinion.html", context, status=status)


def _draft_or_404(request: HttpRequest, number: str) -> Case:
    """The change ``number`` of the institution acted for; of anybody else it is not found."""
    case = case_or_404(request, number, CaseKind.PARTICULARS_CHANGE)
    if case.institution_id != request.actor.organisation.pk:
        raise Http404
    return case

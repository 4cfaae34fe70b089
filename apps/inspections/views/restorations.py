"""Pages of restoration: begin it with the instrument, change the draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.attachments import AttachmentRefused
from apps.cases.enums import CaseKind
from apps.cases.web import Problems, case_or_404
from apps.cases.workflow import Problem, WorkflowError
from apps.inspections.forms.sanctions import RestorationForm
from apps.inspections.services import restorations, sanction_files
from apps.inspections.views import sanction_steps as steps

FIELDS = ("overturned_by", "body", "document_number", "decided_on", "facts", "status_after")


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def restoration_new(request: HttpRequest, number: str) -> HttpResponse:
    """Begin the restoration of a revoked base."""
    base = steps.own_base_or_404(request, number)
    revocation = restorations.revocation_in_force(base)
    form = RestorationForm(request.POST or None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        try:
            made = restorations.open_restoration(
                base, request.actor, _instrument(form), request.FILES.getlist("instrument-file")
            )
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        except AttachmentRefused as error:
            problems = Problems([Problem("file_refused", str(error), where="instrument-file")], 422)
        else:
            messages.success(request, "恢复决定已保存为草稿，请核对后报请签发。")
            return redirect("cases:detail", number=made.case.number)
    status = problems.status if problems else (422 if form.errors else 200)
    context = {
        "base": base,
        "revocation": revocation,
        "form": form,
        "missing": problems,
        "files": [],
        "sandbox": base.is_sandbox,
    }
    return render(request, "inspections/sanctions/restoration.html", context, status=status)


def _instrument(form: RestorationForm) -> restorations.Instrument:
    values: dict[str, Any] = {name: form.cleaned_data[name] for name in FIELDS}
    return restorations.Instrument(**values)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def restoration_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change the draft of a restoration."""
    case = case_or_404(request, number, CaseKind.RESTORATION)
    restoration = case.restoration
    initial = {name: getattr(restoration, name) for name in FIELDS} | {"version": case.version}
    form = RestorationForm(request.POST or None, initial=initial)
    return steps.step_page(
        request,
        case,
        "edit",
        form,
        lambda: restorations.edit_restoration(case, request.actor, _instrument(form), version=steps.version_of(form)),
        template="restoration.html",
        heading="修改恢复决定",
        done="恢复决定已修改。",
        places={"instrument-file": "instrument"},
        revocation=restoration.revocation,
        files=sanction_files.files_of(case, "instrument"),
    )

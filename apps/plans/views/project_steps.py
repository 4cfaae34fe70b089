"""Pages of the managing unit's opinion, of filing many projects at once, and of closing a class."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.web import Problems, run_step
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may
from apps.plans.enums import ProjectState, UnitConclusion
from apps.plans.forms.projects import CloseForm, OpinionForm
from apps.plans.models import TrainingProject
from apps.plans.services import project_closing, project_consent, project_documents, project_filing, project_marks
from apps.plans.views.project_frames import frame, project_or_404


@requires_role(Role.DEPARTMENT_OFFICER)
@require_http_methods(["GET", "POST"])
def project_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """The officer drafts whether the managing unit agrees."""
    project = project_or_404(request, number)
    if not may(project.case, "propose_unit_opinion", request.actor):
        return redirect("cases:detail", number=number)
    initial = {"conclusion": project.unit_conclusion, "opinion": project.unit_opinion}
    form, problems = OpinionForm(request.POST if request.method == "POST" else None, initial=initial), Problems()
    if request.method == "POST" and form.is_valid():
        conclusion, opinion = form.cleaned_data["conclusion"], form.cleaned_data["opinion"]
        act, problems = run_step(
            request, lambda: project_consent.propose_opinion(project.case, request.actor, conclusion, opinion)
        )
        if act is not None:
            messages.success(request, "意见已提交本单位负责人签署。")
            return redirect("cases:detail", number=number)
        for problem in problems:
            if problem.where in form.fields:
                form.add_error(problem.where, problem.message)
    back = (
        project.case.acts.filter(name__in=["send_back_unit_opinion", "propose_unit_opinion"]).order_by("-seq").first()
    )
    context = frame(project, "拟定是否同意的意见") | {
        "form": form,
        "missing": [one for one in problems if one.where not in form.fields],
        "sent_back": back if back is not None and back.name == "send_back_unit_opinion" else None,
        "files": [],
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "plans/projects/opinion.html", context, status=status)


@requires_role(Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)
@require_http_methods(["GET", "POST"])
def project_sign(request: HttpRequest, number: str) -> HttpResponse:
    """The head reads the draft as it will be issued and signs it, or sends it back."""
    project = project_or_404(request, number)
    case = project.case
    if case.state != ProjectState.UNIT_PROPOSED or case.turn_organisation_id != request.actor.organisation.pk:
        return redirect("cases:detail", number=number)
    agrees = project.unit_conclusion == UnitConclusion.AGREED
    problems = Problems()
    if request.method == "POST":
        act, problems = run_step(request, lambda: project_consent.sign_opinion(case, request.actor))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”，意见书已送达{case.institution.name}。")
            return redirect("cases:detail", number=number)
    step = "sign_consent" if agrees else "sign_refusal"
    context = frame(project, "签署意见") | {
        "missing": problems,
        "agrees": agrees,
        "preview": project_documents.opinion_content(project, request.actor.organisation),
        "may_sign": may(case, step, request.actor),
        "may_send_back": may(case, "send_back_unit_opinion", request.actor),
        "is_head": request.actor.has(Role.DEPARTMENT_HEAD),
    }
    return render(request, "plans/projects/sign.html", context, status=problems.status)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def project_batch(request: HttpRequest) -> HttpResponse:
    """Choose several waiting filings, read them once more, and file them at once: all or none."""
    waiting = project_filing.waiting_filings(request.actor)
    chosen = _chosen(request)
    numbers = {number for number, _ in chosen}
    problems, previewing = Problems(), False
    if request.method == "POST":
        previewing = request.POST.get("action") == "preview" and bool(numbers)
        if not previewing:
            try:
                acts = project_filing.file_batch(request.actor, chosen)
            except WorkflowError as error:
                problems = Problems(error.problems, error.status)
            else:
                messages.success(request, f"已备案 {len(acts)} 个项目，回执已送达各单位。")
                return redirect(reverse("plans:projects"))
    today = timezone.localdate()
    rows = [
        {"project": one, "marks": project_marks.marks(one, today), "filing": project_documents.filing_in_words(one)}
        for one in waiting
        if not previewing or one.case.number in numbers
    ]
    context = {
        "rows": rows,
        "chosen": numbers,
        "previewing": previewing,
        "missing": problems,
        "most": project_filing.MOST_AT_ONCE,
        "heading": "核对后备案" if previewing else "批量备案",
    }
    return render(request, "plans/projects/batch.html", context, status=problems.status)


@requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def project_close(request: HttpRequest, number: str) -> HttpResponse:
    """What the class came to; for one held without consent or filing also why."""
    project = project_or_404(request, number)
    unauthorised = project.case.state != ProjectState.READY
    step = "close_unauthorised" if unauthorised else "close_class"
    if not may(project.case, step, request.actor):
        return redirect("cases:detail", number=number)
    form = CloseForm(
        request.POST if request.method == "POST" else None, initial=_closing(project), unauthorised=unauthorised
    )
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(
            request, lambda: project_closing.close_class(project.case, request.actor, **form.cleaned_data)
        )
        if act is not None:
            messages.success(request, "已登记办班结果，请补齐归档材料后归档。")
            return redirect("plans:project_archive", number=number)
    context = frame(project, "登记办班结果") | {"form": form, "missing": problems, "unauthorised": unauthorised}
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, "plans/projects/close.html", context, status=status)


def _closing(project: TrainingProject) -> dict[str, object]:
    return {"held_persons": project.record_count or None, "result": project.result, "effect": project.effect}


def _chosen(request: HttpRequest) -> list[tuple[str, int]]:
    """The (number, version) pairs that were ticked; anything else that was sent is left out."""
    pairs = [text.rpartition(":") for text in request.POST.getlist("chosen")[: project_filing.MOST_AT_ONCE + 1]]
    return [
        (number, int(version))
        for number, _, version in pairs
        if number and version.isascii() and version.isdigit() and len(version) < 9
    ]

"""Pages on which an institution prepares its training projects, and the list for everybody who has to do with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.models import Base
from apps.bases.selectors import LIVE, visible_bases
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import keyed_page
from apps.cases.web import Problems, run_step, state_label, state_tone
from apps.cases.workflow import Problem, WorkflowError
from apps.cases.workflow.engine import may, rules_of, steps_for
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import ProjectState
from apps.plans.forms.projects import ProjectFilterForm, ProjectForm, SendForm, initial_of
from apps.plans.models import PlannedProject, TrainingProject
from apps.plans.services import class_filing, project_filing, project_lists, project_marks, projects
from apps.plans.views.project_frames import frame, own_base_or_404, project_or_404

INSTITUTION = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
EXPORTED = (
    "编号",
    "项目名称",
    "基地",
    "年度",
    "科目",
    "开班日期",
    "结束日期",
    "学时",
    "计划人数",
    "实际人数",
    "状态",
    "最迟备案日",
    "报送日期",
    "逾期工作日",
    "逾期说明",
    "标记",
)
CHANGED = Problem("changed", "本项目刚刚已被他人修改或办理。您填写的内容仍在本页，请打开项目核对后重新保存。")


@acting
@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects the reader's organisation has to do with: by year, state, subject and mark; as Excel when asked."""
    form = ProjectFilterForm(request.GET)
    values = form.values()
    found = project_lists.narrowed(project_lists.visible_projects(request.actor), values)
    found = project_lists.sorted_by(found, request.GET.get("sort", ""))
    if request.GET.get("format") == "xlsx":
        return xlsx_response("projects", EXPORTED, map(_cells, found[:MOST_ROWS]))
    page = keyed_page(found, request.GET.get("page"))
    kind = request.actor.organisation.kind
    context = {
        "form": form,
        "page": page,
        "rows": [_row(project, request) for project in page.rows],
        "filtered": bool(values),
        "institution": kind == OrganisationKind.INSTITUTION,
        "bases": _live_bases(request),
        "may_file": request.actor.has(Role.AUTHORITY_OFFICER),
    }
    return render(request, "plans/projects/list.html", context)


@requires_role(*INSTITUTION)
@require_GET
def project_planned(request: HttpRequest, number: str) -> HttpResponse:
    """The base's planned projects to open a project from, and the way to one outside the plan."""
    base = own_base_or_404(request, number)
    rules = rulebooks.rulebook(base.jurisdiction_id, timezone.localdate())
    context = {
        "base": base,
        "sandbox": base.is_sandbox,
        "page": keyed_page(project_lists.planned_of(base), request.GET.get("page")),
        "rulebook": rules,
        "in_plan": project_marks.asked_of_new(rules, True),
        "outside": project_marks.asked_of_new(rules, False),
    }
    return render(request, "plans/projects/planned.html", context)


@requires_role(*INSTITUTION)
@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest, number: str) -> HttpResponse:
    """A project from the plan (``?planned=``, prefilled) or outside it; the page says what the text asks of it."""
    base = own_base_or_404(request, number)
    planned = _planned(request, base)
    rules = rulebooks.rulebook(base.jurisdiction_id, timezone.localdate())
    initial = initial_of(planned) if planned else {"in_base_name": True, "field": base.field}
    form = ProjectForm(request.POST if request.method == "POST" else None, initial=initial, base=base, rules=rules)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        try:
            project = projects.create_project(base, request.actor, form.values(), planned)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, "已建立培训项目，请核对后由单位负责人确认或报送。")
            return redirect("cases:detail", number=project.case.number)
    context = {
        "heading": "从年度计划建立培训项目" if planned else "建立计划外培训项目",
        "base": base,
        "sandbox": base.is_sandbox,
        "planned": planned,
        "form": form,
        "missing": problems,
        "asked": project_marks.asked_of_new(rules, planned is not None),
        "deadline": _deadline_of_new(form, rules, planned),
        "rulebook": rules,
    }
    return render(request, "plans/projects/form.html", context, status=_status(request, form, problems))


@requires_role(*INSTITUTION)
@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, number: str) -> HttpResponse:
    """The particulars of a project in preparation or sent back; what another saved meanwhile is not overwritten."""
    project = project_or_404(request, number)
    if not may(project.case, "edit", request.actor):
        return redirect("cases:detail", number=number)
    rules = rules_of(project.case)
    form = ProjectForm(
        request.POST if request.method == "POST" else None, initial=initial_of(project), base=project.base, rules=rules
    )
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = _edit(request, project, form)
        if act is not None:
            messages.success(request, "已保存。")
            return redirect("cases:detail", number=number)
    context = frame(project, "修改培训项目") | {
        "form": form,
        "missing": problems,
        "base": project.base,
        "planned": project.planned,
        "version": request.POST.get("version", project.case.version),
    }
    return render(request, "plans/projects/form.html", context, status=_status(request, form, problems))


@requires_role(Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def project_submit(request: HttpRequest, number: str) -> HttpResponse:
    """The head reads the project once more and confirms it, or sends it to whoever its text names."""
    project = project_or_404(request, number)
    case = project.case
    if case.state not in (ProjectState.DRAFT, ProjectState.RETURNED) or case.turn_organisation_id != _own(request):
        return redirect("cases:detail", number=number)
    form, problems = (
        SendForm(request.POST if request.method == "POST" else None, initial={"late_reason": project.late_reason}),
        Problems(),
    )
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["late_reason"]
        act, problems = run_step(request, lambda: project_filing.send(case, request.actor, reason))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”。")
            return redirect("cases:detail", number=number)
        for problem in [one for one in problems if one.where == "late_reason"]:
            form.add_error("late_reason", problem.message)
            problems.remove(problem)
    step = project_filing.step_of(case)
    offered = next((one for one in steps_for(case, request.actor) if one.transition.name == step), None)
    missing = [one for one in offered.problems if one.where != "late_reason"] if offered else []
    late = class_filing.deadline_of(project) is not None and _late(project)
    context = frame(project, offered.transition.label if offered else "报送") | {
        "form": form,
        "missing": problems or missing,
        "alert": bool(problems),
        "late": late,
        "step_label": offered.transition.label if offered else "",
    }
    return render(request, "plans/projects/submit.html", context, status=problems.status)


def _edit(request: HttpRequest, project: TrainingProject, form: ProjectForm) -> tuple[Any, Problems]:
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    try:
        return run_step(request, lambda: projects.edit_project(project.case, request.actor, form.values(), version))
    except projects.ProjectChanged:
        return None, Problems([CHANGED], 409)


def _deadline_of_new(
    form: ProjectForm, rules: Rulebook, planned: PlannedProject | None
) -> class_filing.Deadline | None:
    """The last day for filing as far as the opening day is known: as typed, else as planned."""
    form.is_valid()
    typed = getattr(form, "cleaned_data", {}).get("starts_on")
    starts_on = typed or (planned.starts_on if planned else None)
    return class_filing.deadline_for(rules, starts_on) if starts_on else None


def _late(project: TrainingProject) -> bool:
    deadline = class_filing.deadline_of(project)
    if deadline is None or deadline.latest is None:
        return False
    return class_filing.filing_day(project, deadline, timezone.localdate()) > deadline.latest


def _own(request: HttpRequest) -> int:
    return request.actor.organisation.pk


def _planned(request: HttpRequest, base: Base) -> PlannedProject | None:
    text = request.GET.get("planned", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    found = PlannedProject.objects.filter(plan__base=base, pk=int(text)).select_related("plan__case").first()
    if found is None:
        raise Http404
    return found


def _live_bases(request: HttpRequest) -> list[Base]:
    if request.actor.organisation.kind != OrganisationKind.INSTITUTION or not request.actor.has(*INSTITUTION):
        return []
    return list(visible_bases(request.actor).filter(status__in=LIVE).order_by("pk")[:20])


def _row(project: TrainingProject, request: HttpRequest) -> dict[str, Any]:
    return {
        "number": project.case.number,
        "name": project.name,
        "base": project.base.name,
        "subject": project.get_subject_kind_display(),
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "persons": project.held_persons if project.held_persons is not None else project.persons,
        "state_label": state_label(project.case),
        "state_tone": state_tone(project.case, request.actor),
        "marks": project_marks.marks(project, timezone.localdate()),
        "sandbox": project.case.is_sandbox,
    }


def _cells(project: TrainingProject) -> list[object]:
    return [
        project.case.number,
        project.name,
        project.base.name,
        project.year,
        project.get_subject_kind_display(),
        project.starts_on.isoformat(),
        project.ends_on.isoformat(),
        f"{project.hours_tenths / 10:g}",
        project.persons,
        project.held_persons,
        state_label(project.case),
        project.latest_filing.isoformat() if project.latest_filing else "",
        project.filed_on.isoformat() if project.filed_on else "",
        project.filed_late_days,
        project.late_reason,
        "、".join(label for label, _ in project_marks.marks(project, timezone.localdate())),
    ]


def _status(request: HttpRequest, form: ProjectForm, problems: Problems) -> int:
    return 422 if request.method == "POST" and form.errors else problems.status

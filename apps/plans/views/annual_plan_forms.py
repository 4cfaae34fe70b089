"""Filling in an annual plan: its overview, its parts, saving as one types, reading it whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import acting
from apps.cases.workflow import WorkflowError
from apps.plans.enums import PlanState
from apps.plans.forms.annual_plans import PartForm
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_forms, plan_parts, plan_terms
from apps.plans.services.plan_forms import ASSESSMENT_PURPOSE, FILES, PARTS, PROJECTS, SUMMARY, PlanConflict, PlanForm
from apps.plans.services.plan_tables import EDITABLE_PROJECTS, shown_row
from apps.plans.views.annual_plan_pages import (
    content,
    execution_cells,
    file_rows,
    frame,
    navigation,
    own_plan_or_404,
    part_url,
    plan_or_404,
    problem_links,
    readable_form,
)

SHOWN_ROWS = 50
LEADS = {
    SUMMARY: "人数和学时按办班和学员记录自动填写；请逐项填写完成情况，与计划不同的写明原因。",
    PROJECTS: "逐行填写，或从 Excel 导入；也可以复制上一年度已备案的计划后修改。",
    FILES: "可上传 PDF、图片、Word、Excel 文件。",
}


@acting
@require_GET
def plan_form(request: HttpRequest, number: str) -> HttpResponse:
    """The form as a whole: what is filled in, what is missing, what to do next and by when."""
    plan = plan_or_404(request, number)
    if not plan_forms.may_fill_in(plan, request.actor):
        return redirect("plans:plan_view", number=number)
    form = plan_forms.load_form(plan)
    editable = plan_forms.is_editable(plan, request.actor)
    problems = plan_forms.plan_problems(plan)
    files = [gap for gap in form.gaps_in(FILES) if gap.field == ASSESSMENT_PURPOSE]
    context = frame(request, plan, "填报年度计划", form.rules) | {
        "progress": navigation(form, locked=not editable),
        "editable": editable,
        "missing": problem_links(plan.case, problems)
        + [
            {"message": f"{gap.message}。", "articles": gap.articles, "url": part_url(plan.case, FILES)}
            for gap in files
        ],
        "returned": [{"place": place, "url": part_url(plan.case, place.part, place.field)} for place in form.returned],
        "days": plan_terms.arrivals(plan, form.rules),
        "binding": plan_terms.is_binding(plan.base, timezone.localdate()),
        "own_review": "record_own_review" in _next_steps(plan, form),
    }
    return render(request, "plans/annual/form.html", context)


def _next_steps(plan: AnnualPlan, form: PlanForm) -> tuple[str, ...]:
    first = form.rules.annual_plan.deadlines[-1].requires == "institution_review"
    return ("record_own_review",) if first and plan.case.state in plan_forms.EDITABLE else ()


@acting
@require_http_methods(["GET", "POST"])
def plan_part(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """One part: shown, and saved whole. What was typed is kept whatever is wrong with it."""
    plan = own_plan_or_404(request, number)
    _known(part)
    form = plan_forms.load_form(plan)
    if request.method == "GET":
        if not plan_forms.is_editable(plan, request.actor):
            return redirect("plans:plan_view", number=number)
        return part_page(request, form, part)
    values = plan_parts.parse_part(form, part, request.POST)
    typed = typed_form(form, values)
    try:
        plan_forms.save_part(plan, values, posted_version(request), request.actor)
    except PlanConflict as conflict:
        return _conflict_page(request, form, typed, part, conflict.current)
    except WorkflowError as error:
        problems = problem_links(plan.case, error.problems)
        return part_page(request, typed, part, problems=problems, status=error.status)
    messages.success(request, "已保存。")
    codes = list(PARTS)
    if request.POST.get("save") != "next":
        return redirect(part_url(plan.case, part) + "?check=1")
    following = codes[codes.index(part) + 1 :]
    return redirect(part_url(plan.case, following[0]) if following else reverse("plans:plan_form", args=[number]))


def _known(part: str) -> None:
    if part not in PARTS:
        raise Http404


def typed_form(form: PlanForm, values: dict[str, Any]) -> PlanForm:
    """The form as it would stand with ``values``."""
    plan = form.plan
    answers = {**plan.data.get("answers", {}), **values.get("answers", {})}
    plan.data = {**plan.data, **values, "answers": answers}
    return PlanForm(plan, form.rules)


def posted_version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def part_page(
    request: HttpRequest,
    form: PlanForm,
    part: str,
    *,
    problems: list[dict[str, Any]] | None = None,
    version: int | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """The page of one part with what is typed, stored or not."""
    plan = form.plan
    codes = list(PARTS)
    place = codes.index(part)
    typed = PartForm(form, part, show_missing="check" in request.GET or request.method == "POST")
    typed.is_valid()
    context = frame(request, plan, PARTS[part], form.rules) | {
        "part": part,
        "lead": LEADS[part],
        "form": typed,
        "plan_form": form,
        "version": plan.data_version if version is None else version,
        "progress": navigation(form, part),
        "problems": problems or [],
        "previous_url": part_url(plan.case, codes[place - 1]) if place else "",
        "next_label": "保存并填写下一部分" if place + 1 < len(codes) else "保存并返回总览",
        **_own_parts(form, part),
        **extra,
    }
    return render(request, f"plans/annual/part_{part}.html", context, status=status)


def _own_parts(form: PlanForm, part: str) -> dict[str, Any]:
    if part == SUMMARY:
        return {"kept_executions": [execution_cells(row) for row in form.executions] if form.is_amendment else []}
    if part == FILES:
        assessment = form.rules.annual_plan.assessment_group
        groups = file_rows(form, removable=True)
        shown = [group for group in groups if assessment or group["files"] or group["purpose"] != ASSESSMENT_PURPOSE]
        return {"groups": shown, "assessment": assessment}
    rows = [row for row in form.rows if not form.table.blank(row)]
    editable = len(form.rows) <= EDITABLE_PROJECTS
    return {
        "table": form.table,
        "formset": form.table.formset(form.rows) if editable else None,
        "row_count": len(rows),
        "columns": [column.label for column in form.table.columns if column.name != "key"],
        "preview": [] if editable else [list(shown_row(form.table, row).values()) for row in rows[:SHOWN_ROWS]],
        "table_errors": plan_parts.live_errors(form, part).get("projects", [])[:20],
        "benefit": form.rules.public_benefit,
    }


def _conflict_page(
    request: HttpRequest, form: PlanForm, typed: PlanForm, part: str, current: AnnualPlan
) -> HttpResponse:
    """Tell the later writer what the earlier one saved; saving once more is then a choice and not an accident."""
    theirs = PlanForm(current, form.rules)
    mine, other = plan_parts.as_post(typed, part), plan_parts.as_post(theirs, part)
    labels = {name: str(field.label) for name, field in PartForm(typed, part, show_missing=False).fields.items()}
    rows = [
        {"label": label, "before": other.get(name, ""), "after": mine.get(name, "")}
        for name, label in labels.items()
        if mine.get(name) != other.get(name)
    ]
    if part == PROJECTS and typed.rows != theirs.rows:
        rows.append(
            {"label": form.table.title, "before": f"{len(theirs.rows)} 行", "after": f"{len(typed.rows)} 行，内容不同"}
        )
    conflict = {"by": current.saved_by, "at": current.saved_at, "rows": rows}
    return part_page(request, typed, part, version=current.data_version, status=409, conflict=conflict)


@acting
@require_POST
def plan_autosave(request: HttpRequest, number: str, part: str) -> JsonResponse:
    """Save a part as it is typed; see static/js/autosave.js for the answers."""
    plan = own_plan_or_404(request, number)
    _known(part)
    form = plan_forms.load_form(plan)
    values = plan_parts.parse_part(form, part, request.POST)
    try:
        saved = plan_forms.save_part(plan, values, posted_version(request), request.actor)
    except PlanConflict as conflict:
        return JsonResponse(_conflict_answer(form, part, conflict.current), status=409)
    except WorkflowError as error:
        # 409 is the script's word for a faster writer; a locked plan is a refusal like any other
        return JsonResponse({"detail": error.problems[0].message}, status=403 if error.status == 403 else 422)
    now = PlanForm(saved, form.rules)
    return JsonResponse(
        {
            "version": saved.data_version,
            "saved_at": saved.saved_at.isoformat() if saved.saved_at else None,
            "errors": plan_parts.live_errors(now, part),
            "completeness": now.completeness(),
        }
    )


def _conflict_answer(form: PlanForm, part: str, current: AnnualPlan) -> dict[str, Any]:
    return {
        "version": current.data_version,
        "saved_by": current.saved_by.name if current.saved_by else "系统",
        "saved_at": current.saved_at.isoformat() if current.saved_at else None,
        "values": plan_parts.as_post(PlanForm(current, form.rules), part),
    }


@acting
@require_GET
def plan_view(request: HttpRequest, number: str) -> HttpResponse:
    """The whole plan as everyone with a part in the case reads it."""
    plan = plan_or_404(request, number)
    form = readable_form(request, plan)
    context = frame(request, plan, "年度计划", form.rules) | {
        **content(form),
        "days": plan_terms.arrivals(plan, form.rules),
        "may_edit": plan_forms.is_editable(plan, request.actor),
        "draft": plan.case.state == PlanState.DRAFT,
    }
    return render(request, "plans/annual/view.html", context)

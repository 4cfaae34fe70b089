"""The application form page by page: opening it, its overview, its sections, saving as one types, reading it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import acting, forbidden
from apps.applications.enums import ApplicationState, RoundState
from apps.applications.models import Application, Round
from apps.applications.sections import Filled
from apps.applications.services import filling
from apps.applications.services.completeness import completeness, missing_items
from apps.applications.services.evidence import evidence_files, open_conditions
from apps.applications.services.filling import FilledForm, SectionConflict
from apps.applications.services.printing import preview_pdf
from apps.applications.services.readonly import readonly_sections
from apps.applications.views.form_pages import (
    applicants_own_or_404,
    application_or_404,
    check_context,
    navigation,
    problem_links,
    section_or_404,
    section_url,
)
from apps.cases.tables import EDITABLE_ROWS
from apps.cases.workflow import WorkflowError

SHOWN_ROWS = 50


@acting
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Open an application in a published round; the one the institution already has is opened instead."""
    states = (RoundState.PUBLISHED, RoundState.CLOSED, RoundState.FINISHED)
    rounds = Round.objects.select_related("case__authority", "case__jurisdiction").filter(case__state__in=states)
    rnd = get_object_or_404(rounds, case__number=number)
    problems: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        try:
            application = filling.start_application(rnd, request.actor)
        except WorkflowError as error:
            problems, status = [{"message": problem.message} for problem in error.problems], error.status
        else:
            return redirect("applications:form", number=application.case.number)
    context = {
        "heading": "申报基地",
        "round": rnd,
        "problems": problems,
        "sandbox": rnd.case.is_sandbox,
        "may_start": filling.may_start(request.actor),
    }
    return render(request, "applications/form/start.html", context, status=status)


@acting
@require_GET
def overview(request: HttpRequest, number: str) -> HttpResponse:
    """The form as a whole: what is filled in, what is missing, what the self-check finds, what to do next."""
    application = application_or_404(request, number)
    if not filling.may_fill_in(application, request.actor):
        return redirect("applications:form_readonly", number=number)
    form = filling.load_form(application)
    editable = filling.editable_sections(application, request.actor)
    missing = missing_items(application, form)
    context = {
        "heading": "申报表",
        "application": application,
        "case": application.case,
        "sandbox": application.case.is_sandbox,
        "progress": navigation(form, editable),
        "editable": editable,
        "reopened": _reopened(application, form),
        "missing": problem_links(application, missing),
        "sending": _sending(application),
        "window_over": timezone.now() >= application.round.closes_at,
        **check_context(form),
    }
    return render(request, "applications/form/overview.html", context)


def _reopened(application: Application, form: FilledForm) -> list[dict[str, Any]]:
    titles = {filled.code: filled.section.title for filled in form.sections}
    return [
        {"title": titles.get(code, code), "url": section_url(application, code), "items": items}
        for code, items in filling.reopened_sections(application).items()
    ]


def _sending(application: Application) -> str:
    """The step that sends the form on: submit, resubmit, or none now."""
    state = application.case.state
    if state == ApplicationState.DRAFT:
        return "submit"
    return "resubmit" if state in filling.RETURNED else ""


@acting
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """One section: shown, and saved whole. What was typed is kept whatever is wrong with it."""
    application = application_or_404(request, number)
    form = filling.load_form(application)
    filled = section_or_404(form, code)
    if code not in filling.editable_sections(application, request.actor):
        return _locked(request, application, form, code)
    if code == "evidence":
        return evidence_page(request, application, form)
    if request.method == "GET":
        return _section_page(request, form, filled, form.version(code))
    data = filling.parse_section(form, filled.section, request.POST)
    typed = filled.section.fill(data, form.context)
    try:
        filling.save_section(application, code, data, posted_version(request), request.actor)
    except SectionConflict as conflict:
        return _conflict_page(request, form, typed, conflict)
    except WorkflowError as error:
        problems = problem_links(application, error.problems)
        return _section_page(request, form, typed, form.version(code), problems=problems, status=error.status)
    return _after_save(request, form, code)


def _locked(request: HttpRequest, application: Application, form: FilledForm, code: str) -> HttpResponse:
    number = application.case.number
    if request.method == "GET":
        return redirect(reverse("applications:form_readonly", args=[number]) + f"#section-{code}")
    if not filling.may_fill_in(application, request.actor):
        return forbidden(request, "只有申报单位的填报人或负责人可以修改申报表。")
    filled = section_or_404(form, code)
    typed = filled.section.fill(filling.parse_section(form, filled.section, request.POST), form.context)
    state = ApplicationState(application.case.state).label
    problems = [
        {"message": f"办件 {number} 现为“{state}”，本部分已锁定，没有保存。下面保留您刚才填写的内容，可复制留存。"}
    ]
    return _section_page(request, form, typed, form.version(code), problems=problems, status=409)


def posted_version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def _after_save(request: HttpRequest, form: FilledForm, code: str) -> HttpResponse:
    messages.success(request, "已保存。")
    editable = filling.editable_sections(form.application, request.actor)
    codes = [filled.code for filled in form.sections if filled.code in editable]
    if request.POST.get("save") == "next":
        following = codes[codes.index(code) + 1 :]
        if following:
            return redirect(section_url(form.application, following[0]))
        return redirect("applications:form", number=form.application.case.number)
    return redirect(section_url(form.application, code) + "?check=1")


def _section_page(
    request: HttpRequest,
    form: FilledForm,
    filled: Filled,
    version: int,
    *,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    application = form.application
    editable = filling.editable_sections(application, request.actor)
    codes = [one.code for one in form.sections if one.code in editable] or [filled.code]
    place = codes.index(filled.code) if filled.code in codes else 0
    shown = filled.shown_form(show_missing="check" in request.GET or request.method == "POST")
    stored = form.stored.get(filled.code)
    context = {
        "heading": filled.section.title,
        "application": application,
        "case": application.case,
        "sandbox": application.case.is_sandbox,
        "section": filled.section,
        "conditions": filled.section.conditions(form.context),
        "rulebook": form.context.rulebook,
        "form": shown,
        "fields": [{"bound": bound, "articles": filled.articles(bound.name)} for bound in shown],
        "tables": [_table(filled, table) for table in filled.tables],
        "table_errors": filled.live_errors(),
        "version": version,
        "saved_at": stored.saved_at if stored else None,
        "progress": navigation(form, editable, filled.code),
        "returned": filling.reopened_sections(application).get(filled.code, []),
        "problems": problems or [],
        "previous_url": section_url(application, codes[place - 1]) if place else "",
        "next_label": "保存并填写下一部分" if place + 1 < len(codes) else "保存并返回总览",
        **live_context(form, filled),
        **extra,
    }
    return render(request, "applications/form/section.html", context, status=status)


def _table(filled: Filled, table: Any) -> dict[str, Any]:
    rows = filled.rows(table.code)
    editable = len(rows) <= EDITABLE_ROWS
    return {
        "table": table,
        "rows": len(rows),
        "formset": table.formset(rows) if editable else None,
        "columns": [column.label for column in table.columns],
        "preview": [
            [column.display(str(row.get(column.name, ""))) for column in table.columns] for row in rows[:SHOWN_ROWS]
        ]
        if not editable
        else [],
        "errors": filled.live_errors().get(table.code, []),
    }


def live_context(form: FilledForm, filled: Filled) -> dict[str, Any]:
    """The part of the page that follows what is typed: derived figures and this section's findings."""
    check = check_context(form)
    check["findings"] = [row for row in check["findings"] if row["section"] == filled.code]
    return {**check, "figures": filled.figures}


def _conflict_page(request: HttpRequest, form: FilledForm, typed: Filled, conflict: SectionConflict) -> HttpResponse:
    """Tell the later writer what the earlier one saved; saving once more is then a choice and not an accident."""
    theirs = typed.section.fill(conflict.current.data, form.context)
    mine, other = typed.as_post(), theirs.as_post()
    rows = [
        {"label": str(field.label), "before": _joined(other.get(name)), "after": _joined(mine.get(name))}
        for name, field in typed.form.fields.items()
        if mine.get(name) != other.get(name)
    ]
    rows += [
        {
            "label": table.title,
            "before": f"{len(theirs.rows(table.code))} 行",
            "after": f"{len(typed.rows(table.code))} 行",
        }
        for table in typed.tables
        if typed.rows(table.code) != theirs.rows(table.code)
    ]
    extra = {"conflict": {"by": conflict.current.saved_by, "at": conflict.current.saved_at, "rows": rows}}
    return _section_page(request, form, typed, conflict.current.version, status=409, **extra)


def _joined(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


@acting
@require_POST
def autosave(request: HttpRequest, number: str, code: str) -> JsonResponse:
    """Save a section as it is typed; see static/js/autosave.js for the answers.

    200 saved, with errors, completeness and the live part of the page; 409 with what a faster writer saved; 403 or
    409 with ``detail`` when the section is not open.
    """
    application = application_or_404(request, number)
    form = filling.load_form(application)
    filled = section_or_404(form, code)
    data = filling.parse_section(form, filled.section, request.POST)
    try:
        row = filling.save_section(application, code, data, posted_version(request), request.actor)
    except SectionConflict as conflict:
        return JsonResponse(_conflict_answer(form, filled, conflict), status=409)
    except WorkflowError as error:
        # 409 is the script's word for a faster writer; a locked section is a refusal like any other
        status = 403 if error.status == 403 else 422
        return JsonResponse({"detail": error.problems[0].message}, status=status)
    saved = FilledForm(application, form.context, {**form.stored, code: row})
    now_filled = saved.section(code)
    live = {**live_context(saved, now_filled), "application": application}
    return JsonResponse(
        {
            "version": row.version,
            "saved_at": row.saved_at.isoformat(),
            "errors": now_filled.live_errors(),
            "completeness": completeness(saved),
            "html": render_to_string("applications/form/_live.html", live, request),
        }
    )


def _conflict_answer(form: FilledForm, filled: Filled, conflict: SectionConflict) -> dict[str, Any]:
    current = conflict.current
    return {
        "version": current.version,
        "saved_by": current.saved_by.name if current.saved_by else "系统",
        "saved_at": current.saved_at.isoformat() if current.saved_at else None,
        "values": filled.section.fill(current.data, form.context).as_post(),
    }


def evidence_page(
    request: HttpRequest, application: Application, form: FilledForm, refused: dict[str, str] | None = None
) -> HttpResponse:
    """The files, condition by condition."""
    files, changeable = evidence_files(application), open_conditions(application, request.actor, form)
    editable = filling.editable_sections(application, request.actor)
    filled = form.section("evidence")
    required = {one.code for one in filled.section.required(form.context)}
    context = {
        "heading": filled.section.title,
        "application": application,
        "case": application.case,
        "sandbox": application.case.is_sandbox,
        "section": filled.section,
        "rulebook": form.context.rulebook,
        "progress": navigation(form, editable, "evidence"),
        "returned": filling.reopened_sections(application).get("evidence", []),
        "groups": [
            {
                "condition": one,
                "files": files.get(one.code, []),
                "required": one.code in required,
                "open": one.code in changeable,
                "refused": (refused or {}).get(one.code, ""),
            }
            for one in filled.section.conditions(form.context)
        ],
    }
    return render(request, "applications/form/evidence.html", context, status=422 if refused else 200)


@acting
@require_GET
def readonly(request: HttpRequest, number: str) -> HttpResponse:
    """The filled form as everyone with a part in the case reads it."""
    application = application_or_404(request, number)
    form = filling.load_form(application)
    context = {
        "heading": "申报表",
        "application": application,
        "case": application.case,
        "sandbox": application.case.is_sandbox,
        "sections": readonly_sections(application, form),
        "may_fill_in": filling.may_fill_in(application, request.actor),
        **check_context(form),
    }
    return render(request, "applications/form/readonly.html", context)


@acting
@require_GET
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The printed form as it stands, marked as a draft; the submitted one is among the case's documents."""
    application = applicants_own_or_404(request, number)
    response = HttpResponse(preview_pdf(application).pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{application.case.number}-draft.pdf"'
    return response

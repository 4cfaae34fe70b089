"""The authority's side of the review: visits, recorded steps, resolution, conclusion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.models import Case
from apps.cases.web import Problems, rulebook_of, run_step, state_label
from apps.cases.workflow.engine import may
from apps.panels import selectors
from apps.panels.forms import ConclusionForm, MinutesForm, PanelStepForm, ResolutionForm, StepForm, VisitForm
from apps.panels.guards import MINUTES
from apps.panels.models import Resolution
from apps.panels.services import own_review, resolutions, review_steps, scoring, visits
from apps.panels.services.subjects import kind_of_panel, kind_of_subject
from apps.panels.sitting import Sitting
from apps.panels.views.common import (
    OFFICE,
    download,
    frame,
    panel_or_404,
    reviewed_or_404,
    step_status,
    subject_or_404,
)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, number: str, subject: str) -> HttpResponse:
    """Record a visit on site with photos."""
    panel = panel_or_404(request, number)
    sitting = Sitting(panel)
    found = subject_or_404(sitting, subject)
    form = VisitForm(request.POST or None, request.FILES or None, members=sitting.able(found))
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        act, problems = run_step(
            request,
            lambda: visits.record_visit(
                panel.case,
                request.actor,
                found,
                visited_on=data["visited_on"],
                place=data["place"],
                members=form.chosen(),
                others=data["others"],
                record=data["record"],
                photos=data["photos"],
            ),
        )
        if act is not None:
            messages.success(request, "实地考察已记录。")
            return redirect("panels:panel", number=number)
    heading = f"实地考察：{sitting.kind.name(found)}"
    context = frame(panel, heading, form=form, problems=problems)
    return render(request, "panels/visit.html", context, status=step_status(request, problems, form))


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def panel_steps(request: HttpRequest, number: str) -> HttpResponse:
    """Record a step of the review for several of the panel's subjects at once."""
    panel = panel_or_404(request, number)
    sitting = Sitting(panel)
    duties = sitting.kind.duties(panel.case)
    if not duties:
        raise Http404
    form = PanelStepForm(request.POST or None, kind=sitting.kind, duties=duties, choosable=sitting.subjects)
    problems = Problems()
    if request.method == "GET":
        form.initial = {"subjects": [str(one.pk) for one in sitting.subjects]}
    if request.method == "POST" and form.is_valid():
        for subject in form.chosen():
            _, found = _record(request, subject, form)
            problems.extend(found)
            problems.status = found.status if found else problems.status
        if not problems:
            messages.success(request, f"已记录“{dict(duties)[form.cleaned_data['duty']]}”。")
            return redirect("panels:steps", number=number)
    context = frame(
        panel,
        "评审环节记录",
        form=form,
        problems=problems,
        duties=duties,
        table=_duty_table(sitting),
    )
    return render(request, "panels/steps.html", context, status=step_status(request, problems, form))


@requires_role(*OFFICE)
@require_http_methods(["GET", "POST"])
def review_steps_page(request: HttpRequest, number: str) -> HttpResponse:
    """One subject's recorded steps; where the text leaves experts open, the authority's own conclusion."""
    case = reviewed_or_404(request, number)
    kind = kind_of_subject(case)
    duties = kind.duties(case)
    if not duties or case.authority_id != request.actor.organisation.pk:
        raise Http404
    concluding = request.POST.get("action") == "conclude"
    step_form = StepForm(None if concluding else request.POST or None, duties=duties)
    conclusion_form = ConclusionForm(request.POST if concluding else None)
    problems = Problems()
    if request.method == "POST" and concluding and conclusion_form.is_valid():
        act, problems = run_step(request, lambda: _conclude(case, request, conclusion_form.cleaned_data))
        if act is not None:
            messages.success(request, "评审结论已形成。")
            return redirect("cases:detail", number=number)
    elif request.method == "POST" and not concluding and step_form.is_valid():
        act, problems = _record(request, case, step_form)
        if act is not None:
            messages.success(request, "评审环节已记录。")
            return redirect("panels:review_steps", number=number)
    context = {
        "heading": "评审记录",
        "case": case,
        "review": {"articles": kind.articles(case), "duties": duties},
        "rulebook": rulebook_of(case),
        "sandbox": case.is_sandbox,
        "state_label": state_label(case),
        "steps": _recorded(case, duties),
        "form": step_form,
        "conclusion_form": conclusion_form,
        "problems": problems,
        "may_record": may(case, "record_review_step", request.actor),
        "may_conclude": may(case, "conclude_review", request.actor),
        "by_panel": case.state == kind.reviewing,
    }
    status = step_status(request, problems, step_form, conclusion_form)
    return render(request, "panels/review_steps.html", context, status=status)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def resolution(request: HttpRequest, number: str) -> HttpResponse:
    """Votes and opinion for each subject, and the minutes; one subject saved at a time."""
    panel = panel_or_404(request, number)
    sitting = Sitting(panel)
    minutes_form = MinutesForm(request.POST or None, request.FILES or None)
    asked = request.POST.get("subject", "")
    problems = Problems()
    if request.method == "POST" and "minutes" in request.FILES and minutes_form.is_valid():
        upload = minutes_form.cleaned_data["minutes"]
        act, problems = run_step(request, lambda: resolutions.file_minutes(panel.case, request.actor, upload))
        if act is not None:
            messages.success(request, "会议纪要已上传。")
            return redirect("panels:resolution", number=number)
    forms = _resolution_forms(sitting, request, asked)
    chosen = forms.get(asked)
    if chosen is not None and chosen.is_valid():
        found = subject_or_404(sitting, asked)
        act, problems = run_step(
            request,
            lambda: resolutions.record_resolution(panel.case, request.actor, found, **chosen.cleaned_data),
        )
        if act is not None:
            messages.success(request, f"“{sitting.kind.name(found)}”的决议已记录。")
            return redirect("panels:resolution", number=number)
    rows = [_resolution_row(sitting, one, forms[one.number]) for one in sitting.subjects]
    files = [file for file in selectors.panel_files(sitting, None) if file.purpose == MINUTES]
    minutes_form = minutes_form if "minutes" in request.FILES else MinutesForm()
    context = frame(
        panel,
        "评审决议",
        rows=rows,
        problems=problems,
        minutes_form=minutes_form,
        files=files,
        editable=may(panel.case, "record_resolution", request.actor),
        duties_table=_duty_table(sitting),
    )
    status = step_status(request, problems, *([chosen] if chosen is not None else []))
    return render(request, "panels/resolution.html", context, status=status)


@requires_role(Role.AUTHORITY_OFFICER)
@require_POST
def conclude(request: HttpRequest, number: str) -> HttpResponse:
    """Conclude the review of every subject of the panel as its signed resolution says."""
    panel = panel_or_404(request, number)
    acts, problems = resolutions.conclude_all(panel.case, request.actor)
    if acts:
        messages.success(request, f"{len(acts)} 件{kind_of_panel(panel).words.subject}的评审已办结，进入下一环节。")
    for problem in problems:
        messages.error(request, problem.message)
    if not acts and not problems:
        messages.info(request, f"本委员会的{kind_of_panel(panel).words.subject}均已办结评审。")
    return redirect("panels:panel", number=number)


@requires_role(*OFFICE)
@require_GET
def file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Minutes or a photo, for the authority's staff."""
    panel = panel_or_404(request, number)
    return download(get_object_or_404(selectors.panel_files(Sitting(panel), None), pk=pk))


@requires_role(*OFFICE)
@require_GET
def scores(request: HttpRequest, number: str, subject: str) -> HttpResponse:
    """The sheets of one subject, once every one is in or the scoring is closed; before, only that they wait."""
    panel = panel_or_404(request, number)
    sitting = Sitting(panel)
    found = subject_or_404(sitting, subject)
    sheets = list(selectors.sheets_for(sitting, found, None))
    context = frame(
        panel,
        f"评分汇总：{sitting.kind.name(found)}",
        subject=found,
        sheets=sheets,
        rubric=scoring.rubric_of(panel),
        revealed=selectors.revealed(sitting, found),
        conditions={one.code: one.title for one in scoring.criteria_of(found)},
        back_url="panels:panel",
    )
    return render(request, "panels/scores.html", context)


def _conclude(case: Case, request: HttpRequest, data: dict[str, Any]):
    return own_review.conclude_own_review(case, request.actor, passed=data["passed"] == "yes", reasons=data["reasons"])


def _record(request: HttpRequest, case: Case, form: StepForm):
    data = form.cleaned_data
    return run_step(
        request,
        lambda: review_steps.record_review_step(
            case,
            request.actor,
            data["duty"],
            done_on=data["done_on"],
            record=data["record"],
            participants=data["participants"],
        ),
    )


def _recorded(subject: Case, duties: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    steps = kind_of_subject(subject).steps([subject])
    return [{"label": label, "row": steps.get((subject.pk, duty))} for duty, label in duties]


def _duty_table(sitting: Sitting) -> list[dict[str, Any]]:
    duties = sitting.kind.duties(sitting.panel.case)
    done = sitting.kind.steps(sitting.subjects)
    return [
        {
            "institution": sitting.kind.name(one),
            "number": one.number,
            "cells": [{"label": label, "done": (one.pk, duty) in done} for duty, label in duties],
            "complete": all((one.pk, duty) in done for duty, _ in duties),
        }
        for one in sitting.subjects
    ]


def _resolution_forms(sitting: Sitting, request: HttpRequest, asked: str) -> dict[str, ResolutionForm]:
    rows = {row.subject_id: row for row in Resolution.objects.filter(panel=sitting.panel)}
    forms = {}
    for subject in sitting.subjects:
        number = subject.number
        row = rows.get(subject.pk)
        initial = {"votes_abstain": 0}
        if row is not None:
            names = ("votes_for", "votes_against", "votes_abstain", "reasons")
            initial = {name: getattr(row, name) for name in names}
        data = request.POST if number == asked else None
        forms[number] = ResolutionForm(data, initial=initial, auto_id=f"id_{number}_%s")
        forms[number].row = row
    return forms


def _resolution_row(sitting: Sitting, subject: Case, form: ResolutionForm) -> dict[str, Any]:
    totals = [sheet.total or 0 for sheet in sitting.submitted(subject)]
    average = resolutions.average_hundredths(sum(totals), len(totals)) if totals else None
    return {
        "subject": subject,
        "institution": sitting.kind.name(subject),
        "number": subject.number,
        "sheets": len(totals),
        "average": None if average is None else f"{average // 100}.{average % 100:02d}",
        "reaches": bool(totals) and sum(totals) >= sitting.panel.pass_points * len(totals),
        "able": len(sitting.able(subject)),
        "form": form,
        "resolution": form.row,
    }

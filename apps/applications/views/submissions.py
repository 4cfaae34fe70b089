"""The page on which the institution's head signs and submits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import acting
from apps.accounts.enums import Role
from apps.applications.enums import ApplicationState
from apps.applications.models import Application
from apps.applications.services import filling, submission
from apps.applications.views.form_pages import (
    applicants_own_or_404,
    check_context,
    navigation,
    problem_links,
)
from apps.cases.web import run_step
from apps.cases.workflow import Problem, workflow_for
from apps.cases.workflow.engine import check_guards, road_of


@acting
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Check everything once more, then submit; a returned form is submitted again here too."""
    application = applicants_own_or_404(request, number)
    case = application.case
    step = "submit" if case.state == ApplicationState.DRAFT else "resubmit"
    status, problems = 200, _standing_problems(application, step)
    if request.method == "POST":
        act, refused = run_step(request, lambda: getattr(submission, step)(case, request.actor))
        if act is not None:
            messages.success(request, f"已提交，编号 {case.number}。{_whose_turn(application)}")
            return redirect("cases:detail", number=number)
        problems, status = list(refused), refused.status
    return render(
        request, "applications/form/submit.html", _context(request, application, step, problems), status=status
    )


def _standing_problems(application: Application, step: str) -> list[Problem]:
    case = application.case
    workflow = workflow_for(case.kind)
    transition = workflow.find(step, case.state, case, road_of(case))
    if transition is None:
        return [Problem("wrong_state", f"本件现为“{workflow.states[case.state]}”，现在不能提交。")]
    return check_guards(transition, case, None, None)


def _whose_turn(application: Application) -> str:
    application.case.refresh_from_db()
    turn = application.case.turn_organisation
    return f"现由{turn.name}办理。" if turn else ""


def _context(request: HttpRequest, application: Application, step: str, problems: list[Problem]) -> dict[str, Any]:
    form = filling.load_form(application)
    road = form.context.rulebook.road
    stages = [] if application.direct else list(road.recommendation)
    return {
        "heading": "提交申报" if step == "submit" else "修改后重新提交",
        "application": application,
        "case": application.case,
        "sandbox": application.case.is_sandbox,
        "progress": navigation(form, filling.editable_sections(application, request.actor)),
        "problems": problem_links(application, problems),
        "is_head": Role.INSTITUTION_HEAD in request.actor.roles,
        "stages": [
            {
                "label": stage.label,
                "unit": application.examiner if stage.code == "examination" else application.recommender,
                "article": stage.article,
            }
            for stage in stages
        ],
        "resubmitting": step == "resubmit",
        **check_context(form),
    }

"""What the pages of sanctions share: fetching the base, the page of a step, saving a form with its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.bases.models import Base
from apps.bases.selectors import visible_bases
from apps.cases.models import Act, Case
from apps.cases.web import NOT_YOURS, Problems, rulebook_of, run_step, state_label
from apps.cases.workflow import Problem, WorkflowError
from apps.cases.workflow.engine import may
from apps.inspections.services import sanction_files

Save = Callable[[], Act]


def own_base_or_404(request: HttpRequest, number: str) -> Base:
    """The base ``number`` if the acting authority recognised it; any other raises Http404."""
    bases = visible_bases(request.actor).filter(authority=request.actor.organisation)
    return get_object_or_404(bases, number=number)


def not_now(request: HttpRequest, case: Case, step: str) -> HttpResponse | None:
    """Back to the case with a word why, when the person may not take ``step`` now; None when they may."""
    if may(case, step, request.actor):
        return None
    messages.warning(request, f"本件现为“{state_label(case)}”，您现在不能办理这一步。")
    return redirect("cases:detail", number=case.number)


def version_of(form: forms.Form) -> int | None:
    """The version of the case the form was filled in on."""
    version = form.cleaned_data.get("version")
    return version if isinstance(version, int) else None


def removed(request: HttpRequest) -> int | None:
    """The file whose removal was asked for together with saving."""
    text = request.POST.get("remove", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def take_files(request: HttpRequest, case: Case, places: dict[str, str]) -> Problems:
    """File the uploads of each field under its place and remove what was asked for; problems name each refused file."""
    problems: list[Problem] = []
    status = 422
    try:
        for field, purpose in places.items():
            uploads = request.FILES.getlist(field)
            refused = sanction_files.add_files(case, request.actor, purpose, uploads)
            problems += [Problem("file_refused", text, where=field) for text in refused]
        pk = removed(request)
        if pk is not None:
            sanction_files.remove_file(case, request.actor, pk)
    except WorkflowError as error:
        problems, status = [*problems, *error.problems], error.status
    return Problems(problems, status if problems else 200)


def page(
    request: HttpRequest,
    template: str,
    case: Case,
    heading: str,
    problems: Problems | list[Problem],
    form: forms.Form | None = None,
    **context: Any,
) -> HttpResponse:
    """The page of a step, with what stood in the way; 422 when the form was not understood."""
    status = getattr(problems, "status", 200) if problems else 200
    if form is not None and form.is_bound and form.errors:
        status = 422
    values = {
        "case": case,
        "base": case.base,
        "heading": heading,
        "form": form,
        "missing": problems,
        "rulebook": rulebook_of(case),
        "sandbox": case.is_sandbox,
        "state_label": state_label(case),
        **context,
    }
    return render(request, f"inspections/sanctions/{template}", values, status=status)


def step_page(
    request: HttpRequest,
    case: Case,
    step: str,
    form: forms.Form,
    save: Save,
    *,
    template: str,
    heading: str,
    done: str,
    places: dict[str, str] | None = None,
    **context: Any,
) -> HttpResponse:
    """One form, one step: shown while the step is open, taken when posted, then back to the case."""
    if request.method != "POST":
        return not_now(request, case, step) or page(request, template, case, heading, [], form, **context)
    problems = Problems()
    if form.is_valid():
        act, problems = run_step(request, save)
        if act is not None:
            problems = take_files(request, case, places or {})
            if not problems and removed(request) is None:
                messages.success(request, done)
                return redirect("cases:detail", number=case.number)
            if not problems:
                messages.success(request, "已保存，文件已删除。")
                return redirect(request.path)
            case.refresh_from_db()
            form.data = _with_version(form, case.version)
    elif not may(case, step, request.actor):
        problems = Problems([NOT_YOURS], 403)
    return page(request, template, case, heading, problems, form, **context)


def _with_version(form: forms.Form, version: int) -> Any:
    """The posted values, on the version of the case that has just been saved."""
    data = form.data.copy()
    data["version"] = str(version)
    return data

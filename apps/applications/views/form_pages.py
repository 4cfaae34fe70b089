"""What the pages of the application form share: the application, its navigation, its findings, links to gaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.applications.models import Application
from apps.applications.sections import Filled
from apps.applications.services import filling
from apps.applications.services.completeness import completeness
from apps.applications.services.filling import FilledForm
from apps.applications.services.finding_rows import SECTION_OF_RULE, evaluation_in_words
from apps.applications.services.self_check import evaluate_application
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.workflow import Problem


def application_or_404(request: HttpRequest, number: str) -> Application:
    """The application ``number`` if the person may read it; a foreign one and a missing one raise Http404 alike."""
    cases = selectors.readable_cases(request.actor).filter(kind=CaseKind.APPLICATION)
    applications = Application.objects.select_related(
        "case__institution", "case__authority", "round__case", "examiner", "recommender"
    )
    return get_object_or_404(applications.filter(case__in=cases), case__number=number)


def applicants_own_or_404(request: HttpRequest, number: str) -> Application:
    """As :func:`application_or_404`, for those who fill in for the applicant alone."""
    application = application_or_404(request, number)
    if not filling.may_fill_in(application, request.actor):
        raise Http404
    return application


def section_or_404(form: FilledForm, code: str) -> Filled:
    try:
        return form.section(code)
    except KeyError:
        raise Http404 from None


def section_url(application: Application, code: str, field: str = "") -> str:
    """The page of a section; with ``field`` it points out what is missing and leads to the field."""
    url = reverse("applications:form_section", args=[application.case.number, code])
    return f"{url}?check=1#id_{field}" if field else url


def navigation(form: FilledForm, editable: Iterable[str], current: str = "") -> dict[str, Any]:
    """The sections with their completeness, for ``components/section_nav.html``."""
    state = completeness(form)
    open_ones = frozenset(editable)
    return {
        "complete": state["complete"],
        "total": state["total"],
        "sections": [
            {
                "code": filled.code,
                "title": filled.section.title,
                "url": section_url(form.application, filled.code),
                "current": filled.code == current,
                "locked": filled.code not in open_ones,
                **state["sections"][filled.code],
            }
            for filled in form.sections
        ],
    }


def problem_links(application: Application, problems: Iterable[Problem]) -> list[dict[str, str]]:
    """The problems with a link to where each can be put right, for ``components/guards.html``."""
    return [{"message": problem.message, "url": _place(application, problem.where)} for problem in problems]


def _place(application: Application, where: str) -> str:
    kind, _, rest = where.partition(":")
    if kind == "section":
        code, _, field = rest.partition("#")
        return section_url(application, code, field)
    if kind == "condition":
        rulebook = filling.application_rulebook(application)
        section = {one.code: one.section for one in rulebook.conditions}.get(rest, "")
        if section in SECTION_OF_RULE:
            return section_url(application, SECTION_OF_RULE[section])
    return ""


def check_context(form: FilledForm) -> dict[str, Any]:
    """The self-check as it stands."""
    evaluation = evaluate_application(form.application, form).as_dict()
    return evaluation_in_words(evaluation, form.context.rulebook)

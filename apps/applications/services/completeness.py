"""How complete the form is: per section, and every gap with its place and article."""

from __future__ import annotations

from typing import Any

from apps.applications.models import Application
from apps.applications.sections import Filled, Gap
from apps.applications.services.filling import FilledForm, load_form
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.citations import cite_all


def missing_items(application: Application, form: FilledForm | None = None) -> list[Problem]:
    """Everything missing or wrong in the form; ``where`` is ``section:<code>#<field>``."""
    form = form or load_form(application)
    return [_problem(filled, gap) for filled in form.sections for gap in filled.gaps]


def section_states(application: Application, form: FilledForm | None = None) -> dict[str, dict[str, Any]]:
    """Section code → status (complete, errors, partial, empty), errors, filled and required."""
    form = form or load_form(application)
    return {filled.code: filled.state() for filled in form.sections}


def completeness(form: FilledForm) -> dict[str, Any]:
    """The states of all sections with the number of complete ones, as the page's script takes it."""
    states = section_states(form.application, form)
    return {
        "complete": sum(state["status"] == "complete" for state in states.values()),
        "total": len(states),
        "sections": states,
    }


def _problem(filled: Filled, gap: Gap) -> Problem:
    cited = f"（{cite_all(gap.articles)}）" if gap.articles else ""
    return Problem(
        "form_missing" if gap.missing else "form_invalid",
        f"{filled.section.title}：{gap.message.rstrip('。')}{cited}。",
        gap.articles,
        where=f"section:{filled.code}#{gap.field}",
    )

"""The self-check: the form's facts and the register's, held against the rulebook."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.applications.models import Application
from apps.applications.services.filling import FilledForm, application_rulebook, load_form
from apps.bases.selectors import register_facts
from apps.cases.workflow import Problem
from apps.jurisdictions.rulebooks.findings import Evaluation
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.standing import standing_of


def application_facts(application: Application, form: FilledForm | None = None) -> dict[str, Any]:
    """What the form declares, and what the register knows of the institution; the register always prevails."""
    form = form or load_form(application)
    return form.facts | form.context.register()


def evaluate_application(application: Application, form: FilledForm | None = None) -> Evaluation:
    """The rulebook's findings today. A rehearsal, and a text in force by a recorded document, count as in force."""
    form = form or load_form(application)
    rulebook = form.context.rulebook
    return rulebook.evaluate(
        application_facts(application, form),
        timezone.localdate(),
        assume_in_force=_assumed_in_force(application, rulebook),
    )


def _assumed_in_force(application: Application, rulebook: Rulebook) -> bool:
    return application.case.is_sandbox or standing_of(rulebook, timezone.localdate()).in_force


def register_bar(application: Application) -> list[Problem]:
    """The earlier frauds and revocations that bar the institution under this text, from the register alone.

    Empty where nothing bars it, and where the text knows no bar.
    """
    rulebook = application_rulebook(application)
    if rulebook.road.reapplication_bar is None:
        return []
    evaluation = rulebook.evaluate(register_facts(application.case.institution_id), timezone.localdate())
    return [
        Problem("barred", finding.message, tuple(finding.articles), where="register")
        for finding in evaluation.findings
        if finding.code == "reapplication_bar" and finding.result == "not_met"
    ]

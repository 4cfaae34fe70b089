"""Where an application is filled in, submitted and withdrawn, and what its case page shows."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.applications.models import Application
from apps.applications.services import filling, submission
from apps.applications.services.finding_rows import evaluation_in_words
from apps.applications.services.self_check import evaluate_application
from apps.cases.actions import register_page, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case


def form_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """Key facts of the form and its findings: those frozen at submission, before it those of today."""
    application = Application.objects.select_related("round", "examiner", "recommender").get(pk=case.pk)
    case.application = application  # the guards of the steps on offer read it again
    evaluation = application.evaluation or evaluate_application(application).as_dict()
    return {
        "application": application,
        "may_edit": bool(filling.editable_sections(application, actor)),
        **evaluation_in_words(evaluation, filling.application_rulebook(application)),
    }


register_page(CaseKind.APPLICATION, "submit", "applications:submit")
register_page(CaseKind.APPLICATION, "resubmit", "applications:submit")
register_service(CaseKind.APPLICATION, "withdraw")(submission.withdraw)
register_summary(CaseKind.APPLICATION, "applications/form/_summary.html", form_summary)

"""What the pages of the expert review share."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from apps.accounts.enums import Role
from apps.cases.models import Attachment, Case
from apps.cases.web import Problems, case_or_404, rulebook_of
from apps.cases.workflow import Blocked, Problem
from apps.panels import selectors
from apps.panels.enums import PanelState
from apps.panels.models import Panel
from apps.panels.services.subjects import all_kinds, kind_of_panel
from apps.panels.sitting import Sitting

OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)
TONES = {
    PanelState.FORMING: "info",
    PanelState.CONVENED: "info",
    PanelState.SCORING: "progress",
    PanelState.CLOSED: "warning",
    PanelState.RESOLVED: "success",
    PanelState.DISSOLVED: "neutral",
}


def panel_or_404(request: HttpRequest, number: str, queryset: QuerySet[Panel] | None = None) -> Panel:
    """The panel ``number`` of the authority the person works for; anything else answers 404."""
    panels = selectors.panels_of(request.actor) if queryset is None else queryset
    return get_object_or_404(panels.select_related("case__authority", "occasion"), case__number=number)


def subject_or_404(sitting: Sitting, number: str) -> Case:
    """One of the panel's subjects by its case number."""
    for subject in sitting.subjects:
        if subject.number == number:
            return subject
    raise Http404


def reviewed_or_404(request: HttpRequest, number: str) -> Case:
    """The case ``number`` of a kind that panels review, if the person may read it."""
    case = case_or_404(request, number)
    if case.kind not in {kind.subject for kind in all_kinds()}:
        raise Http404
    return case


def frame(panel: Panel, heading: str, **context: Any) -> dict[str, Any]:
    """The context every page of a panel has."""
    rulebook, kind = rulebook_of(panel.case), kind_of_panel(panel)
    return {
        "panel_case": panel.case,
        "panel_row": panel,
        "heading": heading,
        "rulebook": rulebook,
        "review": {"articles": kind.articles(panel.case), "duties": kind.duties(panel.case)},
        "words": kind.words,
        "sandbox": panel.case.is_sandbox,
        "state_label": PanelState(panel.case.state).label,
        "state_tone": TONES[PanelState(panel.case.state)],
        **context,
    }


def page_number(request: HttpRequest) -> str | None:
    return request.GET.get("page")


def step_status(request: HttpRequest, problems: Problems, *forms: Any) -> int:
    """The status of a page shown again: the refused step's, or 422 where the form itself is wrong."""
    if problems.status != 200:
        return problems.status
    return 422 if request.method == "POST" and any(form.is_bound and form.errors for form in forms) else 200


def as_problems(error: Blocked) -> Problems:
    return Problems(error.problems, error.status)


def problem(message: str) -> Problem:
    return Problem("refused", message)


def download(attachment: Attachment) -> HttpResponse:
    """The file, always as a download that no browser runs."""
    response = FileResponse(attachment.file.open("rb"), as_attachment=True, filename=attachment.name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response

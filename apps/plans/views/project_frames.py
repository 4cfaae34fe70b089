"""What the pages of one project share: fetching it, and what they all show of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.bases.models import Base
from apps.bases.selectors import visible_bases
from apps.cases.enums import CaseKind
from apps.cases.web import case_or_404, state_label
from apps.cases.workflow.engine import rules_of
from apps.plans.models import TrainingProject
from apps.plans.services.project_pages import particulars, with_relations


def project_or_404(request: HttpRequest, number: str) -> TrainingProject:
    """The project ``number`` if the person may read its case; a foreign one and none raise Http404 alike."""
    case = case_or_404(request, number, CaseKind.TRAINING_PROJECT)
    return with_relations(case)


def own_base_or_404(request: HttpRequest, number: str) -> Base:
    """The institution's own base ``number``; anybody else's raises Http404."""
    bases = visible_bases(request.actor).filter(institution=request.actor.organisation)
    return get_object_or_404(bases, number=number)


def frame(project: TrainingProject, heading: str) -> dict[str, Any]:
    """The context that the pages of one project share."""
    case = project.case
    return {
        "case": case,
        "project": project,
        "heading": heading,
        "state_label": state_label(case),
        "rulebook": rules_of(case),
        "sandbox": case.is_sandbox,
        "breadcrumbs": [
            {"label": "培训项目", "url": reverse("plans:projects")},
            {"label": project.name, "url": reverse("cases:detail", args=[case.number])},
        ],
        **particulars(project),
    }

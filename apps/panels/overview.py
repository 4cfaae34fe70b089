"""What the panel's page shows, as plain values: who sits, who abstains from what, how far each application is."""

from __future__ import annotations

from typing import Any

from apps.applications.services.for_panels import Application
from apps.panels import selectors
from apps.panels.enums import ConflictKind
from apps.panels.guards import MINUTES
from apps.panels.models import PanelMember, Resolution
from apps.panels.sitting import Sitting


def overview(sitting: Sitting) -> dict[str, Any]:
    """Members, applications, conflicts, visits, files and resolutions. Five queries beside the sitting's own."""
    files = list(selectors.panel_files(sitting, None).select_related("uploaded_by"))
    resolutions = {row.application_id: row for row in Resolution.objects.filter(panel=sitting.panel)}
    return {
        "members": [_member(sitting, member) for member in sitting.members],
        "applications": [_application(sitting, one, resolutions) for one in sitting.applications],
        "conflicts": conflict_rows(sitting),
        "declared_conflicts": declared_rows(sitting),
        "visits": [
            {"visit": visit, "photos": [file for file in files if file.purpose == visit.photo_purpose]}
            for visit in selectors.visits_of(sitting.panel)
        ],
        "minutes": [file for file in files if file.purpose == MINUTES],
    }


def conflict_rows(sitting: Sitting) -> list[dict[str, Any]]:
    """Every conflict found, with whether it still stands and can be put aside."""
    return [
        {
            "finding": finding,
            "member": member.expert.user.name,
            "institution": application.case.institution.name,
            "kind": ConflictKind(finding.kind).label,
            "stands": finding.set_aside_at is None,
            "namesake": finding.kind == ConflictKind.TEACHER,
        }
        for member in sitting.serving
        for application in sitting.applications
        for finding in sitting.findings(member, application)
    ]


def declared_rows(sitting: Sitting) -> list[dict[str, Any]]:
    """Every conflict that a member declared."""
    rows = []
    for member in sitting.serving:
        for application in sitting.applications:
            declaration = sitting.declaration(member, application)
            if declaration is not None and declaration.has_conflict:
                rows.append(
                    {
                        "member": member.expert.user.name,
                        "institution": application.case.institution.name,
                        "text": declaration.text,
                        "at": declaration.declared_at,
                    }
                )
    return rows


def _member(sitting: Sitting, member: PanelMember) -> dict[str, Any]:
    return {
        "row": member,
        "name": member.expert.user.name,
        "employer": member.expert.employer_name,
        "source": member.get_source_display(),
        "recused": sum(sitting.is_recused(member, one) for one in sitting.applications),
        "undeclared": sum(member in sitting.undeclared(one) for one in sitting.applications),
    }


def _application(sitting: Sitting, application: Application, resolutions: dict[int, Resolution]) -> dict[str, Any]:
    able = sitting.able(application)
    submitted = sitting.submitted(application)
    return {
        "application": application,
        "institution": application.case.institution.name,
        "number": application.case.number,
        "able": len(able),
        "recused": len(sitting.serving) - len(able),
        "below_quorum": not sitting.has_quorum(application),
        "undeclared": len(sitting.undeclared(application)),
        "submitted": len(submitted),
        "outstanding": "、".join(member.expert.user.name for member in sitting.outstanding(application)),
        "revealed": selectors.revealed(sitting, application),
        "resolution": resolutions.get(application.pk),
    }

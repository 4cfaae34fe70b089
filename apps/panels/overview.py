"""What the panel's page shows, as plain values: who sits, who abstains from what, how far each subject is."""

from __future__ import annotations

from typing import Any

from apps.cases.models import Case
from apps.panels import selectors
from apps.panels.enums import ConflictKind
from apps.panels.guards import MINUTES
from apps.panels.models import PanelMember, Resolution
from apps.panels.sitting import Sitting


def overview(sitting: Sitting) -> dict[str, Any]:
    """Members, subjects, conflicts, visits, files and resolutions. Five queries beside the sitting's own."""
    files = list(selectors.panel_files(sitting, None).select_related("uploaded_by"))
    resolutions = {row.subject_id: row for row in Resolution.objects.filter(panel=sitting.panel)}
    return {
        "members": [_member(sitting, member) for member in sitting.members],
        "subjects": [_subject(sitting, one, resolutions) for one in sitting.subjects],
        "conflicts": conflict_rows(sitting),
        "declared_conflicts": declared_rows(sitting),
        "visits": [
            {
                "visit": visit,
                "name": sitting.kind.name(visit.subject),
                "photos": [file for file in files if file.purpose == visit.photo_purpose],
            }
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
            "institution": sitting.kind.name(subject),
            "kind": ConflictKind(finding.kind).label,
            "stands": finding.set_aside_at is None,
            "namesake": finding.kind == ConflictKind.TEACHER,
        }
        for member in sitting.serving
        for subject in sitting.subjects
        for finding in sitting.findings(member, subject)
    ]


def declared_rows(sitting: Sitting) -> list[dict[str, Any]]:
    """Every conflict that a member declared."""
    rows = []
    for member in sitting.serving:
        for subject in sitting.subjects:
            declaration = sitting.declaration(member, subject)
            if declaration is not None and declaration.has_conflict:
                rows.append(
                    {
                        "member": member.expert.user.name,
                        "institution": sitting.kind.name(subject),
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
        "recused": sum(sitting.is_recused(member, one) for one in sitting.subjects),
        "undeclared": sum(member in sitting.undeclared(one) for one in sitting.subjects),
    }


def _subject(sitting: Sitting, subject: Case, resolutions: dict[int, Resolution]) -> dict[str, Any]:
    able = sitting.able(subject)
    submitted = sitting.submitted(subject)
    return {
        "subject": subject,
        "institution": sitting.kind.name(subject),
        "number": subject.number,
        "able": len(able),
        "recused": len(sitting.serving) - len(able),
        "below_quorum": not sitting.has_quorum(subject),
        "undeclared": len(sitting.undeclared(subject)),
        "submitted": len(submitted),
        "outstanding": "、".join(member.expert.user.name for member in sitting.outstanding(subject)),
        "revealed": selectors.revealed(sitting, subject),
        "resolution": resolutions.get(subject.pk),
    }

"""What a panel concluded on a subject, for the decision that follows."""

from __future__ import annotations

from apps.cases.models import Case
from apps.panels.enums import PanelState
from apps.panels.models import Resolution


def resolution_on(subject: Case) -> Resolution | None:
    """The latest resolution on the subject that the chair has signed; None where no panel reviewed it."""
    return Resolution.objects.filter(subject=subject, panel__case__state=PanelState.RESOLVED).order_by("-pk").first()

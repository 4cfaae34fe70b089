"""What a panel concluded on an application, for the decision that follows."""

from __future__ import annotations

from apps.applications.services.for_panels import Application
from apps.panels.enums import PanelState
from apps.panels.models import Resolution


def resolution_on(application: Application) -> Resolution | None:
    """The latest resolution on the application that the chair has signed; None where no panel reviewed it."""
    return (
        Resolution.objects.filter(application=application, panel__case__state=PanelState.RESOLVED)
        .order_by("-pk")
        .first()
    )

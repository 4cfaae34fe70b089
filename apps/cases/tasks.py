from celery import shared_task
from django.utils import timezone
from django_scopes import scope

from apps.cases import audit, outbox, schedule
from apps.jurisdictions.rulebooks import registry


@shared_task
def dispatch_outbox() -> int:
    """Carry out what committed acts promised."""
    with scope(jurisdiction=registry.jurisdictions()):
        return outbox.dispatch()


@shared_task
def sweep_due() -> None:
    """Take the steps that fall due by the clock: windows that close, notices that end."""
    with scope(jurisdiction=registry.jurisdictions()):
        schedule.run_all(timezone.now())


@shared_task
def seal_acts() -> None:
    """Seal the acts of every full day that is not sealed yet."""
    with scope(jurisdiction=registry.jurisdictions()):
        audit.seal_until(timezone.localdate())

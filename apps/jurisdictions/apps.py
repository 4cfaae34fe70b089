from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JurisdictionsConfig(AppConfig):
    name = "apps.jurisdictions"
    label = "jurisdictions"
    verbose_name = "管辖与规则库"

    def ready(self) -> None:
        post_migrate.connect(sync_jurisdictions, sender=self)


def sync_jurisdictions(using: str, **kwargs: Any) -> None:
    """One row for each jurisdiction that has a rulebook: a new module needs nothing else."""
    from apps.jurisdictions.models import Jurisdiction
    from apps.jurisdictions.rulebooks import registry

    latest = {rulebook.jurisdiction: rulebook for rulebook in registry.all()}
    for position, code in enumerate(registry.jurisdictions()):
        rulebook = latest[code]
        Jurisdiction.objects.using(using).update_or_create(
            code=code, defaults={"name": rulebook.name, "level": rulebook.level, "position": position}
        )

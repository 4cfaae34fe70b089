"""The standing of a text on a day: what the rulebook says, and what the authority has recorded since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.rulebook import Rulebook


@dataclass(frozen=True)
class Standing:
    """``status`` as in the contract; ``extension`` is the record that changes it, where there is one."""

    rulebook: Rulebook
    status: str
    extension: RulebookExtension | None

    @property
    def in_force(self) -> bool:
        return self.status == "in_force"


def standing(jurisdiction: str, on: dt.date) -> Standing:
    """The text that governs ``jurisdiction`` on ``on`` and whether it is in force there. One query, or none."""
    return standing_of(registry.rulebook(jurisdiction, on), on)


def standing_of(rulebook: Rulebook, on: dt.date) -> Standing:
    """The standing of one text. Only extensions confirmed by a second person count."""
    status = rulebook.status(on)
    if status == "in_force":
        return Standing(rulebook, status, None)
    extension = (
        RulebookExtension.objects.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=on),
            rulebook_key=rulebook.key,
            confirmed_at__isnull=False,
            effective_from__lte=on,
        )
        .order_by("-document_date", "-id")
        .first()
    )
    return Standing(rulebook, "in_force" if extension else status, extension)

"""On which article an authority acts about a base where the text says nothing of the matter itself."""

from __future__ import annotations

from apps.bases.models import Base
from apps.jurisdictions.rulebooks.rulebook import Rulebook


def competence_article(rulebook: Rulebook, base: Base) -> str:
    """Who sets up, adjusts and ends bases; for a base of a lower level the article under which others recognise it."""
    lower = next((one for one in rulebook.road.lower_bases if one.level == base.level), None)
    return lower.article if lower is not None else rulebook.authority_article

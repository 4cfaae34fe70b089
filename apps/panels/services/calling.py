"""Calling experts of the pool one by one, outside a panel: who is there, and who must not judge the matter."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import Organisation
from apps.panels.conflicts import conflicts_between, posts_of
from apps.panels.models import ExpertProfile
from apps.panels.services.subjects import Interests, ReviewKind

__all__ = ["conflicts_of", "pool_of"]


def pool_of(authority: Organisation) -> list[ExpertProfile]:
    """The experts in the authority's pool, by name. One query."""
    experts = ExpertProfile.objects.filter(authority=authority, is_active=True).select_related("user", "employer")
    return list(experts.order_by("user__name", "pk"))


def conflicts_of(kind: ReviewKind, experts: Sequence[ExpertProfile], interests: Interests) -> dict[int, list[str]]:
    """What stands against each expert, by key, in Chinese; empty lists for those who may judge. One query."""
    posts = posts_of(experts)
    return {
        expert.pk: [one.detail for one in conflicts_between(kind, expert, interests, posts.get(expert.user_id, set()))]
        for expert in experts
    }

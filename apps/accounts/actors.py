"""Who acts, for which organisation, in which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.accounts.enums import CASE_STAFF_ROLES, Role
from apps.accounts.models import Membership, Organisation, User


@dataclass(frozen=True)
class Actor:
    """A signed-in person acting for one organisation; ``roles`` are those held there and still in force."""

    user: User
    organisation: Organisation
    roles: frozenset[str] = field(default_factory=frozenset)

    def has(self, *roles: str) -> bool:
        """Whether any of ``roles`` is held in the organisation acted for."""
        return bool(self.roles.intersection(roles))

    @property
    def is_case_staff(self) -> bool:
        return bool(self.roles & CASE_STAFF_ROLES)

    @property
    def is_expert_only(self) -> bool:
        return Role.EXPERT in self.roles and not self.is_case_staff

    @property
    def scope(self) -> str | tuple[str, ...]:
        """The jurisdictions this actor's queries are confined to."""
        from apps.jurisdictions.rulebooks import registry

        return self.organisation.jurisdiction_id or registry.jurisdictions()


def memberships_of(user: User) -> list[Membership]:
    """The person's memberships in force, organisations loaded, in a stable order. One query."""
    return list(
        Membership.objects.filter(user=user, is_active=True, organisation__is_active=True)
        .select_related("organisation", "organisation__jurisdiction")
        .order_by("organisation_id", "role")
    )


def actor_from(user: User, memberships: Iterable[Membership], organisation_id: int | None) -> Actor | None:
    """The actor for ``organisation_id``, or for the first organisation when it is none of the person's."""
    rows = list(memberships)
    if not rows:
        return None
    organisations = {row.organisation_id: row.organisation for row in rows}
    chosen = organisation_id if organisation_id in organisations else rows[0].organisation_id
    roles = frozenset(row.role for row in rows if row.organisation_id == chosen)
    return Actor(user=user, organisation=organisations[chosen], roles=roles)


def actor_for(user: User, organisation: Organisation) -> Actor:
    """The actor that ``user`` is for ``organisation``; without roles when there is no membership in force."""
    roles = Membership.objects.filter(
        user=user, organisation=organisation, is_active=True, user__is_active=True
    ).values_list("role", flat=True)
    return Actor(user=user, organisation=organisation, roles=frozenset(roles))

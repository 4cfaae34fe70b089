"""Which organisations' people an administrator may manage, and who they are."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.actors import Actor
from apps.accounts.enums import MANAGER_ROLES, OrganisationKind, Role
from apps.accounts.models import Membership, Organisation


def managed_organisations(actor: Actor | None) -> QuerySet[Organisation]:
    """The actor's own organisation, for its head or security administrator; for the latter also those below it:
    the departments, associations, supervising bodies and lower authorities of its jurisdiction. Nothing for anybody
    else.
    """
    organisations = Organisation.objects.select_related("jurisdiction")
    if actor is None or not actor.has(*MANAGER_ROLES):
        return organisations.none()
    managed = Q(pk=actor.organisation.pk)
    if actor.has(Role.SECURITY_ADMIN) and actor.organisation.superior_id is None:
        below = Q(kind__in=[OrganisationKind.DEPARTMENT, OrganisationKind.ASSOCIATION, OrganisationKind.SUPERVISOR])
        lower = Q(kind=OrganisationKind.AUTHORITY, superior=actor.organisation)
        managed |= Q(jurisdiction_id=actor.organisation.jurisdiction_id) & (below | lower)
    return organisations.filter(managed)


def memberships_of_organisation(organisation: Organisation) -> QuerySet[Membership]:
    """Every membership there was or is, by person; those in force first."""
    rows = Membership.objects.filter(organisation=organisation).select_related("user", "granted_by", "ended_by")
    return rows.order_by("user__name", "user_id", "-is_active", "role")


def has_head(organisation: Organisation) -> bool:
    """Whether somebody in force leads the organisation, so that it looks after its people itself."""
    rows = Membership.objects.filter(organisation=organisation, is_active=True, user__is_active=True)
    return rows.filter(role__in=MANAGER_ROLES).exists()


def listed_organisations(actor: Actor, text: str = "") -> QuerySet[Organisation]:
    """Institutions (which belong to no jurisdiction) and the organisations of the actor's own, by name."""
    own = Q(kind=OrganisationKind.INSTITUTION) | Q(jurisdiction_id=actor.organisation.jurisdiction_id)
    found = Organisation.objects.filter(own).annotate(
        led=Exists(
            Membership.objects.filter(
                organisation=OuterRef("pk"), is_active=True, user__is_active=True, role__in=MANAGER_ROLES
            )
        )
    )
    if text:
        found = found.filter(Q(name__icontains=text) | Q(credit_code=text.upper()))
    return found.order_by("kind", "name", "pk")

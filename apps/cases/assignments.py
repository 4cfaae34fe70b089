"""What is open to a person by assignment: the cases named to them, and those that follow from such a case.

Experts and supervisors see nothing by their organisation. A case is theirs by the permission ``review_case`` on it;
business apps register what else follows, e.g. the business of an award from the assignment to the award.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q

from apps.accounts.actors import Actor
from apps.accounts.enums import ASSIGNED_ROLES
from apps.cases.models import CaseUserObjectPermission

Derived = Callable[[Actor], Q]
_derived: dict[str, Derived] = {}


def register_derived(role: str, condition: Derived) -> None:
    """Open to holders of ``role`` the cases that ``condition(actor)``, a condition on cases, names."""
    _derived[role] = condition


def has_assignments(actor: Actor) -> bool:
    """Whether the actor's roles are of those that work by assignment."""
    return actor.has(*ASSIGNED_ROLES)


def assigned_to(actor: Actor) -> Q:
    """The cases assigned to this very person and those that follow from them, as a condition on cases."""
    condition = named_to(actor)
    for role, derived in _derived.items():
        if actor.has(role):
            condition |= derived(actor)
    return condition


def named_to(actor: Actor) -> Q:
    """The cases with the permission itself."""
    return Q(
        Exists(
            CaseUserObjectPermission.objects.filter(
                content_object=OuterRef("pk"), user=actor.user, permission__codename="review_case"
            )
        )
    )

"""What every page needs beside its own content."""

from typing import Any

from django.http import HttpRequest

from apps.accounts.enums import Role
from apps.portal.navigation import current_url, head_of

PRODUCT_NAME = "专业技术人员继续教育基地管理平台"


def _role_label(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def acting_choices(request: HttpRequest) -> dict[str, Any] | None:
    """Return the organisation acted for and those the person may act for, from what the middleware has loaded.

    None for a visitor and for a person without a membership in force. Runs no query.
    """
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    choices: dict[int, dict[str, Any]] = {}
    for row in request.memberships:
        choice = choices.setdefault(
            row.organisation_id,
            {
                "membership": row.pk,
                "organisation": row.organisation,
                "roles": [],
                "current": row.organisation_id == actor.organisation.pk,
            },
        )
        choice["roles"].append(_role_label(row.role))
    return {
        "organisation": actor.organisation,
        "roles": choices.get(actor.organisation.pk, {}).get("roles", []),
        "choices": list(choices.values()),
    }


def portal(request: HttpRequest) -> dict[str, Any]:
    """Product name, navigation by role and the organisation acted for (`acting`). Runs no query."""
    actor = getattr(request, "actor", None)
    navigation = head_of(actor.roles, actor.organisation.jurisdiction_id) if actor else head_of(None)
    links = tuple(item for group in navigation for item in group.items)
    return {
        "product_name": PRODUCT_NAME,
        "navigation": navigation,
        "navigation_current": current_url(links, request.path),
        "acting": acting_choices(request),
    }

"""What may be begun about a base, offered on its page. Business apps register their own starting pages.

The register imports none of them: an action whose URL name does not resolve is simply not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from apps.accounts.actors import Actor
from apps.bases.models import Base

Condition = Callable[[Base, Actor], bool]


@dataclass(frozen=True)
class BaseAction:
    """A page that begins business about a base; ``url_name`` is reversed with ``number=base.number``."""

    label: str
    url_name: str
    roles: frozenset[str]
    kinds_of_organisation: frozenset[str]
    when: Condition | None = None


_actions: dict[str, BaseAction] = {}


def register_base_action(
    label: str,
    url_name: str,
    roles: Iterable[str],
    kinds_of_organisation: Iterable[str],
    when: Condition | None = None,
) -> None:
    """Offer the page ``url_name`` on a base's page.

    ``roles`` and ``kinds_of_organisation`` (OrganisationKind) say to whom; ``when(base, actor)`` whether the base's
    text and state know it: it is asked for one base at a time and should cost no query. Registering an ``url_name``
    again replaces it.
    """
    _actions[url_name] = BaseAction(label, url_name, frozenset(roles), frozenset(kinds_of_organisation), when)


def actions_for(base: Base, actor: Actor) -> list[dict[str, str]]:
    """The pages on offer to ``actor`` for ``base`` as [{label, url}], in the order they were registered."""
    offered = []
    for action in _actions.values():
        if actor.organisation.kind not in action.kinds_of_organisation or not actor.has(*action.roles):
            continue
        if action.when is not None and not action.when(base, actor):
            continue
        try:
            url = reverse(action.url_name, kwargs={"number": base.number})
        except NoReverseMatch:
            continue
        offered.append({"label": action.label, "url": url})
    return offered

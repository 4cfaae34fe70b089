"""The public register: what anyone may look up."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django_scopes import scopes_disabled

from apps.accounts.codes import is_credit_code
from apps.bases.models import Base, BaseEvent

SEARCHED_AT_MOST = 60
NOT_PUBLISHED = ("rectifying", "rectified")
"""Events of the history that no text publishes: an order to rectify and its end are letters to the base."""


@scopes_disabled()
def public_bases() -> QuerySet[Base]:
    """Every base in the register of every jurisdiction, whoever looks, newest first; rehearsals are not in it."""
    return (
        Base.objects.filter(is_sandbox=False)
        .select_related("authority", "jurisdiction")
        .order_by("-recognised_on", "-id")
    )


def search(bases: QuerySet[Base], text: str) -> QuerySet[Base]:
    """Narrow ``bases`` to those whose name, former name or number holds ``text``, or whose code it is."""
    text = text.strip()[:SEARCHED_AT_MOST]
    if not text:
        return bases
    code = text.upper()
    if is_credit_code(code):
        return bases.filter(credit_code=code)
    if text.isascii():
        named = Q(name__icontains=text) | Q(former_names__icontains=text)
        return bases.filter(named | Q(number__startswith=code))
    holds = "contains" if code == text.lower() else "icontains"
    return bases.filter(Q(**{f"name__{holds}": text}) | Q(**{f"former_names__{holds}": text}))


@scopes_disabled()
def public_base(number: str) -> QuerySet[Base]:
    """The base ``number`` with its public history: what the texts publish, documents only where they are public."""
    events = BaseEvent.objects.exclude(kind__in=NOT_PUBLISHED).select_related("document").order_by("on", "id")
    return (
        Base.objects.filter(is_sandbox=False, number=number)
        .select_related("authority", "jurisdiction", "managing_unit")
        .prefetch_related(Prefetch("events", queryset=events))
    )

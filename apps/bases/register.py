"""The public register: what anyone may look up."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django_scopes import scopes_disabled

from apps.accounts.codes import is_credit_code
from apps.bases.models import Base, BaseEvent

SEARCHED_AT_MOST = 60


@scopes_disabled()
def public_bases() -> QuerySet[Base]:
    """Every base in the register of every jurisdiction, whoever looks, newest first; rehearsals are not in it."""
    return (
        Base.objects.filter(is_sandbox=False)
        .select_related("authority", "jurisdiction")
        .order_by("-recognised_on", "-id")
    )


def search(bases: QuerySet[Base], text: str) -> QuerySet[Base]:
    """Narrow ``bases`` to those whose institution, name or number holds ``text``, or whose code it is."""
    text = text.strip()[:SEARCHED_AT_MOST]
    if not text:
        return bases
    code = text.upper()
    if is_credit_code(code):
        return bases.filter(credit_code=code)
    if text.isascii():
        return bases.filter(Q(name__icontains=text) | Q(number__startswith=code))
    return bases.filter(name__contains=text) if code == text.lower() else bases.filter(name__icontains=text)


@scopes_disabled()
def public_base(number: str) -> QuerySet[Base]:
    """The base ``number`` with its public history: documents only where they are public."""
    events = BaseEvent.objects.select_related("document").order_by("on", "id")
    return (
        Base.objects.filter(is_sandbox=False, number=number)
        .select_related("authority", "jurisdiction", "managing_unit")
        .prefetch_related(Prefetch("events", queryset=events))
    )

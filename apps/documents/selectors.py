"""Which documents a person may open, and what anybody may learn from a verification code or a file."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases import selectors
from apps.cases.models import Delivery, Document


def openable(actor: Actor | None, code: str) -> Document | None:
    """The document with this verification code if the actor may open it; a published one of any jurisdiction."""
    found = selectors.readable_documents(actor).filter(verification_code=code).first()
    if found is not None:
        return found
    with scopes_disabled():
        return Document.objects.filter(is_public=True, verification_code=code).first()


def received_documents(actor: Actor) -> QuerySet[Document]:
    """Documents delivered to the organisation acted for, latest first."""
    delivered = Delivery.objects.filter(document=OuterRef("pk"), organisation=actor.organisation)
    return _listed(Document.objects.filter(Exists(delivered)))


def issued_documents(actor: Actor) -> QuerySet[Document]:
    """Documents the organisation acted for has issued, latest first."""
    return _listed(Document.objects.filter(issuer=actor.organisation))


def _listed(documents: QuerySet[Document]) -> QuerySet[Document]:
    return documents.select_related("issuer", "addressee", "case").defer("content").order_by("-issued_at", "-id")


def by_code(code: str) -> Document | None:
    """The document with this verification code in any jurisdiction; spaces, dashes and case do not matter."""
    cleaned = "".join(code.upper().replace("-", "").split())
    with scopes_disabled():
        return (
            Document.objects.select_related("issuer", "case").defer("content").filter(verification_code=cleaned).first()
        )


def by_sha256(digest: str) -> Document | None:
    """The document whose PDF has this SHA-256, in any jurisdiction."""
    with scopes_disabled():
        return Document.objects.select_related("issuer", "case").defer("content").filter(sha256=digest).first()

"""Issuing official documents: numbered in the act's transaction, drawn after it, delivered to whom they concern."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.models import Organisation, User
from apps.cases import outbox
from apps.cases.enums import DeliveryChannel
from apps.cases.models import Act, Case, Delivery, Document, new_verification_code
from apps.cases.numbering import next_number
from apps.documents.rendering import DocumentContent, render_document
from apps.documents.rendering.kinds import find_kind
from apps.jurisdictions.rulebooks import registry as rulebooks

DRAFT_WATERMARK = "征求意见稿"
REHEARSAL_WATERMARK = "演练"
UNNUMBERED_KINDS = frozenset({"application_form", "plaque"})


def issue(
    case: Case,
    act: Act,
    kind: str,
    content: DocumentContent,
    *,
    issuer: Organisation,
    addressee: Organisation | None = None,
    public: bool = False,
    deliver_to: Sequence[Organisation] = (),
) -> Document:
    """Issue a document of ``kind`` that ``act`` on ``case`` produced; call it from perform()'s ``change``.

    Number, issuing body's mark, seal, date, verification code and a sandbox's watermark are added here; ``content``
    brings the rest. The document is delivered to ``addressee`` and ``deliver_to``, and published when ``public``.
    The PDF is drawn after commit. Raises RuntimeError outside a transaction.
    """
    now = timezone.now()
    today = timezone.localdate(now)
    number = "" if kind in UNNUMBERED_KINDS else _number(issuer, today.year, sandbox=case.is_sandbox)
    code = new_verification_code()
    content = dataclasses.replace(
        content,
        date=today,
        number=number or None,
        issuer=content.issuer or _mark(kind, issuer),
        addressee=content.addressee or (addressee.name if addressee else None),
        signature_organisation=content.signature_organisation or issuer.name,
        seal_image=issuer.seal_image.read() if issuer.seal_image else None,
        verification_code=code,
        verification_url=settings.PUBLIC_BASE_URL + reverse("documents:verify") + f"?code={code}",
        watermark=sandbox_watermark(case) if case.is_sandbox else content.watermark,
    )
    document = Document.objects.create(
        jurisdiction_id=case.jurisdiction_id,
        case=case,
        act=act,
        kind=kind,
        number=number,
        title=content.title.replace("\n", ""),
        issuer=issuer,
        addressee=addressee,
        addressee_name=content.addressee or "",
        legal_basis=list(act.articles),
        remedies=content.remedies or "",
        content=content.to_json(),
        is_public=public and not case.is_sandbox,
        issued_on=today,
        issued_at=now,
        verification_code=code,
    )
    _deliver(document, [*([addressee] if addressee else []), *deliver_to], public)
    outbox.promise("render_document", {"document": document.pk}, key=f"render:{document.pk}")
    return document


def ensure_rendered(document: Document) -> Document:
    """The document with its PDF, drawn now if it has not been yet. The first drawing wins; its hash never changes."""
    if document.sha256:
        return document
    rendered = render_document(document.kind, DocumentContent.from_json(document.content))
    with transaction.atomic():
        claimed = Document.objects.filter(pk=document.pk, sha256="").update(
            sha256=rendered.sha256, pages=rendered.pages, rendered_at=timezone.now()
        )
        if claimed:
            document.pdf.save(f"{document.verification_code}.pdf", ContentFile(rendered.pdf), save=False)
            Document.objects.filter(pk=document.pk).update(pdf=document.pdf.name)
    document.refresh_from_db()
    return document


def record_opening(document: Document, organisation: Organisation, user: User) -> None:
    """Note when an organisation the document was delivered to first opened it, and who did."""
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        unopened = Delivery.objects.filter(document=document, organisation=organisation, opened_at__isnull=True)
        unopened.update(opened_at=timezone.now(), opened_by=user)


def _mark(kind: str, issuer: Organisation) -> str:
    """The issuing body's mark: a letter bears the body's name alone, a document the mark the body has set."""
    return issuer.name if find_kind(kind).form == "letter" else issuer.document_mark or issuer.name


def sandbox_watermark(case: Case) -> str:
    """A rehearsal's documents say what they are: of a text still a draft, or of one rehearsed for practice."""
    if case.rulebook_key:
        rulebook = rulebooks.by_key(case.rulebook_key)
    else:
        rulebook = rulebooks.rulebook(case.jurisdiction_id, timezone.localdate())
    return DRAFT_WATERMARK if rulebook.draft else REHEARSAL_WATERMARK


def _number(issuer: Organisation, year: int, *, sandbox: bool) -> str:
    prefix = issuer.document_code or issuer.short_name or issuer.name
    if sandbox:
        return f"{prefix}演练〔{year}〕{next_number(f'sandbox:{issuer.pk}:{year}')}号"
    return f"{prefix}〔{year}〕{next_number(f'document:{issuer.pk}:{year}')}号"


def _deliver(document: Document, organisations: Sequence[Organisation], public: bool) -> None:
    rows = [
        Delivery(
            document=document,
            organisation=organisation,
            channel=DeliveryChannel.PORTAL,
            delivered_at=document.issued_at,
        )
        for organisation in {organisation.pk: organisation for organisation in organisations}.values()
    ]
    if public:
        rows.append(Delivery(document=document, channel=DeliveryChannel.PUBLICATION, delivered_at=document.issued_at))
    Delivery.objects.bulk_create(rows)


@outbox.on("render_document")
def _render(payload: dict[str, int]) -> None:
    document = Document.objects.filter(pk=payload["document"]).first()
    if document is not None:
        ensure_rendered(document)

"""Opening a document, verifying one, and the documents of the organisation acted for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods
from django_scopes import scopes_disabled

from apps.accounts import throttle
from apps.accounts.decorators import acting
from apps.cases.models import Document
from apps.documents import selectors
from apps.documents.forms import VerifyForm
from apps.documents.rendering import KINDS
from apps.documents.services import ensure_rendered, record_opening

PAGE_SIZE = 25


@require_GET
def download(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF of a document the reader may open, by its verification code; public ones for everyone."""
    document = selectors.openable(request.actor, code)
    if document is None:
        raise Http404
    with scopes_disabled():
        document = ensure_rendered(document)
    if request.actor is not None:
        record_opening(document, request.actor.organisation, request.user)
    response = FileResponse(document.pdf.open("rb"), content_type="application/pdf")
    name = "".join(char for char in f"{document.title}{document.number}.pdf" if char.isprintable())
    response.headers["Content-Disposition"] = content_disposition_header("download" in request.GET, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "public, max-age=3600" if document.is_public else "private, no-store"
    return response


@dataclass(frozen=True)
class Verification:
    """What a verification found: ``genuine``, ``altered`` or ``unknown``, and the document where there is one."""

    outcome: str
    document: Document | None = None
    by_file: bool = False

    @property
    def sandbox(self) -> bool:
        return self.document is not None and self.document.case.is_sandbox

    @property
    def kind_label(self) -> str:
        kind = KINDS.get(self.document.kind) if self.document else None
        return kind.name if kind else "文书"


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """文书核验, for everyone: by the code printed on the document, or by the file. Shows nothing private."""
    data = request.POST if request.method == "POST" else request.GET
    asked = request.method == "POST" or bool(request.GET.get("code"))
    form = VerifyForm(data, request.FILES) if asked else VerifyForm()
    result = None
    status = 200
    if asked and throttle.is_used_up(request, "unknown_code"):
        form.add_error(None, "您所在的网络地址核验未知文书的次数过多，请十分钟后再试。")
        status = 429
    elif asked and form.is_valid():
        result = _verify(form.cleaned_data["code"], form.cleaned_data["file"])
        if result.outcome == "unknown":
            throttle.use_up(request, "unknown_code")
    elif asked:
        status = 422
    context = {"heading": "文书核验", "form": form, "result": result}
    return render(request, "documents_pages/verify.html", context, status=status)


def _verify(code: str, upload: UploadedFile | None) -> Verification:
    document = selectors.by_code(code) if code else None
    if upload is None:
        return Verification("genuine", document) if document else Verification("unknown")
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    same = selectors.by_sha256(digest.hexdigest())
    if same is not None and (not code or document == same):
        return Verification("genuine", same, by_file=True)
    return Verification("altered", document, by_file=True) if document else Verification("unknown", by_file=True)


@acting
@require_GET
def document_list(request: HttpRequest) -> HttpResponse:
    """文书: those delivered to the organisation acted for, and those it has issued."""
    if not request.actor.is_case_staff:
        raise Http404
    issued = request.GET.get("box") == "issued"
    documents = (selectors.issued_documents if issued else selectors.received_documents)(request.actor)
    text = request.GET.get("q", "").strip()[:100]
    if text:
        documents = documents.filter(Q(title__icontains=text) | Q(number__icontains=text))
    page = Paginator(documents, PAGE_SIZE).get_page(request.GET.get("page"))
    for document in page:
        document.kind_label = KINDS[document.kind].name if document.kind in KINDS else "文书"
    context = {"heading": "文书", "page": page, "issued": issued, "q": text}
    return render(request, "documents_pages/list.html", context)

"""文本效力: the standing of the authority's texts, recorded by the legal officer and confirmed by the head."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.jurisdictions.forms import ExtensionForm
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.periods import STATUS_LABELS
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.services import ExtensionRefused, confirm_extension, record_extension
from apps.jurisdictions.standing import standing_of

AUTHORITY_ROLES = (Role.LEGAL_OFFICER, Role.AUTHORITY_HEAD, Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER)


def _versions(request: HttpRequest) -> tuple[Rulebook, ...]:
    """The texts of the acting authority's own jurisdiction."""
    code = request.actor.organisation.jurisdiction_id
    return registry.versions(code) if code else ()


def _rulebook_or_404(request: HttpRequest, key: str) -> Rulebook:
    found = next((one for one in _versions(request) if one.key == key), None)
    if found is None:
        raise Http404
    return found


@requires_role(*AUTHORITY_ROLES)
@require_GET
def standing_list(request: HttpRequest) -> HttpResponse:
    """Each text of the jurisdiction with its standing today and every record made of it."""
    today = timezone.localdate()
    records = RulebookExtension.objects.filter(jurisdiction_id=request.actor.organisation.jurisdiction_id)
    by_key: dict[str, list[RulebookExtension]] = {}
    for record_ in records.select_related("recorded_by", "recorded_for", "confirmed_by"):
        by_key.setdefault(record_.rulebook_key, []).append(record_)
    texts = []
    for rulebook in _versions(request):
        found = standing_of(rulebook, today)
        texts.append(
            {
                "rulebook": rulebook,
                "status": found.status,
                "status_label": STATUS_LABELS[found.status],
                "records": by_key.get(rulebook.key, []),
            }
        )
    context: dict[str, Any] = {
        "heading": "文本效力",
        "texts": texts,
        "may_record": request.actor.has(Role.LEGAL_OFFICER),
        "may_confirm": request.actor.has(Role.AUTHORITY_HEAD),
    }
    return render(request, "jurisdictions/standing.html", context)


@requires_role(Role.LEGAL_OFFICER)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, key: str) -> HttpResponse:
    """Record an extension or the final issue of a text."""
    rulebook = _rulebook_or_404(request, key)
    form = ExtensionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_extension(request.actor, rulebook, form.cleaned_data)
        except ExtensionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记，待机关负责人确认后生效。")
            return redirect("jurisdictions:standing")
    status = 422 if form.errors else 200
    context = {"heading": "登记延期或正式印发", "rulebook": rulebook, "form": form}
    return render(request, "jurisdictions/record.html", context, status=status)


@requires_role(Role.AUTHORITY_HEAD)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a record somebody else made."""
    own = RulebookExtension.objects.filter(jurisdiction_id=request.actor.organisation.jurisdiction_id)
    extension = get_object_or_404(own.select_related("recorded_by", "recorded_for"), pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            confirm_extension(request.actor, extension)
        except ExtensionRefused as error:
            problem = str(error)
        else:
            messages.success(request, "已确认，文本效力自生效之日起据此计算。")
            return redirect("jurisdictions:standing")
    rulebook = registry.by_key(extension.rulebook_key)
    context = {"heading": "确认文本效力", "extension": extension, "rulebook": rulebook, "problem": problem}
    return render(request, "jurisdictions/confirm.html", context, status=409 if problem else 200)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The document a record rests on: public once confirmed, before that for the authority's own people."""
    extension = get_object_or_404(RulebookExtension, pk=pk)
    own = request.actor is not None and request.actor.organisation.jurisdiction_id == extension.jurisdiction_id
    staff = own and request.actor.has(*AUTHORITY_ROLES)
    if extension.confirmed_at is None and not staff:
        raise Http404
    response = FileResponse(extension.file.open("rb"), content_type="application/pdf")
    name = "".join(char for char in f"{extension.document_number}.pdf" if char.isprintable())
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

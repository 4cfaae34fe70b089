"""Recording and confirming what an authority says of the standing of its text: two people, one document."""

from __future__ import annotations

import hashlib
from typing import Any

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks.rulebook import Rulebook

_HEAD_BYTES = 8192


class ExtensionRefused(ValueError):
    """The record cannot be made or confirmed; the message, in Chinese, says why."""


def check_pdf(upload: UploadedFile) -> None:
    """Raise ExtensionRefused unless ``upload`` is a PDF by its content and within the size limit."""
    if not upload.size:
        raise ExtensionRefused("文件是空的，请重新选择。")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise ExtensionRefused(f"文件超过 {settings.UPLOAD_MAX_BYTES // (1024 * 1024)} MB，请压缩后再上传。")
    kind = filetype.guess(upload.read(_HEAD_BYTES))
    upload.seek(0)
    if kind is None or kind.mime != "application/pdf":
        raise ExtensionRefused("文件内容不是 PDF，请上传文件的 PDF。")


def record_extension(actor: Actor, rulebook: Rulebook, details: dict[str, Any]) -> RulebookExtension:
    """The legal officer's record; without effect until confirmed.

    ``details``: kind, document_number, document_date, effective_from, effective_to (or None), file. Raises
    ExtensionRefused where the actor is not the jurisdiction's own legal officer, or the file is no PDF.
    """
    _check_authority(actor, rulebook.jurisdiction, Role.LEGAL_OFFICER)
    upload = details["file"]
    check_pdf(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return RulebookExtension.objects.create(
        jurisdiction_id=rulebook.jurisdiction,
        rulebook_key=rulebook.key,
        recorded_by=actor.user,
        recorded_for=actor.organisation,
        file_sha256=digest.hexdigest(),
        **details,
    )


@transaction.atomic
def confirm_extension(actor: Actor, extension: RulebookExtension) -> RulebookExtension:
    """The head's confirmation; from the effective date on the text counts as in force.

    Raises ExtensionRefused where the actor is not the jurisdiction's head, recorded it, or it is confirmed already.
    """
    _check_authority(actor, extension.jurisdiction_id, Role.AUTHORITY_HEAD)
    if extension.recorded_by_id == actor.user.pk:
        raise ExtensionRefused("登记和确认须由两人办理：您登记了这份文件，请由另一位负责人确认。")
    confirmed = RulebookExtension.objects.filter(pk=extension.pk, confirmed_at__isnull=True).update(
        confirmed_by=actor.user, confirmed_at=timezone.now()
    )
    if not confirmed:
        raise ExtensionRefused("这份文件已经确认过了。")
    extension.refresh_from_db()
    return extension


def _check_authority(actor: Actor, jurisdiction: str, role: str) -> None:
    organisation = actor.organisation
    if organisation.kind != OrganisationKind.AUTHORITY or organisation.jurisdiction_id != jurisdiction:
        raise ExtensionRefused("文本的效力由本管辖的人社主管机关登记。")
    if organisation.superior_id is not None:
        raise ExtensionRefused("文本的效力由制定规定的机关登记，下级机关不能登记。")
    if not actor.has(role):
        raise ExtensionRefused(f"这一步由{Role(role).label}办理。")

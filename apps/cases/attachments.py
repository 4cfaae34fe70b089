"""Files filed with a case: accepted by what they contain, stored under names of our own, served after a check."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.models import User
from apps.cases.models import Attachment, Case

ACCEPTED = {
    "application/pdf": "PDF",
    "image/png": "PNG 图片",
    "image/jpeg": "JPG 图片",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word 文档（docx）",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel 表格（xlsx）",
}
_HEAD_BYTES = 8192


class AttachmentRefused(ValueError):
    """The file cannot be accepted; the message, in Chinese, says why and what is accepted."""


def attach(case: Case, upload: UploadedFile, purpose: str, user: User | None, *, internal: bool = False) -> Attachment:
    """Check ``upload`` and file it with ``case`` under ``purpose``; ``internal`` files are not open to the institution.

    Raises AttachmentRefused for an empty or too large file or one whose content is not an accepted type.
    """
    content_type = check(upload)
    name = "".join(char for char in upload.name or "" if char.isprintable())
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Attachment.objects.create(
        case=case,
        purpose=purpose,
        name=(PurePath(name.replace("\\", "/")).name or "附件")[:200],
        content_type=content_type,
        size=upload.size,
        sha256=digest.hexdigest(),
        file=upload,
        uploaded_by=user,
        is_internal=internal,
    )


def check(upload: UploadedFile) -> str:
    """The content type found in the file itself. Raises AttachmentRefused as :func:`attach` does."""
    if not upload.size:
        raise AttachmentRefused("文件是空的，请重新选择。")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise AttachmentRefused(f"文件超过 {limit} MB，请压缩或拆分后再上传。")
    kind = filetype.guess(upload.read(_HEAD_BYTES))
    upload.seek(0)
    if kind is None or kind.mime not in ACCEPTED:
        raise AttachmentRefused(f"文件内容不是可接受的类型。可上传：{'、'.join(ACCEPTED.values())}。")
    return kind.mime


def remove(attachment: Attachment) -> None:
    """Mark the file as removed; what a sent case rested on stays readable in the archive."""
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=timezone.now())

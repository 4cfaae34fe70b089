"""Files that go with an application or a plan."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.actors import Actor
from apps.cases import attachments
from apps.cases.models import Attachment
from apps.cases.workflow.engine import lock_case
from apps.subsidies.services.content_draft import PURPOSE, Draft, check_editable

MOST_FILES = 20


def add_file(draft: Draft, code: str, upload: UploadedFile, actor: Actor) -> Attachment:
    """File ``upload`` under ``code`` (Draft.file_codes). Raises AttachmentRefused, WrongState or NotPermitted."""
    if code not in draft.file_codes:
        raise attachments.AttachmentRefused("请选择材料的类别。")
    with transaction.atomic():
        case = lock_case(draft.case.pk)
        check_editable(case, actor)
        if case.attachments.filter(purpose=PURPOSE + code, removed_at__isnull=True).count() >= MOST_FILES:
            raise attachments.AttachmentRefused(f"每类材料最多上传 {MOST_FILES} 份，请合并后再上传。")
        return attachments.attach(case, upload, PURPOSE + code, actor.user)


def remove_file(draft: Draft, attachment: Attachment, actor: Actor) -> None:
    """Mark a file as removed. Raises WrongState or NotPermitted."""
    with transaction.atomic():
        check_editable(lock_case(draft.case.pk), actor)
        attachments.remove(attachment)

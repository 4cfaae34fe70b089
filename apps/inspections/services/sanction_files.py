"""Files filed with a sanction: facts, evidence of each item, the statement's, the instrument that overturned it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse

from apps.accounts.actors import Actor
from apps.cases import attachments
from apps.cases.attachments import AttachmentRefused
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.workflow import NotPermitted, Problem
from apps.cases.workflow.engine import lock_case, may

MOST_FILES = 60
ITEM = "rectify:"
PLACES: dict[str, dict[str, str]] = {
    CaseKind.RECTIFICATION: {"facts": "edit", ITEM: "record_progress", "recheck": "record_recheck"},
    CaseKind.REVOCATION: {"facts": "edit", "statement": "save_statement", "hearing": "record_hearing"},
    CaseKind.RESTORATION: {"instrument": "edit"},
}
"""Where files belong, and the step during which they may be added or taken away."""


def purpose_of(item: int) -> str:
    """The place of an item's evidence."""
    return f"{ITEM}{item}"


def add_files(case: Case, actor: Actor, purpose: str, uploads: Sequence[UploadedFile[Any]]) -> list[str]:
    """File ``uploads`` under ``purpose``; returns why each refused one was refused, the others stay.

    Raises NotPermitted unless the actor may take the step the place belongs to now.
    """
    refused: list[str] = []
    if not uploads:
        return refused
    with transaction.atomic():
        _require(lock_case(case.pk), actor, purpose)
        room = MOST_FILES - case.attachments.filter(purpose=purpose, removed_at__isnull=True).count()
        for position, upload in enumerate(uploads):
            if position >= room:
                refused.append(f"{upload.name}：每处最多 {MOST_FILES} 个文件。")
                continue
            try:
                attachments.attach(case, upload, purpose, actor.user)
            except AttachmentRefused as error:
                refused.append(f"{upload.name}：{error}")
    return refused


def remove_file(case: Case, actor: Actor, pk: int) -> None:
    """Take a file away again; it stays in the archive. Raises NotPermitted as :func:`add_files`; a foreign one is ignored."""
    with transaction.atomic():
        locked = lock_case(case.pk)
        found = case.attachments.filter(pk=pk, removed_at__isnull=True).first()
        if found is not None:
            _require(locked, actor, found.purpose)
            attachments.remove(found)


def files_of(case: Case, *purposes: str) -> list[dict[str, Any]]:
    """The files of these places as a file list shows them, each with its ``purpose``."""
    found = case.attachments.filter(removed_at__isnull=True).select_related("uploaded_by")
    return [
        {
            "pk": one.pk,
            "purpose": one.purpose,
            "name": one.name,
            "url": reverse("cases:attachment", args=[case.number, one.pk]),
            "size": one.size,
            "uploaded_at": one.uploaded_at,
            "uploaded_by": one.uploaded_by.name if one.uploaded_by else "",
            "sha256": one.sha256,
        }
        for one in found
        if not purposes or one.purpose in purposes
    ]


def _require(case: Case, actor: Actor, purpose: str) -> None:
    place = ITEM if purpose.startswith(ITEM) else purpose
    step = PLACES.get(case.kind, {}).get(place)
    if step is None or not may(case, step, actor):
        raise NotPermitted(Problem("not_permitted", "现在不能在此处增减文件；如状态刚刚变化，请刷新页面。"))

"""Scans of vouchers: many at once, matched to vouchers by their file names, or as the institution says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.actors import Actor
from apps.cases import attachments
from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Attachment
from apps.cases.workflow import NotPermitted, Problem
from apps.cases.workflow.engine import lock_case, may
from apps.subsidies.models import SpendingReport

PURPOSE = "voucher"
MOST_FILES = 3000
ALL = "全部"
"""What one types for a file that proves every voucher without a file of its own, e.g. a bound volume."""
_PAGE = re.compile(r"[ _-]?[(（]\d+[)）]$")


@dataclass(frozen=True)
class Scans:
    """The files of a report, by the voucher each proves; ``whole`` proves what has no file of its own."""

    files: list[Attachment]
    by_voucher: dict[str, Attachment]
    whole: Attachment | None
    told: dict[str, str]

    def of(self, voucher: str) -> Attachment | None:
        return self.by_voucher.get(file_key(voucher), self.whole)

    def idle(self, vouchers: set[str]) -> list[Attachment]:
        """The files that prove none of ``vouchers``."""
        keys = {file_key(voucher) for voucher in vouchers}
        used = {one.pk for key, one in self.by_voucher.items() if key in keys}
        return [one for one in self.files if one.pk not in used and one != self.whole]


def file_key(text: str) -> str:
    """A voucher's number or a file's name without its type for comparison: signs that no file name bears fall away."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def scans_of(report: SpendingReport) -> Scans:
    """The scans filed with the report and what each proves: as told, else by its name. One query."""
    files = list(Attachment.objects.filter(case_id=report.pk, purpose=PURPOSE, removed_at__isnull=True).order_by("pk"))
    told = {str(pk): str(text) for pk, text in report.data.get("scans", {}).items()}
    by_voucher: dict[str, Attachment] = {}
    whole = None
    for one in files:
        said = told.get(str(one.pk), "")
        if said == ALL:
            whole = one
            continue
        names = re.split(r"[、，,;；\s]+", said) if said else _names(one.name)
        for name in names:
            if file_key(name):
                by_voucher.setdefault(file_key(name), one)
    return Scans(files, by_voucher, whole, told)


def _names(name: str) -> list[str]:
    stem = PurePath(name).stem
    return [stem, _PAGE.sub("", stem)]


def add_scans(report: SpendingReport, actor: Actor, uploads: Sequence[UploadedFile[Any]]) -> list[str]:
    """File the uploads; returns why each refused one was refused, the others stay. A file of the same content once.

    Raises NotPermitted unless the actor may fill in the report now.
    """
    refused: list[str] = []
    with transaction.atomic():
        _require(report, actor)
        mine = report.case.attachments.filter(purpose=PURPOSE, removed_at__isnull=True)
        known = set(mine.values_list("name", "sha256"))
        room = MOST_FILES - len(known)
        for upload in uploads:
            if room <= 0:
                refused.append(f"{upload.name}：最多 {MOST_FILES} 个文件，请合并成册后上传。")
                continue
            try:
                made = attachments.attach(report.case, upload, PURPOSE, actor.user)
            except AttachmentRefused as error:
                refused.append(f"{upload.name}：{error}")
                continue
            if (made.name, made.sha256) in known:
                attachments.remove(made)
                refused.append(f"{upload.name}：已经上传过，没有重复保存。")
                continue
            known.add((made.name, made.sha256))
            room -= 1
    return refused


def remove_scan(report: SpendingReport, actor: Actor, pk: int) -> None:
    """Take a scan away; it stays in the archive. A file of another place is ignored. Raises NotPermitted."""
    with transaction.atomic():
        _require(report, actor)
        found = report.case.attachments.filter(pk=pk, purpose=PURPOSE, removed_at__isnull=True).first()
        if found is not None:
            attachments.remove(found)


def _require(report: SpendingReport, actor: Actor) -> None:
    if not may(lock_case(report.pk), "edit", actor):
        raise NotPermitted(Problem("not_permitted", "报告现在不能修改；如状态刚刚变化，请刷新页面。"))

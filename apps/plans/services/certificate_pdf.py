"""Certificates on paper: one on demand, ten thousand by a task, part after part and none twice."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled
from pypdf import PdfWriter

from apps.documents.rendering.fetcher import OwnImage
from apps.documents.rendering.images import verification_code
from apps.documents.rendering.renderer import image_address, render_html_page
from apps.documents.rendering.templating import render_html
from apps.documents.rendering.text import chinese_date
from apps.plans.models import CertificateBatch, TraineeRecord
from apps.plans.services.certificates import value_text

PART = 50
"""Certificates drawn at once: some seconds, so that other work gets its turn between."""
STALLED_AFTER = dt.timedelta(minutes=5)
_WATERMARK_WIDTH, _LARGEST = 620.0, 90.0


def draw_one(record: TraineeRecord) -> bytes:
    """The certificate of one record as PDF. The record must have one."""
    if record.batch is None:
        raise ValueError("the record has no certificate")
    return draw(record.batch, [record])


def draw(batch: CertificateBatch, records: Sequence[TraineeRecord]) -> bytes:
    """The certificates of ``records``, which belong to ``batch``, as one PDF of a page each."""
    wording = batch.wording
    images: dict[str, OwnImage] = {}
    pages = []
    for position, record in enumerate(records):
        name = f"code-{position}"
        images[name] = verification_code(_address(record.certificate_code))
        pages.append(
            {
                "name": record.name,
                "identity": record.identity_masked,
                "employer": record.employer,
                "value": value_text(record, wording),
                "subject": record.get_subject_kind_display(),
                "number": record.certificate_number,
                "code": " ".join(record.certificate_code[start : start + 4] for start in range(0, 16, 4)),
                "image": image_address(name),
            }
        )
    html = render_html("training_certificates.html", {"pages": pages, **_said_by_all(wording)})
    return render_html_page(
        html, form="certificate", stylesheet=_watermark_size(wording["watermark"]), own_images=images
    ).pdf


def draw_next(pk: int) -> bool:
    """Draw the next part of batch ``pk`` and, after the last one, join them. True when nothing is left to do.

    Two at once never draw the same part twice: the second finds the batch taken. A part that was begun and not
    finished is drawn anew.
    """
    if not _claim(pk):
        return True
    batch = CertificateBatch.objects.get(pk=pk)
    if batch.drawn < batch.count:
        records = TraineeRecord.objects.filter(project_id=batch.project_id, batch=batch)
        part = list(records.order_by("certificate_number")[batch.drawn : batch.drawn + PART])
        _keep(_part_name(batch, batch.drawn), draw(batch, part))
        with scopes_disabled():
            done = CertificateBatch.objects.filter(pk=pk, drawn=batch.drawn)
            done.update(drawn=F("drawn") + len(part), drawing_since=None)
        return False
    _join(batch)
    return True


def unfinished(now: dt.datetime) -> QuerySet[CertificateBatch]:
    """Batches that are not drawn yet and at which nobody is drawing."""
    free = Q(drawing_since__isnull=True) | Q(drawing_since__lt=now - STALLED_AFTER)
    waiting = CertificateBatch.objects.filter(free, finished_at__isnull=True)
    return waiting.filter(issued_at__lt=now - dt.timedelta(minutes=2))


def _claim(pk: int) -> bool:
    now = timezone.now()
    free = Q(drawing_since__isnull=True) | Q(drawing_since__lt=now - STALLED_AFTER)
    with scopes_disabled():
        return bool(CertificateBatch.objects.filter(free, pk=pk, finished_at__isnull=True).update(drawing_since=now))


def _join(batch: CertificateBatch) -> None:
    names = [_part_name(batch, start) for start in range(0, batch.count, PART)]
    writer = PdfWriter()
    for name in names:
        with default_storage.open(name, "rb") as part:
            writer.append(io.BytesIO(part.read()), import_outline=False)
    joined = io.BytesIO()
    writer.write(joined)
    batch.file.save(f"{batch.project.case.number}-{batch.pk}.pdf", ContentFile(joined.getvalue()), save=False)
    with scopes_disabled():
        CertificateBatch.objects.filter(pk=batch.pk).update(
            file=batch.file.name, finished_at=timezone.now(), drawing_since=None
        )
    for name in names:
        default_storage.delete(name)


def _part_name(batch: CertificateBatch, start: int) -> str:
    return f"certificates/parts/{batch.pk}-{start:05d}.pdf"


def _keep(name: str, content: bytes) -> None:
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


def _address(code: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('plans:certificate_verify')}?code={code}"


def _said_by_all(wording: dict[str, Any]) -> dict[str, Any]:
    starts, ends, issued = (dt.date.fromisoformat(wording[name]) for name in ("starts_on", "ends_on", "issued_on"))
    return {
        "base": wording["base"],
        "institution": wording["institution"],
        "project": wording["project"],
        "unit": wording["unit"],
        "starts": chinese_date(starts),
        "ends": "" if ends == starts else chinese_date(ends),
        "date": chinese_date(issued),
        "created": f"{wording['issued_on']}T00:00:00+08:00",
        "watermark": wording["watermark"],
        "address": settings.PUBLIC_BASE_URL + reverse("plans:certificate_verify"),
    }


def _watermark_size(watermark: str) -> str:
    return f".watermark {{ font-size: {min(_LARGEST, _WATERMARK_WIDTH / max(len(watermark), 1)):.1f}pt; }}"

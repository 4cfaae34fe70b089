"""Notes and photos taken on site, perhaps without network: each arrives once, however often it is sent."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.attachments import attach, check
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.inspections.enums import Verdict
from apps.inspections.models import InspectionItem, VisitEntry

MOST_TEXT = 4000
CLOCK_AHEAD = dt.timedelta(minutes=10)
LONG_AGO = dt.timedelta(days=60)


@dataclass(frozen=True)
class Note:
    """One entry as the phone sends it; ``client_id`` was given there, ``noted_at`` is the phone's time."""

    client_id: uuid.UUID
    code: str
    verdict: str = ""
    text: str = ""
    noted_at: dt.datetime | None = None


def record_entry(case: Case, actor: Actor, note: Note, photo: UploadedFile | None = None) -> VisitEntry:
    """File one entry and return it; one that has arrived before is returned as it is, and nothing happens.

    Raises AttachmentRefused for a photo that is none, Blocked for an entry that says nothing or belongs to no item,
    and as perform() does: once the visit is closed nothing more is taken.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        before = VisitEntry.objects.filter(inspection_id=locked.pk, client_id=note.client_id).first()
        if before is not None:
            return before
        item = _item(locked, note, photo)
        if photo is not None:
            check(photo)
        made: list[VisitEntry] = []

        def change(locked: Case, act: Act) -> None:
            made.append(_file(locked, actor, note, item, photo))

        data = {"entry": str(note.client_id), "item": item.code, "verdict": note.verdict, "photo": photo is not None}
        perform(case, "record_visit", actor, data=data, change=change)
    return made[0]


def _item(case: Case, note: Note, photo: UploadedFile | None) -> InspectionItem:
    item = InspectionItem.objects.filter(inspection_id=case.pk, code=note.code).first()
    if item is None:
        raise Blocked(Problem("no_such_item", "没有这项检查内容。", where="item"))
    if note.verdict and note.verdict not in Verdict.values:
        raise Blocked(Problem("no_such_verdict", "请选择符合、需改进或不符合。", where="verdict"))
    if len(note.text) > MOST_TEXT:
        raise Blocked(Problem("text_too_long", f"记录超过 {MOST_TEXT} 字，请分条填写。", where="text"))
    if not note.verdict and not note.text.strip() and photo is None:
        raise Blocked(Problem("empty_entry", "请至少填写判断、记录或添加照片中的一项。", where="text"))
    return item


def _file(case: Case, actor: Actor, note: Note, item: InspectionItem, photo: UploadedFile | None) -> VisitEntry:
    attachment = attach(case, photo, f"visit:{item.code}", actor.user) if photo is not None else None
    try:
        with transaction.atomic():
            entry = VisitEntry.objects.create(
                inspection_id=case.pk,
                client_id=note.client_id,
                item=item,
                verdict=note.verdict,
                text=note.text.replace("\x00", "").strip(),
                photo=attachment,
                noted_at=_plausible(note.noted_at),
                noted_by=actor.user,
            )
    except IntegrityError:
        raise Blocked(Problem("client_id_taken", "这条记录的编号已被使用，请重新记录。", where="client_id")) from None
    _sum_up(item)
    return entry


def _plausible(noted_at: dt.datetime | None) -> dt.datetime:
    """The phone's time, or ours where the phone's clock is out of all reason."""
    now = timezone.now()
    if noted_at is None or timezone.is_naive(noted_at):
        return now
    return noted_at if now - LONG_AGO <= noted_at <= now + CLOCK_AHEAD else now


def _sum_up(item: InspectionItem) -> None:
    """Repeat on the item what its entries say: the latest verdict, and every text in the order it was noted."""
    entries = list(VisitEntry.objects.filter(item=item).order_by("noted_at", "id"))
    verdicts = [entry.verdict for entry in entries if entry.verdict]
    texts = [entry.text for entry in entries if entry.text]
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        InspectionItem.objects.filter(pk=item.pk).update(
            visit_verdict=verdicts[-1] if verdicts else "", visit_text="\n".join(texts)
        )

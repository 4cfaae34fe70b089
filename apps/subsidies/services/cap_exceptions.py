"""The cap of what a base is granted in a cycle, and the recorded exception that two people sign (Shanghai 32)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, Sum
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases import attachments
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.jurisdictions.rulebooks.money import TrancheScheme, yuan
from apps.subsidies.enums import Conclusion
from apps.subsidies.models import Award, CapException
from apps.subsidies.services.cycles import unchanged_since
from apps.subsidies.workflow.people import scheme_of

PURPOSE = "cap_exception"


@dataclass(frozen=True)
class Grounds:
    """What an officer records: the whole sum in the cycle that is allowed, why, and the document that allows it."""

    total_fen: int
    reason: str
    document_number: str
    document_date: dt.date


@dataclass(frozen=True)
class Room:
    """How an award stands to the cap, in fen: what the base has of the cycle besides, and what this award adds."""

    cap_fen: int
    before_fen: int
    proposed_fen: int

    @property
    def total_fen(self) -> int:
        return self.before_fen + self.proposed_fen

    @property
    def exceeds(self) -> bool:
        return self.total_fen > self.cap_fen

    @property
    def left_fen(self) -> int:
        """What may be granted to this award without an exception."""
        return max(self.cap_fen - self.before_fen, 0)


def room_of(award: Award) -> Room:
    """The cap, what the base holds of the cycle besides this award (net of what was given back), and what is proposed."""
    others = Award.objects.filter(base_id=award.base_id, cycle_id=award.cycle_id).exclude(pk=award.pk)
    before = others.aggregate(total=Sum(F("granted_fen") - F("released_fen")))["total"] or 0
    return Room(scheme_of(award.case).cap_fen, before, award.granted_fen or award.proposed_fen)


def exception_of(award: Award) -> CapException | None:
    """The exception recorded for the award, read anew."""
    return CapException.objects.filter(award_id=award.pk).select_related("recorded_by").first()


def cap_problems(award: Award) -> list[Problem]:
    """All that the base is granted in the cycle, this award included, is within the cap or a signed exception."""
    room = room_of(award)
    if not room.exceeds:
        return []
    found = exception_of(award)
    if found is not None and found.is_signed and room.total_fen <= found.total_fen:
        return []
    return [Problem("cap_exceeded", _told(room, award, found), (_scheme(award).cap_article,), "sums")]


def recorded_problems(award: Award) -> list[Problem]:
    """Before a sum above the cap is put forward, the exception that is to allow it is on file, signed or not."""
    room = room_of(award)
    if not room.exceeds:
        return []
    found = exception_of(award)
    if found is None or found.total_fen < room.total_fen:
        return [Problem("cap_exceeded", _told(room, award, found), (_scheme(award).cap_article,), "sums")]
    return exception_problems(award)


def exception_problems(award: Award) -> list[Problem]:
    """An exception has a sum above the cap, a reason, and a document of a past day with its number and its file."""
    scheme = _scheme(award)
    article = (scheme.cap_article,)
    found = exception_of(award)
    if found is None:
        return [Problem("exception_missing", "没有登记超限额资助的依据。", article)]
    problems = []
    if found.total_fen <= scheme.cap_fen:
        message = f"准予达到的总额须超过限额{yuan(scheme.cap_fen)}；不超过限额的，无须登记。"
        problems.append(Problem("exception_sum", message, article, "total_fen"))
    if not found.reason.strip():
        problems.append(Problem("exception_reason", "请写明超限额资助的理由。", article, "reason"))
    if not found.document_number.strip():
        problems.append(Problem("exception_number", "请填写批准文件的文号。", article, "document_number"))
    if found.document_date > timezone.localdate():
        problems.append(Problem("exception_date", "批准日期不能晚于今天。", article, "document_date"))
    if not files_of(award.case):
        problems.append(Problem("exception_file", "请上传批准超限额资助的文件。", article, "file"))
    return problems


def finance_signature_problems(award: Award) -> list[Problem]:
    """A grant above the cap goes to the head only with the finance side's signature under its exception."""
    if award.conclusion != Conclusion.GRANT or not room_of(award).exceeds:
        return []
    found = exception_of(award)
    if found is not None and found.first_signature_id is not None:
        return []
    message = "拟资助金额超过限额，财务负责审核的人员须先签署超限额依据。"
    return [Problem("exception_unsigned", message, (_scheme(award).cap_article,))]


def record(
    case: Case,
    actor: Actor,
    values: Grounds,
    uploads: Sequence[UploadedFile[Any]] = (),
    *,
    version: int | None = None,
) -> Act:
    """Record or change the exception; what was signed before is void. A new file takes the place of the former ones.

    Raises Blocked for what :func:`exception_problems` finds, AttachmentRefused for a file that is not accepted.
    """

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        CapException.objects.update_or_create(
            award_id=locked.pk,
            defaults={
                "total_fen": values.total_fen,
                "reason": values.reason.strip(),
                "document_number": values.document_number.strip(),
                "document_date": values.document_date,
                "recorded_by": actor.user,
                "first_signature": None,
                "second_signature": None,
            },
        )
        if uploads:
            for former in files_of(locked):
                attachments.remove(former)
            for upload in uploads:
                attachments.attach(locked, upload, PURPOSE, actor.user, internal=True)
        problems = exception_problems(Award.objects.select_related("case").get(pk=locked.pk))
        if problems:
            raise Blocked(*problems)

    data = {"total_fen": values.total_fen, "document_number": values.document_number.strip()}
    return perform(case, "record_exception", actor, reason=values.reason, data=data, change=change)


def sign(case: Case, actor: Actor, reason: str = "") -> Act:
    """The finance side signs the exception as it is on file."""

    def change(locked: Case, act: Act) -> None:
        _set(locked.pk, first_signature=act)

    return perform(case, "sign_exception", actor, reason=reason, data=_as_signed(case), change=change)


def countersign(case: Case, actor: Actor, reason: str = "") -> Act:
    """The head signs the exception after the finance side, as another person."""

    def change(locked: Case, act: Act) -> None:
        _set(locked.pk, second_signature=act)

    return perform(case, "countersign_exception", actor, reason=reason, data=_as_signed(case), change=change)


def void(award_id: int) -> None:
    """What was signed does not hold for what is proposed now; call it in a change."""
    _set(award_id, first_signature=None, second_signature=None)


def files_of(case: Case) -> list[Any]:
    """The document of the exception, as filed with the award's case."""
    return list(case.attachments.filter(purpose=PURPOSE, removed_at__isnull=True).order_by("pk"))


def _set(award_id: int, **values: Act | None) -> None:
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        CapException.objects.filter(award_id=award_id).update(**values)


def _as_signed(case: Case) -> dict[str, Any]:
    """What the signature is given to: the sum, the document and its file's hash."""
    found = CapException.objects.filter(award_id=case.pk).first()
    if found is None:
        return {}
    return {
        "total_fen": found.total_fen,
        "document_number": found.document_number,
        "files": [one.sha256 for one in files_of(case)],
    }


def _scheme(award: Award) -> TrancheScheme:
    return scheme_of(award.case)


def _told(room: Room, award: Award, found: CapException | None) -> str:
    text = (
        f"该基地在“{award.cycle.title}”已获资助{yuan(room.before_fen)}，本次拟资助{yuan(room.proposed_fen)}，"
        f"合计{yuan(room.total_fen)}，超过每个项目周期原则上的限额{yuan(room.cap_fen)}。"
    )
    if found is None:
        return text + "请减少金额，或者先登记超限额资助的批准文件、文号和理由。"
    if room.total_fen > found.total_fen:
        return text + f"登记的超限额依据（{found.document_number}）只准予达到{yuan(found.total_fen)}。"
    return text + f"登记的超限额依据（{found.document_number}）尚未经财务和负责人两人签署。"

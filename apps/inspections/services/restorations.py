"""恢复资格: the act that undoes a revocation which a court, a reconsideration or the authority itself overturned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base, BaseStatus, RegisterRecord
from apps.bases.services import lock_base, open_base_case
from apps.cases import attachments
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.documents.services import issue
from apps.inspections.enums import RevocationState
from apps.inspections.models import Restoration, Revocation
from apps.inspections.services import sanction_restoration_documents as documents
from apps.inspections.services.rectifications import managing_unit
from apps.inspections.services.sanction_effects import (
    LIVE,
    let_in,
    require_officer,
    set_status,
    tell_history,
    unchanged_since,
)
from apps.inspections.services.sanction_grounds import one_at_a_time

REVOKED = (RevocationState.REVOKED, RevocationState.CLOSED)
INSTRUMENT = "instrument"


@dataclass(frozen=True)
class Instrument:
    """What overturned the revocation: on whose authority, its number and day, and the standing it leads back to."""

    overturned_by: str
    body: str
    document_number: str
    decided_on: dt.date
    facts: str
    status_after: str


def revocation_in_force(base: Base) -> Revocation | None:
    """The decision by which ``base`` is revoked now; None where it is not, or was revoked outside the portal."""
    if base.status != BaseStatus.REVOKED:
        return None
    found = Revocation.objects.filter(base=base, case__state__in=REVOKED).select_related("case")
    return found.order_by("-decided_on", "-case_id").first()


def open_restoration(
    base: Base, actor: Actor, instrument: Instrument, files: Sequence[UploadedFile] = ()
) -> Restoration:
    """Open the case that restores ``base``, with the instrument on file.

    Raises NotPermitted for anybody but the authority's officer; Blocked when the base is not revoked by a decision in
    the portal, a restoration runs already, or the day of the instrument cannot be; AttachmentRefused for a bad file.
    """
    require_officer(actor, base)
    with transaction.atomic():
        base = lock_base(base.pk)
        revocation = revocation_in_force(base)
        if revocation is None:
            raise Blocked(Problem("not_revoked", "该基地目前不是由本平台决定取消（撤销）的状态，无须恢复。"))
        problems = one_at_a_time(base, CaseKind.RESTORATION) + instrument_problems(revocation, instrument)
        if problems:
            raise Blocked(*problems)
        case = open_base_case(
            base,
            CaseKind.RESTORATION,
            f"恢复{base.institution_name}基地资格",
            actor,
            label="拟定恢复决定",
            year=timezone.localdate().year,
            rulebook_key=revocation.case.rulebook_key,
            seen_by=(PartyRole.AUTHORITY,),
        )
        restoration = Restoration.objects.create(case=case, revocation=revocation, **_values(instrument))
        for upload in files:
            attachments.attach(case, upload, INSTRUMENT, actor.user)
    return restoration


def edit_restoration(case: Case, actor: Actor, instrument: Instrument, *, version: int | None = None) -> Act:
    """Change the draft; raises as :func:`open_restoration`, and WrongState when it has moved on since ``version``."""
    problems = instrument_problems(case.restoration.revocation, instrument)
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        restoration = locked.restoration
        for name, value in _values(instrument).items():
            setattr(restoration, name, value)
        restoration.save()

    return perform(case, "edit", actor, change=change)


def _values(instrument: Instrument) -> dict[str, object]:
    return {
        "overturned_by": instrument.overturned_by,
        "body": instrument.body.strip(),
        "document_number": instrument.document_number.strip(),
        "decided_on": instrument.decided_on,
        "facts": instrument.facts.strip(),
        "status_after": instrument.status_after,
    }


def instrument_problems(revocation: Revocation, instrument: Instrument) -> list[Problem]:
    """An instrument overturns what was decided before it, and exists already."""
    problems = []
    decided_on = revocation.decided_on
    if not (decided_on and decided_on <= instrument.decided_on <= timezone.localdate()):
        message = "作出日期须在原决定之日以后，且不晚于今天。"
        problems.append(Problem("instrument_day", message, where="decided_on"))
    if instrument.status_after not in LIVE:
        problems.append(Problem("status_after", "请选择恢复后的状态。", where="status_after"))
    elif instrument.status_after == BaseStatus.RECTIFYING and revocation.status_before != BaseStatus.RECTIFYING:
        message = "该基地在原决定作出时不在限期整改中，只能恢复为有效。"
        problems.append(Problem("never_ordered", message, where="status_after"))
    return problems


def level_problems(restoration: Restoration) -> list[Problem]:
    """Another live base of the same level, recognised since, stands in the way."""
    base = restoration.revocation.base
    if base.is_sandbox:
        return []
    other = (
        Base.objects.filter(
            institution_id=base.institution_id,
            jurisdiction_id=base.jurisdiction_id,
            level=base.level,
            status__in=LIVE,
            is_sandbox=False,
        )
        .exclude(pk=base.pk)
        .first()
    )
    return [_taken(other.number)] if other else []


def _taken(number: str = "") -> Problem:
    which = f"（{number}）" if number else ""
    return Problem(
        "level_taken",
        f"该单位已另有同级别的有效基地{which}，同一单位同级别只能有一个有效基地；请先处理该基地，再恢复本基地。",
    )


def sign_restoration(case: Case, actor: Actor, reason: str = "") -> Act:
    """Undo the revocation: register, credit record, letter and announcement in one transaction; the history stays."""

    def change(locked: Case, act: Act) -> None:
        restoration = locked.restoration
        base = lock_base(locked.base_id)
        if base.status != BaseStatus.REVOKED:
            raise Blocked(Problem("not_revoked", "该基地目前不是取消（撤销）状态，无须恢复。"))
        set_status(base, restoration.status_after)
        withdrawn = _withdraw_credit_record(locked, restoration, act)
        decision = issue(
            locked,
            act,
            "restoration_decision",
            documents.decision(locked, act, withdrawn=withdrawn),
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(base),
        )
        announced = issue(
            locked,
            act,
            "restoration_announcement",
            documents.announcement(locked, act, decision),
            issuer=locked.authority,
            public=True,
        )
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        tell_history(base, act, "restored", "恢复基地资格", decision, announced)
        let_in(locked, PartyRole.INSTITUTION, PartyRole.MANAGING_UNIT)

    try:
        return perform(case, "sign_restoration", actor, reason=reason, change=change)
    except IntegrityError as error:
        # Recognised by another act between the guard's look and the write.
        raise Blocked(_taken()) from error


def _withdraw_credit_record(case: Case, restoration: Restoration, act: Act) -> bool:
    why = f"{restoration.body}{restoration.document_number}，恢复资格（{case.number}）"
    records = RegisterRecord.objects.filter(case_id=restoration.revocation_id, withdrawn_at__isnull=True)
    return bool(records.update(withdrawn_at=act.at, withdrawal_reason=why[:300]))

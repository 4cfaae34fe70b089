"""Certificates of training: issued by the institution's head, numbered without gaps, verified by anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases import outbox
from apps.cases.models import Act, Case, new_verification_code
from apps.cases.numbering import next_numbers
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform, rules_of
from apps.documents.services import sandbox_watermark
from apps.plans.enums import Outcome
from apps.plans.models import CertificateBatch, TraineeRecord, TrainingProject
from apps.plans.services.bulk import chunks
from apps.plans.services.totals import Movement, move, tenths_text

MOST_AT_ONCE = 10_000
UPDATED_AT_ONCE = 1000


def due(project: TrainingProject) -> QuerySet[TraineeRecord]:
    """The records that have passed and have no certificate yet, in the order they were entered."""
    return TraineeRecord.objects.filter(project=project, outcome=Outcome.PASSED, certificate_number="").order_by("pk")


def issue_certificates(case: Case, actor: Actor, record_ids: Sequence[int] | None = None) -> CertificateBatch:
    """Issue certificates to those who have passed and have none: all of them, at most MOST_AT_ONCE, or the chosen.

    What the certificates say of base, institution and project is frozen; the PDF is drawn after commit.
    Raises as perform() does; Blocked where nobody is left, or one of ``record_ids`` cannot be certified.
    """
    issued: list[CertificateBatch] = []

    def change(locked: Case, act: Act) -> None:
        project = TrainingProject.objects.select_related("base", "case").get(pk=locked.pk)
        issued.append(_issue(project, act, actor, record_ids))

    perform(case, "issue_certificates", actor, change=change)
    return issued[0]


def find_certificate(code: str) -> TraineeRecord | None:
    """The certificate with this code, of any jurisdiction; spaces, hyphens and case do not matter. One query."""
    cleaned = "".join(code.split()).replace("-", "").upper()
    if not (cleaned.isascii() and cleaned.isalnum() and len(cleaned) == 16):
        return None
    with scopes_disabled():
        records = TraineeRecord.objects.select_related("batch", "project__case")
        return records.filter(certificate_code=cleaned).first()


def value_text(record: TraineeRecord, wording: dict[str, Any]) -> str:
    """The hours or credits the certificate states, such as ``24 学时``; never converted."""
    return f"{tenths_text(record.value_tenths)} {wording['unit']}"


def _issue(project: TrainingProject, act: Act, actor: Actor, record_ids: Sequence[int] | None) -> CertificateBatch:
    records = list((due(project) if record_ids is None else due(project).filter(pk__in=record_ids))[:MOST_AT_ONCE])
    if not records:
        raise Blocked(Problem("nobody_to_certify", "没有合格而尚未发证的学员。"))
    if record_ids is not None and len(records) != len(set(record_ids)):
        raise Blocked(Problem("not_certifiable", "所选学员中有不合格、已发证或已删除的，请刷新页面后重新选择。"))
    today = timezone.localdate(act.at)
    batch = CertificateBatch.objects.create(
        project=project, count=len(records), issued_by=actor.user, issued_at=act.at, wording=_wording(project, today)
    )
    numbers = next_numbers(f"certificate:{project.base_id}:{today.year}", len(records))
    for record, number in zip(records, numbers, strict=True):
        record.certificate_number = f"{project.base.number}-{today.year}-{number:05d}"
        record.certificate_code = new_verification_code()
        record.certified_at = act.at
        record.batch = batch
    for chunk in chunks(records, UPDATED_AT_ONCE):
        TraineeRecord.objects.bulk_update(
            chunk, ["certificate_number", "certificate_code", "certified_at", "batch"], batch_size=250
        )
    move(project, Movement(certificates=len(records)))
    outbox.promise("draw_certificates", {"batch": batch.pk}, key=f"certificates:{batch.pk}")
    return batch


def _wording(project: TrainingProject, on: dt.date) -> dict[str, Any]:
    """What every certificate of the issue says, as it is on the day: names in old certificates stay as they were."""
    case = project.case
    return {
        "base": project.base.name,
        "base_number": project.base.number,
        "institution": project.base.institution_name,
        "project": project.name,
        "starts_on": project.starts_on.isoformat(),
        "ends_on": project.ends_on.isoformat(),
        "unit": rules_of(case).credit.label,
        "issued_on": on.isoformat(),
        "watermark": sandbox_watermark(case) if case.is_sandbox else "",
    }

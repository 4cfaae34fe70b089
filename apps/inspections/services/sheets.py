"""The sheet of an inspection: what is written about every item of the checklist, stage by stage.

The base drafts its self-assessment and its answer, which are saved without an act until its head submits them. What
the inspectors write is an act of theirs each time they save.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import attachments
from apps.cases.models import Act, Attachment, Case
from apps.cases.workflow import NotPermitted, Problem, WorkflowError, WrongState
from apps.cases.workflow.engine import lock_case, perform
from apps.inspections.enums import InspectionState, Verdict
from apps.inspections.models import Inspection, InspectionItem

MOST_FILES = 20


@dataclass(frozen=True)
class Stage:
    """One stage of the sheet: in which state it is written, the fields of each item and of the whole inspection.

    ``step`` is the act of saving, empty where the base drafts; ``purpose`` begins the purpose of its evidence.
    """

    code: str
    state: str
    item_fields: tuple[str, ...]
    whole_fields: tuple[str, ...] = ()
    step: str = ""
    purpose: str = ""

    @property
    def by_base(self) -> bool:
        return not self.step


SELF = Stage("self", InspectionState.SELF_ASSESSING, ("self_verdict", "self_text"), ("self_summary",), purpose="self:")
ANSWER = Stage("answer", InspectionState.AWAITING_ANSWER, ("answer",), ("answer",), purpose="answer:")
DESK = Stage("desk", InspectionState.DESK_REVIEW, ("desk_verdict", "desk_text"), step="record_desk_review")
FINDINGS = Stage("findings", InspectionState.FINDINGS, ("finding", "finding_text"), step="record_findings")
VERDICTS = Stage(
    "verdicts",
    InspectionState.ANSWERED,
    ("verdict", "verdict_text"),
    ("grade", "grade_reasons", "commended"),
    step="record_verdicts",
)
STAGES = {stage.code: stage for stage in (SELF, ANSWER, DESK, FINDINGS, VERDICTS)}


class SheetConflict(WorkflowError):
    """Somebody else has saved the sheet since it was read; nothing was saved."""


@dataclass(frozen=True)
class Values:
    """What was written: by item code and field, and for the whole inspection."""

    items: Mapping[str, Mapping[str, Any]]
    whole: Mapping[str, Any]


def items_of(inspection: Inspection, stage: Stage) -> list[InspectionItem]:
    """The items a stage writes about: all, or for the answer those that were found wanting. One query."""
    items = list(inspection.items.all())
    return [item for item in items if item.finding != Verdict.MEETS] if stage is ANSWER else items


def version_of(inspection: Inspection, stage: Stage) -> int:
    """A number that changes whenever what the stage wrote changes: two people's savings are told apart by it."""
    written = [getattr(inspection, name) for name in stage.whole_fields]
    written += [getattr(item, name) for item in inspection.items.all() for name in stage.item_fields]
    return zlib.crc32("\x1f".join(map(str, written)).encode())


def may_draft(case: Case, stage: Stage, actor: Actor | None) -> bool:
    """Whether the person may now write the base's part of the sheet."""
    return (
        actor is not None
        and case.state == stage.state
        and case.institution_id == actor.organisation.pk
        and actor.has(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
    )


def save_draft(case: Case, stage: Stage, actor: Actor, values: Values, version: int | None) -> int:
    """Save what the base has written so far and return the new version.

    Raises NotPermitted, WrongState once it is submitted or the time is over, SheetConflict where somebody else has
    saved since ``version`` was read.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        check_draft(locked, stage, actor)
        inspection = Inspection.objects.get(pk=locked.pk)
        if version is not None and version != version_of(inspection, stage):
            raise SheetConflict(Problem("conflict", "本页内容刚刚已由他人保存，请核对后再次保存。"))
        write(inspection, stage, values)
        return version_of(Inspection.objects.get(pk=locked.pk), stage)


def record(case: Case, stage: Stage, actor: Actor, values: Values) -> Act:
    """Save what the inspectors have written, as an act of theirs that names the items changed. Raises as perform()."""

    def change(locked: Case, act: Act) -> None:
        write(Inspection.objects.get(pk=locked.pk), stage, values)

    return perform(case, stage.step, actor, data={"changed": changed(case.inspection, stage, values)}, change=change)


def changed(inspection: Inspection, stage: Stage, values: Values) -> list[str]:
    """The codes of the items, and the names of the fields of the whole, that ``values`` would change."""
    found = [
        name for name in stage.whole_fields if name in values.whole and values.whole[name] != getattr(inspection, name)
    ]
    for item in items_of(inspection, stage):
        written = values.items.get(item.code, {})
        if any(name in written and written[name] != getattr(item, name) for name in stage.item_fields):
            found.append(item.code)
    return found


def write(inspection: Inspection, stage: Stage, values: Values) -> None:
    """Write ``values`` to the rows; call it under the lock of the case."""
    whole = {name: values.whole[name] for name in stage.whole_fields if name in values.whole}
    # Scoped by a join, an update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        if whole:
            Inspection.objects.filter(pk=inspection.pk).update(**whole)
        for item in items_of(inspection, stage):
            written = values.items.get(item.code, {})
            fresh = {name: written[name] for name in stage.item_fields if name in written}
            if any(getattr(item, name) != value for name, value in fresh.items()):
                InspectionItem.objects.filter(pk=item.pk).update(**fresh)


def check_draft(case: Case, stage: Stage, actor: Actor) -> None:
    """Raise NotPermitted or WrongState unless ``actor`` may write the base's part of the sheet now."""
    if case.institution_id != actor.organisation.pk or not actor.has(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD):
        raise NotPermitted(Problem("not_permitted", "只有基地的填报人或负责人可以填写。"))
    if case.state != stage.state:
        raise WrongState(Problem("wrong_state", "已经提交或期限已过，内容不能再修改。"))


def files_of(case: Case, *purposes: str) -> dict[str, list[Attachment]]:
    """Purpose → its files, removed ones left out, for purposes that begin with any of ``purposes``. One query."""
    found: dict[str, list[Attachment]] = {}
    for attachment in case.attachments.filter(removed_at__isnull=True).select_related("uploaded_by"):
        if attachment.purpose.startswith(purposes):
            found.setdefault(attachment.purpose, []).append(attachment)
    return found


def add_file(case: Case, stage: Stage, code: str, upload: UploadedFile, actor: Actor) -> Attachment:
    """File ``upload`` as evidence of the base for one item.

    Raises AttachmentRefused for a file that cannot be accepted, NotPermitted and WrongState as :func:`save_draft`.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        check_draft(locked, stage, actor)
        if code not in {item.code for item in items_of(locked.inspection, stage)}:
            raise attachments.AttachmentRefused("没有这项检查内容。")
        purpose = f"{stage.purpose}{code}"
        if len(files_of(locked, purpose).get(purpose, [])) >= MOST_FILES:
            raise attachments.AttachmentRefused(f"每项最多上传 {MOST_FILES} 份，请合并后再上传。")
        return attachments.attach(locked, upload, purpose, actor.user)


def remove_file(case: Case, stage: Stage, attachment: Attachment, actor: Actor) -> None:
    """Take a file off the base's evidence while it may still be changed. Raises as :func:`add_file` does."""
    with transaction.atomic():
        check_draft(lock_case(case.pk), stage, actor)
        attachments.remove(attachment)

"""Evidence: files filed with the application for one condition each."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.actors import Actor
from apps.applications.models import Application
from apps.applications.sections.evidence import PURPOSE, Evidence, purpose_of
from apps.applications.services.filling import FilledForm, editable_sections, load_form, may_fill_in
from apps.cases import attachments
from apps.cases.models import Attachment
from apps.cases.workflow import NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case

MOST_FILES = 20


def evidence_files(application: Application) -> dict[str, list[Attachment]]:
    """Condition code → its files, removed ones left out. One query."""
    found: dict[str, list[Attachment]] = {}
    rows = application.case.attachments.filter(purpose__startswith=PURPOSE, removed_at__isnull=True)
    for attachment in rows.select_related("uploaded_by"):
        found.setdefault(attachment.purpose.removeprefix(PURPOSE), []).append(attachment)
    return found


def open_conditions(application: Application, actor: Actor | None, form: FilledForm | None = None) -> frozenset[str]:
    """The conditions whose files ``actor`` may change: all while the evidence is open for changes, else those that
    an open section answers."""
    editable = editable_sections(application, actor)
    if not editable:
        return frozenset()
    context = (form or load_form(application)).context
    return frozenset(
        condition.code
        for condition in Evidence().conditions(context)
        if "evidence" in editable or condition.section in editable
    )


def add_evidence(application: Application, code: str, upload: UploadedFile, actor: Actor) -> Attachment:
    """File ``upload`` as evidence for condition ``code``.

    Raises AttachmentRefused for a file that cannot be accepted, NotPermitted, or WrongState when it is not open.
    """
    with transaction.atomic():
        _check_open(application, code, actor)
        if len(evidence_files(application).get(code, [])) >= MOST_FILES:
            raise attachments.AttachmentRefused(f"每项条件最多上传 {MOST_FILES} 份材料，请合并后再上传。")
        return attachments.attach(application.case, upload, purpose_of(code), actor.user)


def remove_evidence(application: Application, attachment: Attachment, actor: Actor) -> None:
    """Mark a file as removed. Raises NotPermitted or WrongState as :func:`add_evidence` does."""
    with transaction.atomic():
        _check_open(application, attachment.purpose.removeprefix(PURPOSE), actor)
        attachments.remove(attachment)


def _check_open(application: Application, code: str, actor: Actor) -> None:
    lock_case(application.case_id)
    application.case.refresh_from_db(fields=["state"])
    if not may_fill_in(application, actor):
        raise NotPermitted(Problem("not_permitted", "只有申报单位的填报人或负责人可以增减佐证材料。"))
    if code not in open_conditions(application, actor):
        raise WrongState(Problem("section_locked", "本项佐证材料现已锁定，不能增减。", where=f"condition:{code}"))

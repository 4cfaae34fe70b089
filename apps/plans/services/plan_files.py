"""Files that go with a plan: the assessment group's proposal, and others."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.actors import Actor
from apps.cases import attachments
from apps.cases.models import Attachment
from apps.cases.workflow.engine import lock_case
from apps.plans.models import AnnualPlan
from apps.plans.services.plan_forms import PURPOSES, check_editable

MOST_FILES = 20


def add_file(plan: AnnualPlan, purpose: str, upload: UploadedFile, actor: Actor) -> Attachment:
    """File ``upload`` under ``purpose`` (PURPOSES). Raises AttachmentRefused, WrongState or NotPermitted."""
    if purpose not in PURPOSES:
        raise attachments.AttachmentRefused("请选择材料的类别。")
    with transaction.atomic():
        check_editable(plan, lock_case(plan.case_id), actor)
        if plan.case.attachments.filter(purpose=purpose, removed_at__isnull=True).count() >= MOST_FILES:
            raise attachments.AttachmentRefused(f"每类材料最多上传 {MOST_FILES} 份，请合并后再上传。")
        return attachments.attach(plan.case, upload, purpose, actor.user)


def remove_file(plan: AnnualPlan, attachment: Attachment, actor: Actor) -> None:
    """Mark a file as removed. Raises WrongState or NotPermitted."""
    with transaction.atomic():
        check_editable(plan, lock_case(plan.case_id), actor)
        attachments.remove(attachment)

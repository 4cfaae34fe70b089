"""Objections: made by anyone in their own name while a notice runs, investigated and answered, hidden from the applicant."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import NoticeState
from apps.applications.models import Objection, PublicNotice
from apps.applications.services import wording
from apps.cases import attachments
from apps.cases.clocks import end_of_day
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case, new_verification_code
from apps.cases.numbering import case_number
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import add_party, open_case, perform
from apps.documents.rendering import DocumentContent, Paragraph
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry


def object_to(
    notice: PublicNotice,
    application_number: str,
    *,
    name: str,
    contact: str,
    text: str,
    files: Iterable[UploadedFile] = (),
) -> Objection:
    """File an objection against one application on a running notice; the query code lets the objector follow it.

    Raises Blocked when the notice is not running or the application is not on it, AttachmentRefused for a bad file.
    """
    if notice.case.state != NoticeState.PUBLISHED or timezone.now() >= end_of_day(notice.last_day):
        raise Blocked(Problem("notice_over", "公示期已满，不再通过本页受理异议；如有情况请直接联系公示机关。"))
    entry = notice.entries.filter(application__case__number=application_number).select_related("application").first()
    if entry is None:
        raise Blocked(Problem("not_on_notice", "请选择公示名单中的单位。", where="application"))
    with transaction.atomic():
        case = Case(
            jurisdiction_id=notice.case.jurisdiction_id,
            kind=CaseKind.OBJECTION,
            number=case_number(notice.case.jurisdiction_id, CaseKind.OBJECTION, timezone.localdate().year),
            title=f"对{entry.application.case.institution.name}的异议",
            authority=notice.case.authority,
            rulebook_key=notice.case.rulebook_key,
            is_sandbox=notice.case.is_sandbox,
            submitted_at=timezone.now(),
        )
        open_case(case, None, label="收到异议", data={"notice": notice.case.number, "application": application_number})
        add_party(case, notice.case.authority_id, PartyRole.AUTHORITY, active=True)
        objection = Objection.objects.create(
            case=case,
            notice=notice,
            application=entry.application,
            objector_name=name,
            objector_contact=contact,
            text=text,
            query_code=new_verification_code(),
        )
        for upload in files:
            attachments.attach(case, upload, "objection", None)
    return objection


def investigate(case: Case, actor: Actor, record: str) -> Act:
    """Record what was investigated and found; may be taken more than once."""

    def change(locked: Case, act: Act) -> None:
        Objection.objects.filter(pk=locked.pk).update(investigation=record.strip())

    return perform(case, "investigate", actor, reason=record, change=change)


def propose_answer(case: Case, actor: Actor, *, sustained: bool, answer: str) -> Act:
    """Propose the answer to the head."""
    if not answer.strip():
        raise Blocked(Problem("answer_missing", "请填写答复内容。", where="answer"))

    def change(locked: Case, act: Act) -> None:
        Objection.objects.filter(pk=locked.pk).update(sustained=sustained, answer=answer.strip())

    return perform(case, "propose_answer", actor, data={"sustained": sustained}, change=change)


def sign_answer(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the answer: the reply is issued to the objector, who opens it with the query code."""

    def change(locked: Case, act: Act) -> None:
        objection = locked.objection
        rulebook = registry.by_key(locked.rulebook_key)
        outcome = "经核查，异议成立" if objection.sustained else "经核查，异议不成立"
        content = DocumentContent(
            title="异议处理答复",
            date=timezone.localdate(act.at),
            addressee=objection.objector_name,
            body=(
                Paragraph(
                    f"你（单位）对《{objection.notice.title}》中{objection.application.case.institution.name}提出的异议收悉。"
                ),
                Paragraph(f"{outcome}。{objection.answer}"),
            ),
            legal_basis=wording.legal_basis(rulebook, act.articles),
        )
        issue(locked, act, "objection_reply", content, issuer=locked.authority)

    return perform(case, "sign_answer", actor, reason=reason, change=change)

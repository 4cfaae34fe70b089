"""Changes of particulars: filled in, reported, agreed to where the text asks for it, filed and published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.bases import workflow
from apps.bases.enums import ChangeState, Particular
from apps.bases.models import Base, ParticularsChange, ParticularsChangeItem
from apps.bases.models.register import NAME_SEPARATOR
from apps.bases.particulars import REGISTER_FIELDS, registered_value
from apps.bases.services import change_documents
from apps.bases.services.register import lock_base, record_event
from apps.cases import attachments, withheld
from apps.cases.enums import PartyRole
from apps.cases.models import Act, Attachment, Case, Document
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import add_party, lock_case, may, perform, road_of, rules_of
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry as rulebooks

EVIDENCE = "change_evidence"
MOST_EVIDENCE = 20
SPOKEN = (Particular.NAME, Particular.AFFILIATION)
"""Particulars whose old and new content the public history repeats; a telephone number it does not."""


@dataclass(frozen=True)
class Item:
    """One particular as it is typed: ``before`` and ``label`` count for an 'other' particular only."""

    code: str
    after: str
    before: str = ""
    label: str = ""


def change_of(case: Case) -> ParticularsChange:
    """The change with its base, for pages and documents. One query."""
    related = ("base__institution", "base__managing_unit", "base__authority")
    return ParticularsChange.objects.select_related(*related).get(pk=case.pk)


def save_change(
    case: Case,
    actor: Actor,
    *,
    happened_on: dt.date | None,
    reason: str,
    items: Sequence[Item],
    seen: int | None = None,
) -> Act:
    """Keep the draft, complete or not. ``seen`` is the version of the case that the writer read.

    Raises WrongState when somebody saved since, Blocked for a particular that the text does not know or that does not
    change, NotPermitted for anybody but the institution.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        if seen is not None and locked.version != seen:
            raise WrongState(
                Problem("conflict", "本单位另有人刚刚修改过这份变更。您填写的内容仍在本页，请核对后重新保存。")
            )
        problems = _item_problems(locked, items)
        if problems:
            raise Blocked(*problems)

        def change(locked: Case, act: Act) -> None:
            row = locked.particulars_change
            row.happened_on, row.reason = happened_on, reason
            row.save(update_fields=["happened_on", "reason"])
            row.items.all().delete()
            ParticularsChangeItem.objects.bulk_create([_row(row, locked.base, item) for item in items])

        data = {"items": [{"code": item.code, "after": item.after} for item in items]}
        act = perform(locked, "edit", actor, data=data, change=change)
    case.refresh_from_db()
    return act


def _item_problems(case: Case, items: Sequence[Item]) -> list[Problem]:
    rules = rules_of(case).particulars_change
    known = {particular.code for particular in rules.particulars}
    problems = []
    for item in items:
        where = f"after_{item.code}"
        if item.code not in known:
            problems.append(Problem("unknown_particular", "该项不在须报的变更事项之内。", (rules.article,), where))
        elif item.after == registered_value(case.base, item.code, item.before):
            problems.append(Problem("same_as_registered", "与现登记的内容相同，没有变更。", (rules.article,), where))
    return problems


def _row(change: ParticularsChange, base: Base, item: Item) -> ParticularsChangeItem:
    before = registered_value(base, item.code, item.before)
    return ParticularsChangeItem(change=change, code=item.code, label=item.label, before=before, after=item.after)


def add_evidence(case: Case, actor: Actor, upload: UploadedFile) -> Attachment:
    """File a proof of the change. Raises AttachmentRefused, NotPermitted outside drafting, Blocked past the limit."""
    with transaction.atomic():
        locked = lock_case(case.pk)
        _may_edit(locked, actor)
        if len(evidence_of(locked)) >= MOST_EVIDENCE:
            raise Blocked(Problem("too_many_files", f"证明材料最多 {MOST_EVIDENCE} 份，请先删去不用的。"))
        return attachments.attach(locked, upload, EVIDENCE, actor.user)


def remove_evidence(case: Case, actor: Actor, attachment: Attachment) -> None:
    """Take a proof back while the change is a draft."""
    with transaction.atomic():
        locked = lock_case(case.pk)
        _may_edit(locked, actor)
        attachments.remove(attachment)


def evidence_of(case: Case, *, sent: bool = False) -> list[Attachment]:
    """The proofs filed with the change, in the order they came, those taken back left out; ``sent``: those reported."""
    files = withheld.sent_of(case) if sent else Attachment.objects.filter(case=case)
    files = files.filter(purpose=EVIDENCE, removed_at__isnull=True)
    return list(files.select_related("uploaded_by"))


def _may_edit(case: Case, actor: Actor) -> None:
    if not may(case, "edit", actor):
        raise NotPermitted(Problem("not_permitted", "只有建设单位在填报和退回修改时可以增减证明材料。"))


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Report the change: the text of the day is pinned, and what was before is taken from the register once more.

    Raises WrongState, NotPermitted or Blocked with everything that is missing.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        _let_in(locked)

        def change(locked: Case, act: Act) -> None:
            key = locked.rulebook_key or rulebooks.rulebook(locked.jurisdiction_id, timezone.localdate()).key
            Case.objects.filter(pk=locked.pk).update(rulebook_key=key, submitted_at=locked.submitted_at or act.at)
            for item in locked.particulars_change.items.all():
                item.before = registered_value(locked.base, item.code, item.before)
                item.save(update_fields=["before"])

        act = perform(locked, "submit", actor, reason=reason, change=change)
    case.refresh_from_db()
    return act


def _let_in(case: Case) -> None:
    """Who has a part on this road: the superior who files, and the authority that may go ahead of the managing unit."""
    road = road_of(case)
    if workflow.filed_above(case, road) and case.authority.superior_id is not None:
        add_party(case, case.authority.superior_id, PartyRole.FILING_AUTHORITY)
    if workflow.told_to_unit(case, road):
        add_party(case, case.authority_id, PartyRole.AUTHORITY, active=True)


def file_at_unit(case: Case, actor: Actor, reason: str = "") -> Act:
    """The managing unit files the change and sends it on to the authority."""
    return perform(case, "file_at_unit", actor, reason=reason)


def return_for_correction(case: Case, actor: Actor, reason: str) -> Act:
    """Send the report back with what is to be corrected."""

    def change(locked: Case, act: Act) -> None:
        row = locked.particulars_change
        row.return_text, row.agrees, row.opinion = act.reason, None, ""
        row.save(update_fields=["return_text", "agrees", "opinion"])

    return perform(case, "return_for_correction", actor, reason=reason, change=change)


def propose_consent(case: Case, actor: Actor, *, agrees: bool, opinion: str) -> Act:
    """Draft the department's answer for its head. Raises Blocked for a refusal without reasons."""
    if not agrees and not opinion.strip():
        raise Blocked(Problem("opinion_missing", "不予同意的，须写明理由。", where="opinion"))

    def change(locked: Case, act: Act) -> None:
        row = locked.particulars_change
        row.agrees, row.opinion = agrees, opinion.strip()
        row.save(update_fields=["agrees", "opinion"])

    return perform(case, "propose_consent", actor, data={"agrees": agrees}, change=change)


def sign_consent(case: Case, actor: Actor, reason: str = "") -> Act:
    """Agree before anything is published: the letter, then the announcement where the text publishes."""

    def change(locked: Case, act: Act) -> None:
        row = change_of(locked)
        row.consented_on = timezone.localdate(act.at)
        content = change_documents.consent(row, act)
        issue(locked, act, "change_consent", content, issuer=locked.authority, addressee=row.base.institution)
        _publish(locked, act, row)
        row.save(update_fields=["consented_on", "published_on"])

    return perform(case, "sign_consent", actor, reason=reason, change=change)


def sign_refusal(case: Case, actor: Actor, reason: str = "") -> Act:
    """Refuse to agree, with reasons and remedies; the register stays as it is and nothing is published."""

    def change(locked: Case, act: Act) -> None:
        row = change_of(locked)
        content = change_documents.refusal(row, act)
        issue(locked, act, "change_refusal", content, issuer=locked.authority, addressee=row.base.institution)

    return perform(case, "sign_refusal", actor, reason=reason, change=change)


def file(case: Case, actor: Actor, reason: str = "") -> Act:
    """File the change: the register follows, a receipt goes out, and it is published where it was not before.

    A receipt acknowledges. Documents issued under the old name, and titles of cases, stay as they were.
    """

    def change(locked: Case, act: Act) -> None:
        row = change_of(locked)
        row.filed_on = timezone.localdate(act.at)
        base = _enter(locked, row)
        row.base = base
        above = actor.organisation.pk != locked.authority_id
        receiver, copies = _receivers(locked, base, above=above)
        content = change_documents.receipt(row, act, receiver.name if above else base.institution_name)
        issue(locked, act, "change_receipt", content, issuer=actor.organisation, addressee=receiver, deliver_to=copies)
        announced = _publish(locked, act, row) if row.published_on is None else _announcement_of(locked)
        row.save(update_fields=["filed_on", "published_on"])
        _remember(base, act, row, announced)

    return perform(case, "file", actor, reason=reason, change=change)


def _receivers(case: Case, base: Base, *, above: bool) -> tuple[Organisation, list[Organisation]]:
    """A superior answers the department that filed with it; else the institution, and its managing unit knows too."""
    if above:
        return base.authority, [base.institution]
    unit = base.managing_unit if workflow.told_to_unit(case, road_of(case)) else None
    return base.institution, [unit] if unit else []


def _publish(case: Case, act: Act, row: ParticularsChange) -> Document | None:
    if not rules_of(case).particulars_change.published:
        return None
    row.published_on = timezone.localdate(act.at)
    content = change_documents.announcement(row, act)
    return issue(case, act, "change_announcement", content, issuer=case.authority, public=True)


def _announcement_of(case: Case) -> Document | None:
    return Document.objects.filter(case=case, kind="change_announcement").first()


def _enter(case: Case, row: ParticularsChange) -> Base:
    """Write the new particulars into the register. The institution itself takes its new name too.

    Its bases under other authorities keep the name they are registered with until their own change is filed, and a
    rehearsal renames nobody.
    """
    base = lock_base(row.base_id)
    values: dict[str, Any] = {
        REGISTER_FIELDS[Particular(item.code)]: item.after
        for item in row.items.all()
        if Particular(item.code) in REGISTER_FIELDS
    }
    new_name = values.get("institution_name")
    if new_name:
        values["name"] = f"{road_of(case).base_name}（{new_name}）"
        values["former_names"] = _former_names(base)
        if not case.is_sandbox:
            Organisation.objects.filter(pk=base.institution_id).update(name=new_name)
    if values:
        Base.objects.filter(pk=base.pk).update(**values)
    return Base.objects.select_related("institution", "authority", "managing_unit").get(pk=base.pk)


def _former_names(base: Base) -> str:
    """The former names with the present one added; the oldest give way where there is no more room."""
    names = [*(name for name in base.former_name_list if name != base.institution_name), base.institution_name]
    longest = Base._meta.get_field("former_names").max_length or 0
    while len(NAME_SEPARATOR.join(names)) > longest:
        names.pop(0)
    return NAME_SEPARATOR.join(names)


def _remember(base: Base, act: Act, row: ParticularsChange, announced: Document | None) -> None:
    for item in row.items.all():
        note = f"{item.before or '（未登记）'} → {item.after}" if Particular(item.code) in SPOKEN else ""
        on = row.filed_on or timezone.localdate(act.at)
        record_event(base, act, "changed", f"{item.name}变更", on, note, document=announced)


def days_until_reported(change: ParticularsChange) -> int | None:
    """Days from the change to its first report; None while either is unknown. The texts give no number of days."""
    submitted = change.case.submitted_at
    if change.happened_on is None or submitted is None:
        return None
    return (timezone.localdate(submitted) - change.happened_on).days


def is_open_to_edit(case: Case) -> bool:
    return case.state in (ChangeState.DRAFT, ChangeState.RETURNED)

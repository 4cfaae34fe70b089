"""验收: opened by the institution, sent by its head, concluded by the authority (Shanghai 37)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.bases.services import open_base_case
from apps.bases.services.opening import is_own
from apps.cases import attachments
from apps.cases.attachments import AttachmentRefused
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Attachment, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import add_party, lock_case, may, perform
from apps.documents.services import issue
from apps.subsidies.enums import AcceptanceConclusion, AcceptanceState, AwardState
from apps.subsidies.models import Acceptance, AcceptanceLine, AcceptanceOpinion, Award, AwardLine
from apps.subsidies.services import acceptance_content, sums, tranches
from apps.subsidies.services.acceptance_access import refresh
from apps.subsidies.services.acceptance_documents import report_content

FILES = "report:"
MOST_FILES = 60


class DraftConflict(Exception):
    """Somebody saved the report after the writer had read it; ``current`` is what is stored now."""

    def __init__(self, current: Acceptance) -> None:
        self.current = current
        super().__init__(f"acceptance {current.pk} is at version {current.data_version}")


@dataclass(frozen=True)
class Proposal:
    """What the officer proposes: ``accepted`` maps a line's row to the fen recognised (None: unread), ``remarks`` why."""

    conclusion: str
    reasons: str
    return_text: str
    accepted: Mapping[int, int | None]
    remarks: Mapping[int, str]


def open_acceptance(award: Award, actor: Actor) -> Acceptance:
    """Open an acceptance of the award as a draft of its institution; the draft there is, where there is one.

    Raises NotPermitted for anybody else, Blocked where the award is not active or no line is left to accept.
    """
    if not is_own(award.base, actor):
        raise NotPermitted(Problem("not_permitted", "验收由受资助单位申请。"))
    with transaction.atomic():
        held = lock_case(award.pk)  # two windows open one draft
        if held.state != AwardState.ACTIVE:
            raise Blocked(Problem("award_not_active", "资助不在执行中，不能申请验收。"))
        draft = Acceptance.objects.filter(award=award, case__state=AcceptanceState.DRAFT).first()
        if draft is not None:
            return draft
        case = open_base_case(
            award.base,
            CaseKind.ACCEPTANCE,
            f"{award.base.institution_name}申请验收“{award.title}”",
            actor,
            label="填写验收申请",
            year=timezone.localdate().year,
            rulebook_key=held.rulebook_key,
        )
        acceptance = Acceptance.objects.create(case=case, award=award)
        lines = acceptance_content.open_lines(acceptance)
        if not lines:
            raise Blocked(Problem("nothing_to_accept", "各项目均已验收或者正在验收。"))
    return acceptance


def save_draft(acceptance: Acceptance, values: Mapping[str, Any], version: int, actor: Actor) -> Acceptance:
    """Keep ``values`` as typed. Raises DraftConflict when somebody saved after ``version``; WrongState or NotPermitted
    when the report is not open to the actor."""
    with transaction.atomic():
        _check_editable(lock_case(acceptance.pk), actor)
        with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
            swapped = Acceptance.objects.filter(pk=acceptance.pk, data_version=version).update(
                data=dict(values), data_version=version + 1, saved_by=actor.user, saved_at=timezone.now()
            )
        current = load(acceptance.pk)
        if not swapped:
            raise DraftConflict(current)
    return current


def load(pk: int) -> Acceptance:
    """The acceptance with its case, award and base. One query."""
    found = Acceptance.objects.select_related(
        "case__institution", "case__authority", "award__case", "award__base__managing_unit", "award__cycle", "saved_by"
    )
    return found.get(pk=pk)


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the report: what is typed is frozen, and recorded in the act. Raises Blocked for a line that is no more open."""
    draft = acceptance_content.ReportDraft(load(case.pk))
    record = {
        "lines": {one.line.key: {"spent_fen": one.spent_fen, "result": one.result} for one in draft.chosen},
        "results": {one.target.key: {"achieved_hundredths": one.achieved_hundredths} for one in draft.targets},
    }

    def change(locked: Case, act: Act) -> None:
        acceptance = load(locked.pk)
        lock_case(acceptance.award_id)  # the same line with two acceptances at once: the second finds it taken
        now = acceptance_content.ReportDraft(acceptance)
        if acceptance.data_version != draft.acceptance.data_version or not now.chosen:
            raise Blocked(Problem("changed_meanwhile", "验收申请刚刚被修改，请刷新页面核对后再提交。"))
        acceptance_content.freeze(now)
        acceptance.summary, acceptance.return_text = now.summary.strip(), ""
        acceptance.save(update_fields=["summary", "return_text"])
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)

    return perform(case, "submit", actor, reason=reason, data=record, change=change)


def return_for_correction(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the report back before anybody reviews it, with what is missing."""

    def change(locked: Case, act: Act) -> None:
        locked.acceptance.return_text = reason.strip()
        locked.acceptance.save(update_fields=["return_text"])

    return perform(case, "return_for_correction", actor, reason=reason, change=change)


def start_review(case: Case, actor: Actor, reason: str = "") -> Act:
    """Open the report to the reviewers named."""
    return perform(case, "start_review", actor, reason=reason, change=lambda locked, act: refresh(locked.acceptance))


def propose_conclusion(case: Case, actor: Actor, proposal: Proposal, *, version: int | None = None) -> Act:
    """Prepare the conclusion for the head. Raises WrongState when the case has moved on since ``version``."""
    with transaction.atomic():
        fresh = lock_case(case.pk)
        if version is not None and fresh.version != version:
            raise WrongState(Problem("conflict", "本件刚刚已有变化，请核对页面上的最新内容后再保存。"))
        acceptance = fresh.acceptance
        acceptance.conclusion = proposal.conclusion
        acceptance.reasons = proposal.reasons.strip()
        supplement = proposal.conclusion == AcceptanceConclusion.SUPPLEMENT
        acceptance.return_text = proposal.return_text.strip() if supplement else ""
        acceptance.save(update_fields=["conclusion", "reasons", "return_text"])
        _note_sums(acceptance, proposal)
        act = perform(fresh, "propose_conclusion", actor, data=_told(acceptance))
    case.refresh_from_db()
    return act


def sign_acceptance(case: Case, actor: Actor, reason: str = "") -> Act:
    """Accept: sums recognised, tranches trimmed, what falls away given back to the cycle, the report issued."""

    def change(locked: Case, act: Act) -> None:
        acceptance = load(locked.pk)
        lock_case(acceptance.award_id)
        dropped = {row.line: _recognise(row) for row in acceptance.lines.select_related("line__award")}
        released: dict[AwardLine | None, int] = {line: fen for line, fen in dropped.items() if fen}
        if released:
            sums.release(acceptance.award, act, released, f"验收核减（{locked.number}）")
        _conclude(acceptance, act)

    return perform(case, "sign_acceptance", actor, reason=reason, data=_told(case.acceptance), change=change)


def sign_rejection(case: Case, actor: Actor, reason: str = "") -> Act:
    """Reject, with remedies: the lines stay unaccepted, and the institution may ask again."""
    return perform(
        case, "sign_rejection", actor, reason=reason, change=lambda locked, act: _conclude(load(locked.pk), act)
    )


def sign_supplement(case: Case, actor: Actor, reason: str = "") -> Act:
    """Ask for more: back to the institution; after it has sent again the reviewers are asked again."""
    told = _told(case.acceptance)

    def change(locked: Case, act: Act) -> None:
        acceptance = locked.acceptance
        with scopes_disabled():
            AcceptanceOpinion.objects.filter(reviewer__acceptance=acceptance, is_current=True).update(is_current=False)
        acceptance.conclusion = ""
        acceptance.save(update_fields=["conclusion"])
        refresh(acceptance)

    return perform(case, "sign_supplement", actor, reason=reason, data=told, change=change)


def discontinue(case: Case, actor: Actor, reason: str = "") -> Act:
    """End the acceptance with its base; the reviewers' access ends with it."""
    return perform(case, "discontinue", actor, reason=reason, change=lambda locked, act: refresh(locked.acceptance))


def may_fill_in(case: Case, actor: Actor | None) -> bool:
    """Whether ``actor`` may change the report now."""
    return actor is not None and actor.organisation.pk == case.institution_id and may(case, "edit", actor)


def add_files(acceptance: Acceptance, place: str, uploads: Sequence[UploadedFile[Any]], actor: Actor) -> list[str]:
    """File ``uploads`` under a line's key, or "all"; returns why each refused one was refused, the others stay."""
    refused: list[str] = []
    with transaction.atomic():
        case = lock_case(acceptance.pk)
        _check_editable(case, actor)
        purpose = f"{FILES}{place}"
        room = MOST_FILES - case.attachments.filter(purpose=purpose, removed_at__isnull=True).count()
        for position, upload in enumerate(uploads):
            if position >= room:
                refused.append(f"{upload.name}：每处最多 {MOST_FILES} 个文件。")
                continue
            try:
                attachments.attach(case, upload, purpose, actor.user)
            except AttachmentRefused as error:
                refused.append(f"{upload.name}：{error}")
    return refused


def remove_file(acceptance: Acceptance, attachment: Attachment, actor: Actor) -> None:
    """Take a file off the report; what was sent before stays in the archive."""
    with transaction.atomic():
        _check_editable(lock_case(acceptance.pk), actor)
        attachments.remove(attachment)


def to_be_demanded(line: AwardLine) -> int:
    """What was paid of an accepted line above what was recognised and is not demanded back yet, in fen."""
    if line.accepted_fen is None:
        return 0
    return max(line.paid_fen - line.accepted_fen - line.demanded_fen, 0)


def _check_editable(case: Case, actor: Actor) -> None:
    if not may_fill_in(case, actor):
        if actor.organisation.pk == case.institution_id and case.state not in (
            AcceptanceState.DRAFT,
            AcceptanceState.RETURNED,
        ):
            label = AcceptanceState(case.state).label
            raise WrongState(Problem("locked", f"本件现为“{label}”，验收申请已锁定，不能修改。"))
        raise NotPermitted(Problem("not_permitted", "只有本单位的填报人或负责人可以修改验收申请。"))


def _note_sums(acceptance: Acceptance, proposal: Proposal) -> None:
    accepting = proposal.conclusion == AcceptanceConclusion.ACCEPT
    for row in AcceptanceLine.objects.filter(acceptance=acceptance):
        row.accepted_fen = proposal.accepted.get(row.pk) if accepting else None
        row.remark = proposal.remarks.get(row.pk, "").strip()[:300] if accepting else ""
        row.save(update_fields=["accepted_fen", "remark"])


def _told(acceptance: Acceptance) -> dict[str, Any]:
    """The conclusion as the act keeps it."""
    rows = AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line")
    return {
        "conclusion": acceptance.conclusion,
        "reasons": acceptance.reasons,
        "return_text": acceptance.return_text,
        "accepted_fen": {row.line.key: row.accepted_fen for row in rows},
    }


def _recognise(row: AcceptanceLine) -> int:
    """Write the recognised sum to the line, once, and cut its tranches; the fen that fall away."""
    line = row.line
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        done = AwardLine.objects.filter(pk=line.pk, accepted_fen__isnull=True).update(accepted_fen=row.accepted_fen)
    if not done:
        raise Blocked(Problem("already_accepted", f"“{line.item}”已经验收，不能再次验收。"))
    line.accepted_fen = row.accepted_fen
    return tranches.trim(line)


def _conclude(acceptance: Acceptance, act: Act) -> None:
    """The report as a document, to the institution and the unit that manages the base; the reviewers are done."""
    case, unit = acceptance.case, acceptance.award.base.managing_unit
    acceptance.concluded_on = timezone.localdate(act.at)
    acceptance.save(update_fields=["concluded_on"])
    content = report_content(acceptance, act)
    copies = [unit] if unit is not None else []
    issue(case, act, "acceptance_report", content, issuer=case.authority, addressee=case.institution, deliver_to=copies)
    if unit is not None:
        add_party(case, unit.pk, PartyRole.MANAGING_UNIT, active=True)
    refresh(acceptance)

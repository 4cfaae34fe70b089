"""追回: a demand drafted, signed and sent, what comes back under it, and what is let off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.services import open_base_case
from apps.cases import attachments
from apps.cases.attachments import AttachmentRefused
from apps.cases.clocks import start_clock
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, may, perform
from apps.documents.services import issue
from apps.subsidies.enums import RecoveryGround
from apps.subsidies.models import Award, FundRecovery, RecoveryLine, SpendingReport
from apps.subsidies.services import recovery_documents as documents
from apps.subsidies.services import sums
from apps.subsidies.services.recovery_checks import may_demand

CLOCK = "recovery"
CLOCK_NOTE = "办法未规定缴回期限，由经办人指定"
PROOF = "return_proof"
FACTS = "facts"
MOST_FILES = 30


@dataclass(frozen=True)
class Demand:
    """What an officer fills in: ``amounts`` in fen by line (AwardLine pk); lines of nothing are left out."""

    ground: str
    facts: str
    articles: Sequence[str]
    due_on: dt.date | None
    account: str
    amounts: Mapping[int, int] = field(default_factory=dict)


def open_demand(award: Award, actor: Actor, demand: Demand, *, report: SpendingReport | None = None) -> FundRecovery:
    """Open the case of a demand as a draft that the institution does not see.

    Also of an award that was terminated or settled, and of a base that has ended. Raises NotPermitted for anybody but
    the authority's officers; Blocked where ``report`` is another award's or nothing was paid.
    """
    if not may_demand(award, actor):
        raise NotPermitted(Problem("not_permitted", "须由资助该基地的机关的经办人或财务人员办理。"))
    if report is not None and report.award_id != award.pk:
        raise Blocked(Problem("foreign_report", "所选报告不是本资助的报告。", where="report"))
    if not award.lines.filter(paid_fen__gt=0).exists():
        raise Blocked(Problem("nothing_paid", "本资助尚未支付资金，没有可以追回的。"))
    with transaction.atomic():
        case = open_base_case(
            award.base,
            CaseKind.FUND_RECOVERY,
            f"{award.base.institution_name}追回资助资金",
            actor,
            label="拟定追回通知",
            year=timezone.localdate().year,
            rulebook_key=award.case.rulebook_key,
            seen_by=(PartyRole.AUTHORITY,),
        )
        recovery = FundRecovery.objects.create(case=case, award=award, report=report, ground=demand.ground)
        _write(recovery, demand)
    return recovery


def edit_demand(case: Case, actor: Actor, demand: Demand, *, version: int | None = None) -> Act:
    """Change the draft. ``version`` is the case's when the page was opened; raises WrongState when it has moved on."""

    def change(locked: Case, act: Act) -> None:
        _unchanged_since(locked, version)
        _write(locked.fund_recovery, demand)

    return perform(case, "edit", actor, change=change)


def _unchanged_since(case: Case, version: int | None) -> None:
    if version is not None and case.version - 1 != version:
        raise WrongState(Problem("conflict", "您填写期间，本件已由他人修改，没有保存。请核对最新内容后再提交。"))


def _write(recovery: FundRecovery, demand: Demand) -> None:
    amounts = {pk: fen for pk, fen in demand.amounts.items() if fen > 0}
    recovery.ground = RecoveryGround(demand.ground)
    recovery.facts, recovery.account = demand.facts.strip(), demand.account.strip()
    recovery.articles, recovery.due_on = list(demand.articles), demand.due_on
    lines = list(recovery.award.lines.filter(pk__in=list(amounts)))
    recovery.amount_fen = sum(amounts[line.pk] for line in lines)
    recovery.save(update_fields=["ground", "facts", "account", "articles", "due_on", "amount_fen"])
    recovery.lines.all().delete()
    RecoveryLine.objects.bulk_create(
        RecoveryLine(recovery=recovery, line=line, amount_fen=amounts[line.pk]) for line in lines
    )


def sign_demand(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the demand: its sums are owed from now on, the letter goes out, the term runs."""

    def change(locked: Case, act: Act) -> None:
        recovery = locked.fund_recovery
        today = timezone.localdate(act.at)
        recovery.demanded_on = today
        recovery.save(update_fields=["demanded_on"])
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        sums.demand(recovery, act)
        if recovery.due_on is None:
            raise ValueError(f"recovery {recovery.pk} has no term")
        start_clock(
            locked,
            CLOCK,
            "缴回期限（指定期限）",
            recovery.due_on,
            basis=ClockBasis.OFFICER,
            articles=act.articles,
            counted=_days(today, recovery.due_on),
            note=CLOCK_NOTE,
        )
        content = documents.demand(locked, act)
        issue(locked, act, "recovery_demand", content, issuer=locked.authority, addressee=locked.institution)

    try:
        with transaction.atomic():
            lock_case(case.fund_recovery.award_id)  # two demands of one award are signed one after the other
            return perform(case, "sign_demand", actor, reason=reason, change=change)
    except IntegrityError as error:  # a payment was reversed in between: the database keeps the order of sums
        message = "本资助的拨付刚刚有变动，追回金额可能超过已支付的金额，请刷新页面后核对。"
        raise Blocked(Problem("above_paid", message, where="sums")) from error


def _days(start: dt.date, last: dt.date) -> list[dt.date]:
    return [start + dt.timedelta(days=number) for number in range(1, (last - start).days + 1)]


def record_proof(case: Case, actor: Actor, text: str, uploads: Sequence[UploadedFile[Any]] = ()) -> Act:
    """The institution says that it has paid, or what it holds against the demand, with files.

    Raises Blocked where there is neither text nor file, AttachmentRefused for a file that is not accepted: then
    nothing is taken.
    """
    if not text.strip() and not uploads:
        raise Blocked(Problem("proof_missing", "请上传缴回凭证，或写明情况。", where="text"))
    with transaction.atomic():
        locked = lock_case(case.pk)
        if may(locked, "record_proof", actor):
            _take_files(locked, actor, uploads)
        names = [upload.name for upload in uploads]
        return perform(case, "record_proof", actor, reason=text, data={"files": names})


def _take_files(case: Case, actor: Actor, uploads: Sequence[UploadedFile[Any]]) -> None:
    if case.attachments.filter(purpose=PROOF, removed_at__isnull=True).count() + len(uploads) > MOST_FILES:
        raise AttachmentRefused(f"最多 {MOST_FILES} 个文件，请合并后上传。")
    for upload in uploads:
        try:
            attachments.attach(case, upload, PROOF, actor.user)
        except AttachmentRefused as error:
            raise AttachmentRefused(f"{upload.name}：{error}") from error


def propose_lift(case: Case, actor: Actor, reason: str = "") -> Act:
    """Ask the head to let off what is still owed, with reasons."""

    def change(locked: Case, act: Act) -> None:
        recovery = locked.fund_recovery
        recovery.lift_reason = reason.strip()
        recovery.save(update_fields=["lift_reason"])

    return perform(case, "propose_lift", actor, reason=reason, change=change)


def sign_lift(case: Case, actor: Actor, reason: str = "") -> Act:
    """Let off what is still owed: the demand of it is taken back in the ledger."""

    def change(locked: Case, act: Act) -> None:
        sums.forgive(locked.fund_recovery, act)

    with transaction.atomic():
        lock_case(case.fund_recovery.award_id)
        told = reason or case.fund_recovery.lift_reason
        return perform(case, "sign_lift", actor, reason=told, change=change)

"""取消（撤销）资格: notice, the base's statement, the prepared decision, legal review, the head's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base, BaseStatus, RegisterRecord
from apps.bases.services import open_base_case
from apps.cases.clocks import end_clock, start_clock
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case, Document
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import Change, lock_case, perform, rules_of
from apps.documents.services import issue
from apps.inspections.models import Revocation
from apps.inspections.services import sanction_revocation_documents as documents
from apps.inspections.services.rectifications import managing_unit
from apps.inspections.services.sanction_effects import (
    let_in,
    live_base,
    require_officer,
    rules_today,
    set_status,
    tell_history,
    term,
    unchanged_since,
)
from apps.inspections.services.sanction_grounds import credit_sanction, one_at_a_time, ways_to_revoke

CLOCK = "hearing"
CUSTOM = "办法未规定；参照行政处罚法第四十四条、第四十五条的通行做法，由经办人指定"


@dataclass(frozen=True)
class Notice:
    """What an officer fills in: the facts, the grounds (codes of the text), and how long the base may answer."""

    facts: str
    grounds: Sequence[str]
    hearing_days: int


def open_revocation(base: Base, actor: Actor, article: str, notice: Notice) -> Revocation:
    """Open the procedure under ``article`` as a draft that the base does not see yet.

    Raises NotPermitted for anybody but the authority's officer; Blocked when the base has ended, another revocation
    runs, the text has no such sanction, or the rectification that must come first has not failed.
    """
    require_officer(actor, base)
    rulebook = rules_today(base)
    with transaction.atomic():
        base = live_base(base.pk)
        problems = one_at_a_time(base, CaseKind.REVOCATION)
        way = next((one for one in ways_to_revoke(base, rulebook) if one.code == article), None)
        if way is None:
            problems.append(Problem("no_such_sanction", "办法没有这一处理依据。", where="article"))
        elif way.problem:
            problems.append(Problem("rectification_first", way.problem, (article,), "article"))
        if way is None or problems:
            raise Blocked(*problems)
        word = way.sanction.word
        case = open_base_case(
            base,
            CaseKind.REVOCATION,
            f"{word}{base.institution_name}基地资格",
            actor,
            label="拟定事先告知",
            year=timezone.localdate().year,
            rulebook_key=rulebook.key,
            seen_by=(PartyRole.AUTHORITY,),
        )
        return Revocation.objects.create(
            case=case,
            base=base,
            rectification=way.rectification,
            word=word,
            article=article,
            facts=notice.facts.strip(),
            grounds=list(notice.grounds),
            hearing_days=notice.hearing_days,
        )


def edit_notice(case: Case, actor: Actor, notice: Notice, *, version: int | None = None) -> Act:
    """Change the draft notice; raises WrongState when the case has moved on since ``version``."""

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        revocation = locked.revocation
        revocation.facts, revocation.grounds = notice.facts.strip(), list(notice.grounds)
        revocation.hearing_days = notice.hearing_days
        revocation.save(update_fields=["facts", "grounds", "hearing_days"])

    return perform(case, "edit", actor, change=change)


def sign_notice(case: Case, actor: Actor, reason: str = "") -> Act:
    """Tell the base what is intended and why; it may state its case until the last day of the term."""

    def change(locked: Case, act: Act) -> None:
        base = live_base(locked.base_id)
        revocation = locked.revocation
        today = timezone.localdate(act.at)
        revocation.hearing_due_on, counted = term(today, revocation.hearing_days)
        revocation.status_before = base.status
        revocation.records_credit = credit_sanction(rules_of(locked), revocation) is not None
        revocation.save(update_fields=["hearing_due_on", "status_before", "records_credit"])
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        start_clock(
            locked,
            CLOCK,
            "陈述申辩期限",
            revocation.hearing_due_on,
            basis=ClockBasis.OFFICER,
            articles=act.articles,
            counted=counted,
            note=CUSTOM,
        )
        content = documents.notice(locked, act)
        issue(locked, act, "revocation_notice", content, issuer=locked.authority, addressee=locked.institution)
        let_in(locked, PartyRole.MANAGING_UNIT)

    return perform(case, "sign_notice", actor, reason=reason, change=change)


def save_statement(case: Case, actor: Actor, statement: str, *, wants_hearing: bool, version: int | None = None) -> Act:
    """Keep the base's draft of its statement; it does not count until the head submits it."""

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        revocation = locked.revocation
        revocation.statement, revocation.wants_hearing = statement.strip(), wants_hearing
        revocation.save(update_fields=["statement", "wants_hearing"])

    return perform(case, "save_statement", actor, change=change)


def submit_statement(case: Case, actor: Actor, reason: str = "") -> Act:
    """Submit the statement as saved."""

    def change(locked: Case, act: Act) -> None:
        revocation = locked.revocation
        revocation.stated_on = timezone.localdate(act.at)
        revocation.save(update_fields=["stated_on"])
        end_clock(locked, CLOCK)

    return perform(case, "submit_statement", actor, reason=reason, change=change)


def waive_statement(case: Case, actor: Actor, reason: str = "") -> Act:
    """The base has nothing to say; a draft of a statement is dropped."""

    def change(locked: Case, act: Act) -> None:
        revocation = locked.revocation
        revocation.statement, revocation.wants_hearing = "", False
        revocation.save(update_fields=["statement", "wants_hearing"])
        end_clock(locked, CLOCK)

    return perform(case, "waive_statement", actor, reason=reason, change=change)


def record_hearing(case: Case, actor: Actor, record: str, *, version: int | None = None) -> Act:
    """Record how the base was heard: when, by whom, what it said."""
    if not record.strip():
        raise Blocked(Problem("record_missing", "请填写听取意见的情况。", where="hearing_record"))

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        revocation = locked.revocation
        revocation.hearing_record = record.strip()
        revocation.save(update_fields=["hearing_record"])

    return perform(case, "record_hearing", actor, data={"record": record.strip()}, change=change)


def propose_decision(
    case: Case, actor: Actor, *, conclusion: str, reasons: str, answer: str = "", version: int | None = None
) -> Act:
    """Prepare the decision, with the answer to what the base has said, for legal review.

    Raises Blocked when the statement is not answered or a hearing that was asked for has not been held.
    """
    with transaction.atomic():
        fresh = lock_case(case.pk)
        revocation = fresh.revocation
        revocation.conclusion, revocation.reasons = conclusion, reasons.strip()
        revocation.answer_to_statement = answer.strip()
        revocation.save(update_fields=["conclusion", "reasons", "answer_to_statement"])
        act = perform(
            fresh,
            "propose_decision",
            actor,
            data={"conclusion": conclusion},
            change=lambda locked, done: unchanged_since(locked, version),
        )
    case.refresh_from_db()
    return act


def pass_legal_review(case: Case, actor: Actor, opinion: str) -> Act:
    """The legal officer finds the decision lawful and says so."""
    if not opinion.strip():
        raise Blocked(Problem("opinion_missing", "请填写法制审核意见。", where="opinion"))
    return perform(case, "pass_legal_review", actor, reason=opinion, change=_reviewed(actor, opinion))


def return_from_legal_review(case: Case, actor: Actor, opinion: str) -> Act:
    """The legal officer sends the decision back with the reason."""
    return perform(case, "return_from_legal_review", actor, reason=opinion, change=_reviewed(actor, opinion))


def _reviewed(actor: Actor, opinion: str) -> Change:
    def change(locked: Case, act: Act) -> None:
        revocation = locked.revocation
        revocation.legal_opinion, revocation.legal_reviewed_by = opinion.strip(), actor.user
        revocation.save(update_fields=["legal_opinion", "legal_reviewed_by"])

    return change


def sign_revocation(case: Case, actor: Actor, reason: str = "") -> Act:
    """Revoke the base: letter, announcement, register and, where the text has it, credit record, in one transaction."""

    def change(locked: Case, act: Act) -> None:
        base = live_base(locked.base_id)
        revocation = locked.revocation
        revocation.decided_on = timezone.localdate(act.at)
        revocation.status_before = base.status
        revocation.records_credit = credit_sanction(rules_of(locked), revocation) is not None
        revocation.save(update_fields=["decided_on", "status_before", "records_credit"])
        decision = issue(
            locked,
            act,
            "revocation_decision",
            documents.decision(locked, act),
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(base),
        )
        content = documents.announcement(locked, act, decision)
        announced = issue(locked, act, "revocation_announcement", content, issuer=locked.authority, public=True)
        set_status(base, BaseStatus.REVOKED, ended_on=revocation.decided_on)
        tell_history(base, act, "revoked", f"{revocation.word}基地资格", decision, announced)
        if revocation.records_credit:
            _record_credit(locked, act, revocation, decision, actor)
        let_in(locked, PartyRole.MANAGING_UNIT)

    return perform(case, "sign_revocation", actor, reason=reason, change=change)


def _record_credit(case: Case, act: Act, revocation: Revocation, decision: Document, actor: Actor) -> None:
    """The credit record: proposed by whom prepared the decision, confirmed by whom signed it."""
    proposed = case.acts.filter(name="propose_decision").order_by("-seq").first()
    assert proposed is not None and revocation.decided_on is not None  # the workflow came this way
    RegisterRecord.objects.create(
        jurisdiction_id=case.jurisdiction_id,
        institution_id=case.institution_id,
        kind=RegisterRecord.Kind.CREDIT_VIOLATION,
        level=revocation.base.level,
        division=revocation.base.division,
        on=revocation.decided_on,
        document_number=decision.number,
        note=f"{revocation.word}基地资格，违规行为记为失信信息"[:300],
        case=case,
        recorded_by_id=proposed.actor_id,
        is_proposed=False,
        confirmed_by=actor.user,
        confirmed_at=act.at,
    )


def sign_keeping(case: Case, actor: Actor, reason: str = "") -> Act:
    """Decide not to revoke; the base keeps the standing it has."""

    def change(locked: Case, act: Act) -> None:
        revocation = locked.revocation
        revocation.decided_on = timezone.localdate(act.at)
        revocation.save(update_fields=["decided_on"])
        issue(
            locked,
            act,
            "revocation_not_imposed",
            documents.not_imposed(locked, act),
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(locked.base),
        )

    return perform(case, "sign_keeping", actor, reason=reason, change=change)

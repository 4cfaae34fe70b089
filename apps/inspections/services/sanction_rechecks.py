"""The end of a rectification: re-inspection by item, a conclusion proposed and signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import BaseStatus
from apps.bases.services import record_event
from apps.cases.clocks import end_clock, start_clock
from apps.cases.enums import ClockBasis
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.documents.services import issue
from apps.inspections.enums import RectificationConclusion, Verdict
from apps.inspections.models import Rectification
from apps.inspections.services import sanction_documents as documents
from apps.inspections.services.rectifications import CLOCK, TERM_NOTE, forget_recheck, managing_unit
from apps.inspections.services.sanction_effects import (
    MOST_TERM_DAYS,
    days_between,
    live_base,
    set_status,
    unchanged_since,
)


def return_report(case: Case, actor: Actor, reason: str = "") -> Act:
    """Give a report back while the term still runs; the term stays as it is."""

    def change(locked: Case, act: Act) -> None:
        rectification = locked.rectification
        rectification.reported_on = None
        rectification.save(update_fields=["reported_on"])
        forget_recheck(rectification)
        _restart(locked, rectification, act)

    return perform(case, "return_report", actor, reason=reason, change=change)


def record_recheck(
    case: Case,
    actor: Actor,
    *,
    rechecked_on: dt.date,
    recheck: str,
    verdicts: Mapping[int, tuple[str, str]],
    version: int | None = None,
) -> Act:
    """Record what the re-inspection found of each item: (verdict, text) by the item's primary key.

    Raises Blocked for a day that is not between the order and today.
    """
    ordered_on = timezone.localdate(case.submitted_at) if case.submitted_at else rechecked_on
    if not ordered_on <= rechecked_on <= timezone.localdate():
        raise Blocked(Problem("recheck_day", "复查日期须在签发整改通知之后，且不晚于今天。", where="rechecked_on"))

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        rectification = locked.rectification
        rectification.rechecked_on, rectification.recheck = rechecked_on, recheck.strip()
        rectification.rechecked_by = actor.user
        rectification.save(update_fields=["rechecked_on", "recheck", "rechecked_by"])
        for item in rectification.items.all():
            if item.pk in verdicts:
                item.verdict, item.verdict_text = verdicts[item.pk]
                item.save(update_fields=["verdict", "verdict_text"])

    data = {
        "on": rechecked_on.isoformat(),
        "recheck": recheck.strip(),
        "verdicts": {str(pk): list(verdict) for pk, verdict in verdicts.items()},
    }
    return perform(case, "record_recheck", actor, data=data, change=change)


def propose_conclusion(
    case: Case,
    actor: Actor,
    *,
    conclusion: str,
    text: str,
    extended_to: dt.date | None = None,
    version: int | None = None,
) -> Act:
    """Propose to lift, to extend to ``extended_to``, or that the rectification failed.

    Raises Blocked when the conclusion contradicts what the re-inspection found, or the term still runs.
    """
    problems = conclusion_problems(case.rectification, conclusion, text, extended_to)
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        rectification = locked.rectification
        rectification.conclusion, rectification.conclusion_text = conclusion, text.strip()
        rectification.extended_to = extended_to if conclusion == RectificationConclusion.EXTEND else None
        rectification.save(update_fields=["conclusion", "conclusion_text", "extended_to"])

    return perform(case, "propose_conclusion", actor, data={"conclusion": conclusion}, change=change)


def conclusion_problems(
    rectification: Rectification, conclusion: str, text: str, extended_to: dt.date | None
) -> list[Problem]:
    """What keeps ``conclusion`` from being proposed."""
    today = timezone.localdate()
    problems = []
    if not text.strip():
        problems.append(Problem("text_missing", "请写明结论的理由。", where="conclusion_text"))
    met = all(item.verdict == Verdict.MEETS for item in rectification.items.all())
    if conclusion == RectificationConclusion.LIFT and not met:
        problems.append(Problem("not_met", "尚有整改事项复查不符合，不能认定整改合格。", where="conclusion"))
    if conclusion == RectificationConclusion.FAIL and met:
        problems.append(Problem("all_met", "各项复查均符合，不能认定整改未达标。", where="conclusion"))
    if conclusion == RectificationConclusion.FAIL and rectification.due_on and today <= rectification.due_on:
        message = f"整改期限至{documents.cn(rectification.due_on)}，期满前不能认定未达标；可以退回继续整改。"
        problems.append(Problem("term_runs", message, (rectification.article,), "conclusion"))
    if conclusion == RectificationConclusion.EXTEND:
        problems += _extension_problems(rectification, extended_to, today)
    return problems


def _extension_problems(rectification: Rectification, until: dt.date | None, today: dt.date) -> list[Problem]:
    due_on = rectification.due_on or today
    if until is None:
        return [Problem("extended_to_missing", "请填写延长后的最后一日。", where="extended_to")]
    if until <= max(due_on, today):
        return [Problem("extension_past", "延长后的最后一日须晚于原期限，也须晚于今天。", where="extended_to")]
    if (until - today).days > MOST_TERM_DAYS:
        return [Problem("extension_far", f"延长后的最后一日最多在{MOST_TERM_DAYS}天以后。", where="extended_to")]
    return []


def sign_lift(case: Case, actor: Actor, reason: str = "") -> Act:
    """The base has put everything right: it is in good standing again."""

    def change(locked: Case, act: Act) -> None:
        base = live_base(locked.base_id)
        content = documents.lifted(locked, act)
        document = issue(
            locked,
            act,
            "rectification_lifted",
            content,
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(base),
        )
        set_status(base, BaseStatus.ACTIVE)
        record_event(base, act, "rectified", "整改合格", timezone.localdate(act.at), document.number)

    return perform(case, "sign_lift", actor, reason=reason, change=change)


def sign_extension(case: Case, actor: Actor, reason: str = "") -> Act:
    """The term is extended with its reason; the clock starts anew and every item is looked at again."""

    def change(locked: Case, act: Act) -> None:
        rectification = locked.rectification
        before = rectification.due_on
        issue(
            locked,
            act,
            "rectification_extension",
            documents.extension(locked, act, before),
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(locked.base),
        )
        _log_extension(rectification, act, before)
        _restart(locked, rectification, act)

    return perform(case, "sign_extension", actor, reason=reason, change=change)


def _log_extension(rectification: Rectification, act: Act, before: dt.date) -> None:
    until = rectification.extended_to
    assert until is not None  # the guard looked
    entry = {
        "from": before.isoformat(),
        "to": until.isoformat(),
        "reason": rectification.conclusion_text,
        "act": act.pk,
    }
    rectification.extensions = [*rectification.extensions, entry]
    rectification.due_on, rectification.extended_to = until, None
    rectification.conclusion = rectification.conclusion_text = ""
    rectification.reported_on = None
    rectification.save()
    forget_recheck(rectification)


def _restart(case: Case, rectification: Rectification, act: Act) -> None:
    end_clock(case, CLOCK)
    due_on = rectification.due_on
    assert due_on is not None  # set when the order was signed
    start_clock(
        case,
        CLOCK,
        "整改期限",
        due_on,
        basis=ClockBasis.OFFICER,
        articles=act.articles,
        counted=days_between(timezone.localdate(act.at), due_on),
        note=TERM_NOTE,
    )


def sign_failure(case: Case, actor: Actor, reason: str = "") -> Act:
    """The term is over and the base does not comply: it stays under rectification, revocation may follow."""

    def change(locked: Case, act: Act) -> None:
        live_base(locked.base_id)
        issue(
            locked,
            act,
            "rectification_failed",
            documents.failed(locked, act),
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(locked.base),
        )

    return perform(case, "sign_failure", actor, reason=reason, change=change)


def discontinue(case: Case, actor: Actor, reason: str = "") -> Act:
    """End a rectification whose base has ended."""
    return perform(case, "discontinue", actor, reason=reason, change=lambda locked, act: end_clock(locked, CLOCK))

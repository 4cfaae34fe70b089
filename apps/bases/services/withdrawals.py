"""Voluntary withdrawal: asked for by the institution, settled by the authority; no text regulates it.

The texts say who sets up, adjusts and ends bases, and nothing of withdrawing. The authority's letter therefore rests
on its competence alone, and it can decline only while a sanction is running.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases import guards
from apps.bases.models import Base, BaseStatus, BaseWithdrawal
from apps.bases.services import withdrawal_documents
from apps.bases.services.register import lock_base, record_event
from apps.cases.models import Act, Case, CaseParty
from apps.cases.selectors import visible_cases
from apps.cases.workflow import Blocked, Problem, WrongState
from apps.cases.workflow.engine import lock_case, perform
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry as rulebooks


def withdrawal_of(case: Case) -> BaseWithdrawal:
    """The withdrawal with its base, for pages and documents. One query."""
    related = ("base__institution", "base__managing_unit", "base__authority")
    return BaseWithdrawal.objects.select_related(*related).get(pk=case.pk)


def save_withdrawal(
    case: Case, actor: Actor, *, reason: str, arrangements: str, ends_on: dt.date | None, seen: int | None = None
) -> Act:
    """Keep the draft, complete or not. Raises WrongState when somebody saved since ``seen``, and as perform() does."""
    with transaction.atomic():
        locked = lock_case(case.pk)
        if seen is not None and locked.version != seen:
            raise WrongState(
                Problem("conflict", "本单位另有人刚刚修改过这份申请。您填写的内容仍在本页，请核对后重新保存。")
            )

        def change(locked: Case, act: Act) -> None:
            row = locked.base_withdrawal
            row.reason, row.arrangements, row.ends_on = reason, arrangements, ends_on
            row.save(update_fields=["reason", "arrangements", "ends_on"])

        act = perform(locked, "edit", actor, change=change)
    case.refresh_from_db()
    return act


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Ask to withdraw: the text of the day is pinned. Raises Blocked while a sanction is running."""

    def change(locked: Case, act: Act) -> None:
        key = rulebooks.rulebook(locked.jurisdiction_id, timezone.localdate()).key
        Case.objects.filter(pk=locked.pk).update(rulebook_key=key, submitted_at=act.at)

    return perform(case, "submit", actor, reason=reason, change=change)


def sign_withdrawal(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the consent: the base ends today, letter and announcement go out, running business is left to be ended.

    Raises Blocked while a sanction is running or before the day the institution wished for.
    """

    def change(locked: Case, act: Act) -> None:
        row = withdrawal_of(locked)
        today = timezone.localdate(act.at)
        base = lock_base(row.base_id)
        locked.base = base
        changed_since = [*guards.base_is_live(locked, actor), *guards.no_sanction_running(locked, actor)]
        if changed_since:  # begun between the guards' look and the lock of the base
            raise Blocked(*changed_since)
        Base.objects.filter(pk=base.pk).update(status=BaseStatus.WITHDRAWN, ended_on=today)
        known = Exists(CaseParty.objects.filter(case=OuterRef("pk"), organisation_id=base.institution_id, active=True))
        running = list(_running(base, locked).filter(known))  # an inspection still being prepared is not announced
        letter = withdrawal_documents.decision(row, act, running)
        issue(
            locked,
            act,
            "withdrawal_decision",
            letter,
            issuer=locked.authority,
            addressee=row.base.institution,
        )
        told = withdrawal_documents.announcement(row, act)
        announced = issue(locked, act, "withdrawal_announcement", told, issuer=locked.authority, public=True)
        record_event(base, act, "withdrawn", "自愿退出", today, announced.number, document=announced)

    return perform(case, "sign_withdrawal", actor, reason=reason, change=change)


def sign_decline(case: Case, actor: Actor, reason: str = "") -> Act:
    """Decline while a sanction is running, with the officer's reasons and the remedies."""
    proposal = case.acts.filter(name="propose_decline").order_by("-seq").first()
    reasons = proposal.reason if proposal is not None else ""

    def change(locked: Case, act: Act) -> None:
        row = withdrawal_of(locked)
        content = withdrawal_documents.declined(row, act, reasons)
        issue(locked, act, "withdrawal_declined", content, issuer=locked.authority, addressee=row.base.institution)

    return perform(case, "sign_decline", actor, reason=reason, change=change)


def record_plaque(case: Case, actor: Actor, on: dt.date) -> Act:
    """Record the day the plaque came back; with it the case is closed. Raises Blocked for a day that cannot be."""
    if on > timezone.localdate():
        raise Blocked(Problem("day_ahead", "交回日期不能晚于今天。", where="on"))
    if on < case.base.recognised_on:
        raise Blocked(Problem("day_before", "交回日期不能早于认定日期。", where="on"))

    def change(locked: Case, act: Act) -> None:
        row = withdrawal_of(locked)
        row.plaque_returned_on = on
        row.save(update_fields=["plaque_returned_on"])
        record_event(row.base, act, "plaque_returned", "匾牌已交回", on)

    return perform(case, "record_plaque", actor, data={"on": on.isoformat()}, change=change)


def running_cases(base: Base, own: Case, reader: Actor | None) -> list[Case]:
    """The base's other business that is not closed and that ``reader`` may see: what is to be settled when it ends."""
    return list(_running(base, own).filter(pk__in=visible_cases(reader)))


def _running(base: Base, own: Case) -> QuerySet[Case]:
    return Case.objects.filter(base=base, closed_at__isnull=True).exclude(pk=own.pk).order_by("pk")

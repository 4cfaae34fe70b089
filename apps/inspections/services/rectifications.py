"""限期整改: the order with its items and term, progress and evidence of each item, the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base, BaseStatus
from apps.bases.services import open_base_case, record_event
from apps.cases.clocks import end_clock, start_clock
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform, rules_of
from apps.documents.services import issue
from apps.inspections.enums import InspectionState, Verdict
from apps.inspections.models import Inspection, Rectification, RectificationItem
from apps.inspections.services import sanction_documents as documents
from apps.inspections.services.sanction_effects import (
    let_in,
    live_base,
    require_officer,
    rules_today,
    set_status,
    term,
    unchanged_since,
)
from apps.inspections.services.sanction_grounds import one_at_a_time, order_problems, rectification_sanction

__all__ = ["order_problems"]

CLOCK = "rectification"
TERM_NOTE = "办法未规定整改天数，由经办人指定"


@dataclass(frozen=True)
class Item:
    """One thing to put right; ``inspection_item`` is the finding it comes from, ``article`` what it rests on."""

    requirement: str
    article: str = ""
    inspection_item: int | None = None


@dataclass(frozen=True)
class Order:
    """What an officer fills in: grounds (codes), facts, items, and the term in natural days."""

    grounds: Sequence[str]
    facts: str
    term_days: int
    items: Sequence[Item]


@dataclass(frozen=True)
class Progress:
    """What a base reports of one item."""

    text: str
    is_done: bool


def inspections_to_follow(base: Base) -> list[Inspection]:
    """Concluded inspections of the base that found something wrong and led to no rectification yet, newest first."""
    found = (
        Inspection.objects.filter(base=base, case__state=InspectionState.CONCLUDED, rectifications__isnull=True)
        .filter(items__verdict__in=[Verdict.IMPROVE, Verdict.FAILS])
        .select_related("case", "campaign")
        .order_by("-case__closed_at")
        .distinct()
    )
    return list(found)


def drafted_from(inspection: Inspection) -> Order:
    """An order to start from: the inspection's facts, and an item for everything that did not comply."""
    wrong = [item for item in inspection.items.all() if item.verdict in (Verdict.IMPROVE, Verdict.FAILS)]
    findings = "\n".join(f"{item.label}：{item.verdict_text or item.finding_text}" for item in wrong)
    facts = f"{inspection.campaign.title}（办件编号{inspection.case.number}）认定以下内容不符合要求。\n{findings}"
    items = [Item(f"{item.label}：{item.verdict_text or item.finding_text}", item.article, item.pk) for item in wrong]
    return Order((), facts, 30, items)


def open_order(base: Base, actor: Actor, order: Order, *, inspection: Inspection | None = None) -> Rectification:
    """Open the case of an order to rectify as a draft that the base does not see yet.

    Raises NotPermitted for anybody but the authority's officer; Blocked when the base has ended, another
    rectification runs, or ``inspection`` is another base's.
    """
    require_officer(actor, base)
    if inspection is not None and inspection.base_id != base.pk:
        raise Blocked(Problem("foreign_inspection", "所选检查不是该基地的检查。", where="inspection"))
    rulebook = rules_today(base)
    with transaction.atomic():
        base = live_base(base.pk)
        problems = one_at_a_time(base, CaseKind.RECTIFICATION)
        if problems:
            raise Blocked(*problems)
        case = open_base_case(
            base,
            CaseKind.RECTIFICATION,
            f"{base.institution_name}限期整改",
            actor,
            label="拟定整改通知",
            year=timezone.localdate().year,
            rulebook_key=rulebook.key,
            seen_by=(PartyRole.AUTHORITY,),
        )
        rectification = Rectification.objects.create(
            case=case,
            base=base,
            inspection=inspection,
            article=rectification_sanction(rulebook).article,
            term_days=order.term_days,
        )
        _write(rectification, order)
    return rectification


def edit_order(case: Case, actor: Actor, order: Order, *, version: int | None = None) -> Act:
    """Change the draft. ``version`` is the case's when the page was opened; raises WrongState when it has moved on."""

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        _write(locked.rectification, order)

    return perform(case, "edit", actor, change=change)


def _write(rectification: Rectification, order: Order) -> None:
    rectification.grounds = list(order.grounds)
    rectification.facts = order.facts.strip()
    rectification.term_days = order.term_days
    rectification.save(update_fields=["grounds", "facts", "term_days"])
    of_inspection = set()
    if rectification.inspection_id is not None:
        of_inspection = set(rectification.inspection.items.values_list("pk", flat=True))
    RectificationItem.objects.filter(rectification=rectification).delete()
    RectificationItem.objects.bulk_create(
        RectificationItem(
            rectification=rectification,
            position=position,
            requirement=item.requirement.strip(),
            article=item.article,
            inspection_item_id=item.inspection_item if item.inspection_item in of_inspection else None,
        )
        for position, item in enumerate((one for one in order.items if one.requirement.strip()), start=1)
    )


def sign_order(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the order: the term starts, the letter goes out, the register says the base is rectifying."""

    def change(locked: Case, act: Act) -> None:
        base = live_base(locked.base_id)
        rectification = locked.rectification
        today = timezone.localdate(act.at)
        rectification.due_on, counted = term(today, rectification.term_days)
        rectification.save(update_fields=["due_on"])
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        start_clock(
            locked,
            CLOCK,
            "整改期限",
            rectification.due_on,
            basis=ClockBasis.OFFICER,
            articles=act.articles,
            counted=counted,
            note=TERM_NOTE,
        )
        document = issue(
            locked,
            act,
            "rectification_order",
            documents.order(locked, act),
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(base),
        )
        let_in(locked, PartyRole.MANAGING_UNIT)
        set_status(base, BaseStatus.RECTIFYING)
        record_event(base, act, "rectifying", rectification_sanction(rules_of(locked)).word, today, document.number)

    return perform(case, "sign_order", actor, reason=reason, change=change)


def managing_unit(base: Base) -> list[Any]:
    """The base's managing unit, told by a copy; empty where it has none."""
    return [base.managing_unit] if base.managing_unit_id is not None else []


def record_progress(
    case: Case, actor: Actor, progress: Mapping[int, Progress], report: str, *, version: int | None = None
) -> Act:
    """Save what has been done of each item (by primary key) and the draft of the report; also when overdue."""

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        rectification = locked.rectification
        rectification.report = report.strip()
        rectification.save(update_fields=["report"])
        for item in rectification.items.all():
            told = progress.get(item.pk)
            if told is not None and (item.progress, item.is_done) != (told.text.strip(), told.is_done):
                item.progress, item.is_done, item.progress_at = told.text.strip(), told.is_done, act.at
                item.save(update_fields=["progress", "is_done", "progress_at"])

    return perform(case, "record_progress", actor, change=change)


def submit_report(case: Case, actor: Actor, reason: str = "") -> Act:
    """Report that the items are put right; days late are recorded, a late report is accepted all the same."""
    today = timezone.localdate()
    due_on = case.rectification.due_on
    late = max(0, (today - due_on).days) if due_on else 0

    def change(locked: Case, act: Act) -> None:
        rectification = locked.rectification
        rectification.reported_on = timezone.localdate(act.at)
        rectification.save(update_fields=["reported_on"])
        forget_recheck(rectification)
        end_clock(locked, CLOCK)

    return perform(case, "submit_report", actor, reason=reason, data={"late_days": late}, change=change)


def forget_recheck(rectification: Rectification) -> None:
    """A re-inspection speaks of what it saw: once the base goes on or reports anew, every item is looked at again.

    What was recorded stays in the act that recorded it.
    """
    rectification.recheck, rectification.rechecked_on, rectification.rechecked_by = "", None, None
    rectification.save(update_fields=["recheck", "rechecked_on", "rechecked_by"])
    for item in rectification.items.all():
        item.verdict = item.verdict_text = ""
        item.save(update_fields=["verdict", "verdict_text"])

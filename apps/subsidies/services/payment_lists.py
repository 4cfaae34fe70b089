"""Lists of payments, and what a payment's pages show of its sums: each line before and after, and its ledger entries."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.accounts.actors import Actor
from apps.cases import selectors
from apps.subsidies.enums import PaymentState, When
from apps.subsidies.models import Award, AwardLine, FundPayment, LedgerEntry, PaymentItem
from apps.subsidies.services.payment_checks import items_of, room_of
from apps.subsidies.workflow.people import funding_of

SORTS = {
    "opened": ("case_id",),
    "-opened": ("-case_id",),
    "amount": ("amount_fen", "case_id"),
    "-amount": ("-amount_fen", "-case_id"),
    "name": ("award__base__institution_name", "case_id"),
    "-name": ("-award__base__institution_name", "-case_id"),
    "paid": ("paid_on", "case_id"),
    "-paid": ("-paid_on", "-case_id"),
}
QUEUES = (
    (PaymentState.SUBMITTED, "待核对"),
    (PaymentState.CHECKED, "待批准"),
    (PaymentState.APPROVED, "待支付"),
    (PaymentState.PAID, "待对账"),
    (PaymentState.REVERSAL_PROPOSED, "待批准冲回"),
)
_NOT_APPROVED = (
    PaymentState.DRAFT,
    PaymentState.SUBMITTED,
    PaymentState.RETURNED,
    PaymentState.CHECKED,
)


def payments_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[FundPayment]:
    """The payments the actor takes part in, by filters, newest first unless another order is asked for."""
    found = selectors.details_open_to(FundPayment, actor)
    found = found.select_related("case__turn_organisation", "award__base", "award__cycle", "award__case")
    state = values.get("state", "")
    if state:
        found = found.filter(case__state=state)
    if values.get("award"):
        found = found.filter(award__case__number=values["award"])
    if values.get("cycle"):
        found = found.filter(award__cycle=values["cycle"])
    text = values.get("q", "").strip()
    if text:
        found = found.filter(
            Q(award__base__institution_name__icontains=text)
            | Q(case__number__iexact=text)
            | Q(award__case__number__iexact=text)
            | Q(bank_reference__iexact=text)
        )
    return found.order_by(*SORTS.get(sort, SORTS["-opened"]))


def cycles_of(actor: Actor) -> list[tuple[str, str]]:
    """The cycles in which the actor sees payments, as choices. One query."""
    found = selectors.details_open_to(FundPayment, actor).order_by("-award__cycle")
    rows = found.values_list("award__cycle", "award__cycle__title").distinct()
    return [(str(pk), title) for pk, title in rows]


def queues(actor: Actor) -> list[dict[str, Any]]:
    """How many payments wait at each desk of the authority, and their sum in fen. One query."""
    found = selectors.details_open_to(FundPayment, actor).filter(case__state__in=[state for state, _ in QUEUES])
    rows = found.order_by().values_list("case__state").annotate(many=Count("pk"), fen=Sum("amount_fen"))
    counted = {state: (many, fen) for state, many, fen in rows}
    return [
        {
            "state": str(state),
            "label": label,
            "many": counted.get(state, (0, 0))[0],
            "fen": counted.get(state, (0, 0))[1],
        }
        for state, label in QUEUES
    ]


def row(payment: FundPayment, actor: Actor) -> dict[str, Any]:
    """What the list shows of a payment."""
    case = payment.case
    return {
        "number": case.number,
        "institution": payment.award.base.institution_name,
        "base": payment.award.base.number,
        "award": payment.award.case.number,
        "title": payment.award.title,
        "cycle": payment.award.cycle.title,
        "fen": payment.amount_fen,
        "state": str(PaymentState(case.state).label),
        "tone": _tone(payment, actor),
        "reference": payment.bank_reference,
        "paid_on": payment.paid_on,
        "turn": case.turn_organisation.name if case.turn_organisation else "",
        "sandbox": case.is_sandbox,
    }


def _tone(payment: FundPayment, actor: Actor) -> str:
    state = payment.case.state
    if state in (PaymentState.CONFIRMED, PaymentState.CLOSED):
        return "success"
    if state in (PaymentState.REVERSED, PaymentState.REFUSED):
        return "danger"
    if payment.case.closed_at is not None:
        return "neutral"
    return "warning" if payment.case.turn_organisation_id == actor.organisation.pk else "progress"


def active_awards(base_pk: int, actor: Actor) -> list[Award]:
    """The awards of the base in force, of which its institution may ask for tranches."""
    found = Award.objects.filter(base=base_pk, base__institution=actor.organisation, case__state="active")
    return list(found.select_related("case", "cycle", "base").order_by("-pk"))


def sums_of(payment: FundPayment) -> dict[str, Any]:
    """The payment with its items, the balances of its lines, and its ledger entries with what reverses them."""
    items = items_of(payment)
    labels = {code: label for code, label, _ in funding_of(payment.case).choices()}
    return {
        "payment": payment,
        "award": payment.award,
        "base": payment.award.base,
        "cycle": payment.award.cycle,
        "items_shown": [{"item": one, "tranche": one.tranche, "when": _when(one)} for one in items],
        "balances": [_balance(line, payment, items, labels) for line in _lines(items)],
        "entries": _entries(payment),
        "recorded": payment.case.acts.filter(name="record_payment").order_by("-seq").first(),
    }


def _when(item: PaymentItem) -> str:
    return item.tranche.label or str(When(item.tranche.when).label)


def _lines(items: list[PaymentItem]) -> list[AwardLine]:
    return list({one.tranche.line_id: one.tranche.line for one in items}.values())


def _balance(line: AwardLine, payment: FundPayment, items: list[PaymentItem], labels: dict[str, str]) -> dict[str, Any]:
    """The line now, and once this payment is approved, paid or reversed, whichever is ahead."""
    asked = sum(one.amount_fen for one in items if one.tranche.line_id == line.pk)
    state = payment.case.state
    approving = asked if state in _NOT_APPROVED else 0
    paying = asked if state in (*_NOT_APPROVED, PaymentState.APPROVED) else 0
    return {
        "line": line,
        "category": labels.get(line.category, line.category),
        "asked_fen": asked,
        "room_fen": room_of(line),
        "room_after_fen": room_of(line) - approving,
        "approved_after_fen": line.approved_fen + approving,
        "paid_after_fen": line.paid_fen + paying,
    }


def _entries(payment: FundPayment) -> list[LedgerEntry]:
    """The payment's own entries and what reversed them, in the ledger's order. Keys as sums.py writes them."""
    own = Q(key__in=[f"payment:{payment.pk}:approve", f"payment:{payment.pk}:pay"])
    undone = Q(reverses__key__in=[f"payment:{payment.pk}:approve", f"payment:{payment.pk}:pay"])
    found = LedgerEntry.objects.filter(own | undone).select_related("reverses", "act").order_by("seq")
    return list(found.annotate(fen=Sum("postings__amount_fen")))

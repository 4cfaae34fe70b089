"""对账: lines of the bank's statements against the payments recorded; agreement is proposed, a second person confirms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, WorkflowError
from apps.cases.workflow.engine import perform
from apps.subsidies.enums import BankDirection, BankLineState, PaymentState
from apps.subsidies.models import BankLine, FundPayment
from apps.subsidies.services import matching
from apps.subsidies.services.payment_checks import statement_problems
from apps.subsidies.services.payment_steps import take_line


@dataclass(frozen=True)
class Match:
    """A payment and the line with its reference; ``differences`` in words, none where the line proves it."""

    payment: FundPayment
    line: BankLine
    differences: list[str]
    own: bool = False


@dataclass(frozen=True)
class Outlook:
    """Where an authority's payments stand against its statements."""

    exact: list[Match] = field(default_factory=list)
    differing: list[Match] = field(default_factory=list)
    missing: list[FundPayment] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What confirming several at once did: the numbers confirmed, and of each other one why not."""

    confirmed: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def outlook(actor: Actor) -> Outlook:
    """Every payment of the actor's authority that waits for the bank's word. Two queries.

    ``own`` marks those the actor recorded: another person confirms them.
    """
    waiting = FundPayment.objects.filter(authority=actor.organisation, case__state=PaymentState.PAID)
    payments = list(waiting.select_related("case", "award__base", "paid_by").order_by("paid_on", "pk"))
    lines = BankLine.objects.filter(
        authority=actor.organisation,
        direction=BankDirection.OUT,
        state=BankLineState.UNMATCHED,
        reference__in=[one.bank_reference for one in payments],
    )
    by_reference: dict[str, list[BankLine]] = defaultdict(list)
    for line in lines.select_related("statement").order_by("on", "pk"):
        by_reference[line.reference].append(line)
    found = Outlook()
    for payment in payments:
        _place(found, payment, by_reference[payment.bank_reference], actor)
    return found


def _place(found: Outlook, payment: FundPayment, lines: list[BankLine], actor: Actor) -> None:
    matches = [
        Match(payment, line, matching.differences(payment, line), payment.paid_by_id == actor.user.pk) for line in lines
    ]
    exact = next((one for one in matches if not one.differences), None)
    if exact is not None:
        found.exact.append(exact)
    elif matches:
        found.differing.extend(matches)
    else:
        found.missing.append(payment)


def proving_line(payment: FundPayment) -> BankLine | None:
    """The oldest unmatched line that agrees with the payment in reference, sum and payee."""
    return next((line for line in matching.lines_for(payment) if not matching.differences(payment, line)), None)


def confirm(case: Case, actor: Actor, reason: str = "") -> Act:
    """Confirm that the bank's statement proves the payment; the line is used up. Another person than who recorded it.

    Raises Blocked where no line agrees, and NotPermitted or WrongState as perform() does.
    """

    def change(locked: Case, act: Act) -> None:
        payment = locked.fund_payment
        line = proving_line(payment)
        if line is None:
            raise Blocked(*statement_problems(payment))
        take_line(line, f"拨款：{locked.number}")
        payment.confirmed_line = line
        payment.save(update_fields=["confirmed_line"])

    return perform(case, "confirm", actor, reason=reason, change=change)


def confirm_all(actor: Actor, numbers: Collection[str] | None = None) -> Outcome:
    """Confirm every payment that agrees exactly, or those of ``numbers`` alone; each by itself, so that one that is
    refused (the actor recorded it, somebody was faster) does not keep the others."""
    done = Outcome()
    for match in outlook(actor).exact:
        case = match.payment.case
        if numbers is not None and case.number not in numbers:
            continue
        try:
            confirm(case, actor)
        except WorkflowError as error:
            done.refused.append((case.number, "；".join(problem.message for problem in error.problems)))
        else:
            done.confirmed.append(case.number)
    return done


def open_incoming(actor: Actor) -> matching.Lines:
    """Incoming lines of the actor's authority that nothing accounts for yet: offered to demands for return."""
    return BankLine.objects.filter(
        authority=actor.organisation, direction=BankDirection.IN, state=BankLineState.UNMATCHED
    ).order_by("-on", "-pk")

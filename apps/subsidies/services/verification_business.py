"""What the payments and demands of awards say by themselves: their sums, their people, the tranches they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.cases.models import Act
from apps.subsidies.enums import PaymentState as P
from apps.subsidies.enums import RecoveryState as R
from apps.subsidies.enums import When
from apps.subsidies.models import Award, AwardLine, FundPayment, FundRecovery, Tranche
from apps.subsidies.services.verification_finding import Finding, differs

APPROVED = (P.APPROVED, P.PAID, P.CONFIRMED, P.REVERSAL_PROPOSED, P.CLOSED)
OVER = (P.REVERSED, P.REFUSED, P.WITHDRAWN, P.DISCONTINUED)
DEMANDED = (R.DEMANDED, R.LIFT_PROPOSED, R.RETURNED, R.LIFTED)
MONEY_STEPS = (
    "submit",
    "check",
    "approve",
    "record_payment",
    "propose_reversal",
    "sign_reversal",
    "sign_demand",
    "record_return",
    "sign_lift",
)


@dataclass
class Business:
    """Payments and demands of some awards, by award; live tranches by line; what they come to, by line and column."""

    payments: dict[int, list[FundPayment]] = field(default_factory=lambda: defaultdict(list))
    recoveries: dict[int, list[FundRecovery]] = field(default_factory=lambda: defaultdict(list))
    tranches: dict[int, list[Tranche]] = field(default_factory=lambda: defaultdict(list))
    sums: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    claims: dict[tuple[int, int], int] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)
    acts: dict[int, list[Act]] = field(default_factory=lambda: defaultdict(list))

    def add(self, payments: list[FundPayment], recoveries: list[FundRecovery]) -> None:
        """Take in payments with their items and demands with their lines. One query, for the acts."""
        for act in Act.objects.filter(
            case_id__in=[one.pk for one in (*payments, *recoveries)], name__in=MONEY_STEPS
        ).order_by("case_id", "seq"):
            self.acts[act.case_id].append(act)
        for payment in payments:
            self._add_payment(payment)
        for recovery in recoveries:
            self._add_recovery(recovery)

    def is_paid(self, payment: FundPayment) -> bool:
        """Whether money went out and did not come back by a reversal."""
        state = payment.case.state
        recorded = any(act.name == "record_payment" for act in self.acts[payment.pk])
        return state in (P.PAID, P.CONFIRMED, P.CLOSED) or (state == P.REVERSAL_PROPOSED and recorded)

    def _add_payment(self, payment: FundPayment) -> None:
        self.payments[payment.award_id].append(payment)
        if payment.case.state in OVER:
            self.over.add(payment.pk)
        for item in payment.items.all():
            line = item.tranche.line_id
            self.claims[item.tranche_id, payment.pk] = item.amount_fen
            if payment.case.state in APPROVED:
                self.sums[line, "approved_fen"] += item.amount_fen
            if self.is_paid(payment):
                self.sums[line, "paid_fen"] += item.amount_fen
                if item.tranche.when != When.AFTER_ACCEPTANCE:
                    self.sums[line, "advanced_fen"] += item.amount_fen

    def _add_recovery(self, recovery: FundRecovery) -> None:
        self.recoveries[recovery.award_id].append(recovery)
        if recovery.case.state not in DEMANDED:
            return
        for row in recovery.lines.all():
            asked = row.returned_fen if recovery.case.state == R.LIFTED else row.amount_fen
            self.sums[row.line_id, "demanded_fen"] += asked
            self.sums[row.line_id, "returned_fen"] += row.returned_fen


def payment_findings(business: Business, award: Award) -> Iterator[Finding]:
    """Sums of the items, lines of this award, a tranche paid once, different people for asking, approving and paying."""
    taken: dict[int, str] = {}
    for payment in business.payments[award.pk]:
        number = payment.case.number
        items = list(payment.items.all())
        total = sum(item.amount_fen for item in items)
        if payment.amount_fen != total:
            yield Finding("payment_sum", differs(f"拨款{number}金额", payment.amount_fen, "明细合计", total))
        if any(item.tranche.line.award_id != award.pk for item in items):
            yield Finding("other_award", f"拨款{number}包含另一项资助的期次")
        for item in items if payment.case.state in APPROVED else ():
            first = taken.setdefault(item.tranche_id, number)
            if first != number:
                yield Finding("tranche_twice", f"拨款{first}和{number}包含同一拨款期次")
        yield from _people_findings(payment, business)


def _people_findings(payment: FundPayment, business: Business) -> Iterator[Finding]:
    number, state = payment.case.number, payment.case.state
    last = {act.name: act for act in business.acts[payment.pk]}
    steps = [step for step in ("check", "approve", "record_payment", "sign_reversal") if step in last]
    wanted = ["check", "approve"] if state in APPROVED else []
    wanted += ["record_payment"] if business.is_paid(payment) else []
    if any(step not in steps for step in wanted):
        yield Finding("payment_unsigned", f"拨款{number}没有经过核对、批准或者登记支付")
    for one, other in (
        ("submit", "check"),
        ("submit", "approve"),
        ("check", "approve"),
        ("approve", "record_payment"),
        ("propose_reversal", "sign_reversal"),
    ):
        if one in last and other in last and last[one].actor_id == last[other].actor_id:
            yield Finding("one_person", f"拨款{number}的两个步骤由同一人办理，须由两人办理")
    if any(last[step].actor_id is None for step in steps):
        yield Finding("nobody", f"拨款{number}的步骤没有办理人")


def recovery_findings(recoveries: list[FundRecovery], award: Award) -> Iterator[Finding]:
    """A demand's sums are those of its lines, and its lines are this award's."""
    for recovery in recoveries:
        number, rows = recovery.case.number, list(recovery.lines.all())
        if recovery.case.state in DEMANDED and recovery.amount_fen != sum(row.amount_fen for row in rows):
            total = sum(row.amount_fen for row in rows)
            yield Finding("recovery_sum", differs(f"追回{number}金额", recovery.amount_fen, "明细合计", total))
        returned = sum(row.returned_fen for row in rows)
        if recovery.returned_fen != returned:
            yield Finding(
                "recovery_returned", differs(f"追回{number}已缴回", recovery.returned_fen, "明细合计", returned)
            )
        if any(row.line.award_id != award.pk for row in rows):
            yield Finding("other_award", f"追回{number}包含另一项资助的支出项目")


def tranche_findings(lines: list[AwardLine], business: Business) -> Iterator[Finding]:
    """Live tranches stay within their line, and each claimed one belongs to a payment that asks for exactly its sum."""
    for line in lines:
        live = business.tranches[line.pk]
        total = sum(one.amount_fen for one in live)
        if total > line.amount_fen - line.released_fen:
            room = line.amount_fen - line.released_fen
            yield Finding("tranche_over_line", differs(f"“{line.item}”的期次合计", total, "超过该项可拨金额", room))
        for one in (one for one in live if one.payment_id is not None):
            if one.payment_id in business.over:
                yield Finding("tranche_held", f"“{line.item}”第{one.seq}期仍由已结束的拨款占用")
            elif business.claims.get((one.pk, one.payment_id)) != one.amount_fen:
                yield Finding("tranche_claim", f"“{line.item}”第{one.seq}期的金额与占用它的拨款不符")

"""An award with money in every account: a payment standing, one reversed, a line accepted for less, a demand half met."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.subsidies.models import Award, AwardLine, FundPayment, FundRecovery, RecoveryLine, Tranche
from apps.subsidies.services import sums, tranches
from tests.subsidies.building import Funding, active_award, make_payment, taken


@dataclasses.dataclass
class Books:
    funding: Funding
    award: Award
    payment: FundPayment
    reversed: FundPayment
    recovery: FundRecovery

    @property
    def cycle(self) -> Any:
        return self.funding.cycle

    def line(self, item: str) -> AwardLine:
        return AwardLine.objects.get(award=self.award, item=item)


def full_books() -> Books:
    """Equipment of 150000.03: 75000.01 advanced and 50000 demanded, 20000 of it back; courses accepted for 100000."""
    funding = Funding()
    award = active_award(funding)
    gone = make_payment(funding, award, state="paid")
    undo(funding, gone)
    payment = make_payment(funding, award, state="confirmed")
    accept(funding, award, "线上课程", 10_000_000)
    recovery = make_recovery(funding, award, {"实训设备": 5_000_000})
    give_back(funding, recovery, 2_000_000)
    award = Award.objects.select_related("case", "cycle__case", "base").get(pk=award.pk)
    return Books(funding, award, payment, gone, recovery)


def undo(funding: Funding, payment: FundPayment) -> None:
    """Reverse the payment by two people and free its tranches."""
    taken(payment.case, "propose_reversal", funding.finance, "reversal_proposed")
    sums.undo_payment(payment, taken(payment.case, "sign_reversal", funding.office["head"], "reversed"))
    for tranche in Tranche.objects.filter(payment=payment):
        Tranche.objects.filter(pk=tranche.pk).update(payment=None)


def accept(funding: Funding, award: Award, item: str, fen: int) -> None:
    line = AwardLine.objects.get(award=award, item=item)
    line.accepted_fen = fen
    line.save()
    dropped = tranches.trim(line)
    if dropped:
        sums.release(
            award, taken(award.case, "sign_acceptance", funding.office["head"], "active"), {line: dropped}, "核减"
        )


def make_recovery(funding: Funding, award: Award, amounts: dict[str, int]) -> FundRecovery:
    """A demand signed for ``amounts`` by the lines' items."""
    case = business(funding, award, CaseKind.FUND_RECOVERY, funding.office["officer"])
    recovery = FundRecovery.objects.create(
        case=case, award=award, ground="unspent", articles=["36"], amount_fen=sum(amounts.values())
    )
    for item, fen in amounts.items():
        RecoveryLine.objects.create(
            recovery=recovery, line=AwardLine.objects.get(award=award, item=item), amount_fen=fen
        )
    sums.demand(recovery, taken(case, "sign_demand", funding.office["head2"], "demanded"))
    return recovery


def give_back(funding: Funding, recovery: FundRecovery, fen: int) -> None:
    row = recovery.lines.get()
    sums.take_back(recovery, taken(recovery.case, "record_return", funding.finance, "demanded"), {row: fen})
    recovery.refresh_from_db()


def business(funding: Funding, award: Award, kind: str, actor: Actor) -> Any:
    return open_base_case(
        award.base,
        kind,
        f"{award.base.institution_name}",
        actor,
        label="建立",
        year=timezone.localdate().year,
        rulebook_key=award.case.rulebook_key,
    )

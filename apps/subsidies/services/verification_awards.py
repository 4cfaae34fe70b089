"""Awards a few hundred at a time: their sums against the ledger, their payments, demands and tranches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Sum
from django_scopes import scopes_disabled

from apps.subsidies.enums import Account as A
from apps.subsidies.enums import AwardState
from apps.subsidies.models import (
    Award,
    AwardLine,
    FundingCycle,
    FundPayment,
    FundRecovery,
    LedgerPosting,
    Tranche,
)
from apps.subsidies.services.verification_acts import missing_entries
from apps.subsidies.services.verification_business import (
    Business,
    payment_findings,
    recovery_findings,
    tranche_findings,
)
from apps.subsidies.services.verification_finding import Finding, differs

GRANTED = (
    AwardState.GRANTED,
    AwardState.ACTIVE,
    AwardState.SETTLEMENT_PROPOSED,
    AwardState.SETTLED,
    AwardState.TERMINATED,
)
LINE_SUMS = ("approved_fen", "paid_fen", "advanced_fen", "demanded_fen", "returned_fen")
LABELS = {
    "approved_fen": "已批准拨款",
    "paid_fen": "已支付",
    "advanced_fen": "验收前支付",
    "demanded_fen": "要求缴回",
    "returned_fen": "已缴回",
}


@dataclass
class Balances:
    """Credit less debit in fen, by account: of the awards (lines included), and of single lines."""

    awards: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    lines: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    granted: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@scopes_disabled()
def award_findings(cycle: FundingCycle, pks: list[int]) -> list[Finding]:
    """What is wrong with these awards of the cycle. The number of queries does not depend on how many they are."""
    awards = list(Award.objects.filter(pk__in=pks).select_related("case").defer("data").order_by("pk"))
    lines: dict[int, list[AwardLine]] = defaultdict(list)
    for line in AwardLine.objects.filter(award_id__in=pks).order_by("award_id", "position"):
        lines[line.award_id].append(line)
    business = _business(pks)
    balances = _balances(pks)
    found = []
    for award in awards:
        told = [
            *_sum_findings(award, lines[award.pk], balances),
            *_line_findings(lines[award.pk], balances, business),
            *payment_findings(business, award),
            *recovery_findings(business.recoveries[award.pk], award),
            *tranche_findings(lines[award.pk], business),
        ]
        found += [Finding(one.code, f"{award.case.number}：{one.message}", award.case.number) for one in told]
    return [*found, *missing_entries(cycle, awards, business)]


def _business(pks: list[int]) -> Business:
    payments = FundPayment.objects.filter(award_id__in=pks).select_related("case")
    recoveries = FundRecovery.objects.filter(award_id__in=pks).select_related("case")
    business = Business()
    business.add(
        list(payments.prefetch_related("items__tranche__line").order_by("pk")),
        list(recoveries.prefetch_related("lines__line").order_by("pk")),
    )
    for tranche in Tranche.objects.filter(line__award_id__in=pks, is_cancelled=False).order_by("line_id", "seq"):
        business.tranches[tranche.line_id].append(tranche)
    return business


def _balances(pks: list[int]) -> Balances:
    """The ledger's sums. The grant is read off the ledger apart: what came from the cycle, releases left aside."""
    balances = Balances()
    postings = LedgerPosting.objects.filter(entry__award_id__in=pks).order_by()
    groups = postings.values("entry__award_id", "entry__kind", "debit", "credit", "debit_line_id", "credit_line_id")
    for row in groups.annotate(fen=Sum("amount_fen")):
        award, fen = row["entry__award_id"], row["fen"]
        for account, line, sign in (
            (row["debit"], row["debit_line_id"], -1),
            (row["credit"], row["credit_line_id"], +1),
        ):
            balances.awards[award, account] += sign * fen
            if line is not None:
                balances.lines[line, account] += sign * fen
        if row["debit"] == A.AVAILABLE and row["credit"] == A.COMMITTED:
            balances.granted[award] += fen
    return balances


def _sum_findings(award: Award, lines: list[AwardLine], balances: Balances) -> Iterator[Finding]:
    granted = balances.granted[award.pk]
    if award.granted_fen != granted:
        yield Finding("award_granted", differs("资助金额", award.granted_fen, "账簿", granted))
    if (award.granted_fen > 0) != (award.case.state in GRANTED):
        yield Finding("award_state", "资助金额与办理状态不符")
    net = -balances.awards[award.pk, A.AVAILABLE]
    if award.granted_fen - award.released_fen != net:
        yield Finding(
            "award_released", differs("核减收回", award.released_fen, "账簿", granted - net if granted else -net)
        )
    allocated = sum(line.amount_fen for line in lines)
    released_of_lines = sum(line.released_fen for line in lines)
    approved = sum(line.approved_fen for line in lines)
    committed = award.granted_fen - award.released_fen - approved
    if committed != balances.awards[award.pk, A.COMMITTED]:
        yield Finding(
            "award_committed", differs("已资助未拨付", committed, "账簿", balances.awards[award.pk, A.COMMITTED])
        )
    left = award.granted_fen - allocated - (award.released_fen - released_of_lines)
    if left < 0:
        yield Finding("over_award", differs("各支出项目合计", allocated, "超过资助金额", award.granted_fen))


def _line_findings(lines: list[AwardLine], balances: Balances, business: Business) -> Iterator[Finding]:
    for line in lines:
        expected = {
            A.COMMITTED: line.amount_fen - line.released_fen - line.approved_fen,
            A.PAYABLE: line.approved_fen - line.paid_fen,
            A.BANK: line.paid_fen - line.returned_fen,
            A.RECEIVABLE: line.returned_fen - line.demanded_fen,
            A.CLAWBACK: line.demanded_fen,
        }
        for account, fen in expected.items():
            if balances.lines[line.pk, account] != fen:
                what = f"“{line.item}”的{A(account).label}"
                yield Finding("line_ledger", differs(what, fen, "账簿", balances.lines[line.pk, account]))
        for column in LINE_SUMS:
            fen, done = getattr(line, column), business.sums[line.pk, column]
            if fen != done:
                yield Finding("line_business", differs(f"“{line.item}”的{LABELS[column]}", fen, "各笔业务合计", done))
        if not 0 <= line.advanced_fen <= line.paid_fen <= line.approved_fen <= line.amount_fen - line.released_fen:
            yield Finding("line_order", f"“{line.item}”的拨款超过方案金额，或者各项金额的先后关系不符")

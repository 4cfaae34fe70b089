"""Proof that a cycle's money is what its acts made it: the ledger, the running sums, the payments and the cap.

Three readings are held against one another: the ledger's postings, the sums kept on cycle, awards and lines, and the
payments, demands and decisions themselves. None is trusted. Memory does not grow with the number of awards.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Max, Sum
from django_scopes import scopes_disabled

from apps.cases.models import Act
from apps.cases.workflow.engine import rules_of
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import Account, CycleState, EntryKind
from apps.subsidies.models import Award, CapException, FundingCycle, LedgerEntry, LedgerPosting
from apps.subsidies.services.verification_awards import award_findings
from apps.subsidies.services.verification_chain import chain_findings
from apps.subsidies.services.verification_finding import Finding, differs

__all__ = ["Finding", "findings_of", "verify_cycle"]

UNFUNDED = (CycleState.DRAFT, CycleState.PROPOSED, CycleState.DROPPED)
CHUNK = 200


def verify_cycle(cycle: FundingCycle) -> list[Finding]:
    """Everything that is wrong with the cycle's money; nothing where all is in order."""
    return list(findings_of(cycle))


def findings_of(cycle: FundingCycle) -> Iterator[Finding]:
    """As :func:`verify_cycle`, one after another."""
    with scopes_disabled():
        fresh = FundingCycle.objects.select_related("case").get(pk=cycle.pk)
    yield from chain_findings(fresh)
    yield from _cycle_findings(fresh)
    yield from _cap_findings(fresh)
    yield from _award_findings(fresh)


def _award_findings(cycle: FundingCycle) -> Iterator[Finding]:
    last = 0
    while pks := _next_awards(cycle, last):
        yield from award_findings(cycle, pks)
        last = pks[-1]


@scopes_disabled()
def _next_awards(cycle: FundingCycle, last: int) -> list[int]:
    awards = Award.objects.filter(cycle_id=cycle.pk, pk__gt=last).order_by("pk")
    return list(awards.values_list("pk", flat=True)[:CHUNK])


@scopes_disabled()
def _cycle_findings(cycle: FundingCycle) -> list[Finding]:
    """The cycle's own sums against its awards' and the ledger's."""
    found = []
    entries = LedgerEntry.objects.filter(cycle_id=cycle.pk, kind=EntryKind.APPROPRIATE)
    expected = 0 if cycle.case.state in UNFUNDED or not cycle.budget_fen else 1
    if entries.count() != expected:
        found.append(Finding("appropriation", f"周期指标应有{expected}笔下达分录，账簿中有{entries.count()}笔"))
    launches = Act.objects.filter(case_id=cycle.pk, name="launch").exclude(ledger_entries__cycle_id=cycle.pk)
    if expected and launches.exists():
        found.append(Finding("act_without_entry", "批准开放周期，账簿没有相应的下达分录"))
    sums = Award.objects.filter(cycle_id=cycle.pk).order_by().aggregate(net=Sum(F("granted_fen") - F("released_fen")))
    if (sums["net"] or 0) != cycle.granted_fen:
        found.append(
            Finding("cycle_granted", differs("周期已资助金额", cycle.granted_fen, "各项资助之和", sums["net"] or 0))
        )
    left = _credit(cycle, Account.AVAILABLE)
    if left != (cycle.budget_fen if expected else 0) - cycle.granted_fen:
        found.append(
            Finding("cycle_available", differs("可安排指标", cycle.budget_fen - cycle.granted_fen, "账簿", left))
        )
    if cycle.granted_fen > cycle.budget_fen:
        found.append(Finding("over_budget", differs("已资助金额", cycle.granted_fen, "超过周期指标", cycle.budget_fen)))
    return found


def _credit(cycle: FundingCycle, account: str) -> int:
    postings = LedgerPosting.objects.filter(entry__cycle_id=cycle.pk).order_by()
    debit = postings.filter(debit=account).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return int((postings.filter(credit=account).aggregate(fen=Sum("amount_fen"))["fen"] or 0) - debit)


@scopes_disabled()
def _cap_findings(cycle: FundingCycle) -> list[Finding]:
    """Bases that were granted more than the cap without an exception that two people signed (Shanghai 32)."""
    funding = rules_of(cycle.case).funding
    if funding is None or funding.scheme is None:
        return []
    cap = funding.scheme.cap_fen
    awards = Award.objects.filter(cycle_id=cycle.pk).order_by()
    net = awards.values("base_id").annotate(net=Sum(F("granted_fen") - F("released_fen")), last=Max("pk"))
    over = net.filter(net__gt=cap).order_by("base_id")
    found = []
    for row in over.values("base_id", "base__number", "net").iterator(chunk_size=CHUNK):
        allowed = max((cap, *_signed_totals(cycle, row["base_id"])))
        if row["net"] > allowed:
            message = f"基地{row['base__number']}在本周期共获资助{yuan(row['net'])}，超过准许的{yuan(allowed)}，没有双签的超限额依据"
            found.append(Finding("over_cap", message))
    return found


def _signed_totals(cycle: FundingCycle, base: int) -> list[int]:
    """What exceptions for the base allow: those that two people signed, neither of whom recorded them."""
    rows = CapException.objects.filter(award__cycle_id=cycle.pk, award__base_id=base)
    return [one.total_fen for one in rows.select_related("first_signature", "second_signature") if _is_signed(one)]


def _is_signed(exception: CapException) -> bool:
    first, second = exception.first_signature, exception.second_signature
    if first is None or second is None or {first.case_id, second.case_id} != {exception.award_id}:
        return False
    return len({exception.recorded_by_id, first.actor_id, second.actor_id}) == 3

"""Acts that move money without an entry in the ledger."""

from __future__ import annotations

from apps.cases.models import Act
from apps.subsidies.enums import EntryKind as K
from apps.subsidies.models import Award, FundingCycle, LedgerEntry
from apps.subsidies.services.verification_business import Business
from apps.subsidies.services.verification_finding import Finding

POSTED = {
    "sign_award": K.GRANT,
    "approve": K.APPROVE,
    "record_payment": K.PAY,
    "sign_reversal": K.REVERSE,
    "sign_demand": K.DEMAND,
    "record_return": K.RETURN,
}


def missing_entries(cycle: FundingCycle, awards: list[Award], business: Business) -> list[Finding]:
    """Decisions, payments, reversals, demands and returns that the ledger does not know. Two queries."""
    numbers = {award.pk: award.case.number for award in awards}
    owners = {one.pk: award for award, rows in business.payments.items() for one in rows}
    owners |= {one.pk: award for award, rows in business.recoveries.items() for one in rows}
    owners |= {award.pk: award.pk for award in awards}
    decided = Act.objects.filter(case_id__in=list(numbers), name="sign_award").only(
        "pk", "case_id", "seq", "name", "label"
    )
    acts = [*decided, *(act for rows in business.acts.values() for act in rows if act.name in POSTED)]
    entries = LedgerEntry.objects.filter(cycle_id=cycle.pk, award_id__in=list(numbers)).order_by()
    posted = set(entries.values_list("act_id", "kind"))
    return [
        Finding(
            "act_without_entry",
            f"{numbers[owners[act.case_id]]}：办理记录“{act.label}”没有相应的分录",
            numbers[owners[act.case_id]],
        )
        for act in acts
        if (act.pk, POSTED[act.name]) not in posted
    ]

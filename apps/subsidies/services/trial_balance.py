"""The trial balance of a cycle: what each account was debited and credited, in fen, read off the ledger alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Sum
from django_scopes import scopes_disabled

from apps.cases.models import NumberSequence
from apps.subsidies.enums import Account
from apps.subsidies.models import FundingCycle, LedgerPosting

KEPT_SECONDS = 600
MEANINGS = {
    Account.APPROPRIATION: "周期开放时下达的指标。借方余额为下达总额。",
    Account.AVAILABLE: "下达后尚未批准给任何基地的指标，含核减收回的。贷方余额为还可批准的金额。",
    Account.COMMITTED: "已批准给基地、尚未批准拨付的金额。贷方余额为已资助未拨付。",
    Account.PAYABLE: "拨款已获批准、尚未支付的金额。贷方余额为待支付。",
    Account.BANK: "从银行付出、缴回的金额。贷方余额为净支付。",
    Account.RECEIVABLE: "已要求基地缴回、尚未到账的金额。借方余额为应追回。",
    Account.CLAWBACK: "要求缴回的累计，免予追回的已减去。贷方余额为要求缴回的金额。",
}


@dataclass(frozen=True)
class AccountLine:
    """One account: totals of both sides in fen, how many postings touch it, and where its balance stands."""

    account: str
    label: str
    meaning: str
    debit_fen: int
    credit_fen: int
    postings: int

    @property
    def debit_balance_fen(self) -> int:
        return max(self.debit_fen - self.credit_fen, 0)

    @property
    def credit_balance_fen(self) -> int:
        return max(self.credit_fen - self.debit_fen, 0)


@dataclass(frozen=True)
class TrialBalance:
    """Every account in the order of the business; totals of each column."""

    lines: tuple[AccountLine, ...]
    debit_fen: int
    credit_fen: int
    debit_balance_fen: int
    credit_balance_fen: int

    @property
    def balances(self) -> bool:
        return self.debit_fen == self.credit_fen and self.debit_balance_fen == self.credit_balance_fen


def kept_trial_balance(cycle: FundingCycle) -> TrialBalance:
    """As :func:`trial_balance`, counted once for each last entry: the ledger only grows. One query, else two.

    For pages. What somebody changed behind the portal's back is verification's to find.
    """
    last = NumberSequence.objects.filter(pk=f"ledger:{cycle.pk}").values_list("last", flat=True).first() or 0
    found: TrialBalance = cache.get_or_set(
        f"trial-balance:{cycle.pk}:{last}", lambda: trial_balance(cycle), KEPT_SECONDS
    )
    return found


@scopes_disabled()
def trial_balance(cycle: FundingCycle) -> TrialBalance:
    """The cycle's trial balance. One query; the caller has checked that the reader may see the cycle."""
    debit, credit, postings = dict.fromkeys(Account, 0), dict.fromkeys(Account, 0), dict.fromkeys(Account, 0)
    rows = LedgerPosting.objects.filter(entry__cycle_id=cycle.pk).order_by().values("debit", "credit")
    for row in rows.annotate(fen=Sum("amount_fen"), number=Count("pk")):
        debit[Account(row["debit"])] += row["fen"]
        credit[Account(row["credit"])] += row["fen"]
        for account in {row["debit"], row["credit"]}:
            postings[Account(account)] += row["number"]
    lines = tuple(
        AccountLine(one.value, str(one.label), MEANINGS[one], debit[one], credit[one], postings[one]) for one in Account
    )
    return TrialBalance(
        lines,
        sum(debit.values()),
        sum(credit.values()),
        sum(line.debit_balance_fen for line in lines),
        sum(line.credit_balance_fen for line in lines),
    )

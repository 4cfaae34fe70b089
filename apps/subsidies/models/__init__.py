"""Models of public money. Cycle, award, plan, payment, acceptance, report and recovery share their case's key."""

from apps.subsidies.models.acceptances import (
    Acceptance,
    AcceptanceLine,
    AcceptanceOpinion,
    AcceptanceResult,
    AcceptanceReviewer,
)
from apps.subsidies.models.awards import (
    Award,
    AwardLine,
    CapException,
    SupervisionReport,
    SupervisorAssignment,
    Tranche,
)
from apps.subsidies.models.bank import BankLine, BankStatement
from apps.subsidies.models.cycles import FundingCycle
from apps.subsidies.models.ledger import LedgerEntry, LedgerPosting
from apps.subsidies.models.payments import FundPayment, PaymentItem
from apps.subsidies.models.plans import OwnFund, PerformanceTarget, UsePlan, UsePlanLine
from apps.subsidies.models.recoveries import FundRecovery, FundReturn, RecoveryLine
from apps.subsidies.models.spending import SpendingReport, SpendingRow

__all__ = [
    "Acceptance",
    "AcceptanceLine",
    "AcceptanceOpinion",
    "AcceptanceResult",
    "AcceptanceReviewer",
    "Award",
    "AwardLine",
    "BankLine",
    "BankStatement",
    "CapException",
    "FundPayment",
    "FundRecovery",
    "FundReturn",
    "FundingCycle",
    "LedgerEntry",
    "LedgerPosting",
    "OwnFund",
    "PaymentItem",
    "PerformanceTarget",
    "RecoveryLine",
    "SpendingReport",
    "SpendingRow",
    "SupervisionReport",
    "SupervisorAssignment",
    "Tranche",
    "UsePlan",
    "UsePlanLine",
]

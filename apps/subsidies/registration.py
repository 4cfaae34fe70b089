"""Where the steps of public money are taken, and what its case pages show: one module for each piece."""

from apps.subsidies import (  # noqa: F401
    acceptance_registration,
    award_registration,
    cycle_registration,
    filing_registration,
    payment_registration,
    plan_registration,
    recovery_registration,
    review_registration,
    spending_registration,
)

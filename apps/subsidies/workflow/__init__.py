"""The workflows of public money, one table per kind of case, one module each.

Which lines exist for a jurisdiction is asked of its rulebook (``when``); nothing here knows a jurisdiction.
"""

from apps.subsidies.workflow.acceptances import ACCEPTANCE
from apps.subsidies.workflow.awards import AWARD
from apps.subsidies.workflow.cycles import FUNDING_CYCLE
from apps.subsidies.workflow.payments import FUND_PAYMENT
from apps.subsidies.workflow.plans import USE_PLAN
from apps.subsidies.workflow.recoveries import FUND_RECOVERY
from apps.subsidies.workflow.spending import SPENDING_REPORT

__all__ = ["ACCEPTANCE", "AWARD", "FUNDING_CYCLE", "FUND_PAYMENT", "FUND_RECOVERY", "SPENDING_REPORT", "USE_PLAN"]

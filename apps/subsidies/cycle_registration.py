"""Where the steps of funding cycles are taken, and what their case page shows."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.subsidies.models import FundingCycle
from apps.subsidies.services import cycles


def _summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    cycle = FundingCycle.objects.get(pk=case.pk)
    return {"cycle": cycle, "left_fen": cycle.budget_fen - cycle.granted_fen}


register_page(CaseKind.FUNDING_CYCLE, "edit", "subsidies:cycle_edit")
register_plain(CaseKind.FUNDING_CYCLE, "propose", "drop", "send_back")
register_service(CaseKind.FUNDING_CYCLE, "launch")(cycles.launch)
register_plain(CaseKind.FUNDING_CYCLE, "propose_settlement", "send_back_settlement", "settle")
register_summary(CaseKind.FUNDING_CYCLE, "subsidies/cycles/_case.html", _summary)

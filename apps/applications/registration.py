"""Where the steps of rounds are taken and what their case page shows."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.applications.services import rounds
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case


def _round_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    return {"round": case.round}


register_page(CaseKind.ROUND, "edit", "applications:round_edit")
register_plain(CaseKind.ROUND, "propose", "send_back", "finish")
register_service(CaseKind.ROUND, "publish")(rounds.publish)
register_summary(CaseKind.ROUND, "applications/rounds/_summary.html", _round_summary)

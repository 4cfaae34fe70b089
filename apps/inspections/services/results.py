"""Findings, the base's answer to them, the grade, and the result signed by somebody else."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases import clocks
from apps.cases.enums import ClockBasis
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import perform
from apps.documents.services import issue
from apps.inspections.models import Inspection
from apps.inspections.services import sheets
from apps.inspections.services.inspection_documents import findings_content, result_content

ANSWER_CLOCK = "answer"


def send_findings(case: Case, actor: Actor, reason: str = "") -> Act:
    """Tell the base what was found wrong, by letter, and let its days to answer run. Raises as perform() does."""
    inspection = _inspection(case)
    today = timezone.localdate()
    days = [today + dt.timedelta(days=offset) for offset in range(1, inspection.campaign.answer_days + 1)]
    due = days[-1] if days else today

    def change(locked: Case, act: Act) -> None:
        fresh = _inspection(locked)
        items = list(fresh.items.all())
        issue(
            locked,
            act,
            "inspection_findings",
            findings_content(fresh, act, items, due),
            issuer=fresh.inspector,
            addressee=locked.institution,
        )
        clocks.start_clock(
            locked,
            ANSWER_CLOCK,
            "申辩说明",
            due,
            basis=ClockBasis.OFFICER,
            articles=act.articles,
            counted=days,
            note="自然日，送达次日起算，至末日 24 时止；期限由检查组织单位确定",
        )

    return perform(
        case, "send_findings", actor, reason=reason, data=_snapshot(inspection, sheets.FINDINGS), change=change
    )


def answer_findings(case: Case, actor: Actor, reason: str = "") -> Act:
    """Submit the base's answer. Raises as perform() does."""
    return perform(
        case,
        "answer_findings",
        actor,
        reason=reason,
        data=_snapshot(_inspection(case), sheets.ANSWER),
        change=lambda locked, act: clocks.end_clock(locked, ANSWER_CLOCK),
    )


def save_and_answer(case: Case, actor: Actor, values: sheets.Values, version: int | None) -> Act:
    """Save the answer as written and submit it, both or neither."""
    with transaction.atomic():
        sheets.save_draft(case, sheets.ANSWER, actor, values, version)
        return answer_findings(case, actor)


def propose_grade(case: Case, actor: Actor, reason: str = "") -> Act:
    """Put verdicts and grade to the head. Raises as perform() does."""
    inspection = _inspection(case)
    data = {**_snapshot(inspection, sheets.VERDICTS), "grade": inspection.grade, "commended": inspection.commended}
    return perform(case, "propose_grade", actor, reason=reason, data=data)


def sign_result(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign the result: the letter goes to the base, its managing unit and its authority. Raises as perform() does."""
    inspection = _inspection(case)

    def change(locked: Case, act: Act) -> None:
        fresh = _inspection(locked)
        issue(
            locked,
            act,
            "inspection_result",
            result_content(fresh, act, list(fresh.items.all())),
            issuer=fresh.inspector,
            addressee=locked.institution,
            deliver_to=[one for one in (fresh.base.managing_unit, locked.authority) if one and one != fresh.inspector],
        )

    return perform(case, "sign_result", actor, reason=reason, data={"grade": inspection.grade}, change=change)


def _inspection(case: Case) -> Inspection:
    return (
        Inspection.objects.select_related("case__institution", "campaign__case", "base__managing_unit", "inspector")
        .prefetch_related("items")
        .get(pk=case.pk)
    )


def _snapshot(inspection: Inspection, stage: sheets.Stage) -> dict[str, Any]:
    """What an act keeps of a sheet: the first field of every item, and the SHA-256 of everything written."""
    written = {item.code: [getattr(item, name) for name in stage.item_fields] for item in inspection.items.all()}
    text = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    shown = {} if stage is sheets.ANSWER else {code: values[0] for code, values in written.items()}
    return {"items": shown, "sha256": hashlib.sha256(text.encode()).hexdigest()}

"""The parts a line is paid in: computed by the rulebook, kept beside what is already claimed or paid."""

from __future__ import annotations

from typing import Any

from apps.cases.workflow.engine import rules_of
from apps.subsidies.enums import When
from apps.subsidies.models import Award, AwardLine, Tranche, UsePlanLine


def lay_out(award: Award, line: AwardLine, planned: UsePlanLine) -> None:
    """Set the tranches of ``line`` to what its text makes of ``planned`` (Shanghai 37): ``line.amount_fen`` in all.

    Tranches that a payment has claimed stay as they are; the others are done away with and what remains of the line is
    laid out anew: where nothing is claimed, as the rulebook says; else the remainder is one part after acceptance, or
    by agreement where the line is paid so. Raises ValueError where the line is smaller than what is claimed.
    """
    claimed = [one for one in line.tranches.all() if not one.is_cancelled and one.payment_id is not None]
    line.tranches.filter(is_cancelled=False, payment__isnull=True).update(is_cancelled=True)
    taken = sum(one.amount_fen for one in claimed)
    if taken > line.amount_fen:
        raise ValueError(f"line {line.pk} is smaller than what is claimed of it")
    parts = _parts(award, line, planned)
    if claimed:
        last = parts[-1] if parts else None
        rest = line.amount_fen - taken
        when = When.BY_AGREEMENT if last and last["when"] == When.BY_AGREEMENT else When.AFTER_ACCEPTANCE
        parts = [{**(last or {}), "when": when, "amount_fen": rest}] if rest else []
    seq = line.tranches.count()
    for place, part in enumerate(parts, start=1):
        if part["amount_fen"]:
            Tranche.objects.create(
                line=line,
                seq=seq + place,
                when=part["when"],
                label=part.get("agreed", ""),
                amount_fen=part["amount_fen"],
                article=part.get("article", ""),
            )


def trim(line: AwardLine) -> int:
    """After acceptance: cut the unclaimed tranches of ``line`` to what is recognised, and say how many fen fall away.

    What remains payable is ``accepted_fen`` less what is claimed already, never below nothing.
    """
    if line.accepted_fen is None:
        raise ValueError(f"line {line.pk} is not accepted")
    live = [one for one in line.tranches.order_by("seq") if not one.is_cancelled]
    room = max(line.accepted_fen - sum(one.amount_fen for one in live if one.payment_id is not None), 0)
    dropped = 0
    for one in (one for one in live if one.payment_id is None):
        kept = min(one.amount_fen, room)
        room -= kept
        dropped += one.amount_fen - kept
        if kept:
            Tranche.objects.filter(pk=one.pk).update(amount_fen=kept)
        else:
            Tranche.objects.filter(pk=one.pk).update(is_cancelled=True)
    return dropped


def is_due(tranche: Tranche) -> bool:
    """Whether the tranche may be asked for now: an advance or an agreed part at once, the rest once accepted."""
    if tranche.is_cancelled:
        return False
    return tranche.when != When.AFTER_ACCEPTANCE or tranche.line.accepted_fen is not None


def _parts(award: Award, line: AwardLine, planned: UsePlanLine) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"category": line.category, "item": line.item, "amount_fen": line.amount_fen}
    if planned.finance_approval:
        asked["finance_approval"] = planned.finance_approval
    if planned.schedule:
        asked["agreed_schedule"] = planned.schedule
    answer = rules_of(award.case).tranches({"cycle": award.cycle.title, "granted_before_fen": 0, "lines": [asked]})
    return answer["lines"][0]["tranches"] if answer["lines"] else []

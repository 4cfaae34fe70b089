"""The parts a line is paid in: computed by the rulebook, kept beside what is already claimed or paid."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django_scopes import scopes_disabled

from apps.cases.workflow.engine import rules_of
from apps.subsidies.enums import When
from apps.subsidies.models import Award, AwardLine, Tranche, UsePlanLine
from apps.subsidies.workflow.people import scheme_of


def lay_out(award: Award, line: AwardLine, planned: UsePlanLine) -> None:
    """Set the tranches of ``line`` to what its text makes of ``planned`` (Shanghai 37): ``line.amount_fen`` in all.

    Tranches that a payment has claimed stay as they are; the others are done away with and what remains of the line is
    laid out anew: where nothing is claimed, as the rulebook says; else the remainder is one part after acceptance, or
    by agreement where the line is paid so. An accepted line keeps its tranches. Raises ValueError where the line is
    smaller than what is claimed, or accepted and not what its tranches add up to.
    """
    if line.accepted_fen is not None:
        if sum(one.amount_fen for one in _live(line)) != line.amount_fen - line.released_fen:
            raise ValueError(f"line {line.pk} is accepted and cannot change")
        return
    live = _live(line)
    claimed = [one for one in live if one.payment_id is not None]
    with scopes_disabled():
        Tranche.objects.filter(pk__in=[one.pk for one in live if one.payment_id is None]).update(is_cancelled=True)
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


def keep_advances(award: Award) -> None:
    """After a change: all advances of a use stay within the share its text gives in advance (Shanghai 37).

    Lines already paid in advance are not made smaller and new ones set beside them to draw a second advance on the
    same money: what exceeds the share of the use's lines not yet accepted is put off until acceptance, last line first.
    What payments have claimed stays.
    """
    scheme = scheme_of(award.case)
    for use in (one for one in scheme.uses if one.terms == "advance_then_acceptance"):
        lines = list(AwardLine.objects.filter(award=award, category=use.category, accepted_fen__isnull=True))
        advances = [one for line in lines for one in _live(line) if one.when == When.ADVANCE]
        most = sum(line.amount_fen for line in lines) * use.advance_percent // 100
        excess = sum(one.amount_fen for one in advances) - most
        for one in (one for one in reversed(advances) if one.payment_id is None):
            cut = min(max(excess, 0), one.amount_fen)
            excess -= cut
            if cut:
                _put_off(one, cut)


def _put_off(advance: Tranche, fen: int) -> None:
    """Move ``fen`` of an unclaimed advance to what its line is paid after acceptance."""
    with scopes_disabled():
        row = Tranche.objects.filter(pk=advance.pk)
        left = advance.amount_fen - fen
        row.update(amount_fen=left) if left else row.update(is_cancelled=True)
        later = Tranche.objects.filter(
            line=advance.line_id, when=When.AFTER_ACCEPTANCE, payment__isnull=True, is_cancelled=False
        ).first()
        if later is not None:
            Tranche.objects.filter(pk=later.pk).update(amount_fen=later.amount_fen + fen)
            return
        Tranche.objects.create(
            line_id=advance.line_id,
            seq=Tranche.objects.filter(line=advance.line_id).count() + 1,
            when=When.AFTER_ACCEPTANCE,
            amount_fen=fen,
            article=advance.article,
        )


def trim(line: AwardLine) -> int:
    """After acceptance: cut the unclaimed tranches of ``line`` to what is recognised, and say how many fen fall away.

    What remains payable is ``accepted_fen`` less what is claimed already, never below nothing. Does nothing a second
    time, unless a claimed tranche was freed meanwhile: call it again then, and release what it says.
    """
    if line.accepted_fen is None:
        raise ValueError(f"line {line.pk} is not accepted")
    live = _live(line)
    room = max(line.accepted_fen - sum(one.amount_fen for one in live if one.payment_id is not None), 0)
    dropped = 0
    for one in (one for one in live if one.payment_id is None):
        kept = min(one.amount_fen, room)
        room -= kept
        dropped += one.amount_fen - kept
        with scopes_disabled():
            row = Tranche.objects.filter(pk=one.pk)
            row.update(amount_fen=kept) if kept else row.update(is_cancelled=True)
    return dropped


def _live(line: AwardLine) -> list[Tranche]:
    """The tranches of ``line`` that count, locked to the end of the transaction: nobody claims or frees one meanwhile."""
    with scopes_disabled():
        found = Tranche.objects.filter(line_id=line.pk, is_cancelled=False).order_by("seq")
        return list(found.select_for_update() if connection.features.has_select_for_update else found)


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

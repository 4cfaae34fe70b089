"""The random draw of bases: from their numbers and a seed always the same order, so that anybody can redo it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.inspections.enums import Selection
from apps.inspections.models import Campaign
from apps.inspections.services import organising

ALGORITHM = "sha256-order-1"
"""Each base's number is hashed as ``seed:number``; the bases stand in the order of the hashes (hex, ascending)."""


def order_of(seed: str, numbers: Iterable[str]) -> list[tuple[str, str]]:
    """Every number with the hash that decides its place, in order. The order of ``numbers`` does not matter."""
    return sorted(((number, place(seed, number)) for number in set(numbers)), key=lambda pair: pair[1])


def place(seed: str, number: str) -> str:
    """SHA-256 of ``seed:number`` in hexadecimal."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def first(seed: str, numbers: Iterable[str], count: int) -> list[str]:
    """The first ``count`` numbers in the order that ``seed`` gives, sorted by number."""
    return sorted(number for number, _ in order_of(seed, numbers)[:count])


def pool_sha256(numbers: Iterable[str]) -> str:
    """The fingerprint of the pool: compact JSON of the sorted numbers."""
    return hashlib.sha256(json.dumps(sorted(numbers), separators=(",", ":")).encode()).hexdigest()


def draw(case: Case, actor: Actor, reason: str = "") -> Act:
    """Draw the bases of a campaign that is still a draft, with a seed nobody can foresee.

    A second draw needs a reason; every draw stays in the log with its seed and pool. Raises Blocked where the
    campaign chooses in another way or asks for more bases than there are.
    """
    seed, at = secrets.token_hex(16), timezone.now()
    with transaction.atomic():
        lock_case(case.pk)
        campaign = Campaign.objects.select_related("case", "organiser").get(pk=case.pk)
        pool = list(organising.reach(campaign).values_list("number", flat=True))
        entry = {
            "at": at.isoformat(),
            "by": actor.user.name,
            "reason": reason.strip(),
            "algorithm": ALGORITHM,
            "seed": seed,
            "size": campaign.draw_size,
            "pool": pool,
            "pool_sha256": pool_sha256(pool),
            "chosen": first(seed, pool, campaign.draw_size or 0),
        }

        def change(locked: Case, act: Act) -> None:
            _check(campaign, pool, reason)
            campaign.chosen = entry["chosen"]
            campaign.draw_seed = seed
            campaign.draw_log = [*campaign.draw_log, {"act": act.seq, **entry}]
            campaign.save(update_fields=["chosen", "draw_seed", "draw_log"])

        data = {name: entry[name] for name in ("algorithm", "seed", "size", "pool_sha256")}
        return perform(case, "draw", actor, reason=reason, data=data, change=change)


def repeats(campaign: Campaign) -> bool:
    """Whether the latest draw, made again from its seed and pool, gives the bases the campaign has chosen."""
    if not campaign.draw_log or not campaign.draw_seed:
        return False
    latest = campaign.draw_log[-1]
    return latest["seed"] == campaign.draw_seed and checked(latest) and latest["chosen"] == campaign.chosen


def checked(entry: dict[str, Any]) -> bool:
    """Whether one entry of the log is what its own seed and pool give."""
    return (
        entry["chosen"] == first(entry["seed"], entry["pool"], entry["size"])
        and pool_sha256(entry["pool"]) == entry["pool_sha256"]
    )


def _check(campaign: Campaign, pool: list[str], reason: str) -> None:
    if campaign.selection != Selection.DRAW:
        raise Blocked(Problem("not_by_draw", "本次检查不是随机抽取，请先在方案中改为随机抽取。", where="selection"))
    if not campaign.draw_size:
        raise Blocked(Problem("draw_size_missing", "请先在方案中填写抽取数量。", where="draw_size"))
    if campaign.draw_size > len(pool):
        raise Blocked(
            Problem("draw_size", f"可抽取的基地只有 {len(pool)} 家，不足 {campaign.draw_size} 家。", where="draw_size")
        )
    if campaign.draw_log and not reason.strip():
        raise Blocked(Problem("reason_missing", "已经抽取过；重新抽取须写明理由，前次结果仍保留在案。", where="reason"))

"""The chain of hashes over a case's acts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.cases.models import Act


def act_hash(act: Act) -> str:
    """SHA-256 over everything the act says and the hash of the act before it, as canonical JSON."""
    record = {
        "case": act.case_id,
        "seq": act.seq,
        "name": act.name,
        "label": act.label,
        "actor": act.actor_id,
        "organisation": act.organisation_id,
        "from": act.from_state,
        "to": act.to_state,
        "reason": act.reason,
        "articles": act.articles,
        "data": act.data,
        "internal": act.is_internal,
        "at": act.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "prev": act.prev_hash,
    }
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

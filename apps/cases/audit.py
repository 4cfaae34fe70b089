"""Proof that the acts are what they were: the chain, and daily digests kept outside the database.

A digest file covers one day (Asia/Shanghai): for each case touched, the number and hash of its last act of that day,
and the digest of the file before it. Acts edited, removed or cut off at the tail disagree with the chain, with the
case's own counter, or, when somebody also mended those, with the sealed files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from apps.cases.chain import act_hash
from apps.cases.clocks import SHANGHAI
from apps.cases.models import Act, Case

CHUNK = 500


@dataclass(frozen=True)
class Finding:
    """A case whose acts are not what they were, and what is wrong, in Chinese."""

    case_number: str
    message: str


def seal_until(today: dt.date) -> list[Path]:
    """Write the digest of every full day before ``today`` that has acts and no file yet; return the new files."""
    first = Act.objects.order_by("at").values_list("at", flat=True).first()
    if first is None:
        return []
    day = first.astimezone(SHANGHAI).date()
    written = []
    while day < today:
        path = _path(day)
        if not path.exists():
            tails = _tails(day)
            if tails:
                written.append(_write(path, day, tails))
        day += dt.timedelta(days=1)
    return written


def verify() -> Iterator[Finding]:
    """Every disagreement between acts, cases and digests. Memory does not grow with the number of acts."""
    yield from _verify_chains()
    yield from _verify_digests()


def verify_recent(limit: int, number: str = "") -> tuple[int, list[Finding]]:
    """How many cases were checked and what was found: case ``number``, or the ``limit`` opened last.

    For the page of an audit administrator: bounded, and confined to the jurisdictions of the open scope. The sealed
    digests are compared for these cases only. Three queries and the digest files.
    """
    cases = Case.objects.filter(number=number) if number else Case.objects.order_by("-pk")
    chosen = list(cases.prefetch_related(Prefetch("acts", Act.objects.order_by("seq")))[:limit])
    findings = [finding for case in chosen for finding in _verify_chain(case, case.acts.all())]
    hashes = {(case.number, act.seq): act.hash for case in chosen for act in case.acts.all()}
    numbers = {case.number for case in chosen}
    for _, _, sealed in _sealed_files():
        for sealed_number, tail in sealed["cases"].items():
            if sealed_number in numbers:
                findings += _compare(sealed_number, sealed["day"], tail, hashes.get((sealed_number, tail["seq"])))
    return len(chosen), findings


def digest_files(limit: int) -> list[tuple[str, str, int]]:
    """The latest ``limit`` sealed days: day, SHA-256 of the file, and how many cases it names."""
    found = [(str(sealed["day"]), digest, len(sealed["cases"])) for _, digest, sealed in _sealed_files()]
    return found[::-1][:limit]


def _verify_chains() -> Iterator[Finding]:
    """Every case in chunks of two queries. What looks wrong is read again alone: an act may have come in between."""
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        acts: dict[int, list[Act]] = {}
        for act in Act.objects.filter(case_id__gt=last, case_id__lte=cases[-1].pk).order_by("case_id", "seq"):
            acts.setdefault(act.case_id, []).append(act)
        for case in cases:
            if any(_verify_chain(case, acts.get(case.pk, ()))):
                yield from _verify_chain(
                    Case.objects.get(pk=case.pk), Act.objects.filter(case_id=case.pk).order_by("seq")
                )
        last = cases[-1].pk


def _verify_chain(case: Case, acts: Iterable[Act]) -> Iterator[Finding]:
    prev, state, count = "", "", 0
    for act in acts:
        count += 1
        if act.seq != count:
            yield Finding(case.number, f"第 {count} 条办理记录缺失")
            count = act.seq
        if act.prev_hash != prev:
            yield Finding(case.number, f"第 {act.seq} 条与前一条的散列不相连")
        if act.hash != act_hash(act):
            yield Finding(case.number, f"第 {act.seq} 条内容被改动")
        prev, state = act.hash, act.to_state
    if count != case.act_count or prev != case.tail_hash:
        yield Finding(case.number, f"末尾记录被截去：应有 {case.act_count} 条，实有 {count} 条")
    elif state != case.state:
        yield Finding(case.number, "办件状态与最后一条办理记录不符")


def _verify_digests() -> Iterator[Finding]:
    previous = ""
    for path, digest, sealed in _sealed_files():
        if sealed["previous"] != previous:
            yield Finding("—", f"封存文件 {path.name} 与前一日封存不相连")
        previous = digest
        for number, tail in sealed["cases"].items():
            found = Act.objects.filter(case__number=number, seq=tail["seq"]).values_list("hash", flat=True).first()
            yield from _compare(number, sealed["day"], tail, found)


def _compare(number: str, day: str, tail: dict[str, Any], found: str | None) -> Iterator[Finding]:
    if found is None:
        yield Finding(number, f"封存于 {day} 的第 {tail['seq']} 条办理记录已不存在")
    elif found != tail["hash"]:
        yield Finding(number, f"第 {tail['seq']} 条与 {day} 的封存不符")


def _sealed_files() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Every digest file, oldest first: its path, its own SHA-256 and what it says."""
    directory = Path(settings.DIGESTS_DIR)
    for path in sorted(directory.glob("*.json")) if directory.exists() else []:
        raw = path.read_bytes()
        yield path, hashlib.sha256(raw).hexdigest(), json.loads(raw)


def _tails(day: dt.date) -> dict[str, dict[str, object]]:
    start = dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)
    acts = Act.objects.filter(at__gte=start, at__lt=start + dt.timedelta(days=1)).order_by("case__number", "seq")
    rows = acts.values_list("case__number", "seq", "hash").iterator()
    return {number: {"seq": seq, "hash": value} for number, seq, value in rows}


def _write(path: Path, day: dt.date, tails: dict[str, dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    earlier = sorted(other for other in path.parent.glob("*.json") if other.name < path.name)
    previous = hashlib.sha256(earlier[-1].read_bytes()).hexdigest() if earlier else ""
    sealed = {"day": day.isoformat(), "sealed_at": timezone.now().isoformat(), "previous": previous, "cases": tails}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(sealed, ensure_ascii=False, sort_keys=True, indent=1), encoding="utf-8")
    part.chmod(0o440)
    part.replace(path)
    return path


def _path(day: dt.date) -> Path:
    return Path(settings.DIGESTS_DIR) / f"{day.isoformat()}.json"

"""What a reader is shown of an inspection's items: the base sees neither drafts of the inspectors nor they its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.accounts.actors import Actor
from apps.inspections.enums import InspectionState as S
from apps.inspections.enums import Verdict
from apps.inspections.models import Inspection, InspectionItem
from apps.inspections.services.sheets import files_of

TONES = {Verdict.MEETS: "success", Verdict.IMPROVE: "warning", Verdict.FAILS: "danger"}
_ORDER = (
    S.PREPARED,
    S.SELF_ASSESSING,
    S.DESK_REVIEW,
    S.VISITING,
    S.VISIT_CONFIRMING,
    S.FINDINGS,
    S.AWAITING_ANSWER,
    S.ANSWERED,
    S.GRADE_PROPOSED,
    S.CONCLUDED,
)
_COLUMNS = (
    ("自评", "self_verdict", "self_text"),
    ("材料审核", "desk_verdict", "desk_text"),
    ("实地检查", "visit_verdict", "visit_text"),
    ("检查发现", "finding", "finding_text"),
    ("申辩说明", "", "answer"),
    ("认定", "verdict", "verdict_text"),
)
_OTHERS_SEE_FROM = {"self_text": S.DESK_REVIEW, "answer": S.ANSWERED}
_BASE_SEES_FROM = {
    "visit_text": S.VISIT_CONFIRMING,
    "finding_text": S.AWAITING_ANSWER,
    "verdict_text": S.CONCLUDED,
}


@dataclass(frozen=True)
class Known:
    """What one stage has said about an item."""

    label: str
    verdict: str
    verdict_label: str
    tone: str
    text: str


@dataclass
class ItemRow:
    item: InspectionItem
    known: list[Known] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)


def is_base(inspection: Inspection, actor: Actor | None) -> bool:
    return actor is not None and inspection.case.institution_id == actor.organisation.pk


def reached(inspection: Inspection, state: str) -> bool:
    """Whether the inspection has come as far as ``state``; one that was discontinued has come no further."""
    if inspection.case.state not in _ORDER:
        return False
    return _ORDER.index(S(inspection.case.state)) >= _ORDER.index(S(state))


def sees(inspection: Inspection, actor: Actor | None, text_field: str) -> bool:
    """Whether the reader may see what a stage, named by its text, has said."""
    if is_base(inspection, actor):
        if text_field == "desk_text":
            return False
        return text_field not in _BASE_SEES_FROM or reached(inspection, _BASE_SEES_FROM[text_field])
    return text_field not in _OTHERS_SEE_FROM or reached(inspection, _OTHERS_SEE_FROM[text_field])


def item_rows(inspection: Inspection, actor: Actor | None, *, without: tuple[str, ...] = ()) -> list[ItemRow]:
    """Every item with what the reader may know of it and its files. Two queries.

    ``without``: stages left out, named by their text, because the page shows them as fields.
    """
    shown = [column for column in _COLUMNS if column[2] not in without and sees(inspection, actor, column[2])]
    files = _files(inspection, actor)
    return [
        ItemRow(item, [known for column in shown if (known := _known(item, *column))], files.get(item.code, []))
        for item in inspection.items.all()
    ]


def _known(item: InspectionItem, label: str, verdict_field: str, text_field: str) -> Known | None:
    verdict = getattr(item, verdict_field) if verdict_field else ""
    text = getattr(item, text_field)
    if not verdict and not text:
        return None
    if not verdict:
        return Known(label, "", "", "neutral", text)
    return Known(label, verdict, str(Verdict(verdict).label), TONES[Verdict(verdict)], text)


def _files(inspection: Inspection, actor: Actor | None) -> dict[str, list[Any]]:
    prefixes = {"self:": "self_text", "visit:": "visit_text", "answer:": "answer"}
    shown = tuple(prefix for prefix, text in prefixes.items() if sees(inspection, actor, text))
    found: dict[str, list[Any]] = {}
    for purpose, files in files_of(inspection.case, *shown).items() if shown else ():
        found.setdefault(purpose.split(":", 1)[1], []).extend(files)
    return found

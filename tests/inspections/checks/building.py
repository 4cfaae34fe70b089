"""Campaigns and inspections brought to the state a test starts from, by the steps that lead there."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from apps.accounts.actors import Actor
from apps.cases.models import Case
from apps.inspections.enums import Verdict
from apps.inspections.models import Campaign, Inspection
from apps.inspections.services import campaigns, inspections, launches, results, sheets
from tests.factories import Supervision


def values(**changed: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "title": "年度检查考核",
        "year": today.year,
        "selection": "all",
        "units": [],
        "draw_size": None,
        "self_due_on": today + dt.timedelta(days=10),
        "finish_by": today + dt.timedelta(days=60),
        "answer_days": 7,
        "instructions": "",
    } | changed


def organisers(world: Supervision, kind: str, jurisdiction: str) -> tuple[Actor, Actor]:
    """Officer and head of whoever usually arranges this kind of inspection."""
    by_unit = kind == "regular" and jurisdiction in ("national", "weihai", "zibo")
    return (world.unit_officer, world.unit_head) if by_unit else (world.office["officer"], world.office["head"])


def launched(
    world: Supervision, kind: str = "regular", *, organiser: tuple[Actor, Actor] | None = None, **changed: Any
) -> Campaign:
    officer, head = organiser or organisers(world, kind, world.base.jurisdiction_id)
    commissioned = changed.pop("commissioned", None)
    campaign = campaigns.open_campaign(
        officer, kind, values(**changed), commissioned=commissioned, sandbox=world.base.is_sandbox
    )
    campaigns.propose(campaign.case, officer)
    launches.launch(campaign.case, head)
    return Campaign.objects.select_related("case", "organiser").get(pk=campaign.pk)


def inspection_of(campaign: Campaign) -> Inspection:
    return campaign.inspections.select_related("case", "inspector", "base", "campaign").get()


def sheet(stage: sheets.Stage, inspection: Inspection, *row: Any, **whole: Any) -> sheets.Values:
    """The same ``row`` for every item of the stage."""
    items = sheets.items_of(inspection, stage)
    return sheets.Values({item.code: dict(zip(stage.item_fields, row, strict=True)) for item in items}, whole)


def self_assessed(campaign: Campaign, editor: Actor, head: Actor) -> Inspection:
    inspection = inspection_of(campaign)
    written = sheet(sheets.SELF, inspection, Verdict.MEETS, "按要求落实", self_summary="总体良好")
    sheets.save_draft(inspection.case, sheets.SELF, editor, written, None)
    inspections.submit_self_assessment(inspection.case, head)
    return inspection


def with_findings(inspection: Inspection, officer: Actor, finding: str = "improve") -> Inspection:
    """From the desk review to findings on paper."""
    case = inspection.case
    sheets.record(case, sheets.DESK, officer, sheet(sheets.DESK, inspection, Verdict.MEETS, "材料齐全"))
    inspections.conclude_on_papers(case, officer, "材料足以判断")
    text = "" if finding == "meets" else "制度没有落实"
    sheets.record(case, sheets.FINDINGS, officer, sheet(sheets.FINDINGS, inspection, finding, text))
    inspection.refresh_from_db()
    return inspection


def answered(inspection: Inspection, officer: Actor, head: Actor, finding: str = "improve") -> Inspection:
    """The findings were told and the base has answered."""
    with_findings(inspection, officer, finding)
    results.send_findings(inspection.case, officer)
    told = sheets.Values({}, {"answer": "已经整改，请核对"})
    results.save_and_answer(inspection.case, head, told, None)
    return inspection


def graded(inspection: Inspection, officer: Actor, head: Actor, grade: str = "good", **changed: Any) -> Inspection:
    """From the answer to the signed result."""
    case = inspection.case
    verdict = {"excellent": Verdict.MEETS, "good": Verdict.IMPROVE, "failed": Verdict.FAILS}[grade]
    whole = {"grade": grade, "grade_reasons": "综合材料和说明", "commended": False} | changed
    sheets.record(case, sheets.VERDICTS, officer, sheet(sheets.VERDICTS, inspection, verdict, "核对属实", **whole))
    results.propose_grade(case, officer)
    results.sign_result(case, head)
    inspection.refresh_from_db()
    return inspection


def finished(world: Supervision, kind: str, grade: str, **changed: Any) -> Inspection:
    """A campaign over one base with its result signed."""
    officer, head = changed.pop("organiser", None) or organisers(world, kind, world.base.jurisdiction_id)
    campaign = launched(world, kind, organiser=(officer, head), self_due_on=None, **changed)
    inspection = inspection_of(campaign)
    finding = {"excellent": "improve", "good": "improve", "failed": "fails"}[grade]
    answered(inspection, officer, world.head, finding)
    return graded(inspection, officer, head, grade)


def state_of(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def photo(name: str = "photo.jpg") -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "gray").save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), "image/jpeg")

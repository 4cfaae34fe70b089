"""Scores: drafted by the expert alone, checked against the rubric, sealed when handed in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import perform
from apps.panels.enums import Sufficiency
from apps.panels.models import ConditionComment, Panel, PanelMember, Score, ScoreSheet
from apps.panels.services.access import may_open, serving_member
from apps.panels.services.subjects import Criterion, kind_of_panel, kind_of_subject

LONGEST_TEXT = 4000


class StaleSheet(Exception):
    """Somebody saved the sheet since this window read it; ``sheet`` is as it stands now."""

    def __init__(self, sheet: ScoreSheet) -> None:
        self.sheet = sheet
        super().__init__("the sheet was saved elsewhere")


@dataclass
class Marks:
    """A sheet as understood: whole points per criterion, comments per condition; ``errors`` by field name."""

    points: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    overall: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.points.values())

    def sealed(self, number: str, member: int) -> str:
        """The hash that goes on record with the act: it tells nothing and proves everything."""
        content = [number, member, self.points, self.remarks, self.verdicts, self.overall]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def criteria_of(subject: Case) -> list[Criterion]:
    """The conditions the experts judge one by one, those the text leaves to them marked as required."""
    return kind_of_subject(subject).criteria(subject)


def rubric_of(panel: Panel) -> list[dict[str, Any]]:
    """What the panel gives points for: {"code", "title", "max_points" (whole points), "description"} each."""
    return kind_of_panel(panel).rubric(panel.occasion)


def read_marks(panel: Panel, subject: Case, draft: dict[str, str]) -> Marks:
    """Read what was typed. Fields: ``points-CODE``, ``comment-CODE``, ``verdict-CODE``, ``text-CODE``, ``overall``."""
    marks = Marks(overall=draft.get("overall", "").strip()[:LONGEST_TEXT])
    for item in rubric_of(panel):
        _read_points(marks, item, draft)
    for criterion in criteria_of(subject):
        _read_verdict(marks, criterion, draft)
    if not marks.overall:
        marks.errors["overall"] = "请填写总体意见。"
    return marks


def sheet_of(member: PanelMember, subject: Case) -> ScoreSheet:
    """The member's sheet for the subject, begun when there is none."""
    sheet, _ = ScoreSheet.objects.get_or_create(member=member, subject=subject)
    return sheet


def save_draft(case: Case, actor: Actor, subject: Case, draft: dict[str, str], version: int) -> ScoreSheet:
    """Keep what was typed, valid or not. Raises StaleSheet when another window saved since ``version``,
    NotPermitted when the file is not open to the actor, Blocked once the sheet is handed in.
    """
    sheet = sheet_of(_judge(case, actor, subject), subject)
    saved = _swap(sheet, version, draft=draft, version=F("version") + 1, saved_at=timezone.now())
    sheet.refresh_from_db()
    if saved:
        return sheet
    if sheet.submitted_at is not None:
        raise Blocked(_handed_in())
    raise StaleSheet(sheet)


def submit_scores(case: Case, actor: Actor, subject: Case) -> Act:
    """Hand in the sheet as saved; from then on nothing in it changes. Raises Blocked with one problem per gap."""
    member = _judge(case, actor, subject)
    sheet = sheet_of(member, subject)
    marks = read_marks(case.panel, subject, sheet.draft)
    seal = marks.sealed(subject.number, member.pk)

    def change(case: Case, act: Act) -> None:
        _judge(case, actor, subject)
        values = {"total": marks.total, "overall": marks.overall, "sha256": seal}
        if not _swap(sheet, sheet.version, submitted_at=act.at, **values):
            raise Blocked(_handed_in() if _is_in(sheet) else _changed_meanwhile())
        if marks.errors:
            raise Blocked(*(Problem("sheet_incomplete", text, where=name) for name, text in marks.errors.items()))
        _write_down(sheet, marks)

    data = {"subject": subject.number, "sheet_sha256": seal}
    return perform(case, "submit_scores", actor, data=data, change=change)


def _swap(sheet: ScoreSheet, expected: int, **values: Any) -> bool:
    """Compare-and-swap: change the sheet unless it was saved since version ``expected`` or handed in."""
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        rows = ScoreSheet.objects.filter(pk=sheet.pk, version=expected, submitted_at__isnull=True)
        return bool(rows.update(**values))


def _judge(case: Case, actor: Actor, subject: Case) -> PanelMember:
    member = serving_member(case.panel, actor.user.pk)
    if member is None or not may_open(case.panel, actor.user.pk, subject):
        word = kind_of_subject(subject).words.subject
        raise NotPermitted(Problem("file_closed", f"该{word}的材料未向您开放：须先申明无回避情形，且未被要求回避。"))
    return member


def _read_points(marks: Marks, item: dict[str, Any], draft: dict[str, str]) -> None:
    name, typed = f"points-{item['code']}", draft.get(f"points-{item['code']}", "").strip()
    remark = draft.get(f"comment-{item['code']}", "").strip()[:LONGEST_TEXT]
    if remark:
        marks.remarks[item["code"]] = remark
    if not typed:
        marks.errors[name] = f"“{item['title']}”尚未评分。"
    elif not (typed.isascii() and typed.isdigit()) or len(typed) > 3 or int(typed) > item["max_points"]:
        marks.errors[name] = f"“{item['title']}”应为 0 至 {item['max_points']} 的整数分。"
    else:
        marks.points[item["code"]] = int(typed)


def _read_verdict(marks: Marks, criterion: Criterion, draft: dict[str, str]) -> None:
    verdict = draft.get(f"verdict-{criterion.code}", "").strip()
    text = draft.get(f"text-{criterion.code}", "").strip()[:LONGEST_TEXT]
    if verdict in Sufficiency.values:
        marks.verdicts[criterion.code] = (verdict, text)
        if verdict != Sufficiency.SUFFICIENT and not text:
            marks.errors[f"text-{criterion.code}"] = f"“{criterion.title}”判断为不充分或尚难判断的，请写明理由。"
    elif criterion.required:
        marks.errors[f"verdict-{criterion.code}"] = f"“{criterion.title}”由专家评判，请作出判断。"
    elif text:
        marks.errors[f"verdict-{criterion.code}"] = f"“{criterion.title}”已写理由，请一并作出判断。"


def _write_down(sheet: ScoreSheet, marks: Marks) -> None:
    Score.objects.bulk_create(
        Score(sheet=sheet, code=code, points=points, comment=marks.remarks.get(code, ""))
        for code, points in marks.points.items()
    )
    ConditionComment.objects.bulk_create(
        ConditionComment(sheet=sheet, condition=code, verdict=verdict, text=text)
        for code, (verdict, text) in marks.verdicts.items()
    )


def _is_in(sheet: ScoreSheet) -> bool:
    return ScoreSheet.objects.filter(pk=sheet.pk, submitted_at__isnull=False).exists()


def _handed_in() -> Problem:
    return Problem("sheet_submitted", "您已提交本件的评分，不能再修改。")


def _changed_meanwhile() -> Problem:
    return Problem("sheet_changed", "评分表刚刚在另一窗口中有改动，请刷新核对后再提交。")

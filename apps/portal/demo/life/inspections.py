"""Inspections: a campaign of spring that has ended, and one of autumn whose inspections stand at every stage."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import cycle

from django.utils import timezone

from apps.cases.models import Case
from apps.cases.workflow.engine import perform
from apps.inspections.enums import CampaignKind, Grade, Selection, Verdict
from apps.inspections.models import Campaign, Inspection, InspectionItem
from apps.inspections.services import (
    campaigns,
    draws,
    inspections,
    launches,
    organising,
    publication,
    results,
    sheets,
    visits,
)
from apps.inspections.services.inspection_terms import publish_results
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.life.people import Life, people_of
from apps.portal.demo.life.plans import YEAR

FAILING = ("lifted", "heard", "revoked", "restored")
STAGES = (
    "self_assessing",
    "desk_review",
    "visiting",
    "visit_confirming",
    "findings",
    "awaiting_answer",
    "answered",
    "grade_proposed",
    "concluded",
)
REASONS = {
    Grade.EXCELLENT: "各项内容均符合，课程开发和效果跟踪有示范作用。",
    Grade.GOOD: "总体符合要求，个别事项须改进。",
    Grade.FAILED: "档案和考勤管理不符合要求，申辩未能消除所列问题。",
}
VISIT = "visiting"
NOW = {
    "visited": VISIT,
    "overdue": "self_assessing",
    "rectifying": "awaiting_answer",
    "lifted": "grade_proposed",
    "exemplary": "concluded",
    "heard": "desk_review",
    "restored": "answered",
}
OF_OTHERS = ("visit_confirming", "findings", "answered", "self_assessing")
"""Where the autumn's inspections stand today: of the bases of the first round by their part, of the others in turn."""


def add_inspection_lines(life: Life) -> None:
    """Both campaigns of the authority."""
    life.agenda.add(_spring(life))
    life.agenda.add(_autumn(life))


def spring_kind(life: Life) -> str:
    """The authority's own evaluation where the text has one, else the regular inspection."""
    return CampaignKind.EVALUATION if life.rules.inspection.evaluator else CampaignKind.REGULAR


def autumn_kind(life: Life) -> str:
    """What the spring was not: the regular inspection, or a spot check by draw."""
    return CampaignKind.SPOT_CHECK if spring_kind(life) == CampaignKind.REGULAR else CampaignKind.REGULAR


def start(life: Life, kind: str, title: str, self_due_on: dt.date, finish_by: dt.date) -> Campaign:
    """Draw up, choose, propose and launch a campaign of the authority at every base in reach."""
    sandbox = life.cast.fixture["rehearsal"]
    drawn = kind == CampaignKind.SPOT_CHECK
    reach = organising.candidates(life.officer.organisation, life.rules, kind, sandbox=sandbox).count()
    values = {
        "title": title,
        "year": YEAR,
        "selection": Selection.DRAW if drawn else Selection.ALL,
        "units": [],
        "draw_size": max(1, reach - 1) if drawn else None,
        "self_due_on": self_due_on,
        "finish_by": finish_by,
        "answer_days": 10,
        "instructions": "请逐项自评并上传佐证，检查人员将核对培训档案和收费公示。",
    }
    chosen = organising.commissionable(life.cast.code).first() if organising.commissions(life.rules, kind) else None
    guidance = {item.code: "核对制度文件、档案和现场记录。" for item in life.rules.inspection.items}
    campaign = campaigns.open_campaign(
        life.officer, kind, values, commissioned=chosen, guidance=guidance, sandbox=sandbox
    )
    if drawn:
        draws.draw(_case(campaign.pk), life.officer)
    campaigns.propose(_case(campaign.pk), life.officer)
    launches.launch(_case(campaign.pk), life.head)
    return campaign


class Walk:
    """One inspection on its way, each step by the person whose turn it is."""

    def __init__(self, life: Life, inspection: Inspection, *, failing: bool, best: bool) -> None:
        self.pk, self.failing, self.best = inspection.pk, failing, best
        self.member = life.of_base(inspection.base)
        self.officer, self.head = people_of(inspection.inspector)

    @property
    def case(self) -> Case:
        return _case(self.pk)

    def to(self, stage: str) -> None:
        """Go on until ``stage``, one of STAGES; one that is there or beyond stays."""
        for step in STEPS[STAGES.index(self.case.state) : STAGES.index(stage)]:
            step(self)

    def assess(self) -> None:
        values = self._each(self_verdict=Verdict.MEETS, self_text="制度健全，档案齐全，详见佐证。")
        written = sheets.Values(values, {"self_summary": "对照检查内容逐项自查，总体符合要求。"})
        sheets.save_draft(self.case, sheets.SELF, self.member.editor, written, None)
        inspections.submit_self_assessment(self.case, self.member.head)

    def review(self) -> None:
        values = self._each(desk_verdict=Verdict.MEETS, desk_text="材料与自评一致。")
        sheets.record(self.case, sheets.DESK, self.officer, sheets.Values(values, {}))
        visit_on = timezone.localdate() + dt.timedelta(days=1)
        inspections.start_visit(self.case, self.officer, visit_on=visit_on, visitors="演示检查组三人")

    def visit(self) -> None:
        for number, item in enumerate(self.case.inspection.items.all()):
            wrong = self.failing and number == 0
            verdict, text = (
                (Verdict.FAILS, "抽查三个班，签到表缺页。") if wrong else (Verdict.MEETS, "现场与材料一致。")
            )
            visits.record_entry(self.case, self.officer, visits.Note(uuid.uuid4(), item.code, verdict, text))
        inspections.close_visit(self.case, self.officer)

    def confirm(self) -> None:
        inspections.confirm_visit(self.case, self.member.head, "情况属实。")

    def find(self) -> None:
        values = self._each(finding=Verdict.MEETS, finding_text="")
        if not self.best:
            values[next(iter(values))] = {
                "finding": Verdict.FAILS if self.failing else Verdict.IMPROVE,
                "finding_text": "抽查的三个班中，一个班签到表缺页，两名学员学时与签到不符。",
            }
        sheets.record(self.case, sheets.FINDINGS, self.officer, sheets.Values(values, {}))
        if self.best:
            perform(self.case, "accept_findings", self.officer)
        else:
            results.send_findings(self.case, self.officer)

    def answer(self) -> None:
        if self.case.state != "awaiting_answer":
            return
        values = {item.code: {"answer": "缺页的签到表已找回补入档案，学时已更正。"} for item in self._adverse()}
        written = sheets.Values(values, {"answer": "认可检查发现，已着手改正。"})
        sheets.save_draft(self.case, sheets.ANSWER, self.member.editor, written, None)
        results.answer_findings(self.case, self.member.head)

    def grade(self) -> None:
        values = self._each(verdict=Verdict.MEETS, verdict_text="")
        for item in self._adverse():
            verdict = Verdict.FAILS if self.failing else Verdict.IMPROVE
            values[item.code] = {"verdict": verdict, "verdict_text": "补正材料只涉及一个班。"}
        grade = Grade.EXCELLENT if self.best else Grade.FAILED if self.failing else Grade.GOOD
        whole = {"grade": grade, "grade_reasons": REASONS[grade], "commended": self.best}
        sheets.record(self.case, sheets.VERDICTS, self.officer, sheets.Values(values, whole))
        results.propose_grade(self.case, self.officer)

    def sign(self) -> None:
        results.sign_result(self.case, self.head)

    def _each(self, **values: str) -> dict[str, dict[str, str]]:
        return {item.code: dict(values) for item in self.case.inspection.items.all()}

    def _adverse(self) -> list[InspectionItem]:
        return [item for item in self.case.inspection.items.all() if item.finding != Verdict.MEETS]


STEPS = (Walk.assess, Walk.review, Walk.visit, Walk.confirm, Walk.find, Walk.answer, Walk.grade, Walk.sign)


def _spring(life: Life) -> Line:
    yield on(dt.date(YEAR, 3, 4))
    kind = CampaignKind(spring_kind(life))
    campaign = start(life, kind, f"{YEAR}年度基地{kind.label}", dt.date(YEAR, 3, 20), dt.date(YEAR, 5, 29))
    for day, stage in ((18, "desk_review"), (25, "visiting"), (40, "findings"), (44, "awaiting_answer")):
        yield on(dt.date(YEAR, 3, 1) + dt.timedelta(days=day))
        _all_to(life, campaign, stage)
    yield on(dt.date(YEAR, 4, 22))
    _all_to(life, campaign, "grade_proposed")
    yield on(dt.date(YEAR, 4, 29))
    _all_to(life, campaign, "concluded")
    yield on(dt.date(YEAR, 5, 8))
    if kind not in life.rules.inspection.published_kinds:
        perform(_case(campaign.pk), "conclude", life.officer)
        return
    bulletin = "本次检查覆盖全部基地。现将结果予以公布，优秀基地的做法供各基地借鉴。"
    publication.propose_publication(
        _case(campaign.pk), life.officer, bulletin=bulletin, publish_on=dt.date(YEAR, 5, 18)
    )
    publication.sign_publication(_case(campaign.pk), life.head)
    yield on(dt.date(YEAR, 5, 18), 1)
    life.sweep(publish_results)


def _all_to(life: Life, campaign: Campaign, stage: str) -> None:
    for inspection in _inspections_of(campaign):
        part = life.of_base(inspection.base).part
        Walk(life, inspection, failing=part in FAILING, best=part == "exemplary").to(stage)


def _autumn(life: Life) -> Line:
    began = min(dt.date(YEAR, 10, 29), life.today - dt.timedelta(days=10))
    yield on(began)
    kind = CampaignKind(autumn_kind(life))
    ends = life.today + dt.timedelta(days=40)
    campaign = start(life, kind, f"{YEAR}年第四季度{kind.label}", life.today + dt.timedelta(days=6), ends)
    yield on(life.today - dt.timedelta(days=3))
    found = _inspections_of(campaign)
    parts = [life.of_base(inspection.base).part for inspection in found]
    for inspection, part, stage in zip(found, parts, _stages(parts), strict=True):
        Walk(life, inspection, failing=False, best=part == "exemplary").to(stage)


def _stages(parts: list[str]) -> list[str]:
    """Where each inspection stands by the part its base plays; whoever was drawn, one is ready for the visit."""
    others = cycle(OF_OTHERS)
    stages = [NOW[part] if part in NOW else next(others) for part in parts]
    if VISIT not in stages:
        spare = parts.index("") if "" in parts else len(parts) - 1
        stages[spare] = VISIT
    return stages


def _inspections_of(campaign: Campaign) -> list[Inspection]:
    found = Inspection.objects.filter(campaign=campaign).select_related("case", "base", "inspector")
    return list(found.order_by("base__number"))


def _case(pk: int) -> Case:
    return Case.objects.select_related("institution", "authority", "jurisdiction", "base").get(pk=pk)

"""Special funds granted elsewhere: use method and use plan before the managing unit, in every stage of its audit."""

from __future__ import annotations

import datetime as dt

from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.funding import typed
from apps.portal.demo.life.funding.walks import case_of
from apps.portal.demo.life.people import Life, Member
from apps.portal.demo.life.plans import YEAR
from apps.subsidies.services import content_draft, content_files, plan_drafting, plan_reviews

GRANTED_YUAN = "1,053,000.00"
STAGES = {
    "exemplary": "approved",
    "visited": "unit_review",
    "lifted": "unit_proposed",
    "overdue": "returned",
    "rectifying": "draft",
}
"""Where the plan of each base stands today."""


def add_special_lines(life: Life) -> None:
    """A plan for the special funds of each base in STAGES."""
    for number, (part, stage) in enumerate(STAGES.items(), start=1):
        life.agenda.add(_plan(life, life.member(part), stage, number))


def _plan(life: Life, member: Member, stage: str, number: int) -> Line:
    """Begun in spring where it is over, else in the weeks before today."""
    if member.unit is None:
        return
    officer, head = member.unit
    yield on(dt.date(YEAR, 4, 6) if stage == "approved" else life.today - dt.timedelta(days=20))
    pk = plan_drafting.start_special_plan(member.base, member.editor).pk
    _fill_in(life, member, pk, number, whole=stage != "draft")
    if stage == "draft":
        return
    yield on(life.clock.day + dt.timedelta(days=4))
    plan_drafting.submit_plan(case_of(pk), member.head)
    yield on(life.clock.day + dt.timedelta(days=6))
    if stage == "returned":
        told = ["数据库建设与上年度项目重复，请说明区别或者调整。", "专家授课费请注明标准依据。"]
        plan_reviews.return_for_correction(case_of(pk), officer, told)
    elif stage in ("unit_proposed", "approved"):
        opinion = "使用办法健全，方案属于规定的用途，配套经费已落实，同意。"
        plan_reviews.propose_opinion(case_of(pk), officer, "agreed", opinion)
    if stage == "approved":
        yield on(life.clock.day + dt.timedelta(days=3))
        plan_reviews.sign_approval(case_of(pk), head)


def _fill_in(life: Life, member: Member, pk: int, number: int, *, whole: bool) -> None:
    """What the institution types; without ``whole`` it stops before the lines."""
    field = member.base.field
    unit = member.base.managing_unit
    values: dict[str, object] = {
        "granted_fen": GRANTED_YUAN,
        "grant_document": f"演示财教〔{YEAR}〕{20 + number}号（虚构）",
        "granted_on": dt.date(YEAR, 3, 20).isoformat(),
        "method": typed.METHOD,
    }
    if whole:
        values |= {
            "lines": typed.lines(typed.SPECIAL_LINES, field),
            "targets": typed.targets(field),
            "own_funds": typed.own_funds(member.base.institution_name, unit.name if unit else ""),
        }
    detail = content_draft.detail_of(case_of(pk))
    detail = content_draft.save_values(detail, values, detail.data_version, member.editor)
    draft = content_draft.load_draft(detail)
    content_files.add_file(draft, content_draft.GRANT_FILE, evidence_file("经费下达文件.pdf"), member.editor)

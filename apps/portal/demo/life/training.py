"""Training of the first whole year: projects from the plan and outside it, trainees, certificates, archives, fees."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.cases.models import Case
from apps.plans.models import FeeItem, PlannedProject, TrainingProject
from apps.plans.roads import name_articles, text_asks
from apps.plans.services import (
    archives,
    certificates,
    fees,
    identity,
    project_closing,
    project_consent,
    project_filing,
    projects,
    records,
)
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.people import Life, Member
from apps.portal.demo.life.plans import FEE_DOCUMENT, FEE_YUAN, YEAR, plan_of

TRAINED = 12
LONG_BEFORE, TOO_LATE = 20, 2
"""Days before the opening on which a project is prepared: in time for every text, and too late where one counts."""


def add_training_lines(life: Life) -> None:
    """What every base holds in the year, and what some of them do besides."""
    for member in life.members:
        life.agenda.add(_fees(member, raised=member.part == "exemplary"))
        life.agenda.add(_from_plan(life, member, 0, TOO_LATE if member.part == "overdue" else LONG_BEFORE))
    exemplary, visited, heard = (life.member(part) for part in ("exemplary", "visited", "heard"))
    for position in (1, 2, 4):
        life.agenda.add(_from_plan(life, exemplary, position, LONG_BEFORE))
    life.agenda.add(_outside_plan(life, exemplary, "应急专题研修班", dt.date(YEAR, 7, 7), "archived"))
    life.agenda.add(_outside_plan(life, visited, "行业新标准解读班", dt.date(YEAR, 8, 4), "held"))
    ahead = life.today + dt.timedelta(days=16)
    if ahead.year == YEAR:
        life.agenda.add(_outside_plan(life, visited, "安全生产专题班", ahead, "sent"))
        life.agenda.add(_outside_plan(life, exemplary, "技术经理人交流活动", ahead, "draft"))
        life.agenda.add(_outside_plan(life, life.member("lifted"), "数字化管理专题班", ahead, "returned"))
        life.agenda.add(_outside_plan(life, life.member("rectifying"), "设备运维专题班", ahead, "ready"))
    life.agenda.add(_outside_plan(life, life.member("revoked"), "暑期专题班", dt.date(YEAR, 7, 1), "draft"))
    life.agenda.add(_without_asking(life, heard))


def trainees(life: Life, count: int, first: int, project: TrainingProject) -> list[dict[str, str]]:
    """``count`` invented trainees from number ``first``; every ninth has not passed."""
    surnames, given = life.cast.names["surnames"], life.cast.names["given"]
    rows = []
    for number in range(first, first + count):
        digits = f"{life.cast.fixture['division']}{1970 + number % 25}{number % 12 + 1:02d}{number % 28 + 1:02d}{number % 900 + 1:03d}"
        passed = number % 9 != 8
        rows.append(
            {
                "name": surnames[number % len(surnames)] + given[number // 10 % len(given)],
                "identity_kind": "resident",
                "identity_number": digits + identity.check_character(digits),
                "employer": f"演示企业{number % 7 + 1}",
                "subject_kind": project.subject_kind,
                "value": f"{project.value_tenths / 10:g}" if passed else "0",
                "outcome": "passed" if passed else "failed",
            }
        )
    return rows


def _fees(member: Member, *, raised: bool) -> Line:
    """The published rate, and a higher one on a new authority's document."""
    yield on(dt.date(YEAR, 1, 15))
    rate: dict[str, Any] = {
        "name": "高级研修班培训费",
        "unit": "人",
        "amount_fen": FEE_YUAN * 100,
        "authority_name": "演示发展改革部门",
        "authority_document": FEE_DOCUMENT,
        "effective_from": dt.date(YEAR, 2, 1),
    }
    fees.publish_rate(member.base, member.head, **rate)
    if raised:
        yield on(dt.date(YEAR, 6, 22))
        rate |= {
            "amount_fen": FEE_YUAN * 100 + 2000,
            "authority_document": "演示发改价〔2026〕31号（虚构）",
            "effective_from": dt.date(YEAR, 7, 1),
        }
        fees.publish_rate(member.base, member.head, **rate)


def _from_plan(life: Life, member: Member, position: int, days_before: int) -> Line:
    """A project of the filed plan: prepared, allowed, held, recorded, certified and archived."""
    yield on(dt.date(YEAR, 3, 2) if position == 0 else dt.date(YEAR, 7, 1))
    plan = plan_of(member, YEAR)
    planned = plan.projects.order_by("position")[position]
    if planned.ends_on >= life.today:
        return
    values = _values(planned, _rate(member, planned.starts_on) if planned.fee_fen else None)
    yield on(planned.starts_on - dt.timedelta(days=days_before))
    project = projects.create_project(member.base, member.editor, values, planned)
    yield from _allowed(life, member, project)
    count = TRAINED * 2 if member.part == "exemplary" else TRAINED
    unfinished = member.part in ("rectifying", "overdue") or position == 4
    yield from _held(life, member, project, count, "held" if unfinished else "archived")


def _outside_plan(life: Life, member: Member, name: str, starts_on: dt.date, goal: str) -> Line:
    """A project outside the plan (一事一报) that comes as far as ``goal``."""
    yield on(min(starts_on - dt.timedelta(days=LONG_BEFORE), life.today - dt.timedelta(days=4)))
    project = projects.create_project(member.base, member.editor, _own_values(member, name, starts_on))
    if goal == "draft":
        return
    if goal in ("sent", "returned"):
        project_filing.send(case_of(project), member.head)
        yield on(life.clock.day + dt.timedelta(days=2))
        if goal == "returned":
            _send_back(life, member, project)
        return
    yield from _allowed(life, member, project)
    if goal != "ready":
        yield from _held(life, member, project, TRAINED, goal)


def _without_asking(life: Life, member: Member) -> Line:
    """A class in the base's name without what the text asks for: found out, told afterwards, marked for good."""
    yield on(dt.date(YEAR, 5, 18))
    starts_on = dt.date(YEAR, 5, 20)
    project = projects.create_project(member.base, member.editor, _own_values(member, "考前强化班", starts_on))
    if not text_asks(life.rules):
        yield from _allowed(life, member, project)
    yield on(project.ends_on + dt.timedelta(days=20))
    reason = (
        f"未按第{'、'.join(name_articles(life.rules))}条事先办理，经主管部门指出后补登。"
        if text_asks(life.rules)
        else ""
    )
    figures: dict[str, Any] = {"held_persons": 31, "result": "两天面授，未考核。", "effect": "未作评估。"}
    project_closing.close_class(case_of(project), member.head, **figures, reason=reason)


def _allowed(life: Life, member: Member, project: TrainingProject) -> Line:
    """Whatever the text asks for before the class, from the sending to the consent or the receipt."""
    project_filing.send(case_of(project), member.head, "授课专家行程临时调整，备案迟于规定时间。")
    if case_of(project).state == "unit_review" and member.unit:
        yield on(life.clock.day + dt.timedelta(days=1))
        project_consent.propose_opinion(case_of(project), member.unit[0], "agreed", "内容属本基地专业方向，同意举办。")
        project_consent.sign_opinion(case_of(project), member.unit[1])
    if case_of(project).state == "filing":
        yield on(life.clock.day + dt.timedelta(days=1))
        project_filing.file_project(case_of(project), life.officer)


def _send_back(life: Life, member: Member, project: TrainingProject) -> None:
    case = case_of(project)
    if case.state == "unit_review" and member.unit:
        project_filing.return_project(case, member.unit[0], "请补充授课教师和考核方式。")
    elif case.state == "filing":
        project_filing.return_project(case, life.officer, "请补充授课教师和考核方式。")


def _held(life: Life, member: Member, project: TrainingProject, count: int, goal: str) -> Line:
    """The class itself: trainees, figures, certificates; ``goal`` archived files every piece of the archive too."""
    yield on(project.ends_on, 17)
    rows = trainees(life, count, 40 * member.pk + project.pk % 17, project)
    records.enter_rows(case_of(project), member.editor, rows)
    figures: dict[str, Any] = {
        "held_persons": count,
        "result": "按课程安排完成，考核通过。",
        "effect": "学员评价优良率 96%。",
    }
    yield on(project.ends_on + dt.timedelta(days=3))
    project_closing.close_class(case_of(project), member.editor, **figures)
    if goal != "archived":
        return
    certificates.issue_certificates(case_of(project), member.head)
    for piece in archives.pieces(TrainingProject.objects.select_related("case", "base").get(pk=project.pk)):
        archives.add_file(case_of(project), piece.code, evidence_file(f"{piece.label}.pdf"), member.editor)
    yield on(life.clock.day + dt.timedelta(days=10))
    archives.archive(case_of(project), member.head)


def case_of(project: TrainingProject) -> Case:
    """The case of the project as it stands now."""
    return Case.objects.select_related("institution", "authority", "jurisdiction", "base").get(pk=project.pk)


def _rate(member: Member, day: dt.date) -> FeeItem:
    return fees.rates_on(member.base, day)[0]


def _values(planned: PlannedProject, rate: FeeItem | None) -> dict[str, Any]:
    copied = ("name", "subject_kind", "kind", "field", "level", "hours_tenths", "persons", "starts_on", "ends_on")
    values = {name: getattr(planned, name) for name in (*copied, "mode", "place", "benefit_percent", "favours")}
    return values | {"value_tenths": planned.hours_tenths, "fee": rate, "in_base_name": True}


def _own_values(member: Member, name: str, starts_on: dt.date) -> dict[str, Any]:
    field = member.base.field
    return {
        "name": f"{field}{name}",
        "subject_kind": "professional",
        "kind": "training_class",
        "field": field,
        "level": "mixed",
        "hours_tenths": 160,
        "value_tenths": 160,
        "persons": 30,
        "starts_on": starts_on,
        "ends_on": starts_on + dt.timedelta(days=1),
        "mode": "on_site",
        "place": "主校区报告厅",
        "fee": None,
        "benefit_percent": 0,
        "favours": [],
        "in_base_name": True,
    }

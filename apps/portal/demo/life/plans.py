"""Annual plans: those of the first year filed in its December, those of the next year as they stand today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from apps.cases.models import Case
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.models import AnnualPlan
from apps.plans.services import (
    opening,
    plan_amendments,
    plan_decisions,
    plan_files,
    plan_forms,
    plan_returns,
    plan_submission,
)
from apps.plans.services.plan_terms import plan_days
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.life.people import Life, Member

YEAR = 2026
FEE_DOCUMENT = "演示发改价〔2025〕12号（虚构）"
FEE_YUAN = 260
NEXT_YEAR = {
    "exemplary": "filed",
    "visited": "filing",
    "rectifying": "returned",
    "lifted": "at_unit",
    "restored": "unit_proposed",
}
"""Where the plans of the next year stand today; those of the other bases are as the clock opened them."""


@dataclass(frozen=True)
class Planned:
    """One project of every base's plan. ``starts``: month and day in the plan's year."""

    name: str
    subject: str
    kind: str
    level: str
    hours: int
    persons: int
    starts: tuple[int, int]
    days: int
    mode: str
    place: str
    fee: bool = False


PROGRAMME = (
    Planned(
        "{field}高级研修班", "professional", "advanced_seminar", "senior", 24, 20, (4, 14), 3, "on_site", "主校区", True
    ),
    Planned(
        "{field}实务培训班", "professional", "training_class", "intermediate", 16, 18, (9, 8), 2, "on_site", "实训楼"
    ),
    Planned(
        "专业技术人员公需科目网络培训",
        "public",
        "online_course",
        "mixed",
        30,
        15,
        (10, 13),
        18,
        "online",
        "网络培训平台",
    ),
    Planned(
        "{field}新技术进修班", "professional", "refresher", "intermediate", 16, 12, (12, 8), 2, "mixed", "实训中心"
    ),
)
ADDED = Planned(
    "{field}青年骨干培训班", "professional", "training_class", "junior", 16, 16, (11, 3), 2, "on_site", "实训楼"
)


def add_plan_lines(life: Life) -> None:
    """The plans of every base, and the clock that opens those of the next year."""
    life.agenda.add(_opened_by_the_clock(life))
    for member in life.members:
        life.agenda.add(_first_year(life, member))
        if member.part in NEXT_YEAR:
            life.agenda.add(_next_year(life, member, NEXT_YEAR[member.part]))
    life.agenda.add(_amended(life, life.member("exemplary")))


def row(planned: Planned, year: int, field: str, rules: Rulebook) -> dict[str, str]:
    """The project as the institution types it into the plan for ``year``."""
    starts = dt.date(year, *planned.starts)
    favours = rules.public_benefit.favours if rules.public_benefit else ()
    return {
        "name": planned.name.format(field=field),
        "subject_kind": planned.subject,
        "kind": planned.kind,
        "field": field,
        "level": planned.level,
        "hours_tenths": str(planned.hours),
        "persons": str(planned.persons),
        "starts_on": starts.isoformat(),
        "ends_on": (starts + dt.timedelta(days=planned.days - 1)).isoformat(),
        "mode": planned.mode,
        "place": planned.place,
        "fee_fen": str(FEE_YUAN) if planned.fee else "",
        "fee_basis": FEE_DOCUMENT if planned.fee else "",
        "benefit_percent": "" if planned.fee or rules.public_benefit is None else "30",
        "favours": "" if planned.fee else "、".join(code for code, _ in favours[:2]),
    }


def plan_of(member: Member, year: int) -> AnnualPlan:
    """The latest version of the base's plan for ``year``."""
    plans = AnnualPlan.objects.filter(base=member.pk, year=year).select_related("case", "base")
    return plans.latest("version")


def fill_in(life: Life, member: Member, plan: AnnualPlan, programme: tuple[Planned, ...] = PROGRAMME) -> None:
    """Fill in both parts of the plan, with the group's proposal where the text asks for one."""
    form = plan_forms.load_form(plan)
    field = member.base.field
    values: dict[str, Any] = {
        "outline": f"围绕{field}领域举办 {len(programme)} 个项目，公需科目免费，实务课程下到企业。",
        "projects": [row(planned, plan.year, field, form.rules) for planned in programme],
    }
    if plan.amends_id is None:
        values["summary"] = f"{plan.year - 1} 年按计划组织培训，学员评价良好，档案齐全。"
        values["executions"] = {
            row.key: {
                "result": "已按课程安排完成，考核合格。" if row.held_persons else "尚未开班，按期筹备。",
                "reason": "实际报名和出勤与计划不同。" if row.differs else "",
            }
            for row in form.executions
        }
    plan_forms.save_part(plan, values, plan.data_version, member.editor)
    if form.rules.annual_plan.assessment_group is not None:
        proposal = evidence_file("评估小组建议.pdf")
        plan_files.add_file(plan, plan_forms.ASSESSMENT_PURPOSE, proposal, member.editor)


def case_of(plan: AnnualPlan) -> Case:
    """The case of the plan as it stands now."""
    return Case.objects.select_related("institution", "authority", "jurisdiction", "base").get(pk=plan.pk)


def own_review(plan: AnnualPlan) -> bool:
    """Whether the institution reviews the plan itself before it is filed."""
    return plan_forms.load_form(plan).rules.annual_plan.deadlines[-1].requires == "institution_review"


def send(member: Member, plan: AnnualPlan) -> None:
    """The institution sends the plan on its road, after its own review where the text has one."""
    if own_review(plan):
        plan_submission.record_own_review(case_of(plan), member.head, "经单位审核，计划切实可行，同意报送。")
    plan_submission.submit(case_of(plan), member.head)


def agree(member: Member, plan: AnnualPlan) -> None:
    """The managing unit agrees, where the plan has come before it."""
    if case_of(plan).state == "unit_review" and member.unit:
        plan_decisions.propose_unit_opinion(case_of(plan), member.unit[0], "agreed", "计划符合专业方向，同意报备案。")
        plan_decisions.sign(case_of(plan), member.unit[1])


def send_back(life: Life, member: Member, plan: AnnualPlan) -> None:
    """Whoever has the plan sends it back for two things."""
    case = case_of(plan)
    actor = member.unit[0] if case.state == "unit_review" and member.unit else life.officer
    key = plan.projects.order_by("position").values_list("key", flat=True)[0]
    items = [
        plan_returns.Item("projects", "请补充一个面向基层单位的项目，或说明理由。"),
        plan_returns.Item(f"projects:{key}", "收费标准请与已公布的一致。"),
    ]
    plan_returns.return_for_correction(case, actor, items)


def answer(member: Member, plan: AnnualPlan) -> None:
    """The institution answers everything the plan was sent back for, and sends it again."""
    plan = AnnualPlan.objects.select_related("case", "base").get(pk=plan.pk)
    answers = {str(item.pk): "已核对，实务培训班即面向基层单位。" for item in plan.return_items.all()}
    plan_forms.save_part(plan, {"answers": answers}, plan.data_version, member.editor)
    if own_review(plan):
        send(member, plan)
    else:
        plan_submission.resubmit(case_of(plan), member.head)


def _first_year(life: Life, member: Member) -> Line:
    """The plan for the first whole year: in time, once after a return, once after the last day."""
    last_day = plan_days(life.rules, YEAR)[-1].due
    late = member.part == "overdue"
    yield on(dt.date(YEAR - 1, 11, 24))
    plan = opening.open_plan(member.base, YEAR, member.editor)
    fill_in(life, member, plan)
    yield on(last_day + dt.timedelta(days=4) if late else dt.date(YEAR - 1, 12, 3))
    send(member, plan)
    if member.part == "lifted":
        yield on(life.clock.day + dt.timedelta(days=1))
        send_back(life, member, plan)
        yield on(life.clock.day + dt.timedelta(days=2))
        answer(member, plan)
    yield on(life.clock.day + dt.timedelta(days=1))
    agree(member, plan)
    yield on(life.clock.day + dt.timedelta(days=5))
    plan_decisions.file_plan(case_of(plan), life.officer)


def _amended(life: Life, member: Member) -> Line:
    """In summer one project is added and one grows: a second version that goes the same road."""
    yield on(dt.date(YEAR, 6, 15))
    plan = plan_amendments.amend(plan_of(member, YEAR), member.editor, "企业需求增加，增设青年骨干班，扩大实务班规模。")
    rows = list(plan.data["projects"])
    rows[1] = {**rows[1], "persons": "30"}
    rows.append(row(ADDED, YEAR, member.base.field, life.rules))
    plan_forms.save_part(plan, {"projects": rows}, plan.data_version, member.editor)
    if life.rules.annual_plan.assessment_group is not None:
        proposal = evidence_file("评估小组关于调整的建议.pdf")
        plan_files.add_file(plan, plan_forms.ASSESSMENT_PURPOSE, proposal, member.editor)
    send(member, plan)
    yield on(dt.date(YEAR, 6, 18))
    agree(member, plan)
    yield on(dt.date(YEAR, 6, 24))
    plan_decisions.file_plan(case_of(plan), life.officer)


def _opened_by_the_clock(life: Life) -> Line:
    for day in (dt.date(YEAR, 10, 1), dt.date(YEAR, 11, 2)):
        if day <= life.today:
            yield on(day, 1)
            life.sweep(opening.open_next_years_plans)


def _next_year(life: Life, member: Member, goal: str) -> Line:
    """The plan of the next year comes as far as ``goal``, in the days before today."""
    yield on(life.today - dt.timedelta(days=9))
    plan = plan_of(member, YEAR + 1)
    fill_in(life, member, plan)
    yield on(life.today - dt.timedelta(days=6))
    if (
        goal == "at_unit"
        and plan_forms.load_form(plan).rules.annual_plan.deadlines[-1].requires == "institution_review"
    ):
        plan_submission.record_own_review(case_of(plan), member.head, "经单位审核，同意报送。")
        return
    send(member, plan)
    yield on(life.today - dt.timedelta(days=4))
    if goal == "returned":
        send_back(life, member, plan)
    elif goal == "unit_proposed" and case_of(plan).state == "unit_review" and member.unit:
        plan_decisions.propose_unit_opinion(case_of(plan), member.unit[0], "agreed", "计划可行，拟同意。")
    elif goal in ("filing", "filed"):
        agree(member, plan)
    if goal == "filed":
        yield on(life.today - dt.timedelta(days=2))
        plan_decisions.file_plan(case_of(plan), life.officer)

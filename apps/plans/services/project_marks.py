"""What the pages say about a project: what its text asks and why, its marks in lists, its last day for filing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.cases.workflow.engine import rules_of
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import ProjectState as T
from apps.plans.models import TrainingProject
from apps.plans.roads import (
    Authorisation,
    authorisation_of,
    name_articles,
    plan_covers,
    plan_since,
    plan_stands,
    required_of_unplanned,
    text_asks,
)

PREPARING = (T.DRAFT, T.UNIT_REVIEW, T.UNIT_PROPOSED, T.FILING, T.RETURNED)
OVER = (T.HELD, T.ARCHIVED)
Mark = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """What a project needs before it is held in the base's name: in a word, why, and by which articles."""

    code: Authorisation
    label: str
    reason: str
    articles: tuple[str, ...]


def asked_of(project: TrainingProject) -> Asked:
    """What the text asks of this very project and why; the case, the base and the plan should be loaded."""
    rules, articles = rules_of(project.case), name_articles(rules_of(project.case))
    if not project.in_base_name:
        reason = (
            "不以基地名义举办，属本单位自办培训，不须报管理单位同意或备案；不能发放基地的证书，也不能登记学时（学分）。"
        )
        return Asked(Authorisation.NONE, "不须同意或备案", reason, articles)
    if not text_asks(rules):
        reason = "文本对以基地名义办班没有规定须先同意或备案；请按已备案的年度计划组织。"
        return Asked(Authorisation.NONE, "不须同意或备案", reason, (rules.annual_plan.kept_to.article,))
    code = authorisation_of(project.case)
    if code == Authorisation.NONE:
        return Asked(code, "年度计划已覆盖", _covered(project), articles)
    if rules.class_filing is not None:
        return Asked(code, "逐班备案", _each_class(project, rules), articles)
    asked = rules.name_use.summary if rules.name_use else ""
    label = "须管理单位同意" if code == Authorisation.CONSENT else "须审核同意并备案"
    return Asked(code, label, f"{_not_covered(project)}{asked}。", articles)


def asked_of_new(rules: Rulebook, in_plan: bool) -> Asked:
    """What a project that is about to be opened will need, told before anything is filled in."""
    articles = name_articles(rules)
    code = required_of_unplanned(rules)
    if code == Authorisation.NONE:
        text = "文本对以基地名义办班没有规定须先同意或备案，填好后由单位负责人确认即可开班。"
        return Asked(code, "不须同意或备案", text, (rules.annual_plan.kept_to.article,))
    if rules.class_filing is not None:
        filing = rules.class_filing
        how = "本项目在年度计划内，备案时与计划关联。" if in_plan else _outside(rules)
        text = f"以基地名义举办的，每个班最迟在开班前 {filing.working_days} 个工作日报送备案。{how}"
        return Asked(code, "逐班备案", text, articles)
    label = "须管理单位同意" if code == Authorisation.CONSENT else "须审核同意并备案"
    asked = rules.name_use.summary if rules.name_use else ""
    if in_plan:
        text = f"{asked}。所在年度计划已经同意（备案）的，不再逐班报送；否则须在开班前单独取得。"
        return Asked(code, f"计划未经同意（备案）时{label}", text, articles)
    return Asked(code, label, f"本项目在年度计划以外。{asked}。", articles)


def marks(project: TrainingProject, today: dt.date) -> list[Mark]:
    """The project's marks as (label, tone), for lists and pages. No query when case and planned__plan__case are loaded."""
    if not project.in_base_name:
        return [("非基地名义", "neutral")]
    rules, found = rules_of(project.case), []
    if project.planned_id is None:
        found.append(("计划外", "info"))
    missing = _missing(project, rules, today)
    if missing is not None:
        found.append(missing)
    if project.filed_late_days or _late_without_count(project):
        days = f" {project.filed_late_days} 个工作日" if project.filed_late_days else ""
        found.append((f"逾期备案{days}", "warning"))
    if project.authorised_on is not None and project.authorised_on > project.starts_on:
        found.append((f"开班后才{_word(rules)}", "warning"))
    return found


def is_unauthorised(project: TrainingProject, today: dt.date) -> bool:
    """Whether the class has opened, or is over, without what the text asks."""
    mark = _missing(project, rules_of(project.case), today)
    return project.in_base_name and mark is not None and mark[1] == "danger"


def _missing(project: TrainingProject, rules: Rulebook, today: dt.date) -> Mark | None:
    if not text_asks(rules) or project.authorised_by_id is not None:
        return None
    if project.case.state in OVER:
        return (f"未经{_word(rules)}", "danger")
    covered = rules.class_filing is None and project.planned is not None and plan_stands(project.planned)
    if project.case.state not in PREPARING or covered:
        return None
    if project.starts_on <= today:
        return (f"未经{_word(rules)}", "danger")
    return (f"尚未{_word(rules)}", "neutral")


def _word(rules: Rulebook) -> str:
    return "同意" if required_of_unplanned(rules) == Authorisation.CONSENT else "备案"


def _late_without_count(project: TrainingProject) -> bool:
    filed, latest = project.filed_on, project.latest_filing
    return filed is not None and latest is not None and filed > latest


def _covered(project: TrainingProject) -> str:
    if project.planned is None:
        return ""
    plan = project.planned.plan
    since = plan_since(plan)
    day = f"于 {since:%Y-%m-%d} " if since else ""
    word = "备案" if plan.case.state == "filed" else "经管理单位同意"
    return f"本项目在 {plan.year} 年度计划内，该计划（{plan.case.number}）{day}已{word}，不须再单独报送。"


def _not_covered(project: TrainingProject) -> str:
    planned = project.planned
    if planned is None:
        return "本项目在年度计划以外，须单独报送："
    number = planned.plan.case.number
    if plan_stands(planned) and not plan_covers(project.case):
        return f"所在年度计划（{number}）在开班前尚未同意（备案），或调整后不再包含本项目，须单独报送："
    return f"所在年度计划（{number}）尚未经同意（备案），须单独报送："


def _each_class(project: TrainingProject, rules: Rulebook) -> str:
    filing = rules.class_filing
    if filing is None:
        return ""
    where = (
        f"本项目在年度计划内（{project.planned.plan.case.number}），备案时与计划关联。"
        if project.planned
        else _outside(rules)
    )
    return f"{filing.summary}。{where}{filing.effect}。"


def _outside(rules: Rulebook) -> str:
    events = rules.annual_plan.events_outside_plan
    return f"本项目在年度计划以外：{events.summary}。" if events else "本项目在年度计划以外。"

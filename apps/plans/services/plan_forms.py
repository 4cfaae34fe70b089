"""The form of an annual plan: two parts and attachments, kept as typed, checked whole, never overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import withheld
from apps.cases.models import Attachment, Case
from apps.cases.tables import Checked
from apps.cases.workflow import NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case, rules_of
from apps.jurisdictions.rulebooks.citations import cite_all
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import PlanState
from apps.plans.models import AnnualPlan, PlanReturnItem
from apps.plans.services.plan_executions import ExecutionRow, execution_rows, from_frozen
from apps.plans.services.plan_returns import ReturnedPlace, returned_places
from apps.plans.services.plan_tables import KeyedTable, frozen_rows, projects_table

EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
EDITABLE = (PlanState.DRAFT, PlanState.RETURNED_BY_UNIT, PlanState.RETURNED_BY_AUTHORITY)
RETURNED = (PlanState.RETURNED_BY_UNIT, PlanState.RETURNED_BY_AUTHORITY)
OPEN = (*EDITABLE, PlanState.INSTITUTION_REVIEWED)
"""Until it is sent, and again after a return, the summary's figures follow the records."""
SUMMARY, PROJECTS, FILES = "summary", "projects", "attachments"
PARTS = {SUMMARY: "当年计划执行总结", PROJECTS: "下一年度计划", FILES: "附件"}
ASSESSMENT_PURPOSE, OTHER_PURPOSE = "assessment_proposal", "plan_other"
PURPOSES = {ASSESSMENT_PURPOSE: "评估小组的建议材料", OTHER_PURPOSE: "其他材料"}
LONGEST_TEXT = 8000
LONGEST_CELL = 1000
LONGEST_ANSWER = 2000


class PlanConflict(Exception):
    """Somebody saved the plan after the writer had read it; ``current`` is what is stored now."""

    def __init__(self, current: AnnualPlan) -> None:
        self.current = current
        super().__init__(f"plan {current.pk} is at version {current.data_version}")


@dataclass(frozen=True)
class Gap:
    """One thing missing or wrong: where it stands, what to do, on which article. ``wrong``: filled in, but not so."""

    part: str
    field: str
    message: str
    articles: tuple[str, ...] = ()
    wrong: bool = False


@dataclass
class PlanForm:
    """The plan as it stands: loaded once, asked many times. ``as_sent``: as last sent, whatever is typed since."""

    plan: AnnualPlan
    rules: Rulebook
    as_sent: bool = False

    @property
    def case(self) -> Case:
        return self.plan.case

    @property
    def is_amendment(self) -> bool:
        return self.plan.amends_id is not None

    @property
    def summary(self) -> str:
        return str(self.plan.data.get("summary", ""))

    @property
    def outline(self) -> str:
        return str(self.plan.data.get("outline", ""))

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(self.plan.data.get("projects", []))

    @property
    def answers(self) -> dict[str, str]:
        return dict(self.plan.data.get("answers", {}))

    @cached_property
    def table(self) -> KeyedTable:
        return projects_table(self.rules, self.plan.year)

    @cached_property
    def checked(self) -> Checked:
        return self.table.check(self.rows)

    @cached_property
    def executions(self) -> list[ExecutionRow]:
        """The lines of the summary with what has been typed to them."""
        if self.as_sent or self.case.state not in OPEN:
            return [from_frozen(row) for row in self.plan.executions.all()]
        rows = execution_rows(self.plan)
        typed = self.plan.data.get("executions", {})
        for row in rows if not self.is_amendment else ():
            row.result = str(typed.get(row.key, {}).get("result", ""))
            row.difference_reason = str(typed.get(row.key, {}).get("reason", ""))
        return rows

    @cached_property
    def files(self) -> list[Attachment]:
        files = withheld.sent_of(self.case) if self.as_sent else self.case.attachments.all()
        return list(files.filter(removed_at__isnull=True).select_related("uploaded_by"))

    @cached_property
    def returned(self) -> list[ReturnedPlace]:
        """What the plan was sent back for and has not been sent again since, each with its answer."""
        if self.as_sent or self.case.state not in OPEN:
            return []
        items = self.plan.return_items.filter(resolved_by__isnull=True).select_related("act")
        return returned_places(self, list[PlanReturnItem](items))

    @cached_property
    def gaps(self) -> list[Gap]:
        return [*self._summary_gaps(), *self._project_gaps(), *self._file_gaps(), *self._answer_gaps()]

    def _summary_gaps(self) -> list[Gap]:
        if self.is_amendment:
            return []
        article = (self.rules.annual_plan.article,)
        gaps = _text_gaps(SUMMARY, "summary", self.summary, f"请填写 {self.plan.year - 1} 年计划执行总结", article)
        for row in self.executions:
            gaps += _cell_gaps(row, article)
        return gaps

    def _project_gaps(self) -> list[Gap]:
        article = (self.rules.annual_plan.article,)
        gaps = _text_gaps(PROJECTS, "outline", self.outline, f"请填写 {self.plan.year} 年计划要点", article)
        if not self.checked.filled:
            gaps.append(Gap(PROJECTS, "projects", f"请至少填写一个 {self.plan.year} 年的培训项目", article))
        gaps += [Gap(PROJECTS, "projects", str(error), wrong=True) for error in self.checked.errors]
        return gaps

    def _file_gaps(self) -> list[Gap]:
        group = self.rules.annual_plan.assessment_group
        if group is None or any(file.purpose == ASSESSMENT_PURPOSE for file in self.files):
            return []
        return [Gap(FILES, ASSESSMENT_PURPOSE, "请上传评估小组的建议材料", (group.article,))]

    def _answer_gaps(self) -> list[Gap]:
        return [
            Gap(place.part, place.field, f"退回事项“{place.item.text[:40]}”尚未处理：请修改该处，或写明答复")
            for place in self.returned
            if not place.addressed
        ]

    def gaps_in(self, part: str) -> list[Gap]:
        return [gap for gap in self.gaps if gap.part == part]

    def completeness(self) -> dict[str, Any]:
        """The states of the parts, as the page's script takes them."""
        states = {part: self._state(part) for part in PARTS}
        complete = sum(state["status"] == "complete" for state in states.values())
        return {"complete": complete, "total": len(states), "sections": states}

    def _state(self, part: str) -> dict[str, Any]:
        gaps = self.gaps_in(part)
        wrong = sum(gap.wrong for gap in gaps)
        missing = len(gaps) - wrong
        required = self._required(part)
        filled = max(0, required - missing)
        status = "complete" if not gaps else "errors" if wrong else "partial" if filled else "empty"
        return {"status": status, "errors": wrong, "filled": filled, "required": required}

    def _required(self, part: str) -> int:
        answers = sum(place.part == part for place in self.returned)
        if part == SUMMARY:
            due = 0 if self.is_amendment else 1 + sum(1 + row.differs for row in self.executions)
            return due + answers
        if part == PROJECTS:
            return 2 + answers
        return answers + (self.rules.annual_plan.assessment_group is not None)


def _text_gaps(part: str, field: str, text: str, message: str, articles: tuple[str, ...]) -> list[Gap]:
    if not text.strip():
        return [Gap(part, field, message, articles)]
    if len(text) > LONGEST_TEXT:
        return [Gap(part, field, f"现有 {len(text)} 字，最多 {LONGEST_TEXT} 字", wrong=True)]
    return []


def _cell_gaps(row: ExecutionRow, articles: tuple[str, ...]) -> list[Gap]:
    gaps = []
    if not row.result.strip():
        gaps.append(Gap(SUMMARY, row.result_field, f"“{row.name}”：请填写完成情况", articles))
    if row.differs and not row.difference_reason.strip():
        gaps.append(Gap(SUMMARY, row.reason_field, f"“{row.name}”：实际与计划不同，请写明原因", articles))
    for name, text in ((row.result_field, row.result), (row.reason_field, row.difference_reason)):
        if len(text) > LONGEST_CELL:
            message = f"“{row.name}”：现有 {len(text)} 字，最多 {LONGEST_CELL} 字"
            gaps.append(Gap(SUMMARY, name, message, wrong=True))
    return gaps


def load_form(plan: AnnualPlan) -> PlanForm:
    """The form of ``plan`` under the text it is pinned to or, before submission, the one that governs today."""
    return PlanForm(plan, rules_of(plan.case))


def load_sent(plan: AnnualPlan) -> PlanForm:
    """The plan as it was last sent: what everybody but the institution reads while it is being corrected."""
    sent = copy(plan)
    sent.data = {"summary": plan.summary, "outline": plan.outline, "projects": frozen_rows(plan)}
    return PlanForm(sent, rules_of(plan.case), as_sent=True)


def plan_problems(plan: AnnualPlan) -> list[Problem]:
    """Everything missing or wrong in the plan; ``where`` is ``part:<code>#<field>``."""
    return [
        Problem(
            "form_invalid" if gap.wrong else "form_missing",
            f"{PARTS[gap.part]}：{gap.message.rstrip('。')}"
            + (f"（{cite_all(gap.articles)}）。" if gap.articles else "。"),
            gap.articles,
            where=f"part:{gap.part}#{gap.field}",
        )
        for gap in load_form(plan).gaps
        if gap.field != ASSESSMENT_PURPOSE  # the step's own guard asks for it
    ]


def may_fill_in(plan: AnnualPlan, actor: Actor | None) -> bool:
    """Whether ``actor`` fills in for the institution: its editors and its head."""
    return actor is not None and actor.organisation.pk == plan.case.institution_id and actor.has(*EDITORS)


def is_editable(plan: AnnualPlan, actor: Actor | None) -> bool:
    """Whether ``actor`` may change the plan now: a draft, or one that was sent back."""
    return may_fill_in(plan, actor) and plan.case.state in EDITABLE


def check_editable(plan: AnnualPlan, case: Case, actor: Actor) -> None:
    """Raise NotPermitted or WrongState unless ``actor`` may change the plan of the locked ``case``."""
    if not may_fill_in(plan, actor):
        raise NotPermitted(Problem("not_permitted", "只有本单位的填报人或负责人可以修改年度计划。"))
    if case.state not in EDITABLE:
        label = PlanState(case.state).label
        raise WrongState(Problem("plan_locked", f"本件现为“{label}”，计划已锁定，不能修改。"))


def save_part(plan: AnnualPlan, values: Mapping[str, Any], version: int, actor: Actor) -> AnnualPlan:
    """Keep ``values`` (summary, executions, outline, projects; answers are added to those there) as typed.

    Raises PlanConflict with what is stored when somebody saved after ``version``; WrongState or NotPermitted when the
    plan is not open to the actor. Nothing is ever overwritten unseen.
    """
    with transaction.atomic():
        check_editable(plan, lock_case(plan.case_id), actor)
        current = AnnualPlan.objects.select_related("case", "base", "saved_by").get(pk=plan.pk)
        data = {**current.data, **values}
        if "answers" in values:
            data["answers"] = {**current.data.get("answers", {}), **values["answers"]}
        # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
        with scopes_disabled():
            swapped = AnnualPlan.objects.filter(pk=plan.pk, data_version=version).update(
                data=data, data_version=version + 1, saved_by=actor.user, saved_at=timezone.now()
            )
        if not swapped:
            raise PlanConflict(current)
    return AnnualPlan.objects.select_related("case__institution", "case__authority", "base", "saved_by").get(pk=plan.pk)

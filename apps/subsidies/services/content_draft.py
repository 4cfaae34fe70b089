"""The form of an application for money or of a use plan: parts kept as typed, checked whole, never overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases.enums import CaseKind
from apps.cases.models import Attachment, Case
from apps.cases.tables import Checked, Column
from apps.cases.workflow import NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import lock_case
from apps.jurisdictions.rulebooks.money import Funding
from apps.plans.services.plan_tables import KeyedTable, decimal_text
from apps.subsidies.enums import AwardState, PlanState
from apps.subsidies.models import Award, UsePlan
from apps.subsidies.services import content_tables as tables
from apps.subsidies.services.content_tables import LINES, OWN_FUNDS, TARGETS
from apps.subsidies.workflow.people import funding_of

Detail = Award | UsePlan
EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
EDITABLE: dict[str, tuple[str, ...]] = {
    CaseKind.AWARD: (AwardState.DRAFT, AwardState.RETURNED),
    CaseKind.USE_PLAN: (PlanState.DRAFT, PlanState.RETURNED),
}
ABOUT, FILES = "about", "attachments"
FINANCE_FILE, BASIS_FILE, GRANT_FILE, OTHER_FILE = "finance", "basis", "grant", "other"
FILE_TITLES = {
    GRANT_FILE: "经费下达文件",
    FINANCE_FILE: "财政部门批准文件",
    BASIS_FILE: "测算依据（报价、合同意向等）",
    OTHER_FILE: "其他材料",
}
PURPOSE = "content:"
"""Files of the content are filed under this and their code; they are held back until the case is sent."""
GRANTED = Column("granted_fen", "下达金额（元）", "fen", least=1, most=tables.MOST_FEN)
DATE = Column("granted_on", "下达日期", "date")
TARGETS_WORD = "绩效计划"
LONGEST_METHOD = 8000
LONGEST_REASON = 1000


class DraftConflict(Exception):
    """Somebody saved after the writer had read; ``current`` is what is stored now."""

    def __init__(self, current: Detail) -> None:
        self.current = current
        super().__init__(f"case {current.pk} is at version {current.data_version}")


@dataclass(frozen=True)
class Text:
    """One text beside the tables: name in the data, label, whether it must be filled, and how it is cleaned."""

    name: str
    label: str
    article: str = ""
    longest: int = 100
    rows: int = 0
    required: bool = True
    column: Column | None = None
    hint: str = ""

    def problem(self, raw: str) -> str:
        """What is wrong with what is typed; nothing where it is merely missing."""
        if self.column is not None and raw.strip():
            try:
                self.column.clean(raw)
            except ValidationError as error:
                return str(error.messages[0])
        if self.column is None and len(raw) > self.longest:
            return f"现有 {len(raw)} 字，最多 {self.longest} 字。"
        return ""


@dataclass(frozen=True)
class Gap:
    """One thing missing or wrong: where it stands, what to do, on which article. ``wrong``: filled in, but not so."""

    part: str
    field: str
    message: str
    articles: tuple[str, ...] = ()
    wrong: bool = False


@dataclass
class Draft:
    """What is being filled in, loaded once and asked many times. ``as_sent``: as last sent, whatever is typed since."""

    detail: Detail
    funding: Funding
    values: dict[str, Any] = field(default_factory=dict)
    as_sent: bool = False

    @property
    def case(self) -> Case:
        return self.detail.case

    @property
    def is_award(self) -> bool:
        return isinstance(self.detail, Award)

    @property
    def is_special(self) -> bool:
        """Funds granted elsewhere, whose method and plan are audited here."""
        return isinstance(self.detail, UsePlan) and self.detail.award_id is None

    @property
    def is_change(self) -> bool:
        return isinstance(self.detail, UsePlan) and self.detail.amends_id is not None

    @cached_property
    def parts(self) -> dict[str, str]:
        """The parts of this form by code, in order."""
        about = "申请项目" if self.is_award else "经费和使用办法" if self.is_special else "调整理由"
        if not (self.is_award or self.is_special or self.is_change):
            about = "答复"  # the first plan of an award has no texts of its own until it is returned
        parts = {} if not self.texts else {ABOUT: about}
        parts |= {LINES: "使用方案", TARGETS: "绩效计划"}
        if not self.is_award:
            parts[OWN_FUNDS] = "配套经费"
        return parts | {FILES: "附件"}

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The texts of the first part."""
        if self.is_award:
            texts = (Text("title", "项目名称", self.funding.article),)
        elif self.is_special:
            audit = self.funding.audit_article
            texts = (
                Text("granted_fen", "下达金额（元）", self.funding.article, column=GRANTED),
                Text("grant_document", "下达文号", self.funding.article),
                Text("granted_on", "下达日期", column=DATE),
                Text("method", "使用办法", audit, longest=LONGEST_METHOD, rows=10),
            )
        elif self.is_change:
            texts = (Text("change_reason", "调整理由", self.funding.audit_article, longest=LONGEST_REASON, rows=4),)
        else:
            texts = ()
        if self.case.state == AwardState.RETURNED:
            hint = "逐项说明怎样修改；记入办理记录"
            texts += (Text("answer", "对退回意见的答复", longest=2000, rows=4, required=False, hint=hint),)
        return texts

    @cached_property
    def tables(self) -> dict[str, KeyedTable]:
        found = {LINES: tables.lines_table(self.funding), TARGETS: tables.targets_table()}
        return found if self.is_award else found | {OWN_FUNDS: tables.own_funds_table()}

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def rows(self, code: str) -> list[dict[str, str]]:
        return list(self.values.get(code, []))

    @cached_property
    def checked(self) -> dict[str, Checked]:
        return {code: table.check(self.rows(code)) for code, table in self.tables.items()}

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The valid lines as the fields of UsePlanLine."""
        return [tables.line_values(row) for row in self.checked[LINES].rows]

    @property
    def total_fen(self) -> int:
        return sum(line["amount_fen"] for line in self.lines)

    @property
    def needs_targets(self) -> bool:
        """Whether the text has a performance plan audited."""
        return self.is_award or TARGETS_WORD in self.funding.audited

    @cached_property
    def granted_fen(self) -> int | None:
        """What the lines must add up to, where it is set already."""
        if self.is_award:
            return None
        if not self.is_special:
            return int(self.detail.award.granted_fen)  # type: ignore[union-attr]
        try:
            return int(GRANTED.clean(self.text("granted_fen")))
        except ValidationError:
            return None

    @cached_property
    def files(self) -> list[Attachment]:
        found = self.case.attachments.filter(removed_at__isnull=True, purpose__startswith=PURPOSE)
        return list(found.select_related("uploaded_by"))

    @property
    def file_codes(self) -> tuple[str, ...]:
        codes = [GRANT_FILE] if self.is_special else []
        if tables.by_agreement(self.funding):
            codes.append(FINANCE_FILE)
        return (*codes, BASIS_FILE, OTHER_FILE)

    @cached_property
    def gaps(self) -> list[Gap]:
        """Everything missing or wrong; files cannot be taken off what is sent, so that they are not asked for again."""
        return [*self._text_gaps(), *self._table_gaps(), *([] if self.as_sent else self._file_gaps())]

    def _text_gaps(self) -> list[Gap]:
        gaps = []
        for text in self.texts:
            raw = self.text(text.name)
            articles = (text.article,) if text.article else ()
            wrong = text.problem(raw)
            if wrong:
                gaps.append(Gap(ABOUT, text.name, wrong, wrong=True))
            elif text.required and not raw.strip():
                gaps.append(Gap(ABOUT, text.name, f"请填写{text.label.removesuffix('（元）')}。", articles))
        return gaps

    def _table_gaps(self) -> list[Gap]:
        gaps = [
            Gap(code, code, str(error), wrong=True)
            for code, checked in self.checked.items()
            for error in checked.errors
        ]
        if not self.checked[LINES].filled:
            gaps.append(Gap(LINES, LINES, "请至少填写一个支出项目。", (self.funding.audit_article,)))
        if self.needs_targets and not self.checked[TARGETS].filled:
            gaps.append(Gap(TARGETS, TARGETS, "请至少填写一项可衡量的绩效指标。", (self.funding.audit_article,)))
        return gaps

    def _file_gaps(self) -> list[Gap]:
        approved = [use for use in tables.by_agreement(self.funding).values() if self._uses(use.category)]
        if not approved or any(file.purpose == PURPOSE + FINANCE_FILE for file in self._files_with_award()):
            return []
        return [Gap(FILES, FINANCE_FILE, "请上传财政部门批准其他支出的文件。", (approved[0].article,))]

    def _uses(self, category: str) -> bool:
        return any(line["category"] == category for line in self.checked[LINES].rows)

    def _files_with_award(self) -> list[Attachment]:
        """The finance department's approval filed with the application counts for its plans too."""
        if self.is_award or self.is_special:
            return self.files
        award_files = Attachment.objects.filter(case_id=self.detail.award_id, removed_at__isnull=True)  # type: ignore[union-attr]
        return [*self.files, *award_files]

    def gaps_in(self, part: str) -> list[Gap]:
        return [gap for gap in self.gaps if gap.part == part]

    def completeness(self) -> dict[str, Any]:
        """The states of the parts, as the page's script takes them."""
        states = {part: self._state(part) for part in self.parts}
        complete = sum(state["status"] == "complete" for state in states.values())
        return {"complete": complete, "total": len(states), "sections": states}

    def _state(self, part: str) -> dict[str, Any]:
        gaps = self.gaps_in(part)
        wrong = sum(gap.wrong for gap in gaps)
        missing = len(gaps) - wrong
        required = max(missing, sum(text.required for text in self.texts) if part == ABOUT else 1)
        filled = max(0, required - missing)
        status = "complete" if not gaps else "errors" if wrong else "partial" if filled else "empty"
        return {"status": status, "errors": wrong, "filled": filled, "required": required}


def load_draft(detail: Detail) -> Draft:
    """What is typed in ``detail`` under its text; where nothing is kept as typed, what was sent is taken up again."""
    values = dict(detail.data)
    if LINES not in values:
        values |= sent_values(detail)
    return Draft(detail, funding_of(detail.case), values)


def sent_values(detail: Detail) -> dict[str, Any]:
    """What was last sent, as it would be typed."""
    case = detail.case
    values: dict[str, Any] = {
        LINES: [tables.raw_line(row) for row in case.use_plan_lines.all()],
        TARGETS: [tables.raw_target(row) for row in case.performance_targets.all()],
    }
    if isinstance(detail, Award):
        return values | {"title": detail.title}
    return values | {
        OWN_FUNDS: [tables.raw_own_fund(row) for row in detail.own_funds.all()],
        "change_reason": detail.change_reason,
        "granted_fen": decimal_text(detail.granted_fen, 2) if detail.granted_fen else "",
        "grant_document": detail.grant_document,
        "granted_on": detail.granted_on.isoformat() if detail.granted_on else "",
        "method": detail.method,
    }


def draft_as_sent(detail: Detail) -> Draft:
    """The content as it was last sent, whatever is typed since."""
    return Draft(detail, funding_of(detail.case), sent_values(detail), as_sent=True)


def may_fill_in(case: Case, actor: Actor | None) -> bool:
    """Whether ``actor`` fills in for the institution: its editors and its head."""
    return actor is not None and actor.organisation.pk == case.institution_id and actor.has(*EDITORS)


def is_editable(case: Case, actor: Actor | None) -> bool:
    """Whether ``actor`` may change the content now: a draft, or one that was sent back."""
    return may_fill_in(case, actor) and case.state in EDITABLE[case.kind]


def check_editable(case: Case, actor: Actor) -> None:
    """Raise NotPermitted or WrongState unless ``actor`` may change the content of the locked ``case``."""
    if not may_fill_in(case, actor):
        raise NotPermitted(Problem("not_permitted", "只有本单位的填报人或负责人可以修改。"))
    if case.state not in EDITABLE[case.kind]:
        states = AwardState if case.kind == CaseKind.AWARD else PlanState
        message = f"本件现为“{states(case.state).label}”，内容已锁定，不能修改。"
        raise WrongState(Problem("content_locked", message))


def detail_of(case: Case) -> Detail:
    """The award or the use plan of ``case`` with what its pages read. One query."""
    if case.kind == CaseKind.AWARD:
        detail: Detail = Award.objects.select_related("base", "cycle__case", "saved_by").get(pk=case.pk)
    else:
        related = ("base__managing_unit", "award__case", "award__cycle", "amends", "saved_by")
        detail = UsePlan.objects.select_related(*related).get(pk=case.pk)
    detail.case = case
    return detail


def save_values(detail: Detail, values: Mapping[str, Any], version: int, actor: Actor) -> Detail:
    """Keep ``values`` (texts, tables) beside what is there, as typed.

    Raises DraftConflict with what is stored when somebody saved after ``version``; WrongState or NotPermitted when the
    content is not open to the actor. Nothing is ever overwritten unseen.
    """
    model = type(detail)
    with transaction.atomic():
        case = lock_case(detail.pk)
        check_editable(case, actor)
        current = detail_of(case)
        data = {**load_draft(current).values, **values}
        # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
        with scopes_disabled():
            swapped = model.objects.filter(pk=detail.pk, data_version=version).update(
                data=data, data_version=version + 1, saved_by=actor.user, saved_at=timezone.now()
            )
        if not swapped:
            raise DraftConflict(current)
    return detail_of(case)

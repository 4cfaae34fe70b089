"""Rows of trainees as typed, uploaded or sent: checked all together, every error named, no number ever repeated."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.cases.tables import Column, RowError, Table
from apps.cases.workflow import Problem
from apps.cases.workflow.engine import rules_of
from apps.plans.enums import IdentityKind, Outcome, ProjectState, SubjectKind
from apps.plans.models import TrainingProject
from apps.plans.services import identity
from apps.plans.services.projects import certificates_allowed

MOST_ROWS = 200_000
NUMERIC = "\x00number"
"""Stands for a number cell of a spreadsheet whose last digits the spreadsheet has lost."""
_NUMBERS = re.compile(r"[A-Za-z]{0,2}[0-9][0-9 -]{5,}[0-9]*[A-Za-z]?")
_CONTROL = ("Cc", "Cs")


@dataclass(frozen=True, slots=True)
class Entry:
    """One checked row. ``row`` is its number for the person; ``key`` the digest of the identity document.

    ``value_tenths``: tenths of what the jurisdiction counts.
    """

    row: int
    name: str
    identity_kind: str
    number: str
    key: str
    employer: str
    subject_kind: str
    value_tenths: int
    outcome: str

    @property
    def content(self) -> tuple[object, ...]:
        """What is compared with a record that is there already."""
        return (self.name, self.employer, self.subject_kind, self.value_tenths, self.outcome)


def credit_problems(project: TrainingProject) -> list[Problem]:
    """Why no hours or credit may be registered for the project; empty where they may be."""
    return certificates_allowed(project)


def records_problems(project: TrainingProject) -> list[Problem]:
    """Why no trainees may be entered, changed or removed now; empty where they may be."""
    state = project.case.state
    if not project.in_base_name:
        return [Problem("own_training", "本项目属本单位自办培训，不以基地名义举办，学员信息不在平台登记。")]
    if state == ProjectState.ARCHIVED:
        return [Problem("archived", "项目已归档，学员培训记录不能再变更。")]
    if state not in (ProjectState.READY, ProjectState.HELD):
        label = ProjectState(state).label
        return [Problem("not_held", f"项目现为“{label}”，开班以后才能登记学员培训记录。")]
    if timezone.localdate() < project.starts_on:
        return [Problem("not_started", f"项目于 {project.starts_on:%Y-%m-%d} 开班，开班以后才能登记学员培训记录。")]
    return []


def record_table(project: TrainingProject) -> Table:
    """The columns of a trainee, for form, file and interface alike; the value in what the project's text counts."""
    most = 0 if credit_problems(project) else project.value_tenths
    return Table(
        code="records",
        title="学员名单",
        max_rows=MOST_ROWS,
        columns=(
            Column("name", "姓名", max_length=64),
            Column("identity_kind", "证件类型", kind="choice", required=False, choices=tuple(IdentityKind.choices)),
            Column("identity_number", "证件号码", max_length=32),
            Column("employer", "工作单位", max_length=128),
            Column("subject_kind", "科目", kind="choice", required=False, choices=tuple(SubjectKind.choices)),
            Column("value", rules_of(project.case).credit.label, kind="tenths", most=most),
            Column("outcome", "结果", kind="choice", choices=tuple(Outcome.choices)),
        ),
    )


def check_rows(
    project: TrainingProject, rows: Iterable[Mapping[str, str]], first: int = 1
) -> tuple[list[Entry], list[RowError]]:
    """The rows cleaned, and every error by row and column. Blank rows are passed over but keep their number.

    An empty document type is the resident's card, an empty subject the project's. A number may stand only once.
    """
    table, today = record_table(project), timezone.localdate()
    entries: list[Entry] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=first):
        if table.blank(row):
            continue
        values, wrong = _clean(table, row, number, today)
        if not wrong:
            before = seen.setdefault(values["key"], number)
            if before != number:
                wrong.append(RowError(number, "证件号码", f"与第 {before} 行的证件号码相同，同一学员只登记一次。"))
        if wrong:
            errors.extend(wrong)
            continue
        entries.append(
            Entry(
                row=number,
                name=values["name"],
                identity_kind=values["identity_kind"],
                number=values["identity_number"],
                key=values["key"],
                employer=values["employer"],
                subject_kind=values["subject_kind"] or project.subject_kind,
                value_tenths=values["value"],
                outcome=values["outcome"],
            )
        )
    if len(entries) > MOST_ROWS:
        errors.append(RowError(first + MOST_ROWS, "", f"最多 {MOST_ROWS} 行，请分成几个文件。"))
    return entries, errors


def hide_numbers(text: str) -> str:
    """``text`` without anything in it that could be an identity number: a cell may stand in the wrong column."""
    return _NUMBERS.sub(lambda found: identity.masked(re.sub(r"[ -]", "", found[0])), text)


def _clean(table: Table, row: Mapping[str, str], number: int, today: dt.date) -> tuple[dict[str, Any], list[RowError]]:
    values: dict[str, Any] = {}
    wrong: list[RowError] = []
    for column in table.columns:
        raw = str(row.get(column.name, ""))
        try:
            if raw == NUMERIC:
                raise ValidationError("被存为数字，末几位已丢失；请先把这一列设为文本，再重新填写。")
            if column.kind == "text":
                _check_characters(raw)
            values[column.name] = column.clean(raw)
        except ValidationError as error:
            wrong.append(RowError(number, column.label, hide_numbers(error.messages[0])))
    if "identity_number" in values and "identity_kind" in values:
        kind = values["identity_kind"] = values["identity_kind"] or IdentityKind.RESIDENT
        try:
            values["identity_number"] = identity.cleaned(kind, values["identity_number"], today)
            values["key"] = identity.digest(kind, values["identity_number"])
        except identity.IdentityInvalid as error:
            shown = identity.masked(re.sub(r"\s", "", values["identity_number"]))
            wrong.append(RowError(number, "证件号码", f"{shown}：{error}"))
    return values, wrong


def _check_characters(raw: str) -> None:
    if raw.isprintable():
        return
    if any(unicodedata.category(char) in _CONTROL for char in raw.strip()):
        raise ValidationError("含有不能显示的字符，请删去后重新填写。")

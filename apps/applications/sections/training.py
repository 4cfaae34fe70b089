"""近三年培训: projects in a table, persons and attendances apart.

Attendances of a year are the sum of its projects'. Persons are not: who attends two projects is one person, so the
year's persons are declared, and held against what the projects allow (no fewer than the largest project's, no more
than their sum).
"""

from __future__ import annotations

from typing import Any

from apps.applications.sections.base import Figure, Filled, FormContext, Gap, Section, SectionForm
from apps.applications.sections.fields import count_field, text_area
from apps.cases.tables import Column, Table


def _row_check(row: dict[str, Any]) -> list[tuple[str, str]]:
    if row["attendances"] < row["persons"]:
        return [("培训人次", f"人次 {row['attendances']} 少于人数 {row['persons']}，请核对。")]
    return []


def projects_table(context: FormContext) -> Table:
    """The table of the three years' projects."""
    return Table(
        code="projects",
        title="近三年培训项目",
        columns=(
            Column("year", "年度", "choice", choices=tuple((str(year), str(year)) for year in context.years)),
            Column("name", "项目名称", max_length=200),
            Column("persons", "培训人数（名）", "count"),
            Column("attendances", "培训人次", "count"),
            Column("hours", "学时", "count", required=False, most=99999),
        ),
        hint="人数按人计，人次按参加次数计，分别填写，不互相推算",
        row_check=_row_check,
    )


class TrainingForm(SectionForm):
    persons_last_year = count_field()
    persons_second_year = count_field()
    persons_third_year = count_field()
    training_overview = text_area("培训成效", help_text="经验、特色、影响，学员评价")

    def adapt(self) -> None:
        for name, year in zip(_YEAR_FIELDS, self.context.years, strict=True):
            self.fields[name].label = f"{year} 年培训人数（名）"
            self.fields[name].help_text = "全年去重后的人数，同一人一年只计一次"
        self.fields["persons_last_year"].answers_section = True


_YEAR_FIELDS = ("persons_last_year", "persons_second_year", "persons_third_year")


class Training(Section):
    code = "training"
    title = "近三年培训业绩"
    lead = "人数（名）与人次分别填写。条件所称“每年”按最近一个完整年度计。"
    rule_section = "training"
    form_class = TrainingForm

    def tables(self, context: FormContext) -> tuple[Table, ...]:
        return (projects_table(context),)

    def table_facts(self, filled: Filled) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        rows = filled.checked["projects"].rows
        persons = filled.cleaned.get("persons_last_year")
        if persons is not None:
            facts["annual_trainees"] = persons
        if rows:
            facts["training_projects_held"] = len(rows)
            facts["annual_attendances"] = _attendances(filled, filled.context.last_year)
        return facts

    def figures(self, filled: Filled) -> list[Figure]:
        figures = [Figure("近三年培训项目", len(filled.checked["projects"].rows), "项", "由项目表统计")]
        for year in filled.context.years:
            figures.append(Figure(f"{year} 年培训人次", _attendances(filled, year), "人次", "由项目表合计"))
        return figures

    def cross_checks(self, filled: Filled) -> list[Gap]:
        gaps = []
        for name, year in zip(_YEAR_FIELDS, filled.context.years, strict=True):
            persons = filled.cleaned.get(name)
            message = None if persons is None else _doubt(persons, _of_year(filled, year))
            if message:
                label = str(filled.form.fields[name].label)
                gaps.append(Gap(name, label, f"“{label}”：{message}", False, filled.articles(name)))
        return gaps


def _of_year(filled: Filled, year: int) -> list[dict[str, Any]]:
    return [row for row in filled.checked["projects"].rows if row["year"] == str(year)]


def _attendances(filled: Filled, year: int) -> int:
    return sum(row["attendances"] for row in _of_year(filled, year))


def _doubt(persons: int, rows: list[dict[str, Any]]) -> str | None:
    most, least = sum(row["persons"] for row in rows), max((row["persons"] for row in rows), default=0)
    if persons > most:
        return f"填写 {persons} 名，多于该年度各项目人数之和 {most} 名，请核对人数或补全项目表。"
    if persons < least:
        return f"填写 {persons} 名，少于该年度单个项目的 {least} 名，请核对。"
    return None

"""师资队伍: the teachers, one row each; how many are full-time or part-time is counted from the rows."""

from __future__ import annotations

from typing import Any

from apps.applications.sections.base import Figure, Filled, FormContext, Section, SectionForm
from apps.applications.sections.fields import fact_field, text_area
from apps.cases.tables import Column, Table

FULL_TIME, PART_TIME = "full_time", "part_time"

TEACHERS = Table(
    code="teachers",
    title="师资名单",
    columns=(
        Column("name", "姓名", max_length=64),
        Column("kind", "专职/兼职", "choice", choices=((FULL_TIME, "专职"), (PART_TIME, "兼职"))),
        Column("title", "职称或职务", max_length=64),
        Column("employer", "所在单位", max_length=128),
        Column("field", "专业领域", max_length=64),
        Column("education", "学历学位", required=False, max_length=32),
    ),
    hint="每人一行；专职、兼职人数由本表自动统计",
)


class FacultyForm(SectionForm):
    policy_research_staff = fact_field("policy_research_staff")
    online_teaching_staff = fact_field("online_teaching_staff")
    faculty_conduct_pledge = fact_field("faculty_conduct_pledge")
    faculty_overview = text_area("师资队伍总体情况", help_text="结构、稳定性、与科研生产一线的联系")


class Faculty(Section):
    code = "faculty"
    title = "师资队伍"
    lead = "可逐行填写、从 Excel 复制粘贴，或下载模板填好后上传。"
    rule_section = "faculty"
    form_class = FacultyForm

    def tables(self, context: FormContext) -> tuple[Table, ...]:
        return (TEACHERS,)

    def table_facts(self, filled: Filled) -> dict[str, Any]:
        checked = filled.checked["teachers"]
        if not checked.rows:
            return {}
        return {"full_time_teachers": _count(filled, FULL_TIME), "part_time_teachers": _count(filled, PART_TIME)}

    def figures(self, filled: Filled) -> list[Figure]:
        return [
            Figure("专职教师", _count(filled, FULL_TIME), "人", "由师资名单统计"),
            Figure("兼职教师", _count(filled, PART_TIME), "人", "由师资名单统计"),
        ]


def _count(filled: Filled, kind: str) -> int:
    return sum(row["kind"] == kind for row in filled.checked["teachers"].rows)

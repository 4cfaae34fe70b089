"""场地设备、远程教育、经费保障: what the institution teaches with."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.applications.sections.base import Figure, Filled, FormContext, Section, SectionForm
from apps.applications.sections.fields import fact_field, text_area
from apps.cases.tables import Column, Table

CLASSROOM = "classroom"

VENUES = Table(
    code="venues",
    title="教学场所",
    columns=(
        Column("name", "场所名称"),
        Column(
            "kind", "类型", "choice", choices=((CLASSROOM, "固定教室"), ("practice", "实训场所"), ("other", "其他"))
        ),
        Column("rooms", "间数", "count", least=1, most=9999),
        Column("seats", "可容纳人数", "count", most=99999),
        Column("location", "地点", max_length=200),
    ),
    hint="固定教室间数由本表自动统计",
    max_rows=200,
)


class FacilitiesForm(SectionForm):
    teaching_equipment = fact_field("teaching_equipment")
    equipment_list = text_area("主要教学设备", help_text="名称和数量", rows=4)
    library_materials = fact_field("library_materials")
    library_overview = text_area("专业图书资料情况", required=False, rows=3)
    specialised_field = fact_field("specialised_field")
    practice_site = fact_field("practice_site", required=False)
    practice_note = text_area("实训场所或实训合作单位说明", required=False, rows=3)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("specialised_field"):
            self.require("practice_site", "属于需要实训的领域，须填写实训场所或实训合作单位。")
        return cleaned


class Facilities(Section):
    code = "facilities"
    title = "场地与设备"
    rule_section = "facilities"
    form_class = FacilitiesForm

    def tables(self, context: FormContext) -> tuple[Table, ...]:
        return (VENUES,)

    def table_facts(self, filled: Filled) -> dict[str, Any]:
        return {"fixed_classrooms": _classrooms(filled)} if filled.checked["venues"].rows else {}

    def figures(self, filled: Filled) -> list[Figure]:
        return [Figure("固定教室", _classrooms(filled), "间", "由教学场所表统计")]


def _classrooms(filled: Filled) -> int:
    return sum(row["rooms"] for row in filled.checked["venues"].rows if row["kind"] == CLASSROOM)


class RemoteEducationForm(SectionForm):
    remote_equipment = fact_field("remote_equipment")
    training_platform = fact_field("training_platform")
    platform_url = forms.CharField(label="平台网址", required=False, max_length=200)
    online_interaction = fact_field("online_interaction")
    remote_overview = text_area("远程教育条件说明", help_text="设备、平台功能、网上培训和互动的开展情况")


class RemoteEducation(Section):
    code = "remote_education"
    title = "远程教育"
    rule_section = "remote_education"
    form_class = RemoteEducationForm

    def applies(self, context: FormContext) -> bool:
        return bool(self.conditions(context))


class FundsForm(SectionForm):
    matching_funds_yuan = forms.DecimalField(
        label="每年为基地安排的配套经费（元）",
        min_value=0,
        max_digits=13,
        decimal_places=2,
        help_text="本单位自有经费，不含申请的补助",
        error_messages={"invalid": "请填写金额，最多两位小数。", "min_value": "不能小于 0。"},
    )
    funds_source = text_area("经费来源与保障", rows=4)
    funds_use = text_area("经费使用安排", rows=4)

    def adapt(self) -> None:
        self.fields["matching_funds_yuan"].answers_section = True


class Funds(Section):
    code = "funds"
    title = "经费保障"
    rule_section = "funds"
    form_class = FundsForm

    def table_facts(self, filled: Filled) -> dict[str, Any]:
        amount = filled.cleaned.get("matching_funds_yuan")
        return {} if amount is None else {"matching_funds_fen": int(amount * 100)}

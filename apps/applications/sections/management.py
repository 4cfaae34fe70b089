"""管理机构与制度: who runs continuing education and by which written systems."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.applications.sections.base import Section, SectionForm
from apps.applications.sections.fields import fact_field, phone_field, text_area


class ManagementForm(SectionForm):
    management_body = fact_field("management_body")
    management_body_name = forms.CharField(label="管理机构名称", max_length=100, required=False)
    management_body_head = forms.CharField(label="管理机构负责人", max_length=64, required=False)
    management_body_phone = phone_field("管理机构电话", required=False)
    full_time_managers = fact_field("full_time_managers")
    part_time_managers = fact_field("part_time_managers")
    management_systems = fact_field("management_systems")
    management_overview = text_area("管理制度建设和执行情况")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("management_body"):
            self.require("management_body_name", "设有管理机构的，须填写机构名称。")
            self.require("management_body_head", "设有管理机构的，须填写负责人。")
        return cleaned


class Management(Section):
    code = "management"
    title = "管理机构与制度"
    lead = "制度以成文并施行的为准，证明文件在“佐证材料”中上传。"
    rule_section = "management"
    form_class = ManagementForm

"""建设规划 and 真实性承诺."""

from __future__ import annotations

from django import forms

from apps.applications.sections.base import Section, SectionForm
from apps.applications.sections.fields import text_area


class PlanForm(SectionForm):
    goals = text_area("建设目标")
    training_plan = text_area("培训计划", help_text="拟开展的培训项目、对象、规模和进度")
    safeguards = text_area("保障措施")


class Plan(Section):
    code = "plan"
    title = "建设规划"
    form_class = PlanForm


class PledgeForm(SectionForm):
    truthful = forms.BooleanField(
        label="本单位承诺：所填内容和所附材料真实、准确、完整，愿意接受核查，并承担不实的后果。",
        error_messages={"required": "须作出真实性承诺。"},
    )
    pledger = forms.CharField(label="承诺人（单位负责人）姓名", max_length=64)


class Pledge(Section):
    code = "pledge"
    title = "真实性承诺"
    lead = "填报人填写，单位负责人提交时即为签署。"
    form_class = PledgeForm

"""审查与推荐单位: the departments the road asks for, chosen from the authority's list."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.applications.sections.base import Filled, FormContext, Section, SectionForm
from apps.jurisdictions.rulebooks.citations import cite

STAGE_FIELDS = {"examination": "examiner", "recommendation": "recommender"}


class UnitsForm(SectionForm):
    direct = forms.BooleanField(label="直接申请，不经推荐", required=False)
    examiner = forms.ChoiceField(label="主管部门")
    recommender = forms.ChoiceField(label="推荐单位")

    def adapt(self) -> None:
        road = self.context.rulebook.road
        stages = {STAGE_FIELDS[stage.code]: stage for stage in road.recommendation}
        for name in STAGE_FIELDS.values():
            if name not in stages:
                del self.fields[name]
                continue
            stage, field = stages[name], self.fields[name]
            field.label = f"办理“{stage.label}”的部门"
            field.help_text = f"依据{cite(stage.article)}；名单由认定机关维护，找不到时请联系认定机关"
            choices = [(str(unit.pk), unit.name) for unit in self.context.units(stage)]
            field.choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]
        if road.direct_application is None or not self.context.direct_open():
            del self.fields["direct"]
        else:
            self.fields["direct"].help_text = road.direct_application.summary

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("direct"):
            for name in STAGE_FIELDS.values():
                self.errors.pop(name, None)
        return cleaned


class Units(Section):
    code = "units"
    title = "推荐单位"
    lead = "提交后，申报材料按下列顺序转送。"
    form_class = UnitsForm

    def applies(self, context: FormContext) -> bool:
        return bool(context.rulebook.road.recommendation)


def chosen_units(filled: Filled) -> dict[str, Any]:
    """The valid choices as values of the application: examiner_id, recommender_id, direct."""
    cleaned = filled.cleaned
    direct = bool(cleaned.get("direct"))
    chosen: dict[str, Any] = {"direct": direct}
    for name in STAGE_FIELDS.values():
        unit = cleaned.get(name)
        chosen[f"{name}_id"] = int(unit) if unit and not direct else None
    return chosen

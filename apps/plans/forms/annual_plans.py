"""Forms of annual plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from apps.plans.enums import UnitConclusion
from apps.plans.services.plan_amendments import LONGEST_REASON
from apps.plans.services.plan_decisions import LONGEST_OPINION
from apps.plans.services.plan_forms import PROJECTS, SUMMARY, PlanForm
from apps.plans.services.plan_overview import GROUPS
from apps.plans.services.plan_parts import as_post
from apps.plans.services.plan_returns import LONGEST_ITEM, Item

_ITEM_ROWS = 8


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PartForm(forms.Form):
    """The texts of one part as typed; what is wrong with them the plan's form knows."""

    use_required_attribute = False

    def __init__(self, form: PlanForm, part: str, *, show_missing: bool) -> None:
        super().__init__(as_post(form, part))
        self.plan_form, self.part, self.show_missing = form, part, show_missing
        year = form.plan.year
        if part == SUMMARY and not form.is_amendment:
            self.fields["summary"] = forms.CharField(
                label=f"{year - 1} 年计划执行总结", required=False, widget=_area(8)
            )
            for row in form.executions:
                name = row.name
                self.fields[row.result_field] = forms.CharField(
                    label=f"{name}：完成情况", required=False, widget=_area(2)
                )
                self.fields[row.reason_field] = forms.CharField(
                    label=f"{name}：差异原因", required=False, widget=_area(2)
                )
        if part == PROJECTS:
            self.fields["outline"] = forms.CharField(label=f"{year} 年计划要点", required=False, widget=_area(6))
        for place in form.returned:
            if place.part == part:
                self.fields[place.field] = forms.CharField(label="答复", required=False, widget=_area(2))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for gap in self.plan_form.gaps_in(self.part):
            if gap.field in self.fields and (gap.wrong or self.show_missing):
                self.add_error(gap.field, f"{gap.message}。")
        return values

    def execution_rows(self) -> list[dict[str, Any]]:
        """The lines of the summary, each with its two cells."""
        return [
            {"line": row, "result": self[row.result_field], "reason": self[row.reason_field]}
            for row in self.plan_form.executions
            if row.result_field in self.fields
        ]

    def returned(self) -> list[dict[str, Any]]:
        """What this part was sent back for, each with the field for its answer."""
        return [
            {"place": place, "answer": self[place.field]}
            for place in self.plan_form.returned
            if place.field in self.fields
        ]


class OwnReviewForm(forms.Form):
    """The institution's own review of its plan."""

    opinion = forms.CharField(label="单位审核意见", max_length=2000, widget=_area(5))
    on = forms.DateField(label="审核日期", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class OpinionForm(forms.Form):
    """The managing unit's opinion."""

    conclusion = forms.ChoiceField(label="意见", choices=UnitConclusion.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="意见内容", max_length=LONGEST_OPINION, widget=_area(8), help_text="写入文书；不同意的，逐条写明理由"
    )


class NoteForm(forms.Form):
    """A note that goes into the record and nothing else."""

    reason = forms.CharField(label="说明（可不填）", required=False, max_length=2000, widget=_area(2))


class AmendForm(forms.Form):
    reason = forms.CharField(
        label="调整理由", max_length=LONGEST_REASON, widget=_area(4), help_text="写入备案回执，例如增加或取消哪些项目"
    )


class ReturnForm(forms.Form):
    """What has to be changed, place by place; a place without text is not sent back."""

    note = forms.CharField(label="总的说明（可不填）", required=False, max_length=2000, widget=_area(2))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole = [(code, title) for code, title in places if ":" not in code]
        projects = [(code, title) for code, title in places if ":" in code]
        for code, title in self.whole:
            self.fields[f"text-{code}"] = self._text(title)
        self.rows = min(_ITEM_ROWS, len(projects))
        choices = [("", "选择项目"), *projects]
        for number in range(1, self.rows + 1):
            self.fields[f"place-{number}"] = forms.ChoiceField(label=f"第 {number} 项", required=False, choices=choices)
            self.fields[f"item-{number}"] = self._text("须修改的内容")

    @staticmethod
    def _text(label: str) -> forms.CharField:
        return forms.CharField(label=label, required=False, max_length=LONGEST_ITEM, widget=_area(2))

    def whole_fields(self) -> list[forms.BoundField]:
        return [self[f"text-{code}"] for code, _ in self.whole]

    def project_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"place-{number}"], self[f"item-{number}"]) for number in range(1, self.rows + 1)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in range(1, self.rows + 1):
            place, text = values.get(f"place-{number}", ""), values.get(f"item-{number}", "").strip()
            if place and not text:
                self.add_error(f"item-{number}", "请写明这个项目需要怎样修改。")
            if text and not place:
                self.add_error(f"place-{number}", "请选择是哪个项目。")
        if not self.errors and not self._items(values):
            raise forms.ValidationError("请至少在一处写明需要修改的内容和原因。")
        return values

    def items(self) -> list[Item]:
        return self._items(self.cleaned_data)

    def _items(self, values: dict[str, Any]) -> list[Item]:
        found = [Item(code, values.get(f"text-{code}", "").strip()) for code, _ in self.whole]
        for number in range(1, self.rows + 1):
            found.append(Item(values.get(f"place-{number}", ""), values.get(f"item-{number}", "").strip()))
        return [item for item in found if item.text]


class OverviewForm(forms.Form):
    """Filters of the overview; what is odd is ignored, never refused."""

    q = forms.CharField(
        label="基地名称、编号或单位",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    year = forms.TypedChoiceField(label="计划年度", required=False, coerce=int)
    unit = forms.ChoiceField(label="管理单位", required=False)
    state = forms.ChoiceField(label="办理情况", required=False, choices=[("", "全部"), *GROUPS])
    late = forms.ChoiceField(label="期限", required=False, choices=[("", "不限"), ("yes", "有逾期"), ("no", "无逾期")])
    rehearsal = forms.ChoiceField(label="范围", required=False, choices=[("", "正式基地"), ("yes", "演练基地")])

    def __init__(self, data: Any, *, year: int, units: list[tuple[str, str]]) -> None:
        super().__init__(data)
        years = range(year - 5, year + 2)
        self.fields["year"].choices = [("", f"{year} 年"), *((str(one), f"{one} 年") for one in reversed(years))]
        if units:
            self.fields["unit"].choices = [("", "全部"), *units]
        else:
            del self.fields["unit"]

    def values(self) -> dict[str, Any]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

"""Forms of the examination and the recommendation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from apps.applications.enums import Conclusion, Verdict
from apps.applications.services.recommendation import recheck_values
from apps.applications.services.returns import Item

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CheckForm(forms.Form):
    """The verdict on one condition."""

    verdict = forms.ChoiceField(label="核查结论", choices=Verdict.choices, widget=forms.RadioSelect, required=False)
    note = forms.CharField(
        label="说明（存疑须写明疑点）", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class OpinionForm(forms.Form):
    """The draft of an opinion; everything may be left open until it is put before the head."""

    conclusion = forms.ChoiceField(label="结论", choices=Conclusion.choices, widget=forms.RadioSelect, required=False)
    text = forms.CharField(
        label="意见",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="写入文书；不同意的，逐条写明理由",
    )
    recheck_date = forms.DateField(label="复查日期", required=False, widget=_DAY)
    recheck_persons = forms.CharField(
        label="复查人员", required=False, max_length=400, help_text="姓名和单位，用顿号隔开"
    )
    recheck_findings = forms.CharField(
        label="复查情况", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )

    RECHECK = ("recheck_date", "recheck_persons", "recheck_findings")

    def __init__(self, *args: Any, site_recheck: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site_recheck = site_recheck
        if not site_recheck:
            for name in self.RECHECK:
                del self.fields[name]

    def clean_recheck_date(self) -> Any:
        day = self.cleaned_data["recheck_date"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("复查日期不能晚于今天。")
        return day

    def values(self) -> dict[str, Any]:
        """What the service keeps; a field in error is left as it was stored."""
        given = self.cleaned_data
        values = {name: given[name] for name in ("conclusion", "text") if name in given}
        if self.site_recheck and all(name in given for name in self.RECHECK):
            values["recheck"] = recheck_values(*(given[name] for name in self.RECHECK))
        return values


class ReturnForm(forms.Form):
    """A reason for each section that is sent back; a section without a reason stays closed."""

    note = forms.CharField(
        label="总的说明（可不填）", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        for code, title in sections:
            self.fields[self.name_of(code)] = forms.CharField(
                label=title, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )

    @staticmethod
    def name_of(code: str) -> str:
        return f"reason-{code}"

    @property
    def section_fields(self) -> list[forms.BoundField]:
        return [self[self.name_of(code)] for code, _ in self.sections]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not self._items(values):
            raise forms.ValidationError("请至少在一个部分写明需要修改的内容和原因。")
        return values

    def items(self) -> list[Item]:
        """The sections with a reason, in the order of the form."""
        return self._items(self.cleaned_data)

    def _items(self, values: dict[str, Any]) -> list[Item]:
        reasons = [(code, values.get(self.name_of(code), "")) for code, _ in self.sections]
        return [Item(code, reason) for code, reason in reasons if reason.strip()]


class SignForm(forms.Form):
    """The head's signature: nothing but a note that goes into the record."""

    reason = forms.CharField(
        label="签署说明（可不填）", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class QueueForm(forms.Form):
    """Filters of a queue; what is odd is ignored, never refused."""

    q = forms.CharField(
        label="编号或单位",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    view = forms.ChoiceField(label="范围", required=False)
    round = forms.ChoiceField(label="批次", required=False)
    state = forms.ChoiceField(label="状态", required=False)
    doubts = forms.ChoiceField(
        label="存疑", required=False, choices=[("", "不限"), ("yes", "有存疑"), ("no", "无存疑")]
    )
    due = forms.ChoiceField(
        label="期限", required=False, choices=[("", "不限"), ("overdue", "已逾期"), ("week", "七日内到期")]
    )

    def __init__(
        self,
        data: Any,
        *,
        views: Any,
        rounds: list[tuple[str, str]],
        states: list[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        self.fields["view"].choices = views
        self.fields["round"].choices = [("", "全部批次"), *rounds]
        self.fields["state"].choices = [("", "全部状态"), *states]

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

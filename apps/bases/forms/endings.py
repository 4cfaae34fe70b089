"""Forms of a withdrawal and of the managing unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.bases.forms.typed import Day, SeveralLines
from apps.bases.models import BaseWithdrawal

LONGEST_WAIT = 366


class WithdrawalDraftForm(forms.Form):
    """Why the base withdraws, what becomes of its classes and trainees, and from when; half a form can be kept."""

    reason = SeveralLines(label="退出理由", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    arrangements = SeveralLines(
        label="在办培训的善后安排",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="在办班次怎样办完或停办、学员和费用怎样处理、档案怎样移交；没有在办培训的写“无”",
    )
    ends_on = Day(
        label="希望的退出日期",
        required=False,
        days_ahead=LONGEST_WAIT,
        help_text="不填的，自同意退出之日起退出；填写的，认定机关到该日才签发",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, withdrawal: BaseWithdrawal, seen: int) -> None:
        stored = {
            "reason": withdrawal.reason,
            "arrangements": withdrawal.arrangements,
            "ends_on": withdrawal.ends_on,
            "version": seen,
        }
        super().__init__(data, initial=stored)


class PlaqueForm(forms.Form):
    """The day the plaque came back."""

    on = Day(label="匾牌交回日期")


class UnitForm(forms.Form):
    """Which department, since when and why."""

    unit = forms.ChoiceField(label="部门")
    effective_on = Day(label="起始日期", help_text="机构改革文件或批复载明的日期，不能晚于今天")
    reason = SeveralLines(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如直接申报认定、原单位机构改革，并写明文件文号",
    )

    def __init__(self, data: Any = None, *, units: Sequence[Organisation]) -> None:
        super().__init__(data)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = [("", "请选择"), *((key, unit.name) for key, unit in self.units.items())]

    def chosen(self) -> Organisation:
        """The department that was picked; call after validation."""
        return self.units[self.cleaned_data["unit"]]


class UnitDeclineForm(forms.Form):
    """Why a proposed unit is not taken up."""

    reason = SeveralLines(label="不采纳的理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

"""Forms of the schedule of fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from apps.plans.forms.projects import DayField


class RateForm(forms.Form):
    """A rate to publish; ``values()`` is what the service takes."""

    name = forms.CharField(label="收费项目", max_length=64, help_text="与现行项目同名的，视为调整该项目的标准")
    unit = forms.CharField(label="计费单位", max_length=32, initial="人", help_text="如：人、人·天、人·期")
    amount = forms.DecimalField(
        label="标准（元）", min_value=Decimal(0), max_value=Decimal("999999.99"), max_digits=8, decimal_places=2
    )
    authority_name = forms.CharField(label="批准或备案机关", max_length=100)
    authority_document = forms.CharField(label="依据文号", max_length=64)
    effective_from = DayField(label="执行日期", help_text="调整现行标准的，不能早于今天")

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["amount_fen"] = int(given.pop("amount") * 100)
        return given


class EndForm(forms.Form):
    """The last day on which a rate is charged."""

    ends_on = DayField(label="执行至", help_text="含当日")

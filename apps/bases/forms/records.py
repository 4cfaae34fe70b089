"""Form of a register record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.validators import validate_credit_code, validate_division
from apps.bases.models import LEVEL_LABELS, RegisterRecord
from apps.bases.records import institution_by_code


class RecordForm(forms.Form):
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, validators=[validate_credit_code])
    kind = forms.ChoiceField(label="类别", choices=RegisterRecord.Kind.choices)
    level = forms.ChoiceField(label="基地级别", choices=[("", "不适用"), *LEVEL_LABELS.items()], required=False)
    division = forms.CharField(
        label="基地所在地行政区划代码", max_length=6, required=False, validators=[validate_division]
    )
    on = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}), help_text="作出决定或取得资格之日"
    )
    years = forms.IntegerField(
        label="年数", min_value=0, max_value=99, required=False, help_text="承办知识更新项目时填写"
    )
    document_number = forms.CharField(label="文号", max_length=64, required=False, help_text="不良记录必填")
    note = forms.CharField(label="说明", max_length=300, required=False)

    def clean_credit_code(self) -> str:
        code = self.cleaned_data["credit_code"].strip().upper()
        if institution_by_code(code) is None:
            raise forms.ValidationError("平台上没有这个代码的施教机构，请核对。")
        return code

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")
        return day

    def clean_years(self) -> int:
        return self.cleaned_data["years"] or 0


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label="撤销理由", max_length=300)

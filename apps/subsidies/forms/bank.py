"""Forms of bank statements: the file, a word on a line, the lines' filters."""

from __future__ import annotations

from django import forms

from apps.subsidies.enums import BankDirection, BankLineState


class StatementForm(forms.Form):
    file = forms.FileField(
        label="银行对账单文件",
        help_text="网上银行导出的 .xlsx 或 .csv，5 MB 以内。须有交易日期、流水号和借贷金额各列。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )


class IgnoreForm(forms.Form):
    note = forms.CharField(label="说明", max_length=150, required=False)


class LineFilter(forms.Form):
    """Filters of the lines of statements; what is odd is ignored."""

    q = forms.CharField(
        label="流水号、户名或摘要", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *BankLineState.choices])
    direction = forms.ChoiceField(label="收支", required=False, choices=[("", "全部"), *BankDirection.choices])
    statement = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

"""Filters of the reports on money; what is odd in an address is ignored."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.subsidies.enums import Account, AwardState, EntryKind
from apps.subsidies.services.dashboards import MEANINGS

_SEARCH = forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"})
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """A form whose fields filter a list by themselves."""

    def values(self) -> dict[str, Any]:
        """The filters that are understood."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return {
            name: value.replace("\x00", "") if isinstance(value, str) else value
            for name, value in found.items()
            if value
        }


class AwardFilterForm(FilterForm):
    q = forms.CharField(label="单位、基地编号或办件编号", required=False, max_length=64, widget=_SEARCH)
    state = forms.ChoiceField(label="办理状态", required=False, choices=[("", "全部"), *AwardState.choices])
    has = forms.ChoiceField(
        label="有金额",
        required=False,
        choices=[("", "全部"), *((code, label) for code, (label, _) in MEANINGS.items())],
    )


class LedgerFilterForm(FilterForm):
    award = forms.CharField(label="资助办件编号", required=False, max_length=40, widget=_SEARCH)
    kind = forms.ChoiceField(label="业务", required=False, choices=[("", "全部"), *EntryKind.choices])
    account = forms.ChoiceField(label="科目", required=False, choices=[("", "全部"), *Account.choices])
    side = forms.ChoiceField(
        label="方向", required=False, choices=[("", "借贷双方"), ("debit", "借方"), ("credit", "贷方")]
    )
    since = forms.DateField(label="自", required=False, widget=_DAY)
    until = forms.DateField(label="至", required=False, widget=_DAY)

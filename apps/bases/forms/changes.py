"""Forms of a change of particulars, drawn from what the text asks to be reported."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.bases.enums import Particular
from apps.bases.forms.typed import Day, OneLine, SeveralLines, validate_phone
from apps.bases.models import ParticularsChange
from apps.bases.particulars import registered_value
from apps.bases.services.changes import Item
from apps.jurisdictions.rulebooks.supervision import ParticularsChange as Rules

OTHERS = 3
_LENGTHS = {Particular.NAME: 128, Particular.AFFILIATION: 128, Particular.CONTACT: 32}
_HINTS = {
    Particular.NAME: "与新的登记证书一致的全称",
    Particular.AFFILIATION: "变更后的主管（举办）单位全称",
    Particular.CONTACT: "对外公开的联系电话",
}


class ChangeForm(forms.Form):
    """What changes, since when and why. A particular left empty does not change; half a form can be kept."""

    happened_on = Day(label="变更日期", required=False, help_text="新登记证书、批复等载明的生效日期")
    reason = SeveralLines(label="变更事由", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, change: ParticularsChange, rules: Rules, seen: int) -> None:
        self.change, self.base = change, change.base
        self.codes = [Particular(one.code) for one in rules.particulars if one.code != Particular.OTHER]
        self.has_others = any(one.code == Particular.OTHER for one in rules.particulars)
        super().__init__(data, initial=self._stored(seen))
        for code in self.codes:
            self.fields[f"after_{code}"] = OneLine(
                label=f"{code.label}（变更后）",
                required=False,
                max_length=_LENGTHS[code],
                help_text=_HINTS[code],
                validators=[validate_phone] if code == Particular.CONTACT else [],
            )
        for place in self._places():
            self.fields[f"label_{place}"] = OneLine(label="变更事项", required=False, max_length=32)
            self.fields[f"before_{place}"] = OneLine(label="变更前", required=False, max_length=200)
            self.fields[f"after_{place}"] = OneLine(label="变更后", required=False, max_length=200)

    def _places(self) -> range:
        return range(1, OTHERS + 1) if self.has_others else range(0)

    def _stored(self, seen: int) -> dict[str, Any]:
        values: dict[str, Any] = {
            "happened_on": self.change.happened_on,
            "reason": self.change.reason,
            "version": seen,
        }
        place = 0
        for item in self.change.items.all():
            if item.code == Particular.OTHER:
                place += 1
                values |= {f"label_{place}": item.label, f"before_{place}": item.before, f"after_{place}": item.after}
            else:
                values[f"after_{item.code}"] = item.after
        return values

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for code in self.codes:
            after = values.get(f"after_{code}")
            if after and after == registered_value(self.base, code):
                self.add_error(f"after_{code}", "与现登记的内容相同；没有变更的请留空。")
        for place in self._places():
            given = [bool(values.get(f"{part}_{place}")) for part in ("label", "before", "after")]
            if any(given) and not given[0]:
                self.add_error(f"label_{place}", "请写明变更的是什么事项。")
            if any(given) and not given[2]:
                self.add_error(f"after_{place}", "请写明变更后的内容。")
            if given[2] and values[f"before_{place}"] == values[f"after_{place}"]:
                self.add_error(f"after_{place}", "变更前后相同，没有变更。")
        return values

    def items(self) -> list[Item]:
        """The particulars that change, in the text's order; call after validation."""
        values = self.cleaned_data
        found = [Item(code, values[f"after_{code}"]) for code in self.codes if values[f"after_{code}"]]
        for place in self._places():
            if values[f"after_{place}"]:
                label, before = values[f"label_{place}"], values[f"before_{place}"]
                found.append(Item(Particular.OTHER, values[f"after_{place}"], before, label))
        return found

    def particular_rows(self) -> list[dict[str, Any]]:
        """Each particular the register holds: what is registered, and the field for what it becomes."""
        return [
            {"label": code.label, "before": registered_value(self.base, code), "field": self[f"after_{code}"]}
            for code in self.codes
        ]

    def other_rows(self) -> list[dict[str, Any]]:
        return [
            {"label": self[f"label_{place}"], "before": self[f"before_{place}"], "after": self[f"after_{place}"]}
            for place in self._places()
        ]


class ConsentForm(forms.Form):
    """The department's answer: agrees or not, and why."""

    agrees = forms.ChoiceField(
        label="审核意见", widget=forms.RadioSelect, choices=[("yes", "同意变更"), ("no", "不予同意")]
    )
    opinion = SeveralLines(
        label="意见和理由",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="不予同意的必须写明理由，理由将写入送达建设单位的决定书",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("agrees") == "no" and not values.get("opinion"):
            self.add_error("opinion", "不予同意的，须写明理由。")
        return values

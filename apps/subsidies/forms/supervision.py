"""Forms of third-party supervision: commissioning somebody, ending it, reporting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.accounts.models import Membership
from apps.bases.forms.typed import SeveralLines


class AssignForm(forms.Form):
    """Who is commissioned, and with what; those tied to a side are not among the choices."""

    person = forms.TypedChoiceField(label="监管人员", coerce=int)
    task = SeveralLines(
        label="委托事项",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如核查设备到位和经费使用情况，写明报告要求",
    )

    def __init__(self, *args: Any, people: Iterable[tuple[Membership, list[str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [one for one, ties in people if not ties]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *((one.pk, f"{one.user.name}（{one.organisation.name}）") for one in free),
        ]


class SupervisionReportForm(forms.Form):
    text = SeveralLines(
        label="监管情况",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="写明核查的时间、方式、发现和建议",
    )
    has_concerns = forms.BooleanField(
        label="发现问题，请资助机关关注", required=False, help_text="经费用途不符、进度明显落后、材料不实等"
    )
    file = forms.FileField(
        label="附件（可不传）", required=False, help_text="PDF、图片、Word 或 Excel；只有资助机关和您本人可以查看"
    )


class SupervisionFilter(forms.Form):
    """Search in one's own awards."""

    q = forms.CharField(
        label="资助编号、单位或项目",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def value(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q", "")).strip()

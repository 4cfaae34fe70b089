"""Recording that a text was extended or finally issued."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.services import ExtensionRefused, check_pdf

_DATE = {"type": "date"}


class ExtensionForm(forms.ModelForm):
    """What the legal officer copies from the document, and the document itself."""

    class Meta:
        model = RulebookExtension
        fields = ["kind", "document_number", "document_date", "effective_from", "effective_to", "file"]
        widgets = {
            "document_date": forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
            "effective_from": forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
            "effective_to": forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
            "file": forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        }
        help_texts = {
            "document_number": "照文件抄录，如“某人社规〔2026〕1号”。",
            "effective_from": "自当日起按施行中办理。",
            "effective_to": "当日仍有效；文件没有写明期限的不填。",
            "file": "文件的 PDF，公众可以查看。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *RulebookExtension.Kind.choices]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            check_pdf(upload)
        except ExtensionRefused as error:
            raise forms.ValidationError(str(error)) from None
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("effective_from"), cleaned.get("effective_to")
        if start and end and end < start:
            self.add_error("effective_to", "失效日期早于生效日期，请核对。")
        issued = cleaned.get("document_date")
        if issued and end and end < issued:
            self.add_error("effective_to", "失效日期早于发文日期，请核对。")
        return cleaned

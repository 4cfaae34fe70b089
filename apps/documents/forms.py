"""Verifying a document by its code or by the file itself."""

from django import forms
from django.conf import settings


class VerifyForm(forms.Form):
    """Either the code printed on the document, or the file, or both."""

    code = forms.CharField(
        label="核验码",
        required=False,
        max_length=40,
        help_text="文书末页的 16 位字母和数字，不区分大小写。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label="PDF 文件",
        required=False,
        help_text="只计算文件的摘要用于比对，不保存文件。",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload and upload.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(f"文件超过 {settings.UPLOAD_MAX_BYTES // (1024 * 1024)} MB，不是本平台的文书。")
        return upload

    def clean(self) -> None:
        super().clean()
        if not self.errors and not self.cleaned_data.get("code") and not self.cleaned_data.get("file"):
            raise forms.ValidationError("请填写核验码，或选择要核验的 PDF 文件。")

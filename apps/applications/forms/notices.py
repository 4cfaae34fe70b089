"""Forms of public notices and objections."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.applications.models import Application


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


MOST_FILES = 10


class MultipleFileField(forms.FileField):
    """Up to MOST_FILES files; the value is a list."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"最多上传 {MOST_FILES} 个文件，请合并后再上传。")
        return [super(MultipleFileField, self).clean(item, initial) for item in files if item]


class NoticeForm(forms.Form):
    title = forms.CharField(label="公示标题", max_length=200)
    text = forms.CharField(label="公示说明", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    contact = forms.CharField(
        label="受理异议的联系方式", max_length=200, help_text="科室、电话、地址；公示期间群众可据此联系"
    )
    days = forms.IntegerField(label="公示天数", min_value=1, max_value=90)

    def __init__(self, *args: Any, least: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].min_value = least
        self.fields["days"].widget.attrs["min"] = least
        self.fields["days"].help_text = f"自然日，公示之日不计入，不少于 {least} 天；末日为休息日的顺延"


class NoticeEntriesForm(forms.Form):
    """Which applications go on the notice."""

    entries = forms.MultipleChoiceField(label="公示名单", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, applications: list[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applications = {item.case.number: item for item in applications}
        self.fields["entries"].choices = [
            (number, f"{item.case.institution.name}（{number}）") for number, item in self.applications.items()
        ]
        self.fields["entries"].initial = list(self.applications)

    def chosen(self) -> list[Application]:
        return [self.applications[number] for number in self.cleaned_data["entries"]]


class ObjectionForm(forms.Form):
    """An objection, in the objector's own name."""

    application = forms.ChoiceField(label="对哪一家单位有异议")
    name = forms.CharField(label="您的姓名或单位名称", max_length=64, help_text="须实名；不会告知被异议的单位")
    contact = forms.CharField(label="联系方式", max_length=100, help_text="电话或邮箱，仅供核查时联系")
    text = forms.CharField(label="异议内容与理由", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    files = MultipleFileField(label="证据材料", required=False, help_text="PDF、图片、Word 或 Excel，可多选")

    def __init__(self, *args: Any, entries: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].choices = [
            ("", "请选择"),
            *((entry["number"], entry["institution"]) for entry in entries),
        ]


class ObjectionQueryForm(forms.Form):
    query_code = forms.CharField(label="查询码", max_length=24)

    def clean_query_code(self) -> str:
        return self.cleaned_data["query_code"].strip().upper()


class InvestigationForm(forms.Form):
    record = forms.CharField(label="核查情况", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))


class AnswerForm(forms.Form):
    sustained = forms.TypedChoiceField(
        label="异议是否成立",
        choices=[("", "请选择"), ("yes", "成立"), ("no", "不成立")],
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    answer = forms.CharField(label="答复内容", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))

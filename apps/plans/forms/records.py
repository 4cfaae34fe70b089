"""Forms of trainee records, certificates and statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.cases.tables import RowError, Table
from apps.plans.enums import IdentityKind, Outcome

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class RecordForm(forms.Form):
    """One trainee, with the columns of the project's table; what is wrong in a row stands beside its field."""

    def __init__(self, data: Any, table: Table, initial: dict[str, str] | None = None, *, known: str = "") -> None:
        super().__init__(data, initial=initial)
        self.labels = {column.label: column.name for column in table.columns}
        for column in table.columns:
            self.fields[column.name] = self._field(column)
        if known:
            number = self.fields["identity_number"]
            number.required = False
            number.help_text = f"现为 {known}；不改动时留空。"

    def row(self) -> dict[str, str]:
        """What was typed, as a row of the table."""
        return {name: str(self.data.get(name, "")).strip() for name in self.fields}

    def tell(self, errors: Sequence[RowError]) -> None:
        """Put each error beside its field."""
        self.full_clean()
        self.errors.clear()
        for error in errors:
            self.add_error(self.labels.get(error.column), error.message)

    @staticmethod
    def _field(column: Any) -> forms.Field:
        if column.kind == "choice":
            choices = [*column.choices]
            if not column.required and column.name == "subject_kind":
                choices = [("", "与项目相同"), *choices]
            return forms.ChoiceField(label=column.label, choices=choices, required=column.required)
        hint = column.expected + "。" if column.kind == "tenths" else ""
        widget = forms.TextInput(attrs={**_PLAIN, **({"inputmode": "decimal"} if column.kind == "tenths" else {})})
        return forms.CharField(label=column.label, widget=widget, help_text=hint, required=column.required)


class RecordFilterForm(forms.Form):
    """Filters of a project's records; what is odd is ignored."""

    q = forms.CharField(
        label="姓名、单位或证书编号",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search", **_PLAIN}),
    )
    outcome = forms.ChoiceField(label="结果", required=False, choices=[("", "全部结果"), *Outcome.choices])
    certified = forms.ChoiceField(
        label="证书", required=False, choices=[("", "不限"), ("yes", "已发证"), ("no", "合格未发证")]
    )

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value.replace("\x00", "") for name, value in getattr(self, "cleaned_data", {}).items() if value}


class UploadForm(forms.Form):
    """A list of trainees as .xlsx."""

    file = forms.FileField(
        label="Excel 文件（.xlsx）",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择要导入的文件。", "empty": "文件是空的，请重新选择。"},
    )


class ReasonForm(forms.Form):
    """Why a number is looked at."""

    reason = forms.CharField(
        label="查看事由", max_length=200, error_messages={"required": "请写明查看事由，事由将被记录。"}
    )


class TraineeSearchForm(forms.Form):
    """A person's document; sent by POST alone, so that the number stands in no address."""

    kind = forms.ChoiceField(label="证件类型", choices=IdentityKind.choices)
    number = forms.CharField(
        label="证件号码", max_length=40, strip=True, widget=forms.TextInput(attrs=_PLAIN), help_text="请填写完整号码。"
    )
    reason = forms.CharField(
        label="查询事由", max_length=200, error_messages={"required": "请写明查询事由，事由将被记录。"}
    )


class CertificateVerifyForm(forms.Form):
    code = forms.CharField(
        label="核验码",
        max_length=40,
        help_text="证书左下角的 16 位字母和数字，不区分大小写。",
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": "请填写核验码。"},
    )


class StatisticsForm(forms.Form):
    """Filters of the statistics; what is odd is ignored."""

    q = forms.CharField(
        label="基地或单位",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search", **_PLAIN}),
    )
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    unit = forms.TypedChoiceField(label="管理单位", required=False, coerce=int, empty_value=None)
    rehearsal = forms.ChoiceField(label="范围", required=False, choices=[("", "正式"), ("1", "演练")])

    def __init__(self, data: Any, years: Sequence[int], units: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        self._offer("year", [("", "全部年度"), *((year, f"{year} 年度") for year in years)])
        self._offer("unit", [("", "全部管理单位"), *units])
        if not units:
            del self.fields["unit"]

    def values(self) -> dict[str, Any]:
        """The filters that are understood."""
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return {
            name: value.replace("\x00", "") if isinstance(value, str) else value
            for name, value in found.items()
            if value
        }

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

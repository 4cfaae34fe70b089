"""Forms of spending reports: the period and the account of it, one voucher, the examination, the list's filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.bases.forms.typed import SeveralLines
from apps.cases.tables import Column, Table
from apps.subsidies.enums import SpendingState
from apps.subsidies.models import AwardLine, SpendingRow
from apps.subsidies.services.spending import Mark
from apps.subsidies.services.spending_checks import LONGEST_TEXT

MOST_FEN = 10**13


class YuanField(forms.Field):
    """A sum typed in yuan with at most two decimals, kept as fen; never rounded, never a float."""

    def __init__(self, *, least: int = 0, most: int = MOST_FEN, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.column = Column("sum", str(self.label), "fen", required=self.required, least=least, most=most)

    def clean(self, value: Any) -> int | None:
        fen = self.column.clean(str(value or "").replace("\x00", ""))
        return None if fen is None else int(fen)

    def prepare_value(self, value: Any) -> Any:
        """Fen as people type them; what was typed stays as it was."""
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value


class ReportForm(forms.Form):
    """What stands above the vouchers, as typed: it refuses nothing, the report itself says what is missing."""

    use_required_attribute = False
    from_on = forms.CharField(
        label="期间开始", required=False, max_length=20, widget=forms.DateInput(attrs={"type": "date"})
    )
    until_on = forms.CharField(
        label="期间结束", required=False, max_length=20, widget=forms.DateInput(attrs={"type": "date"})
    )
    is_final = forms.BooleanField(
        label="最终报告", required=False, help_text="勾选后不再报告：拨付而未使用的资金为结余，须缴回。"
    )
    summary = SeveralLines(
        label="使用情况说明",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明本期经费用于哪些工作、是否按使用方案执行。",
    )


class VoucherForm(forms.Form):
    """One voucher, each field cleaned by its column."""

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in table.columns:
            widget: forms.Widget = forms.TextInput(attrs={"autocomplete": "off"})
            if column.kind == "choice":
                widget = forms.Select(choices=[("", "请选择"), *column.choices])
            if column.kind == "date":
                widget = forms.DateInput(attrs={"type": "date"})
            self.fields[column.name] = forms.CharField(label=column.label, required=False, widget=widget)
        self.table = table

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for column in self.table.columns:
            try:
                column.clean(str(values.get(column.name, "")))
            except forms.ValidationError as error:
                self.add_error(column.name, error)
        return values

    def row(self) -> dict[str, str]:
        """The voucher as the report keeps it: text as typed."""
        return {column.name: str(self.cleaned_data.get(column.name, "")) for column in self.table.columns}


class MarkForm(forms.Form):
    """How much of one voucher is not recognised."""

    disallowed = YuanField(label="不予认可（元）", required=False)
    article = forms.ChoiceField(label="依据条款", required=False)
    reason = forms.CharField(label="理由", required=False, max_length=300)

    def __init__(self, *args: Any, row: SpendingRow, articles: list[tuple[str, str]], **kwargs: Any) -> None:
        initial = {
            "disallowed": row.disallowed_fen or None,
            "article": row.disallowed_article,
            "reason": row.disallowed_reason,
        }
        super().__init__(*args, prefix=f"row-{row.pk}", initial=initial, **kwargs)
        self.fields["article"].choices = [("", "请选择"), *articles]  # type: ignore[attr-defined]
        self.row = row

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        refused = values.get("disallowed") or 0
        if refused > self.row.amount_fen:
            self.add_error("disallowed", "超过了凭证金额。")
        if refused and not values.get("article"):
            self.add_error("article", "请选择依据条款。")
        if refused and not str(values.get("reason", "")).strip():
            self.add_error("reason", "请写明理由。")
        return values

    def mark(self) -> Mark:
        values = self.cleaned_data
        return Mark(values.get("disallowed") or 0, values.get("article", ""), values.get("reason", ""))


class OpinionForm(forms.Form):
    opinion = SeveralLines(
        label="核对意见",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="将告知报告单位。",
    )


class RowFilter(forms.Form):
    """Filters of a report's vouchers."""

    MARKS = [("", "全部"), ("refused", "有不予认可的"), ("kept", "全部认可的")]
    q = forms.CharField(
        label="凭证号、收款方或内容", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    line = forms.ChoiceField(label="支出项目", required=False)
    mark = forms.ChoiceField(label="核对", required=False, choices=MARKS)

    def __init__(self, data: Any, lines: Iterable[AwardLine]) -> None:
        super().__init__(data)
        self.fields["line"].choices = [("", "全部项目"), *((line.key, line.item) for line in lines)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ReportFilter(forms.Form):
    """Filters of the list of reports; what is odd is ignored."""

    q = forms.CharField(
        label="单位或编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "办理中"), ("all", "全部"), *SpendingState.choices]
    )
    final = forms.ChoiceField(label="最终报告", required=False, choices=[("", "不限"), ("yes", "是"), ("no", "否")])

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

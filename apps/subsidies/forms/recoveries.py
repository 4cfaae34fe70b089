"""Forms of demands for return: the demand, money that came back, the institution's proof, the list's filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from apps.bases.forms.typed import Day, OneLine, SeveralLines
from apps.subsidies.enums import RecoveryGround, RecoveryState
from apps.subsidies.forms.spending import YuanField
from apps.subsidies.models import AwardLine, RecoveryLine
from apps.subsidies.services.recoveries import Demand
from apps.subsidies.services.recovery_checks import MOST_DAYS
from apps.subsidies.services.recovery_returns import Returned

LONGEST_TEXT = 8000


class DemandForm(forms.Form):
    """A demand: its sums stand line by line, in yuan. A draft may be incomplete; what is wrong is told at once."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    ground = forms.ChoiceField(label="事由", choices=RecoveryGround.choices, widget=forms.RadioSelect)
    facts = SeveralLines(
        label="事实和理由",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="写明哪笔支出、多少金额、为何须缴回；将写入通知。",
    )
    articles = forms.MultipleChoiceField(label="依据条款", required=False, widget=forms.CheckboxSelectMultiple)
    due_on = Day(
        label="缴回期限（指定期限）",
        required=False,
        days_ahead=MOST_DAYS,
        help_text="办法没有规定天数，由经办人指定；至该日24时止。",
    )
    account = OneLine(label="缴入账户", required=False, max_length=200, help_text="户名、账号、开户银行。")

    def __init__(self, *args: Any, lines: Sequence[AwardLine], articles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.fields["articles"].choices = articles  # type: ignore[attr-defined]
        for line in lines:
            most = line.paid_fen - line.demanded_fen
            self.fields[f"line-{line.pk}"] = YuanField(label=f"{line.item}：追回金额（元）", required=False, most=most)

    def rows(self) -> Iterator[tuple[AwardLine, BoundField]]:
        """Every line with the field of its sum."""
        for line in self.lines:
            yield line, self[f"line-{line.pk}"]

    def demand(self) -> Demand:
        values = self.cleaned_data
        amounts = {line.pk: values.get(f"line-{line.pk}") or 0 for line in self.lines}
        told = {name: values[name] for name in ("ground", "facts", "articles", "due_on", "account")}
        return Demand(**told, amounts=amounts)


class ReturnForm(forms.Form):
    """Money that came back, line by line, in yuan."""

    on = Day(label="到账日期")
    bank_reference = OneLine(label="银行流水号", max_length=64, help_text="以银行对账单为准；同一流水号只登记一次。")

    def __init__(self, *args: Any, rows: Sequence[RecoveryLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recovery_rows = rows
        for row in rows:
            self.fields[f"row-{row.pk}"] = YuanField(
                label=f"{row.line.item}：到账金额（元）", required=False, most=row.amount_fen
            )

    def rows(self) -> Iterator[tuple[RecoveryLine, BoundField]]:
        """Every line that is owed with the field of its sum."""
        for row in self.recovery_rows:
            yield row, self[f"row-{row.pk}"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.get(f"row-{row.pk}") for row in self.recovery_rows):
            raise forms.ValidationError("请按项目填写到账金额。", code="sums_missing")
        return values

    def returned(self) -> Returned:
        values: Mapping[str, Any] = self.cleaned_data
        amounts = {row.pk: values.get(f"row-{row.pk}") or 0 for row in self.recovery_rows}
        return Returned(values["on"], values["bank_reference"], amounts)


class ProofForm(forms.Form):
    text = SeveralLines(
        label="说明",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="已缴回的，写明日期、金额和流水号；对通知有异议的，写明理由。",
    )


class RecoveryFilter(forms.Form):
    """Filters of the list of demands; what is odd is ignored."""

    DUE = [("", "不限"), ("overdue", "已逾期"), ("week", "七日内到期")]

    q = forms.CharField(
        label="单位或编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "办理中"), ("all", "全部"), *RecoveryState.choices]
    )
    ground = forms.ChoiceField(label="事由", required=False, choices=[("", "全部事由"), *RecoveryGround.choices])
    due = forms.ChoiceField(label="期限", required=False, choices=DUE)

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

"""Forms of funding cycles: particulars, the experts' rubric, filters of the list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.bases.forms.typed import OneLine, SeveralLines
from apps.cases.tables import Column
from apps.subsidies.enums import CycleState

MOST_FEN = 10**14
FULL_POINTS = 100
DEFAULT_RUBRIC = (
    ("方案与需求相符", 25, "对象、规模、内容是否针对需求"),
    ("预算合理", 25, "单价和数量有依据，用途符合办法"),
    ("绩效目标", 25, "可衡量、可核实，与经费相称"),
    ("实施条件", 25, "机构、师资、设施和已有成效"),
)


class YuanField(forms.CharField):
    """A sum typed in yuan with at most two decimals, kept as fen; never rounded, never a float."""

    def __init__(self, *, least: int = 0, most: int = MOST_FEN, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.column = Column("sum", str(self.label), "fen", required=self.required, least=least, most=most)

    def clean(self, value: Any) -> int | None:
        fen = self.column.clean(str(value or "").replace("\x00", ""))
        return None if fen is None else int(fen)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}"
        return value


def day(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class CycleForm(forms.Form):
    """A cycle's particulars; the rubric is a formset beside it."""

    title = OneLine(label="周期名称", max_length=64)
    starts_on = day("周期开始")
    ends_on = day("周期结束", help_text="限额按周期计算")
    opens_on = day("申请开始日期", help_text="自当日零时起可以提交申请")
    closes_on = day("申请截止日期", help_text="至当日 24 时止，逾时不能提交")
    budget_fen = YuanField(label="周期指标（元）", least=1, help_text="本周期可以资助的总额；批准开放后不能修改")
    change_share_percent = forms.IntegerField(
        label="须重新审核的调整幅度（%）",
        min_value=0,
        max_value=100,
        initial=10,
        help_text="使用方案的支出项目调整超过本项金额的这一比例，须重新审核；不超过的报送备查",
    )
    hold_for_overdue_rectification = forms.BooleanField(
        label="整改逾期的，暂缓拨款",
        required=False,
        initial=True,
        help_text="限期整改逾期或者未达标的基地，整改完成前不拨款",
    )
    pass_points = forms.IntegerField(
        label="合格分", min_value=1, max_value=FULL_POINTS, initial=60, help_text="专家平均分不低于此分为通过"
    )
    notes = SeveralLines(label="申请须知", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    sandbox = forms.BooleanField(
        label="演练周期", required=False, help_text="只用于演练：文书加印水印，只对演练基地开放"
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editing:
            del self.fields["sandbox"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._in_order(values, "starts_on", "ends_on", "周期结束不能早于周期开始。")
        self._in_order(values, "opens_on", "closes_on", "申请截止日期不能早于申请开始日期。")
        self._in_order(values, "closes_on", "ends_on", "周期结束不能早于申请截止日期。")
        return values

    def _in_order(self, values: dict[str, Any], first: str, last: str, message: str) -> None:
        earlier, later = values.get(first), values.get(last)
        if isinstance(earlier, dt.date) and isinstance(later, dt.date) and later < earlier:
            self.add_error(last, message)


class RubricItemForm(forms.Form):
    """One indicator of the experts' rubric."""

    title = OneLine(label="评分指标", max_length=64)
    max_points = forms.IntegerField(label="满分", min_value=1, max_value=FULL_POINTS)
    description = OneLine(label="评分要点", max_length=300, required=False)


class BaseRubric(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        total = sum(row["max_points"] for row in self.rows())
        if total != FULL_POINTS:
            raise ValidationError(f"各项满分合计应为 {FULL_POINTS} 分，现为 {total} 分。")

    def rows(self) -> list[dict[str, Any]]:
        """The rubric as stored: code, title, max_points, description."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        names = ("title", "max_points", "description")
        return [{"code": f"item{at}"} | {name: row[name] for name in names} for at, row in enumerate(kept, 1)]


Rubric = forms.formset_factory(
    RubricItemForm, formset=BaseRubric, extra=0, min_num=1, validate_min=True, max_num=30, can_delete=True
)


def default_rubric() -> list[dict[str, Any]]:
    """A usual rubric of a hundred points to start from."""
    return [{"title": title, "max_points": points, "description": note} for title, points, note in DEFAULT_RUBRIC]


class Filter(forms.Form):
    """Filters of a list; what is odd is ignored."""

    q = forms.CharField(
        label="名称或编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CycleFilter(Filter):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *CycleState.choices])

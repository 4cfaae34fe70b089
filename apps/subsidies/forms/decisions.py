"""Forms of decisions on awards and of the audit of use plans, and the filters of their lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from apps.bases.forms.typed import Day, OneLine, SeveralLines
from apps.subsidies.enums import AwardState, Conclusion, PlanConclusion, PlanState
from apps.subsidies.forms.cycles import Filter, YuanField
from apps.subsidies.models import UsePlanLine

LONG = 4000


def text(label: str, *, rows: int = 5, required: bool = True, **options: Any) -> SeveralLines:
    widget = forms.Textarea(attrs={"rows": rows})
    return SeveralLines(label=label, required=required, max_length=LONG, widget=widget, **options)


class Versioned(forms.Form):
    """A form that says which version of the case it was filled in on."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    items = text("须修改的事项", rows=8, help_text="每行一项；写明在哪一处、须怎样修改。单位看到的就是这些文字。")

    def lines(self) -> list[str]:
        return str(self.cleaned_data["items"]).split("\n")


class DecisionForm(Versioned):
    """A conclusion with reasons, and a sum for every line that was asked for."""

    conclusion = forms.ChoiceField(label="拟定结论", choices=Conclusion.choices, widget=forms.RadioSelect)
    reasons = text("理由", help_text="将写入资助决定或者不予资助决定。")

    def __init__(self, *args: Any, lines: Iterable[UsePlanLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            given = line.amount_fen if line.granted_fen is None else line.granted_fen
            self.fields[f"sum-{line.key}"] = YuanField(
                label=f"“{line.item}”的资助金额（元）", required=False, initial=given
            )

    def rows(self) -> Iterator[tuple[UsePlanLine, BoundField]]:
        """Every line with the field of its sum."""
        for line in self.lines:
            yield line, self[f"sum-{line.key}"]

    def sums(self) -> dict[str, int]:
        """What each line gets, in fen, by key; an empty field gives nothing."""
        return {line.key: self.cleaned_data.get(f"sum-{line.key}") or 0 for line in self.lines}


class OpinionForm(forms.Form):
    opinion = text("财务审核意见", help_text="就资金来源、标准和用途写明意见；退回的写明理由。")


class ExceptionForm(Versioned):
    total_fen = YuanField(label="准予达到的总额（元）", help_text="该基地在本周期可以获得的资助总额，含本次")
    reason = text("理由", rows=4)
    document_number = OneLine(label="批准文号", max_length=100)
    document_date = Day(label="批准日期")


class AuditForm(Versioned):
    conclusion = forms.ChoiceField(label="审核意见", choices=PlanConclusion.choices, widget=forms.RadioSelect)
    opinion = text("意见内容", rows=6, help_text="将写入审核意见；不同意的，写明理由和须修改之处。")


class AwardFilter(Filter):
    """Filters of the list of applications and awards."""

    cycle = forms.ChoiceField(label="周期", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("deciding", "审查决定中"), ("running", "执行中"), *AwardState.choices],
    )

    def __init__(self, *args: Any, cycles: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "全部"), *((str(pk), title) for pk, title in cycles)]
        self.fields["cycle"].choices = choices  # type: ignore[attr-defined]


class PlanFilter(Filter):
    """Filters of the list of use plans."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("audit", "审核中"), *PlanState.choices]
    )

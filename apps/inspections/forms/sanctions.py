"""Forms of rectification, revocation, aftermath and restoration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from apps.inspections.enums import (
    OverturnedBy,
    RectificationConclusion,
    RectificationState,
    RestoredStatus,
    RevocationConclusion,
    Settlement,
    Verdict,
)
from apps.inspections.models import RectificationItem
from apps.inspections.services.sanction_effects import LEAST_HEARING_DAYS, MOST_TERM_DAYS
from apps.inspections.services.sanction_grounds import Way
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.supervision import GROUND_LABELS, Sanction

LONG = 8000
MOST_ITEMS = 100


def _text(label: str, *, rows: int = 5, required: bool = True, most: int = LONG, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **options)


def _day(label: str, *, required: bool = True, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **options)


def _grounds(sanction: Sanction) -> list[tuple[str, str]]:
    return [(code, GROUND_LABELS.get(code, code)) for code in sanction.grounds]


class Versioned(forms.Form):
    """A form that says which version of the case it was filled in on."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class OrderForm(Versioned):
    """The order to rectify: grounds of the text alone, the facts, the term the officer sets."""

    grounds = forms.MultipleChoiceField(label="情形", widget=forms.CheckboxSelectMultiple)
    facts = _text("事实", rows=7, help_text="写明时间、经过和证据；将写入整改通知书。")
    term_days = forms.IntegerField(
        label="整改天数",
        min_value=1,
        max_value=MOST_TERM_DAYS,
        help_text="办法未规定天数，由经办人指定；自然日，签发的次日起算，最后一日为休息日的顺延至下一工作日。",
    )

    def __init__(self, *args: Any, sanction: Sanction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grounds"].choices = _grounds(sanction)  # type: ignore[attr-defined]
        self.order_fields(["grounds", "facts", "term_days"])


class OrderItemForm(forms.Form):
    requirement = _text("整改要求", rows=2, most=1000)
    article = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    inspection_item = forms.IntegerField(required=False, widget=forms.HiddenInput)


OrderItems = forms.formset_factory(
    OrderItemForm, extra=0, min_num=1, validate_min=True, max_num=MOST_ITEMS, validate_max=True, can_delete=True
)


class ItemsForm(Versioned):
    """A form with fields of each item; :meth:`rows` brings an item together with its fields."""

    def __init__(self, *args: Any, items: Iterable[RectificationItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            for name, field in self.item_fields(item).items():
                self.fields[f"{name}-{item.pk}"] = field

    def item_fields(self, item: RectificationItem) -> dict[str, forms.Field]:
        raise NotImplementedError

    def rows(self) -> Iterator[tuple[RectificationItem, list[BoundField]]]:
        """Every item with its fields."""
        for item in self.items:
            yield item, [self[name] for name in self.fields if name.endswith(f"-{item.pk}")]


class ProgressForm(ItemsForm):
    report = _text("整改报告", rows=8, required=False, help_text="总体说明整改情况；提交前必填。")

    def item_fields(self, item: RectificationItem) -> dict[str, forms.Field]:
        return {
            "progress": _text("整改情况", rows=4, required=False, initial=item.progress),
            "done": forms.BooleanField(label="本项已完成", required=False, initial=item.is_done),
        }


class RecheckForm(ItemsForm):
    rechecked_on = _day("复查日期")
    recheck = _text("复查情况", rows=6, help_text="写明复查方式、人员和看到的情况。")

    def item_fields(self, item: RectificationItem) -> dict[str, forms.Field]:
        verdict = forms.ChoiceField(
            label="复查", choices=Verdict.choices, widget=forms.RadioSelect, initial=item.verdict or None
        )
        return {"verdict": verdict, "text": _text("复查说明", rows=3, required=False, initial=item.verdict_text)}


class ConclusionForm(Versioned):
    conclusion = forms.ChoiceField(label="结论", choices=RectificationConclusion.choices, widget=forms.RadioSelect)
    conclusion_text = _text("理由")
    extended_to = _day("延长至", required=False, help_text="仅延长期限时填写；至当日 24 时止。")


class WayForm(forms.Form):
    """Which of the text's ways to revoke is gone; those that are not open are shown with the reason, not offered."""

    article = forms.ChoiceField(label="处理依据", widget=forms.RadioSelect)

    def __init__(self, *args: Any, ways: Iterable[Way], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["article"].choices = [  # type: ignore[attr-defined]
            (way.code, f"{cite(way.sanction.article)}：{way.sanction.summary}") for way in ways if not way.problem
        ]


class NoticeForm(Versioned):
    """The notice before a revocation."""

    grounds = forms.MultipleChoiceField(label="情形", widget=forms.CheckboxSelectMultiple)
    facts = _text("事实和证据", rows=8, help_text="将写入事先告知书，供基地陈述申辩。")
    hearing_days = forms.IntegerField(
        label="陈述申辩天数",
        min_value=LEAST_HEARING_DAYS,
        max_value=60,
        initial=LEAST_HEARING_DAYS,
        help_text="办法未规定，参照行政处罚法第四十四、四十五、六十四条的通行做法；自然日，签发的次日起算。",
    )

    def __init__(self, *args: Any, sanctions: Iterable[Sanction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = dict(choice for sanction in sanctions for choice in _grounds(sanction))
        self.fields["grounds"].choices = list(choices.items())  # type: ignore[attr-defined]


class StatementForm(Versioned):
    statement = _text("陈述申辩意见", rows=10, required=False)
    wants_hearing = forms.BooleanField(label="要求当面听取意见（听证）", required=False)


class HearingForm(Versioned):
    hearing_record = _text("听取意见记录", rows=8, help_text="写明时间、地点、参加人员和各方意见。")


class DecisionForm(Versioned):
    conclusion = forms.ChoiceField(label="拟定结论", widget=forms.RadioSelect)
    answer = _text("意见采纳情况", required=False, help_text="逐点说明基地的意见采纳与否及理由；基地已陈述申辩的必填。")
    reasons = _text("决定理由", rows=7)

    def __init__(self, *args: Any, word: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conclusion"].choices = [  # type: ignore[attr-defined]
            (RevocationConclusion.REVOKE.value, f"{word}资格"),
            (RevocationConclusion.KEEP.value, f"不予{word}"),
        ]


class OpinionForm(forms.Form):
    opinion = _text("法制审核意见", help_text="就事实、证据、依据、程序和裁量写明意见；退回的写明理由。")


class PlaqueForm(forms.Form):
    returned_on = _day("交回日期", required=False)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="不能交回的，写明情况。")


class SettlementForm(forms.Form):
    number = forms.CharField(max_length=40, widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="处理", choices=Settlement.choices, widget=forms.RadioSelect)
    reason = _text("理由", rows=2, most=400)

    def __init__(self, *args: Any, can_discontinue: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_discontinue:
            only = [(Settlement.CONTINUE.value, Settlement.CONTINUE.label)]
            self.fields["decision"].choices = only  # type: ignore[attr-defined]


class RestorationForm(Versioned):
    overturned_by = forms.ChoiceField(label="依据", choices=OverturnedBy.choices, widget=forms.RadioSelect)
    body = forms.CharField(label="作出机关", max_length=100)
    document_number = forms.CharField(label="文号（案号）", max_length=64)
    decided_on = _day("作出日期")
    facts = _text("事由", help_text="写明原决定被撤销或者纠正的情况；将写入恢复资格决定书。")
    status_after = forms.ChoiceField(
        label="恢复后的状态", choices=RestoredStatus.choices, widget=forms.RadioSelect, initial=RestoredStatus.ACTIVE
    )


class RectificationFilter(forms.Form):
    """Filters of the list of rectifications; what is odd is ignored."""

    DUE = [("", "不限"), ("overdue", "已逾期"), ("week", "七日内到期")]

    q = forms.CharField(
        label="单位或编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "办理中"), ("all", "全部"), *RectificationState.choices]
    )
    due = forms.ChoiceField(label="期限", required=False, choices=DUE)

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

"""Forms of acceptance: the report as it is filled in, who judges it, an opinion, the conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from apps.bases.forms.typed import SeveralLines
from apps.cases.tables import Column
from apps.subsidies.enums import AcceptanceConclusion, AcceptanceState
from apps.subsidies.models import AcceptanceLine
from apps.subsidies.services.acceptance_content import LONGEST_NOTE, LineEntry, ReportDraft, TargetEntry
from apps.subsidies.services.acceptance_reviews import Candidate

LONG = 4000
_ACCEPTED = Column("accepted", "核定金额", kind="fen", most=10**14, required=False)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Versioned(forms.Form):
    """A form that says which version of the case it was filled in on."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReportForm(forms.Form):
    """The report as typed: nothing is refused, what is missing or wrong stands beside its field."""

    use_required_attribute = False

    def __init__(self, draft: ReportDraft, *, show_missing: bool) -> None:
        super().__init__(draft.as_post())
        self.draft, self.show_missing = draft, show_missing
        self.fields["summary"] = forms.CharField(
            label="项目完成情况", required=False, widget=_area(6), help_text="对照使用方案，说明做了什么、结果如何"
        )
        for line in draft.lines:
            name = line.line.item
            self.fields[line.field("chosen")] = forms.BooleanField(label=f"申请验收：{name}", required=False)
            self.fields[line.field("result")] = forms.CharField(
                label=f"完成情况：{name}", required=False, widget=_area(3)
            )
            self.fields[line.field("spent")] = forms.CharField(
                label=f"实际支出（元）：{name}", required=False, widget=_money()
            )
        for entry in draft.targets:
            name = entry.target.indicator
            self.fields[entry.field("achieved")] = forms.CharField(
                label=f"完成值：{name}", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
            )
            self.fields[entry.field("explanation")] = forms.CharField(
                label=f"说明：{name}", required=False, widget=_area(2)
            )

    def clean(self) -> dict[str, Any]:
        for gap in self.draft.gaps:
            if gap.field in self.fields and (gap.wrong or self.show_missing):
                self.add_error(gap.field, f"{gap.message}。")
            elif self.show_missing:
                self.add_error(None, f"{gap.message}。")
        return super().clean() or {}

    def line_rows(self) -> Iterator[tuple[LineEntry, BoundField, BoundField, BoundField]]:
        """Each line with its fields: chosen, result, spent."""
        for line in self.draft.lines:
            yield line, self[line.field("chosen")], self[line.field("result")], self[line.field("spent")]

    def target_rows(self) -> Iterator[tuple[TargetEntry, BoundField, BoundField]]:
        """Each target with its fields: achieved, explanation."""
        for entry in self.draft.targets:
            yield entry, self[entry.field("achieved")], self[entry.field("explanation")]


def _money() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class ReviewerForm(forms.Form):
    """Who is asked to judge; those who must abstain are not among the choices."""

    person = forms.ChoiceField(label="验收人员")

    def __init__(self, *args: Any, candidates: Iterable[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [one for one in candidates if not one.conflicts]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *(
                (f"{one.user_id}-{one.organisation.pk}", f"{one.name}（{one.capacity}，{one.organisation.name}）")
                for one in free
            ),
        ]

    def chosen(self) -> tuple[int, int]:
        """The person and the organisation they act for."""
        user, organisation = self.cleaned_data["person"].split("-")
        return int(user), int(organisation)


class ReasonForm(forms.Form):
    reason = SeveralLines(label="理由", max_length=2000, widget=_area(3))


class OpinionForm(forms.Form):
    conclusion = forms.ChoiceField(label="意见", choices=AcceptanceConclusion.choices, widget=forms.RadioSelect)
    text = SeveralLines(
        label="理由", max_length=LONG, widget=_area(6), help_text="写入验收报告，不署名；提交后不能修改"
    )


class ConclusionForm(Versioned):
    """The officer's conclusion with what is recognised of each line."""

    conclusion = forms.ChoiceField(label="验收结论", choices=AcceptanceConclusion.choices, widget=forms.RadioSelect)
    reasons = SeveralLines(
        label="验收意见", max_length=LONG, widget=_area(6), help_text="综合验收人员的意见写明理由，写入验收报告"
    )
    return_text = SeveralLines(
        label="须补充的事项",
        max_length=LONG,
        required=False,
        widget=_area(4),
        help_text="结论为补充后再验收的，逐条写明",
    )

    def __init__(self, *args: Any, lines: Iterable[AcceptanceLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for row in self.lines:
            name = row.line.item
            self.fields[f"accepted-{row.pk}"] = Yuan(label=f"核定金额（元）：{name}", required=False, widget=_money())
            self.fields[f"remark-{row.pk}"] = forms.CharField(
                label=f"核定说明：{name}", required=False, max_length=LONGEST_NOTE, widget=_area(2)
            )

    def line_rows(self) -> Iterator[tuple[AcceptanceLine, BoundField, BoundField]]:
        """Each line with its fields: recognised, remark."""
        for row in self.lines:
            yield row, self[f"accepted-{row.pk}"], self[f"remark-{row.pk}"]

    def sums(self) -> dict[int, int | None]:
        return {row.pk: self.cleaned_data[f"accepted-{row.pk}"] for row in self.lines}

    def remarks(self) -> dict[int, str]:
        return {row.pk: self.cleaned_data[f"remark-{row.pk}"] for row in self.lines}


class Yuan(forms.CharField):
    """An amount typed in yuan, exact to the fen; empty is None."""

    def clean(self, value: Any) -> int | None:
        try:
            return _ACCEPTED.clean(str(value or ""))  # type: ignore[no-any-return]
        except ValidationError as error:
            raise ValidationError(error.messages[0], code="invalid") from None


class AcceptanceFilter(forms.Form):
    """Filters of the list; what is odd is ignored, never refused."""

    q = forms.CharField(
        label="办件编号、单位或项目",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("open", "正在办理"), *AcceptanceState.choices]
    )

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

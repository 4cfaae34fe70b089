"""Forms of campaigns and inspections."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.accounts.models import Organisation
from apps.inspections.enums import CampaignKind, CampaignState, Grade, InspectionState, Selection, Verdict
from apps.inspections.models import Campaign, Inspection
from apps.inspections.services import sheets, visits
from apps.jurisdictions.rulebooks.rulebook import Rulebook

MOST_BOXES = 60
"""Up to so many bases are offered with boxes to tick; of more the numbers are typed or pasted."""
MOST_NAMED = 5000
MOST_TEXT = 4000


def date_input(**attrs: Any) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class CampaignForm(forms.Form):
    """A campaign's particulars, its way of choosing bases, and what is added to each item of the text's checklist."""

    title = forms.CharField(label="名称", max_length=120)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    commissioned = forms.ModelChoiceField(
        label="受委托进行检查的部门", queryset=Organisation.objects.none(), required=False, empty_label="请选择"
    )
    selection = forms.ChoiceField(label="选取方式", choices=Selection.choices)
    units = forms.MultipleChoiceField(
        label="管理（指导）单位",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="按管理单位选取时必选；随机抽取时可用来限定范围",
    )
    draw_size = forms.IntegerField(
        label="抽取数量", required=False, min_value=1, max_value=5000, help_text="随机抽取时填写"
    )
    self_due_on = forms.DateField(
        label="自评截止日期", required=False, widget=date_input(), help_text="至当日 24 时止；留空为不要求自评"
    )
    finish_by = forms.DateField(label="检查完成期限", widget=date_input())
    answer_days = forms.IntegerField(
        label="申辩天数", min_value=3, max_value=60, initial=10, help_text="自然日，自告知检查发现的次日起算"
    )
    instructions = forms.CharField(
        label="工作要求", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    sandbox = forms.BooleanField(
        label="演练", required=False, help_text="只检查演练的基地；文书加印水印，结果不对外公布。办法未生效时只能演练。"
    )

    def __init__(
        self,
        *args: Any,
        rulebook: Rulebook,
        commissionable: Any,
        units: list[tuple[int, str]],
        bases: list[tuple[str, str]],
        editing: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.guided = [item.code for item in rulebook.inspection.items]
        self.labels = {item.code: item.label for item in rulebook.inspection.items}
        self._choices(commissionable, units)
        self._named(bases)
        if editing:
            del self.fields["sandbox"]
        for code in self.guided:
            self.fields[f"guidance-{code}"] = forms.CharField(
                label=self.labels[code],
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _choices(self, commissionable: Any, units: list[tuple[int, str]]) -> None:
        if commissionable is None:
            del self.fields["commissioned"]
        else:
            self.fields["commissioned"].queryset = commissionable
        if units:
            self.fields["units"].choices = [(str(pk), name) for pk, name in units]
            return
        del self.fields["units"]
        kept = [choice for choice in Selection.choices if choice[0] != Selection.BY_UNIT]
        self.fields["selection"].choices = kept

    def _named(self, bases: list[tuple[str, str]]) -> None:
        """Boxes to tick for a few bases, a list of numbers for many."""
        self.known = dict(bases)
        if len(bases) <= MOST_BOXES:
            self.fields["named"] = forms.MultipleChoiceField(
                label="指定的基地", required=False, choices=bases, widget=forms.CheckboxSelectMultiple
            )
        else:
            self.fields["named"] = forms.CharField(
                label="指定的基地",
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
                help_text="每行一个基地编号",
            )
        self.fields["named"].help_text = self.fields["named"].help_text or "指定基地时选择"

    def clean_named(self) -> list[str]:
        given = self.cleaned_data["named"]
        numbers = given if isinstance(given, list) else given.split()
        unknown = [number for number in dict.fromkeys(numbers) if number not in self.known]
        if unknown:
            told = "、".join(one[:40] for one in unknown[:5]) + ("等" if len(unknown) > 5 else "")
            raise forms.ValidationError(f"以下编号不在可检查的基地中：{told}。")
        if len(numbers) > MOST_NAMED:
            raise forms.ValidationError(f"一次最多指定 {MOST_NAMED} 家基地。")
        return sorted(set(numbers))

    def clean_units(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["units"]]

    def values(self) -> dict[str, Any]:
        """The campaign's own fields as the service takes them."""
        kept = ("title", "year", "selection", "draw_size", "self_due_on", "finish_by", "answer_days", "instructions")
        return {**{name: self.cleaned_data[name] for name in kept}, "units": self.cleaned_data.get("units", [])}

    def guidance(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"guidance-{code}"] for code in self.guided}

    @property
    def guidance_fields(self) -> list[Any]:
        return [self[f"guidance-{code}"] for code in self.guided]


def campaign_initial(campaign: Campaign | None, kind: str) -> dict[str, Any]:
    """What the form starts with: the campaign's own values, or a usual plan for this year."""
    today = timezone.localdate()
    if campaign is None:
        return {
            "title": f"{today.year}年度基地{CampaignKind(kind).label}",
            "year": today.year,
            "selection": Selection.ALL,
            "answer_days": 10,
            "self_due_on": today + dt.timedelta(days=20),
            "finish_by": today + dt.timedelta(days=90),
        }
    named = campaign.chosen if campaign.selection == Selection.NAMED else []
    initial = {name: getattr(campaign, name) for name in campaign_fields()}
    return {
        **initial,
        "units": [str(pk) for pk in campaign.units],
        "named": named,
        "commissioned": campaign.commissioned_id,
        **{f"guidance-{item['code']}": item["guidance"] for item in campaign.checklist},
    }


def campaign_fields() -> tuple[str, ...]:
    return ("title", "year", "selection", "draw_size", "self_due_on", "finish_by", "answer_days", "instructions")


class DrawForm(forms.Form):
    reason = forms.CharField(label="重新抽取的理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["reason"]


class PublicationForm(forms.Form):
    bulletin = forms.CharField(label="通报内容", max_length=10_000, widget=forms.Textarea(attrs={"rows": 10}))
    publish_on = forms.DateField(
        label="公布日期", widget=date_input(), help_text="结果和通报自当日零时起对外公开，此前任何人不能从外部看到"
    )


class VisitPlanForm(forms.Form):
    visit_on = forms.DateField(label="实地检查日期", widget=date_input())
    visitors = forms.CharField(label="检查人员", max_length=200, help_text="姓名，用顿号分隔")


class ConfirmVisitForm(forms.Form):
    remark = forms.CharField(
        label="基地意见",
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="对现场记录有不同看法的，请写明；没有的可不填",
    )


class SheetForm(forms.Form):
    """The fields of one stage of the sheet, named ``field-code`` for each item; what is missing is told by the step."""

    def __init__(self, *args: Any, stage: sheets.Stage, inspection: Inspection, **kwargs: Any) -> None:
        self.stage = stage
        self.items = sheets.items_of(inspection, stage)
        initial = {f"{name}-{item.code}": _known(item, name) for item in self.items for name in stage.item_fields}
        initial |= {name: getattr(inspection, name) for name in stage.whole_fields}
        super().__init__(*args, initial=initial, **kwargs)
        for item in self.items:
            for name in stage.item_fields:
                self.fields[f"{name}-{item.code}"] = _item_field(name, item.label)
        for name in stage.whole_fields:
            self.fields[name] = _whole_field(name)

    def bound_of(self, code: str) -> list[Any]:
        return [self[f"{name}-{code}"] for name in self.stage.item_fields]

    @property
    def whole(self) -> list[Any]:
        return [self[name] for name in self.stage.whole_fields]

    def written(self) -> sheets.Values:
        """What was written and is in order; a field with an error keeps what was saved before."""
        data = self.cleaned_data
        items = {
            item.code: {
                name: data[f"{name}-{item.code}"] for name in self.stage.item_fields if f"{name}-{item.code}" in data
            }
            for item in self.items
        }
        return sheets.Values(items, {name: data[name] for name in self.stage.whole_fields if name in data})


def _known(item: Any, name: str) -> Any:
    """A verdict starts from the finding it settles."""
    value = getattr(item, name)
    if not value and name in ("verdict", "verdict_text") and not item.verdict:
        return getattr(item, {"verdict": "finding", "verdict_text": "finding_text"}[name])
    return value


_TEXT_LABELS = {
    "self_text": "自评说明",
    "desk_text": "材料审核说明",
    "finding_text": "发现的问题",
    "answer": "说明",
    "verdict_text": "认定理由",
}
_VERDICT_LABELS = {"self_verdict": "自评", "desk_verdict": "材料审核", "finding": "检查发现", "verdict": "认定"}


def _item_field(name: str, item_label: str) -> forms.Field:
    if name in _VERDICT_LABELS:
        choices = [("", "请选择"), *Verdict.choices]
        return forms.ChoiceField(label=f"{_VERDICT_LABELS[name]}：{item_label}", choices=choices, required=False)
    return forms.CharField(
        label=f"{_TEXT_LABELS[name]}：{item_label}",
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _whole_field(name: str) -> forms.Field:
    if name == "grade":
        return forms.ChoiceField(label="结果", choices=[("", "请选择"), *Grade.choices], required=False)
    if name == "commended":
        return forms.BooleanField(label="列入宣传推广", required=False, help_text="只有结果为优秀的可以列入")
    labels = {"self_summary": "自评总结", "answer": "总的说明", "grade_reasons": "评定理由"}
    return forms.CharField(
        label=labels[name], required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )


class EntryForm(forms.Form):
    """One entry as a phone sends it."""

    client_id = forms.UUIDField()
    item = forms.CharField(max_length=32)
    verdict = forms.ChoiceField(choices=[("", ""), *Verdict.choices], required=False)
    text = forms.CharField(required=False, max_length=visits.MOST_TEXT)
    noted_at = forms.CharField(required=False, max_length=40)
    noter = forms.CharField(required=False, max_length=20)
    photo = forms.FileField(required=False)

    def note(self) -> visits.Note:
        data = self.cleaned_data
        client_id: uuid.UUID = data["client_id"]
        return visits.Note(client_id, data["item"], data["verdict"], data["text"], _moment(data["noted_at"]))


def _moment(text: str) -> dt.datetime | None:
    try:
        return parse_datetime(text)
    except (ValueError, OverflowError):
        return None


class CampaignFilter(forms.Form):
    """Filters of the list of campaigns; what is odd is ignored."""

    q = forms.CharField(
        label="名称或编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *CampaignKind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *CampaignState.choices])
    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)


class InspectionFilter(forms.Form):
    """Filters of a list of inspections; what is odd is ignored."""

    MINE = [("", "全部"), ("todo", "待本单位办理")]

    q = forms.CharField(
        label="基地、单位或编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *InspectionState.choices])
    grade = forms.ChoiceField(label="结果", required=False, choices=[("", "全部结果"), *Grade.choices])
    inspector = forms.ChoiceField(label="检查单位", required=False)
    view = forms.ChoiceField(label="范围", required=False, choices=MINE)

    def __init__(self, data: Any, *, inspectors: list[tuple[str, str]] | None = None) -> None:
        super().__init__(data)
        if inspectors:
            self.fields["inspector"].choices = [("", "全部检查单位"), *inspectors]
            del self.fields["view"]
        else:
            del self.fields["inspector"]


class PublicFilter(forms.Form):
    q = forms.CharField(
        label="建设单位或基地编号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    jurisdiction = forms.ChoiceField(label="管辖", required=False)
    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    grade = forms.ChoiceField(label="结果", required=False, choices=[("", "全部结果"), *Grade.choices])

    def __init__(self, data: Any, *, jurisdictions: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["jurisdiction"].choices = [("", "全部管辖"), *jurisdictions]


def kept(form: forms.Form) -> dict[str, Any]:
    """The filters that are filled in and in order."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}

"""Forms of training projects."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from apps.bases.models import Base
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import Mode, ProjectKind, ProjectState, SubjectKind, TrainingLevel, UnitConclusion
from apps.plans.models import FeeItem, PlannedProject, TrainingProject
from apps.plans.services.project_lists import FLAGS
from apps.plans.services.projects import FIELDS

EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)


class TenthsField(forms.DecimalField):
    """A number with at most one decimal, kept as a whole number of tenths."""

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {
            "min_value": Decimal("0.1"),
            "max_value": Decimal("9999.9"),
            "max_digits": 5,
            "decimal_places": 1,
        }
        super().__init__(**(given | options))

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else int(number * 10)


class DayField(forms.DateField):
    """A day between 2000 and 2099."""

    widget = forms.DateInput(attrs={"type": "date"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators += [
            MinValueValidator(EARLIEST, "日期过早，请核对年份。"),
            MaxValueValidator(LATEST, "日期过晚，请核对年份。"),
        ]


class FeeChoice(forms.ModelChoiceField):
    def label_from_instance(self, item: FeeItem) -> str:
        until = f"至 {item.ends_on:%Y-%m-%d}" if item.ends_on else "起"
        amount = f"{item.amount_fen / 100:.2f} 元/{item.unit}"
        return f"{item.name}：{amount}（{item.authority_document}，{item.effective_from:%Y-%m-%d} {until}）"


class ProjectForm(forms.Form):
    """A project's particulars; ``values()`` is what the service keeps."""

    in_base_name = forms.BooleanField(
        label="以基地名义举办",
        required=False,
        help_text="不勾选的，属本单位自办培训：不须同意或备案，也不能发放基地证书、登记学时（学分）",
    )
    name = forms.CharField(label="项目名称", max_length=100, help_text="多期举办的写明期次")
    subject_kind = forms.ChoiceField(label="科目", choices=SubjectKind.choices)
    kind = forms.ChoiceField(label="类型", choices=ProjectKind.choices)
    field = forms.CharField(label="领域", max_length=64)
    level = forms.ChoiceField(label="层次", choices=TrainingLevel.choices)
    starts_on = DayField(label="开班日期")
    ends_on = DayField(label="结束日期")
    hours_tenths = TenthsField(label="培训学时", help_text="每人的学时，最多一位小数")
    value_tenths = TenthsField(label="每人可登记", required=False)
    persons = forms.IntegerField(label="计划人数", min_value=1, max_value=100_000)
    mode = forms.ChoiceField(label="方式", choices=Mode.choices)
    place = forms.CharField(label="地点或平台", max_length=100)
    fee = FeeChoice(label="收费标准", queryset=FeeItem.objects.none(), required=False, empty_label="不收费")
    benefit_percent = forms.IntegerField(
        label="公益比例（%）",
        min_value=0,
        max_value=100,
        required=False,
        help_text="免费或减免的名额占计划人数的百分比",
    )
    favours = forms.MultipleChoiceField(
        label="倾斜对象", required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, base: Base, rules: Rulebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        label = rules.credit.label
        self.fields["value_tenths"].label = f"每人可登记{label}"
        self.fields["value_tenths"].help_text = f"考核合格的学员登记的{label}；不以基地名义举办的不填"
        current = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()) | Q(pk=self.initial.get("fee"))
        self.fields["fee"].queryset = FeeItem.objects.filter(current, base=base)
        if rules.public_benefit is None or not rules.public_benefit.favours:
            del self.fields["favours"]
        else:
            self.fields["favours"].choices = rules.public_benefit.favours
        if rules.public_benefit is None:
            del self.fields["benefit_percent"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "结束日期不能早于开班日期。")
        if values.get("in_base_name") and values.get("value_tenths") is None and "value_tenths" not in self.errors:
            self.add_error("value_tenths", "以基地名义举办的，请填写每人可登记的数量。")
        return values

    def values(self) -> dict[str, Any]:
        """The cleaned values by the keys that services.projects takes (FIELDS)."""
        empty = {"favours": [], "benefit_percent": 0, "value_tenths": 0}
        given = {name: self.cleaned_data.get(name) for name in FIELDS}
        return given | {name: given[name] or default for name, default in empty.items()}


def initial_of(source: TrainingProject | PlannedProject) -> dict[str, Any]:
    """What the form starts from: the project as stored, or the planned one."""
    shared = ("name", "subject_kind", "kind", "field", "level", "starts_on", "ends_on", "persons", "mode", "place")
    values = {name: getattr(source, name) for name in (*shared, "benefit_percent", "favours")}
    values["hours_tenths"] = Decimal(source.hours_tenths) / 10
    if isinstance(source, TrainingProject):
        values |= {"in_base_name": source.in_base_name, "fee": source.fee_id}
        values["value_tenths"] = Decimal(source.value_tenths) / 10 if source.value_tenths else None
    else:
        values["in_base_name"] = True
    return values


class ProjectFilterForm(forms.Form):
    """Filters of the list; what is odd is ignored, never refused."""

    q = forms.CharField(
        label="编号、项目或单位",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    year = forms.ChoiceField(label="年度", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *ProjectState.choices])
    subject = forms.ChoiceField(label="科目", required=False, choices=[("", "全部科目"), *SubjectKind.choices])
    flag = forms.ChoiceField(label="标记", required=False, choices=[("", "不限"), *FLAGS])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        this_year = timezone.localdate().year
        years = [(str(year), f"{year} 年") for year in range(this_year + 1, this_year - 9, -1)]
        self.fields["year"].choices = [("", "全部年度"), *years]

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ArchiveFilterForm(ProjectFilterForm):
    """Filters of the list of archives."""

    field_order = ["q", "year", "state"]

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        over = [(ProjectState.HELD, "待归档"), (ProjectState.ARCHIVED, "已归档")]
        self.fields["state"].choices = [("", "全部"), *over]
        del self.fields["flag"], self.fields["subject"]


class SendForm(forms.Form):
    """What is asked when a project is sent: a reason where the filing is late."""

    late_reason = forms.CharField(
        label="逾期说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写入备案回执，并告知备案机关",
    )


class OpinionForm(forms.Form):
    """The managing unit's opinion on a project."""

    conclusion = forms.ChoiceField(
        label="结论", choices=UnitConclusion.choices, widget=forms.RadioSelect, required=False
    )
    opinion = forms.CharField(
        label="意见或理由",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写入意见书；不同意的，须写明理由",
    )


class CloseForm(forms.Form):
    """What a class came to."""

    held_persons = forms.IntegerField(label="实际参加人数", min_value=1, max_value=100_000)
    result = forms.CharField(label="完成情况", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    effect = forms.CharField(
        label="培训效果", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.CharField(
        label="未事先取得同意（备案）的原因",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="记入办理记录，管理单位和备案机关可以看到",
    )

    def __init__(self, *args: Any, unauthorised: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if unauthorised:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

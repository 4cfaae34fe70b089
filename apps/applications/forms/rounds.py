"""Forms of rounds and of the list of recommending units."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from apps.accounts.enums import OrganisationKind, Rank
from apps.accounts.models import Organisation
from apps.applications.models import Round
from apps.bases.models import LEVEL_LABELS
from apps.jurisdictions.rulebooks.roads import Road


class LinesField(forms.CharField):
    """One entry a line; blank lines and repeats are dropped."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        return list(dict.fromkeys(line.strip() for line in (value or "").splitlines() if line.strip()))

    def validate(self, value: list[str]) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"])
        if any(len(line) > 64 for line in value):
            raise forms.ValidationError("每个领域不超过 64 个字。")

    def run_validators(self, value: Any) -> None:
        return None


class RoundForm(forms.Form):
    """A round's particulars; the rubric is a formset beside it."""

    title = forms.CharField(label="批次名称", max_length=120)
    level = forms.ChoiceField(label="申报级别")
    opens_on = forms.DateField(
        label="开始日期", widget=forms.DateInput(attrs={"type": "date"}), help_text="自当日零时起受理提交"
    )
    closes_on = forms.DateField(
        label="截止日期", widget=forms.DateInput(attrs={"type": "date"}), help_text="至当日 24 时止，逾时不能提交"
    )
    fields_wanted = LinesField(label="申报领域", help_text="每行一个；申报单位从中选择")
    guidance = forms.CharField(label="申报说明", required=False, widget=forms.Textarea(attrs={"rows": 5}))
    quota = forms.IntegerField(
        label="每个推荐单位名额", required=False, min_value=1, max_value=999, help_text="留空为不限"
    )
    pass_points = forms.IntegerField(
        label="合格分", min_value=1, max_value=100, initial=60, help_text="专家平均分不低于此分为合格"
    )
    sandbox = forms.BooleanField(
        label="演练批次",
        required=False,
        help_text="只用于演练：文书加印水印、不进入名录、不对外公布。所依据的文本未生效时，只能设演练批次。",
    )

    def __init__(self, *args: Any, levels: list[str], road: Road, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level, LEVEL_LABELS[level]) for level in levels]
        if not road.recommendation:
            del self.fields["quota"]
        if editing:
            del self.fields["sandbox"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        opens, closes = values.get("opens_on"), values.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", "截止日期不能早于开始日期。")
        if opens and closes and closes - opens > dt.timedelta(days=366):
            self.add_error("closes_on", "申报时间不能超过一年，请核对年份。")
        return values


class RubricItemForm(forms.Form):
    """One indicator of the rubric."""

    title = forms.CharField(label="评分指标", max_length=64)
    max_points = forms.IntegerField(label="满分", min_value=1, max_value=100)
    description = forms.CharField(label="评分要点", max_length=300, required=False)


class BaseRubricFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        total = sum(row["max_points"] for row in self.rows())
        if total != 100:
            raise forms.ValidationError(f"各项满分合计应为 100 分，现为 {total} 分。")

    def rows(self) -> list[dict[str, Any]]:
        """The rubric as stored: code, title, max_points, description."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [
            {
                "code": f"item{index}",
                "title": row["title"],
                "max_points": row["max_points"],
                "description": row.get("description", ""),
            }
            for index, row in enumerate(kept, 1)
        ]


RubricFormSet = forms.formset_factory(
    RubricItemForm, formset=BaseRubricFormSet, extra=0, min_num=1, validate_min=True, max_num=30, can_delete=True
)

DEFAULT_RUBRIC = (
    ("师资队伍", 25, "数量、结构、与一线的联系、影响力"),
    ("管理机构与制度", 20, "机构、人员、各项制度及执行"),
    ("经费与设施", 20, "配套经费、教室设备资料、实训条件"),
    ("远程教育条件", 15, "设备、平台、网上互动"),
    ("培训业绩", 20, "规模、项目、效果"),
)


def rubric_initial(rnd: Round | None) -> list[dict[str, Any]]:
    """Rows to start from: the round's own, or a usual rubric of a hundred points."""
    if rnd is not None:
        return [{key: item[key] for key in ("title", "max_points", "description")} for item in rnd.rubric]
    return [{"title": title, "max_points": points, "description": note} for title, points, note in DEFAULT_RUBRIC]


class RecommenderForm(forms.ModelForm):
    """A department on the authority's list of recommending units."""

    recommender_types = forms.MultipleChoiceField(label="推荐资格类别", widget=forms.CheckboxSelectMultiple)
    rank = forms.ChoiceField(label="行政级别", choices=[("", "未登记"), *Rank.choices], required=False)

    class Meta:
        model = Organisation
        fields = ["name", "credit_code", "division", "recommender_types", "rank", "document_code", "phone", "is_active"]

    def __init__(self, *args: Any, road: Road, jurisdiction: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jurisdiction = jurisdiction
        self.fields["recommender_types"].choices = [(item.unit, item.label) for item in road.recommenders]

    def clean_credit_code(self) -> str:
        code = self.cleaned_data["credit_code"].strip().upper()
        taken = Organisation.objects.filter(credit_code=code, jurisdiction_id=self.jurisdiction).exclude(
            pk=self.instance.pk
        )
        if taken.exists():
            raise forms.ValidationError("该统一社会信用代码已登记在本管辖的名单中。")
        return code

    def save(self, commit: bool = True) -> Organisation:
        self.instance.kind = OrganisationKind.DEPARTMENT
        self.instance.jurisdiction_id = self.jurisdiction
        return super().save(commit)

"""Forms of the expert review."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from apps.accounts.validators import validate_credit_code
from apps.cases.models import Case
from apps.panels.enums import PanelState
from apps.panels.models import ExpertProfile, Panel, PanelMember
from apps.panels.services.experts import ExpertDetails
from apps.panels.services.subjects import ReviewKind

_SEPARATORS = re.compile(r"[、,，;；\s]+")
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, cleaned to a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(ManyFilesField, self).clean(one, initial) for one in files]


class ExpertForm(forms.Form):
    """An expert of the pool. ``username`` is fixed once the expert is in."""

    username = forms.RegexField(
        r"^[A-Za-z0-9_.@-]{3,60}$",
        label="账号",
        help_text="3 至 60 个字母、数字或 _ . @ -；新账号由安全管理员发放初始密码",
        error_messages={"invalid": "账号只能包含字母、数字和 _ . @ -，长度 3 至 60。"},
    )
    name = forms.CharField(label="姓名", max_length=64)
    employer_name = forms.CharField(label="工作单位", max_length=128, help_text="用于自动发现回避情形，请填写全称")
    employer_code = forms.CharField(
        label="单位统一社会信用代码", max_length=18, required=False, validators=[validate_credit_code]
    )
    fields_text = forms.CharField(label="专业领域", max_length=200, help_text="多个领域用顿号分开")
    title = forms.CharField(label="职称或职务", max_length=64, required=False)
    phone = forms.RegexField(
        r"^[0-9+() -]{5,20}$", label="手机", required=False, error_messages={"invalid": "请填写有效的电话号码。"}
    )

    def __init__(self, *args: Any, expert: ExpertProfile | None = None, **kwargs: Any) -> None:
        if expert is not None:
            kwargs["initial"] = {
                "username": expert.user.username,
                "name": expert.user.name,
                "employer_name": expert.employer_name,
                "employer_code": expert.employer_code,
                "fields_text": "、".join(expert.fields),
                "title": expert.title,
                "phone": expert.user.phone,
            }
        super().__init__(*args, **kwargs)
        if expert is not None:
            self.fields["username"].disabled = True
            self.fields["name"].disabled = True

    def details(self) -> ExpertDetails:
        data = self.cleaned_data
        return ExpertDetails(
            username=data["username"],
            name=data["name"].strip(),
            employer_name=data["employer_name"].strip(),
            employer_code=data["employer_code"],
            fields=tuple(part for part in _SEPARATORS.split(data["fields_text"]) if part),
            title=data["title"],
            phone=data["phone"],
        )


class ImportForm(forms.Form):
    file = forms.FileField(label="Excel 文件（xlsx）")


class ReasonForm(forms.Form):
    """A reason that goes on record."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PoolFilterForm(forms.Form):
    q = forms.CharField(label="姓名、单位、职称或领域", required=False, max_length=60)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("active", "在库"), ("inactive", "已出库")]
    )


class PanelFilterForm(forms.Form):
    q = forms.CharField(label="编号或名称", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *PanelState.choices])


class PanelForm(forms.Form):
    """Numbers, date and subjects of a panel."""

    size = forms.IntegerField(label="专家人数", min_value=1, max_value=31, help_text="文本未规定人数；建议为单数")
    quorum = forms.IntegerField(
        label="每件最少评审人数", min_value=1, max_value=31, help_text="须超过专家人数的一半；回避的专家不计入"
    )
    scoring_due = forms.DateField(label="评分截止日期", required=False, widget=DATE)
    subjects = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, kind: ReviewKind, choosable: list[Case], panel: Panel | None = None, **kwargs: Any
    ) -> None:
        if panel is not None:
            own = panel.items.filter(is_active=True).values_list("subject_id", flat=True)
            kwargs["initial"] = {
                "size": panel.size,
                "quorum": panel.quorum,
                "scoring_due": panel.scoring_due,
                "subjects": [str(pk) for pk in own],
            }
        super().__init__(*args, **kwargs)
        self.choosable = {str(one.pk): one for one in choosable}
        self.fields["subjects"].label = f"交评审的{kind.words.subject}"
        self.fields["subjects"].choices = [
            (key, f"{kind.name(one)}（{one.number}）") for key, one in self.choosable.items()
        ]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"size": data["size"], "quorum": data["quorum"], "scoring_due": data["scoring_due"]}

    def chosen(self) -> list[Case]:
        return [self.choosable[key] for key in self.cleaned_data["subjects"]]


class DrawForm(forms.Form):
    count = forms.IntegerField(label="抽取人数", min_value=1, max_value=31)
    fields_wanted = forms.MultipleChoiceField(
        label="限定专业领域", required=False, widget=forms.CheckboxSelectMultiple, help_text="不选则不限"
    )
    avoid_conflicts = forms.BooleanField(label="不抽取须回避的专家", required=False, initial=True)

    def __init__(self, *args: Any, fields_known: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_wanted"].choices = [(one, one) for one in fields_known]


class AppointForm(forms.Form):
    expert = forms.ChoiceField(label="专家")
    reason = forms.CharField(label="指定理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, experts: list[ExpertProfile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.experts = {str(one.pk): one for one in experts}
        self.fields["expert"].choices = [
            ("", "请选择"),
            *((key, f"{one.user.name}（{one.employer_name}）") for key, one in self.experts.items()),
        ]

    def chosen(self) -> ExpertProfile:
        return self.experts[self.cleaned_data["expert"]]


class DeclarationForm(forms.Form):
    """One subject's declaration; the choice is never made for the expert."""

    has_conflict = forms.ChoiceField(
        label="回避申明",
        choices=[("no", "我与该单位无利害关系，无须回避"), ("yes", "我需要回避")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否需要回避。"},
    )
    text = forms.CharField(
        label="需要回避的情况说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepForm(forms.Form):
    """A record of one step of the review, for one subject or several."""

    duty = forms.ChoiceField(label="评审环节")
    done_on = forms.DateField(label="日期", widget=DATE)
    participants = forms.CharField(label="参加人", required=False, max_length=400)
    record = forms.CharField(label="情况记录", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, duties: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = list(duties)


class PanelStepForm(StepForm):
    subjects = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, kind: ReviewKind, choosable: list[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choosable = {str(one.pk): one for one in choosable}
        self.fields["subjects"].label = f"适用的{kind.words.subject}"
        self.fields["subjects"].choices = [(key, kind.name(one)) for key, one in self.choosable.items()]

    def chosen(self) -> list[Case]:
        return [self.choosable[key] for key in self.cleaned_data["subjects"]]


class ConclusionForm(forms.Form):
    """The conclusion of a review without a panel."""

    passed = forms.ChoiceField(
        label="评审结论", choices=[("yes", "通过评审"), ("no", "不通过评审")], widget=forms.RadioSelect
    )
    reasons = forms.CharField(label="理由", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class VisitForm(forms.Form):
    visited_on = forms.DateField(label="考察日期", widget=DATE)
    place = forms.CharField(label="考察地点", max_length=200)
    members = forms.MultipleChoiceField(label="参加考察的专家", widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(label="其他参加人员", required=False, max_length=200)
    record = forms.CharField(label="考察情况", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    photos = ManyFilesField(label="照片", required=False, help_text="JPG、PNG，可多选；仅机关和参加评审的专家可见")

    def __init__(self, *args: Any, members: list[PanelMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choosable = {str(one.pk): one for one in members}
        self.fields["members"].choices = [(key, one.expert.user.name) for key, one in self.choosable.items()]

    def chosen(self) -> list[PanelMember]:
        return [self.choosable[key] for key in self.cleaned_data["members"]]


class ResolutionForm(forms.Form):
    votes_for = forms.IntegerField(label="同意", min_value=0, max_value=99)
    votes_against = forms.IntegerField(label="不同意", min_value=0, max_value=99)
    votes_abstain = forms.IntegerField(label="弃权", min_value=0, max_value=99)
    reasons = forms.CharField(label="评审意见", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class MinutesForm(forms.Form):
    minutes = forms.FileField(label="评审会议纪要", help_text="PDF、Word 或图片")

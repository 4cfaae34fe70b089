"""Forms of the case pages."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.actors import Actor
from apps.cases.enums import CaseKind
from apps.cases.workflow import all_workflows


class StepForm(forms.Form):
    """The reason for a step; required where the workflow's table says so."""

    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, reason_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = reason_required
        self.fields["reason"].error_messages["required"] = "请写明理由，理由将记入办理记录。"
        if not reason_required:
            self.fields["reason"].label = "说明（可不填）"


class CaseFilterForm(forms.Form):
    """Filters of the case list; every one of them lives in the address. Never refuses: what is odd is ignored."""

    VIEWS = [("", "全部办件"), ("todo", "我的待办"), ("waiting", "等待他人办理"), ("closed", "已办结")]
    DUE = [("", "不限"), ("overdue", "已逾期"), ("week", "七日内到期"), ("set", "有期限")]

    q = forms.CharField(
        label="编号、事项或单位",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    view = forms.ChoiceField(label="范围", required=False, choices=VIEWS)
    kind = forms.ChoiceField(label="业务", required=False, choices=[("", "全部业务"), *CaseKind.choices])
    state = forms.ChoiceField(label="状态", required=False)
    round = forms.ChoiceField(label="批次", required=False)
    due = forms.ChoiceField(label="期限", required=False, choices=DUE)

    def __init__(self, data: Any, actor: Actor, rounds: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["state"].choices = [("", "全部状态"), *state_choices(self["kind"].value() or "")]
        if rounds:
            self.fields["round"].choices = [("", "全部批次"), *rounds]
        else:
            del self.fields["round"]

    def values(self) -> dict[str, str]:
        """The filters that are understood; a value that is none is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def state_choices(kind: str) -> list[tuple[str, str]]:
    """The states of one kind of business, or of every kind grouped by it when none is chosen."""
    workflows = [workflow for workflow in all_workflows() if not kind or workflow.kind == kind]
    if len(workflows) == 1:
        return [(code, str(label)) for code, label in workflows[0].states.items()]
    labels: dict[str, list[str]] = {}
    for workflow in workflows:
        for code, label in workflow.states.items():
            if str(label) not in labels.setdefault(code, []):
                labels[code].append(str(label))
    return [(code, "／".join(names)) for code, names in labels.items()]

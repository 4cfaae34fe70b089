"""Forms of the intake."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.applications.forms.opinions import ReturnForm
from apps.applications.models import AdmissionRefusal
from apps.applications.services import intake
from apps.jurisdictions.rulebooks.citations import cite


class CorrectionForm(ReturnForm):
    """All corrections in one notice, and the day by which they are due."""

    days = forms.IntegerField(
        label="补正期限",
        min_value=intake.SHORTEST_TERM,
        max_value=intake.LONGEST_TERM,
        initial=intake.DEFAULT_TERM,
        help_text="自告知次日起算，至末日 24 时；现行规定未规定补正期限，由经办人指定",
    )
    unit = forms.ChoiceField(
        label="计算方法",
        choices=[(intake.WORKDAYS, "工作日"), (intake.NATURAL_DAYS, "自然日")],
        initial=intake.WORKDAYS,
        widget=forms.RadioSelect,
    )
    field_order = ("days", "unit", "note")


class RefusalForm(forms.Form):
    """A refusal to admit: ground, reasons, articles; and whether it establishes a fraud."""

    ground = forms.ChoiceField(label="事由", choices=AdmissionRefusal.Ground.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(
        label="理由",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="写明查明的事实和不予受理的理由",
    )
    articles = forms.MultipleChoiceField(label="依据条款", widget=forms.CheckboxSelectMultiple, required=False)
    records_fraud = forms.BooleanField(
        label="认定申报弄虚作假，签发时记入登记",
        required=False,
        help_text="签发后自动记入该单位的登记事实；今后申报时，依照办法的规定处理",
    )

    def __init__(self, *args: Any, articles: list[tuple[str, str]], barred: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["articles"].choices = [(article, f"{cite(article)} {title}") for article, title in articles]
        if not barred:
            self.fields["ground"].choices = [
                choice for choice in AdmissionRefusal.Ground.choices if choice[0] != AdmissionRefusal.Ground.BAR
            ]

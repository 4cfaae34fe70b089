"""Form of a decision."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.applications.enums import Conclusion
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.rulebook import Rulebook

CONCLUSION_LABELS = {Conclusion.POSITIVE: "予以认定", Conclusion.NEGATIVE: "不予认定"}


class DecisionForm(forms.Form):
    """Conclusion, reasons, and the articles it rests on, chosen from the text's own."""

    conclusion = forms.ChoiceField(
        label="结论", widget=forms.RadioSelect, choices=[(key.value, label) for key, label in CONCLUSION_LABELS.items()]
    )
    reasons = forms.CharField(label="事实和理由", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    articles = forms.MultipleChoiceField(label="依据条款", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, rulebook: Rulebook, suggested: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["articles"].choices = [(article, cite(article)) for article in citable(rulebook, suggested)]


def citable(rulebook: Rulebook, first: list[str]) -> list[str]:
    """Articles a decision may cite: the suggested ones, then those of the conditions."""
    conditions = [article for condition in rulebook.conditions for article in condition.articles]
    return list(dict.fromkeys([*first, *conditions]))

"""The form of an application or a plan between the page and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from apps.plans.services.plan_tables import KeyedTable
from apps.subsidies.services.content_draft import ABOUT, Draft, Text


class TextsForm(forms.Form):
    """The texts of the first part as typed; what is wrong with them the draft knows."""

    use_required_attribute = False

    def __init__(self, draft: Draft, *, show_missing: bool) -> None:
        super().__init__(as_post(draft, ABOUT))
        self.draft, self.show_missing = draft, show_missing
        for text in draft.texts:
            self.fields[text.name] = forms.CharField(
                label=text.label, required=False, widget=_widget(text), help_text=text.hint
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for gap in self.draft.gaps_in(ABOUT):
            if gap.field in self.fields and (gap.wrong or self.show_missing):
                self.add_error(gap.field, gap.message)
        return values

    def shown(self) -> list[dict[str, Any]]:
        """Every text with the article that asks for it."""
        return [{"bound": self[text.name], "text": text} for text in self.draft.texts]


class ReasonForm(forms.Form):
    """Why a change is begun: kept in the plan."""

    change_reason = forms.CharField(
        label="调整理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text="写入调整后的方案"
    )


def _widget(text: Text) -> forms.Widget:
    if text.rows:
        return forms.Textarea(attrs={"rows": text.rows})
    kind = text.column.kind if text.column else "text"
    attrs = {"fen": {"inputmode": "decimal"}, "date": {"placeholder": "2026-03-02"}}.get(
        kind, {"maxlength": str(text.longest)}
    )
    return forms.TextInput(attrs={**attrs, "autocomplete": "off"})


def parse_part(draft: Draft, part: str, post: Mapping[str, Any]) -> dict[str, Any]:
    """What a submitted page says of ``part``, for save_values(); what the page did not carry is left as it was."""
    if part == ABOUT:
        return {
            text.name: str(post[text.name]).replace("\x00", "").replace("\r\n", "\n")
            for text in draft.texts
            if text.name in post
        }
    table = draft.tables.get(part)
    rows = table.parse(post) if table is not None else None
    return {} if rows is None else {part: rows}


def as_post(draft: Draft, part: str) -> dict[str, str]:
    """The part as its page would submit it."""
    if part == ABOUT:
        return {text.name: draft.text(text.name) for text in draft.texts}
    table: KeyedTable | None = draft.tables.get(part)
    return table.as_post(draft.rows(part)) if table is not None else {}


def live_errors(draft: Draft, part: str) -> dict[str, list[str]]:
    """What is filled in wrong, by field: what is merely missing is not pointed out while somebody writes."""
    errors: dict[str, list[str]] = {}
    for gap in draft.gaps_in(part):
        if gap.wrong:
            errors.setdefault(gap.field, []).append(gap.message)
    return errors

"""The facts a visitor enters to see where an institution stands; nothing is stored, every question may be left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from apps.applications.sections.fields import count_field, fact_field
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.facts import SCHEMA, SECTION_LABELS, Field

RECORD_ROWS = 2
NEVER = "never"
_BARRING = ("prior_fraud", "prior_revocations")


class SelfCheckForm(forms.Form):
    """One question for each fact; a list of records is asked in two rows."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for described in SCHEMA:
            if described.kind == "records":
                self.fields.update(_record_fields(described))
            else:
                self.fields[described.key] = _question(described)
        self.fields["bar_record"] = forms.ChoiceField(
            label="以往申报被认定弄虚作假，或基地资格被取消、撤销",
            choices=[("", "不清楚"), (NEVER, "从未有过"), ("some", "有过，填写如下")],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for described in SCHEMA:
            if described.kind == "records":
                for row in range(RECORD_ROWS):
                    self._check_record(described, row)
        return cleaned

    def _check_record(self, described: Field, row: int) -> None:
        names = [_name(described, row, part) for part in described.fields]
        given = [name for name in names if self.cleaned_data.get(name)]
        for name in names:
            if given and name not in given and name not in self.errors:
                self.add_error(name, "本条记录的各项须一并填写。")

    def facts(self) -> dict[str, Any]:
        """What was answered and is valid, in the rulebooks' vocabulary."""
        facts: dict[str, Any] = {}
        for described in SCHEMA:
            if described.kind == "records":
                self._add_records(facts, described)
                continue
            value = self.cleaned_data.get(described.key)
            if value not in (None, "", []):
                facts[described.key] = int(value * 100) if described.kind == "money" else value
        return facts

    def _add_records(self, facts: dict[str, Any], described: Field) -> None:
        records = [record for row in range(RECORD_ROWS) if (record := self._record(described, row)) is not None]
        known = described.key not in _BARRING or self.cleaned_data.get("bar_record") in (NEVER, "some")
        if self.cleaned_data.get("bar_record") == NEVER and described.key in _BARRING:
            records = []
        if records or known:
            facts[described.key] = records

    def _record(self, described: Field, row: int) -> dict[str, Any] | None:
        values = {part.key: self.cleaned_data.get(_name(described, row, part)) for part in described.fields}
        return values if all(values.values()) else None

    def groups(self) -> Iterator[dict[str, Any]]:
        """The questions by section, in the vocabulary's order; the records last, row by row."""
        for code, title in SECTION_LABELS.items():
            plain = [self[one.key] for one in SCHEMA if one.section == code and one.kind != "records"]
            if code == "record":
                yield {"title": title, "fields": [*plain, self["bar_record"]], "records": list(self._record_groups())}
            else:
                yield {"title": title, "fields": plain, "records": []}

    def _record_groups(self) -> Iterator[dict[str, Any]]:
        for described in SCHEMA:
            if described.kind == "records":
                for row in range(RECORD_ROWS):
                    fields: list[BoundField] = [self[_name(described, row, part)] for part in described.fields]
                    yield {"title": f"{described.label}（第 {row + 1} 条）", "fields": fields}


def _name(described: Field, row: int, part: Field) -> str:
    return f"{described.key}-{row}-{part.key}"


def _question(described: Field) -> forms.Field:
    if described.kind == "money":
        return forms.DecimalField(
            label=f"{described.label}（元）",
            help_text=described.help,
            required=False,
            min_value=0,
            max_digits=13,
            decimal_places=2,
        )
    if described.kind == "count":
        return count_field(label=f"{described.label}（{described.unit}）", help_text=described.help, required=False)
    return fact_field(described.key, required=False)


def _record_fields(described: Field) -> dict[str, forms.Field]:
    return {_name(described, row, part): _part_field(part) for row in range(RECORD_ROWS) for part in described.fields}


def _part_field(part: Field) -> forms.Field:
    if part.kind == "date":
        return forms.DateField(label=part.label, required=False, widget=forms.DateInput(attrs={"type": "date"}))
    if part.kind == "division":
        return forms.RegexField(
            r"^[1-8]\d{5}$", label=part.label, required=False, error_messages={"invalid": "应为六位行政区划代码。"}
        )
    if part.kind == "jurisdiction":
        names = [(one, registry.versions(one)[-1].name) for one in registry.jurisdictions()]
        return forms.ChoiceField(label=part.label, required=False, choices=[("", "请选择"), *names])
    return forms.ChoiceField(label=part.label, required=False, choices=[("", "请选择"), *part.choices])

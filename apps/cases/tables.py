"""Tables of long forms: columns that clean one cell, and rows checked all together.

The same columns check what is typed into the page, pasted from a spreadsheet or uploaded as a file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Row = Mapping[str, str]
EARLIEST, LATEST = dt.date(1949, 10, 1), dt.date(2199, 12, 31)
_DECIMAL = re.compile(r"(?P<whole>[0-9]{1,13})(?:\.(?P<part>[0-9]*))?")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]00:00:00)?")
MAX_ROWS = 2000
EDITABLE_ROWS = 300
"""Longer tables are shown page-wise and changed by upload: a browser does not edit thousands of cells well."""


@dataclass(frozen=True)
class Column:
    """A column. ``kind``: text; choice (``choices`` of code and label; either is accepted) and choices (several,
    parted by 、); count (whole number); tenths (a number with at most one decimal, kept as a whole number of tenths) and
    hundredths (likewise with two); fen (an amount in yuan, kept as fen); date (kept as a date).

    ``least`` and ``most`` are in the unit that is kept.
    """

    name: str
    label: str
    kind: Literal["text", "choice", "choices", "count", "tenths", "hundredths", "fen", "date"] = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int = 100
    least: int = 0
    most: int = 9_999_999

    @property
    def expected(self) -> str:
        """What a cell should contain, for messages and for the head of the template file."""
        if self.kind == "choice":
            return "应为" + "、".join(label for _, label in self.choices) + "之一"
        if self.kind == "choices":
            return "可填" + "、".join(label for _, label in self.choices) + "，多项用顿号分开"
        if self.kind == "count":
            return f"应为 {self.least} 至 {self.most} 的整数"
        if self.kind == "tenths":
            return f"应为 {_decimal_text(self.least, 1)} 至 {_decimal_text(self.most, 1)} 的数，最多一位小数"
        if self.kind == "hundredths":
            return f"应为 {_decimal_text(self.least, 2)} 至 {_decimal_text(self.most, 2)} 的数，最多两位小数"
        if self.kind == "fen":
            return f"应为 {_decimal_text(self.least, 2)} 至 {_decimal_text(self.most, 2)} 元，最多两位小数"
        if self.kind == "date":
            return "应为日期，例如 2026-03-02"
        return f"应为不超过 {self.max_length} 字的文字"

    def clean(self, raw: str) -> Any:
        """The value of a cell: text, choice code (a list of them for choices), int, date, or None when empty.

        Raises ValidationError in Chinese.
        """
        raw = raw.strip()
        if not raw:
            if self.required:
                raise ValidationError(f"不能为空，{self.expected}。", code="required")
            return [] if self.kind == "choices" else None
        cleaners = {
            "choice": self._choice,
            "choices": self._choices,
            "count": self._count,
            "tenths": lambda text: self._decimal(text, 1),
            "hundredths": lambda text: self._decimal(text, 2),
            "fen": lambda text: self._decimal(text, 2),
            "date": self._date,
        }
        if self.kind in cleaners:
            return cleaners[self.kind](raw)
        if len(raw) > self.max_length:
            raise ValidationError(f"现有 {len(raw)} 字，{self.expected}。", code="max_length")
        return raw

    def display(self, raw: str) -> str:
        """The cell as people read it: the labels in place of codes."""
        labels = dict(self.choices)
        if self.kind == "choices":
            return "、".join(labels.get(part, part) for part in _parts(raw))
        return labels.get(raw, raw) if self.kind == "choice" else raw

    def _choice(self, raw: str) -> str:
        for code, label in self.choices:
            if raw in (code, label):
                return code
        raise ValidationError(f"“{raw[:30]}”不可识别，{self.expected}。", code="invalid_choice")

    def _choices(self, raw: str) -> list[str]:
        return list(dict.fromkeys(self._choice(part) for part in _parts(raw)))

    def _count(self, raw: str) -> int:
        plain = raw.replace(",", "").replace("，", "")
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 12):
            raise ValidationError(f"“{raw[:30]}”不是整数，{self.expected}。", code="invalid")
        return self._within(int(plain), raw)

    def _decimal(self, raw: str, places: int) -> int:
        """The number shifted by ``places``, so that nothing is ever rounded."""
        match = _DECIMAL.fullmatch(raw.replace(",", "").replace("，", "").removesuffix("元"))
        if match is None or len(match["part"] or "") > places:
            raise ValidationError(f"“{raw[:30]}”不可识别，{self.expected}。", code="invalid")
        return self._within(int(match["whole"] + (match["part"] or "").ljust(places, "0")), raw)

    def _within(self, value: int, raw: str) -> int:
        if not self.least <= value <= self.most:
            raise ValidationError(f"{raw} 超出范围，{self.expected}。", code="range")
        return value

    def _date(self, raw: str) -> dt.date:
        match = _DATE.fullmatch(raw)
        try:
            day = dt.date(*(int(part) for part in match.groups())) if match else None
        except ValueError:
            day = None
        if day is None or not EARLIEST <= day <= LATEST:
            raise ValidationError(f"“{raw[:30]}”不是可用的日期，{self.expected}。", code="invalid")
        return day


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell; ``row`` counts from 1 as the person sees it, ``column`` is the label."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return (
            f"第 {self.row} 行“{self.column}”：{self.message}" if self.column else f"第 {self.row} 行：{self.message}"
        )


@dataclass(frozen=True)
class Checked:
    """The cleaned rows (only whole ones) and every error; ``filled`` counts rows that are not blank."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    filled: int = 0


@dataclass(frozen=True)
class Table:
    """A table of a section, stored as a list of rows of raw text under ``code`` in the section's data."""

    code: str
    title: str
    columns: tuple[Column, ...]
    hint: str = ""
    required: bool = True
    row_check: Any = None
    max_rows: int = MAX_ROWS

    def blank(self, row: Row) -> bool:
        return not any(str(row.get(column.name, "")).strip() for column in self.columns)

    def check(self, rows: Sequence[Row], first: int = 1) -> Checked:
        """Clean all rows; blank ones are passed over but keep their number, counted from ``first``."""
        cleaned, errors, filled = [], [], 0
        for number, row in enumerate(rows, start=first):
            if self.blank(row):
                continue
            filled += 1
            values, wrong = self._check_row(number, row)
            errors.extend(wrong)
            if not wrong:
                cleaned.append(values)
        if filled > self.max_rows:
            errors.append(RowError(self.max_rows + first, "", f"最多 {self.max_rows} 行，现有 {filled} 行。"))
        return Checked(cleaned, errors, filled)

    def _check_row(self, number: int, row: Row) -> tuple[dict[str, Any], list[RowError]]:
        values, wrong = {}, []
        for column in self.columns:
            try:
                values[column.name] = column.clean(str(row.get(column.name, "")))
            except ValidationError as error:
                wrong.append(RowError(number, column.label, error.messages[0]))
        if not wrong and self.row_check is not None:
            wrong.extend(RowError(number, label, message) for label, message in self.row_check(values))
        return values, wrong

    def parse(self, post: Mapping[str, Any]) -> list[dict[str, str]] | None:
        """The rows in a submitted page; None where the page did not carry the table."""
        raw_total = str(post.get(f"{self.code}-TOTAL_FORMS", ""))
        if not (raw_total.isascii() and raw_total.isdigit() and len(raw_total) < 10):
            return None
        rows = []
        for index in range(min(int(raw_total), EDITABLE_ROWS)):
            prefix = f"{self.code}-{index}-"
            if post.get(prefix + "DELETE"):
                continue
            cells = {column.name: str(post.get(prefix + column.name, "")) for column in self.columns}
            rows.append({name: text.replace("\x00", "") for name, text in cells.items()})
        return self.trimmed(rows)

    def trimmed(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        """The rows without blank ones at the end."""
        while rows and self.blank(rows[-1]):
            rows = rows[:-1]
        return rows

    def as_post(self, rows: Sequence[Row]) -> dict[str, str]:
        """The rows as the page would submit them; a table without rows shows one blank row."""
        total = max(len(rows), 1)
        data = {
            f"{self.code}-TOTAL_FORMS": str(total),
            f"{self.code}-INITIAL_FORMS": "0",
            f"{self.code}-MIN_NUM_FORMS": "0",
            f"{self.code}-MAX_NUM_FORMS": str(EDITABLE_ROWS),
        }
        for index, row in enumerate(rows):
            data.update({f"{self.code}-{index}-{c.name}": str(row.get(c.name, "")) for c in self.columns})
        return data

    def formset(self, rows: Sequence[Row]) -> BaseFormSet:
        """The rows as an editable table; a cell's error stands beside it."""
        factory = formset_factory(
            _row_form(self.columns), extra=0, can_delete=True, max_num=EDITABLE_ROWS, absolute_max=EDITABLE_ROWS
        )
        return factory(self.as_post(rows), prefix=self.code)


def _decimal_text(value: int, places: int) -> str:
    """A whole number of tenths or fen as people write it, without closing zeros."""
    whole, part = divmod(value, 10**places)
    return f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if part else str(whole)


def _parts(raw: str) -> list[str]:
    """The parts of a cell that holds several choices."""
    return [part.strip() for part in re.split(r"[、，,;；]", raw) if part.strip()]


class CellField(forms.Field):
    """A cell of an editable table: cleaned by its column, never twice described."""

    def __init__(self, column: Column) -> None:
        super().__init__(label=column.label, required=column.required, widget=_widget(column))
        self.column = column

    def clean(self, value: Any) -> Any:
        return self.column.clean(str(value or ""))


class CellInput(forms.TextInput):
    """A text cell, drawn without a template: a table has hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        own = self.build_attrs(self.attrs, attrs)
        return format_html('<input type="text" name="{}" value="{}"{}>', name, value or "", flatatt(own))


class CellSelect(forms.Select):
    """A cell with a choice, drawn without a template; a value that is none of the choices stays visible."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        value = str(value or "")
        known = [(str(code), label) for code, label in self.choices]
        matching = next((code for code, label in known if value in (code, label)), None)
        if matching is None:
            known.append((value, f"{value}（不可识别）"))
        chosen = value if matching is None else matching
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, mark_safe(" selected") if code == chosen else "", label) for code, label in known),
        )
        own = self.build_attrs(self.attrs, attrs)
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(own), options)


def _widget(column: Column) -> forms.Widget:
    if column.kind == "choice":
        return CellSelect(choices=[("", "请选择"), *column.choices])
    attrs = {
        "count": {"inputmode": "numeric"},
        "tenths": {"inputmode": "decimal"},
        "hundredths": {"inputmode": "decimal"},
        "fen": {"inputmode": "decimal"},
        "date": {"placeholder": "2026-03-02"},
    }.get(column.kind, {"maxlength": str(column.max_length)})
    return CellInput(attrs={**attrs, "autocomplete": "off"})


class RowForm(forms.Form):
    """One row; which columns are required is marked in the head of the table."""

    use_required_attribute = False

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["aria-invalid"] = "true"


def _row_form(columns: Iterable[Column]) -> type[RowForm]:
    fields = {column.name: CellField(column) for column in columns}
    return type("TableRowForm", (RowForm,), fields)

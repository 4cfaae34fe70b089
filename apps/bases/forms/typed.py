"""Fields for what people type: one line or several, without characters that cannot be seen."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

FIRST_DAY = dt.date(1949, 10, 1)
"""No change of a particular, and no plaque, is older."""
_PHONE = re.compile(r"[0-9+（）()\-－—、,，/转 ]{5,32}")
_LEAST_DIGITS = 5


class OneLine(forms.CharField):
    """A line of text: white space around and between words is put in order, control characters are refused."""

    def to_python(self, value: Any) -> str:
        text = " ".join(str(super().to_python(value) or "").split())
        if not text.isprintable():
            raise ValidationError("含有看不见的控制字符，请删去后重新填写。", code="control_characters")
        return text


class SeveralLines(forms.CharField):
    """A text of several lines; control characters other than line breaks are left out."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return "".join(char for char in text if char.isprintable() or char in "\n\t\u3000").strip()


class Day(forms.DateField):
    """A day between 1949 and ``latest`` days from now."""

    def __init__(self, *, days_ahead: int = 0, **kwargs: Any) -> None:
        self.days_ahead = days_ahead
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dt.date | None:
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError("请填写有效的日期。", code="invalid")
        day = super().clean(value)
        if day is None:
            return None
        if day < FIRST_DAY:
            raise ValidationError("日期过早，请核对年份。", code="too_early")
        if day > timezone.localdate() + dt.timedelta(days=self.days_ahead):
            message = "日期不能晚于今天。" if not self.days_ahead else f"日期不能晚于今天起 {self.days_ahead} 天。"
            raise ValidationError(message, code="too_late")
        return day


def validate_phone(value: str) -> None:
    """A telephone number, or several, with area code and extension."""
    if not _PHONE.fullmatch(value) or sum(char.isdigit() for char in value) < _LEAST_DIGITS:
        raise ValidationError("联系电话请填数字，可带区号和分机，例如 0533-1234567转8。", code="phone")

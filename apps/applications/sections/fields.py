"""Form fields of the application form, drawn from the rulebooks' vocabulary of facts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps.accounts.validators import validate_division
from apps.jurisdictions.rulebooks import facts as vocabulary

YES_NO = (("yes", "是"), ("no", "否"))
LARGEST_COUNT = 9_999_999
validate_phone = RegexValidator(r"^[0-9+\-() 转]{5,32}$", "电话应为 5 至 32 位数字，可带区号、连字符和“转”分机号。")


class YesNoField(forms.TypedChoiceField):
    """A question that must be answered; unanswered is not 'no'. Cleans to True or False, empty to None."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, coerce=lambda value: value == "yes", empty_value=None, **kwargs)


def fact_field(key: str, *, required: bool = True, always: bool = False, label: str = "") -> forms.Field:
    """The field that asks for fact ``key``, with the vocabulary's own label, unit, help and choices.

    ``always`` asks it under every text; otherwise only where the rulebook reads the fact.
    """
    described = vocabulary.field(key)
    words = label or described.label + (f"（{described.unit}）" if described.unit else "")
    options: dict[str, Any] = {"label": words, "help_text": described.help, "required": required}
    field = _FIELDS[described.kind](described, options)
    field.fact = key  # type: ignore[attr-defined]
    field.always = always  # type: ignore[attr-defined]
    return field


def _choice(described: vocabulary.Field, options: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "请选择"), *described.choices], **options)


def _choices(described: vocabulary.Field, options: dict[str, Any]) -> forms.Field:
    return forms.MultipleChoiceField(choices=described.choices, widget=forms.CheckboxSelectMultiple, **options)


def _boolean(described: vocabulary.Field, options: dict[str, Any]) -> forms.Field:
    return YesNoField(**options)


def _count(described: vocabulary.Field, options: dict[str, Any]) -> forms.Field:
    return count_field(**options)


def _division(described: vocabulary.Field, options: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=6, validators=[validate_division], **options)


_FIELDS = {"choice": _choice, "choices": _choices, "boolean": _boolean, "count": _count, "division": _division}


def count_field(**options: Any) -> forms.IntegerField:
    """A whole number of things, 0 included."""
    return forms.IntegerField(
        min_value=0,
        max_value=LARGEST_COUNT,
        error_messages={
            "invalid": "请填写不带小数的数字。",
            "min_value": "不能小于 0。",
            "max_value": "数字过大，请核对。",
        },
        **options,
    )


def text_area(label: str, *, required: bool = True, help_text: str = "", rows: int = 5) -> forms.CharField:
    """Prose of up to 5,000 characters."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def phone_field(label: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=32, validators=[validate_phone])

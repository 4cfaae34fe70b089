"""Draw Django form fields accessibly: which control, which attributes, which errors. Used by the `ui` template tags."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.formsets import BaseFormSet
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def control_kind(bound: BoundField) -> str:
    """Return `hidden`, `check`, `group`, `select`, `textarea`, `file` or `input`."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, _GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    return "file" if isinstance(widget, forms.FileInput) else "input"


def _draw(bound: BoundField, attributes: dict[str, str | bool]) -> SafeString:
    widget = bound.field.widget
    # A browser's date control reads ISO dates alone, whatever the page's language.
    if isinstance(widget, forms.DateInput) and widget.attrs.get("type", widget.input_type) == "date":
        widget.format = widget.format or "%Y-%m-%d"
    return _select(bound, attributes) if type(widget) is forms.Select else bound.as_widget(attrs=attributes)


def _select(bound: BoundField, attributes: dict[str, str | bool]) -> SafeString:
    """As Django's own template draws it; that one includes a template per option, which fifty rounds make slow."""
    widget = bound.field.widget
    given = bound.build_widget_attrs(attributes, widget)
    if bound.auto_id and "id" not in widget.attrs:
        given.setdefault("id", bound.auto_id)
    drawn = widget.get_context(bound.html_name, bound.value(), given)["widget"]
    groups = [
        format_html('<optgroup label="{}">{}</optgroup>', name, _options(options)) if name else _options(options)
        for name, options, _ in drawn["optgroups"]
    ]
    name, attrs = drawn["name"], flatatt({key: value for key, value in drawn["attrs"].items() if value is not None})
    return format_html(
        '<select name="{}"{}>{}</select>', name, attrs, format_html_join("", "{}", ((g,) for g in groups))
    )


def _options(options: Iterable[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (("" if one["value"] is None else one["value"], flatatt(one["attrs"]), one["label"]) for one in options),
    )


def _css(bound: BoundField, kind: str) -> str:
    base = {"check": "form-check-input", "group": "form-check-input", "select": "form-select"}.get(kind, "form-control")
    own = str(bound.field.widget.attrs.get("class", ""))
    return " ".join(part for part in (base, own, "is-invalid" if bound.errors else "") if part)


def _attributes(bound: BoundField, kind: str, described_by: list[str]) -> dict[str, str | bool]:
    attributes: dict[str, str | bool] = {"class": _css(bound, kind)}
    if kind == "group":
        return attributes
    if described_by:
        attributes["aria-describedby"] = " ".join(described_by)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def field_context(bound: BoundField, *, articles: str, hint: str, label: str, size: str) -> dict[str, Any]:
    """Return what `components/field.html` needs; `articles` is already in words."""
    kind = control_kind(bound)
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    base = bound.auto_id or bound.html_name
    described_by = []
    if bound.help_text or hint or articles:
        described_by.append(f"{base}_help")
    if bound.errors:
        described_by.append(f"{base}_error")
    return {
        "bound": bound,
        "kind": kind,
        "identifier": identifier,
        "base": base,
        "label": label or bound.label,
        "hint": hint,
        "articles": articles,
        "size": size,
        "described_by": " ".join(described_by),
        "control": _draw(bound, _attributes(bound, kind, described_by)) if kind != "group" else "",
        "options": list(bound.subwidgets) if kind == "group" else [],
    }


def control_html(bound: BoundField) -> SafeString:
    """Return the control with its classes and error attributes, without label or messages."""
    return _draw(bound, _attributes(bound, control_kind(bound), []))


def option_html(option: Any, bound: BoundField) -> SafeString:
    """Return one option of a radio or checkbox group as a bare input; `option` is one of `bound.subwidgets`."""
    data = option.data
    extra = {key: value for key, value in data["attrs"].items() if key not in ("id", "class")}
    if data.get("selected"):
        extra["checked"] = True
    if bound.errors:
        extra["aria-invalid"] = "true"
    return format_html(
        '<input type="{}" name="{}" value="{}" id="{}" class="{}"{}>',
        data["type"],
        data["name"],
        data["value"],
        option.id_for_label,
        _css(bound, "group"),
        flatatt({key: value for key, value in extra.items() if value is not None}),
    )


def cell_html(bound: BoundField, label: str) -> SafeString:
    """Return the control with `label` as its accessible name, followed by its errors."""
    kind = control_kind(bound)
    described_by = [f"{bound.auto_id}_error"] if bound.errors else []
    attributes = _attributes(bound, kind, described_by)
    attributes["aria-label"] = label or str(bound.label)
    control = _draw(bound, attributes)
    if not bound.errors:
        return control
    return format_html(
        '{}<p class="field-error" id="{}_error">{}</p>', control, bound.auto_id, "；".join(map(str, bound.errors))
    )


def _flatten(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if isinstance(item, BaseFormSet):
            yield item
            yield from item.forms
        elif item:
            yield item


def error_links(items: Iterable[Any]) -> list[dict[str, str]]:
    """Return each error of the forms and formsets as message, label and the id of its field (empty for the form's)."""
    links: list[dict[str, str]] = []
    for form in _flatten(items):
        if not form.is_bound:
            continue
        general = form.non_form_errors() if isinstance(form, BaseFormSet) else form.non_field_errors()
        links.extend({"target": "", "label": "", "message": str(error)} for error in general)
        if isinstance(form, BaseFormSet):
            continue
        for bound in form:
            target = _first_control(bound)
            links.extend({"target": target, "label": str(bound.label), "message": str(e)} for e in bound.errors)
    return links


def _first_control(bound: BoundField) -> str:
    if control_kind(bound) == "group":
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id or ""

"""The portal's design system as template tags and filters; `docs/ui-components.md` lists them with their parameters.

Everything that may stand inside a table row is a filter or a simple tag that builds its text in Python, because an
`{% include %}` per row is what makes a list of 25 rows slow.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.portal import articles, fields, formatting

register = template.Library()

TONES = ("neutral", "info", "progress", "success", "warning", "danger", "official")

RESULTS = {
    "met": ("符合", "success", "check-circle-fill"),
    "not_met": ("不符合", "danger", "x-circle-fill"),
    "unknown": ("待补充", "warning", "question-circle-fill"),
    "for_experts": ("由专家判断", "info", "people-fill"),
}

NOTICE_ICONS = {
    "info": "info-circle-fill",
    "success": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "danger": "exclamation-octagon-fill",
    "error": "exclamation-octagon-fill",
    "debug": "info-circle-fill",
    "official": "patch-check-fill",
}


def _tone(tone: str) -> str:
    return tone if tone in TONES else "neutral"


# --- filters -------------------------------------------------------------------------------------------------------


@register.filter
def article(reference: str) -> str:
    """Write `8(5)` as 第八条第（五）项; text that is not in the contract's notation stays as it is."""
    try:
        return articles.article_label(str(reference))
    except ValueError:
        return str(reference)


@register.filter
def article_list(references: Iterable[str] | str | None) -> str:
    """Join several article references with 、; a single string counts as one reference."""
    if not references:
        return ""
    items = [references] if isinstance(references, str) else references
    return "、".join(article(item) for item in items)


@register.filter
def unnamed_articles(problem: Any) -> str:
    """The articles of a problem that its message does not name already, joined with 、."""
    told = problem if isinstance(problem, dict) else vars(problem)
    labels = (article(reference) for reference in told.get("articles") or ())
    return "、".join(label for label in labels if label not in told.get("message", ""))


@register.filter
def fen(amount: int | None) -> str:
    """Write integer fen as ¥1,234.56; nothing stays nothing."""
    return "" if amount is None else formatting.format_fen(amount)


@register.filter
def cn_date(moment: dt.date | dt.datetime | None) -> str:
    """Write a day as 2026年3月2日 in the portal's time zone."""
    return formatting.format_date(moment) if moment else ""


@register.filter
def cn_datetime(moment: dt.datetime | None) -> str:
    """Write an instant as 2026年3月2日 09:05 in the portal's time zone."""
    return formatting.format_datetime(moment) if moment else ""


@register.filter
def file_size(size: int | None) -> str:
    """Write bytes as 12.3 KB."""
    return "" if size is None else formatting.format_file_size(size)


@register.filter
def notice_icon(tone: str) -> str:
    """Return the icon name that goes with a notice's or a message's tone."""
    return NOTICE_ICONS.get(tone, "info-circle-fill")


@register.filter
def message_tone(tag: str) -> str:
    """Map a level tag of django.contrib.messages to a notice tone."""
    return {"error": "danger", "debug": "info"}.get(tag, tag or "info")


@register.filter
def plain_value(value: Any) -> str:
    """Write a fact's or finding's value for people: yes/no, lists joined, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(str(item) for item in value) or "无"
    return f"{value:,}" if isinstance(value, int) else str(value)


# --- small marks, cheap enough for rows ----------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of bootstrap-icons; the words beside it carry the meaning."""
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def badge(label: Any, tone: str = "neutral", icon: str = "") -> SafeString:
    """A status in words with a tone: neutral, info, progress, success, warning, danger or official."""
    mark = format_html('<i class="bi bi-{}" aria-hidden="true"></i>', icon) if icon else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', _tone(tone), mark, label)


@register.simple_tag
def result_badge(result: str) -> SafeString:
    """The result of a finding: met, not_met, unknown or for_experts, as icon and words."""
    label, tone, icon_name = RESULTS.get(result, (result, "neutral", "dash-circle"))
    return badge(label, tone, icon_name)


@register.simple_tag
def clock_badge(
    clock: Any = None,
    *,
    due: dt.date | dt.datetime | None = None,
    now: dt.datetime | None = None,
    paused: bool | None = None,
    met: bool | None = None,
    show_date: bool = True,
) -> SafeString | str:
    """A time limit in words: date, days left, overdue, paused or met.

    Takes a Clock (attributes `due_at`, `is_paused`, `is_met`), or `due`, `paused` and `met` one by one. Empty without
    a due date. An instant at midnight is 24:00 of the day before and is read as that day.
    """
    if clock is not None:
        due = getattr(clock, "due_at", None) if due is None else due
        paused = getattr(clock, "is_paused", False) if paused is None else paused
        met = getattr(clock, "is_met", False) if met is None else met
    if due is None:
        return ""
    due = formatting.day_that_ends(due)
    left = formatting.time_left(due, now or timezone.now(), paused=bool(paused), met=bool(met))
    date = format_html('<span class="clock-date">{} 截止</span>', formatting.format_date(due)) if show_date else ""
    return format_html(
        '<span class="clock clock-{}"><i class="bi bi-{}" aria-hidden="true"></i><span>{}</span>{}</span>',
        left.tone,
        left.icon,
        left.text,
        date,
    )


@register.simple_tag
def article_ref(rulebook: Any, references: Iterable[str] | str | None) -> SafeString | str:
    """Name the articles relied on, each linked to its place on the rulebook's page where that page exists.

    `rulebook` is a Rulebook (attributes `key` and `title`) or None.
    """
    if not references:
        return ""
    items = [references] if isinstance(references, str) else list(references)
    base = _rulebook_url(rulebook)
    title = getattr(rulebook, "title", "")
    if not base:
        return format_html('<span class="article-ref" title="{}">{}</span>', title, article_list(items))
    return format_html_join(
        "、",
        '<a class="article-ref" href="{}#article-{}" title="{}">{}</a>',
        ((base, item.split("(")[0].split("-")[0], title, article(item)) for item in items),
    )


def _rulebook_url(rulebook: Any) -> str:
    key = getattr(rulebook, "key", "")
    if not key:
        return ""
    try:
        return reverse("portal:rulebook", args=[key])
    except NoReverseMatch:
        return ""


# --- tables --------------------------------------------------------------------------------------------------------


def _query_with(context: Context, **changes: str | int | None) -> str:
    request = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is None:
        return ""
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query_string(context: Context, **changes: str | int | None) -> str:
    """The page's query string with some parameters changed, or removed by None; filters stay."""
    return _query_with(context, **changes)


@register.simple_tag(takes_context=True)
def sort_header(context: Context, key: str, label: str, param: str = "sort", css: str = "") -> SafeString:
    """A column head that sorts by `key`, then by `-key`, keeps the filters and goes back to the first page."""
    request = context.get("request")
    current = request.GET.get(param, "") if request is not None else ""
    state, target, arrow = "none", key, "chevron-expand"
    if current == key:
        state, target, arrow = "ascending", f"-{key}", "chevron-up"
    elif current == f"-{key}":
        state, target, arrow = "descending", key, "chevron-down"
    url = _query_with(context, **{param: target, "page": None})
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="{}">{}'
        '<i class="bi bi-{}" aria-hidden="true"></i></a></th>',
        css,
        state,
        url,
        label,
        arrow,
    )


# --- blocks --------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A box that tells something: info, success, warning, danger or official, with an optional title."""
    head = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}"{}><i class="bi bi-{} notice-icon" aria-hidden="true"></i>'
        '<div class="notice-body">{}{}</div></div>',
        tone if tone in NOTICE_ICONS else "info",
        mark_safe(' role="alert"') if tone == "danger" else "",
        notice_icon(tone),
        head,
        conditional_escape(content),
    )


@register.simple_block_tag
def panel(content: str, title: str = "", level: int = 2, id: str = "", tone: str = "") -> SafeString:
    """A titled surface; `level` is the heading's rank, `tone` "official" marks a sovereign act in red."""
    head = format_html('<h{0} class="panel-title">{1}</h{0}>', level, title) if title else ""
    anchor = format_html(' id="{}"', id) if id else ""
    extra = f" panel-{tone}" if tone in TONES else ""
    return format_html(
        '<section class="panel{}"{}>{}<div class="panel-body">{}</div></section>',
        extra,
        anchor,
        head,
        conditional_escape(content),
    )


# --- components that need the request or the form token --------------------------------------------------------------


def _with_request(context: Context, **values: Any) -> dict[str, Any]:
    return {"request": context.get("request"), **values}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Any) -> dict[str, Any]:
    """Links to the page before and after, filters kept.

    `page` is Django's Page, or anything with `number`, `has_previous`, `has_next`, `previous_page_number`,
    `next_page_number`, `total` (an int or None) and `total_capped` (the total is a lower bound, shown as 1000+).
    """
    return _with_request(context, page=page)


@register.inclusion_tag("components/list_head.html", takes_context=True)
def list_head(
    context: Context,
    total: int | None = None,
    *,
    total_capped: bool = False,
    unit: str = "条",
    export_url: str = "",
    export_label: str = "导出 Excel",
) -> dict[str, Any]:
    """How many rows there are, and the link that exports them with the same filters."""
    values = {"total": total, "total_capped": total_capped, "unit": unit}
    return _with_request(context, export_url=export_url, export_label=export_label, **values)


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context: Context, form: Any, *, label: str = "筛选", sort_param: str = "sort") -> dict[str, Any]:
    """Search and filters above a list, sent by GET so that the address holds them; the sort order stays.

    `form` is a Django form whose search field is named `q`.
    """
    request = context.get("request")
    sort = request.GET.get(sort_param, "") if request is not None else ""
    return _with_request(context, form=form, label=label, sort=sort, sort_param=sort_param)


@register.inclusion_tag("components/file_list.html", takes_context=True)
def file_list(context: Context, files: Iterable[Any], empty_text: str = "") -> dict[str, Any]:
    """Uploaded files: `name`, `url`, `size` (bytes), and where known `uploaded_at`, `uploaded_by`, `sha256`,
    `delete_url`."""
    return _with_request(context, files=files, empty_text=empty_text)


@register.inclusion_tag("components/confirm_dialog.html", takes_context=True)
def confirm_dialog(context: Context, id: str, title: str, action: str, **options: Any) -> dict[str, Any]:
    """A dialog that states the consequences before a step; a control with data-dialog-open="ID" opens it.

    Options: `tone` (primary, official, danger), `text`, `consequences`, `articles`, `rulebook`, `form`,
    `submit_label`, `submit_name`, `submit_value`.
    """
    return _with_request(context, id=id, title=title, action=action, **options)


@register.inclusion_tag("components/decision_panel.html", takes_context=True)
def decision_panel(context: Context, title: str, action: str, buttons: Iterable[Any], **options: Any) -> dict[str, Any]:
    """The place where an officer takes a step: what it rests on, what is missing, the form, one button per step.

    A button has `value`, `label` and where wanted `name` (default action), `tone`, `consequence`, `disabled`.
    Options: `id`, `tone` (default official), `text`, `articles`, `rulebook`, `missing` (guards' answers), `form`.
    """
    return _with_request(context, title=title, action=action, buttons=buttons, **options)


# --- forms ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, article: Any = "", hint: str = "", label: str = "", size: str = "") -> dict[str, Any]:
    """A form field with label, required mark, help, article and its errors tied to the control.

    `article` is one reference or several, `size` one of `short`, `medium` or empty for the full width.
    """
    return fields.field_context(bound, articles=article_list(article), hint=hint, label=label, size=size)


@register.simple_tag
def cell(bound: BoundField, label: str = "") -> SafeString:
    """A form field's control alone, for a table cell; its column's words become its accessible name."""
    return fields.cell_html(bound, label)


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """What is wrong with the forms or formsets, each line leading to its field; nothing when all is well."""
    return {"errors": fields.error_links(forms)}


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """A form field's control alone, when its label stands elsewhere in the page."""
    return fields.control_html(bound)


@register.simple_tag
def choice(option: Any, bound: BoundField) -> SafeString:
    """One radio button or checkbox of a group."""
    return fields.option_html(option, bound)

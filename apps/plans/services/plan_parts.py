"""The parts of the plan's form between the page and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.plans.services.plan_forms import PROJECTS, SUMMARY, PlanForm


def parse_part(form: PlanForm, part: str, post: Mapping[str, Any]) -> dict[str, Any]:
    """What a submitted page says of ``part``, for save_part(); what the page did not carry is left as it was."""
    values: dict[str, Any] = {}
    if part == SUMMARY and not form.is_amendment:
        values["summary"] = _text(post, "summary", form.summary)
        values["executions"] = {**form.plan.data.get("executions", {}), **_executions(form, post)}
    if part == PROJECTS:
        values["outline"] = _text(post, "outline", form.outline)
        rows = form.table.parse(post)
        if rows is not None:
            values["projects"] = rows
    answers = {
        str(place.item.pk): _text(post, place.field, place.answer) for place in form.returned if place.part == part
    }
    return values | ({"answers": answers} if answers else {})


def _executions(form: PlanForm, post: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {
        row.key: {
            "result": _text(post, row.result_field, row.result),
            "reason": _text(post, row.reason_field, row.difference_reason),
        }
        for row in form.executions
    }


def _text(post: Mapping[str, Any], name: str, before: str) -> str:
    return str(post[name]).replace("\x00", "").replace("\r\n", "\n") if name in post else before


def as_post(form: PlanForm, part: str) -> dict[str, str]:
    """The part as its page would submit it."""
    values = {place.field: place.answer for place in form.returned if place.part == part}
    if part == SUMMARY and not form.is_amendment:
        values["summary"] = form.summary
        for row in form.executions:
            values[row.result_field], values[row.reason_field] = row.result, row.difference_reason
    if part == PROJECTS:
        values |= {"outline": form.outline, **form.table.as_post(form.rows)}
    return values


def live_errors(form: PlanForm, part: str) -> dict[str, list[str]]:
    """What is filled in wrong, by field: what is merely missing is not pointed out while somebody writes."""
    errors: dict[str, list[str]] = {}
    for gap in form.gaps_in(part):
        if gap.wrong:
            errors.setdefault(gap.field, []).append(gap.message)
    return errors

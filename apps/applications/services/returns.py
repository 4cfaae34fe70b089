"""Sending an application back item by item: only the sections named reopen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.applications.models import Application, ReturnItem
from apps.cases.models import Act
from apps.cases.workflow import Problem

KEPT_CLOSED = frozenset({"units"})
"""Sections that settle who handles the case; once it is on its way they cannot be sent back."""


@dataclass(frozen=True)
class Item:
    """What is sent back: a section's code and why."""

    section: str
    reason: str


def returnable_sections(application: Application) -> list[tuple[str, str]]:
    """Code and title of every section of this application's form that can be sent back, in order."""
    from apps.applications.services.filling import sections_of

    return [(section.code, section.title) for section in sections_of(application) if section.code not in KEPT_CLOSED]


def item_problems(application: Application, items: Sequence[Item]) -> list[Problem]:
    """What is wrong with a list of items: none at all, a section the form does not have, a reason left out."""
    if not items:
        return [Problem("items_missing", "请至少选择一个需要修改的部分，并逐项写明原因。", where="items")]
    titles = dict(returnable_sections(application))
    problems = []
    for item in items:
        where = f"item:{item.section}"
        if item.section not in titles:
            problems.append(Problem("section_unknown", "所选部分不在本申报表中，请刷新页面后重试。", where=where))
        elif not item.reason.strip():
            message = f"“{titles[item.section]}”须写明退回的原因和需要怎样修改。"
            problems.append(Problem("item_reason_missing", message, where=where))
    return problems


def described(application: Application, items: Sequence[Item]) -> list[dict[str, str]]:
    """The items as the act and the document tell them: section, title, reason."""
    titles = dict(returnable_sections(application))
    return [
        {"section": item.section, "title": titles.get(item.section, item.section), "reason": item.reason.strip()}
        for item in items
    ]


def save_items(application: Application, act: Act, stage: str, items: Sequence[Item]) -> None:
    """Reopen the sections named; call it from the change of the act that sends them back."""
    ReturnItem.objects.bulk_create(
        ReturnItem(application=application, act=act, stage=stage, section=item.section, reason=item.reason.strip())
        for item in items
    )

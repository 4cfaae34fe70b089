"""Sending a plan back item by item, each at its place; it comes back changed there or with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.plans.models import AnnualPlan, PlanReturnItem
from apps.plans.services.plan_tables import comparable, frozen_rows

if TYPE_CHECKING:
    from apps.plans.services.plan_forms import PlanForm

PLACES = {
    "summary": "当年计划执行总结",
    "executions": "当年各项目完成情况",
    "projects": "下一年度计划（整体）",
    "attachments": "附件",
}
PART_OF_PLACE = {"summary": "summary", "executions": "summary", "projects": "projects", "attachments": "attachments"}
MOST_ITEMS = 100
LONGEST_ITEM = 2000


@dataclass(frozen=True)
class Item:
    """What is sent back: a place (PLACES, or projects:<key>) and what has to be changed there."""

    place: str
    text: str


@dataclass(frozen=True)
class ReturnedPlace:
    """A returned item on the institution's side: where it stands, whether that place has changed, the answer so far."""

    item: PlanReturnItem
    part: str
    title: str
    changed: bool
    answer: str

    @property
    def field(self) -> str:
        return f"answer-{self.item.pk}"

    @property
    def addressed(self) -> bool:
        return self.changed or bool(self.answer.strip())


def places_of(plan: AnnualPlan) -> list[tuple[str, str]]:
    """Code and title of every place of the submitted plan that can be sent back, in order. One query."""
    whole = [(code, title) for code, title in PLACES.items() if code != "attachments"]
    if plan.amends_id is not None:
        whole = [("projects", PLACES["projects"])]
    projects = [
        (f"projects:{project.key}", f"项目 {number}：{project.name}")
        for number, project in enumerate(plan.projects.all(), start=1)
    ]
    return [*whole, ("attachments", PLACES["attachments"]), *projects]


def return_for_correction(case: Case, actor: Actor, items: Sequence[Item], note: str = "") -> Act:
    """Send the plan back for the ``items``; the managing unit or the authority, whoever has it.

    Raises Blocked without items, with an unknown place or an item without text; else as perform() does.
    """
    plan = case.annual_plan
    titles = dict(places_of(plan))
    problems = _item_problems(titles, items)
    if problems:
        raise Blocked(*problems)
    told = [{"place": item.place, "title": titles[item.place], "text": item.text.strip()} for item in items]

    def change(locked: Case, act: Act) -> None:
        PlanReturnItem.objects.bulk_create(
            PlanReturnItem(plan_id=locked.pk, act=act, place=item["place"], text=item["text"]) for item in told
        )

    return perform(case, "return_for_correction", actor, reason=note, data={"items": told}, change=change)


def _item_problems(titles: dict[str, str], items: Sequence[Item]) -> list[Problem]:
    if not items:
        return [Problem("items_missing", "请至少在一处写明需要修改的内容和原因。", where="items")]
    if len(items) > MOST_ITEMS:
        return [Problem("too_many_items", f"一次最多退回 {MOST_ITEMS} 项，请合并同类问题。", where="items")]
    problems = []
    for item in items:
        if item.place not in titles:
            problems.append(Problem("place_unknown", "所选位置不在本计划中，请刷新页面后重试。", where="items"))
        elif not item.text.strip():
            message = f"“{titles[item.place]}”须写明需要怎样修改。"
            problems.append(Problem("item_text_missing", message, where=f"item:{item.place}"))
        elif len(item.text) > LONGEST_ITEM:
            message = f"“{titles[item.place]}”现有 {len(item.text)} 字，最多 {LONGEST_ITEM} 字。"
            problems.append(Problem("item_text_long", message, where=f"item:{item.place}"))
    return problems


def returned_places(form: PlanForm, items: list[PlanReturnItem]) -> list[ReturnedPlace]:
    """The open items of a plan with their places as they stand: changed since it was sent back, or answered."""
    if not items:
        return []
    changes = _Changes(form)
    names = {project.key: project.name for project in form.plan.projects.all()}
    return [
        ReturnedPlace(
            item=item,
            part=PART_OF_PLACE[item.place.partition(":")[0]],
            title=_title(item.place, names),
            changed=changes.at(item),
            answer=form.answers.get(str(item.pk), ""),
        )
        for item in items
    ]


def _title(place: str, names: dict[str, str]) -> str:
    kind, _, key = place.partition(":")
    return f"项目：{names.get(key, '（已删去）')}" if key else PLACES[kind]


class _Changes:
    """What of the form differs from what was last sent."""

    def __init__(self, form: PlanForm) -> None:
        self.form = form
        self.before = {row["key"]: comparable(form.table, row) for row in frozen_rows(form.plan)}
        self.now = {row.get("key", ""): comparable(form.table, row) for row in form.rows if not form.table.blank(row)}
        self.count = sum(not form.table.blank(row) for row in form.rows)

    def at(self, item: PlanReturnItem) -> bool:
        kind, _, key = item.place.partition(":")
        form, plan = self.form, self.form.plan
        if key:
            return self.before.get(key) != self.now.get(key)
        if kind == "summary":
            return form.summary.strip() != plan.summary
        if kind == "executions":
            before = sorted((row.name, row.result, row.difference_reason) for row in plan.executions.all())
            return before != sorted(
                (row.name, row.result.strip(), row.difference_reason.strip()) for row in form.executions
            )
        if kind == "attachments":
            return any(file.uploaded_at > item.act.at for file in form.files) or self._file_removed(item)
        return form.outline.strip() != plan.outline or self.before != self.now or self.count != len(self.before)

    def _file_removed(self, item: PlanReturnItem) -> bool:
        return self.form.case.attachments.filter(removed_at__gt=item.act.at).exists()


def resolve_items(case: Case, act: Act, places: Sequence[ReturnedPlace]) -> None:
    """Keep with each open item what the plan came back with; call it from the change of the act that sends it."""
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        for place in places:
            PlanReturnItem.objects.filter(pk=place.item.pk).update(
                resolved_by=act, answer=place.answer.strip(), changed=place.changed
            )


def rounds_of(plan: AnnualPlan) -> list[dict[str, object]]:
    """Every return of the plan with its items, latest first, for everybody who has a part in it. Two queries."""
    rounds: dict[int, dict[str, object]] = {}
    names = {project.key: project.name for project in plan.projects.all()}
    items = plan.return_items.select_related("act__organisation", "resolved_by").order_by("-act__seq", "pk")
    for item in items:
        entry = rounds.setdefault(item.act_id, {"act": item.act, "items": []})
        entry["items"].append({"item": item, "title": _title(item.place, names)})  # type: ignore[attr-defined]
    return list(rounds.values())

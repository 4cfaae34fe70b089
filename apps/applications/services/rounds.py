"""Rounds: drawn up by an officer, published by the head, closed by the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, RoundState
from apps.applications.models import Application, Round
from apps.cases import clocks, schedule
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case
from apps.cases.numbering import case_number
from apps.cases.workflow import NotPermitted, Problem
from apps.cases.workflow.engine import add_party, open_case, perform
from apps.jurisdictions.standing import standing

ROUND_FIELDS = (
    "title",
    "level",
    "opens_on",
    "closes_on",
    "fields_wanted",
    "guidance",
    "quota",
    "rubric",
    "pass_points",
)


def draw_up(actor: Actor, values: dict[str, Any], *, sandbox: bool = False) -> Round:
    """Open the case of a new round with ``values`` (keys ROUND_FIELDS). A sandbox round only rehearses.

    Raises NotPermitted unless the actor is an officer of an authority that recognises bases of the round's level.
    """
    authority = actor.organisation
    if not actor.has("authority_officer") or values["level"] not in authority.levels:
        raise NotPermitted(Problem("not_permitted", "只有认定本级基地的机关经办人可以设立申报批次。"))
    with transaction.atomic():
        today = timezone.localdate()
        case = Case(
            jurisdiction_id=authority.jurisdiction_id,
            kind=CaseKind.ROUND,
            number=case_number(authority.jurisdiction_id, CaseKind.ROUND, today.year),
            title=values["title"],
            authority=authority,
            is_sandbox=sandbox,
            rulebook_key=standing(authority.jurisdiction_id, values["opens_on"]).rulebook.key,
        )
        open_case(case, actor, label="设立申报批次")
        add_party(case, authority.pk, PartyRole.AUTHORITY, active=True)
        return Round.objects.create(case=case, **{name: values[name] for name in ROUND_FIELDS if name in values})


def edit(case: Case, actor: Actor, values: dict[str, Any]) -> Act:
    """Change a round that is still a draft; the act records which fields changed."""
    rnd = case.round
    changed = [name for name in ROUND_FIELDS if name in values and getattr(rnd, name) != values[name]]

    def change(locked: Case, act: Act) -> None:
        Round.objects.filter(pk=locked.pk).update(**{name: values[name] for name in changed})
        Case.objects.filter(pk=locked.pk).update(title=values.get("title", rnd.title))

    return perform(case, "edit", actor, data={"changed": changed}, change=change)


def publish(case: Case, actor: Actor, reason: str = "") -> Act:
    """Publish a round: from then on institutions can draw up applications, and the clock runs to its last day."""

    def change(locked: Case, act: Act) -> None:
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        rnd = locked.round
        clocks.start_clock(
            locked, "window", "申报截止", rnd.closes_on, basis=ClockBasis.OFFICER, note="申报自开始日零时至截止日 24 时"
        )

    return perform(case, "publish", actor, reason=reason, change=change)


@schedule.sweep
def close_windows(now: dt.datetime) -> None:
    """Close every published round whose window is over and let the drafts left in it lapse."""
    last_open_day = timezone.localdate(now) - dt.timedelta(days=1)
    for rnd in Round.objects.filter(case__state=RoundState.PUBLISHED, closes_on__lte=last_open_day).select_related(
        "case"
    ):
        if now >= rnd.closes_at:
            perform(rnd.case, "close", None, change=lambda case, act: clocks.end_clock(case, "window", "met"))
    drafts = Application.objects.filter(
        case__state=ApplicationState.DRAFT,
        round__closes_on__lte=last_open_day,
        round__case__state__in=[RoundState.CLOSED, RoundState.FINISHED],
    )
    for application in drafts.select_related("case", "round", "round__case").iterator(chunk_size=500):
        perform(application.case, "lapse", None)

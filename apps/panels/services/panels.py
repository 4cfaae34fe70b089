"""A panel's own steps: opened, arranged, convened, scored, dissolved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import actions, clocks
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case
from apps.cases.numbering import case_number
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import add_party, open_case, perform
from apps.jurisdictions.rulebooks import registry
from apps.panels.models import ConflictFinding, Panel, PanelItem
from apps.panels.services.access import refresh_access
from apps.panels.services.seating import find_conflicts
from apps.panels.services.subjects import awaiting_review, kind_for_occasion, kind_of_panel
from apps.panels.sitting import Sitting

SCORING_CLOCK = "scoring"


def open_panel(
    actor: Actor,
    occasion: Case,
    subjects: Sequence[Case],
    *,
    size: int,
    quorum: int,
    scoring_due: dt.date | None = None,
) -> Panel:
    """Open the case of a panel for some subjects of ``occasion`` that wait for their review.

    Raises NotPermitted unless the actor is an officer of the occasion's authority, Blocked when the numbers do not fit or
    a subject has a panel already.
    """
    authority, kind = actor.organisation, kind_for_occasion(occasion)
    if not actor.has(Role.AUTHORITY_OFFICER) or occasion.authority_id != authority.pk:
        raise NotPermitted(Problem("not_permitted", f"只有本{kind.words.occasion}主管机关的经办人可以组建评审委员会。"))
    _check_numbers(size, quorum)
    with transaction.atomic():
        today = timezone.localdate()
        ordinal = Panel.objects.filter(occasion=occasion).count() + 1
        case = Case(
            jurisdiction_id=authority.jurisdiction_id,
            kind=CaseKind.PANEL,
            number=case_number(authority.jurisdiction_id, CaseKind.PANEL, today.year),
            title=f"{occasion.title}专家评审（第 {ordinal} 组）",
            authority=authority,
            is_sandbox=occasion.is_sandbox,
            rulebook_key=occasion.rulebook_key or registry.rulebook(authority.jurisdiction_id, today).key,
        )
        open_case(
            case, actor, label="组建评审委员会", data={"occasion": occasion.number, "size": size, "quorum": quorum}
        )
        add_party(case, authority.pk, PartyRole.AUTHORITY, active=True)
        panel = Panel.objects.create(
            case=case,
            occasion=occasion,
            size=size,
            quorum=quorum,
            pass_points=kind.pass_points(occasion),
            scoring_due=scoring_due,
        )
        _set_subjects(panel, subjects)
    return panel


def edit_panel(
    case: Case,
    actor: Actor,
    subjects: Sequence[Case],
    *,
    size: int,
    quorum: int,
    scoring_due: dt.date | None = None,
) -> Act:
    """Change numbers, date and subjects of a panel that is still being formed."""

    def change(case: Case, act: Act) -> None:
        _check_numbers(size, quorum)
        panel = case.panel
        Panel.objects.filter(pk=panel.pk).update(size=size, quorum=quorum, scoring_due=scoring_due)
        panel.refresh_from_db()
        _set_subjects(panel, subjects)

    data = {"size": size, "quorum": quorum, "subjects": [one.pk for one in subjects]}
    return perform(case, "edit", actor, data=data, change=change)


def convene(case: Case, actor: Actor) -> Act:
    """Call the panel together: each subject goes to it, each member owes a declaration."""
    with transaction.atomic():
        find_conflicts(case.panel)

        def change(case: Case, act: Act) -> None:
            for subject in Sitting(case.panel).subjects:
                perform(subject, "assign_panel", actor, data={"panel": case.number})
            refresh_access(case.panel)

        return perform(case, "convene", actor, change=change)


@actions.register_service(CaseKind.PANEL, "open_scoring")
def open_scoring(case: Case, actor: Actor, reason: str = "") -> Act:
    """Open the scoring once everybody declared and every subject has its quorum; the clock starts."""
    with transaction.atomic():
        find_conflicts(case.panel)

        def change(case: Case, act: Act) -> None:
            due = case.panel.scoring_due
            if due is not None:
                clocks.start_clock(
                    case, SCORING_CLOCK, "专家评分", due, basis=ClockBasis.OFFICER, note="由主管机关经办人指定"
                )

        return perform(case, "open_scoring", actor, reason=reason, change=change)


@actions.register_service(CaseKind.PANEL, "close_scoring")
def close_scoring(case: Case, actor: Actor, reason: str = "") -> Act:
    """Close the scoring when all sheets are in."""
    return perform(case, "close_scoring", actor, reason=reason, change=_scoring_over)


@actions.register_service(CaseKind.PANEL, "close_scoring_early")
def close_scoring_early(case: Case, actor: Actor, reason: str) -> Act:
    """The chair closes the scoring although sheets are outstanding, for a reason; the quorum still holds."""
    return perform(case, "close_scoring_early", actor, reason=reason, change=_scoring_over)


@actions.register_service(CaseKind.PANEL, "dissolve")
def dissolve(case: Case, actor: Actor, reason: str) -> Act:
    """End the panel without a resolution; its subjects wait for another."""

    def change(case: Case, act: Act) -> None:
        reviewing = kind_of_panel(case.panel).reviewing
        items = PanelItem.objects.filter(panel=case.panel, is_active=True).select_related("subject")
        for item in items:
            if item.subject.state == reviewing:
                perform(item.subject, "release_panel", actor, reason=act.reason, data={"panel": case.number})
        items.update(is_active=False)
        refresh_access(case.panel)

    return perform(case, "dissolve", actor, reason=reason, change=change)


def release_subject(case: Case, actor: Actor, reason: str) -> Act:
    """Take one subject (``case`` is the subject's) off its panel; it waits for another review."""

    def change(case: Case, act: Act) -> None:
        item = PanelItem.objects.filter(subject_id=case.pk, is_active=True).select_related("panel").first()
        if item is not None:
            PanelItem.objects.filter(pk=item.pk).update(is_active=False)
            refresh_access(item.panel)

    return perform(case, "release_panel", actor, reason=reason, change=change)


def _scoring_over(case: Case, act: Act) -> None:
    clocks.end_clock(case, SCORING_CLOCK)


def _set_subjects(panel: Panel, subjects: Sequence[Case]) -> None:
    wanted, words = [subject.pk for subject in subjects], kind_of_panel(panel).words
    kept = set(panel.items.filter(is_active=True).values_list("subject_id", flat=True))
    free = set(awaiting_review(panel.occasion).values_list("pk", flat=True)) | kept
    if not set(wanted) <= free:
        raise Blocked(
            Problem(
                "subject_taken",
                f"所选{words.subject}中有已交其他委员会或已不在待评审状态的，请重新选择。",
                where="subjects",
            )
        )
    ConflictFinding.objects.filter(member__panel=panel).exclude(subject__in=wanted).delete()
    panel.items.exclude(subject__in=wanted).delete()
    try:
        for position, pk in enumerate(wanted, start=1):
            _place(panel, pk, position)
    except IntegrityError:
        raise Blocked(
            Problem("subject_taken", f"所选{words.subject}刚刚已交其他委员会评审，请刷新后重新选择。", where="subjects")
        ) from None
    find_conflicts(panel)


def _place(panel: Panel, subject_id: int, position: int) -> None:
    values: dict[str, Any] = {"position": position, "is_active": True}
    with transaction.atomic():
        PanelItem.objects.update_or_create(panel=panel, subject_id=subject_id, defaults=values)


def _check_numbers(size: int, quorum: int) -> None:
    if not 1 <= size <= 31:
        raise Blocked(Problem("size_invalid", "专家人数应为 1 至 31 人。", where="size"))
    if not size < 2 * quorum <= 2 * size:
        raise Blocked(
            Problem(
                "quorum_invalid",
                f"每件最少评审人数应超过专家人数的一半且不多于 {size} 人；文本未规定人数，由主管机关确定。",
                where="quorum",
            )
        )

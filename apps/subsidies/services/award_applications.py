"""Applying for money of a cycle: begun on the base's page, filled in, sent, sent again (Shanghai 32, 34–36)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.bases.services.opening import LIVE, is_own
from apps.bases.services.register import lock_base, open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import perform
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import CycleState
from apps.subsidies.models import Award, FundingCycle
from apps.subsidies.services.content_draft import detail_of, load_draft
from apps.subsidies.services.plan_content import freeze
from apps.subsidies.services.plan_drafting import pin_text
from apps.subsidies.workflow.awards import BEFORE_DECISION
from apps.subsidies.workflow.people import scheme_of


@dataclass(frozen=True)
class Room:
    """What may still be granted, in fen: to the base under its cap, and by the cycle to anybody."""

    cap_fen: int
    cap_article: str
    granted_before_fen: int
    cycle_left_fen: int

    @property
    def cap_left_fen(self) -> int:
        return max(self.cap_fen - self.granted_before_fen, 0)


def gives_awards(base: Base) -> bool:
    """Whether the text that governs today has awards by cycle and the base is alive. No query."""
    funding = registry.rulebook(base.jurisdiction_id, timezone.localdate()).funding
    return funding is not None and funding.scheme is not None and base.status in LIVE


def open_cycles(base: Base) -> list[FundingCycle]:
    """The cycles of the base's authority that take applications today, the one that closes first on top. One query."""
    today = timezone.localdate()
    cycles = FundingCycle.objects.select_related("case").filter(
        case__authority_id=base.authority_id,
        case__state=CycleState.OPEN,
        case__is_sandbox=base.is_sandbox,
        opens_on__lte=today,
        closes_on__gte=today,
    )
    return list(cycles.order_by("closes_on", "pk"))


def application_in_hand(base: Base, cycle: FundingCycle) -> Award | None:
    """The application of the base in the cycle that is not decided yet, where there is one."""
    awards = Award.objects.select_related("case").filter(base=base, cycle=cycle, case__state__in=BEFORE_DECISION)
    return awards.first()


def start_application(base: Base, cycle: FundingCycle, actor: Actor) -> Award:
    """Open an application of ``base`` in ``cycle`` as a draft of its institution.

    Raises NotPermitted for anybody else; Blocked for a base that has ended, a cycle that takes none now, or while an
    application of the base in the cycle is not decided.
    """
    if not is_own(base, actor):
        raise NotPermitted(Problem("not_permitted", "须由该基地的建设单位申请。"))
    with transaction.atomic():
        locked = lock_base(base.pk)
        if locked.status not in LIVE:
            raise Blocked(Problem("base_ended", f"该基地{locked.status_label}，不能申请资助。"))
        if cycle.pk not in {one.pk for one in open_cycles(locked)}:
            message = f"“{cycle.title}”的申请时间为{cycle.opens_on}至{cycle.closes_on}，现在不接受本基地申请。"
            raise Blocked(Problem("window_closed", message))
        running = application_in_hand(locked, cycle)
        if running is not None:
            message = f"本基地在“{cycle.title}”的申请（{running.case.number}）尚未决定，决定前不能另行申请。"
            raise Blocked(Problem("already_open", message))
        case = open_base_case(
            locked,
            CaseKind.AWARD,
            f"{locked.institution_name}申请{cycle.title}资助",
            actor,
            label="填写资助申请",
            year=timezone.localdate().year,
        )
        return Award.objects.create(case=case, base=locked, cycle=cycle)


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the application: the text of the day is pinned, lines and targets are frozen.

    Raises WrongState, NotPermitted or Blocked with everything that is missing; then nothing has changed.
    """
    return _send(case, "submit", actor)


def resubmit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send a returned application again; the answer to what it was returned for stands in the act. Raises as submit."""
    return _send(case, "resubmit", actor)


def _send(case: Case, step: str, actor: Actor) -> Act:
    with transaction.atomic():
        locked = pin_text(case)
        draft = load_draft(detail_of(locked))
        data = {"requested_fen": draft.total_fen, "lines": len(draft.lines)}

        def change(moved: Case, act: Act) -> None:
            freeze(draft)

        return perform(case, step, actor, reason=draft.text("answer"), data=data, change=change)


def room_of(award: Award) -> Room:
    """What is left under the cap of the award's base in its cycle, this award aside, and of the cycle. One query."""
    scheme = scheme_of(award.case)
    others = Award.objects.filter(base_id=award.base_id, cycle_id=award.cycle_id).exclude(pk=award.pk)
    granted = others.aggregate(sum=Sum(F("granted_fen") - F("released_fen")))["sum"] or 0
    cycle = award.cycle
    return Room(scheme.cap_fen, scheme.cap_article, granted, max(cycle.budget_fen - cycle.granted_fen, 0))


def room_warnings(room: Room, total_fen: int) -> list[str]:
    """What a sum asked for means against cap and budget: told, never refused, for the text sets the cap in principle."""
    told = []
    if total_fen > room.cap_left_fen:
        over = yuan(total_fen - room.cap_left_fen)
        told.append(
            f"申请金额比本周期内本基地还可资助的上限多 {over}；超出部分原则上不予资助，除非另有批准（{cite(room.cap_article)}）。"
        )
    if total_fen > room.cycle_left_fen:
        told.append(f"申请金额比本周期尚可安排的指标多 {yuan(total_fen - room.cycle_left_fen)}，资助金额以决定为准。")
    return told

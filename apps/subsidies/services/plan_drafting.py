"""Use plans on their way to whoever audits them: opened with what was granted, filled in, sent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.bases.services.opening import LIVE, is_own
from apps.bases.services.register import lock_base, open_base_case
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case, CaseParty
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import add_party, lock_case, perform, remove_party
from apps.jurisdictions.rulebooks import registry
from apps.plans.services.plan_tables import decimal_text
from apps.subsidies.models import Award, UsePlan, UsePlanLine
from apps.subsidies.services.content_draft import EDITABLE, detail_of, load_draft
from apps.subsidies.services.content_tables import LINES, OWN_FUNDS, TARGETS, raw_line, raw_target
from apps.subsidies.services.plan_content import freeze


def open_first_plan(award: Award, actor: Actor | None, act: Act) -> UsePlan:
    """Open the first use plan of an award just granted, its lines prefilled with what the decision gives them.

    Call inside the change of the signing act. Lines that were given nothing are left out; a line that was given less
    than it asked for is put as whole units where the sum divides, else as one item. The actor is the signer: the
    plan's own record begins with the clock, for the institution fills it in.
    """
    case = award.case
    plan_case = open_base_case(
        award.base,
        CaseKind.USE_PLAN,
        f"{award.base.institution_name}使用方案和绩效计划（{award.title or award.cycle.title}）",
        None,
        label="资助已决定，编制使用方案",
        year=timezone.localdate(act.at).year,
        rulebook_key=case.rulebook_key,
    )
    rows = [row for row in case.use_plan_lines.all() if row.granted_fen]
    data = {
        LINES: [granted_row(row) for row in rows],
        TARGETS: [raw_target(row) for row in case.performance_targets.all()],
        OWN_FUNDS: [],
    }
    return UsePlan.objects.create(
        case=plan_case,
        base=award.base,
        award=award,
        year=timezone.localdate(act.at).year,
        granted_fen=sum(row.granted_fen or 0 for row in rows),
        data=data,
    )


def granted_row(row: UsePlanLine) -> dict[str, str]:
    """A line as it would be typed with what the decision gave it."""
    raw, granted = raw_line(row), row.granted_fen or 0
    if granted == row.amount_fen:
        return raw
    if granted % row.quantity == 0:
        return {**raw, "unit_price_fen": decimal_text(granted // row.quantity, 2), "schedule": ""}
    return {**raw, "unit": "项", "unit_price_fen": decimal_text(granted, 2), "quantity": "1", "schedule": ""}


def audits_special_funds(base: Base) -> bool:
    """Whether the text that governs today has a plan for funds granted elsewhere, and the base is alive. No query."""
    funding = registry.rulebook(base.jurisdiction_id, timezone.localdate()).funding
    return funding is not None and funding.scheme is None and base.status in LIVE


def plan_being_written(base: Base) -> UsePlan | None:
    """The plan for special funds of the base that is still in its institution's hands."""
    plans = UsePlan.objects.select_related("case").filter(
        base=base, award__isnull=True, case__state__in=EDITABLE[CaseKind.USE_PLAN]
    )
    return plans.first()


def start_special_plan(base: Base, actor: Actor) -> UsePlan:
    """Open a plan for special funds granted elsewhere as a draft of the base's institution (national 33).

    Raises NotPermitted for anybody else; Blocked where the text has none, the base has ended, or another is written.
    """
    if not is_own(base, actor):
        raise NotPermitted(Problem("not_permitted", "须由该基地的建设单位办理。"))
    with transaction.atomic():
        locked = lock_base(base.pk)
        if locked.status not in LIVE:
            raise Blocked(Problem("base_ended", f"该基地{locked.status_label}，不能再办理。"))
        if not audits_special_funds(locked):
            raise Blocked(Problem("no_special_funds", "本管理范围的文本没有由管理单位审核使用方案的专项经费。"))
        running = plan_being_written(locked)
        if running is not None:
            message = f"本基地已有一份使用方案（{running.case.number}）在填写，请先报送或放弃。"
            raise Blocked(Problem("already_open", message))
        today = timezone.localdate()
        case = open_base_case(
            locked,
            CaseKind.USE_PLAN,
            f"{locked.institution_name}专项经费使用办法和使用方案",
            actor,
            label="编制使用方案",
            year=today.year,
        )
        return UsePlan.objects.create(case=case, base=locked, year=today.year)


def submit_plan(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the plan to whoever audits it, for the first time or again: lines, targets and own funds are frozen.

    Raises WrongState, NotPermitted or Blocked with everything that is missing; then nothing has changed.
    """
    with transaction.atomic():
        locked = pin_text(case)
        draft = load_draft(detail_of(locked))
        align_managing_unit(locked, draft.detail.base.managing_unit_id)

        def change(moved: Case, act: Act) -> None:
            freeze(draft)
            update_plan(moved.pk, conclusion="", opinion="")  # an opinion is on what is sent now

        data = {"total_fen": draft.total_fen, "lines": len(draft.lines)}
        return perform(case, "submit", actor, reason=draft.text("answer"), data=data, change=change)


def pin_text(case: Case) -> Case:
    """The locked case, pinned to the text of the day where it is pinned to none."""
    locked = lock_case(case.pk)
    if not locked.rulebook_key:
        rulebook = registry.rulebook(locked.jurisdiction_id, timezone.localdate())
        Case.objects.filter(pk=locked.pk).update(rulebook_key=rulebook.key, submitted_at=timezone.now())
        locked.rulebook_key = rulebook.key
    return locked


def align_managing_unit(case: Case, unit_id: int | None) -> None:
    """The register may have a managing unit the case was not opened with; it takes the part now."""
    parties = CaseParty.objects.filter(case=case)
    holders = {party.organisation_id for party in parties if PartyRole.MANAGING_UNIT in party.roles}
    if holders == ({unit_id} if unit_id else set()):
        return
    remove_party(case, PartyRole.MANAGING_UNIT)
    if unit_id:
        add_party(case, unit_id, PartyRole.MANAGING_UNIT)


def update_plan(pk: int, **values: Any) -> None:
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        UsePlan.objects.filter(pk=pk).update(**values)

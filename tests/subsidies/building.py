"""A funded base with everybody who has to do with its money, and an award brought to a stage by its sums' own services."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import _draft, add_party, open_case
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.models import (
    Award,
    AwardLine,
    FundingCycle,
    FundPayment,
    PaymentItem,
    PerformanceTarget,
    Tranche,
    UsePlan,
    UsePlanLine,
)
from apps.subsidies.services import sums, tranches
from tests.factories import RUBRIC, OrganisationFactory, Supervision, make_case, member

BUDGET = 1_000_000_000
LINES: tuple[dict[str, Any], ...] = (
    {"category": "facilities", "item": "实训设备", "unit": "套", "unit_price_fen": 5_000_001, "quantity": 3},
    {"category": "training_projects", "item": "高级研修班", "unit": "期", "unit_price_fen": 8_000_000, "quantity": 2},
    {"category": "system_building", "item": "线上课程", "unit": "门", "unit_price_fen": 3_000_000, "quantity": 5},
)
TARGETS: tuple[dict[str, Any], ...] = (
    {"goal": "扩大培训规模", "indicator": "培训人次", "target_hundredths": 60_000, "unit": "人次"},
    {"goal": "建设课程", "indicator": "新建课程", "target_hundredths": 500, "unit": "门"},
)


class Funding(Supervision):
    """One base of a jurisdiction that gives money, its people, and a cycle that is open.

    Beside the people of :class:`Supervision`: ``finance`` and ``finance2`` (finance officers), ``head2`` (a second
    head), ``supervisor`` (a third party's person).
    """

    def __init__(self, jurisdiction: str = "shanghai", **values: Any) -> None:
        cycle = values.pop("cycle", {})
        super().__init__(jurisdiction, **values)
        self.finance = member(self.authority, Role.FINANCE_OFFICER)
        self.finance2 = member(self.authority, Role.FINANCE_OFFICER)
        self.head2 = member(self.authority, Role.AUTHORITY_HEAD)
        self.office |= {"finance": self.finance, "finance2": self.finance2, "head2": self.head2}
        agency = OrganisationFactory(kind="supervisor", jurisdiction_id=jurisdiction, superior=self.authority)
        self.supervisor = member(agency, Role.FUND_SUPERVISOR)
        self.cycle = make_cycle(self, **cycle)


def make_cycle(funding: Supervision, *, state: str = "open", **values: Any) -> FundingCycle:
    """A cycle of the authority in ``state``, its window from yesterday to thirty days ahead, its budget appropriated."""
    today = timezone.localdate()
    rulebook = registry.versions(funding.authority.jurisdiction_id)[-1]
    case = make_case(CaseKind.FUNDING_CYCLE, funding.authority, title="测试资助周期", rulebook_key=rulebook.key)
    open_case(case, funding.office["officer"])
    add_party(case, funding.authority.pk, PartyRole.AUTHORITY, active=True)
    cycle = FundingCycle.objects.create(
        case=case,
        title=values.pop("title", f"{today.year}—{today.year + 1}周期"),
        starts_on=values.pop("starts_on", today.replace(month=1, day=1)),
        ends_on=values.pop("ends_on", today.replace(month=12, day=31) + dt.timedelta(days=365)),
        opens_on=values.pop("opens_on", today - dt.timedelta(days=1)),
        closes_on=values.pop("closes_on", today + dt.timedelta(days=30)),
        budget_fen=values.pop("budget_fen", BUDGET),
        rubric=values.pop("rubric", RUBRIC),
        **values,
    )
    if state != "draft":
        sums.appropriate(cycle, taken(case, "launch", funding.office["head2"], "open"))
        move(case, state)
    return cycle


def make_award(
    funding: Funding,
    *,
    state: str = "draft",
    lines: tuple[dict[str, Any], ...] = LINES,
    targets: tuple[dict[str, Any], ...] = TARGETS,
    **values: Any,
) -> Award:
    """An application of the base in ``state`` before a decision, with its lines and targets as sent."""
    base = funding.base
    case = open_base_case(
        base,
        CaseKind.AWARD,
        f"{base.institution_name}申请资助",
        funding.editor,
        label="填写资助申请",
        year=timezone.localdate().year,
        rulebook_key=funding.cycle.case.rulebook_key,
    )
    award = Award.objects.create(case=case, base=base, cycle=funding.cycle, title="能力建设项目", **values)
    if state != "draft":
        freeze(case, lines, targets)
        award.requested_fen = sum(row.amount_fen for row in case.use_plan_lines.all())
        award.save()
        case.parties.filter(organisation=funding.authority).update(active=True)
        move(case, state)
    return award


def active_award(funding: Funding, *, lines: tuple[dict[str, Any], ...] = LINES, **values: Any) -> Award:
    """An award granted in full whose use plan is in force: lines and tranches laid out, ledger posted."""
    award = make_award(funding, state="reviewed", lines=lines, **values)
    case = award.case
    act = taken(case, "sign_award", funding.office["head2"], "granted")
    total = award.requested_fen
    for row in case.use_plan_lines.all():
        row.granted_fen = row.amount_fen
        row.save()
    sums.grant(award, act, total)
    award.refresh_from_db()
    award.granted_on = timezone.localdate()
    award.save()
    plan_case = open_base_case(
        award.base,
        CaseKind.USE_PLAN,
        f"{award.base.institution_name}使用方案",
        funding.editor,
        label="编制使用方案",
        year=timezone.localdate().year,
        rulebook_key=case.rulebook_key,
    )
    plan = UsePlan.objects.create(
        case=plan_case,
        base=award.base,
        award=award,
        year=timezone.localdate().year,
        granted_fen=total,
        conclusion="agreed",
        approved_on=timezone.localdate(),
    )
    freeze(plan_case, lines, TARGETS)
    for row in plan.case.use_plan_lines.all():
        line = AwardLine.objects.create(
            award=award,
            key=row.key,
            position=row.position,
            category=row.category,
            item=row.item,
            purpose=row.purpose,
            amount_fen=row.amount_fen,
        )
        tranches.lay_out(award, line, row)
    plan_case.parties.filter(organisation=funding.authority).update(active=True)
    sums.allocate(award, taken(plan_case, "sign_approval", funding.office["head2"], "approved"), {})
    Case.objects.filter(pk=plan_case.pk).update(closed_at=timezone.now())
    move(case, "active")
    return Award.objects.select_related("case", "cycle__case", "base").get(pk=award.pk)


def make_payment(
    funding: Funding, award: Award, chosen: list[Tranche] | None = None, *, state: str = "draft", **values: Any
) -> FundPayment:
    """A request for ``chosen`` tranches (all advances where none are named), by the institution, in ``state``."""
    if chosen is None:
        chosen = list(Tranche.objects.filter(line__award=award, when="advance", payment=None, is_cancelled=False))
    case = open_base_case(
        award.base,
        CaseKind.FUND_PAYMENT,
        f"{award.base.institution_name}拨款申请",
        funding.editor,
        label="填写拨款申请",
        year=timezone.localdate().year,
        rulebook_key=award.case.rulebook_key,
    )
    payment = FundPayment.objects.create(
        case=case,
        award=award,
        authority=funding.authority,
        request_key=uuid.uuid4(),
        amount_fen=sum(one.amount_fen for one in chosen),
        payee_name=award.base.institution_name,
        payee_account="6222000011112222333",
        payee_bank="测试银行上海分行",
        **values,
    )
    for one in chosen:
        PaymentItem.objects.create(payment=payment, tranche=one, amount_fen=one.amount_fen)
        Tranche.objects.filter(pk=one.pk).update(payment=payment)
    if state != "draft":
        case.parties.filter(organisation=funding.authority).update(active=True)
        if state in ("checked", "approved", "paid", "confirmed"):
            taken(case, "check", funding.finance2, "checked")
        if state in ("approved", "paid", "confirmed"):
            sums.approve(payment, taken(case, "approve", funding.office["head2"], "approved"))
        if state in ("paid", "confirmed"):
            sums.pay(payment, taken(case, "record_payment", funding.finance2, "paid"))
        move(case, state)
    return payment


def accept_line(line: AwardLine, fen: int | None = None) -> None:
    """As if the line were accepted with ``fen`` recognised (all of it where None): tranches trimmed, the rest released."""
    line.accepted_fen = line.amount_fen if fen is None else fen
    line.save()
    dropped = tranches.trim(line)
    if dropped:
        act = last_act(line.award.case)
        sums.release(line.award, act, {line: dropped}, "测试核减")


def freeze(case: Case, lines: tuple[dict[str, Any], ...], targets: tuple[dict[str, Any], ...]) -> None:
    """Write lines and targets to the case as a submission does."""
    for place, row in enumerate(lines, start=1):
        values = {"purpose": "用于继续教育培训", **row}
        values["amount_fen"] = values["unit_price_fen"] * values["quantity"]
        UsePlanLine.objects.create(case=case, key=f"l{place}", position=place, **values)
    for place, row in enumerate(targets, start=1):
        PerformanceTarget.objects.create(case=case, key=f"t{place}", position=place, **row)


def last_act(case: Case) -> Act:
    return case.acts.order_by("-seq").first()


def taken(case: Case, name: str, actor: Actor, state: str) -> Act:
    """The act of a step that nobody asks the workflow about: ``actor`` took ``name`` and the case is in ``state``."""
    case.refresh_from_db()
    act = _draft(case, name, name, actor, case.state, state, "", [], {}, timezone.now())
    act.save(force_insert=True)
    Case.objects.filter(pk=case.pk).update(act_count=act.seq, tail_hash=act.hash)
    move(case, state)
    return act


def move(case: Case, state: str) -> None:
    """Put the case into ``state`` for a test that begins there, the turn with whoever's it is."""
    from apps.cases.workflow import workflow_for

    part = workflow_for(case.kind).turns[state]
    turn = next((one.organisation_id for one in case.parties.all() if part in one.roles), None)
    Case.objects.filter(pk=case.pk).update(state=state, turn_organisation_id=turn)
    case.refresh_from_db()


def people(funding: Funding) -> dict[str, Actor | None]:
    """Everybody of the funding by name, for tests that try a step with each of them."""
    return {
        "editor": funding.editor,
        "institution head": funding.head,
        "unit officer": funding.unit_officer,
        "unit head": funding.unit_head,
        "supervisor": funding.supervisor,
        **funding.office,
    }

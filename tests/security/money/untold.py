"""What is written of a base's money before anybody else is told: drafts, opinions, reasons, reports."""

from __future__ import annotations

import datetime as dt

from apps.accounts.enums import Role
from apps.cases.attachments import attach
from apps.subsidies.models import Award, CapException, UsePlan
from apps.subsidies.services import (
    acceptance_reviews,
    award_decisions,
    content_draft,
    payment_steps,
    plan_drafting,
    plan_reviews,
    recoveries,
    supervision,
)
from apps.subsidies.services.cap_exceptions import PURPOSE
from tests.security.money.world import Side
from tests.subsidies.acceptances.building import in_review, opined, proposed
from tests.subsidies.building import active_award, last_act, make_award, make_payment, move
from tests.subsidies.content.typed import typed
from tests.subsidies.decisions.story import pdf
from tests.subsidies.recoveries import story as demands
from tests.subsidies.spending.story import paid_award


def write(side: Side) -> None:
    """Fill the drafts of ``side`` in, judge its acceptance, report on its award, ask for more than the cap."""
    funding = side.funding
    draft = Award.objects.get(pk=side.case("draft", "award").pk)
    content_draft.save_values(draft, typed(), draft.data_version, funding.editor)
    plan = UsePlan.objects.get(pk=side.case("draft", "use_plan").pk)
    content_draft.save_values(plan, {"lines": typed()["lines"]}, plan.data_version, funding.editor)
    reviewed = side.case("reviewing", "acceptance")
    for role in (Role.EXPERT, Role.FUND_SUPERVISOR):
        acceptance_reviews.submit_opinion(reviewed, side.people[role], conclusion="reject", text="账实不符")
    side.keep(proposed(funding, opined(in_review(funding)), sums={"l1": 1_234_500}).case)
    supervision.record(side.case("active", "award"), funding.supervisor, text="设备闲置", has_concerns=True)
    _send_back(side)
    demanded = demands.demanded(funding, paid_award(funding))
    recoveries.propose_lift(demanded, funding.finance, "单位已注销")
    payment = make_payment(funding, active_award(funding), state="approved").case
    payment_steps.propose_reversal(payment, funding.finance, "账户已销")
    side.keep(demanded, payment)
    _ask_for_more_than_the_cap(side)


def _send_back(side: Side) -> None:
    """An application and a plan that were returned, with what has to be changed."""
    funding = side.funding
    award = make_award(funding, state="submitted")
    award_decisions.return_for_correction(award.case, funding.office["officer"], ["补充测算依据"])
    reviewed = make_award(funding, state="reviewed")
    plan = plan_drafting.open_first_plan(reviewed, None, last_act(reviewed.case)).case
    plan.parties.filter(organisation=funding.authority).update(active=True)
    move(plan, "funder_review")
    plan_reviews.return_for_correction(plan, funding.finance, ["补充测算依据"])
    side.keep(award.case, plan)


def _ask_for_more_than_the_cap(side: Side) -> None:
    case = side.case("finance_review", "award")
    CapException.objects.create(
        award_id=case.pk,
        total_fen=600_000_000,
        reason="承担国家级项目",
        document_number="沪人社办〔2026〕8号",
        document_date=dt.date(2026, 1, 5),
        recorded_by=side.funding.office["officer"].user,
    )
    attach(case, pdf("批示.pdf"), PURPOSE, side.funding.office["officer"].user, internal=True)

"""A funded base in an open cycle: awards, plans, payments, acceptances, reports and demands, all at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases.models import Case
from apps.cases.workflow.engine import perform
from apps.panels.models import ExpertProfile
from apps.subsidies.models import Award, FundingCycle
from apps.subsidies.services import award_applications, award_decisions, cycles, plan_drafting, plan_reviews
from apps.subsidies.services.verification import verify_cycle
from tests.factories import RUBRIC, OrganisationFactory, member
from tests.subsidies.building import taken
from tests.subsidies.content.typed import fill, typed
from tests.workflow.invariants import Law
from tests.workflow.law_of_money import (
    law_of_acceptances,
    law_of_awards,
    law_of_cycles,
    law_of_payments,
    law_of_recoveries,
    law_of_spending_reports,
    law_of_use_plans,
)
from tests.workflow.steps_of_money import (
    ATTEMPTS,
    PLAN,
    begin_business,
    open_acceptance,
    open_change,
    open_demand,
    open_payment,
    open_report,
    pay,
)
from tests.workflow.walking import Attempt, Opening, Scene

CYCLE, AWARD, USE_PLAN, PAYMENT = "funding_cycle", "award", "use_plan", "fund_payment"
ACCEPTANCE, SPENDING, RECOVERY = "acceptance", "spending_report", "fund_recovery"
STAGES = ("reviewed", "paid", "paid", "decision_ready", "paid", "plan", "paid")


class Money(Scene):
    """The people of the base with two finance officers, an expert of the pool and a third party's supervisor."""

    kinds = (CYCLE, AWARD, USE_PLAN, PAYMENT, ACCEPTANCE, SPENDING, RECOVERY)
    walks = 7
    attempts_a_walk = 45

    def prepare(self) -> None:
        here = self.here
        here.finance, here.finance2 = (member(self.authority, Role.FINANCE_OFFICER) for _ in range(2))
        here.head2 = member(self.authority, Role.AUTHORITY_HEAD)
        agency = OrganisationFactory(kind="supervisor", jurisdiction_id=self.jurisdiction, superior=self.authority)
        here.supervisor = member(agency, Role.FUND_SUPERVISOR)
        here.office |= {"finance": here.finance, "finance2": here.finance2, "head2": here.head2}
        here.expert = member(self.authority, Role.EXPERT)
        ExpertProfile.objects.create(
            user=here.expert.user,
            authority=self.authority,
            jurisdiction_id=self.jurisdiction,
            employer_name="外地大学",
        )
        mixed = member(self.authority, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD, Role.AUTHORITY_OFFICER)
        self.people += [here.finance, here.finance2, here.head2, here.supervisor, here.expert, mixed]

    def make_laws(self) -> dict[str, Law]:
        return {
            CYCLE: law_of_cycles(),
            AWARD: law_of_awards(),
            USE_PLAN: law_of_use_plans(self.jurisdiction),
            PAYMENT: law_of_payments(),
            ACCEPTANCE: law_of_acceptances(),
            SPENDING: law_of_spending_reports(),
            RECOVERY: law_of_recoveries(),
        }

    def cases(self) -> list[Case]:
        mine = Q(base=self.base) | Q(kind=CYCLE, authority=self.authority)
        return list(Case.objects.filter(mine, kind__in=self.kinds).order_by("pk"))

    def sweeps(self) -> list[Any]:
        return [cycles.close_windows]

    def begin(self, number: int) -> None:
        """An open cycle, and in it an award that experts have passed, one granted, one carried out, one paid in part."""
        stage, office = STAGES[number % len(STAGES)], self.here.office
        cycle = self._draw_up(office["officer"], 1).case
        perform(cycle, "propose", office["officer"])
        cycles.launch(cycle, office["head"])
        award = self._reviewed(FundingCycle.objects.get(pk=cycle.pk))
        if stage == "reviewed":
            return
        sums = {line.key: line.amount_fen for line in award.case.use_plan_lines.all()}
        award_decisions.propose(award.case, office["officer"], award_decisions.Proposal("grant", "符合", sums))
        award_decisions.agree_finance(award.case, self.here.finance, "已落实")
        if stage == "decision_ready":
            return
        award_decisions.sign_award(award.case, office["head"])
        if stage == "plan":
            return
        self._start(award)
        if stage == "paid":
            pay(self.here, self._award(0))
            begin_business(self.here, self._award(0))

    def _reviewed(self, cycle: FundingCycle) -> Award:
        """Panels are walked elsewhere: their steps are written as acts of the officer."""
        officer = self.here.office["officer"]
        award = award_applications.start_application(self._base(), cycle, self.here.editor)
        fill(award, self.here.editor, **typed())
        award_applications.submit(award.case, self.here.head)
        taken(award.case, "assign_panel", officer, "in_review")
        taken(award.case, "conclude_review", officer, "reviewed")
        Award.objects.filter(pk=award.pk).update(panel_passed=True, panel_opinion="可行")
        return Award.objects.select_related("case").get(pk=award.pk)

    def _start(self, award: Award) -> None:
        plan = Case.objects.get(kind=USE_PLAN, use_plan__award=award)
        plan_drafting.submit_plan(plan, self.here.head)
        plan_reviews.propose_opinion(plan, self.here.finance, "agreed", "可行")
        plan_reviews.sign_approval(plan, self.here.office["head"])

    def openings(self) -> dict[str, Opening]:
        openings = {PAYMENT: open_payment, SPENDING: open_report, ACCEPTANCE: open_acceptance, RECOVERY: open_demand}
        on_award: dict[str, Opening] = {
            kind: lambda actor, choice, made=made: made(self.here, self._award(choice), actor, choice)
            for kind, made in (openings | {USE_PLAN: open_change}).items()
        }
        return on_award | {CYCLE: self._draw_up, AWARD: self._apply}

    def _draw_up(self, actor: Actor, choice: int) -> FundingCycle:
        today = timezone.localdate()
        days = {
            "starts_on": today,
            "ends_on": today + dt.timedelta(days=600),
            "opens_on": today,
            "closes_on": today + dt.timedelta(days=10 + choice),
        }
        sums = {"budget_fen": 1_000_000_000, "rubric": RUBRIC, "pass_points": 70}
        return cycles.draw_up(actor, days | sums | {"title": f"周期{choice}"})

    def _apply(self, actor: Actor, choice: int) -> Award:
        cycle = FundingCycle.objects.filter(case__authority=self.authority).latest("pk")
        return award_applications.start_application(self._base(), cycle, actor)

    def _award(self, choice: int) -> Award:
        awards = list(Award.objects.filter(base=self.base).select_related("case", "cycle__case", "base").order_by("pk"))
        if not awards:
            raise Award.DoesNotExist
        return awards[choice % len(awards)]

    def _base(self) -> Base:
        return Base.objects.get(pk=self.base.pk)

    def attempts(self, kind: str) -> dict[str, Attempt]:
        return {
            step: lambda case, actor, choice, take=take: take(self.here, case, actor, choice)
            for step, take in ATTEMPTS[kind].items()
        }

    def check(self, case: Case | None) -> None:
        """Whatever anybody attempted, the ledger, the lines and the papers of every cycle agree to the fen."""
        if case is None:
            for cycle in FundingCycle.objects.filter(case__authority=self.authority).select_related("case"):
                assert [found.message for found in verify_cycle(cycle)] == []


class SpecialFunds(Scene):
    """Plans for money granted elsewhere, audited by the base's managing unit."""

    kinds = (USE_PLAN,)
    walks = 3
    attempts_a_walk = 60

    def make_laws(self) -> dict[str, Law]:
        return {USE_PLAN: law_of_use_plans(self.jurisdiction)}

    def openings(self) -> dict[str, Opening]:
        return {USE_PLAN: lambda actor, choice: plan_drafting.start_special_plan(self.base, actor)}

    def attempts(self, kind: str) -> dict[str, Attempt]:
        return {
            step: lambda case, actor, choice, take=take: take(self.here, case, actor, choice)
            for step, take in PLAN.items()
        }

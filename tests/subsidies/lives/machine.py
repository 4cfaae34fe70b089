"""A random life of a base's money, played by everybody through the real services, against a tally of its own.

The tally knows nothing of the ledger or of running sums: it only adds up what was asked for and went through. After
every step it, the sums on the lines and the verification of the cycle must agree to the fen.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import perform
from apps.subsidies.models import (
    Acceptance,
    AcceptanceLine,
    Award,
    AwardLine,
    BankLine,
    CapException,
    FundingCycle,
    FundPayment,
    FundRecovery,
    LedgerEntry,
    PerformanceTarget,
    Tranche,
    UsePlan,
    UsePlanLine,
)
from apps.subsidies.services import (
    acceptances,
    award_decisions,
    payment_checks,
    payment_steps,
    payments,
    plan_changes,
    plan_reviews,
    reconciliation,
    recoveries,
    recovery_returns,
)
from apps.subsidies.services.verification import verify_cycle
from tests.subsidies.building import Funding, active_award, freeze, taken
from tests.subsidies.decisions.story import big, ready, reviewed
from tests.subsidies.recoveries.story import a_demand, bank_line

CAP = 500_000_000
PICK = st.integers(min_value=0, max_value=9)
FEN = st.integers(min_value=1, max_value=20_000_000)
PAYMENT_STEPS: tuple[tuple[str, str, str], ...] = (
    ("draft", "submit", "institution head"),
    ("draft", "withdraw", "institution head"),
    ("submitted", "withdraw", "institution head"),
    ("submitted", "return", "finance"),
    ("returned", "submit", "institution head"),
    ("submitted", "check", "finance"),
    ("checked", "approve", "head"),
    ("checked", "refuse", "head"),
    ("approved", "record_payment", "finance2"),
    ("paid", "confirm", "finance"),
    ("approved", "propose_reversal", "finance"),
    ("paid", "propose_reversal", "finance"),
    ("reversal_proposed", "send_back_reversal", "head2"),
    ("reversal_proposed", "sign_reversal", "head2"),
)
FORWARD = {
    "draft": "submit",
    "returned": "submit",
    "submitted": "check",
    "checked": "approve",
    "approved": "record_payment",
    "paid": "confirm",
}


class Crash(Exception):
    """The machine fails in the middle of a step."""


class MoneyLife(RuleBasedStateMachine):
    """Rules pick who does what; what the product refuses leaves everything as it was.

    ``reached`` counts in how many lives each kind of sum was moved.
    """

    reached: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        cache.clear()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.funding = Funding()
        self.award_pk = active_award(self.funding).pk
        self.people = {**self.funding.office, "editor": self.funding.editor, "institution head": self.funding.head}
        self.tally: Counter[str] = Counter()
        self.references = 0
        self.crashing = False
        self.keys: list[tuple[uuid.UUID, int]] = []

    def teardown(self) -> None:
        type(self).reached.update({name: 1 for name, fen in self.tally.items() if fen})
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # --- asking and paying

    @rule(chosen=st.sets(PICK, min_size=1, max_size=3))
    def request(self, chosen: set[int]) -> None:
        """Ask for any tranches, due or not, taken or not."""
        offered = payments.offered_tranches(self.award)
        wanted = {offered[place % len(offered)].pk for place in chosen} if offered else set()
        key = uuid.uuid4()
        made = self.tried(lambda: payments.open_request(self.award, self.funding.editor, key, wanted, self.payee))
        if made:
            self.keys.append((key, made[0].pk))

    @rule(pick=PICK, steps=st.integers(min_value=1, max_value=5))
    def request_what_is_due(self, pick: int, steps: int) -> None:
        """Ask for a tranche that nothing stands in the way of, and bring the request some steps forward."""
        due = [
            one
            for one in payments.offered_tranches(self.award)
            if one.payment_id is None and not payment_checks.waits_for(one)
        ]
        if not due:
            return
        key, wanted = uuid.uuid4(), {due[pick % len(due)].pk}
        made = self.tried(lambda: payments.open_request(self.award, self.funding.editor, key, wanted, self.payee))
        if made:
            self.keys.append((key, made[0].pk))
            self.bring_forward(self.payment(len(self.keys) - 1), steps)

    @precondition(lambda self: self.keys)
    @rule(pick=PICK)
    def send_the_same_form_again(self, pick: int) -> None:
        key, pk = self.keys[pick % len(self.keys)]
        offered = {one.pk for one in payments.offered_tranches(self.award)}
        again, new = payments.open_request(self.award, self.funding.editor, key, offered, self.payee)
        assert (again.pk, new) == (pk, False)

    @precondition(lambda self: self.keys)
    @rule(pick=PICK, choice=PICK)
    def take_a_step_of_a_payment(self, pick: int, choice: int) -> None:
        payment = self.payment(pick)
        offered = [(step, who) for state, step, who in PAYMENT_STEPS if state == payment.case.state]
        if offered:
            step, who = offered[choice % len(offered)]
            self.payment_step(payment, step, who)

    @precondition(lambda self: self.keys)
    @rule(pick=PICK)
    def bring_a_payment_forward(self, pick: int) -> None:
        self.bring_forward(self.payment(pick), 4)

    def bring_forward(self, payment: FundPayment, steps: int) -> None:
        for _ in range(steps):
            step = FORWARD.get(payment.case.state)
            who = next((who for state, name, who in PAYMENT_STEPS if (state, name) == (payment.case.state, step)), "")
            if not step or not self.payment_step(payment, step, who):
                return
            payment.case.refresh_from_db()

    @precondition(lambda self: self.keys)
    @rule(
        pick=PICK,
        who=st.sampled_from(["editor", "institution head", "officer", "finance", "finance2", "head", "head2"]),
    )
    def let_anybody_try_the_next_step(self, pick: int, who: str) -> None:
        payment = self.payment(pick)
        step = FORWARD.get(payment.case.state)
        if step:
            self.payment_step(payment, step, who)

    def payment_step(self, payment: FundPayment, step: str, who: str) -> bool:
        case, actor, before = payment.case, self.people[who], payment.case.state
        fen = payment.items.aggregate(fen=Sum("amount_fen"))["fen"] or 0
        done = self.tried(lambda: self.steps(payment)[step](case, actor))
        if not done:
            return False
        if step == "approve":
            self.tally["approved"] += fen
        elif step == "record_payment":
            self.tally["paid"] += fen
        elif step == "sign_reversal":
            assert before == "reversal_proposed"
            self.tally["approved"] -= fen
            if Act.objects.filter(case=case, name="record_payment").exists():
                self.tally["paid"] -= fen
        return True

    def steps(self, payment: FundPayment) -> dict[str, Callable[[Case, Any], Any]]:
        return {
            "submit": payments.submit,
            "withdraw": lambda case, actor: payments.withdraw(case, actor, "另行申请"),
            "return": lambda case, actor: payment_steps.return_for_correction(case, actor, "请补充"),
            "check": lambda case, actor: payment_steps.check(case, actor, "相符"),
            "approve": payment_steps.approve,
            "refuse": lambda case, actor: payment_steps.refuse(case, actor, "不符"),
            "record_payment": self.record,
            "confirm": lambda case, actor: self.confirm(payment, actor),
            "propose_reversal": lambda case, actor: payment_steps.propose_reversal(case, actor, "退汇"),
            "send_back_reversal": lambda case, actor: perform(case, "send_back_reversal", actor, reason="不冲回"),
            "sign_reversal": payment_steps.sign_reversal,
        }

    def record(self, case: Case, actor: Any) -> Any:
        self.references += 1
        return payment_steps.record_payment(
            case, actor, reference=f"B{self.references:04}", paid_on=timezone.localdate()
        )

    def confirm(self, payment: FundPayment, actor: Any) -> Any:
        payment.refresh_from_db()
        values = {
            "direction": "out",
            "counterparty": payment.payee_name,
            "counterparty_account": payment.payee_account,
            "on": payment.paid_on,
        }
        if not BankLine.objects.filter(reference=payment.bank_reference, direction="out").exists():
            bank_line(self.funding, payment.amount_fen, payment.bank_reference, **values)
        return reconciliation.confirm(payment.case, actor)

    # --- acceptance and changes of the plan

    @rule(pick=PICK, share=st.integers(min_value=0, max_value=120))
    def accept_a_line(self, pick: int, share: int) -> None:
        """Accept ``share`` percent of a line: more than all of it must be refused."""
        line = self.line(pick)
        fen = line.amount_fen * share // 100
        case = self.opened(CaseKind.ACCEPTANCE)
        acceptance = Acceptance.objects.create(case=case, award=self.award, conclusion="accept", reasons="经核对")
        AcceptanceLine.objects.create(
            acceptance=acceptance, line=line, spent_fen=line.amount_fen, accepted_fen=fen, remark="核减"
        )
        taken(case, "propose_conclusion", self.funding.office["officer"], "proposed")
        live = self.live(line)
        claimed = self.live(line, payment__isnull=False)
        if self.tried(lambda: acceptances.sign_acceptance(case, self.funding.office["head"])):
            assert fen <= line.amount_fen
            self.tally["released"] += live - max(claimed, min(live, fen))
        else:
            taken(case, "drop", self.funding.editor, "dropped")

    @rule(giver=PICK, taker=PICK, fen=FEN)
    def move_between_lines(self, giver: int, taker: int, fen: int) -> None:
        """Change the plan: ``fen`` go from one line to another, whatever was already paid of the first."""
        plan = self.tried(lambda: plan_changes.open_change(self.award, self.funding.editor))
        if not plan:
            return
        rows = list(UsePlanLine.objects.filter(case_id=plan.amends_id))
        lines = [
            {
                "category": one.category,
                "item": one.item,
                "unit": "项",
                "unit_price_fen": one.amount_fen,
                "quantity": 1,
                "key": one.key,
            }
            for one in rows
        ]
        one, other = lines[giver % len(lines)], lines[taker % len(lines)]
        moved = min(fen, one["unit_price_fen"] - 1)
        one["unit_price_fen"] -= moved
        other["unit_price_fen"] += moved
        targets = PerformanceTarget.objects.filter(case_id=plan.amends_id).values(
            "goal", "indicator", "target_hundredths", "unit"
        )
        freeze(plan.case, tuple({k: v for k, v in line.items() if k != "key"} for line in lines), tuple(targets))
        UsePlan.objects.filter(pk=plan.pk).update(conclusion="agreed", change_reason="按实际需要")
        taken(plan.case, "propose_opinion", self.funding.office["officer"], "funder_proposed")
        if not self.tried(lambda: plan_reviews.sign_approval(plan.case, self.funding.office["head"])):
            taken(plan.case, "drop", self.funding.editor, "dropped")

    # --- demands

    @rule(pick=PICK, fen=FEN)
    def demand_back(self, pick: int, fen: int) -> None:
        """Demand any sum of any line: more than was paid must be refused."""
        office, demand = self.funding.office, a_demand(self.award, fen, amounts={self.line(pick).pk: fen})
        made = self.tried(lambda: recoveries.open_demand(self.award, office["officer"], demand))
        if not made:
            return
        proposed = self.tried(lambda: perform(made.case, "propose_demand", office["officer"]))
        if proposed and self.tried(lambda: recoveries.sign_demand(made.case, office["head"])):
            self.tally["demanded"] += fen

    @rule(pick=PICK, fen=FEN, twice=st.booleans())
    def money_comes_back(self, pick: int, fen: int, twice: bool) -> None:
        recovery = self.recovery(pick, "demanded")
        if recovery is None:
            return
        self.references += 1
        row = recovery.lines.get()
        sum_back = min(fen, row.amount_fen - row.returned_fen + 1)
        told = recovery_returns.Returned(timezone.localdate(), f"R{self.references:04}", {row.pk: sum_back})
        act = self.tried(lambda: recovery_returns.record_return(recovery.case, self.funding.finance, told))
        if act:
            self.tally["returned"] += sum_back
            if twice:
                again = recovery_returns.record_return(recovery.case, self.funding.finance, told)
                assert again.pk == act.pk

    @rule(pick=PICK)
    def let_off_the_rest(self, pick: int) -> None:
        recovery = self.recovery(pick, "demanded")
        if recovery is None:
            return
        left = recovery.amount_fen - recovery.returned_fen
        if not self.tried(lambda: recoveries.propose_lift(recovery.case, self.funding.finance, "无力缴回")):
            return
        if self.tried(lambda: recoveries.sign_lift(recovery.case, self.funding.office["head"], "同意")):
            self.tally["demanded"] -= left

    # --- further awards, and crashes

    @rule(fen=st.integers(min_value=CAP - 46_000_003 - 2, max_value=CAP - 46_000_003 + 2))
    def grant_another_award(self, fen: int) -> None:
        """Another award around what the cap leaves; the product must refuse what exceeds it."""
        award = reviewed(self.funding, lines=big(fen))
        try:
            with transaction.atomic():
                case = ready(self.funding, award)
        except WorkflowError:
            return
        net = Award.objects.aggregate(fen=Sum(F("granted_fen") - F("released_fen")))["fen"]
        if self.tried(lambda: award_decisions.sign_award(case, self.funding.office["head"])):
            assert net + fen <= CAP
            self.tally["other"] += fen

    @rule()
    def crash_in_the_next_step(self) -> None:
        self.crashing = True

    # --- what must always hold

    @invariant()
    def sums_tie_to_the_fen(self) -> None:
        lines = AwardLine.objects.filter(award_id=self.award_pk)
        columns = ("approved_fen", "paid_fen", "demanded_fen", "returned_fen", "released_fen")
        sums = lines.aggregate(**{name: Sum(name) for name in columns})
        assert {name: sums[name] for name in columns} == {
            name: self.tally[name.removesuffix("_fen")] for name in columns
        }
        cycle = FundingCycle.objects.get(pk=self.funding.cycle.pk)
        assert cycle.granted_fen == 46_000_003 + self.tally["other"] - self.tally["released"]

    @invariant()
    def verification_finds_nothing(self) -> None:
        assert [found.message for found in verify_cycle(self.funding.cycle)] == []

    @invariant()
    def no_tranche_is_above_its_line(self) -> None:
        for line in AwardLine.objects.filter(award__cycle=self.funding.cycle):
            assert self.live(line) <= line.amount_fen - line.released_fen
            assert line.paid_fen <= line.approved_fen <= line.amount_fen - line.released_fen

    @invariant()
    def no_payment_is_one_persons(self) -> None:
        for entry in LedgerEntry.objects.filter(kind="pay").select_related("act"):
            names = ("check", "approve", "record_payment")
            acts = Act.objects.filter(case_id=entry.act.case_id, name__in=names).order_by("seq")
            people = {act.name: act.actor_id for act in acts}
            assert people["approve"] not in (None, people["check"], people["record_payment"])

    @invariant()
    def no_base_is_above_the_cap_without_an_exception(self) -> None:
        net = Award.objects.filter(base=self.funding.base).aggregate(fen=Sum(F("granted_fen") - F("released_fen")))
        assert net["fen"] <= CAP or CapException.objects.exists()

    # --- how steps are taken

    def tried(self, step: Callable[[], Any]) -> Any:
        """What ``step`` returns; None where it is refused or crashes, and then nothing may have changed."""
        before, crash = self.picture(), self.crashing
        self.crashing = False
        try:
            with transaction.atomic(), failing() if crash else nothing():
                return step()
        except (WorkflowError, Crash):
            assert self.picture() == before
            return None

    def picture(self) -> list[Any]:
        """Everything a refused step must leave alone."""
        return [
            list(model.objects.order_by("pk").values())
            for model in (FundingCycle, AwardLine, Tranche, FundPayment, FundRecovery, LedgerEntry)
        ] + [list(Case.objects.order_by("pk").values_list("pk", "state", "act_count"))]

    def opened(self, kind: str) -> Case:
        return open_base_case(
            self.funding.base,
            kind,
            "随机",
            self.funding.editor,
            label="建立",
            year=timezone.localdate().year,
            rulebook_key=self.award.case.rulebook_key,
        )

    @property
    def award(self) -> Award:
        return Award.objects.select_related("case", "cycle__case", "base").get(pk=self.award_pk)

    @property
    def payee(self) -> payments.Payee:
        return payments.Payee(self.funding.base.institution_name, "6222000011112222333", "测试银行")

    def payment(self, pick: int) -> FundPayment:
        return FundPayment.objects.select_related("case").get(pk=self.keys[pick % len(self.keys)][1])

    def line(self, pick: int) -> AwardLine:
        lines = list(AwardLine.objects.filter(award_id=self.award_pk))
        return lines[pick % len(lines)]

    def recovery(self, pick: int, state: str) -> FundRecovery | None:
        found = list(FundRecovery.objects.filter(case__state=state).select_related("case").order_by("pk"))
        return found[pick % len(found)] if found else None

    @staticmethod
    def live(line: AwardLine, **values: Any) -> int:
        found = Tranche.objects.filter(line=line, is_cancelled=False, **values)
        return found.aggregate(fen=Sum("amount_fen"))["fen"] or 0


@contextmanager
def failing() -> Any:
    """After a step has done all it does, but before it is over, the machine fails."""
    with mock.patch("apps.cases.workflow.engine.outbox.promise", side_effect=Crash):
        yield


@contextmanager
def nothing() -> Any:
    yield

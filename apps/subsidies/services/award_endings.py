"""How an award ends: settled when all of it is accounted for, or terminated with what is unpaid given back."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform, road_of
from apps.documents.services import issue
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import PaymentState, RecoveryState
from apps.subsidies.models import Award, AwardLine, RecoveryLine, Tranche, UsePlan
from apps.subsidies.services import award_documents, payments, sums
from apps.subsidies.services.award_decisions import managing_unit
from apps.subsidies.services.supervision import end_all
from apps.subsidies.workflow.people import funding_of, payment_article

MOST_NAMED = 20
IN_OWN_HANDS = ("draft", "returned")
"""States in which payments, acceptances and reports are the institution's to fill in."""


def cases_of(award: Award) -> list[Case]:
    """Every case of the award's business, the award itself left out, in the order they were opened."""
    found = Case.objects.filter(
        Q(use_plan__award=award)
        | Q(fund_payment__award=award)
        | Q(acceptance__award=award)
        | Q(spending_report__award=award)
        | Q(fund_recovery__award=award)
    )
    return list(found.select_related("turn_organisation").order_by("pk"))


def running_business(award: Award) -> list[Problem]:
    """Payments, acceptances and reports of the award that are under way.

    A payment that the bank's statement confirms is done. A plan is not asked about: it ends with the award. Nor is a
    demand: it outlives the award.
    """
    return [_open(case) for case in _running(award).order_by("pk")[:MOST_NAMED]]


def _running(award: Award) -> QuerySet[Case]:
    return Case.objects.filter(
        Q(fund_payment__award=award) & ~Q(state=PaymentState.CONFIRMED)
        | Q(acceptance__award=award)
        | Q(spending_report__award=award),
        closed_at__isnull=True,
    )


def business_before_termination(award: Award) -> list[Problem]:
    """Business under way that has to be finished before the award is terminated.

    What the institution has not sent, or has back for correction, keeps nobody from it: a payment or acceptance ends
    with the award, a report may still be sent afterwards.
    """
    running = _running(award).exclude(state__in=IN_OWN_HANDS)
    return [_open(case) for case in running.order_by("pk")[:MOST_NAMED]]


def settlement_problems(award: Award) -> list[Problem]:
    """What keeps the award from being settled: business under way, lines not accepted or not paid, money owed."""
    award = Award.objects.select_related("case").get(pk=award.pk)
    problems = running_business(award)
    others = Case.objects.filter(Q(use_plan__award=award) | Q(fund_recovery__award=award), closed_at__isnull=True)
    problems += [_open(case) for case in others.order_by("pk")[:MOST_NAMED]]
    forgiven = _forgiven(award)
    due = _unclaimed(award)
    for line in award.lines.all():
        problems += _line_problems(award, line, forgiven[line.pk], due[line.pk])
    return problems


def _line_problems(award: Award, line: AwardLine, forgiven_fen: int, unclaimed_fen: int) -> list[Problem]:
    road = road_of(award.case)
    problems = []
    if line.amount_fen > line.released_fen and line.accepted_fen is None:
        message = f"“{line.item}”尚未验收。"
        problems.append(Problem("not_accepted", message, payment_article(award.case, road), line.key))
    if unclaimed_fen:
        message = f"“{line.item}”尚有{yuan(unclaimed_fen)}未申请拨付。"
        problems.append(Problem("not_paid", message, payment_article(award.case, road), line.key))
    if line.demanded_fen > line.returned_fen:
        message = f"“{line.item}”尚有{yuan(line.demanded_fen - line.returned_fen)}应缴回未缴回。"
        problems.append(Problem("money_owed", message, where=line.key))
    kept = line.paid_fen - line.demanded_fen - forgiven_fen
    excess = kept - line.accepted_fen if line.accepted_fen is not None else 0
    unspent = kept - line.spent_fen
    if excess > 0 or unspent > 0:
        worse = max(excess, unspent)
        why = "超过验收核定的金额" if excess >= unspent else "没有经核定的使用报告说明用途"
        message = f"“{line.item}”已支付{yuan(line.paid_fen)}，其中{yuan(worse)}{why}，须先报告使用情况或者追回。"
        problems.append(Problem("unaccounted", message, (funding_of(award.case).audit_article,), line.key))
    return problems


def settle(case: Case, actor: Actor, reason: str = "") -> Act:
    """Settle the award: confirmed payments are closed, what was granted and will not be paid goes back to the cycle."""

    def change(locked: Case, act: Act) -> None:
        award = Award.objects.select_related("case", "cycle").get(pk=locked.pk)
        _close_payments(award)
        end_all(award)
        _release_rest(award, act, "结清时未使用的资助金额收回")
        with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
            Award.objects.filter(pk=locked.pk).update(settled_on=timezone.localdate(act.at))

    return perform(case, "settle", actor, reason=reason, change=change)


def terminate(case: Case, actor: Actor, reason: str) -> Act:
    """End the award for good: its open plan ends, nothing more is paid, what is unpaid goes back to the cycle.

    What was paid is accounted for or demanded back afterwards. The base is told, with the reason and the remedies.
    """

    def change(locked: Case, act: Act) -> None:
        award = Award.objects.select_related("case", "base", "cycle__case").get(pk=locked.pk)
        _end_unsent(award)
        _close_payments(award)
        end_all(award)
        released = _release_rest(award, act, "资助终止，未拨付金额收回")
        paid = award.lines.aggregate(total=Sum("paid_fen"))["total"] or 0
        content = award_documents.terminated(award, act, paid_fen=paid, released_fen=released)
        issue(
            locked,
            act,
            "award_termination",
            content,
            issuer=locked.authority,
            addressee=locked.institution,
            deliver_to=managing_unit(award.base),
        )

    return perform(case, "terminate", actor, reason=reason, change=change)


def _end_unsent(award: Award) -> None:
    """The open plan ends, and payments and acceptances that the institution has not sent: nobody gets to hold them."""
    for plan in UsePlan.objects.filter(award=award, case__closed_at__isnull=True).select_related("case"):
        perform(plan.case, "end_with_award", None)
    payments_of = award.payments.filter(case__state__in=IN_OWN_HANDS).select_related("case")
    for payment in payments_of.order_by("pk"):
        perform(payment.case, "end_with_award", None, change=lambda locked, act: payments.free(locked.fund_payment))
    for acceptance in award.acceptances.filter(case__state__in=IN_OWN_HANDS).select_related("case").order_by("pk"):
        perform(acceptance.case, "end_with_award", None)


def _close_payments(award: Award) -> None:
    confirmed = award.payments.filter(case__state=PaymentState.CONFIRMED).select_related("case")
    for payment in confirmed.order_by("pk"):
        perform(payment.case, "close", None)


def _release_rest(award: Award, act: Act, memo: str) -> int:
    """Give back what is neither paid nor released, by line and of the award as a whole; says how many fen."""
    with scopes_disabled():
        Tranche.objects.filter(line__award_id=award.pk, payment__isnull=True, is_cancelled=False).update(
            is_cancelled=True
        )
    lines = list(award.lines.order_by("pk"))
    amounts: dict[AwardLine | None, int] = {
        line: line.amount_fen - line.released_fen - line.approved_fen for line in lines
    }
    amounts[None] = sums.unallocated(award.pk)
    if min(amounts.values()) < 0:
        raise Blocked(Problem("sums_differ", "本资助的金额与账簿不一致，请先由财务核对账簿。"))
    amounts = {line: fen for line, fen in amounts.items() if fen}
    if amounts:
        sums.release(award, act, amounts, memo)
    return sum(amounts.values())


def _forgiven(award: Award) -> dict[int, int]:
    """By line, what was demanded back and then not asked for any more."""
    found: dict[int, int] = defaultdict(int)
    lifted = RecoveryLine.objects.filter(recovery__award=award, recovery__case__state=RecoveryState.LIFTED)
    for line, fen in lifted.values_list("line_id").annotate(total=Sum(F("amount_fen") - F("returned_fen"))):
        found[line] = fen
    return found


def _unclaimed(award: Award) -> dict[int, int]:
    """By line, what no payment has asked for yet."""
    found: dict[int, int] = defaultdict(int)
    waiting = Tranche.objects.filter(line__award=award, payment__isnull=True, is_cancelled=False)
    for line, fen in waiting.values_list("line_id").annotate(total=Sum("amount_fen")):
        found[line] = fen
    return found


def _open(case: Case) -> Problem:
    return Problem("case_open", f"“{case.get_kind_display()}”（{case.number}）尚未办结。", where=case.number)

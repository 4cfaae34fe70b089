"""How an award ends: settled to the fen, or terminated with what is unpaid given back."""

import pytest
from django.utils import timezone

from apps.cases.models import Document
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import perform
from apps.inspections.services import aftermath
from apps.subsidies.models import AwardLine, FundingCycle, LedgerPosting, Tranche
from apps.subsidies.services import award_endings
from apps.subsidies.services.acceptances import open_acceptance
from apps.subsidies.services.award_decisions import return_for_correction
from apps.subsidies.services.verification import verify_cycle
from tests.inspections.sanctions import story as sanctions
from tests.subsidies.building import LINES, Funding, accept_line, active_award, make_award, make_payment, move
from tests.subsidies.decisions.story import ASKED, fresh, granted, reviewed

pytestmark = pytest.mark.django_db


def codes(problems) -> set[str]:
    return {problem.code for problem in problems}


def terminated(funding: Funding, award, reason: str):
    """The award terminated by the head after the officer put it forward."""
    perform(award.case, "propose_termination", funding.office["officer"], reason=reason)
    return award_endings.terminate(award.case, funding.office["head"], reason)


def finished(funding: Funding):
    """An award all of whose lines are accepted, paid, confirmed and spent."""
    award = active_award(funding)
    for line in award.lines.all():
        accept_line(line)
    make_payment(funding, award, list(Tranche.objects.filter(line__award=award)), state="confirmed")
    for line in AwardLine.objects.filter(award=award):
        line.spent_fen = line.paid_fen
        line.save()
    return fresh(award)


def test_a_finished_award_is_settled_by_two_people_and_its_payments_closed():
    funding = Funding()
    award = finished(funding)
    assert award_endings.settlement_problems(award) == []
    perform(award.case, "propose_settlement", funding.office["officer"])
    with pytest.raises(NotPermitted):
        award_endings.settle(award.case, funding.office["officer"])
    award_endings.settle(award.case, funding.office["head"])
    award = fresh(award)
    assert (award.case.state, award.released_fen, award.settled_on) == ("settled", 0, timezone.localdate())
    assert award.payments.get().case.state == "closed"
    assert FundingCycle.objects.get(pk=award.cycle_id).granted_fen == ASKED


def test_what_was_recognised_below_the_plan_is_back_in_the_cycle_when_settled():
    funding = Funding()
    award = active_award(funding)
    for line in award.lines.all():
        accept_line(line, line.amount_fen - (300 if line.key == "l1" else 0))
    make_payment(funding, award, list(Tranche.objects.filter(line__award=award, is_cancelled=False)), state="confirmed")
    for line in AwardLine.objects.filter(award=award):
        line.spent_fen = line.paid_fen
        line.save()
    perform(award.case, "propose_settlement", funding.office["officer"])
    award_endings.settle(award.case, funding.office["head"])
    award = fresh(award)
    assert award.released_fen == 300
    assert FundingCycle.objects.get(pk=award.cycle_id).granted_fen == ASKED - 300


def test_nothing_is_settled_before_lines_are_accepted_and_paid():
    funding = Funding()
    award = active_award(funding)
    problems = award_endings.settlement_problems(award)
    assert codes(problems) == {"not_accepted", "not_paid"}
    assert len(problems) == 2 * len(LINES)
    with pytest.raises(Blocked):
        perform(award.case, "propose_settlement", funding.office["officer"])


@pytest.mark.parametrize("state", ["submitted", "checked", "approved", "paid", "reversal_proposed"])
def test_a_payment_under_way_keeps_the_award_from_ending(state):
    funding = Funding()
    award = active_award(funding)
    payment = make_payment(funding, award)
    move(payment.case, state)
    assert [one.where for one in award_endings.running_business(award)] == [payment.case.number]
    with pytest.raises(Blocked) as refused:
        terminated(funding, award, "单位申请终止")
    assert codes(refused.value.problems) == {"case_open"}


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_what_the_institution_has_not_sent_ends_with_the_award_instead_of_keeping_it(state):
    funding = Funding()
    award = active_award(funding)
    payment = make_payment(funding, award)
    move(payment.case, state)
    acceptance = open_acceptance(award, funding.editor)
    move(acceptance.case, state)
    assert codes(award_endings.settlement_problems(award)) >= {"case_open"}
    terminated(funding, award, "项目停止实施")
    award = fresh(award)
    for case in (payment.case, acceptance.case):
        case.refresh_from_db()
        assert (case.state, case.closed_at is not None) == ("discontinued", True)
    assert (award.case.state, award.released_fen) == ("terminated", ASKED)
    assert not Tranche.objects.filter(line__award=award, is_cancelled=False).exists()
    assert verify_cycle(award.cycle) == []


def test_money_that_no_report_accounts_for_keeps_the_award_from_being_settled():
    funding = Funding()
    award = finished(funding)
    line = award.lines.get(key="l2")
    line.spent_fen -= 1
    line.save()
    problems = award_endings.settlement_problems(award)
    assert codes(problems) == {"unaccounted"}
    assert "0.01元" in problems[0].message
    AwardLine.objects.filter(pk=line.pk).update(demanded_fen=1)
    assert codes(award_endings.settlement_problems(award)) == {"money_owed"}
    AwardLine.objects.filter(pk=line.pk).update(returned_fen=1)
    assert award_endings.settlement_problems(award) == []


def test_money_paid_above_what_was_recognised_is_demanded_first():
    funding = Funding()
    award = active_award(funding)
    make_payment(funding, award, state="confirmed")
    line = award.lines.get(key="l1")
    assert line.paid_fen == 7_500_001
    line.spent_fen = line.paid_fen
    line.save()
    for one in award.lines.all():
        accept_line(one, 7_500_000 if one.key == "l1" else None)
    problems = [one for one in award_endings.settlement_problems(award) if one.where == "l1"]
    assert codes(problems) == {"unaccounted"}
    assert "0.01元超过验收核定的金额" in problems[0].message


def test_termination_gives_the_unpaid_back_and_keeps_what_was_paid():
    funding = Funding()
    award = active_award(funding)
    make_payment(funding, award, state="confirmed")
    with pytest.raises(NotPermitted):
        award_endings.terminate(award.case, funding.office["officer"], "单位申请终止")
    with pytest.raises(Blocked) as refused:
        award_endings.terminate(award.case, funding.office["head"], "单位申请终止")
    assert codes(refused.value.problems) == {"not_proposed"}
    terminated(funding, award, "单位申请终止")
    award = fresh(award)
    assert (award.case.state, award.released_fen) == ("terminated", ASKED - 7_500_001)
    assert FundingCycle.objects.get(pk=award.cycle_id).granted_fen == 7_500_001
    assert not Tranche.objects.filter(line__award=award, payment__isnull=True, is_cancelled=False).exists()
    assert award.payments.get().case.state == "closed"
    released = LedgerPosting.objects.filter(entry__award=award, entry__kind="release")
    assert sum(one.amount_fen for one in released) == ASKED - 7_500_001
    assert {(one.debit, one.credit) for one in released} == {("committed", "available")}
    document = Document.objects.get(case=award.case)
    assert (document.kind, document.legal_basis) == ("award_termination", ["36"])
    assert "75,000.01元" in str(document.content)
    assert document.remedies


def test_an_award_given_up_before_its_plan_ends_with_its_plan():
    from apps.bases.services import open_base_case
    from apps.subsidies.models import UsePlan

    funding = Funding()
    award = granted(funding, reviewed(funding))
    case = open_base_case(award.base, "use_plan", "使用方案", funding.editor, label="编制", year=2026)
    UsePlan.objects.create(case=case, base=award.base, award=award, year=2026, granted_fen=ASKED)
    terminated(funding, award, "单位放弃资助")
    award = fresh(award)
    assert (award.case.state, award.released_fen) == ("terminated", ASKED)
    case.refresh_from_db()
    assert (case.state, case.closed_at is not None) == ("discontinued", True)
    assert FundingCycle.objects.get(pk=award.cycle_id).granted_fen == 0


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "reviewed", "finance_review", "decision_ready"])
def test_the_aftermath_of_a_revocation_breaks_off_an_application(state):
    funding = Funding()
    award = make_award(funding, state="submitted")
    move(award.case, state)
    case = sanctions.revoked_after_failure(funding)
    officer = funding.office["officer"]
    aftermath.settle_case(case, officer, award.case.number, decision="discontinue", reason="资格已取消")
    assert fresh(award).case.state == "discontinued"


def test_the_aftermath_of_a_revocation_lets_an_award_go_on_until_the_head_terminates_it():
    funding = Funding()
    award = active_award(funding)
    case = sanctions.revoked_after_failure(funding)
    officer = funding.office["officer"]
    with pytest.raises(Blocked) as refused:
        aftermath.settle_case(case, officer, award.case.number, decision="discontinue", reason="资格已取消")
    assert codes(refused.value.problems) == {"no_such_step"}
    aftermath.settle_case(case, officer, award.case.number, decision="continue", reason="由负责人终止资助")
    terminated(funding, award, "基地资格已取消")
    award = fresh(award)
    assert (award.case.state, award.released_fen) == ("terminated", ASKED)


def test_an_application_not_corrected_in_time_is_ended_by_the_head():
    funding = Funding()
    award = make_award(funding, state="submitted")
    return_for_correction(award.case, funding.office["officer"], ["补充说明"])
    with pytest.raises(Blocked) as refused:
        perform(award.case, "close_unanswered", funding.office["head"], reason="逾期")
    assert codes(refused.value.problems) == {"window_open"}
    with sanctions.travel(40):
        perform(award.case, "close_unanswered", funding.office["head"], reason="逾期")
    assert fresh(award).case.state == "withdrawn"

"""Demands for return: what may be demanded, what comes back and counts once, what is let off; exact to the fen."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from apps.bases.models import BaseStatus
from apps.cases.models import Case, Clock, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.documents.services import ensure_rendered
from apps.subsidies.models import FundRecovery, FundReturn, LedgerPosting
from apps.subsidies.services import recoveries
from apps.subsidies.services.recovery_checks import due_back, overdue_days, overdue_recoveries, suggested
from apps.subsidies.services.recovery_returns import Returned, incoming, prove_by, record_return
from tests.subsidies.building import Funding, active_award, move, people
from tests.subsidies.recoveries.story import a_demand, bank_line, came, demanded, drafted, fresh
from tests.subsidies.spending.story import PAID, accepted, first_line, paid_award, pdf, row

pytestmark = pytest.mark.django_db


def owed(award) -> tuple[int, int]:
    line = first_line(award)
    return line.demanded_fen, line.returned_fen


def posted(kind: str) -> list[tuple[str, str, int]]:
    found = LedgerPosting.objects.filter(entry__kind=kind)
    return list(found.values_list("debit", "credit", "amount_fen"))


def test_signed_demand_is_owed_posted_sent_and_has_its_term():
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award, 1_000_001)
    assert (case.state, case.turn_organisation_id) == ("demanded", funding.institution.pk)
    assert owed(award) == (1_000_001, 0)
    assert posted("demand") == [("receivable", "clawback", 1_000_001)]
    clock = Clock.objects.get(case=case)
    assert (clock.basis, clock.state, len(clock.counting)) == ("officer", "running", 30)
    document = Document.objects.get(case=case)
    assert (document.kind, document.addressee_id) == ("recovery_demand", funding.institution.pk)
    assert "行政复议" in document.remedies
    assert ensure_rendered(document).pages == 2


def test_draft_is_not_shown_to_the_institution():
    funding = Funding()
    case = drafted(funding, paid_award(funding), 100)
    assert not case.parties.get(organisation=funding.institution).active
    perform(case, "propose_demand", funding.office["officer"])
    recoveries.sign_demand(fresh(case), funding.office["head"])
    assert case.parties.get(organisation=funding.institution).active


def test_demand_above_what_was_paid_by_one_fen_is_refused():
    funding = Funding()
    award = paid_award(funding)
    case = drafted(funding, award, PAID + 1)
    with pytest.raises(Blocked) as blocked:
        perform(case, "propose_demand", funding.office["officer"])
    [problem] = blocked.value.problems
    assert problem.message == (
        "“实训设备”已支付75,000.01元，已要求缴回0.00元，本次最多追回75,000.01元，现填75,000.02元。"
    )


def test_second_demand_counts_the_first_even_when_both_were_drafted_before():
    funding = Funding()
    award = paid_award(funding)
    first, second = drafted(funding, award, PAID - 1), drafted(funding, award, 2)
    for case in (first, second):
        perform(case, "propose_demand", funding.office["officer"])
    recoveries.sign_demand(fresh(first), funding.office["head"])
    with pytest.raises(Blocked, match=r"本次最多追回0\.01元"):
        recoveries.sign_demand(fresh(second), funding.office["head"])
    assert owed(award) == (PAID - 1, 0)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"facts": " "}, "facts_missing"),
        ({"articles": []}, "articles_missing"),
        ({"articles": ["8(1)"]}, "articles_missing"),
        ({"amounts": {}}, "sums_missing"),
        ({"due_on": None}, "term_missing"),
        ({"due_on": dt.date(2020, 1, 1)}, "term_over"),
        ({"account": ""}, "account_missing"),
    ],
)
def test_incomplete_demand_is_refused_with_what_it_lacks(values, code):
    funding = Funding()
    case = drafted(funding, paid_award(funding), 100, **values)
    with pytest.raises(Blocked) as blocked:
        perform(case, "propose_demand", funding.office["officer"])
    assert [one.code for one in blocked.value.problems] == [code]


def test_only_the_authoritys_clerks_draft_and_another_person_signs():
    funding, other = Funding(), Funding()
    award = paid_award(funding)
    allowed = ("officer", "officer2", "finance", "finance2")
    for name, actor in [*people(funding).items(), ("stranger", other.office["officer"])]:
        if name in allowed or actor is None:
            continue
        with pytest.raises(NotPermitted):
            recoveries.open_demand(award, actor, a_demand(award, 100))
    assert not FundRecovery.objects.exists()
    case = drafted(funding, award, 100)
    perform(case, "propose_demand", funding.office["officer"])
    for actor in (funding.office["officer"], funding.finance, funding.head):
        with pytest.raises(NotPermitted):
            recoveries.sign_demand(fresh(case), actor)


def test_terminated_award_of_an_ended_base_is_still_demanded_from():
    funding = Funding()
    award = paid_award(funding)
    move(award.case, "terminated")
    funding.base.status = BaseStatus.REVOKED
    funding.base.save()
    assert suggested(award, "terminated") == {first_line(award).pk: PAID}
    case = demanded(funding, award, PAID, ground="terminated", articles=["36"])
    record_return(case, funding.finance, came(case, PAID))
    assert fresh(case).state == "returned"


def test_award_without_payment_has_nothing_to_demand():
    funding = Funding()
    award = active_award(funding)
    with pytest.raises(Blocked, match="尚未支付"):
        drafted(funding, award, 100)


def test_partial_returns_add_up_and_the_last_one_closes():
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award, 1_000_001)
    record_return(case, funding.finance, came(case, 333_333, "A1"))
    assert (fresh(case).state, owed(award)) == ("demanded", (1_000_001, 333_333))
    record_return(fresh(case), funding.finance2, came(case, 666_668, "A2"))
    case = fresh(case)
    assert (case.state, owed(award)) == ("returned", (1_000_001, 1_000_001))
    assert posted("return") == [("bank", "receivable", 333_333), ("bank", "receivable", 666_668)]
    assert Clock.objects.get(case=case).state == "met"


def test_same_return_told_twice_is_one():
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award)
    first = record_return(case, funding.finance, came(case, 500, "A 1"))
    again = record_return(fresh(case), funding.finance2, came(case, 500, "A1"))
    assert again == first
    assert (FundReturn.objects.count(), owed(award)[1]) == (1, 500)


def test_same_return_told_again_after_the_close_is_still_one():
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award, 500)
    first = record_return(case, funding.finance, came(case, 500))
    assert record_return(fresh(case), funding.finance, came(case, 500)) == first
    assert (fresh(case).state, owed(award)) == ("returned", (500, 500))


def test_reference_of_another_sum_or_demand_is_refused():
    funding = Funding()
    award = paid_award(funding)
    case, other = demanded(funding, award), demanded(funding, award, 700)
    record_return(case, funding.finance, came(case, 500))
    for target, fen in ((case, 501), (other, 500)):
        with pytest.raises(Blocked, match="已登记过另一笔缴回"):
            record_return(fresh(target), funding.finance, came(target, fen))
    assert owed(award)[1] == 500


@pytest.mark.parametrize(
    ("fen", "days", "reference", "code"),
    [
        (1_000_002, 0, "X", "above_owed"),
        (5, 1, "X", "day_ahead"),
        (5, 0, " ", "reference_missing"),
        (0, 0, "X", "sums_missing"),
    ],
)
def test_return_that_cannot_be_is_refused(fen, days, reference, code):
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award)
    told = came(case, fen, reference, timezone.localdate() + dt.timedelta(days=days))
    with pytest.raises(Blocked) as blocked:
        record_return(case, funding.finance, told)
    assert [one.code for one in blocked.value.problems] == [code]
    assert owed(award) == (1_000_001, 0)


def test_return_on_a_line_of_another_demand_is_refused():
    funding = Funding()
    award = paid_award(funding)
    case, other = demanded(funding, award), demanded(funding, award, 700)
    foreign = other.fund_recovery.lines.get()
    with pytest.raises(Blocked):
        record_return(case, funding.finance, Returned(timezone.localdate(), "X", {foreign.pk: 5}))
    foreign.refresh_from_db()
    assert foreign.returned_fen == 0


def test_return_is_proved_by_the_statements_line_and_the_line_serves_once():
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award)
    line = bank_line(funding, 500)
    bank_line(funding, 2_000_000, "F0002")
    bank_line(funding, 500, "F0003", direction="out")
    assert list(incoming(case.fund_recovery)) == [line]
    record_return(case, funding.finance, came(case, 500))
    line.refresh_from_db()
    assert (line.state, line.note, line.fund_return.amount_fen) == ("matched", f"追回缴回{case.number}", 500)
    assert not incoming(case.fund_recovery).exists()


@pytest.mark.parametrize("values", [{"fen": 501}, {"days": 1}])
def test_return_that_differs_from_the_statement_is_refused(values):
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award)
    line = bank_line(funding, 500, on=timezone.localdate() - dt.timedelta(days=1))
    told = came(case, values.get("fen", 500), on=line.on + dt.timedelta(days=values.get("days", 0)))
    with pytest.raises(Blocked, match="不符"):
        record_return(case, funding.finance, told)
    line.refresh_from_db()
    assert (line.state, owed(award)[1]) == ("unmatched", 0)


def test_line_that_proves_something_else_does_not_prove_a_return():
    funding = Funding()
    case = demanded(funding, paid_award(funding))
    bank_line(funding, 500, state="ignored")
    with pytest.raises(Blocked, match="与本业务无关"):
        record_return(case, funding.finance, came(case, 500))


def test_statement_that_comes_later_proves_the_return():
    funding = Funding()
    case = demanded(funding, paid_award(funding))
    record_return(case, funding.finance, came(case, 500))
    assert prove_by(bank_line(funding, 499)) is None
    line = bank_line(funding, 500)
    made = prove_by(line)
    line.refresh_from_db()
    assert made == FundReturn.objects.get(bank_line=line)
    assert line.state == "matched"


def test_only_finance_records_returns():
    funding, other = Funding(), Funding()
    case = demanded(funding, paid_award(funding))
    for name, actor in [*people(funding).items(), ("stranger", other.finance)]:
        if name in ("finance", "finance2") or actor is None:
            continue
        with pytest.raises(NotPermitted):
            record_return(fresh(case), actor, came(case, 5))
    assert not FundReturn.objects.exists()


def test_rest_is_let_off_by_the_head_with_reasons_and_no_longer_owed():
    funding = Funding()
    award = paid_award(funding)
    case = demanded(funding, award, 1_000_001)
    record_return(case, funding.finance, came(case, 400_000))
    recoveries.propose_lift(fresh(case), funding.finance, "单位已注销，无可供执行财产。")
    with pytest.raises(NotPermitted):
        recoveries.sign_lift(fresh(case), funding.finance2)
    recoveries.sign_lift(fresh(case), funding.office["head"])
    case = fresh(case)
    assert (case.state, owed(award)) == ("lifted", (400_000, 400_000))
    assert posted("reverse") == [("clawback", "receivable", 600_001)]
    assert Case.objects.get(pk=case.pk).acts.get(name="sign_lift").reason == "单位已注销，无可供执行财产。"
    with pytest.raises(WrongState):
        record_return(case, funding.finance, came(case, 5, "A9"))


def test_institution_sends_proof_with_files_whatever_has_become_of_the_term():
    funding = Funding()
    case = demanded(funding, paid_award(funding))
    with pytest.raises(Blocked, match="请上传缴回凭证"):
        recoveries.record_proof(case, funding.editor, " ")
    with time_machine.travel(timezone.now() + dt.timedelta(days=60), tick=True):
        act = recoveries.record_proof(fresh(case), funding.editor, "已汇出。", [pdf("回单.pdf")])
    assert (act.reason, act.data) == ("已汇出。", {"files": ["回单.pdf"]})
    assert case.attachments.get().purpose == "return_proof"


def test_demand_is_overdue_on_the_day_after_its_term_until_all_has_come():
    funding = Funding()
    case = demanded(funding, paid_award(funding), 500)
    due = timezone.localdate() + dt.timedelta(days=30)
    noon = dt.datetime.combine(due, dt.time(12), tzinfo=timezone.get_current_timezone())
    with time_machine.travel(noon, tick=True):
        assert not overdue_recoveries(funding.base).exists()
        assert overdue_days(case.fund_recovery) == 0
    with time_machine.travel(noon + dt.timedelta(days=1), tick=True):
        assert list(overdue_recoveries(funding.base)) == [case.fund_recovery]
        assert overdue_days(case.fund_recovery) == 1
        assert not overdue_recoveries(Funding().base).exists()
        record_return(case, funding.finance, came(case, 500))
        assert not overdue_recoveries(funding.base).exists()


def test_final_report_shows_what_is_wrong_and_what_is_left_and_each_is_demanded_once():
    funding = Funding()
    award = paid_award(funding)
    case = accepted(funding, award, [row(1, "60000.00"), row(2, "5000.00")], {1: 120_000}, is_final=True)
    line = first_line(award)
    # 75,000.01 paid; 65,000.00 reported, of which 1,200.00 refused; 10,000.01 left.
    assert due_back(award) == {"misspent": {line.pk: 120_000}, "unspent": {line.pk: 1_000_001}}
    wrong = drafted(funding, award, 120_000)
    assert due_back(award) == {"misspent": {}, "unspent": {line.pk: 1_000_001}}
    perform(wrong, "propose_demand", funding.office["officer"])
    recoveries.sign_demand(fresh(wrong), funding.office["head"])
    assert due_back(award) == {"misspent": {}, "unspent": {line.pk: 1_000_001}}
    rest = demanded(funding, award, 1_000_001, ground="unspent")
    assert due_back(award) == {"misspent": {}, "unspent": {}}
    recoveries.propose_lift(rest, funding.finance, "免予追回。")
    recoveries.sign_lift(fresh(rest), funding.office["head"])
    assert due_back(award) == {"misspent": {}, "unspent": {}}
    assert case.spending_report.is_final


def test_report_that_is_not_final_leaves_nothing_unspent():
    funding = Funding()
    award = paid_award(funding)
    accepted(funding, award, [row(1, "60000.00")])
    assert due_back(award) == {"misspent": {}, "unspent": {}}

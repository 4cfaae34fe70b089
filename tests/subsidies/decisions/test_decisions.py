"""The decision on an application: who takes it, what it rests on, what it does to the sums, what its document says."""

import pytest

from apps.cases.models import Document
from apps.cases.selectors import visible_cases
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.subsidies.models import FundingCycle, LedgerEntry
from apps.subsidies.services import award_decisions as decisions
from tests.subsidies.building import BUDGET, Funding, make_award
from tests.subsidies.decisions.story import (
    ASKED,
    fresh,
    grant,
    granted,
    in_full,
    proposed,
    ready,
    reviewed,
)

pytestmark = pytest.mark.django_db


def codes(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def test_a_grant_sets_its_sum_aside_and_tells_the_base(first_plans):
    funding = Funding()
    award = granted(funding, reviewed(funding))
    assert (award.case.state, award.granted_fen, award.released_fen) == ("granted", ASKED, 0)
    assert FundingCycle.objects.get(pk=award.cycle_id).granted_fen == ASKED
    entry = LedgerEntry.objects.get(award=award)
    posting = entry.postings.get()
    assert (entry.kind, posting.debit, posting.credit, posting.amount_fen) == ("grant", "available", "committed", ASKED)
    assert [one[0::2] for one in first_plans] == [(award.pk, "sign_award")]
    assert award.granted_on is not None


def test_the_decision_names_every_line_the_sum_and_the_articles():
    funding = Funding()
    award = reviewed(funding)
    sums = in_full(award) | {"l2": 8_000_000}
    award = granted(funding, award, sums)
    document = Document.objects.get(case=award.case)
    assert (document.kind, document.addressee) == ("award_decision", funding.institution)
    told = str(document.content)
    for part in (
        "实训设备",
        "150,000.03元",
        "160,000.00元",
        "80,000.00元",
        "380,000.03元",
        "平均81.50分",
        "第三十二条",
    ):
        assert part in told
    for article in ("第三十六条", "第三十五条", "第三十七条"):
        assert article in told
    assert document.remedies  # less than asked
    assert document.deliveries.count() == 2


def test_a_grant_in_full_has_nothing_to_appeal_against():
    funding = Funding()
    award = granted(funding, reviewed(funding))
    assert Document.objects.get(case=award.case).remedies == ""


def test_the_guiding_unit_reads_the_award_once_it_is_granted():
    funding = Funding()
    award = reviewed(funding)
    case = ready(funding, award)
    assert not visible_cases(funding.unit_officer).filter(pk=case.pk).exists()
    decisions.sign_award(case, funding.office["head"])
    assert visible_cases(funding.unit_officer).filter(pk=case.pk).exists()


def test_a_line_gets_no_more_than_was_asked_for():
    funding = Funding()
    award = reviewed(funding)
    with pytest.raises(Blocked) as refused:
        proposed(funding, award, in_full(award) | {"l1": 15_000_004})
    assert codes(refused) == {"above_asked"}
    assert "150,000.04元" in refused.value.problems[0].message
    assert fresh(award).case.state == "reviewed"
    assert not award.case.use_plan_lines.filter(granted_fen__isnull=False).exists()


def test_a_sum_for_a_line_there_is_not_is_refused():
    funding = Funding()
    award = reviewed(funding)
    with pytest.raises(Blocked) as refused:
        proposed(funding, award, {"l9": 1})
    assert codes(refused) == {"line_unknown"}


@pytest.mark.parametrize(("passed", "word"), [(False, "未通过专家评审"), (None, "尚无专家评审结论")])
def test_a_grant_against_the_experts_is_refused_with_the_article(passed, word):
    funding = Funding()
    award = reviewed(funding, passed=passed)
    with pytest.raises(Blocked) as refused:
        proposed(funding, award)
    assert codes(refused) == {"panel_not_passed"}
    assert word in refused.value.problems[0].message
    assert refused.value.problems[0].articles == ("32",)


def test_a_grant_of_nothing_and_one_without_reasons_are_refused():
    funding = Funding()
    award = reviewed(funding)
    with pytest.raises(Blocked) as refused:
        decisions.propose(award.case, funding.office["officer"], grant({}, " "))
    assert codes(refused) == {"nothing_granted", "reasons_missing"}


def test_a_use_that_needs_the_finance_department_gets_nothing_without_its_approval():
    funding = Funding()
    line = {"category": "other_approved", "item": "调研", "unit": "项", "unit_price_fen": 100, "quantity": 1}
    award = reviewed(funding, lines=(line,))
    with pytest.raises(Blocked) as refused:
        proposed(funding, award)
    assert codes(refused) == {"approval_missing"}
    assert refused.value.problems[0].articles == ("34(4)",)
    award.case.use_plan_lines.update(finance_approval="沪财教〔2026〕3号")
    assert proposed(funding, award).state == "finance_review"


def test_more_than_the_cycle_has_left_is_refused():
    funding = Funding(cycle={"budget_fen": ASKED - 1})
    award = reviewed(funding)
    with pytest.raises(Blocked) as refused:
        proposed(funding, award)
    assert codes(refused) == {"budget_exceeded"}
    assert "460,000.03元" in refused.value.problems[0].message
    assert "460,000.02元" in refused.value.problems[0].message


def test_a_budget_used_up_meanwhile_blocks_the_signature_and_leaves_no_trace():
    funding = Funding(cycle={"budget_fen": ASKED + 10})
    award = reviewed(funding)
    case = ready(funding, award)
    FundingCycle.objects.filter(pk=funding.cycle.pk).update(granted_fen=11)
    with pytest.raises(Blocked) as refused:
        decisions.sign_award(case, funding.office["head"])
    assert codes(refused) == {"budget_exceeded"}
    award = fresh(award)
    assert (award.case.state, award.granted_fen) == ("decision_ready", 0)
    assert not Document.objects.exists()


def test_each_step_has_another_person():
    funding = Funding()
    award = reviewed(funding)
    case = proposed(funding, award)
    for actor in (funding.office["officer"], funding.office["head"], funding.head, funding.unit_head):
        with pytest.raises(NotPermitted):
            decisions.agree_finance(case, actor, "同意")
    decisions.agree_finance(case, funding.finance, "同意")
    for actor in (funding.office["officer"], funding.finance, funding.finance2, funding.head):
        with pytest.raises(NotPermitted):
            decisions.sign_award(case, actor)
    assert fresh(award).granted_fen == 0


def test_one_who_is_officer_finance_and_head_still_needs_others():
    from apps.accounts.enums import Role
    from tests.factories import member

    funding = Funding()
    one = member(funding.authority, Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD)
    award = reviewed(funding)
    decisions.propose(award.case, one, grant(in_full(award)))
    with pytest.raises(NotPermitted) as refused:
        decisions.agree_finance(award.case, one, "同意")
    assert codes(refused) == {"separation_of_duties"}
    decisions.agree_finance(award.case, funding.finance, "同意")
    with pytest.raises(NotPermitted):
        decisions.sign_award(award.case, one)


def test_the_finance_side_sends_a_proposal_back():
    funding = Funding()
    award = reviewed(funding)
    case = proposed(funding, award)
    with pytest.raises(Blocked):
        decisions.return_from_finance(case, funding.finance, " ")
    decisions.return_from_finance(case, funding.finance, "标准偏高")
    award = fresh(award)
    assert (award.case.state, award.finance_opinion) == ("reviewed", "标准偏高")


def test_a_stale_page_changes_nothing():
    funding = Funding()
    award = reviewed(funding)
    version = award.case.version
    proposed(funding, award)
    decisions.return_from_finance(award.case, funding.finance, "标准偏高")
    with pytest.raises(WrongState):
        decisions.propose(award.case, funding.office["officer2"], grant({"l1": 1}), version=version)
    assert fresh(award).proposed_fen == ASKED


def test_a_refusal_says_why_and_what_can_be_done(first_plans):
    funding = Funding()
    award = reviewed(funding, passed=False)
    case = award.case
    decisions.propose(case, funding.office["officer"], decisions.Proposal("decline", "目标不可衡量"))
    decisions.agree_finance(case, funding.finance, "同意")
    with pytest.raises(WrongState):
        decisions.sign_award(case, funding.office["head"])
    decisions.sign_decline(case, funding.office["head"])
    award = fresh(award)
    assert (award.case.state, award.granted_fen) == ("declined", 0)
    document = Document.objects.get(case=case)
    assert (document.kind, document.legal_basis) == ("award_declined", ["32"])
    assert "目标不可衡量" in str(document.content)
    assert "六十日" in document.remedies
    assert (first_plans, LedgerEntry.objects.filter(award=award).count()) == ([], 0)
    assert FundingCycle.objects.get(pk=funding.cycle.pk).granted_fen == 0
    assert funding.cycle.budget_fen == BUDGET


def test_a_decision_once_signed_cannot_be_signed_again():
    funding = Funding()
    award = granted(funding, reviewed(funding))
    with pytest.raises(WrongState):
        decisions.sign_award(award.case, funding.head2)
    assert LedgerEntry.objects.filter(award=award, kind="grant").count() == 1


def test_an_ended_base_is_granted_nothing():
    funding = Funding()
    award = reviewed(funding)
    case = ready(funding, award)
    funding.base.status = "revoked"
    funding.base.save()
    with pytest.raises(Blocked) as refused:
        decisions.sign_award(case, funding.office["head"])
    assert codes(refused) == {"base_ended"}
    assert fresh(award).granted_fen == 0


def test_an_application_is_returned_item_by_item():
    funding = Funding()
    award = make_award(funding, state="submitted")
    officer = funding.office["officer"]
    with pytest.raises(Blocked):
        decisions.return_for_correction(award.case, officer, ["", "  "])
    decisions.return_for_correction(award.case, officer, ["单价无依据", " ", "目标须可衡量 "])
    award = fresh(award)
    assert (award.case.state, award.return_text) == ("returned", "单价无依据\n目标须可衡量")
    assert award.case.turn_organisation == funding.institution
    assert award.case.acts.get(name="return_for_correction").data == {"items": ["单价无依据", "目标须可衡量"]}

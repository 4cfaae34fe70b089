"""Use plans: the first one of an award, its changes, and what of them comes into force."""

import pytest

from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.subsidies.enums import PlanConclusion
from apps.subsidies.models import Award, AwardLine, LedgerPosting, PerformanceTarget, Tranche, UsePlan
from apps.subsidies.services import plan_changes, plan_drafting, sums
from apps.subsidies.services.content_draft import detail_of, load_draft
from apps.subsidies.services.plan_checks import plan_problems, share_problems
from tests.subsidies.building import Funding, accept_line, active_award, last_act, make_award, make_payment, move
from tests.subsidies.content.typed import fill

pytestmark = pytest.mark.django_db


def granted_award(funding, *granted):
    """An award whose lines were given ``granted`` fen each, granted and awaiting its plan."""
    award = make_award(funding, state="reviewed")
    for row, fen in zip(award.case.use_plan_lines.all(), granted, strict=True):
        row.granted_fen = fen
        row.save()
    sums.grant(award, last_act(award.case), sum(granted))
    move(award.case, "granted")
    plan = plan_drafting.open_first_plan(award, funding.office["head"], last_act(award.case))
    return Award.objects.select_related("case", "cycle__case", "base").get(pk=award.pk), plan


def again(plan):
    """The plan read anew with its case."""
    return UsePlan.objects.select_related("case", "award__case", "award__cycle", "amends").get(pk=plan.pk)


def agree(funding, plan):
    """The funder agrees to a plan that was sent, as the decision's service does."""
    case = again(plan).case
    perform(case, "propose_opinion", funding.office["officer"])
    plan_drafting.update_plan(plan.pk, conclusion=PlanConclusion.AGREED)
    case = again(plan).case
    perform(
        case,
        "sign_approval",
        funding.office["head"],
        change=lambda moved, act: plan_changes.apply_plan(again(plan), act),
    )


def lines_of(award):
    return list(AwardLine.objects.filter(award=award).values_list("key", "amount_fen"))


def live_tranches(award):
    rows = Tranche.objects.filter(line__award=award, is_cancelled=False)
    return list(rows.values_list("line__key", "when", "amount_fen"))


def typed_rows(plan, **amounts):
    """The plan's rows as typed, with whole sums in fen by key; None takes the row out."""
    rows = []
    for row in again(plan).data["lines"]:
        if row["key"] in amounts:
            if amounts[row["key"]] is None:
                continue
            fen = amounts[row["key"]]
            row = {**row, "unit_price_fen": f"{fen // 100}.{fen % 100:02d}", "quantity": "1"}
        rows.append(row)
    return rows


def committed(line):
    """What the ledger says is committed to the line: what is credited to it less what is debited."""
    to = LedgerPosting.objects.filter(credit="committed", credit_line=line).values_list("amount_fen", flat=True)
    gone = LedgerPosting.objects.filter(debit="committed", debit_line=line).values_list("amount_fen", flat=True)
    return sum(to) - sum(gone)


def test_first_plan_carries_what_the_decision_gave_and_leaves_out_what_got_nothing():
    funding = Funding()
    _, plan = granted_award(funding, 15_000_003, 8_000_001, 0)
    assert plan.granted_fen == 23_000_004
    assert (plan.case.state, plan.version, plan.case.rulebook_key) == ("draft", 1, "shanghai_2020")
    assert plan.case.turn_organisation == funding.institution
    assert [(row["key"], row["unit_price_fen"], row["quantity"], row["unit"]) for row in plan.data["lines"]] == [
        ("l1", "50000.01", "3", "套"),
        ("l2", "80000.01", "1", "项"),
    ]
    assert plan_problems(plan) == []


def test_line_given_less_keeps_its_units_where_the_sum_divides():
    _, plan = granted_award(Funding(), 15_000_000, 16_000_000, 0)
    assert (plan.data["lines"][0]["unit_price_fen"], plan.data["lines"][0]["quantity"]) == ("50000", "3")


def test_first_plan_agreed_to_starts_the_award_with_its_lines_tranches_and_ledger():
    funding = Funding()
    award, plan = granted_award(funding, 15_000_003, 16_000_000, 15_000_000)
    plan_drafting.submit_plan(plan.case, funding.head)
    agree(funding, plan)
    award.case.refresh_from_db()
    assert award.case.state == "active"
    assert lines_of(award) == [("l1", 15_000_003), ("l2", 16_000_000), ("l3", 15_000_000)]
    assert live_tranches(award) == [
        ("l1", "advance", 7_500_001),
        ("l1", "after_acceptance", 7_500_002),
        ("l2", "after_acceptance", 16_000_000),
        ("l3", "after_acceptance", 15_000_000),
    ]
    assert [committed(line) for line in AwardLine.objects.filter(award=award)] == [15_000_003, 16_000_000, 15_000_000]


@pytest.mark.parametrize(("fen", "told"), [(15_000_002, "还差 0.01元"), (15_000_004, "多出 0.01元")])
def test_plan_a_fen_off_what_was_granted_is_not_sent(fen, told):
    funding = Funding()
    _, plan = granted_award(funding, 15_000_003, 16_000_000, 0)
    fill(plan, funding.editor, lines=typed_rows(plan, l1=fen))
    with pytest.raises(Blocked, match=told):
        plan_drafting.submit_plan(again(plan).case, funding.head)


def test_first_plan_moves_nothing_between_uses():
    funding = Funding()
    _, plan = granted_award(funding, 15_000_003, 16_000_000, 0)
    fill(plan, funding.editor, lines=typed_rows(plan, l1=15_000_004, l2=15_999_999))
    assert [one.code for one in plan_problems(again(plan))] == ["use_exceeded"]


def test_first_plan_splits_a_line_within_its_use():
    funding = Funding()
    _, plan = granted_award(funding, 15_000_003, 0, 0)
    first = typed_rows(plan, l1=5_000_001)[0]
    second = {**first, "key": "x2", "item": "投影设备", "unit_price_fen": "100000.02"}
    fill(plan, funding.editor, lines=[first, second])
    assert plan_problems(again(plan)) == []


def test_first_plan_is_not_dropped():
    funding = Funding()
    _, plan = granted_award(funding, 15_000_003, 0, 0)
    with pytest.raises(Blocked, match="首份使用方案"):
        perform(plan.case, "drop", funding.head, reason="不要了")


def test_change_begins_as_the_next_version_with_the_lines_in_force():
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    assert (plan.version, plan.amends.version, plan.granted_fen) == (2, 1, 46_000_003)
    assert [row["key"] for row in plan.data["lines"]] == ["l1", "l2", "l3"]
    with pytest.raises(WrongState, match=plan.case.number):
        plan_changes.open_change(award, funding.editor)


def test_change_is_opened_by_the_institution_of_an_award_in_force_only():
    funding, other = Funding(), Funding()
    award = active_award(funding)
    with pytest.raises(NotPermitted):
        plan_changes.open_change(award, other.editor)
    with pytest.raises(NotPermitted):
        plan_changes.open_change(award, funding.office["officer"])
    move(award.case, "settlement_proposed")
    with pytest.raises(WrongState, match="只有执行中的资助"):
        plan_changes.open_change(award, funding.editor)


def test_change_within_the_share_is_filed_by_the_head_and_in_force_at_once():
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    rows = typed_rows(plan, l2=17_500_000, l3=13_500_000)
    fill(plan, funding.editor, lines=rows, change_reason="课程减一门")
    plan_changes.file_minor_change(again(plan).case, funding.head)
    plan = again(plan)
    assert (plan.case.state, plan.is_minor) == ("approved", True)
    assert lines_of(award) == [("l1", 15_000_003), ("l2", 17_500_000), ("l3", 13_500_000)]
    assert live_tranches(award)[2:] == [("l2", "after_acceptance", 17_500_000), ("l3", "after_acceptance", 13_500_000)]
    assert [committed(line) for line in AwardLine.objects.filter(award=award)] == [15_000_003, 17_500_000, 13_500_000]


def test_change_a_fen_above_the_share_is_audited_anew():
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    rows = typed_rows(plan, l2=17_500_001, l3=13_499_999)
    fill(plan, funding.editor, lines=rows, change_reason="课程减一门")
    with pytest.raises(Blocked, match="超过 10%，须重新报送审核（第三十六条）"):
        plan_changes.file_minor_change(again(plan).case, funding.head)
    plan_drafting.submit_plan(again(plan).case, funding.head)
    assert again(plan).case.state == "funder_review"
    assert lines_of(award)[1] == ("l2", 16_000_000)
    agree(funding, plan)
    assert lines_of(award) == [("l1", 15_000_003), ("l2", 17_500_001), ("l3", 13_499_999)]


def test_small_changes_do_not_add_up_past_the_share():
    funding = Funding()
    award = active_award(funding)
    first = plan_changes.open_change(award, funding.editor)
    fill(first, funding.editor, lines=typed_rows(first, l2=17_500_000, l3=13_500_000), change_reason="第一次")
    plan_changes.file_minor_change(again(first).case, funding.head)
    second = plan_changes.open_change(award, funding.editor)
    fill(second, funding.editor, lines=typed_rows(second, l2=18_500_000, l3=12_500_000), change_reason="第二次")
    assert [one.code for one in share_problems(again(second))] == ["above_share", "above_share"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"item": "线下课程"}, "“线上课程”的用途、名称"),
        ({"category": "facilities"}, "“线上课程”的用途、名称"),
        ({"key": "x9"}, "删去了“线上课程”"),
    ],
)
def test_change_of_what_a_line_is_for_is_audited_anew(change, why):
    funding = Funding()
    plan = plan_changes.open_change(active_award(funding), funding.editor)
    rows = typed_rows(plan)
    fill(plan, funding.editor, lines=[*rows[:2], {**rows[2], **change}], change_reason="改")
    assert why in share_problems(again(plan))[0].message


def test_change_of_a_target_is_audited_anew():
    funding = Funding()
    plan = plan_changes.open_change(active_award(funding), funding.editor)
    targets = again(plan).data["targets"]
    fill(plan, funding.editor, targets=[{**targets[0], "target_hundredths": "500"}, targets[1]], change_reason="改")
    assert "绩效指标有改动" in share_problems(again(plan))[0].message


def test_change_that_changes_nothing_is_not_sent():
    funding = Funding()
    plan = plan_changes.open_change(active_award(funding), funding.editor)
    fill(plan, funding.editor, change_reason="无")
    assert [one.code for one in plan_problems(again(plan))] == ["nothing_changes"]


def test_paid_advance_stays_and_the_rest_of_the_line_follows_acceptance():
    funding = Funding()
    award = active_award(funding)
    make_payment(funding, award, state="paid")
    plan = plan_changes.open_change(award, funding.editor)
    fill(plan, funding.editor, lines=typed_rows(plan, l1=14_000_003, l2=17_000_000), change_reason="设备降价")
    plan_changes.file_minor_change(again(plan).case, funding.head)
    assert live_tranches(award)[:3] == [
        ("l1", "advance", 7_500_001),
        ("l1", "after_acceptance", 6_500_002),
        ("l2", "after_acceptance", 17_000_000),
    ]
    paid = AwardLine.objects.get(award=award, key="l1")
    assert (paid.amount_fen, paid.paid_fen, committed(paid)) == (14_000_003, 7_500_001, 6_500_002)


def test_line_is_not_cut_below_what_is_claimed_of_it():
    funding = Funding()
    award = active_award(funding)
    make_payment(funding, award, state="submitted")
    plan = plan_changes.open_change(award, funding.editor)
    fill(plan, funding.editor, lines=typed_rows(plan, l1=7_500_000, l2=23_500_003), change_reason="改")
    with pytest.raises(Blocked, match=r"不能少于该数，现为 75,000\.00元"):
        plan_drafting.submit_plan(again(plan).case, funding.head)
    fill(plan, funding.editor, lines=typed_rows(plan, l1=7_500_001, l2=23_500_002))
    plan_drafting.submit_plan(again(plan).case, funding.head)


def test_accepted_line_stays_as_it_is():
    funding = Funding()
    award = active_award(funding)
    accept_line(AwardLine.objects.get(award=award, key="l2"), 15_000_000)
    plan = plan_changes.open_change(award, funding.editor)
    fill(plan, funding.editor, lines=typed_rows(plan, l2=16_500_000, l3=14_500_000), change_reason="改")
    assert [one.code for one in plan_problems(again(plan))] == ["line_accepted"]
    fill(plan, funding.editor, lines=typed_rows(plan, l1=14_500_003, l2=16_000_000, l3=15_500_000))
    plan_changes.file_minor_change(again(plan).case, funding.head)
    kept = AwardLine.objects.get(award=award, key="l2")
    assert (kept.amount_fen, kept.accepted_fen, kept.released_fen) == (16_000_000, 15_000_000, 1_000_000)
    assert ("l2", "after_acceptance", 15_000_000) in live_tranches(award)


def test_line_accepted_while_its_change_is_audited_stops_the_agreement():
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    fill(plan, funding.editor, lines=typed_rows(plan, l2=20_000_000, l3=11_000_000), change_reason="改")
    plan_drafting.submit_plan(again(plan).case, funding.head)
    accept_line(AwardLine.objects.get(award=award, key="l2"))
    with pytest.raises(Blocked, match="已通过验收"):
        agree(funding, plan)
    assert lines_of(award) == [("l1", 15_000_003), ("l2", 16_000_000), ("l3", 15_000_000)]


def test_line_dropped_by_an_audited_change_stays_with_nothing_and_a_new_one_joins():
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    rows = typed_rows(plan, l3=None)
    new = {**rows[1], "key": "n1", "item": "师资培训", "unit_price_fen": "150000", "quantity": "1"}
    fill(plan, funding.editor, lines=[*rows, new], change_reason="改做师资培训")
    plan_drafting.submit_plan(again(plan).case, funding.head)
    agree(funding, plan)
    assert lines_of(award) == [("l1", 15_000_003), ("l2", 16_000_000), ("l3", 0), ("n1", 15_000_000)]
    assert ("n1", "after_acceptance", 15_000_000) in live_tranches(award)
    assert "l3" not in [key for key, _, _ in live_tranches(award)]
    assert committed(AwardLine.objects.get(award=award, key="l3")) == 0
    assert award.granted_fen == sum(fen for _, fen in lines_of(award)) == 46_000_003


def test_crash_while_a_plan_comes_into_force_leaves_everything_as_it_was(monkeypatch):
    funding = Funding()
    award = active_award(funding)
    plan = plan_changes.open_change(award, funding.editor)
    fill(plan, funding.editor, lines=typed_rows(plan, l2=17_000_000, l3=14_000_000), change_reason="改")
    before = (lines_of(award), live_tranches(award), LedgerPosting.objects.count())

    def fail(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(plan_changes.sums, "allocate", fail)
    with pytest.raises(RuntimeError):
        plan_changes.file_minor_change(again(plan).case, funding.head)
    assert (lines_of(award), live_tranches(award), LedgerPosting.objects.count()) == before
    assert again(plan).case.state == "draft"


def test_refused_plan_comes_back_with_what_was_sent_and_is_sent_again():
    funding = Funding()
    _, plan = granted_award(funding, 15_000_003, 16_000_000, 15_000_000)
    plan_drafting.submit_plan(plan.case, funding.head)
    perform(again(plan).case, "return_for_correction", funding.office["officer"])
    returned = load_draft(detail_of(again(plan).case))
    assert returned.parts["about"] == "答复"
    fill(plan, funding.editor, answer="已补充说明")
    act = plan_drafting.submit_plan(again(plan).case, funding.head)
    assert act.reason == "已补充说明"
    assert PerformanceTarget.objects.filter(case=plan.case).count() == 2

"""A change of plan draws no more in advance than the text's share of a use, however lines are cut and set beside."""

import pytest

from apps.subsidies.models import AwardLine, Tranche
from apps.subsidies.services import plan_changes, plan_drafting
from tests.subsidies.building import Funding, active_award, make_payment
from tests.subsidies.content.typed import fill
from tests.subsidies.plan_changes.test_plans import again, agree, live_tranches, typed_rows

pytestmark = pytest.mark.django_db
FACILITIES = 15_000_003
ADVANCE = 7_500_001


def halved(funding, award):
    """The facilities line cut to its advance, the rest of it put on a new line of the same use; agreed by the funder."""
    plan = plan_changes.open_change(award, funding.editor)
    rows = typed_rows(plan, l1=ADVANCE)
    new = {**rows[0], "key": "x4", "item": "投影设备", "unit_price_fen": "75000.02"}
    fill(plan, funding.editor, lines=[*rows, new], change_reason="设备分两批购置")
    plan_drafting.submit_plan(again(plan).case, funding.head)
    agree(funding, plan)


def facilities(award):
    return [row for row in live_tranches(award) if row[0] in ("l1", "x4")]


def test_line_paid_in_advance_and_cut_leaves_no_second_advance_to_a_new_line():
    funding = Funding()
    award = active_award(funding)
    make_payment(funding, award, state="confirmed")
    halved(funding, award)
    assert facilities(award) == [("l1", "advance", ADVANCE), ("x4", "after_acceptance", 7_500_002)]
    advances = Tranche.objects.filter(line__award=award, when="advance", is_cancelled=False)
    assert sum(one.amount_fen for one in advances) == FACILITIES * 50 // 100


def test_lines_split_before_anything_is_claimed_have_half_of_each_in_advance():
    funding = Funding()
    award = active_award(funding)
    halved(funding, award)
    assert facilities(award) == [
        ("l1", "advance", 3_750_000),
        ("l1", "after_acceptance", 3_750_001),
        ("x4", "advance", 3_750_001),
        ("x4", "after_acceptance", 3_750_001),
    ]


def test_advance_is_put_off_in_part_where_part_exceeds_the_share():
    funding = Funding()
    award = active_award(funding)
    make_payment(funding, award, state="confirmed")
    plan = plan_changes.open_change(award, funding.editor)
    rows = typed_rows(plan, l1=10_000_003, l3=5_000_000)
    new = {**rows[0], "key": "x4", "item": "投影设备", "unit_price_fen": "150000.00"}
    fill(plan, funding.editor, lines=[*rows, new], change_reason="课程减少，增加设备")
    plan_drafting.submit_plan(again(plan).case, funding.head)
    agree(funding, plan)
    # Facilities are 25,000,003 now: half in advance is 12,500,001, of which 7,500,001 is paid.
    assert facilities(award) == [
        ("l1", "advance", ADVANCE),
        ("l1", "after_acceptance", 2_500_002),
        ("x4", "advance", 5_000_000),
        ("x4", "after_acceptance", 10_000_000),
    ]
    line = AwardLine.objects.get(award=award, key="x4")
    assert sum(one.amount_fen for one in line.tranches.filter(is_cancelled=False)) == line.amount_fen

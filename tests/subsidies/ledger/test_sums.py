"""What an award has not got it cannot give: to its lines, or back to the cycle."""

import pytest
from django.db import transaction

from apps.subsidies.models import AwardLine, Tranche, UsePlanLine
from apps.subsidies.services import sums, tranches
from apps.subsidies.services.verification import verify_cycle
from tests.subsidies.building import Funding, accept_line, active_award, last_act, make_payment

pytestmark = pytest.mark.django_db


def line_of(award, item):
    return AwardLine.objects.get(award=award, item=item)


def test_lines_that_exceed_the_award_are_refused():
    award = active_award(Funding())
    line = line_of(award, "高级研修班")
    AwardLine.objects.filter(pk=line.pk).update(amount_fen=line.amount_fen + 1)
    with pytest.raises(sums.Overdrawn), transaction.atomic():
        sums.allocate(award, last_act(award.case), {})


def test_release_of_the_award_as_a_whole_stays_within_what_no_line_has():
    award = active_award(Funding())
    with pytest.raises(sums.Overdrawn), transaction.atomic():
        sums.release(award, last_act(award.case), {None: 1}, "多收回一分")


def test_sums_taken_from_a_line_can_be_released_of_the_award():
    funding = Funding()
    award = active_award(funding)
    line = line_of(award, "线上课程")
    AwardLine.objects.filter(pk=line.pk).update(amount_fen=0)
    Tranche.objects.filter(line=line).update(is_cancelled=True)
    before = {one.pk: one.amount_fen for one in award.lines.exclude(pk=line.pk)} | {line.pk: 15_000_000}
    sums.allocate(award, last_act(award.case), before)
    assert sums.unallocated(award.pk) == 15_000_000
    sums.release(award, last_act(award.case), {None: 15_000_000}, "不再实施")
    assert sums.unallocated(award.pk) == 0
    assert verify_cycle(funding.cycle) == []


def test_tranche_freed_after_a_smaller_acceptance_is_cut_when_trimmed_again():
    funding = Funding()
    award = active_award(funding)
    payment = make_payment(funding, award, state="submitted")
    line = line_of(award, "实训设备")
    accept_line(line, 5_000_000)
    line.refresh_from_db()
    assert line.released_fen == 7_500_002
    Tranche.objects.filter(payment=payment).update(payment=None)
    dropped = tranches.trim(line)
    assert dropped == 2_500_001
    assert list(line.tranches.filter(is_cancelled=False).values_list("amount_fen", flat=True)) == [5_000_000]
    assert tranches.trim(line) == 0


def test_accepted_line_keeps_its_tranches_when_a_plan_is_laid_out_again():
    award = active_award(Funding())
    line = line_of(award, "实训设备")
    accept_line(line, 10_000_000)
    line.refresh_from_db()
    planned = UsePlanLine.objects.filter(case=award.case, item="实训设备").get()
    kept = list(line.tranches.filter(is_cancelled=False).values_list("pk", "amount_fen"))
    tranches.lay_out(award, line, planned)
    assert list(line.tranches.filter(is_cancelled=False).values_list("pk", "amount_fen")) == kept
    line.amount_fen += 1
    with pytest.raises(ValueError, match="accepted"):
        tranches.lay_out(award, line, planned)

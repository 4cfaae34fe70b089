"""After a revocation: plaque, running cases, closing."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.bases.models import ParticularsChange
from apps.bases.services import open_base_case
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Case
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import add_party, perform
from apps.inspections.models import Campaign, Inspection, SettledCase
from apps.inspections.services import aftermath
from apps.plans.models import AnnualPlan, TrainingProject
from tests.factories import make_case
from tests.inspections.sanctions import story
from tests.inspections.sanctions.story import fresh

pytestmark = pytest.mark.django_db


def running(sup, kind: str) -> Case:
    """A case of the base in its first state."""
    with transaction.atomic():
        case = open_base_case(sup.base, kind, "在办事项", sup.editor, label="建立", year=2026)
        _detail(sup, case)
    return case


def _detail(sup, case: Case) -> None:
    if case.kind == CaseKind.ANNUAL_PLAN:
        AnnualPlan.objects.create(case=case, base=sup.base, year=2027)
    elif case.kind == CaseKind.TRAINING_PROJECT:
        TrainingProject.objects.create(
            case=case,
            base=sup.base,
            year=2026,
            name="项目",
            hours_tenths=80,
            value_tenths=80,
            persons=30,
            starts_on=dt.date(2026, 12, 1),
            ends_on=dt.date(2026, 12, 2),
        )
    elif case.kind == CaseKind.PARTICULARS_CHANGE:
        ParticularsChange.objects.create(case=case, base=sup.base)
    elif case.kind == CaseKind.INSPECTION:
        from apps.cases.workflow.engine import open_case

        campaign_case = make_case(CaseKind.CAMPAIGN, sup.authority)
        open_case(campaign_case, sup.office["officer"])
        campaign = Campaign.objects.create(
            case=campaign_case,
            kind="regular",
            year=2026,
            title="检查",
            organiser=sup.authority,
            finish_by=dt.date(2026, 12, 31),
        )
        Inspection.objects.create(case=case, campaign=campaign, base=sup.base, inspector=sup.authority)
        add_party(case, sup.authority.pk, PartyRole.INSPECTOR, active=True)


KINDS = [CaseKind.ANNUAL_PLAN, CaseKind.TRAINING_PROJECT, CaseKind.PARTICULARS_CHANGE, CaseKind.INSPECTION]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_running_case_is_broken_off_by_a_decision_of_its_own(kind):
    sup = story.supervision()
    other = running(sup, kind)
    case = story.revoked(sup)
    problems = aftermath.aftermath_problems(case.revocation)
    assert {problem.where for problem in problems} == {"plaque", other.number}
    aftermath.settle_case(case, sup.office["officer"], other.number, decision="discontinue", reason="基地已取消")
    other = fresh(other)
    assert (other.state, other.closed_at is not None) == ("discontinued", True)
    assert other.acts.get(name="discontinue").actor == sup.office["officer"].user
    assert case.number in other.acts.get(name="discontinue").reason
    settled = SettledCase.objects.get(revocation=case.revocation)
    assert (settled.case, settled.decision, settled.reason) == (other, "discontinue", "基地已取消")


def test_nothing_is_closed_before_everything_is_settled():
    sup = story.supervision()
    rectification = story.ordered(sup)
    project = running(sup, CaseKind.TRAINING_PROJECT)
    case = story.revoked(sup)
    officer = sup.office["officer"]
    with pytest.raises(Blocked) as refused:
        perform(case, "close", officer)
    assert {problem.code for problem in refused.value.problems} == {"plaque_missing", "case_unsettled"}
    aftermath.record_plaque(case, officer, returned_on=timezone.localdate())
    aftermath.settle_case(case, officer, rectification.number, decision="discontinue", reason="无须再整改")
    with pytest.raises(Blocked):
        perform(case, "close", officer)
    aftermath.settle_case(case, officer, project.number, decision="continue", reason="学员已缴费，办完为止")
    perform(case, "close", officer)
    assert fresh(case).state == "closed"
    assert fresh(project).closed_at is None
    assert fresh(rectification).state == "discontinued"


def test_a_case_is_settled_once_and_only_a_running_one_of_the_base():
    sup, other = story.supervision(), story.supervision()
    foreign = running(other, CaseKind.ANNUAL_PLAN)
    mine = running(sup, CaseKind.ANNUAL_PLAN)
    case = story.revoked(sup)
    officer = sup.office["officer"]
    for number in (foreign.number, "ZB-NICHTS", case.number):
        with pytest.raises(Blocked):
            aftermath.settle_case(case, officer, number, decision="discontinue", reason="越权")
    assert fresh(foreign).closed_at is None
    aftermath.settle_case(case, officer, mine.number, decision="continue", reason="继续")
    with pytest.raises(Blocked):
        aftermath.settle_case(case, officer, mine.number, decision="discontinue", reason="反悔")
    with pytest.raises(Blocked):
        aftermath.settle_case(case, officer, mine.number, decision="continue", reason=" ")
    with pytest.raises(NotPermitted):
        aftermath.settle_case(case, sup.office["legal"], mine.number, decision="continue", reason="x")


def test_a_refused_discontinuation_leaves_no_trace():
    sup = story.supervision()
    mine = running(sup, CaseKind.ANNUAL_PLAN)
    case = story.revoked(sup)
    acts = case.acts.count()
    with pytest.raises(Blocked):
        aftermath.settle_case(case, sup.office["officer"], mine.number, decision="unfug", reason="x")
    assert case.acts.count() == acts
    assert not SettledCase.objects.exists()


@pytest.mark.parametrize("jurisdiction", ["shanghai", "sichuan"])
def test_where_no_plaque_was_given_none_is_asked_for(jurisdiction):
    sup = story.supervision(jurisdiction)
    case = story.revoked_after_failure(sup)
    assert aftermath.aftermath_problems(case.revocation) == []
    with pytest.raises(Blocked):
        aftermath.record_plaque(case, sup.office["officer"], returned_on=timezone.localdate())


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
def test_an_absurd_day_of_the_plaque_is_refused(day):
    sup = story.supervision()
    case = story.revoked(sup)
    with pytest.raises(Blocked):
        aftermath.record_plaque(case, sup.office["officer"], returned_on=day)
    with pytest.raises(Blocked):
        aftermath.record_plaque(case, sup.office["officer"], returned_on=None, note=" ")
    aftermath.record_plaque(case, sup.office["officer"], returned_on=None, note="已遗失，登报声明作废")
    perform(case, "close", sup.office["officer"])


def test_training_in_the_institutions_own_name_goes_on_and_is_shown_to_nobody(client):
    sup = story.supervision()
    own, drafted = running(sup, CaseKind.TRAINING_PROJECT), running(sup, CaseKind.TRAINING_PROJECT)
    TrainingProject.objects.filter(pk=own.pk).update(in_base_name=False)
    Case.objects.filter(pk=drafted.pk).update(title="尚未报送的内部安排")
    case = story.revoked(sup)
    assert aftermath.unsettled_cases(case.revocation) == [drafted]
    with pytest.raises(Blocked, match="不是该基地的办件"):
        aftermath.settle_case(case, sup.office["officer"], own.number, decision="discontinue", reason="已取消")
    client.force_login(sup.office["officer"].user)
    page = client.get(reverse("inspections:revocation_aftermath", args=[case.number])).content.decode()
    assert drafted.number in page and own.number not in page
    assert "尚未报送的内部安排" not in page

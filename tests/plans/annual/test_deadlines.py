"""Fixed days of annual plans: to 24:00 in Shanghai, never moved; lateness recorded, never refused."""

import datetime as dt

import pytest

from apps.cases.models import Case, Clock
from apps.cases.workflow import Blocked
from apps.jurisdictions.rulebooks import registry
from apps.plans.models import AnnualPlan, PlanReturnItem
from apps.plans.services import plan_decisions, plan_submission, plan_terms
from apps.plans.services.opening import bases_to_open, open_next_years_plans, open_plan
from apps.plans.services.plan_forms import save_part
from apps.plans.services.plan_returns import Item, return_for_correction
from tests.plans.annual.helpers import YEAR, agree, at, drafted, filed, send, supervision

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("jurisdiction", "days"),
    [
        ("national", [("plan_review", dt.date(2026, 12, 10)), ("plan_filing", dt.date(2026, 12, 31))]),
        ("shanghai", [("plan_filing", dt.date(2026, 12, 31))]),
        ("sichuan", [("plan_filing", dt.date(2026, 12, 31))]),
        ("weihai", [("plan_filing", dt.date(2026, 12, 31))]),
        ("zibo", [("plan_filing", dt.date(2026, 12, 31))]),
    ],
)
def test_plan_opens_with_the_clocks_of_its_text(november, jurisdiction, days):
    plan = open_plan(supervision(jurisdiction).base, YEAR, _editor(jurisdiction))
    clocks = Clock.objects.filter(case=plan.case, state="running").order_by("due_at")
    assert [(clock.code, plan_terms.clocks.last_day(clock.due_at)) for clock in clocks] == days
    assert all(clock.basis == "law" and clock.articles for clock in clocks)


def _editor(jurisdiction):
    from apps.bases.models import Base
    from tests.factories import member

    return member(Base.objects.get().institution, "institution_editor")


@pytest.mark.parametrize(
    ("moment", "late", "state"),
    [("2026-12-10 23:59:59", 0, "met"), ("2026-12-11 00:00:00", 1, "missed"), ("2026-12-20 08:00:00", 10, "missed")],
)
def test_submission_to_the_managing_unit_counts_to_the_end_of_10_december(november, moment, late, state):
    people = supervision("national")
    plan = drafted(people)
    with at(moment):
        send(plan, people)
    plan.refresh_from_db()
    assert (plan.submitted_late_days, plan.filed_late_days, plan.reported_on) == (late, None, None)
    assert Clock.objects.get(case=plan.case, code="plan_review").state == state
    assert Clock.objects.get(case=plan.case, code="plan_filing").state == "running"


@pytest.mark.parametrize(
    ("moment", "late", "state"), [("2026-12-31 23:59:59", 0, "met"), ("2027-01-01 00:00:00", 1, "missed")]
)
def test_report_to_the_authority_counts_when_the_unit_has_signed(november, moment, late, state):
    people = supervision("national")
    case = send(drafted(people), people)
    with at(moment):
        agree(case, people)
    plan = AnnualPlan.objects.get()
    assert (plan.submitted_late_days, plan.filed_late_days) == (0, late)
    assert Clock.objects.get(case=case, code="plan_filing").state == state


def test_return_and_sending_again_later_keep_the_first_days(november):
    people = supervision("zibo")
    case = send(drafted(people), people)
    agree(case, people)
    return_for_correction(case, people.office["officer"], [Item("summary", "请补充")])
    with at("2027-01-20 10:00:00"):
        plan = AnnualPlan.objects.select_related("case").get()
        answers = {str(PlanReturnItem.objects.get().pk): "已补充"}
        save_part(plan, {"answers": answers}, plan.data_version, people.editor)
        plan_submission.resubmit(case, people.head)
        agree(case, people)
        plan_decisions.file_plan(case, people.office["officer"])
    plan.refresh_from_db()
    assert (plan.submitted_on, plan.reported_on) == (dt.date(2026, 11, 20), dt.date(2026, 11, 20))
    assert (plan.submitted_late_days, plan.filed_late_days) == (None, 0)
    assert plan.filed_on == dt.date(2027, 1, 20)


def test_plan_under_a_text_not_in_force_has_no_clocks_and_is_not_late(november):
    people = supervision("weihai", is_sandbox=False)
    plan = drafted(people)
    assert not Clock.objects.filter(case=plan.case).exists()
    with at("2027-02-01 09:00:00"):
        agree(send(plan, people), people)
    plan.refresh_from_db()
    assert (plan.submitted_late_days, plan.filed_late_days) == (None, None)


def test_late_plan_is_not_refused(november):
    people = supervision("shanghai")
    plan = drafted(people)
    with at("2027-01-31 09:00:00"):
        case = send(plan, people)
    plan.refresh_from_db()
    assert (case.state, plan.filed_late_days) == ("filing", 31)


def test_sweep_opens_one_plan_for_each_live_base_however_often_it_runs():
    formal, ended = supervision("zibo"), supervision("zibo")
    rehearsing, silent = supervision("weihai"), supervision("weihai", is_sandbox=False)
    ended.base.status = "revoked"
    ended.base.save()
    with at("2026-10-01 00:00:00"):
        now = dt.datetime.now(dt.UTC)
        open_next_years_plans(now)
        open_next_years_plans(now)
        plans = AnnualPlan.objects.order_by("base_id").values_list("base_id", "year", "version")
        assert list(plans) == [(formal.base.pk, 2027, 1), (rehearsing.base.pk, 2027, 1)]
        assert bases_to_open(dt.date(2026, 10, 1)) == []
    case = Case.objects.get(base=formal.base)
    act = case.acts.get()
    assert (act.name, act.actor, case.turn_organisation) == ("open", None, formal.institution)
    assert silent.base.annual_plans.count() == 0


def test_sweep_opens_nothing_before_october():
    supervision("zibo")
    with at("2026-09-30 23:59:59"):
        open_next_years_plans(dt.datetime.now(dt.UTC))
    assert not AnnualPlan.objects.exists()


def test_a_base_that_fails_keeps_no_other_waiting(monkeypatch):
    first, second = supervision("zibo"), supervision("zibo")
    from apps.plans.services import opening

    real = opening._open

    def failing(base, year, actor):
        if base == first.base:
            raise RuntimeError("broken")
        return real(base, year, actor)

    monkeypatch.setattr(opening, "_open", failing)
    with at("2026-10-02 08:00:00"):
        open_next_years_plans(dt.datetime.now(dt.UTC))
    assert [plan.base for plan in AnnualPlan.objects.all()] == [second.base]


@pytest.mark.parametrize(
    ("moment", "year", "opened"),
    [
        ("2026-08-31 23:59:59", 2027, False),
        ("2026-09-01 00:00:00", 2027, True),
        ("2027-12-31 23:00:00", 2027, True),
        ("2028-01-01 00:00:00", 2027, False),
        ("2026-11-01 09:00:00", 2028, False),
    ],
)
def test_institution_opens_a_plan_from_september_to_the_end_of_its_year(moment, year, opened):
    people = supervision("zibo")
    with at(moment):
        if opened:
            assert open_plan(people.base, year, people.head) == open_plan(people.base, year, people.editor)
        else:
            with pytest.raises(Blocked):
                open_plan(people.base, year, people.head)
    assert AnnualPlan.objects.count() == int(opened)


def test_base_recognised_in_the_year_owes_no_plan_for_it(november):
    people = supervision("zibo", recognised_on=dt.date(2026, 3, 1))
    with pytest.raises(Blocked) as refused:
        open_plan(people.base, 2026, people.head)
    assert refused.value.problems[0].code == "recognised_later"
    assert open_plan(people.base, 2027, people.head).year == 2027


def test_days_come_from_the_rulebook_and_rest_days_do_not_move_them():
    for jurisdiction in registry.jurisdictions():
        rules = registry.versions(jurisdiction)[-1]
        told = [entry["due"] for entry in rules.deadlines(2026)]
        assert [day.due.isoformat() for day in plan_terms.plan_days(rules, 2027)] == told


def test_filed_plan_keeps_no_open_clock(november):
    people = supervision("national")
    plan = filed(people)
    assert set(Clock.objects.filter(case=plan.case).values_list("state", flat=True)) == {"met"}

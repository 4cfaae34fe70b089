"""The overview of a plan year: counts, filters, lateness, whose bases, and how many queries it takes."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.plans.models import AnnualPlan
from apps.plans.services import plan_decisions, plan_overview
from apps.plans.services.opening import open_plan
from apps.plans.services.plan_amendments import amend
from apps.plans.services.plan_returns import Item, return_for_correction
from tests.factories import make_base
from tests.plans.annual.helpers import YEAR, agree, at, drafted, filed, send, supervision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


def world():
    """Six bases of one authority, one in each place, under two managing units and none; and another authority's."""
    first = supervision("zibo")
    authority = first.authority
    people = [first, *(supervision("zibo", authority=authority) for _ in range(5))]
    filed(people[0])
    agree(send(drafted(people[1]), people[1]), people[1])
    send(drafted(people[2]), people[2])
    returned = send(drafted(people[3]), people[3])
    return_for_correction(returned, people[3].unit_officer, [Item("summary", "补充")])
    drafted(people[4])
    people[5].base.managing_unit = None
    people[5].base.save()
    make_base(authority, is_sandbox=True)
    supervision("shanghai")
    return people


def overview(actor, **values):
    frame = plan_overview.overview_of(actor, YEAR)
    bases = plan_overview.bases_with_plans(actor, frame)
    return {base.pk for base in plan_overview.narrowed(bases, frame, values)}


def test_every_base_is_counted_once_where_its_plan_stands():
    people = world()
    head = people[0].office["head"]
    frame = plan_overview.overview_of(head, YEAR)
    counted = plan_overview.counts_by_unit(head, frame)
    assert plan_overview.totals(counted) == {
        "total": 6,
        "late": 0,
        "filed": 1,
        "filing": 1,
        "unit": 1,
        "returned": 1,
        "not_submitted": 2,
    }
    assert len(counted) == 6
    assert counted[-1]["managing_unit_id"] is None
    for state, owner in (("filed", 0), ("filing", 1), ("unit", 2), ("returned", 3)):
        assert overview(head, state=state) == {people[owner].base.pk}
    assert overview(head, state="not_submitted") == {people[4].base.pk, people[5].base.pk}
    assert overview(head, unit="none") == {people[5].base.pk}
    assert overview(head, unit=str(people[2].unit.pk)) == {people[2].base.pk}
    assert overview(head, q=people[1].institution.name) == {people[1].base.pk}
    assert overview(head, q=people[1].base.number.lower()[:3]) == {one.base.pk for one in people}


def test_late_are_those_who_came_late_and_those_who_have_not_come():
    people = world()
    head = people[0].office["head"]
    with at("2027-01-02 09:00:00"):
        case = send(AnnualPlan.objects.select_related("case").get(base=people[4].base), people[4])
        agree(case, people[4])
        plan_decisions.file_plan(case, people[4].office["officer"])
        late = {people[index].base.pk for index in (2, 3, 4, 5)}
        assert overview(head, late="yes") == late
        assert overview(head, late="no") == {people[0].base.pk, people[1].base.pk}
        counted = plan_overview.totals(plan_overview.counts_by_unit(head, plan_overview.overview_of(head, YEAR)))
        assert (counted["late"], counted["filed"]) == (4, 2)


def test_review_day_passed_makes_late_where_the_text_has_one():
    people = supervision("national")
    head = people.office["head"]
    with at("2026-12-10 23:59:59"):
        assert overview(head, late="yes") == set()
    with at("2026-12-11 00:00:00"):
        assert overview(head, late="yes") == {people.base.pk}


def test_nobody_is_late_under_a_text_not_in_force():
    people = supervision("weihai", is_sandbox=False)
    with at("2027-03-01 09:00:00"):
        assert overview(people.office["head"], late="yes") == set()
        assert overview(people.office["head"], late="no") == {people.base.pk}


def test_amendment_in_hand_leaves_the_base_filed():
    people = supervision("zibo")
    plan = filed(people)
    amend(plan, people.editor, "改")
    head = people.office["head"]
    frame = plan_overview.overview_of(head, YEAR)
    (found,) = plan_overview.rows_of(head, frame, list(plan_overview.bases_with_plans(head, frame)))
    assert (found["state_label"], found["amending"], found["versions"]) == ("已备案", True, 1)


def test_units_see_their_own_bases_and_institutions_their_own(client):
    people = world()
    client.force_login(people[0].unit_officer.user)
    page = client.get(reverse("plans:annual_plans")).content.decode()
    assert people[0].institution.name in page
    assert people[1].institution.name not in page
    client.force_login(people[4].editor.user)
    page = client.get(reverse("plans:annual_plans")).content.decode()
    assert people[4].base.name in page
    assert people[0].base.name not in page


def test_base_recognised_in_the_plan_year_owes_no_plan(client):
    people = supervision("zibo")
    people.base.recognised_on = people.base.recognised_on.replace(year=YEAR)
    people.base.save()
    assert overview(people.office["head"]) == set()


def test_rehearsals_are_shown_apart(client):
    formal, rehearsal = supervision("zibo"), None
    rehearsal = supervision("zibo", authority=formal.authority, is_sandbox=True)
    client.force_login(formal.office["officer"].user)
    plain = client.get(reverse("plans:annual_plans")).content.decode()
    assert rehearsal.institution.name not in plain
    shown = client.get(reverse("plans:annual_plans"), {"rehearsal": "yes"}).content.decode()
    assert rehearsal.institution.name in shown
    assert formal.institution.name not in shown


def test_draft_is_listed_without_a_way_into_it(client):
    people = supervision("zibo")
    plan = open_plan(people.base, YEAR, people.editor)
    client.force_login(people.office["officer"].user)
    page = client.get(reverse("plans:annual_plans")).content.decode()
    assert "填报中" in page
    assert plan.case.number not in page


def test_odd_filters_are_ignored(client):
    people = world()
    client.force_login(people[0].office["officer"].user)
    for query in ("year=99999999999", "unit=x", "state=nothing", "late=maybe", "page=x&sort=;drop", "year=-1"):
        assert client.get(f"{reverse('plans:annual_plans')}?{query}").status_code == 200


def test_export_holds_every_row_with_its_lateness(client):
    people = world()
    client.force_login(people[0].office["officer"].user)
    answer = client.get(reverse("plans:annual_plans"), {"format": "xlsx", "sort": "name"})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet.max_row == 7
    states = {line[0].value: line[5].value for line in sheet.iter_rows(min_row=2)}
    assert states[people[0].base.number] == "已备案"
    assert states[people[5].base.number] == "尚未建立"


def queries(client, address, count):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    assert len(captured) <= count, [query["sql"][:150] for query in captured]
    return len(captured)


def test_overview_takes_as_many_queries_for_thirty_bases_as_for_three(client):
    people = supervision("zibo")
    client.force_login(people.office["officer"].user)
    filed(people)
    for _ in range(2):
        drafted(supervision("zibo", authority=people.authority))
    address = reverse("plans:annual_plans")
    few = queries(client, address, 12)
    for number in range(27):
        other = supervision("zibo", authority=people.authority)
        if number % 3 == 0:
            open_plan(other.base, YEAR, other.editor)
    assert queries(client, address, 12) <= few + 1  # the second page makes the count a query


def test_an_institutions_list_takes_as_many_queries_for_many_plans(client):
    people = supervision("zibo")
    client.force_login(people.editor.user)
    address = reverse("plans:annual_plans")
    plan = filed(people)
    few = queries(client, address, 12)
    amend(plan, people.editor, "改")
    make_base(people.authority, people.institution, is_sandbox=True)
    assert queries(client, address, 12) == few


def test_a_base_recognised_after_a_fixed_day_is_not_late_by_it():
    people = supervision("national")
    people.base.recognised_on = "2026-12-20"
    people.base.save(update_fields=["recognised_on"])
    people.base.refresh_from_db()
    head = people.office["head"]
    with at("2026-12-21 09:00"):
        assert (overview(head, late="yes"), overview(head, late="no")) == (set(), {people.base.pk})
        (row,) = plan_overview.rows_of(head, plan_overview.overview_of(head, YEAR), [people.base])
        assert row["overdue"] == ""
        plan = drafted(people)
        assert [clock.code for clock in plan.case.clocks.all()] == ["plan_filing"]
        send(plan, people)
    plan.refresh_from_db()
    assert plan.submitted_late_days is None
    with at("2026-12-22 09:00"):
        plan_decisions.file_plan(agree(plan.case, people), people.office["officer"])
    receipt = str(plan.case.documents.get(kind="plan_receipt").content)
    assert "2026年12月10日在基地认定之前，不计期限" in receipt
    assert "第二十二条规定的期限为2026年12月31日，按期" in receipt
    plan.refresh_from_db()
    assert plan.filed_late_days == 0


def test_a_base_recognised_before_a_fixed_day_is_late_by_it_when_nothing_came():
    people = supervision("national")
    head = people.office["head"]
    with at("2027-01-01 00:00:00"):
        assert (overview(head, late="yes"), overview(head, late="no")) == ({people.base.pk}, set())


def test_kept_counts_follow_every_act(november):
    people = supervision("zibo")
    officer = people.office["officer"]
    overview = plan_overview.overview_of(officer, 2027)
    assert plan_overview.totals(plan_overview.recent_counts_by_unit(officer, overview))["not_submitted"] == 1
    send(drafted(people), people)
    assert plan_overview.totals(plan_overview.recent_counts_by_unit(officer, overview))["unit"] == 1

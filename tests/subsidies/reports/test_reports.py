"""Figures of cycles and bases: exact to the fen, of what the reader may see, each leading to what is behind it."""

import datetime as dt
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.actors import actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.subsidies.models import Award, SupervisorAssignment
from apps.subsidies.services import dashboards
from apps.subsidies.services.dashboards import Figures
from tests.factories import OrganisationFactory
from tests.security.played.browsing import signed_in
from tests.subsidies.building import Funding, active_award, make_award, move, taken
from tests.subsidies.ledger.stage import accept, full_books

pytestmark = pytest.mark.django_db

FULL = Figures(
    requested=46_000_003,
    awarded=41_000_003,
    advanced=7_500_001,
    accepted=10_000_000,
    paid=7_500_001,
    returned=2_000_000,
    count=1,
)


def get(actor, name, number, **query):
    return signed_in(actor.user).get(reverse(f"subsidies:{name}", args=[number] if number else []), query)


@pytest.fixture
def books():
    return full_books()


def neighbour(funding):
    """Another base of the same authority with an award in the same cycle."""
    other = Funding(authority=funding.authority)
    other.cycle = funding.cycle
    return other


def test_figures_of_an_award_with_money_in_every_account(books):
    assert dashboards.figures_of(Award.objects.filter(pk=books.award.pk)) == FULL
    assert dashboards.figures_by_award([books.award.pk]) == {books.award.pk: FULL}
    assert FULL.left == 33_500_002


def test_drafts_and_withdrawn_applications_are_not_requested(books):
    drafted = make_award(books.funding, requested_fen=5)
    withdrawn = make_award(books.funding, state="withdrawn")
    assert withdrawn.requested_fen == 46_000_003
    found = dashboards.figures_by_award([drafted.pk, withdrawn.pk])
    assert [one.requested for one in found.values()] == [0, 0]
    assert dashboards.figures_of(Award.objects.filter(cycle=books.cycle)).requested == 46_000_003


def test_summary_adds_up_by_state_and_by_base(books):
    other = neighbour(books.funding)
    active_award(other)
    make_award(other, state="reviewed")
    found = dashboards.summary_of(books.funding.finance, books.cycle)
    assert [(state, one.count) for state, _, one in found.states] == [("reviewed", 1), ("active", 2)]
    assert found.total.requested == 3 * 46_000_003
    assert [(number, one.awarded) for number, _, one in found.bases] == [
        (other.base.number, 46_000_003),
        (books.funding.base.number, 41_000_003),
    ]
    assert sum((one for _, _, one in found.bases), Figures()).paid == 7_500_001


def test_summary_is_counted_anew_after_an_act(books):
    before = dashboards.summary_of(books.funding.finance, books.cycle).total
    accept(books.funding, books.award, "高级研修班", 16_000_000)
    taken(books.award.case, "note", books.funding.office["head"], "active")
    assert before.accepted == 10_000_000
    assert dashboards.summary_of(books.funding.finance, books.cycle).total.accepted == 26_000_000


def test_authority_sees_all_sent_awards_and_the_books(books):
    make_award(neighbour(books.funding))
    for name in ("officer", "finance", "head", "legal"):
        response = get(books.funding.office[name], "report_cycle", books.cycle.case.number)
        text = response.content.decode()
        assert response.status_code == 200
        assert [row["award"].pk for row in response.context["rows"]] == [books.award.pk]
        assert "10,000,000.00" in text and "¥410,000.03" in text


@pytest.mark.parametrize("name", ["report_balance", "report_ledger"])
def test_books_are_for_the_authority_alone(books, name):
    funding = books.funding
    assert get(funding.finance, name, books.cycle.case.number).status_code == 200
    stranger = Funding()
    for actor in (funding.editor, funding.head, funding.unit_head, funding.supervisor, stranger.finance):
        assert get(actor, name, books.cycle.case.number).status_code == 404
    assert get(funding.finance, name, "ZQ-SHANGHAI-2026-99999").status_code == 404


def test_institution_and_managing_unit_see_their_own_awards_only(books):
    other = neighbour(books.funding)
    theirs = active_award(other)
    drafted = make_award(other)
    for actor, seen in ((other.head, {theirs.pk, drafted.pk}), (other.unit_officer, {theirs.pk})):
        response = get(actor, "report_cycle", books.cycle.case.number)
        text = response.content.decode()
        assert {row["award"].pk for row in response.context["rows"]} == seen
        assert books.funding.base.institution_name not in text
        assert "10,000,000.00" not in text  # the cycle's budget is the authority's business
        assert "¥410,000.03" not in text
        assert get(actor, "report_base", books.funding.base.number).status_code == 404
        assert get(actor, "report_base", other.base.number).status_code == 200


def test_supervisor_sees_the_assigned_award_until_the_assignment_ends(books):
    active_award(neighbour(books.funding))
    supervisor = books.funding.supervisor
    assert get(supervisor, "report_cycle", books.cycle.case.number).status_code == 404
    assert get(supervisor, "reports", "").context["rows"] == []
    assignment = SupervisorAssignment.objects.create(
        award=books.award,
        user=supervisor.user,
        organisation=supervisor.organisation,
        begun_at=books.award.case.opened_at,
    )
    response = get(supervisor, "report_cycle", books.cycle.case.number)
    assert [row["award"].pk for row in response.context["rows"]] == [books.award.pk]
    assignment.ended_at = books.award.case.opened_at
    assignment.save()
    assert get(supervisor, "report_cycle", books.cycle.case.number).status_code == 404


def test_supervisor_sees_nothing_of_an_award_assigned_to_them_in_another_third_party(books):
    supervisor = books.funding.supervisor
    other = OrganisationFactory(kind="supervisor", jurisdiction_id="shanghai", superior=books.funding.authority)
    Membership.objects.create(user=supervisor.user, organisation=other, role=Role.FUND_SUPERVISOR)
    SupervisorAssignment.objects.create(
        award=books.award, user=supervisor.user, organisation=other, begun_at=books.award.case.opened_at
    )
    assert list(dashboards.open_awards(supervisor)) == []
    assert list(dashboards.open_awards(actor_for(supervisor.user, other))) == [books.award]


@pytest.mark.parametrize("state", ["withdrawn", "discontinued"])
def test_application_ended_without_being_sent_is_not_told_to_the_authority(books, state):
    unsent = make_award(books.funding)
    move(unsent.case, state)
    sent = make_award(books.funding, state=state)
    found = dashboards.open_awards(books.funding.finance)
    assert unsent not in found
    assert sent in found
    assert unsent in dashboards.open_awards(books.funding.editor)


def test_another_authority_and_a_stranger_find_no_cycle(books):
    stranger = Funding()
    for actor in (stranger.finance, stranger.head, stranger.unit_head):
        assert get(actor, "report_cycle", books.cycle.case.number).status_code == 404
        listed = get(actor, "reports", "").content.decode()
        assert books.cycle.case.number not in listed


@pytest.mark.parametrize(
    ("has", "found"),
    [("requested", 2), ("awarded", 1), ("advanced", 1), ("accepted", 1), ("paid", 1), ("returned", 1), ("left", 1)],
)
def test_each_figure_leads_to_the_awards_behind_it(books, has, found):
    make_award(neighbour(books.funding), state="reviewed")
    response = get(books.funding.finance, "report_cycle", books.cycle.case.number, has=has)
    rows = response.context["rows"]
    assert len(rows) == found
    total = sum(getattr(dashboards.figures_by_award([row["award"].pk])[row["award"].pk], has) for row in rows)
    assert total == getattr(dashboards.summary_of(books.funding.finance, books.cycle).total, has)


def test_search_filters_by_name_number_and_state(books):
    other = neighbour(books.funding)
    award = make_award(other, state="reviewed")
    for query in (
        {"q": other.base.institution_name},
        {"q": other.base.number},
        {"q": award.case.number},
        {"state": "reviewed"},
    ):
        response = get(books.funding.finance, "report_cycle", books.cycle.case.number, **query)
        assert [row["award"].pk for row in response.context["rows"]] == [award.pk], query
    odd = get(books.funding.finance, "report_cycle", books.cycle.case.number, q="%_", state="x", page="9e9", sort="x")
    assert odd.status_code == 200


def test_export_holds_every_figure_in_yuan(books):
    response = get(books.funding.finance, "report_cycle", books.cycle.case.number, format="xlsx")
    head, row = load_workbook(BytesIO(response.content)).active.values
    assert head[5:] == (
        "申请（元）",
        "资助（元）",
        "验收前拨付（元）",
        "验收核定（元）",
        "已拨付（元）",
        "已缴回（元）",
        "未拨付（元）",
    )
    assert row[5:] == ("460000.03", "410000.03", "75000.01", "100000.00", "75000.01", "20000.00", "335000.02")


def test_trial_balance_leads_to_its_entries(books):
    response = get(books.funding.finance, "report_balance", books.cycle.case.number)
    text = response.content.decode()
    assert "借贷平衡" in text and "¥11,490,000.12" in text
    ledger = reverse("subsidies:report_ledger", args=[books.cycle.case.number])
    assert f"{ledger}?account=bank&amp;side=credit" in text
    shown = get(books.funding.finance, "report_ledger", books.cycle.case.number, account="bank", side="credit")
    assert [row["entry"].kind for row in shown.context["rows"]] == ["pay", "pay"]


def test_ledger_filters_by_award_kind_and_day(books):
    other = neighbour(books.funding)
    theirs = active_award(other)
    number = books.cycle.case.number
    seen = get(books.funding.finance, "report_ledger", number, award=theirs.case.number).context["rows"]
    assert [row["entry"].kind for row in seen] == ["allocate", "grant"]
    seen = get(books.funding.finance, "report_ledger", number, kind="reverse", sort="seq").context["rows"]
    assert [row["entry"].reverses.key.rsplit(":")[-1] for row in seen] == ["pay", "approve"]
    day = timezone.localdate(seen[0]["entry"].at)
    assert get(books.funding.finance, "report_ledger", number, since=day, until=day).context["page"].total == 14
    before = get(books.funding.finance, "report_ledger", number, until=day - dt.timedelta(days=1))
    assert before.context["rows"] == []
    assert get(books.funding.finance, "report_ledger", number, since="2099-01-01").context["rows"] == []


def test_ledger_export_has_a_row_for_each_posting(books):
    response = get(books.funding.finance, "report_ledger", books.cycle.case.number, format="xlsx", sort="seq")
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert rows[0][-1] == "金额（元）"
    assert (rows[1][2], rows[1][-1]) == ("下达周期指标", "10000000.00")
    assert len(rows) == 1 + 1 + 1 + 3 + 4 + 2 + 1 + 1 + 1


@pytest.mark.parametrize("others", [0, 3])
def test_number_of_queries_does_not_depend_on_the_awards(books, others, django_assert_max_num_queries):
    for _ in range(others):
        make_award(neighbour(books.funding), state="reviewed")
    client = signed_in(books.funding.finance.user)
    url = reverse("subsidies:report_cycle", args=[books.cycle.case.number])
    client.get(url)
    with django_assert_max_num_queries(12):
        assert len(client.get(url).context["rows"]) == 1 + others


def test_figures_of_a_state_and_of_a_base_lead_to_their_awards(books):
    text = get(books.funding.finance, "report_cycle", books.cycle.case.number).content.decode()
    url = reverse("subsidies:report_cycle", args=[books.cycle.case.number])
    assert f'href="{url}?state=active&amp;has=paid"' in text
    assert f'href="{url}?q={books.funding.base.number}&amp;has=returned"' in text

"""The pages of cycles: drawn up, corrected, opened; what others see; bad input."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.subsidies.models import FundingCycle
from tests.factories import Supervision
from tests.subsidies.building import Funding, active_award, make_payment

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"subsidies:{name}", args=args)


def posted(**changed: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "title": "2026—2027周期",
        "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(days=700)).isoformat(),
        "opens_on": today.isoformat(),
        "closes_on": (today + dt.timedelta(days=20)).isoformat(),
        "budget_fen": "12,345,678.90",
        "change_share_percent": "15",
        "pass_points": "70",
        "notes": "按须知填报",
        "rubric-TOTAL_FORMS": "2",
        "rubric-INITIAL_FORMS": "0",
        "rubric-MIN_NUM_FORMS": "1",
        "rubric-MAX_NUM_FORMS": "30",
        "rubric-0-title": "预算合理",
        "rubric-0-max_points": "60",
        "rubric-1-title": "绩效目标",
        "rubric-1-max_points": "40",
    } | changed


def test_a_cycle_is_drawn_up_corrected_and_opened_on_its_pages(client):
    sup = Supervision("shanghai")
    client.force_login(sup.office["officer"].user)
    assert client.post(url("cycle_new"), posted()).status_code == 302
    cycle = FundingCycle.objects.get()
    assert (cycle.budget_fen, cycle.hold_for_overdue_rectification) == (1_234_567_890, False)
    assert [item["max_points"] for item in cycle.rubric] == [60, 40]
    number = cycle.case.number
    assert 'value="12345678.90"' in client.get(url("cycle_edit", number)).content.decode()
    changed = posted(budget_fen="1.01", hold_for_overdue_rectification="on", version=str(cycle.case.version))
    changed["rubric-INITIAL_FORMS"] = "2"
    assert client.post(url("cycle_edit", number), changed).status_code == 302
    assert client.post(url("cycle_edit", number), changed).status_code == 409  # the page is stale now
    assert client.post(reverse("cases:step", args=[number, "propose"]), {"reason": ""}).status_code == 302
    assert client.get(url("cycle_edit", number)).status_code == 302
    client.force_login(sup.office["head"].user)
    assert client.post(reverse("cases:step", args=[number, "launch"]), {"reason": ""}).status_code == 302
    cycle = FundingCycle.objects.get()
    assert (cycle.case.state, cycle.budget_fen, cycle.hold_for_overdue_rectification) == ("open", 101, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("budget_fen", "一亿"),
        ("budget_fen", "0"),
        ("budget_fen", "-1"),
        ("budget_fen", "1.001"),
        ("budget_fen", "9" * 30),
        ("change_share_percent", "101"),
        ("closes_on", "2001-01-01"),
        ("ends_on", "2001-01-01"),
        ("rubric-0-max_points", "61"),
        ("title", ""),
    ],
)
def test_bad_input_is_refused_and_nothing_is_lost(client, field, value):
    sup = Supervision("shanghai")
    client.force_login(sup.office["officer"].user)
    answer = client.post(url("cycle_new"), posted(**{field: value}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "按须知填报" in page
    assert value in page
    assert not FundingCycle.objects.exists()


def test_the_page_shows_its_figures_and_leads_to_the_rows(client):
    funding = Funding()
    make_payment(funding, active_award(funding), state="paid")
    client.force_login(funding.finance.user)
    page = client.get(url("cycle", funding.cycle.case.number)).content.decode()
    for sum_ in ("10,000,000.00元", "460,000.03元", "75,000.01元", "9,539,999.97元"):
        assert sum_ in page
    assert f"{url('awards')}?cycle={funding.cycle.pk}" in page


def test_a_cycle_is_for_its_authority_alone(client):
    funding, other = Funding(), Supervision("shanghai")
    number = funding.cycle.case.number
    for actor, status in (
        (funding.office["legal"], 200),
        (other.office["officer"], 404),
        (funding.head, 403),
        (funding.unit_officer, 403),
    ):
        client.force_login(actor.user)
        assert client.get(url("cycle", number)).status_code == status
    client.force_login(other.office["officer"].user)
    assert client.get(url("cycle_edit", number)).status_code == 404
    assert number not in client.get(url("cycles")).content.decode()
    client.force_login(funding.office["officer"].user)
    assert number in client.get(url("cycles")).content.decode()
    assert client.get(url("cycles_export")).status_code == 200

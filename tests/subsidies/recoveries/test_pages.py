"""The pages of demands for return: a road walked through them, what others see, odd input, the number of queries."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.cases.models import Case
from apps.subsidies.models import FundRecovery, FundReturn
from apps.subsidies.services import recoveries
from tests.subsidies.building import Funding
from tests.subsidies.recoveries.story import ACCOUNT, bank_line, demanded, drafted, fresh
from tests.subsidies.spending.story import first_line, paid_award, pdf

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"subsidies:{name}", args=args)


def step(client, case, name: str, **data: str):
    return client.post(reverse("cases:step", args=[case.number, name]), {"reason": ""} | data)


def posted(award, amount: str, **values: object) -> dict[str, object]:
    due = timezone.localdate() + dt.timedelta(days=30)
    told = {"ground": "misspent", "facts": "接待支出。", "articles": ["35(3)", "36"], "due_on": due.isoformat()}
    return told | {"account": ACCOUNT, f"line-{first_line(award).pk}": amount} | values


def test_demand_is_walked_through_its_pages_until_all_is_back(client):
    funding = Funding()
    award = paid_award(funding)
    client.force_login(funding.office["officer"].user)
    assert (
        url("recovery_new", award.case.number)
        in client.get(url("recovery_of_base", award.base.number)).content.decode()
    )
    new = url("recovery_new", award.case.number)
    wrong = client.post(new, posted(award, "75000.02"))
    assert wrong.status_code == 422
    assert 'value="75000.02"' in wrong.content.decode()
    assert not FundRecovery.objects.exists()
    assert client.post(new, posted(award, "10,000.01")).status_code == 302
    case = Case.objects.get(kind="fund_recovery")
    page = client.get(url("recovery_edit", case.number)).content.decode()
    assert 'value="10000.01"' in page
    stale = posted(award, "5.00", version=str(case.version - 1))
    assert client.post(url("recovery_edit", case.number), stale).status_code == 409
    assert (
        client.post(url("recovery_edit", case.number), posted(award, "10000.00", version=str(case.version))).status_code
        == 302
    )
    assert step(client, case, "propose_demand").status_code == 302
    client.force_login(funding.office["head"].user)
    assert step(client, case, "sign_demand").status_code == 302
    client.force_login(funding.editor.user)
    assert "¥10,000.00" in client.get(reverse("cases:detail", args=[case.number])).content.decode()
    answer = client.post(url("recovery_proof", case.number), {"text": "已汇出", "files": pdf("回单.pdf")})
    assert answer.status_code == 302
    bad = client.post(
        url("recovery_proof", case.number), {"text": "第二次", "files": pdf("x.pdf").__class__("a.txt", b"text")}
    )
    assert bad.status_code == 422
    assert "第二次" in bad.content.decode()
    line = bank_line(funding, 400_000)
    client.force_login(funding.finance.user)
    page = client.get(url("recovery_return", case.number), {"line": line.pk}).content.decode()
    assert 'value="4000.00"' in page
    assert 'value="F0001"' in page
    row = case.fund_recovery.lines.get()
    today = timezone.localdate().isoformat()
    first = {"on": today, "bank_reference": "F0001", f"row-{row.pk}": "4000.00"}
    for _ in range(2):
        assert client.post(url("recovery_return", case.number), first).status_code == 302
    assert FundReturn.objects.get().bank_line == line
    over = {"on": today, "bank_reference": "F0002", f"row-{row.pk}": "6000.01"}
    assert client.post(url("recovery_return", case.number), over).status_code == 422
    assert client.post(url("recovery_return", case.number), over | {f"row-{row.pk}": "6000"}).status_code == 302
    assert fresh(case).state == "returned"
    assert client.post(url("recovery_return", case.number), first).status_code == 302
    assert FundReturn.objects.count() == 2


def test_draft_and_its_lift_are_hidden_from_the_institution(client):
    funding = Funding()
    award = paid_award(funding)
    hidden = drafted(funding, award, 100)
    case = demanded(funding, award, 200)
    recoveries.propose_lift(case, funding.finance, "内部理由")
    client.force_login(funding.editor.user)
    assert client.get(reverse("cases:detail", args=[hidden.number])).status_code == 404
    page = client.get(reverse("cases:detail", args=[case.number])).content.decode()
    assert "内部理由" not in page
    listed = client.get(url("recovery_list")).content.decode()
    assert case.number in listed
    assert hidden.number not in listed
    assert hidden.number not in client.get(url("recovery_of_base", award.base.number)).content.decode()


def test_strangers_find_nothing(client):
    funding, other = Funding(), Funding()
    award = paid_award(funding)
    case = demanded(funding, award)
    for actor in (other.editor, other.finance, other.office["officer"], funding.unit_officer):
        client.force_login(actor.user)
        for name in ("recovery_edit", "recovery_return", "recovery_proof"):
            assert client.get(url(name, case.number)).status_code in (403, 404), name
        assert client.post(url("recovery_new", award.case.number), posted(award, "1")).status_code in (403, 404)
        assert case.number not in client.get(url("recovery_list"), {"state": "all"}).content.decode()
    assert FundRecovery.objects.count() == 1


def test_overdue_demand_is_marked_in_the_list_and_on_its_page(client):
    funding = Funding()
    case = demanded(funding, paid_award(funding))
    client.force_login(funding.finance.user)
    assert case.number not in client.get(url("recovery_list"), {"due": "overdue"}).content.decode()
    noon = dt.datetime.combine(
        timezone.localdate() + dt.timedelta(days=33), dt.time(12), tzinfo=timezone.get_current_timezone()
    )
    with time_machine.travel(noon, tick=True):
        client.force_login(funding.finance.user)
        listed = client.get(url("recovery_list"), {"due": "overdue"}).content.decode()
        assert case.number in listed
        assert "3 天" in listed
        page = client.get(reverse("cases:detail", args=[case.number])).content.decode()
        assert "已逾期 3 天，尚未缴回 ¥10,000.01" in page


@pytest.mark.parametrize("text", ["\x00", "9" * 40, "-1", "1e5", "1.001"])
def test_odd_sum_is_refused_and_kept_in_the_form(client, text):
    funding = Funding()
    award = paid_award(funding)
    client.force_login(funding.finance.user)
    answer = client.post(url("recovery_new", award.case.number), posted(award, text))
    if text == "\x00":  # nothing is left of it: a draft without a sum may be saved
        assert answer.status_code == 302
        assert FundRecovery.objects.get().amount_fen == 0
    else:
        assert answer.status_code == 422
        assert f'value="{text}"' in answer.content.decode()


def test_list_costs_the_same_with_one_and_three_demands(client):
    funding = Funding()
    award = paid_award(funding)
    client.force_login(funding.finance.user)
    counts = []
    for number in range(3):
        demanded(funding, award, 100 + number)
        if number in (0, 2):
            with CaptureQueriesContext(connection) as queries:
                page = client.get(url("recovery_list"), {"sort": "-amount"})
            counts.append(len(queries))
    assert page.content.decode().index("¥1.02") < page.content.decode().index("¥1.00")
    assert counts[0] == counts[1] <= 12
    assert client.get(url("recovery_export")).content[:2] == b"PK"


def test_finance_who_is_not_in_turn_is_led_back(client):
    funding = Funding()
    case = drafted(funding, paid_award(funding), 100)
    client.force_login(funding.finance.user)
    assert client.get(url("recovery_return", case.number)).status_code == 302

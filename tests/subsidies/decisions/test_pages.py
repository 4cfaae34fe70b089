"""The pages on which money is granted: a road walked through them, what others see, bad input, queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.cases.models import Case
from apps.subsidies.models import Award, CapException
from tests.factories import Supervision
from tests.subsidies.building import Funding, active_award, make_award, move
from tests.subsidies.decisions.story import CAP, big, fresh, pdf, proposed, reviewed

pytestmark = pytest.mark.django_db
SECRET = "甲方案的单价高于市场价"


def url(name: str, *args) -> str:
    return reverse(f"subsidies:{name}", args=args)


def take(client, case: Case, step: str, **data: str):
    return client.post(reverse("cases:step", args=[case.number, step]), {"reason": ""} | data)


def decision(case: Case, **values: str) -> dict[str, str]:
    case.refresh_from_db()
    return {"conclusion": "grant", "reasons": "符合支持方向", "version": str(case.version)} | values


def test_an_award_above_the_cap_is_walked_through_its_pages(client):
    funding = Funding()
    case = reviewed(funding, lines=big(CAP + 1)).case
    client.force_login(funding.office["officer"].user)
    sums = {"sum-l1": "5000000.01"}
    answer = client.post(url("award_decision", case.number), decision(case, **sums))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "5,000,000.01元" in page
    assert "符合支持方向" in page
    recorded = {
        "total_fen": "6,000,000",
        "reason": "承担国家级项目",
        "document_number": "沪人社办〔2026〕8号",
        "document_date": "2026-01-05",
        "version": str(case.version),
    }
    answer = client.post(url("award_exception", case.number), recorded | {"file": pdf()})
    assert answer.status_code == 302
    assert CapException.objects.get(award_id=case.pk).total_fen == 600_000_000
    assert client.post(url("award_decision", case.number), decision(case, **sums)).status_code == 302
    client.force_login(funding.finance.user)
    assert take(client, case, "sign_exception").status_code == 302
    assert client.post(url("award_finance", case.number), {"opinion": "同意", "action": "agree"}).status_code == 302
    client.force_login(funding.office["head"].user)
    assert take(client, case, "countersign_exception").status_code == 302
    assert take(client, case, "sign_award").status_code == 302
    award = fresh(Award.objects.get(pk=case.pk))
    assert (award.case.state, award.granted_fen) == ("granted", CAP + 1)
    for actor in (funding.head, funding.unit_officer, funding.office["officer"]):
        client.force_login(actor.user)
        assert "¥5,000,000.01" in client.get(url("award", case.number)).content.decode()


def test_the_finance_side_returns_a_proposal_on_its_page(client):
    funding = Funding()
    case = proposed(funding, reviewed(funding))
    client.force_login(funding.finance.user)
    assert client.post(url("award_finance", case.number), {"opinion": "", "action": "return"}).status_code == 422
    client.post(url("award_finance", case.number), {"opinion": "标准偏高", "action": "return"})
    case.refresh_from_db()
    assert case.state == "reviewed"
    client.force_login(funding.office["officer"].user)
    assert "标准偏高" in client.get(url("award_decision", case.number)).content.decode()


def test_what_is_only_proposed_is_not_shown_to_the_institution(client):
    funding = Funding()
    award = reviewed(funding, panel_opinion="专家内部意见")
    case = proposed(funding, award, {"l1": 12_345_678})
    Award.objects.filter(pk=case.pk).update(reasons=SECRET)
    for state in ("finance_review", "decision_ready"):
        move(case, state)
        client.force_login(funding.head.user)
        for address in (url("award", case.number), reverse("cases:detail", args=[case.number]), url("awards")):
            page = client.get(address).content.decode()
            for secret in (SECRET, "123,456.78", "81.50", "专家内部意见"):
                assert secret not in page, (state, address, secret)
    client.force_login(funding.finance.user)
    page = client.get(url("award", case.number)).content.decode()
    assert SECRET in page
    assert "123,456.78" in page


@pytest.mark.parametrize("typed", ["一百", "1e9", "-1", "0.001", "9" * 40, "1,000.5.5", "=1+1"])
def test_a_sum_that_is_none_is_refused_and_nothing_is_lost(client, typed):
    funding = Funding()
    case = reviewed(funding).case
    client.force_login(funding.office["officer"].user)
    answer = client.post(url("award_decision", case.number), decision(case, **{"sum-l1": typed, "sum-l2": "1.50"}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "符合支持方向" in page
    assert 'value="1.50"' in page
    case.refresh_from_db()
    assert case.state == "reviewed"


@pytest.mark.parametrize("name", ["award", "award_return", "award_decision", "award_exception", "award_finance"])
def test_a_foreign_award_answers_as_one_that_does_not_exist(client, name):
    funding, other = Funding(), Funding()
    case = reviewed(other).case
    people = {"award_finance": funding.finance}
    client.force_login(people.get(name, funding.office["officer"]).user)
    foreign = client.get(url(name, case.number))
    nothing = client.get(url(name, "ZZ-SHANGHAI-2026-09999"))
    assert (foreign.status_code, nothing.status_code) == (404, 404)


def test_a_draft_is_not_seen_by_the_authority(client):
    funding = Funding()
    award = make_award(funding)
    client.force_login(funding.office["officer"].user)
    assert client.get(url("award", award.case.number)).status_code == 404
    assert award.case.number not in client.get(url("awards")).content.decode()
    client.force_login(funding.editor.user)
    assert client.get(url("award", award.case.number)).status_code == 200


def test_the_page_of_a_running_award_says_what_each_part_waits_for(client):
    funding = Funding()
    award = active_award(funding)
    client.force_login(funding.editor.user)
    page = client.get(url("award", award.case.number)).content.decode()
    assert "可以申请拨付" in page
    assert page.count("待本项通过验收（第三十七条）") == 3
    assert "¥75,000.02" in page


def test_the_list_is_filtered_sorted_and_exported(client):
    funding, other = Funding(), Funding()
    small = reviewed(funding, lines=big(100))
    large = make_award(funding, state="submitted", lines=big(300))
    foreign = reviewed(other)
    client.force_login(funding.office["officer"].user)
    page = client.get(url("awards"), {"sort": "-requested"}).content.decode()
    assert page.index(large.case.number) < page.index(small.case.number)
    assert foreign.case.number not in page
    page = client.get(
        url("awards"), {"state": "reviewed", "cycle": str(funding.cycle.pk), "q": "测试"}
    ).content.decode()
    assert small.case.number in page
    assert large.case.number not in page
    for odd in ({"state": "x"}, {"cycle": "x"}, {"cycle": "9" * 30}, {"page": "x"}, {"sort": "x"}):
        assert client.get(url("awards"), odd).status_code == 200
    answer = client.get(url("awards_export"), {"state": "reviewed"})
    from io import BytesIO

    from openpyxl import load_workbook

    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert [row[0] for row in rows] == ["办件编号", small.case.number]
    assert rows[1][6] == "1.00"


def test_the_list_takes_the_same_queries_for_one_and_for_three(client):
    funding = Funding()
    client.force_login(funding.office["officer"].user)
    active_award(funding)
    client.get(url("awards"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("awards"))
    active_award(funding)
    active_award(funding)
    with CaptureQueriesContext(connection) as three:
        client.get(url("awards"))
    assert len(one) == len(three)


@pytest.mark.parametrize(
    ("jurisdiction", "words", "article"),
    [
        ("shanghai", "资助周期", "第三十二条"),
        ("national", "本办法没有资助周期", "第三十三条"),
        ("sichuan", "本办法没有规定专项经费", "第二十八条"),
        ("weihai", "本办法没有规定专项经费", "第二十二条"),
        ("zibo", "本办法没有规定专项经费", "第二十六条"),
    ],
)
def test_the_entrance_says_what_the_text_gives(client, jurisdiction, words, article):
    sup = Supervision(jurisdiction)
    for actor in (sup.office["officer"], sup.editor, sup.unit_officer):
        client.force_login(actor.user)
        page = client.get(url("index")).content.decode()
        assert words in page or jurisdiction == "shanghai"
        assert article in page
    client.force_login(sup.office["officer"].user)
    gives = jurisdiction == "shanghai"
    assert (url("cycles") in client.get(url("index")).content.decode()) is gives
    assert (client.get(url("cycles")).status_code == 200) is gives
    assert (client.get(url("cycle_new")).status_code == 200) is gives

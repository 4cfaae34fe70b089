"""The public answers: what is published, for everyone alike, and nothing else."""

import datetime as dt
import hashlib
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import Role
from apps.api.views.register import BasesQuery
from apps.bases.filters import BaseFilter
from apps.bases.models import BaseStatus
from apps.bases.views import SORTS
from apps.cases.models import Case
from apps.jurisdictions.models import Jurisdiction
from tests.api.factories import CANARY, add_history, make_base, make_document, make_notice
from tests.factories import AuthorityFactory, make_round, member

pytestmark = pytest.mark.django_db


def url(name: str, number: str = "", **query) -> str:
    return reverse(f"api:{name}", kwargs={"number": number} if number else None, query=query)


def numbers(response) -> list[str]:
    assert response.status_code == 200
    return [row["number"] for row in response.json()["results"]]


def test_register_lists_bases_newest_first_without_rehearsals(api, office):
    older = make_base(office.authority, recognised_on=dt.date(2025, 6, 1))
    newer = make_base(office.authority)
    make_base(office.authority, is_sandbox=True)
    response = api.get(url("bases"))
    assert numbers(response) == [newer.number, older.number]
    row = response.json()["results"][0]
    assert row == {
        "number": newer.number,
        "name": newer.name,
        "institution_name": newer.institution.name,
        "credit_code": newer.institution.credit_code,
        "division": "370300",
        "field": "数字技术",
        "level": "municipal",
        "level_label": "市级",
        "jurisdiction": {"code": "zibo", "name": Jurisdiction.objects.get(pk="zibo").name},
        "authority": {"name": office.authority.name, "kind": "authority"},
        "status": "active",
        "status_label": "有效",
        "recognised_on": "2026-03-02",
        "ended_on": None,
        "url": f"http://testserver{url('base', newer.number)}",
    }


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"q": "甲"}, ["A"]),
        ({"jurisdiction": "weihai"}, ["B"]),
        ({"level": "provincial"}, ["B"]),
        ({"field": "海洋"}, ["B"]),
        ({"division": "3710"}, ["B"]),
        ({"division": "37"}, ["B", "A"]),
        ({"status": BaseStatus.REVOKED}, ["A"]),
        ({"sort": "recognised_on"}, ["A", "B"]),
        ({"q": ""}, ["B", "A"]),
        ({"q": "无"}, []),
    ],
)
def test_register_is_filtered_and_sorted(api, office, query, expected):
    make_base(office.authority, number="A", name="甲基地", status=BaseStatus.REVOKED, recognised_on=dt.date(2025, 6, 1))
    make_base(
        AuthorityFactory(jurisdiction_id="weihai"),
        number="B",
        name="乙基地",
        field="海洋工程",
        level="provincial",
        division="371002",
    )
    assert numbers(api.get(url("bases", **query))) == expected


@pytest.mark.parametrize(
    "query, field",
    [
        ({"jurisdiction": "atlantis"}, "jurisdiction"),
        ({"level": "x"}, "level"),
        ({"division": "371"}, "division"),
        ({"division": "3703000"}, "division"),
        ({"status": "x"}, "status"),
        ({"sort": "id"}, "sort"),
        ({"q": "甲" * 61}, "q"),
        ({"q": "\x00"}, "q"),
        ({"field": "\x00"}, "field"),
        ({"page": "0"}, "page"),
        ({"page": "401"}, "page"),
        ({"page": "x"}, "page"),
        ({"institution": "1"}, "institution"),
    ],
)
def test_bad_filter_is_named(api, query, field):
    response = api.get(url("bases", **query))
    assert response.status_code == 400
    assert [(error["field"], error["in"]) for error in response.json()["errors"]] == [(field, "query")]


def test_every_filter_of_the_page_is_a_parameter():
    assert set(BasesQuery().fields) == set(BaseFilter.base_filters) | {"page", "sort"}
    assert set(BasesQuery().fields["sort"].choices) == set(SORTS)


def test_pages_are_linked_with_their_filters(api, office):
    for _ in range(26):
        make_base(office.authority)
    first = api.get(url("bases", jurisdiction="zibo")).json()
    assert (first["count"], first["count_capped"], len(first["results"]), first["previous"]) == (26, False, 25, None)
    assert first["next"] == "http://testserver/api/v1/bases/?jurisdiction=zibo&page=2"
    second = api.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    assert second["previous"] == "http://testserver/api/v1/bases/?jurisdiction=zibo&page=1"


def test_base_shows_its_history_with_public_documents_only(api, office):
    base = make_base(office.authority)
    public = make_document(office.round.case, is_public=True)
    add_history(base, document=public)
    add_history(base, document=make_document(office.round.case, is_public=False, number=f"{CANARY}号"))
    add_history(base, document=None, note="更名")
    response = api.get(url("base", base.number))
    history = response.json()["history"]
    assert [(line["document_number"], line["note"]) for line in history] == [
        (public.number, ""),
        (None, ""),
        (None, "更名"),
    ]
    assert history[0]["document_pdf"] == f"http://testserver/documents/{public.verification_code}/pdf/"
    assert history[1]["document_pdf"] is None
    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("name", ["base", "round", "notice"])
@pytest.mark.parametrize("number", ["none", "%00", "..", "'"])
def test_number_that_is_none_is_not_found(api, name, number):
    address = url(name, "X").replace("/X/", f"/{number}/")
    response = api.get(address)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_rehearsals_and_drafts_are_not_found(api, office):
    base = make_base(office.authority, is_sandbox=True)
    rehearsed = make_notice(make_round(office.authority, is_sandbox=True), is_sandbox=True)
    drafted = make_notice(office.round, state="draft")
    draft_round = make_round(office.authority, state="draft")
    hidden = [url("base", base.number), url("round", draft_round.case.number)]
    hidden += [url("notice", notice.case.number) for notice in (rehearsed, drafted)]
    hidden.append(url("round", rehearsed.round.case.number))
    assert [api.get(address).status_code for address in hidden] == [404] * 5
    assert numbers(api.get(url("notices"))) == []
    assert numbers(api.get(url("rounds"))) == [office.round.case.number]


def test_rounds_are_narrowed_to_the_open_ones(api, office):
    running = make_round(office.authority)
    today = timezone.localdate()
    coming = make_round(office.authority, opens_on=today + dt.timedelta(days=1), closes_on=today + dt.timedelta(days=2))
    assert numbers(api.get(url("rounds", open="true"))) == [running.case.number]
    assert set(numbers(api.get(url("rounds", open="false")))) == {office.round.case.number, coming.case.number}
    assert api.get(url("rounds", open="1")).status_code == 400
    row = api.get(url("round", running.case.number)).json()
    assert (row["is_open"], row["level_label"], row["state_label"]) == (True, "市级", "已发布")
    assert "rubric" not in row


def test_notice_shows_its_frozen_list_and_no_objector(api, office):
    notice = make_notice(office.round)
    document = make_document(notice.case, is_public=True)
    make_document(notice.case, is_public=False, number=f"{CANARY}号")
    response = api.get(url("notice", notice.case.number))
    body = response.json()
    canonical = json.dumps(body["entries"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == body["list_sha256"] == notice.list_sha256
    assert [row["verification_code"] for row in body["documents"]] == [document.verification_code]
    assert body["objections_page"] == f"http://testserver/applications/public/notices/{notice.case.number}/"
    assert numbers(api.get(url("notices"))) == [notice.case.number]
    assert CANARY not in response.content.decode()
    assert CANARY not in api.get(url("notices")).content.decode()


def test_notices_are_narrowed_to_the_running_ones(api, office):
    running = make_notice(office.round)
    over = make_notice(office.round, state="closed")
    assert numbers(api.get(url("notices", running="true"))) == [running.case.number]
    assert numbers(api.get(url("notices", running="false"))) == [over.case.number]


def test_announcements_are_the_public_ones(api, office):
    kind = "recognition_announcement"
    published = make_document(office.round.case, is_public=True, kind=kind)
    make_document(office.round.case, is_public=False, kind=kind, number=f"{CANARY}号")
    response = api.get(url("announcements", jurisdiction="zibo"))
    assert numbers(response) == [published.number]
    assert response.json()["results"][0]["kind_label"] == "认定公布通知"
    assert CANARY not in response.content.decode()


def test_signing_in_elsewhere_hides_nothing_public(api, office):
    base, notice = make_base(office.authority), make_notice(office.round)
    api.force_login(member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_OFFICER).user)
    assert numbers(api.get(url("bases"))) == [base.number]
    assert numbers(api.get(url("notices"))) == [notice.case.number]
    assert numbers(api.get(url("rounds"))) == [office.round.case.number]
    assert api.get(url("base", base.number)).status_code == 200


def test_register_needs_one_query_for_one_row_and_for_three(api, office, django_assert_num_queries):
    for already in (0, 1):
        for _ in range(1 + already):
            make_base(office.authority)
        with django_assert_num_queries(1):
            assert len(numbers(api.get(url("bases")))) == 1 + 2 * already


def test_public_lists_need_one_query_for_one_row_and_for_three(api, office, django_assert_num_queries):
    kind = "recognition_announcement"
    for rows in (1, 3):
        while Case.objects.filter(kind="public_notice").count() < rows:
            make_notice(office.round)
            make_document(office.round.case, is_public=True, kind=kind)
        for name in ("notices", "announcements"):
            with django_assert_num_queries(1):
                assert len(numbers(api.get(url(name)))) == rows


def test_rounds_need_one_query_for_one_row_and_for_three(api, office, django_assert_num_queries):
    for rows in (1, 3):
        while Case.objects.filter(kind="round").count() < rows:
            make_round(office.authority)
        with django_assert_num_queries(1):
            assert len(numbers(api.get(url("rounds")))) == rows


def test_one_base_needs_two_queries_whatever_its_history(api, office, django_assert_num_queries):
    base = make_base(office.authority)
    for _ in range(3):
        add_history(base, document=make_document(office.round.case, is_public=True))
        with django_assert_num_queries(2):
            api.get(url("base", base.number))

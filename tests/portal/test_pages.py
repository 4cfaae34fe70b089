"""The home page, the dashboards, the rules and the administrators' pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import Role
from apps.cases import audit, clocks, selectors, triggers
from apps.cases.enums import ClockBasis, OutboxState
from apps.cases.models import Act, Case, OutboxEntry
from apps.cases.workflow.engine import perform
from apps.jurisdictions.rulebooks import registry
from tests.factories import AuthorityFactory, InstitutionFactory, make_application, make_round, member
from tests.panels.factories import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority():
    return AuthorityFactory()


def dashboard(client, actor):
    client.force_login(actor.user)
    response = client.get(reverse("portal:dashboard"))
    assert response.status_code == 200
    return response


# --- home ---------------------------------------------------------------------------------------------------------


def test_home_shows_open_rounds_and_hides_what_is_not_public(client, authority):
    make_round(authority, title="公开受理的批次")
    make_round(authority, title="草稿金丝雀", state="draft")
    make_round(authority, title="演练金丝雀", is_sandbox=True)
    make_round(authority, title="过期金丝雀", closes_on=timezone.localdate() - dt.timedelta(days=1))
    text = client.get(reverse("portal:home")).content.decode()
    assert "公开受理的批次" in text
    assert "金丝雀" not in text
    for rulebook in registry.all():
        assert rulebook.title in text


def test_home_is_the_same_for_a_signed_in_person_of_another_jurisdiction(client, authority):
    make_round(authority, title="公开受理的批次")
    client.force_login(member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_HEAD).user)
    assert "公开受理的批次" in client.get(reverse("portal:home")).content.decode()


# --- rules --------------------------------------------------------------------------------------------------------


def test_rules_list_shows_lapsed_draft_and_unclear_texts(client):
    text = client.get(reverse("portal:rules")).content.decode()
    assert text.count('class="panel text-card"') == len(registry.all()) == 5
    for label in ("已失效", "征求意见稿", "施行中", "效力待确认"):
        assert label in text


@pytest.mark.parametrize("key", [rulebook.key for rulebook in registry.all()])
def test_rulebook_page_lists_every_article(client, key):
    rulebook = registry.by_key(key)
    response = client.get(reverse("portal:rulebook", args=[key]))
    text = response.content.decode()
    assert response.status_code == 200
    assert len(response.context["articles"]) == len(rulebook.articles)
    for number in range(1, rulebook.last_article + 1):
        assert text.count(f'id="article-{number}"') == 1
    for article in rulebook.not_modelled:
        assert article.not_modelled in text


def test_unknown_rulebook_is_404(client):
    assert client.get(reverse("portal:rulebook", args=["atlantis_1999"])).status_code == 404


# --- dashboard ----------------------------------------------------------------------------------------------------


def test_todo_is_sorted_by_due_and_narrowed_to_the_role(client, authority):
    officer, head = member(authority, Role.AUTHORITY_OFFICER), member(authority, Role.AUTHORITY_HEAD)
    rounds = [make_round(authority, state="draft", officer=officer) for _ in range(3)]
    today = timezone.localdate()
    for rnd, days in zip(rounds, (9, 2, None), strict=True):
        if days is not None:
            due = today + dt.timedelta(days=days)
            clocks.start_clock(rnd.case, "x", "期限", due, basis=ClockBasis.OFFICER)
    found = dashboard(client, officer).context["todo"]
    assert [row["number"] for row in found] == [rounds[1].case.number, rounds[0].case.number, rounds[2].case.number]
    assert found[0]["due"] == today + dt.timedelta(days=2)
    assert dashboard(client, head).context["todo"] == []
    perform(rounds[0].case, "propose", officer)
    assert [row["number"] for row in dashboard(client, head).context["todo"]] == [rounds[0].case.number]


def test_undated_work_does_not_hide_what_is_due(client, authority):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rounds = [make_round(authority, state="draft", officer=officer) for _ in range(3)]
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    clocks.start_clock(rounds[2].case, "x", "期限", tomorrow, basis=ClockBasis.OFFICER)
    assert [case.pk for case in selectors.todo_page(officer, 0, 1)] == [rounds[2].case_id]


def test_overdue_is_counted_and_linked(client, authority):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="draft", officer=officer)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    clocks.start_clock(rnd.case, "x", "期限", yesterday, basis=ClockBasis.OFFICER)
    tiles = dashboard(client, officer).context["tiles"]
    assert [(tile["label"], tile["value"]) for tile in tiles] == [
        ("我的待办", "1"),
        ("其中已逾期", "1"),
        ("申报批次", "1"),
    ]
    listed = client.get(tiles[1]["url"])
    assert [row["number"] for row in listed.context["page"].rows] == [rnd.case.number]


def test_waiting_and_closed_are_the_organisations_own(client, authority):
    institution = InstitutionFactory()
    editor = member(institution, Role.INSTITUTION_EDITOR)
    rnd = make_round(authority)
    waiting = make_application(rnd, institution, editor).case
    closed = make_application(rnd, institution, editor).case
    Case.objects.filter(pk=waiting.pk).update(state="intake", turn_organisation=authority)
    Case.objects.filter(pk=closed.pk).update(state="withdrawn", turn_organisation=None, closed_at=timezone.now())
    foreign = make_application(rnd, InstitutionFactory(name="金丝雀")).case
    Case.objects.filter(pk=foreign.pk).update(state="intake", turn_organisation=authority)
    response = dashboard(client, editor)
    assert [row["number"] for row in response.context["waiting"]] == [waiting.number]
    assert [row["number"] for row in response.context["closed"]] == [closed.number]
    assert "金丝雀" not in response.content.decode()


def test_authority_sees_what_it_closed(client, authority):
    case = make_application(make_round(authority), InstitutionFactory()).case
    Case.objects.filter(pk=case.pk).update(state="refused", turn_organisation=None, closed_at=timezone.now())
    officer = member(authority, Role.AUTHORITY_OFFICER)
    assert dashboard(client, officer).context["closed"] == []
    case.parties.update(active=True)
    assert [row["number"] for row in dashboard(client, officer).context["closed"]] == [case.number]


def test_expert_sees_assigned_cases_and_no_queue(client, authority):
    stage = Stage(authority).convened()
    expert = stage.actor(0)
    response = dashboard(client, expert)
    assert [row.case.number for row in response.context["assignments"]] == [stage.case.number]
    assert "申明回避（1 件）" in response.content.decode()
    assert "等待他人办理" not in response.content.decode()
    other = member(authority, Role.EXPERT)
    assert dashboard(client, other).context["assignments"] == []


def test_administrators_see_no_cases(client, authority):
    case = make_round(authority, state="draft").case
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        response = dashboard(client, member(authority, role))
        assert case.number not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_dashboard_takes_the_same_queries_at_any_length(client, authority, count, django_assert_num_queries):
    officer = member(authority, Role.AUTHORITY_OFFICER)
    rnd = make_round(authority, state="draft", officer=officer)
    for number in range(count):
        case = make_application(rnd, InstitutionFactory()).case
        case.parties.update(active=True)
        closed = number % 3 == 0 and number > 0
        values = (
            {"closed_at": timezone.now(), "turn_organisation": None} if closed else {"turn_organisation": authority}
        )
        Case.objects.filter(pk=case.pk).update(state="refused" if closed else "intake", **values)
    client.force_login(officer.user)
    with django_assert_num_queries(8):
        client.get(reverse("portal:dashboard"))


# --- administrators -----------------------------------------------------------------------------------------------


def test_audit_page_finds_an_edited_act_of_the_own_jurisdiction_only(client, authority):
    own = make_round(authority, state="draft").case
    foreign = make_round(AuthorityFactory(jurisdiction_id="weihai"), state="draft").case
    triggers.remove(connection)
    try:
        Act.objects.filter(case__in=[own, foreign]).update(reason="被改过的理由")
    finally:
        triggers.install(connection)
    client.force_login(member(authority, Role.AUDIT_ADMIN).user)
    response = client.post(reverse("portal:audit"))
    text = response.content.decode()
    assert f"{own.number}</span>：第 1 条内容被改动" in text
    assert foreign.number not in text
    none = client.post(reverse("portal:audit"), {"number": foreign.number}).content.decode()
    assert "本管辖没有编号为" in none


def test_audit_page_compares_with_the_sealed_days(client, authority, settings, tmp_path):
    settings.DIGESTS_DIR = tmp_path / "digests"
    case = make_round(authority, state="draft").case
    audit.seal_until(timezone.localdate() + dt.timedelta(days=1))
    client.force_login(member(authority, Role.AUDIT_ADMIN).user)
    clean = client.post(reverse("portal:audit"))
    assert clean.context["findings"] == []
    assert clean.context["checked"] == 1
    assert len(clean.context["digests"]) == 1
    triggers.remove(connection)
    try:
        Act.objects.filter(case=case).delete()
    finally:
        triggers.install(connection)
    Case.objects.filter(pk=case.pk).update(act_count=0, tail_hash="")
    messages = [finding.message for finding in client.post(reverse("portal:audit")).context["findings"]]
    assert any("已不存在" in message for message in messages)


def failed_entry(case: Case) -> OutboxEntry:
    return OutboxEntry.objects.create(
        topic="act",
        payload={"case": case.pk},
        key=f"test:{case.pk}",
        state=OutboxState.FAILED,
        attempts=3,
        last_error="连接失败",
        available_at=timezone.now(),
    )


def test_failed_work_of_the_own_jurisdiction_is_retried(client, authority):
    own = failed_entry(make_round(authority).case)
    foreign = failed_entry(make_round(AuthorityFactory(jurisdiction_id="weihai")).case)
    client.force_login(member(authority, Role.SYSTEM_ADMIN).user)
    rows = client.get(reverse("portal:outbox")).context["entries"]
    assert [row.entry.pk for row in rows] == [own.pk]
    assert client.post(reverse("portal:outbox_retry", args=[foreign.pk])).status_code == 404
    assert client.post(reverse("portal:outbox_retry", args=[own.pk])).status_code == 302
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.state, own.attempts, foreign.state) == (OutboxState.WAITING, 0, OutboxState.FAILED)


@pytest.mark.parametrize("name, role", [("audit", Role.SYSTEM_ADMIN), ("outbox", Role.AUDIT_ADMIN)])
def test_administrators_keep_to_their_own_pages(client, authority, name, role):
    client.force_login(member(authority, role).user)
    assert client.get(reverse(f"portal:{name}")).status_code == 403

"""The visit page on a phone: without network, through a failing service, a reload and a lost session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from apps.inspections.models import Inspection, VisitEntry
from apps.inspections.services import inspections
from tests.factories import Supervision
from tests.inspections.checks.building import inspection_of, launched, photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def world(live_server: Any) -> Supervision:
    return Supervision("zibo")


@pytest.fixture
def inspection(world: Supervision) -> Inspection:
    found = inspection_of(launched(world, self_due_on=None))
    inspections.start_visit(found.case, world.unit_officer, visit_on=timezone.localdate(), visitors="检查一组")
    return found


@pytest.fixture
def phone(live_server: Any, chromium: Any, world: Supervision) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844}, base_url=live_server.url
    )
    context.set_default_timeout(10_000)
    sign_in(context, world.unit_officer.user.pk)
    yield context
    context.close()


def sign_in(context: BrowserContext, pk: int) -> None:
    """Hand the browser the session of a person who has signed in."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=pk))
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "domain": "localhost", "path": "/"}]
    )


def opened(phone: BrowserContext, inspection: Inspection) -> Page:
    page = phone.new_page()
    page.goto(f"/inspections/checks/{inspection.case.number}/visit/")
    page.wait_for_selector("[data-visit][data-ready]")
    return page


def note(page: Page, code: str, verdict: str, text: str, **options: Any) -> None:
    section = page.locator(f"[data-visit-item={code}]")
    section.locator(f"label[for=verdict-{code}-{verdict}]").click()
    section.locator("textarea").fill(text)
    if options:
        section.locator("[type=file]").set_input_files(options)
    section.locator("button[type=submit]").click()


def lines(page: Page, state: str) -> Any:
    return page.locator(f"[data-visit-entries] li[data-state={state}]")


def message(page: Page) -> Any:
    return page.locator("[data-visit-message]")


def test_entries_taken_without_network_are_sent_when_it_is_back(phone: BrowserContext, inspection: Inspection) -> None:
    page = opened(phone, inspection)
    phone.set_offline(True)
    note(page, "faculty", "meets", "合同齐全", name="site.jpg", mimeType="image/jpeg", buffer=photo().read())
    note(page, "funds", "improve", "缺一份凭证")
    expect(lines(page, "waiting")).to_have_count(2)
    expect(message(page)).to_contain_text("2 条未发送")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.set_offline(False)
    expect(lines(page, "sent")).to_have_count(2)
    expect(message(page)).to_have_text("全部已发送")
    found = {entry.item.code: entry for entry in VisitEntry.objects.select_related("item", "photo")}
    assert {code: (entry.verdict, entry.text) for code, entry in found.items()} == {
        "faculty": ("meets", "合同齐全"),
        "funds": ("improve", "缺一份凭证"),
    }
    assert found["faculty"].photo.name == "site.jpg"


def test_nothing_is_lost_when_the_service_fails_and_the_page_is_read_anew(
    phone: BrowserContext, inspection: Inspection
) -> None:
    page = opened(phone, inspection)
    page.route("**/visit/entries/", lambda route: route.fulfill(status=503, body="down"))
    note(page, "systems", "fails", "没有考勤")
    page.locator("[data-visit-item=tasks] textarea").fill("还没有记录的草稿")
    expect(message(page)).to_contain_text("1 条未发送")
    page.reload()
    page.wait_for_selector("[data-visit][data-ready]")
    expect(lines(page, "waiting")).to_have_count(1)
    expect(page.locator("[data-visit-item=tasks] textarea")).to_have_value("还没有记录的草稿")
    assert not VisitEntry.objects.exists()
    page.unroute("**/visit/entries/")
    page.locator("[data-visit-send]").click()
    expect(lines(page, "sent")).to_have_count(1)
    assert VisitEntry.objects.get().text == "没有考勤"


def test_an_answer_that_got_lost_does_not_double_the_entry(phone: BrowserContext, inspection: Inspection) -> None:
    page = opened(phone, inspection)

    def swallow(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/visit/entries/", swallow)
    note(page, "funds", "meets", "账目清楚")
    expect(message(page)).to_contain_text("1 条未发送")
    page.unroute("**/visit/entries/")
    page.locator("[data-visit-send]").click()
    expect(lines(page, "sent")).to_have_count(1)
    assert VisitEntry.objects.count() == 1


def test_a_lost_session_keeps_the_entries_for_the_same_person(
    phone: BrowserContext, inspection: Inspection, world: Supervision
) -> None:
    page = opened(phone, inspection)
    phone.clear_cookies(name="sessionid")
    note(page, "funds", "meets", "账目清楚")
    expect(message(page)).to_contain_text("登录已失效")
    expect(lines(page, "waiting")).to_have_count(1)
    sign_in(phone, world.unit_head.user.pk)
    page.locator("[data-visit-send]").click()
    expect(message(page)).to_contain_text("换人登录")
    assert not VisitEntry.objects.exists()
    phone.clear_cookies(name="sessionid")
    sign_in(phone, world.unit_officer.user.pk)
    page.locator("[data-visit-send]").click()
    expect(lines(page, "sent")).to_have_count(1)
    assert VisitEntry.objects.get().noted_by == world.unit_officer.user


def test_an_entry_that_comes_too_late_is_told_and_kept(
    phone: BrowserContext, inspection: Inspection, world: Supervision
) -> None:
    page = opened(phone, inspection)
    phone.set_offline(True)
    note(page, "funds", "meets", "补记")
    expect(lines(page, "waiting")).to_have_count(1)
    for item in inspection.items.all():
        item.visit_verdict = "meets"
        item.save()
    inspections.close_visit(inspection.case, world.unit_officer)
    phone.set_offline(False)
    expect(lines(page, "refused")).to_have_count(1)
    expect(page.locator(".visit-entry-refused")).to_contain_text("检查记录待基地确认")
    page.reload()
    expect(page.locator("h1")).to_contain_text("年度检查考核")

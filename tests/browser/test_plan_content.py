"""The table of a plan in a browser: sums at once, a forbidden use refused at once, rows moved, saved while typed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page, expect

from apps.subsidies.models import Award
from apps.subsidies.services import award_applications
from tests.browser.test_visit_offline import sign_in
from tests.subsidies.building import Funding

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PICTURES = os.environ.get("PLAN_PICTURES", "")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def funding(live_server: Any) -> Funding:
    with transaction.atomic():
        return Funding()


@pytest.fixture
def award(funding: Funding) -> Award:
    return award_applications.start_application(funding.base, funding.cycle, funding.editor)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def window(request: Any, live_server: Any, chromium: Any, funding: Funding) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport=request.param, base_url=live_server.url
    )
    context.set_default_timeout(30_000)
    sign_in(context, funding.editor.user.pk)
    yield context
    context.close()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{page.viewport_size['width']}.png", full_page=True)


def cell(page: Page, row: int, name: str) -> Any:
    return page.locator(f"[name=lines-{row}-{name}]")


def type_row(page: Page, row: int, category: str, item: str, price: str, quantity: str) -> None:
    cell(page, row, "category").select_option(category)
    for name, text in (
        ("item", item),
        ("unit", "套"),
        ("unit_price_fen", price),
        ("quantity", quantity),
        ("purpose", "教学"),
    ):
        cell(page, row, name).fill(text)


def test_lines_are_summed_refused_moved_and_kept(window: BrowserContext, award: Award) -> None:
    page = window.new_page()
    page.goto(f"/subsidies/awards/{award.case.number}/form/lines/")
    total = page.locator("[data-sum=total]")
    type_row(page, 0, "facilities", "实训设备", "50,000.01", "3")
    expect(total).to_have_text("¥150,000.03")
    page.locator("[data-grid-add]").click()
    type_row(page, 1, "official_vehicles", "班车", "0.10", "2")
    expect(page.locator("[data-row-refusal]")).to_contain_text("依据第三十五条第（三）项不予列支")
    expect(total).to_have_text("¥150,000.03")
    picture(page, "refused")
    cell(page, 1, "category").select_option("training_projects")
    expect(total).to_have_text("¥150,000.23")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    cell(page, 1, "item").press("Alt+ArrowUp")
    expect(cell(page, 0, "item")).to_have_value("班车")
    expect(cell(page, 0, "item")).to_be_focused()
    expect(cell(page, 1, "unit_price_fen")).to_have_value("50,000.01")
    page.locator("[data-row-down]").first.click()
    page.locator("[data-row-down]").nth(1).click()
    expect(page.locator("[data-grid-status]")).to_have_text("已是最后一行。")
    cell(page, 1, "quantity").fill("二")
    expect(page.locator("[data-row-amount]").nth(1)).to_have_text("单价或数量有误")
    expect(page.locator("[data-errors-for=lines]")).to_contain_text("“二”不是整数")
    picture(page, "wrong")
    page.locator("[data-grid-remove]").nth(1).click()
    expect(total).to_have_text("¥150,000.03")
    expect(page.locator("[data-errors-for=lines]")).to_be_empty()
    award.refresh_from_db()
    assert [row["item"] for row in award.data["lines"]] == ["实训设备"]
    page.reload()
    expect(cell(page, 0, "item")).to_have_value("实训设备")
    expect(page.locator("[data-row-amount]")).to_have_text("= ¥150,000.03")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

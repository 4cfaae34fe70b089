"""The rows of a use plan without a mouse: typed, added, moved and deleted by the keyboard alone."""

import pytest
from playwright.sync_api import expect

from apps.subsidies.models import UsePlan
from tests.browser.roads import life
from tests.browser.roads.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def test_rows_are_typed_added_moved_and_deleted_by_keyboard(scene):
    here = scene("national")
    world = life.supervised(here)
    editor, page = world.editor, world.editor.page
    life.open_base(editor, world, "报审专项经费使用方案")
    editor.press("开始填报")
    plan = UsePlan.objects.select_related("case").get(base=world.base)
    editor.go(f"/subsidies/plans/{plan.case.number}/form/lines/")
    keys = Keyboard(page)
    type_row(keys, 0, "教材", "10.01")
    keys.reach(text="添加一行")
    page.keyboard.press("Enter")
    expect(page.locator("[name=lines-1-item]")).to_be_visible()
    page.locator("[name=lines-0-quantity]").focus()
    type_row(keys, 1, "课程", "20.02")
    expect(page.locator("[data-sum=total]")).to_have_text("¥30.03")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[name=lines-0-item]")).to_have_value("课程")
    expect(page.locator("[name=lines-1-item]")).to_have_value("教材")
    page.locator("[name=lines-1-purpose]").focus()
    keys.reach(text="删除本行")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sum=total]")).to_have_text("¥20.02")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    plan.refresh_from_db()
    assert [row["item"] for row in plan.data["lines"]] == ["课程"]


def type_row(keys, place, item, price):
    """Tab from cell to cell of the row ``place`` and type; the use is chosen by the arrow."""
    keys.reach(name=f"lines-{place}-category")
    keys.page.keyboard.press("ArrowDown")
    told = {"item": item, "unit": "项", "unit_price_fen": price, "quantity": "1"}
    for name, text in told.items():
        keys.reach(name=f"lines-{place}-{name}")
        keys.page.keyboard.type(text)

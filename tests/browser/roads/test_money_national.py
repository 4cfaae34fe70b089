"""Special funds of a national base: method and plan go to the managing unit, whose head signs the opinion."""

import pytest
from playwright.sync_api import expect

from apps.subsidies.models import UsePlan
from tests.browser.roads import life, money
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]


def fill_in(world):
    """The editor says what was granted and how it is used: a line for every use the text knows, and own funds."""
    editor, page = world.editor, world.editor.page
    life.open_base(editor, world, "报审专项经费使用方案")
    editor.press("开始填报")
    plan = UsePlan.objects.select_related("case").get(base=world.base)
    editor.follow("填写")
    told = {
        "granted_fen": "500,000.05",
        "grant_document": "样例财〔2026〕1号",
        "granted_on": "2026-01-15",
        "method": "专款专用，单独核算，支出须两人审签。",
    }
    for name, value in told.items():
        editor.put(name, value)
    money.save_part(editor)
    options = page.locator("[name=lines-0-category] option:not([value=''])")
    uses = [option.get_attribute("value") for option in options.all()]
    assert len(uses) == 5
    for place, use in enumerate(uses):
        row = {"category": use, "item": f"第{place + 1}项支出", "unit": "项", "unit_price_fen": "100,000.01"}
        money.type_row(editor, "lines", place, {**row, "quantity": "1", "purpose": "用于继续教育培训"})
    expect(page.locator("[data-sum=total]")).to_have_text("¥500,000.05")
    money.save_part(editor)
    money.save_part(editor)
    own = {"source": world.base.institution_name, "purpose": "教学设备维护", "amount_fen": "20,000"}
    money.type_row(editor, "own_funds", 0, own)
    money.save_part(editor)
    page.locator("#file_grant").set_input_files(
        {"name": "下达文件.pdf", "mimeType": "application/pdf", "buffer": money.PDF}
    )
    editor.press(page.locator("#id_grant").get_by_role("button", name="上传", exact=True))
    return plan


def test_road_of_special_funds_through_the_managing_unit(scene):
    here = scene("national")
    world = life.supervised(here)
    plan = fill_in(world)
    number = plan.case.number
    world.head.take_step(number, "报管理单位审核")
    world.head.reads("¥500,000.05", "¥20,000.00")
    world.head.press("本人已核对，签署并报送审核")
    assert state_of(number) == "unit_review"
    world.unit_officer.take_step(number, "拟定审核意见")
    world.unit_officer.reads("专款专用，单独核算，支出须两人审签。", "¥20,000.00")
    world.unit_officer.put("conclusion", "agreed")
    world.unit_officer.put("opinion", "使用办法和方案符合规定，同意。")
    world.unit_officer.press("报负责人签发")
    world.unit_head.confirm_step(number, "签发同意的审核意见")
    assert state_of(number) == "approved"
    world.head.go(f"/cases/{number}/")
    opinion = life.open_letter(world.head, "plan_audit_opinion")
    assert opinion.legal_basis == ["33"]
    plan.refresh_from_db()
    assert plan.granted_fen == 500_000_05
    assert sorted(plan.case.use_plan_lines.values_list("amount_fen", flat=True)) == [100_000_01] * 5
    assert list(plan.own_funds.values_list("amount_fen", flat=True)) == [20_000_00]

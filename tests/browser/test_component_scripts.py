"""The scripts of the design system in a real browser: saving while filling in, tables, dialogs, accessibility."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import override_settings
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.component_site import STORE

pytestmark = pytest.mark.browser


class QuietHandler(WSGIRequestHandler):
    """Says nothing about each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The component site on a free port; it touches no database."""
    templates = [
        {**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates", *settings.TEMPLATES[0]["DIRS"]]}
    ]
    with override_settings(
        ROOT_URLCONF="tests.browser.component_site",
        TEMPLATES=templates,
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    ):
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
        server.set_app(StaticFilesHandler(WSGIHandler()))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def context(chromium: Any) -> Iterator[BrowserContext]:
    STORE.reset()
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def form(context: BrowserContext, site: str) -> Page:
    return open_form(context, site)


def open_form(context: BrowserContext, site: str) -> Page:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.errors = errors  # type: ignore[attr-defined]
    page.goto(f"{site}/form/")
    return page


def state(page: Page) -> Any:
    return page.locator("[data-save-state]")


def test_form_saves_itself_and_says_when(form: Page) -> None:
    form.get_by_label("机构全称").fill("示例学院")
    expect(state(form)).to_have_text("已保存 10:05")
    assert [save["name"] for save in STORE.saves] == ["示例学院"]
    assert form.locator("input[name=version]").input_value() == str(STORE.version)
    assert form.evaluate("localStorage.length") == 0


def test_typing_without_pause_is_one_save(form: Page) -> None:
    form.get_by_label("机构全称").press_sequentially("abcdefgh", delay=60)
    expect(state(form)).to_have_text("已保存 10:05")
    assert [save["name"] for save in STORE.saves] == ["abcdefgh"]


def test_error_from_the_server_stands_beside_its_field_and_goes_again(form: Page) -> None:
    name = form.get_by_label("机构全称")
    name.fill("错误")
    expect(form.locator("[data-errors-for=name]")).to_have_text("名称须与登记证书一致。")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_attribute("aria-describedby", "name_live_error")
    name.fill("示例学院")
    expect(form.locator("[data-errors-for=name]")).to_have_text("")
    expect(name).not_to_have_attribute("aria-invalid", "true")


def test_dropped_connection_keeps_the_text_here_and_retries(form: Page) -> None:
    form.context.set_offline(True)
    form.get_by_label("机构全称").fill("断网时填写")
    expect(state(form)).to_have_text("未保存（已在本机保留，将自动重试）")
    assert STORE.saves == []
    assert "断网时填写" in form.evaluate("Object.values(localStorage).join()")
    form.context.set_offline(False)
    expect(state(form)).to_have_text("已保存 10:05")
    assert [save["name"] for save in STORE.saves] == ["断网时填写"]
    assert form.evaluate("localStorage.length") == 0


def test_failing_server_is_asked_again(form: Page) -> None:
    STORE.answer = 503
    form.get_by_label("机构全称").fill("甲")
    expect(state(form)).to_have_text("未保存（已在本机保留，将自动重试）")
    STORE.answer = None
    expect(state(form)).to_have_text("已保存 10:05")
    assert [save["name"] for save in STORE.saves] == ["甲"]


def test_expired_session_keeps_the_text_and_says_why(form: Page) -> None:
    form.route("**/save/", lambda route: route.fulfill(status=403, content_type="text/html", body="<p>no</p>"))
    form.get_by_label("机构全称").fill("甲")
    expect(state(form)).to_contain_text("未保存（已在本机保留）：登录已过期")
    assert "甲" in form.evaluate("Object.values(localStorage).join()")


def test_text_lost_with_the_tab_is_offered_and_restored(form: Page, site: str) -> None:
    form.context.set_offline(True)
    form.get_by_label("机构全称").fill("关掉的页面")
    expect(state(form)).to_contain_text("未保存")
    form.close(run_before_unload=False)
    form.context.set_offline(False)
    again = open_form(form.context, site)
    expect(again.get_by_label("机构全称")).to_have_value("")
    again.get_by_role("button", name="恢复这些内容").click()
    expect(again.get_by_label("机构全称")).to_have_value("关掉的页面")
    expect(state(again)).to_have_text("已保存 10:05")
    assert STORE.values["name"] == "关掉的页面"


def test_local_copy_can_be_thrown_away(form: Page, site: str) -> None:
    form.context.set_offline(True)
    form.get_by_label("机构全称").fill("不要了")
    expect(state(form)).to_contain_text("未保存")
    form.close(run_before_unload=False)
    form.context.set_offline(False)
    again = open_form(form.context, site)
    again.get_by_role("button", name="丢弃").click()
    assert again.evaluate("localStorage.length") == 0
    assert STORE.saves == []


def test_second_writer_is_shown_both_values_and_overwrites_nothing_before_choosing(form: Page, site: str) -> None:
    second = open_form(form.context, site)
    form.get_by_label("机构全称").fill("先保存的")
    expect(state(form)).to_have_text("已保存 10:05")
    second.get_by_label("机构全称").fill("后保存的")
    panel = second.get_by_role("alertdialog")
    expect(panel).to_contain_text("李样本已于 10:05 保存了本部分")
    expect(panel).to_contain_text("先保存的")
    expect(panel).to_contain_text("后保存的")
    assert STORE.values["name"] == "先保存的"
    panel.get_by_role("button", name="按所选内容保存").click()
    expect(panel).to_contain_text("还有 1 处没有选择。")
    assert STORE.values["name"] == "先保存的"
    panel.get_by_label("您填写的").check()
    panel.get_by_role("button", name="按所选内容保存").click()
    expect(state(second)).to_have_text("已保存 10:05")
    assert STORE.values["name"] == "后保存的"


def test_second_writer_can_take_the_saved_value(form: Page, site: str) -> None:
    second = open_form(form.context, site)
    form.get_by_label("机构全称").fill("先保存的")
    form.get_by_label("公开").check()
    expect(state(form)).to_have_text("已保存 10:05")
    second.get_by_label("机构全称").fill("后保存的")
    panel = second.get_by_role("alertdialog")
    panel.get_by_role("button", name="全部用已保存的").click()
    panel.get_by_role("button", name="按所选内容保存").click()
    expect(second.get_by_label("机构全称")).to_have_value("先保存的")
    expect(second.get_by_label("公开")).to_be_checked()
    expect(state(second)).to_have_text("已保存 10:05")
    assert (STORE.values["name"], STORE.values["public"]) == ("先保存的", True)


def test_changes_to_different_fields_are_joined_and_told(form: Page, site: str) -> None:
    second = open_form(form.context, site)
    form.get_by_label("机构全称").fill("甲学院")
    expect(state(form)).to_have_text("已保存 10:05")
    second.get_by_label("类型").select_option("协会")
    expect(second.locator("[data-autosave-note]")).to_contain_text("您没有改动的内容已更新为对方所填")
    expect(second.get_by_label("机构全称")).to_have_value("甲学院")
    expect(state(second)).to_have_text("已保存 10:05")
    assert (STORE.values["name"], STORE.values["kind"]) == ("甲学院", "b")


def test_form_is_not_submitted_over_an_open_conflict(form: Page, site: str) -> None:
    second = open_form(form.context, site)
    form.get_by_label("机构全称").fill("先保存的")
    expect(state(form)).to_have_text("已保存 10:05")
    second.get_by_label("机构全称").fill("后保存的")
    expect(second.get_by_role("alertdialog")).to_be_visible()
    second.get_by_role("button", name="保存并继续").click()
    expect(second.get_by_role("alertdialog")).to_contain_text("请先选择保留哪一份内容")
    assert STORE.submissions == []


def test_submission_waits_for_the_save_under_way(form: Page) -> None:
    def slow(route: Route) -> None:
        form.wait_for_timeout(400)
        route.continue_()

    form.route("**/save/", slow)
    with form.expect_request("**/save/"):
        form.get_by_label("机构全称").fill("甲")
    form.get_by_role("button", name="保存并继续").click()
    expect(form.locator("body")).to_have_text("已提交")
    assert [(sent["name"], sent["save"]) for sent in STORE.submissions] == [("甲", "next")]
    assert STORE.submissions[0]["version"] == str(STORE.version)


def test_rows_are_pasted_from_a_spreadsheet(form: Page) -> None:
    rows = '姓名\t职称\t专业\t聘任日期\n张示例\t正高级\t机械\t2019/9/1\n李样本\t教授级\t"信息\n安全"\t2021-03-01\n'
    form.evaluate("text => navigator.clipboard.writeText(text)", rows)
    form.locator("[name='teachers-0-name']").focus()
    form.keyboard.press("Control+V")
    expect(form.locator("[data-grid-status]")).to_have_text("已粘贴 2 行。第 2 行“职称”未识别“教授级”")
    assert form.locator("[name='teachers-0-name']").input_value() == "张示例"
    assert form.locator("[name='teachers-0-title']").input_value() == "senior"
    assert form.locator("[name='teachers-0-since']").input_value() == "2019-09-01"
    assert form.locator("[name='teachers-1-name']").input_value() == "李样本"
    assert form.locator("[name='teachers-1-title']").input_value() == ""
    assert form.locator("[name='teachers-TOTAL_FORMS']").input_value() == "2"
    expect(state(form)).to_have_text("已保存 10:05")
    assert STORE.saves[-1]["teachers-1-name"] == "李样本"


def test_rows_are_added_and_removed_by_keyboard_alone(form: Page) -> None:
    form.get_by_role("button", name="添加一行").press("Enter")
    second = form.locator("[name='teachers-1-name']")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-label", "第 2 行 姓名")
    second.fill("王演示")
    second.press("Enter")
    expect(form.locator("[name='teachers-2-name']")).to_be_focused()
    form.get_by_role("button", name="删除本行").nth(0).press("Enter")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-label", "第 1 行 姓名")
    expect(state(form)).to_have_text("已保存 10:05")
    assert STORE.saves[-1]["teachers-0-DELETE"] == "on"
    assert "teachers-1-DELETE" not in STORE.saves[-1]


def test_leaving_with_unsaved_text_is_warned(form: Page) -> None:
    form.context.set_offline(True)
    form.get_by_label("机构全称").fill("甲")
    expect(state(form)).to_contain_text("未保存")
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    form.on("dialog", answer)
    form.close(run_before_unload=True)
    form.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_dialog_opens_states_consequences_and_closes_on_escape(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/styleguide/")
    opener = page.locator("[data-dialog-open]")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="受理这份申报？")
    expect(dialog).to_contain_text("受理后材料不能再修改")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_first_error_has_the_focus(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/styleguide/")
    expect(page.locator("#id_name")).to_be_focused()


def test_skip_link_is_the_first_stop(form: Page) -> None:
    form.keyboard.press("Tab")
    expect(form.locator(":focus")).to_have_text("跳到正文")
    form.keyboard.press("Enter")
    assert form.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("width", [390, 1440])
def test_style_guide_has_no_accessibility_violation_and_no_sideways_scroll(
    context: BrowserContext, site: str, width: int
) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/styleguide/")
    result = Axe().run(page)
    assert [violation["id"] for violation in result.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []


def test_menu_of_the_small_screen_opens_and_closes(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}/form/")
    toggle = page.get_by_role("button", name="菜单")
    navigation = page.get_by_role("navigation", name="主导航")
    expect(navigation).to_be_hidden()
    toggle.press("Enter")
    expect(navigation).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.press("Enter")
    expect(navigation).to_be_hidden()

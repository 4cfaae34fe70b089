"""The application form under hard conditions: no mouse, no connection, two tabs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.applications.models import ApplicationSection
from apps.applications.services import evidence, filling
from apps.portal.demo.answers import answers
from apps.portal.demo.story import RUBRIC
from tests.browser.roads import walk
from tests.browser.roads.keyboard import Keyboard
from tests.browser.roads.scene import CLOSES_ON, START, applicant_of
from tests.browser.roads.typed_form import chosen_units
from tests.factories import make_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def saved(applicant, code):
    row = ApplicationSection.objects.filter(application=applicant.application, code=code).first()
    return row.data if row else {}


@pytest.fixture
def drafted(scene):
    """A scene with a draft application in a round that is open."""
    here = scene("zibo")
    values = {"title": walk.TITLE, "rubric": RUBRIC, "fields_wanted": here.cast.fixture["fields"]}
    rnd = make_round(here.cast.authority, opens_on=START.date(), closes_on=CLOSES_ON, **values)
    editor, head, kind = here.cast.institution(1)
    application = filling.start_application(rnd, editor)
    return here, applicant_of(application.case.number, editor, head, kind)


def test_whole_form_with_the_keyboard_alone(drafted):
    here, applicant = drafted
    number = applicant.case.number
    person = here.at(applicant.editor)
    keyboard = Keyboard(person.page)
    told = answers(applicant.application, applicant.kind, here.cast.fixture["fields"][0])
    told["faculty"]["teachers"] = told["faculty"]["teachers"][:2] + told["faculty"]["teachers"][-1:]
    told["units"] = chosen_units(applicant)
    keyboard.reach(href=f"/cases/{number}/")
    keyboard.enter()
    keyboard.reach(text="填写申报表")
    keyboard.enter()
    for section in filling.sections_of(applicant.application):
        keyboard.reach(href=f"/{number}/{section.code}/")
        keyboard.enter()
        person.look()
        if section.code == "evidence":
            upload(keyboard, applicant)
            continue
        keyboard.page.keyboard.press("Tab")  # the link past the head
        keyboard.page.keyboard.press("Enter")
        keyboard.fill(told[section.code])
        keyboard.enter()
        person.reads("已保存。")
        stored = saved(applicant, section.code)
        wanted = {name: value for name, value in told[section.code].items() if name in stored and value != ""}
        assert {name: stored[name] for name in wanted} == wanted
    codes = [section.code for section in filling.sections_of(applicant.application)]
    assert {"faculty", "facilities", "training", "pledge"} <= set(codes)


def upload(keyboard, applicant):
    first = next(one for one in filling.application_rulebook(applicant.application).conditions if one.for_experts)
    for _ in range(400):
        keyboard.tab()
        if keyboard.page.evaluate("document.activeElement.id") == f"file_{first.code}":
            break
    keyboard.choose_file("证明.pdf")
    keyboard.page.keyboard.press("Tab")
    keyboard.enter()
    assert [file.name for file in evidence.evidence_files(applicant.application)[first.code]] == ["证明.pdf"]


def open_section(here, applicant, code="plan"):
    person = here.at(applicant.editor)
    person.open_todo(applicant.case.number)
    person.follow("填写申报表")
    person.follow(person.page.locator(f'nav a[href$="/{code}/"]'))
    return person


def test_text_typed_without_a_connection_is_saved_when_it_returns(drafted):
    here, applicant = drafted
    person = open_section(here, applicant)
    state = person.page.locator("[data-save-state]")
    person.context.set_offline(True)
    person.type("建设目标", "断网时填写的目标")
    expect(state).to_have_text("未保存（已在本机保留，将自动重试）")
    assert saved(applicant, "plan") == {}
    person.context.set_offline(False)
    expect(state).to_contain_text("已保存")
    assert saved(applicant, "plan")["goals"] == "断网时填写的目标"


def test_text_of_a_closed_tab_is_offered_again(drafted):
    here, applicant = drafted
    person = open_section(here, applicant)
    address = person.page.url
    person.context.set_offline(True)
    person.type("建设目标", "没来得及保存的目标")
    expect(person.page.locator("[data-save-state]")).to_contain_text("未保存")
    person.page.close(run_before_unload=False)
    person.context.set_offline(False)
    person.page = person.context.new_page()
    person.go(address)
    person.page.get_by_role("button", name="恢复这些内容").click()
    expect(person.page.get_by_label("建设目标")).to_have_value("没来得及保存的目标")
    expect(person.page.locator("[data-save-state]")).to_contain_text("已保存")
    assert saved(applicant, "plan")["goals"] == "没来得及保存的目标"


def test_second_tab_is_told_of_the_first_and_overwrites_nothing(drafted):
    here, applicant = drafted
    person = open_section(here, applicant)
    second = person.context.new_page()
    second.goto(person.page.url)
    person.type("建设目标", "先保存的目标")
    expect(person.page.locator("[data-save-state]")).to_contain_text("已保存")
    second.get_by_label("建设目标").fill("后写的目标")
    panel = second.get_by_role("alertdialog")
    expect(panel).to_contain_text("先保存的目标")
    expect(panel).to_contain_text("后写的目标")
    assert saved(applicant, "plan")["goals"] == "先保存的目标"
    panel.get_by_label("您填写的").check()
    panel.get_by_role("button", name="按所选内容保存").click()
    expect(second.locator("[data-save-state]")).to_contain_text("已保存")
    assert saved(applicant, "plan")["goals"] == "后写的目标"

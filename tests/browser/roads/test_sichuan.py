"""Sichuan's road as a rehearsal, its text being a draft: the authority's own review, and a base filed from below."""

import pytest
from playwright.sync_api import expect

from apps.cases.models import Case, Document
from tests.browser.roads import walk
from tests.browser.roads.scene import START, state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def review_alone(here, applicant, office=None):
    """The officer records each step of the review and its conclusion; no panel is asked for."""
    officer = here.at((office or here.cast.office)["officer"])
    officer.take_step(applicant.case.number, "记录评审环节")
    duties = [option.get_attribute("value") for option in officer.page.locator("[name=duty] option").all()]
    assert len(duties) == 4
    for duty in duties:
        officer.put("duty", duty)
        officer.put("done_on", START.date().isoformat())
        officer.page.locator("[name=record]").fill("本机关审查组查阅材料后形成意见。")
        officer.press("记录")
    officer.put("passed", "yes")
    officer.page.locator("[name=reasons]").fill("条件充分，建议认定。")
    officer.press("形成评审结论")


def test_formal_round_is_refused_under_a_draft(scene):
    here = scene("sichuan")
    officer = here.officer
    officer.entry("新建批次")
    officer.reads("所依据的文本现未生效")
    for name, value in {
        "title": "正式批次",
        "opens_on": "2026-03-02",
        "closes_on": "2026-03-20",
        "fields_wanted": "电子信息",
        "pass_points": 60,
    }.items():
        officer.put(name, value)
    officer.press("保存批次")
    officer.reads("所依据的文本现未生效，只能设演练批次")
    expect(officer.page.locator("[name=title]")).to_have_value("正式批次")
    assert not Case.objects.filter(kind="round").exists()


def test_rehearsal_and_a_lower_base_filed_with_the_province(scene):
    here = scene("sichuan")
    round_number = walk.publish_round(here, sandbox=True)
    here.officer.reads("演练")
    applicant = walk.start_and_fill(here, 1)
    walk.submit(here, applicant)
    assert state_of(applicant.case.number) == "intake"
    walk.admit(here, applicant)
    review_alone(here, applicant)
    assert state_of(applicant.case.number) == "reviewed"

    below = here.cast.lower_offices[0]
    title = "2026年区域性基地申报（样例）"
    lower_round = walk.publish_round(here, below, sandbox=True, title=title)
    lower = walk.start_and_fill(here, 2, title=title)
    walk.submit(here, lower)
    walk.admit(here, lower, below)
    review_alone(here, lower, below)

    walk.close_window(here)
    walk.decide(here, walk.TITLE, [applicant])
    walk.announce(here, round_number)
    assert state_of(applicant.case.number) == "recognised"
    walk.decide(here, title, [lower], below)
    walk.announce(here, lower_round, below)
    assert state_of(lower.case.number) == "to_file"
    here.officer.confirm_step(lower.case.number, "予以备案")
    assert state_of(lower.case.number) == "recognised"

    announcement = Document.objects.get(kind="recognition_announcement", issuer=here.cast.authority)
    visitor = here.visitor
    visitor.go("/bases/")
    assert applicant.editor.organisation.name not in visitor.page.content()
    visitor.go("/applications/public/notices/?kind=announcements")
    assert announcement.verification_code not in visitor.page.content()

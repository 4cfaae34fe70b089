"""Shanghai's road: the association checks the material and decides nothing; an applicant with a record is refused."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from apps.bases.models import RegisterRecord
from apps.cases.models import Document
from tests.browser.roads import walk
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def record_fraud(here, applicant):
    RegisterRecord.objects.create(
        jurisdiction_id=here.cast.code,
        institution=applicant.editor.organisation,
        kind=RegisterRecord.Kind.FRAUD,
        level="provincial",
        on=dt.date(2024, 6, 3),
        document_number="样例〔2024〕7号",
        note="虚报培训人数。",
        recorded_by=here.cast.office["officer"].user,
    )


def test_road_with_the_association_and_a_barred_applicant(scene):
    here = scene("shanghai")
    round_number = walk.publish_round(here, level="provincial")
    applicant, barred = walk.start_and_fill(here, 1), walk.start_and_fill(here, 2)
    record_fraud(here, barred)
    for one in (applicant, barred):
        walk.submit(here, one)
        walk.give_opinion(here, one, "推荐意见")
    assert [state_of(one.case.number) for one in (applicant, barred)] == ["intake", "intake"]

    assistant = here.at(here.cast.assistant)
    assistant.confirm_step(applicant.case.number, "协助核对材料", reason="目录与附件一致，已核对。")
    assistant.reads("目录与附件一致，已核对。")
    assert state_of(applicant.case.number) == "intake"
    expect(assistant.page.get_by_role("link", name="受理", exact=True)).to_have_count(0)
    walk.admit(here, applicant)

    refuse(here, barred)
    assert state_of(barred.case.number) == "refused"
    told = here.at(barred.head)
    told.go(f"/cases/{barred.case.number}/")
    told.reads("不予受理", "第二十五条")
    refusal = Document.objects.get(case__number=barred.case.number, kind="admission_refusal")
    assert "25" in refusal.legal_basis

    walk.review_by_panel(here, [applicant])
    walk.close_window(here)
    walk.decide(here, walk.TITLE, [applicant])
    walk.announce(here, round_number)
    assert state_of(applicant.case.number) == "recognised"
    assert not Document.objects.filter(kind="plaque").exists()
    walk.find_in_register(here, applicant)


def refuse(here, barred):
    """The officer finds the record in the register, cannot admit, and drafts the refusal that the head signs."""
    officer, number = here.officer, barred.case.number
    officer.open_todo(number)
    officer.reads("第二十五条")
    officer.follow(officer.page.locator("#next").get_by_role("link", name="受理", exact=True))
    officer.reads("本办法不再受理该单位的申报", "虚报培训人数。", "第二十五条")
    expect(officer.page.get_by_role("button", name="受理", exact=True)).to_have_count(0)
    officer.follow("拟不予受理")
    officer.put("ground", "bar")
    officer.put("reasons", "经查登记，该单位2024年申报时虚报培训人数。")
    officer.put("articles", ["25"])
    officer.press("提交负责人签发")
    here.head.take_step(number, "签发不予受理决定")
    here.head.press("签发不予受理决定")

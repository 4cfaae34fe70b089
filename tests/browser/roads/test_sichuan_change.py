"""Two changes of a regional base in Sichuan: one refused before anything is published, one agreed, published and filed."""

import datetime as dt

import pytest

from apps.bases.models import ParticularsChange
from apps.cases.models import Document
from tests.browser.roads import life
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

REASON = "新名称与登记证书不一致，请先办理登记。"
NEW_PHONE = "028-00000001"


def report_change(world, values):
    """The editor fills in a change with its proof; the head sends it. Its number."""
    editor = world.editor
    life.open_base(editor, world, "信息变更")
    editor.press("开始填报")
    for name, value in values.items():
        editor.put(name, value)
    editor.attach("file", "证明.pdf")
    editor.press("保存")
    editor.reads("证明.pdf", "已保存")
    editor.press("保存并去核对报送")
    number = ParticularsChange.objects.latest("pk").case.number
    world.head.confirm_step(number, "报请批准部门同意")
    assert state_of(number) == "consent_review"
    return number


def answer(here, below, number, *, agrees):
    officer, head = here.at(below["officer"]), here.at(below["head"])
    officer.take_step(number, "拟定审核意见")
    officer.reads("证明.pdf")
    officer.put("agrees", "yes" if agrees else "no")
    officer.put("opinion", "材料齐全，同意。" if agrees else REASON)
    officer.press("提交负责人签发")
    head.confirm_step(number, "签发同意并公布，报上级备案" if agrees else "签发不予同意")


def test_one_change_refused_and_one_agreed_published_and_filed(scene):
    here = scene("sichuan")
    below = here.cast.lower_offices[0]
    world = life.supervised(here, office=below)
    name, happened = world.base.institution_name, "2026-02-20"

    refused = report_change(world, {"after_name": "演示新名称学院", "happened_on": happened, "reason": "学院更名。"})
    answer(here, below, refused, agrees=False)
    assert state_of(refused) == "refused"
    assert world.base.institution_name == name
    world.head.go(f"/cases/{refused}/")
    life.open_letter(world.head, "change_refusal")
    assert not Document.objects.filter(kind="change_announcement").exists()

    here.later(4)
    agreed = report_change(world, {"after_contact": NEW_PHONE, "happened_on": happened, "reason": "办公地点搬迁。"})
    answer(here, below, agreed, agrees=True)
    assert state_of(agreed) == "to_superior"
    assert world.base.contact_phone != NEW_PHONE
    world.head.go(f"/cases/{agreed}/")
    life.open_letter(world.head, "change_consent")
    signer = here.at(below["head"])
    signer.go(f"/cases/{agreed}/")
    announcement = life.open_letter(signer, "change_announcement")
    here.visitor.go("/applications/public/notices/?kind=announcements")
    assert announcement.verification_code not in here.visitor.page.content()

    here.later(1)
    here.officer.confirm_step(agreed, "予以备案")
    assert state_of(agreed) == "filed"
    assert world.base.contact_phone == NEW_PHONE
    change = ParticularsChange.objects.get(case__number=agreed)
    assert change.published_on == dt.date(2026, 3, 6)
    assert change.filed_on == dt.date(2026, 3, 7)
    officer = here.at(below["officer"])
    officer.go(f"/cases/{agreed}/")
    life.open_letter(officer, "change_receipt")

"""One annual plan under each text: typed, imported, returned, corrected, and filed with a receipt."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from apps.cases.models import Case
from apps.plans.models import AnnualPlan
from apps.plans.services.plan_forms import load_form
from tests.browser.roads import life
from tests.browser.roads.people import PDF
from tests.browser.roads.scene import state_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

BEGINS = dt.date(2026, 11, 24)
REASON = "请补充面向基层单位的安排。"
ANSWER = "网络培训面向基层单位免费开放。"
TYPED = {
    "name": "新材料高级研修班",
    "subject_kind": "professional",
    "kind": "advanced_seminar",
    "field": "新材料",
    "level": "senior",
    "hours_tenths": "24",
    "persons": "40",
    "starts_on": "2027-04-13",
    "ends_on": "2027-04-15",
    "mode": "on_site",
    "place": "主校区",
}
SHEET = {
    "项目名称": "公需科目网络培训",
    "科目": "公需科目",
    "类型": "网络课程",
    "领域": "通用",
    "层次": "不限",
    "学时": 30,
    "人数": 500,
    "开班日期": dt.date(2027, 9, 1),
    "结束日期": dt.date(2027, 9, 30),
    "方式": "线上",
    "地点或平台": "网络培训平台",
}


def open_plan(world):
    """The editor opens next year's plan from the dashboard. Its number."""
    editor = world.editor
    editor.entry("年度计划")
    editor.press("建立 2027 年度计划")
    editor.reads("还有", "处未填或需要修改")
    return AnnualPlan.objects.get(base=world.base, year=2027).case.number


def write_summary(editor):
    editor.follow(editor.page.locator('nav a[href$="/summary/"]'))
    editor.put("summary", "本年新认定，尚未开班，已完成师资和课程准备。")
    editor.press("保存并填写下一部分")


def write_projects(editor):
    """One project is typed into the table, the others come from the template as a spreadsheet."""
    editor.put("outline", "围绕新材料领域办好两类培训。")
    for name, value in TYPED.items():
        editor.put(f"projects-0-{name}", value)
    editor.press("保存")
    editor.reads("已保存")
    editor.follow("从 Excel 导入或粘贴")
    editor.page.locator("input[type=file]").set_input_files(
        {"name": "项目.xlsx", "mimeType": "application/octet-stream", "buffer": filled_template(editor)}
    )
    editor.put("mode", "append")
    editor.press("核对并导入")
    editor.reads("已导入 1 行")


def filled_template(editor):
    """The template as the page gives it, with one row under its head."""
    address = editor.page.get_by_role("link", name="下载模板").get_attribute("href")
    workbook = load_workbook(io.BytesIO(editor.context.request.get(address).body()))
    sheet = workbook.worksheets[0]
    for cell in sheet[1]:
        sheet.cell(2, cell.column, SHEET.get(cell.value.removesuffix("*"), ""))
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def attach_files(editor):
    """The group's proposal, where the text has the group propose the plan; any other file elsewhere."""
    editor.follow(editor.page.locator('nav a[href$="/attachments/"]'))
    panel = editor.page.locator("#id_assessment_proposal, #id_plan_other").first
    panel.locator("input[type=file]").set_input_files(
        {"name": "建议.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    editor.press(panel.get_by_role("button", name="上传", exact=True))
    editor.reads("建议.pdf")


def own_review_first(number):
    plan = AnnualPlan.objects.get(case__number=number)
    return load_form(plan).rules.annual_plan.deadlines[-1].requires == "institution_review"


def send(world, number, step):
    """The head sends the plan, after the institution's own review where the text asks for one."""
    head = world.head
    if own_review_first(number):
        head.take_step(number, "单位审核同意")
        head.put("opinion", "经单位审核，计划可行，同意报送。")
        head.press("本人已审核，记录意见")
    else:
        head.take_step(number, step)
    head.press("本人已核对，签署并报送")
    head.reads("已报送")


def return_plan(person, number):
    person.take_step(number, "退回修改")
    person.put("text-projects", REASON)
    person.press("退回建设单位")


def correct(world, number):
    """What was returned is answered where it stands; nothing else of the plan is typed again."""
    editor = world.editor
    editor.open_todo(number)
    editor.follow(editor.page.get_by_role("link", name="填报计划"))
    editor.reads(REASON, "待处理")
    editor.follow(editor.page.locator("#next-title ~ div ul.guards a").first)
    editor.page.get_by_label("答复").fill(ANSWER)
    editor.press("保存")
    editor.reads(REASON)


def agree(world, number):
    """The managing unit's officer drafts the opinion, its head signs it."""
    officer = world.unit_officer
    officer.take_step(number, "拟定审核意见")
    officer.reads("公需科目网络培训", TYPED["name"])
    officer.put("conclusion", "agreed")
    officer.put("text", "计划符合专业方向，同意报备案。")
    officer.press("提交负责人签署")
    world.unit_head.take_step(number, "签署同意并报备案")
    world.unit_head.press("签署同意")


def file(here, number):
    officer = here.officer
    officer.take_step(number, "予以备案")
    officer.press("予以备案并签发回执")
    officer.reads("已备案")


@pytest.mark.parametrize(
    ("code", "unit_reviews", "late_at_unit"),
    [
        ("national", True, 0),
        ("shanghai", False, None),
        ("sichuan", False, None),
        ("weihai", True, None),
        ("zibo", True, None),
    ],
)
def test_plan_from_the_first_line_to_the_receipt(scene, code, unit_reviews, late_at_unit):
    here = scene(code)
    here.clock.go_to(BEGINS)
    life.extend_lapsed_text(here)
    world = life.supervised(here)
    number = open_plan(world)
    write_summary(world.editor)
    write_projects(world.editor)
    attach_files(world.editor)

    send(world, number, "报送管理单位" if unit_reviews else "报送备案")
    assert state_of(number) == ("unit_review" if unit_reviews else "filing")
    here.later(1)
    return_plan(world.unit_officer if unit_reviews else here.officer, number)
    assert state_of(number) == ("returned_by_unit" if unit_reviews else "returned_by_authority")
    correct(world, number)
    send(world, number, "修改后重新报送")
    if unit_reviews:
        agree(world, number)
    assert state_of(number) == "filing"
    file(here, number)

    assert state_of(number) == "filed"
    plan = AnnualPlan.objects.get(case__number=number)
    assert [project.name for project in plan.projects.all()] == [TYPED["name"], SHEET["项目名称"]]
    returned = plan.return_items.get()
    assert (returned.text, returned.answer) == (REASON, ANSWER)
    assert (plan.submitted_late_days, plan.filed_late_days) == (late_at_unit, 0)
    world.head.go(f"/cases/{number}/")
    receipt = life.open_letter(world.head, "plan_receipt")
    assert receipt.case == Case.objects.get(number=number)
    assert [party.organisation.pk for party in receipt.deliveries.all()].count(world.base.institution_id) == 1

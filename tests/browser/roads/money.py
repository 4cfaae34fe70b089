"""The steps of public money as people take them, from the cycle to the settled award; sums are typed in yuan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from playwright.sync_api import expect

from apps.cases.models import Case
from apps.portal.demo.steps import Applicant
from apps.subsidies.models import Award, FundPayment, UsePlan
from tests.browser.roads import life, walk
from tests.browser.roads.life import Supervised
from tests.browser.roads.people import PDF, Person
from tests.browser.roads.scene import Scene, state_of
from tests.subsidies.bank.files import csv_file

CYCLE = "2026—2027资助周期（样例）"
PROJECT = "能力建设项目（样例）"
LINES = (
    {"category": "facilities", "item": "实训设备", "unit": "套", "unit_price_fen": "50,000.01", "quantity": "3"},
    {"category": "training_projects", "item": "高级研修班", "unit": "期", "unit_price_fen": "80000", "quantity": "2"},
)
FORBIDDEN = {"category": "official_vehicles", "item": "班车", "unit": "辆", "unit_price_fen": "90000", "quantity": "1"}
TARGET = {
    "goal": "扩大培训规模",
    "indicator": "培训人次",
    "direction": "at_least",
    "target_hundredths": "600",
    "unit": "人次",
}


def open_cycle(here: Scene, **values: Any) -> str:
    """The officer draws up a cycle, the head launches it. Its number."""
    officer = here.officer
    officer.entry("新建资助周期")
    today = here.clock.day
    told = {
        "title": CYCLE,
        "starts_on": today.replace(month=1, day=1),
        "ends_on": dt.date(today.year + 1, 12, 31),
        "opens_on": today,
        "closes_on": today + dt.timedelta(days=20),
        "budget_fen": "1,000,000.00",
        **values,
    }
    for name, value in told.items():
        officer.put(name, value)
    officer.press("保存周期")
    number = Case.objects.get(kind="funding_cycle").number
    officer.follow(officer.page.locator("#next").get_by_role("link", name="报请批准开放", exact=True))
    officer.press("确认报请批准开放")
    here.head.confirm_step(number, "批准并开放申请")
    assert state_of(number) == "open"
    return number


def type_row(person: Person, table: str, place: int, row: dict[str, Any]) -> None:
    """A row of a table, by clicking and typing; the row is added where it is not there yet."""
    page = person.page
    while not page.locator(f"[name={table}-{place}-{next(iter(row))}]").count():
        page.locator("[data-grid-add]").click()
    for name, value in row.items():
        person.put(f"{table}-{place}-{name}", value)


def save_part(person: Person) -> None:
    """On to the next part of the form."""
    person.press(person.page.locator('button[name=save][value="next"]'))


def fill_in(world: Supervised) -> Award:
    """The editor begins an application and fills it in; what the text bans is refused while it is typed."""
    editor, page = world.editor, world.editor.page
    life.open_base(editor, world, "申请专项经费资助")
    editor.press("开始填写申请")
    award = Award.objects.get(base=world.base)
    editor.follow("填写")
    editor.put("title", PROJECT)
    save_part(editor)
    for place, row in enumerate(LINES):
        type_row(editor, "lines", place, {**row, "purpose": "用于继续教育培训"})
    total = page.locator("[data-sum=total]")
    expect(total).to_have_text("¥310,000.03")
    type_row(editor, "lines", 2, {**FORBIDDEN, "purpose": "接送学员"})
    expect(page.locator("[data-row-refusal]")).to_contain_text("依据第三十五条第（三）项不予列支")
    expect(total).to_have_text("¥310,000.03")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    editor.look()
    page.locator("[data-grid-remove]").nth(2).click()
    expect(page.locator("[data-row-refusal]:visible")).to_have_count(0)
    save_part(editor)
    type_row(editor, "targets", 0, TARGET)
    save_part(editor)
    page.locator("#file_basis").set_input_files({"name": "测算依据.pdf", "mimeType": "application/pdf", "buffer": PDF})
    editor.press(page.locator("#id_basis").get_by_role("button", name="上传", exact=True))
    editor.reads("测算依据.pdf")
    return award


def send(world: Supervised, award: Award) -> Applicant:
    """The institution's head reads the application and signs it."""
    head = world.head
    head.take_step(award.case.number, "提交申请")
    head.reads("¥310,000.03", PROJECT)
    head.press(head.page.locator("#submit-title").locator("..").get_by_role("button"))
    assert state_of(award.case.number) == "submitted"
    return Applicant("", *world.institution, "", award)  # type: ignore[arg-type]


def review(here: Scene, applicant: Applicant) -> None:
    """A panel is formed, three experts declare and score, the chair signs, the officer records what came of it."""
    panel = walk.form_panel(here, [applicant], "交专家评审")
    experts = walk.experts_of(here)
    for expert in experts:
        walk.declare(expert, [applicant])
    here.officer.confirm_step(panel, "开始评分")
    for expert in experts:
        walk.score(expert, applicant)
    resolve(here, panel, applicant)


def resolve(here: Scene, panel: str, applicant: Applicant) -> None:
    """Scoring is closed, vote and minutes are recorded, the chair signs, the officer records the outcome."""
    officer = here.officer
    officer.open_todo(panel)
    officer.follow("打开评审工作页")
    if state_of(panel) == "scoring":
        officer.follow(officer.page.locator("#next").get_by_role("link", name="结束评分"))
        officer.press("确认结束评分")
        officer.open_todo(panel)
        officer.follow("打开评审工作页")
    officer.follow(officer.page.locator("#next").get_by_role("link", name="记录表决与评审意见"))
    part = officer.page.locator(f"#subject-{applicant.case.number}")
    for name, value in {"votes_for": 3, "votes_against": 0, "votes_abstain": 0}.items():
        part.locator(f'[name$="{name}"]').fill(str(value))
    part.locator('[name$="reasons"]').fill("预算与绩效相称，建议资助。")
    officer.press(life.button(officer, "保存本件决议"))
    officer.attach("minutes", "评审会议纪要.pdf")
    officer.press("上传纪要")
    chair = walk.experts_of(here)[0]
    chair.entry("我的评审")
    chair.follow(chair.page.locator("ul.todo a").first)
    chair.follow("核对并签署决议")
    chair.press("签署评审决议")
    officer.take_step(applicant.case.number, "登记评审结论")
    officer.press("按决议办结各件评审")
    assert state_of(applicant.case.number) == "reviewed"


def decide(here: Scene, award: Award) -> None:
    """The officer proposes the whole sum, the finance officer agrees, the head signs; the decision opens."""
    number, officer = award.case.number, here.officer
    finance = here.at(here.cast.office["finance"])
    officer.take_step(number, "拟定资助决定")
    officer.put("conclusion", "grant")
    officer.put("reasons", "专家评审通过，测算有依据。")
    officer.press("报财务审核")
    finance.take_step(number, "财务审核同意")
    finance.reads("¥310,000.03")
    finance.put("opinion", "指标已落实，同意。")
    finance.press("同意，报负责人签发")
    here.head.confirm_step(number, "签发资助决定")
    assert state_of(number) == "granted"
    here.head.go(f"/cases/{number}/")
    life.open_letter(here.head, "award_decision")


def settle_plan(here: Scene, world: Supervised, award: Award) -> None:
    """The plan that came with the award is sent, audited and signed; the award is carried out."""
    plan = UsePlan.objects.select_related("case").get(award=award)
    number = plan.case.number
    world.editor.open_todo(number)
    world.editor.follow(world.editor.page.locator("#next").get_by_role("link").first)
    head = world.head
    head.take_step(number, "报送审核")
    head.press("本人已核对，签署并报送审核")
    here.officer.take_step(number, "拟定审核意见")
    here.officer.put("conclusion", "agreed")
    here.officer.put("opinion", "方案与资助决定一致，同意。")
    here.officer.press("报负责人签发")
    here.head.confirm_step(number, "签发同意的审核意见")
    assert (state_of(number), state_of(award.case.number)) == ("approved", "active")
    here.head.go(f"/cases/{number}/")
    life.open_letter(here.head, "plan_audit_opinion")


def ask(world: Supervised, award: Award) -> FundPayment:
    """The editor asks for every tranche that is due, the head sends the request."""
    editor = world.editor
    life.open_base(editor, world, "申请拨款")
    boxes = editor.page.locator("input[name=tranches]:enabled")
    for place in range(boxes.count()):
        boxes.nth(place).check()
    editor.put("payee_name", world.base.institution_name)
    editor.put("payee_bank", "演示银行上海分行")
    editor.put("payee_account", "310000001234567")
    editor.press("保存草稿")
    payment = FundPayment.objects.select_related("case").latest("pk")
    world.head.take_step(payment.case.number, "提交拨款申请")
    world.head.press("确认提交拨款申请")
    assert state_of(payment.case.number) == "submitted"
    return payment


def pay(here: Scene, world: Supervised, payment: FundPayment, reference: str) -> None:
    """Checked, approved, paid, and confirmed by the statement, by three people of the authority."""
    number, finance = payment.case.number, here.at(here.cast.office["finance"])
    finance.take_step(number, "财务核对")
    finance.press("确认财务核对")
    here.head.take_step(number, "批准拨款")
    here.head.press("确认批准拨款")
    finance.take_step(number, "登记支付")
    finance.put("reference", reference)
    finance.put("paid_on", here.clock.day.isoformat())
    finance.press("确认登记支付")
    assert state_of(number) == "paid"
    take_in(here, world, payment, reference)
    assert state_of(number) == "confirmed"
    world.head.go(f"/cases/{number}/")
    life.open_letter(world.head, "payment_notice")


def take_in(here: Scene, world: Supervised, payment: FundPayment, reference: str) -> None:
    """The bank's file is previewed and taken in; the officer, who recorded nothing, confirms what agrees with it."""
    officer, fen = here.officer, payment.amount_fen
    row = (
        here.clock.day.isoformat(),
        reference,
        f"{fen // 100:,}.{fen % 100:02d}",
        "",
        world.base.institution_name,
        "310000001234567",
        "资助款",
    )
    upload = csv_file([row], name=f"{reference}.csv")
    officer.entry("对账")
    officer.follow("导入对账单")
    officer.page.locator("input[type=file][name=file]").set_input_files(
        {"name": upload.name, "mimeType": "text/csv", "buffer": upload.read()}
    )
    officer.press("预览")
    officer.reads(reference)
    officer.press("导入 1 行")
    officer.entry("对账")
    officer.press(life.button(officer, "全部确认一致（1 笔）"))


def report_spending(here: Scene, world: Supervised, yuan_by_item: dict[str, str]) -> str:
    """The editor enters vouchers with a scan, the head sends them, finance finds them in order, the head signs."""
    editor = world.editor
    life.open_base(editor, world, "经费使用报告")
    editor.follow("报告经费使用情况")
    editor.press("建立报告")
    number = Case.objects.filter(kind="spending_report").latest("pk").number
    if "/edit/" not in editor.page.url:
        editor.take_step(number, "修改使用报告")
    editor.put("until_on", here.clock.day.isoformat())
    editor.put("summary", "按方案购置设备、举办研修班。")
    vouchers = [f"记-{here.clock.day:%m%d}{place}" for place in range(len(yuan_by_item))]
    for place, (item, yuan) in enumerate(yuan_by_item.items()):
        row = {"on": here.clock.day.isoformat(), "voucher": vouchers[place]}
        type_row(editor, "rows", place, row)
        choice = editor.page.locator(f"[name=rows-{place}-line] option").filter(has_text=item).first
        rest = {"line": choice.get_attribute("value"), "payee": "样例供货单位", "description": item, "amount_fen": yuan}
        type_row(editor, "rows", place, rest)
    editor.press("保存")
    editor.page.locator("#id_scans").set_input_files(
        [{"name": f"{voucher}.pdf", "mimeType": "application/pdf", "buffer": PDF} for voucher in vouchers]
    )
    editor.press(editor.page.locator("#scans").get_by_role("button", name="上传", exact=True))
    editor.reads("已填完，请单位负责人提交。")
    world.head.confirm_step(number, "提交使用报告")
    finance = here.at(here.cast.office["finance"])
    finance.take_step(number, "逐笔核对凭证")
    finance.press("保存本页核对结果")
    finance.take_step(number, "拟定核对结论")
    finance.put("opinion", "凭证齐全，与方案一致。")
    finance.press("报请批准")
    here.head.confirm_step(number, "批准核对结论")
    assert state_of(number) == "accepted"
    return number


def accept(here: Scene, world: Supervised, spent: dict[str, str]) -> str:
    """The institution reports what was done; an expert and a third party's person agree; the head signs."""
    editor, officer = world.editor, here.officer
    life.open_base(editor, world, "申请项目验收")
    editor.press("填写验收申请")
    number = Case.objects.filter(kind="acceptance").latest("pk").number
    editor.put("summary", "设备到位，研修班两期已办完。")
    for line in Award.objects.get(base=world.base).lines.all():
        editor.put(f"line-{line.key}-chosen", True)
        editor.put(f"line-{line.key}-result", "已按方案完成。")
        editor.put(f"line-{line.key}-spent", spent[line.item])
    editor.page.locator("[name^=target-][name$=-achieved]").first.fill("620")
    editor.press("保存")
    editor.attach("file", "验收材料.pdf")
    editor.press(editor.page.locator("#files").get_by_role("button", name="上传", exact=True))
    world.head.take_step(number, "提交验收申请")
    world.head.press("本人已核对，提交")
    reviewers = (walk.experts_of(here)[0], here.at(here.cast.supervisors[0]))
    officer.take_step(number, "确定验收人员")
    for reviewer in reviewers:
        name = reviewer_name(reviewer)
        option = officer.page.locator("[name=person] option").filter(has_text=name).first
        officer.put("person", option.get_attribute("value"))
        officer.press("确定")
    officer.follow("开始验收")
    officer.press("确认开始验收")
    for reviewer in reviewers:
        reviewer.entry("我的验收")
        reviewer.follow(reviewer.page.locator("ul.todo a").first)
        reviewer.put("conclusion", "accept")
        reviewer.put("text", "设备在用，培训人次可核实。")
        reviewer.press("提交意见")
    officer.take_step(number, "拟定验收结论")
    officer.put("conclusion", "accept")
    officer.put("reasons", "两位验收人员均同意通过。")
    for line in Award.objects.get(base=world.base).lines.all():
        row = officer.page.locator("tbody tr").filter(has=officer.page.get_by_role("rowheader", name=line.item)).first
        row.locator("[name^=accepted-]").fill(spent[line.item])
    officer.press("报请负责人签发")
    here.head.confirm_step(number, "签发通过验收的报告")
    assert state_of(number) == "accepted"
    here.head.go(f"/cases/{number}/")
    life.open_letter(here.head, "acceptance_report")
    return number


def reviewer_name(person: Person) -> str:
    from apps.accounts.models import User

    return str(User.objects.get(username=person.username).name)


def settle(here: Scene, award: Award) -> None:
    """The officer proposes to settle the award, the head settles it."""
    number, officer = award.case.number, here.officer
    officer.go(f"/cases/{number}/")
    officer.follow(officer.page.locator("#next").get_by_role("link", name="报请结清", exact=True))
    officer.press("确认报请结清")
    here.head.confirm_step(number, "批准结清")
    assert state_of(number) == "settled"

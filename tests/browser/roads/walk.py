"""The steps of the road as people take them: from the dashboard, by the buttons on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import expect

from apps.accounts.actors import Actor
from apps.applications.models import Application
from apps.applications.services import rounds
from apps.cases.models import Case, Document
from apps.portal.demo import review
from apps.portal.demo.steps import Applicant, staff_in_turn
from tests.browser.roads.people import Person
from tests.browser.roads.scene import CLOSES_ON, START, Scene, applicant_of, fill_through_services

TITLE = "2026年第一批基地申报（样例）"
PANEL_SIZE, QUORUM = 3, 2


def publish_round(scene: Scene, office: dict[str, Actor] | None = None, *, sandbox: bool = False, **values: Any) -> str:
    """An officer draws up a round and puts it before the head, who publishes it. The round's number."""
    staff = office or scene.cast.office
    officer, head = scene.at(staff["officer"]), scene.at(staff["head"])
    officer.entry("新建批次")
    told = {"title": TITLE, "opens_on": START.date(), "closes_on": CLOSES_ON, "pass_points": 60, **values}
    told |= {"fields_wanted": "\n".join(scene.cast.fixture["fields"]), "guidance": "请先自测，再填报。"}
    for name, value in told.items():
        officer.put(name, value)
    if sandbox:
        officer.put("sandbox", True)
    officer.press("保存批次")
    number = Case.objects.get(kind="round", authority=staff["officer"].organisation).number
    officer.confirm_step(number, "报请发布")
    officer.reads("轮到机关负责人")
    head.confirm_step(number, "批准发布")
    head.reads(told["title"], "已发布")
    return number


def start(scene: Scene, number: int, *, title: str = TITLE) -> Applicant:
    """An institution's editor finds the round among the public ones and opens an application."""
    editor, head, kind = scene.cast.institution(number)
    person = scene.at(editor)
    person.entry("申报基地")
    person.follow(title)
    person.follow("填写申报表")
    person.press(f"以“{editor.organisation.name}”开始填报")
    application = Application.objects.get(case__institution=editor.organisation)
    return applicant_of(application.case.number, editor, head, kind)


def start_and_fill(scene: Scene, number: int, **kwargs: Any) -> Applicant:
    applicant = start(scene, number, **kwargs)
    fill_through_services(scene.cast, applicant, number)
    return applicant


def submit(scene: Scene, applicant: Applicant, step: str = "提交申报") -> None:
    """The institution's head checks the form and signs it."""
    head = scene.at(applicant.head)
    head.take_step(applicant.case.number, step)
    head.press("本人已核对，签署并提交")


def check_every_condition(person: Person) -> None:
    """A verdict on each condition; each is saved as it is given."""
    checks = person.page.locator("article.check")
    total = checks.count()
    assert total > 3
    for index in range(total):
        check = checks.nth(index)
        check.locator('[name$="verdict"][value="agree"]').check()
        expect(check.locator("[data-verdict]")).to_have_attribute("data-verdict", "agree")
    expect(person.page.locator("#check-progress")).to_contain_text(f"{total} / {total}")


def give_opinion(scene: Scene, applicant: Applicant, step: str) -> None:
    """An officer of the department whose turn it is checks everything and drafts, the head signs."""
    number = applicant.case.number
    officer, head = staff_in_turn(scene.cast, applicant.case)
    person = scene.at(officer)
    person.take_step(number, f"拟定{step}")
    check_every_condition(person)
    if person.page.locator("[name=recheck_date]").count():
        person.put("recheck_date", START.date().isoformat())
        person.put("recheck_persons", "样例复查组甲、乙")
        person.put("recheck_findings", "现场查看教室、设备和师资名册，与申报一致。")
        person.attach("file", "复查照片.pdf")
        person.press("上传")
        expect(person.page.locator("[name=recheck_persons]")).to_have_value("样例复查组甲、乙")
    person.put("conclusion", "positive")
    person.put("text", "经核查，材料真实，符合条件，同意。")
    person.press("提交负责人签署")
    signing = scene.at(head)
    signing.take_step(number, f"签署{step}")
    signing.press("签署同意")


def admit(scene: Scene, applicant: Applicant, office: dict[str, Actor] | None = None) -> None:
    officer = scene.at((office or scene.cast.office)["officer"])
    officer.take_step(applicant.case.number, "受理")
    officer.press("受理")


def form_panel(scene: Scene, applicants: Sequence[Applicant], step: str = "交专家评审委员会评审") -> str:
    """The officer forms a panel, draws its experts by lot, names the chair and calls them together."""
    review.fill_pool(scene.cast, scene.cast.office["officer"])
    officer = scene.officer
    officer.take_step(applicants[0].case.number, step)
    for name, value in {"size": PANEL_SIZE, "quorum": QUORUM}.items():
        officer.put(name, value)
    officer.put("subjects", [str(applicant.application.pk) for applicant in applicants])
    officer.press("保存")
    number = Case.objects.get(kind="panel").number
    officer.follow(officer.page.locator("#next").get_by_role("link", name="随机抽取专家"))
    officer.put("count", PANEL_SIZE)
    officer.press("抽取")
    officer.reads("复算一致")
    officer.follow("返回")
    officer.press(officer.page.get_by_role("button", name=re.compile("^设为主任委员")).first)
    officer.follow(officer.page.locator("#next").get_by_role("link", name="召集委员会"))
    officer.press("确认召集委员会")
    return number


def experts_of(scene: Scene) -> list[Person]:
    """The panel's members in the order drawn, the chair first."""
    from apps.panels.models import PanelMember

    members = PanelMember.objects.select_related("expert__user", "expert__authority").order_by("-is_chair", "pk")
    return [scene.at(review._actor(member)) for member in members if member.state == "serving"]


def declare(expert: Person, applicants: Sequence[Applicant], *, conflict_with: str = "") -> None:
    """An expert says for each application whether there is a conflict, before any file opens."""
    expert.entry("我的评审")
    expert.follow(expert.page.locator("ul.todo a").first)
    expert.follow("逐件申明")
    for applicant in applicants:
        name = applicant.editor.organisation.name
        part = expert.page.locator("section.panel").filter(has=expert.page.get_by_role("heading", name=name))
        conflict = applicant.case.number == conflict_with
        part.locator(f'[name$="has_conflict"][value="{"yes" if conflict else "no"}"]').check()
        if conflict:
            part.locator('[name$="text"]').fill("三年前曾任该单位兼职教师。")
        expert.press(part.get_by_role("button", name=re.compile("^提交申明")))


def score(expert: Person, applicant: Applicant) -> None:
    """An expert opens the file, fills in the sheet and hands it in."""
    expert.entry("我的评审")
    expert.follow(expert.page.locator("ul.todo a").first)
    line = expert.page.locator("ul.todo li").filter(has_text=applicant.case.number)
    expert.follow(line.get_by_role("link", name="审阅材料"))
    expert.follow("评分")
    points = expert.page.locator('input[name^="points-"]')
    for index in range(points.count()):
        points.nth(index).fill("15")
    verdicts = expert.page.locator('select[name^="verdict-"]')
    for index in range(verdicts.count()):
        verdicts.nth(index).select_option("sufficient")
    reasons = expert.page.locator('textarea[name^="text-"]')
    for index in range(reasons.count()):
        reasons.nth(index).fill("佐证材料能够证明。")
    expert.page.locator("[name=overall]").fill("条件较好，建议认定。")
    expert.press("提交评分（提交后不能修改）")


def record_duties(scene: Scene, panel: str) -> None:
    """The officer records each step the text asks of the review, for all applications at once."""
    officer = scene.officer
    officer.follow(officer.page.get_by_role("link", name=re.compile("评审环节")).first)
    duties = [option.get_attribute("value") for option in officer.page.locator("[name=duty] option").all()]
    for duty in duties:
        officer.put("duty", duty)
        officer.put("done_on", scene.clock.instant.date().isoformat())
        boxes = officer.page.locator("[name=subjects]")
        for index in range(boxes.count()):
            boxes.nth(index).check()
        officer.put("participants", "全体专家")
        officer.put("record", "查阅材料、听取汇报后形成意见。")
        officer.press("记录")


def resolve(scene: Scene, panel: str, applicants: Sequence[Applicant], votes: Sequence[int]) -> None:
    """Scores are closed, the vote and the minutes recorded, the chair signs, the officer concludes."""
    officer = scene.officer
    officer.open_todo(panel)
    officer.follow("打开评审工作页")
    if Case.objects.get(number=panel).state == "scoring":
        officer.follow(officer.page.locator("#next").get_by_role("link", name="结束评分"))
        officer.press("确认结束评分")
        officer.open_todo(panel)
        officer.follow("打开评审工作页")
    record_duties(scene, panel)
    officer.open_todo(panel)
    officer.follow("打开评审工作页")
    officer.follow(officer.page.locator("#next").get_by_role("link", name="记录表决与评审意见"))
    for applicant, count in zip(applicants, votes, strict=True):
        part = officer.page.locator(f"#subject-{applicant.case.number}")
        for name, value in {"votes_for": count, "votes_against": 0, "votes_abstain": 0}.items():
            part.locator(f'[name$="{name}"]').fill(str(value))
        part.locator('[name$="reasons"]').fill("条件充分，材料真实，建议认定。")
        officer.press(part.get_by_role("button", name=re.compile("^保存本件决议")))
    officer.attach("minutes", "评审会议纪要.pdf")
    officer.press("上传纪要")
    chair = experts_of(scene)[0]
    chair.entry("我的评审")
    chair.follow(chair.page.locator("ul.todo a").first)
    chair.follow("核对并签署决议")
    chair.press("签署评审决议")
    officer.take_step(applicants[0].case.number, "形成评审决议")
    officer.follow("打开评审委员会")
    officer.press("按决议办结各件评审")


def review_by_panel(scene: Scene, applicants: Sequence[Applicant]) -> str:
    """The whole review, nobody having a conflict. The panel's number."""
    panel = form_panel(scene, applicants)
    experts = experts_of(scene)
    for expert in experts:
        declare(expert, applicants)
    scene.officer.confirm_step(panel, "开始评分")
    for expert in experts:
        for applicant in applicants:
            score(expert, applicant)
    resolve(scene, panel, applicants, [PANEL_SIZE] * len(applicants))
    return panel


def close_window(scene: Scene) -> None:
    """The last day passes; the sweep that runs every minute closes the round."""
    scene.clock.go_to(CLOSES_ON + dt.timedelta(days=1))
    rounds.close_windows(scene.clock.now())


def decide(
    scene: Scene, round_title: str, applicants: Sequence[Applicant], office: dict[str, Actor] | None = None
) -> None:
    """The officer prepares the whole round, the reviewer reviews each, the head signs the whole round."""
    staff = office or scene.cast.office
    _decisions(scene.at(staff["officer"]), round_title).press("拟定所选决定")
    for applicant in applicants:
        scene.at(staff["reviewer"]).confirm_step(applicant.case.number, "审核决定")
    _decisions(scene.at(staff["head"]), round_title).press("签发所选决定")


def announce(scene: Scene, number: str, office: dict[str, Actor] | None = None, step: str = "公布认定结果") -> None:
    """The head announces what was signed, in one document, coming from the round or from one of its applications."""
    head = scene.at((office or scene.cast.office)["head"])
    head.take_step(number, step)
    head.press("公布认定结果")


def _decisions(person: Person, round_title: str) -> Person:
    person.entry("批次管理")
    person.follow(round_title)
    person.follow("决定与公布")
    return person


def find_in_register(scene: Scene, applicant: Applicant) -> None:
    """A visitor finds the base by its name, reads its history, and checks the announcement by its code."""
    name = applicant.editor.organisation.name
    visitor = scene.visitor
    visitor.go("/")
    visitor.follow("基地名录")
    visitor.type("名称", name)
    visitor.press("查询")
    visitor.follow(name)
    visitor.reads(name, applicant.editor.organisation.credit_code)
    announcement = Document.objects.get(kind="recognition_announcement")
    visitor.follow("文书核验")
    visitor.type("核验码", announcement.verification_code)
    visitor.press("核验")
    visitor.reads(announcement.number, announcement.title)

"""The demo's story in one jurisdiction: a finished round and an open one, cases in every state the road has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Sequence

from apps.accounts.actors import Actor
from apps.applications.models import PublicNotice, Round
from apps.applications.services import announcements, decisions, intake, notices, objections, rounds, submission
from apps.bases.models import RegisterRecord
from apps.cases.models import Case
from apps.cases.workflow.engine import perform
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing
from apps.jurisdictions.rulebooks.roads import Road
from apps.panels.models import ExpertProfile
from apps.portal.demo import review, steps
from apps.portal.demo.agenda import Line, on
from apps.portal.demo.clock import StoryClock
from apps.portal.demo.people import Cast
from apps.portal.demo.steps import Applicant

EARLIER_DAY = dt.date(2025, 9, 1)
FIRST_DAY = dt.date(2026, 8, 17)
EARLIER_NUMBERS, LOWER_NUMBERS, PER_LOWER = 40, 49, 3  # where the institutions of each round begin in the names
RUBRIC = [
    {"code": "item1", "title": "师资队伍", "max_points": 25, "description": "数量、结构、与一线的联系、影响力"},
    {"code": "item2", "title": "管理机构与制度", "max_points": 20, "description": "机构、人员、各项制度及执行"},
    {"code": "item3", "title": "经费与设施", "max_points": 20, "description": "配套经费、教室设备资料、实训条件"},
    {"code": "item4", "title": "远程教育条件", "max_points": 15, "description": "设备、平台、网上互动"},
    {"code": "item5", "title": "培训业绩", "max_points": 20, "description": "规模、项目、效果"},
]
AFTER_REVIEW = (
    "reviewed", "in_notice", "notice_done", "decision_returned", "decision_prepared", "decision_reviewed", "decided",
    "to_file", "recognised", "not_recognised",
)  # fmt: skip
DECIDED = (
    "decision_returned",
    "decision_prepared",
    "decision_reviewed",
    "decided",
    "to_file",
    "recognised",
    "not_recognised",
)


def first_round_goals(road: Road) -> list[str]:
    """Where the applications of the finished round shall end."""
    goals = ["lapsed", "withdrawn", "refused", "refusal_proposed", "admitted", "admitted", "in_review", "in_review"]
    goals += ["reviewed", "decision_returned", "decision_prepared", "decision_reviewed", "decision_reviewed", "decided"]
    goals += ["recognised"] * 5 + ["not_recognised"] * 2
    if road.publicity:
        goals += ["in_notice", "in_notice", "notice_done"]
    if road.recommendation:
        goals += ["declined"]
    return goals


def open_round_goals(road: Road) -> list[str]:
    """Where the applications of the open round shall stand."""
    goals = ["draft", "draft", "draft", "intake", "intake", "correcting", "corrected"]
    stages = {stage.code for stage in road.recommendation}
    if "recommendation" in stages:
        goals += ["recommending", "recommending", "recommendation_proposed", "returned_by_recommender"]
    if "examination" in stages:
        goals += ["examining", "examination_proposed", "returned_by_examiner"]
    if not stages:
        goals += ["intake", "correcting", "draft"]
    return goals


class Story:
    """Plays one authority of a jurisdiction through its rounds. ``office`` are its people by role."""

    def __init__(self, cast: Cast, office: dict[str, Actor], clock: StoryClock, today: dt.date, first: int = 0) -> None:
        self.cast, self.office, self.clock, self.today = cast, office, clock, today
        self.level = office["officer"].organisation.levels[0]
        self.road = registry.rulebook(cast.code, today).road
        self.number = first

    def days(self) -> Line:
        """The whole story: the finished round first, the open one after it."""
        yield on(FIRST_DAY - dt.timedelta(days=7))
        if not ExpertProfile.objects.filter(authority=self.office["officer"].organisation).exists():
            review.fill_pool(self.cast, self.office["officer"])
        self._give_history()
        finished = yield from self._publish_round("第一批", FIRST_DAY, FIRST_DAY + dt.timedelta(days=19))
        yield from self._play_finished_round(finished)
        start = max(self.today - dt.timedelta(days=12), FIRST_DAY + dt.timedelta(days=80))
        yield on(start, 8)
        opened = yield from self._publish_round("第二批", start, start + dt.timedelta(days=40))
        yield from self._play_open_round(opened)
        yield from self._run_second_notice(finished)

    def lower_days(self) -> Line:
        """A short round of an authority that files its recognitions with its superior."""
        yield on(FIRST_DAY - dt.timedelta(days=5))
        review.fill_pool(self.cast, self.office["officer"], f"{self.level}_expert")
        rnd = yield from self._publish_round("第一批", FIRST_DAY, FIRST_DAY + dt.timedelta(days=19))
        people = self._apply(rnd, ["to_file", "recognised", "not_recognised"], submit=True)
        yield from self._close(rnd)
        for applicant in people:
            intake.admit(applicant.case, self.office["officer"])
        yield from self._review(people)
        yield from self._decide(rnd, people)
        filer = self.cast.office["officer"]
        announcements.file_with_superior(people[1].case, filer)

    def earlier_days(self, count: int) -> Line:
        """A round of the year before, in which ``count`` institutions are recognised; they stay in ``self.people``."""
        review.fill_pool(self.cast, self.office["officer"])
        rnd = yield from self._publish_round("首批", EARLIER_DAY, EARLIER_DAY + dt.timedelta(days=9))
        people = self._apply(rnd, ["recognised"] * count, submit=True)
        yield from self._close(rnd)
        for applicant in people:
            self._departments(applicant)
            self._intake(applicant)
        yield from self._review(people)
        if self.road.publicity is not None:
            notice = self._publish_notice(rnd, people, 7)
            yield on(notice.decide_from)
            notices.close(Case.objects.get(pk=notice.pk), self.office["officer"])
        yield from self._decide(rnd, people)
        perform(Case.objects.get(pk=rnd.pk), "finish", self.office["officer"])

    def _give_history(self) -> None:
        """What the register knows already: an institution the text bars, or whose history it only shows."""
        self.barred_number = self.number + first_round_goals(self.road).index("refused")

    def _publish_round(self, name: str, opens: dt.date, closes: dt.date) -> Generator[dt.datetime, None, Round]:
        yield on(opens - dt.timedelta(days=1))
        values = {
            "title": f"{opens.year}年{self.office['officer'].organisation.name}{name}继续教育基地申报",
            "level": self.level,
            "opens_on": opens,
            "closes_on": closes,
            "fields_wanted": self.cast.fixture["fields"],
            "guidance": "请先做资格自测，再登录填报。材料不齐的，系统会逐项提示。本批次为演示数据。",
            "rubric": RUBRIC,
            "pass_points": 60,
            "quota": 40 if self.road.recommendation else None,
        }
        rnd = rounds.draw_up(self.office["officer"], values, sandbox=self.cast.fixture["rehearsal"])
        perform(rnd.case, "propose", self.office["officer"])
        rounds.publish(rnd.case, self.office["head"])
        yield on(opens)
        return rnd

    def _apply(self, rnd: Round, goals: Sequence[str], *, submit: bool) -> list[Applicant]:
        people = []
        for goal in goals:
            account = f"base{self.number - EARLIER_NUMBERS + 1}" if rnd.opens_on < FIRST_DAY else ""
            applicant = steps.start(self.cast, rnd, self.number, goal, account)
            self._enter_history(applicant)
            half = goal == "draft" and len(people) % 3
            only = ("particulars", "legal_person", "management") if half or goal == "lapsed" else ()
            if not (goal == "draft" and len(people) % 3 == 2):
                steps.fill_in(self.cast, applicant, self.number, only=only)
            if submit and goal not in ("draft", "lapsed"):
                steps.submit(applicant)
            self.number += 1
            people.append(applicant)
        return people

    def _enter_history(self, applicant: Applicant) -> None:
        if self.number != self.barred_number if hasattr(self, "barred_number") else True:
            return
        RegisterRecord.objects.create(
            jurisdiction_id=self.cast.code,
            institution=applicant.editor.organisation,
            kind=RegisterRecord.Kind.FRAUD,
            level=self.level,
            on=dt.date(2024, 6, 3),
            document_number="演示〔2024〕7号（虚构）",
            note="上一轮申报中虚报培训人数，经查实。",
            recorded_by=self.office["officer"].user,
        )

    def _close(self, rnd: Round) -> Line:
        yield on(rnd.closes_on + dt.timedelta(days=1), 1)
        rounds.close_windows(self.clock.now())
        rnd.case.refresh_from_db()

    def _play_finished_round(self, rnd: Round) -> Line:
        people = self._apply(rnd, first_round_goals(self.road), submit=True)
        yield from self._close(rnd)
        yield on(FIRST_DAY + dt.timedelta(days=22))
        for applicant in people:
            self._departments(applicant)
        yield on(FIRST_DAY + dt.timedelta(days=28))
        for applicant in people:
            self._intake(applicant)
        yield on(FIRST_DAY + dt.timedelta(days=35))
        yield from self._review([item for item in people if item.goal in AFTER_REVIEW])
        yield on(FIRST_DAY + dt.timedelta(days=60))
        yield from self._notice(rnd, [item for item in people if item.goal in (*DECIDED, "notice_done")])
        yield from self._decide(rnd, people)
        waiting = [item for item in people if item.goal == "in_review"]
        panel = review.convene(self.office["officer"], waiting)
        review.score(panel, waiting, members=2)

    def _departments(self, applicant: Applicant) -> None:
        if applicant.case.state not in ("examining", "recommending"):
            return
        if applicant.goal == "declined":
            steps.check_items(self.cast, applicant)
            steps.propose_opinion(self.cast, applicant, agree=False)
            steps.sign_opinion(self.cast, applicant, agree=False)
            return
        steps.through_departments(self.cast, applicant, doubt="faculty" if self.number % 3 == 0 else "")

    def _intake(self, applicant: Applicant) -> None:
        officer, head = self.office["officer"], self.office["head"]
        if applicant.case.state != "intake":
            return
        if applicant.goal == "withdrawn":
            submission.withdraw(applicant.case, applicant.head, "单位机构调整，暂缓申报。")
            return
        if applicant.goal in ("refused", "refusal_proposed"):
            self._propose_refusal(applicant)
            if applicant.goal == "refused":
                intake.sign_refusal(applicant.case, head)
            return
        if self.cast.assistant is not None:
            intake.record_material_check(applicant.case, self.cast.assistant, "材料目录与附件一致，已协助核对。")
        intake.admit(applicant.case, officer)

    def _propose_refusal(self, applicant: Applicant) -> None:
        barred = self.road.reapplication_bar is not None and applicant.goal == "refused"
        article = self.road.refusal_article if barred else self.road.intake_article
        intake.propose_refusal(
            applicant.case,
            self.office["officer"],
            ground="bar" if barred else "other",
            reasons="申请过程中曾弄虚作假，已记录在案。"
            if barred
            else "申报主体与实际培训单位不一致，经核实不属于申报单位。",
            articles=[article] if article else [],
        )

    def _review(self, people: Sequence[Applicant]) -> Line:
        panel = review.convene(self.office["officer"], people)
        review.score(panel, people)
        yield on(self.clock.day + dt.timedelta(days=14))
        review.resolve(self.office["officer"], panel, people)

    def _notice(self, rnd: Round, people: Sequence[Applicant]) -> Line:
        if self.road.publicity is None:
            return
        notice = self._publish_notice(rnd, [item for item in people if item.goal != "not_recognised"], 7)
        objection = objections.object_to(
            notice,
            people[-1].case.number if people[-1].goal != "not_recognised" else people[0].case.number,
            name="演示群众某甲",
            contact="000-11111111",
            text="该单位公示的兼职教师中有人已离职，请核查。",
            files=[steps.evidence_file("情况说明.pdf")],
        )
        officer, head = self.office["officer"], self.office["head"]
        objections.investigate(objection.case, officer, "已调取聘任合同和近三个月授课记录，均在聘。")
        objections.propose_answer(objection.case, officer, sustained=False, answer="所反映教师均在聘在岗。")
        objections.sign_answer(objection.case, head)
        yield on(notice.decide_from)
        notices.close(Case.objects.get(pk=notice.pk), officer)

    def _publish_notice(self, rnd: Round, people: Sequence[Applicant], days: int) -> PublicNotice:
        wanted = {item.application.pk for item in people}
        chosen = [item for item in notices.noticeable(rnd) if item.pk in wanted]
        notice = notices.draw_up(
            rnd,
            self.office["officer"],
            title=f"关于{rnd.title}评审结果的公示",
            text="经专家评审委员会评审，现将通过评审的单位名单予以公示。",
            contact="演示科室，000-00000000",
            days=days,
            applications=chosen,
        )
        notices.publish(notice.case, self.office["head"])
        notice.refresh_from_db()
        return notice

    def _run_second_notice(self, rnd: Round) -> Line:
        """A notice that runs today, with an objection waiting; none where next year's holidays are not known."""
        yield on(self.today - dt.timedelta(days=2))
        people = [item for item in self.people if item.goal == "in_notice"]
        if self.road.publicity is None or not people:
            return
        try:
            notice = self._publish_notice(rnd, people, 7)
        except CalendarDataMissing:
            return
        objections.object_to(
            notice,
            people[0].case.number,
            name="演示群众某乙",
            contact="000-22222222",
            text="该单位的实训场地已出租，请核查。",
        )

    def _decide(self, rnd: Round, people: Sequence[Applicant]) -> Line:
        self.people = people
        officer, reviewer, head = (self.office[name] for name in ("officer", "reviewer", "head"))
        chosen = [item for item in people if item.goal in DECIDED]
        yield on(self.clock.day + dt.timedelta(days=1))
        decisions.prepare_round(rnd, officer, [item.case.number for item in chosen])
        for item in chosen:
            if item.goal == "decision_returned":
                perform(item.case, "return_decision", reviewer, reason="理由部分请补充评审意见的要点。")
            elif item.goal != "decision_prepared":
                decisions.review(item.case, reviewer)
        yield on(self.clock.day + dt.timedelta(days=2))
        self._sign(rnd, head, chosen, ("to_file", "recognised", "not_recognised"))
        announcements.announce(Case.objects.get(pk=rnd.pk), head)
        self._sign(rnd, head, chosen, ("decided",))

    def _sign(self, rnd: Round, head: Actor, people: Sequence[Applicant], goals: Sequence[str]) -> None:
        numbers = [item.case.number for item in people if item.goal in goals]
        if numbers:
            decisions.sign_round(rnd, head, numbers)

    def _play_open_round(self, rnd: Round) -> Line:
        goals = open_round_goals(self.road)
        people = self._apply(rnd, goals, submit=True)
        yield on(rnd.opens_on + dt.timedelta(days=9))
        for applicant in people:
            _OPEN_STEPS.get(applicant.goal, lambda story, item: None)(self, applicant)

    def _to_authority(self, applicant: Applicant) -> None:
        steps.through_departments(self.cast, applicant)

    def _correct(self, applicant: Applicant) -> None:
        self._to_authority(applicant)
        steps.ask_for_correction(self.office["officer"], applicant)

    def _corrected(self, applicant: Applicant) -> None:
        self._correct(applicant)
        steps.resubmit(applicant, "faculty")

    def _to_recommender(self, applicant: Applicant) -> None:
        if applicant.case.state == "examining":
            steps.check_items(self.cast, applicant)
            steps.propose_opinion(self.cast, applicant)
            steps.sign_opinion(self.cast, applicant)

    def _propose(self, applicant: Applicant) -> None:
        if applicant.goal == "recommendation_proposed":
            self._to_recommender(applicant)
        steps.check_items(self.cast, applicant)
        steps.propose_opinion(self.cast, applicant)

    def _return(self, applicant: Applicant) -> None:
        if applicant.goal == "returned_by_recommender":
            self._to_recommender(applicant)
        steps.return_to_applicant(self.cast, applicant)


_OPEN_STEPS: dict[str, Callable[[Story, Applicant], None]] = {
    "intake": Story._to_authority,
    "correcting": Story._correct,
    "corrected": Story._corrected,
    "recommending": Story._to_recommender,
    "recommendation_proposed": Story._propose,
    "examination_proposed": Story._propose,
    "returned_by_recommender": Story._return,
    "returned_by_examiner": Story._return,
}

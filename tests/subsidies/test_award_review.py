"""Experts review applications for money as they do recognition: from a panel's forming to its signed resolution."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases import actions, selectors
from apps.cases.attachments import attach
from apps.cases.models import Act, Case, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.panels.models import ConflictFinding, Panel, PanelItem, ScoreSheet
from apps.panels.services import declaring, own_review, panels, resolutions, scoring, seating
from apps.panels.services.subjects import kind_of_subject
from apps.panels.sitting import Sitting
from apps.subsidies.models import Award
from tests.factories import AuthorityFactory, InstitutionFactory, make_base, make_round, member
from tests.panels.factories import acting, admitted, drain, expert, photo
from tests.subsidies.building import Funding, make_award

pytestmark = pytest.mark.django_db

DRAFT = {
    "points-faculty": "30",
    "points-management": "25",
    "points-facilities": "20",
    "comment-faculty": "投入产出清楚",
    "overall": "方案可行，绩效可测",
}


def codes(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def readable(actor, case) -> bool:
    return selectors.readable_cases(actor).filter(pk=case.pk).exists()


def url(name, *args):
    return reverse(f"panels:{name}", args=args)


class Stage:
    """A cycle with two applications for money, of two bases, and a panel for the first ``subjects`` of them."""

    def __init__(self, *, subjects: int = 2, experts: int = 3) -> None:
        self.funding = Funding()
        self.officer = self.funding.office["officer"]
        self.awards = [self._award("甲项目"), self._award("乙项目", another_base=True)]
        self.cases = [award.case for award in self.awards]
        self.experts = [expert(self.funding.authority) for _ in range(experts)]
        self.panel: Panel = panels.open_panel(
            self.officer, self.funding.cycle.case, self.cases[:subjects], size=experts, quorum=experts // 2 + 1
        )
        self.case = self.panel.case

    def _award(self, title: str, *, another_base: bool = False) -> Award:
        if another_base:
            self.funding.base = make_base(self.funding.authority, InstitutionFactory(), self.funding.unit)
        award = make_award(self.funding, state="submitted")
        award.title = title
        award.save()
        return award

    def actor(self, position: int):
        return acting(self.experts[position])

    def seated(self) -> Stage:
        for profile in self.experts:
            seating.appoint(self.case, self.officer, profile, "熟悉该领域")
        chair = self.panel.members.get(expert=self.experts[0])
        seating.name_chair(self.case, self.officer, chair)
        return self

    def convened(self) -> Stage:
        self.seated()
        panels.convene(self.case, self.officer)
        for case in self.cases:
            case.refresh_from_db()
        return self

    def declared(self) -> Stage:
        self.convened()
        for position in range(len(self.experts)):
            for case in Sitting(self.panel).subjects:
                declaring.declare(self.case, self.actor(position), case, has_conflict=False)
        return self

    def scored(self) -> Stage:
        self.declared()
        panels.open_scoring(self.case, self.officer)
        for position in range(len(self.experts)):
            for case in Sitting(self.panel).subjects:
                scoring.save_draft(self.case, self.actor(position), case, DRAFT, 0)
                scoring.submit_scores(self.case, self.actor(position), case)
        panels.close_scoring(self.case, self.officer)
        return self

    def resolved(self, votes: tuple[int, ...] = (3, 1)) -> Stage:
        self.scored()
        for case, votes_for in zip(Sitting(self.panel).subjects, votes, strict=False):
            resolutions.record_resolution(
                self.case,
                self.officer,
                case,
                votes_for=votes_for,
                votes_against=3 - votes_for,
                votes_abstain=0,
                reasons="预算与绩效相称" if votes_for > 1 else "绩效目标偏低",
            )
        resolutions.file_minutes(self.case, self.officer, photo("minutes.png"))
        resolutions.sign_resolution(self.case, self.actor(0))
        return self


# --- from forming to the signed resolution ---------------------------------------------------------------------------


def test_panel_takes_its_points_and_pass_mark_from_the_cycle():
    stage = Stage()
    assert (stage.panel.occasion_id, stage.panel.pass_points) == (stage.funding.cycle.pk, 60)
    assert stage.case.title == "测试资助周期专家评审（第 1 组）"
    assert stage.case.rulebook_key == stage.funding.cycle.case.rulebook_key
    assert [item["code"] for item in scoring.rubric_of(stage.panel)] == ["faculty", "management", "facilities"]


def test_awards_go_to_the_panel_and_the_review_rests_on_the_funding_article():
    stage = Stage().convened()
    assert [case.state for case in stage.cases] == ["in_review", "in_review"]
    act = Act.objects.get(case=stage.cases[0], name="assign_panel")
    assert (act.data, act.articles) == ({"panel": stage.case.number}, ["32"])
    assert Act.objects.get(case=stage.case, name="convene").articles == ["32"]


def test_resolution_is_signed_and_each_award_keeps_what_was_concluded():
    stage = Stage().resolved()
    document = Document.objects.get(case=stage.case)
    assert (document.kind, document.legal_basis, document.is_public) == ("panel_resolution", ["32"], False)
    text = str(document.content)
    assert "对2件资助申请进行了评审" in text
    assert "申请单位" in text and "申报" not in text
    assert all(
        f"{case.institution.name}（{title}）" in text
        for case, title in zip(stage.cases, ["甲项目", "乙项目"], strict=True)
    )
    acts, problems = resolutions.conclude_all(stage.case, stage.officer)
    assert (len(acts), problems) == (2, [])
    rows = Award.objects.order_by("pk").values_list(
        "case__state", "panel_passed", "panel_points_hundredths", "panel_opinion"
    )
    assert list(rows) == [
        ("reviewed", True, 7500, "预算与绩效相称"),
        ("reviewed", False, 7500, "绩效目标偏低"),
    ]


def test_review_is_not_concluded_before_the_chair_signed():
    stage = Stage().scored()
    with pytest.raises(Blocked) as refused:
        resolutions.conclude(stage.cases[0], stage.officer)
    assert codes(refused) == ["panel_unresolved"]
    assert refused.value.problems[0].articles == ("32",)
    assert Award.objects.get(pk=stage.cases[0].pk).panel_passed is None


def test_conclusion_without_a_panel_is_refused():
    stage = Stage(subjects=1)
    with pytest.raises(Blocked):
        own_review.conclude_own_review(stage.cases[1], stage.officer, passed=True, reasons=" ")
    with pytest.raises(WrongState):
        own_review.conclude_own_review(stage.cases[1], stage.officer, passed=True, reasons="可行")
    award = Award.objects.get(pk=stage.cases[1].pk)
    assert (award.panel_passed, award.case.state) == (None, "submitted")


def test_dissolved_panel_gives_its_awards_back_for_another():
    stage = Stage().declared()
    panels.dissolve(stage.case, stage.officer, "多数专家不能到场")
    assert set(Case.objects.filter(kind="award").values_list("state", flat=True)) == {"submitted"}
    assert not PanelItem.objects.filter(is_active=True).exists()
    assert not readable(stage.actor(0), stage.cases[0])
    again = panels.open_panel(stage.officer, stage.funding.cycle.case, stage.cases, size=3, quorum=2)
    assert again.case.title == "测试资助周期专家评审（第 2 组）"


# --- what waits for a panel, and what does not ------------------------------------------------------------------------


def test_panel_of_a_cycle_takes_awards_of_that_cycle_only():
    stage = Stage(subjects=1)
    other = Stage(subjects=1)
    with pytest.raises(Blocked) as refused:
        panels.open_panel(stage.officer, stage.funding.cycle.case, [other.cases[1]], size=3, quorum=2)
    assert codes(refused) == ["subject_taken"]
    assert refused.value.problems[0].message.startswith("所选资助申请中有已交其他委员会")


@pytest.mark.parametrize("state", ["draft", "returned", "reviewed", "withdrawn"])
def test_award_that_does_not_wait_for_review_is_not_offered(state):
    stage = Stage(subjects=1)
    Case.objects.filter(pk=stage.cases[1].pk).update(state=state)
    with pytest.raises(Blocked) as refused:
        panels.open_panel(stage.officer, stage.funding.cycle.case, [stage.cases[1]], size=3, quorum=2)
    assert codes(refused) == ["subject_taken"]


def test_officer_of_another_authority_opens_no_panel_for_the_cycle():
    stage = Stage(subjects=1)
    stranger = member(AuthorityFactory(jurisdiction_id="shanghai"), Role.AUTHORITY_OFFICER)
    with pytest.raises(NotPermitted) as refused:
        panels.open_panel(stranger, stage.funding.cycle.case, [stage.cases[1]], size=3, quorum=2)
    assert refused.value.problems[0].message == "只有本资助周期主管机关的经办人可以组建评审委员会。"


def test_application_for_recognition_and_award_are_never_on_one_panel():
    stage = Stage(subjects=1)
    application = admitted(make_round(stage.funding.authority, state="closed"), rulebook_key=stage.case.rulebook_key)
    for subject in (application.case, stage.cases[1]):
        occasion = stage.funding.cycle.case if subject.kind == "application" else application.round.case
        with pytest.raises(Blocked) as refused:
            panels.open_panel(stage.officer, occasion, [subject], size=3, quorum=2)
        assert codes(refused) == ["subject_taken"]


# --- conflicts ---------------------------------------------------------------------------------------------------------


def test_expert_of_the_institution_and_one_of_the_managing_unit_must_abstain():
    stage = Stage(experts=5)
    stage.experts[3] = expert(stage.funding.authority, employer=stage.cases[1].institution)
    stage.experts[4] = expert(stage.funding.authority, employer_name=stage.funding.unit.name)
    stage.seated()
    found = ConflictFinding.objects.order_by("member", "subject").values_list(
        "member__expert", "subject", "kind", "detail"
    )
    first, second = (case.pk for case in stage.cases)
    name, unit = stage.cases[1].institution.name, stage.funding.unit.name
    assert list(found) == [
        (stage.experts[3].pk, second, "same_employer", f"工作单位或任职单位为申请单位{name}"),
        (stage.experts[4].pk, first, "managing_unit", f"工作单位或任职单位为管理（指导）单位{unit}"),
        (stage.experts[4].pk, second, "managing_unit", f"工作单位或任职单位为管理（指导）单位{unit}"),
    ]


def test_conflicted_expert_is_refused_whatever_is_declared(client):
    stage = Stage(experts=5)
    stage.experts[4] = expert(stage.funding.authority, employer=stage.cases[0].institution)
    stage.convened()
    tied = stage.actor(4)
    for case in stage.cases:
        declaring.declare(stage.case, tied, case, has_conflict=False)
    assert (readable(tied, stage.cases[0]), readable(tied, stage.cases[1])) == (False, True)
    with pytest.raises(NotPermitted) as refused:
        scoring.save_draft(stage.case, tied, stage.cases[0], DRAFT, 0)
    assert refused.value.problems[0].message.startswith("该资助申请的材料未向您开放")
    assert not ScoreSheet.objects.exists()
    client.force_login(tied.user)
    first, second = (case.number for case in stage.cases)
    assert client.get(url("read_file", stage.case.number, first)).status_code == 404
    assert client.get(url("score", stage.case.number, first)).status_code == 404
    assert client.get(url("read_file", stage.case.number, second)).status_code == 200


def test_conflict_of_employment_is_not_put_aside():
    stage = Stage(experts=3)
    stage.experts[2] = expert(stage.funding.authority, employer_name=stage.funding.unit.name)
    stage.seated()
    finding = ConflictFinding.objects.earliest("pk")
    with pytest.raises(Blocked) as refused:
        seating.set_aside_conflict(stage.case, stage.officer, finding, "已核实")
    assert codes(refused) == ["conflict_stands"]


# --- what an expert sees -----------------------------------------------------------------------------------------------


def test_expert_reads_the_assigned_award_and_no_other_of_the_cycle(client):
    stage = Stage(subjects=1)
    stage.cases[0].use_plan_lines.filter(key="l1").update(purpose="CANARY-ASSIGNED")
    stage.cases[1].use_plan_lines.filter(key="l1").update(purpose="CANARY-OTHER")
    stage.cases[1].performance_targets.filter(key="t1").update(goal="CANARY-OTHER")
    mine = attach(stage.cases[0], photo("方案.png"), "plan", None)
    others = attach(stage.cases[1], photo("CANARY-OTHER.png"), "plan", None)
    stage.declared()
    actor = stage.actor(1)
    assert set(selectors.readable_cases(actor)) == {stage.case, stage.cases[0]}
    assert list(selectors.readable_attachments(actor)) == [mine]
    client.force_login(actor.user)
    first, second = (case.number for case in stage.cases)
    answer = client.get(url("read_file", stage.case.number, first))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "CANARY-ASSIGNED" in page and "方案.png" in page
    assert "实训设备" in page and "¥50,000.01" in page and "¥150,000.03" in page and "¥460,000.03" in page
    assert "不低于 600 人次" in page and "甲项目" in page
    assert "CANARY-OTHER" not in page and "乙项目" not in page
    file = client.get(reverse("cases:attachment", args=[first, mine.pk]))
    assert file.status_code == 200
    drain(file)
    for page in (
        url("read_file", stage.case.number, second),
        url("score", stage.case.number, second),
        reverse("cases:detail", args=[second]),
        reverse("cases:attachment", args=[second, others.pk]),
        reverse("cases:detail", args=[stage.funding.cycle.case.number]),
    ):
        assert client.get(page).status_code == 404, page


def test_declaration_page_tells_the_applicant_and_its_unit_and_nothing_of_the_plan(client):
    stage = Stage()
    stage.cases[0].use_plan_lines.update(purpose="CANARY-PLAN")
    stage.cases[0].performance_targets.update(goal="CANARY-GOAL")
    stage.convened()
    client.force_login(stage.actor(0).user)
    for page in (url("declare", stage.case.number), url("assignment", stage.case.number), url("assignments")):
        assert "CANARY" not in client.get(page).content.decode()
    text = client.get(url("declare", stage.case.number)).content.decode()
    assert f"{stage.cases[0].institution.name}（甲项目）" in text
    assert stage.funding.unit.name in text
    assert "申报" not in text.split("<main", 1)[1].split("</main>", 1)[0]


def test_application_of_a_base_that_ended_closes_to_its_experts():
    stage = Stage().declared()
    Base.objects.filter(pk=stage.cases[0].base_id).update(status="revoked")
    service = actions.service_for("award", "discontinue")
    service(Case.objects.get(pk=stage.cases[0].pk), stage.officer, "基地资格已取消")
    actor = stage.actor(0)
    assert (readable(actor, stage.cases[0]), readable(actor, stage.cases[1])) == (False, True)
    assert Sitting(stage.panel).subjects == [stage.cases[1]]


def test_file_closes_with_the_signature(client):
    stage = Stage().resolved()
    assert not readable(stage.actor(0), stage.cases[0])
    client.force_login(stage.experts[0].user)
    assert client.get(url("read_file", stage.case.number, stage.cases[0].number)).status_code == 404


def test_sheet_has_the_points_of_the_cycle_and_no_conditions(client):
    stage = Stage(subjects=1).declared()
    panels.open_scoring(stage.case, stage.officer)
    client.force_login(stage.experts[0].user)
    page = url("score", stage.case.number, stage.cases[0].number)
    text = client.get(page).content.decode()
    assert 'name="points-faculty"' in text and "verdict-" not in text and "逐项条件" not in text
    answer = client.post(page, {"version": "0", "action": "submit", "points-faculty": "41", "overall": "CANARY"})
    assert answer.status_code == 422
    assert "CANARY" in answer.content.decode() and "应为 0 至 40 的整数分" in answer.content.decode()
    assert client.post(page, {**DRAFT, "version": "1", "action": "submit"}).status_code == 302
    assert ScoreSheet.objects.get().total == 75


# --- the officer's pages -----------------------------------------------------------------------------------------------


def test_officer_opens_a_panel_for_the_cycle_from_the_list(client):
    stage = Stage(subjects=1)
    client.force_login(stage.officer.user)
    listed = client.get(url("list")).content.decode()
    opening = url("open", stage.funding.cycle.case.number)
    assert opening in listed
    form = client.get(opening).content.decode()
    assert "交评审的资助申请" in form
    assert f"{stage.cases[1].institution.name}（乙项目）" in form
    assert f"{stage.cases[0].institution.name}（甲项目）" not in form
    answer = client.post(opening, {"size": 3, "quorum": 2, "subjects": [stage.cases[1].pk]})
    panel = Panel.objects.latest("pk")
    assert answer.url == url("panel", panel.case.number)
    assert [item.subject for item in panel.items.all()] == [stage.cases[1]]
    assert opening not in client.get(url("list")).content.decode()


def test_case_page_leads_to_the_panel_or_to_the_opening_of_one(client):
    stage = Stage(subjects=1).seated()
    client.force_login(stage.officer.user)
    first, second = (case.number for case in stage.cases)
    assert client.get(url("for_subject", second)).url == url("open", stage.funding.cycle.case.number)
    assert client.get(url("for_subject", first)).url == url("panel", stage.case.number)
    assert url("for_subject", second) in client.get(reverse("cases:detail", args=[second])).content.decode()


def test_whole_review_on_its_pages(client):
    stage = Stage().scored()
    client.force_login(stage.officer.user)
    number = stage.case.number
    text = client.get(url("panel", number)).content.decode()
    assert f"{stage.cases[0].institution.name}（甲项目）" in text and "评审环节记录" not in text
    for case in stage.cases:
        vote = {"subject": case.number, "votes_for": "3", "votes_against": "0", "votes_abstain": "0", "reasons": "可行"}
        assert client.post(url("resolution", number), vote).status_code == 302
    assert client.post(url("resolution", number), {"minutes": photo("minutes.png")}).status_code == 302
    assert "评审环节" not in client.get(url("resolution", number)).content.decode()
    client.force_login(stage.experts[0].user)
    assert f"{stage.cases[1].institution.name}（乙项目）" in client.get(url("sign", number)).content.decode()
    assert client.post(url("sign", number)).status_code == 302
    client.force_login(stage.officer.user)
    assert client.post(url("conclude", number)).status_code == 302
    assert list(Award.objects.order_by("pk").values_list("case__state", "panel_passed")) == [("reviewed", True)] * 2


@pytest.mark.parametrize("name", ["steps", "review_steps"])
def test_pages_of_steps_the_text_does_not_ask_of_it_are_not_found(client, name):
    stage = Stage().convened()
    client.force_login(stage.officer.user)
    assert client.get(url(name, stage.case.number if name == "steps" else stage.cases[0].number)).status_code == 404


def test_award_is_released_on_the_confirmation_page(client):
    stage = Stage().declared()
    client.force_login(stage.officer.user)
    step = reverse("cases:step", args=[stage.cases[0].number, "release_panel"])
    assert client.post(step, {"reason": "改由下一组评审"}).status_code == 302
    assert Case.objects.get(pk=stage.cases[0].pk).state == "submitted"
    assert not readable(stage.actor(0), stage.cases[0])
    assert readable(stage.actor(0), stage.cases[1])


def test_applicant_never_sees_the_panel(client):
    stage = Stage().resolved()
    client.force_login(stage.funding.head.user)
    assert client.get(reverse("cases:detail", args=[stage.case.number])).status_code == 404
    text = client.get(reverse("cases:detail", args=[stage.cases[0].number])).content.decode()
    assert stage.cases[0].number in text
    assert not any(profile.user.name in text for profile in stage.experts)


# --- the other road ----------------------------------------------------------------------------------------------------


def test_recognition_without_a_panel_goes_as_before():
    authority = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    application = admitted(make_round(authority, state="closed", is_sandbox=True), rulebook_key="sichuan_draft")
    officer = member(authority, Role.AUTHORITY_OFFICER)
    kind = kind_of_subject(application.case)
    assert [code for code, _ in kind.duties(application.case)] == ["examine", "argue", "visit", "review"]
    with pytest.raises(Blocked) as refused:
        own_review.conclude_own_review(application.case, officer, passed=True, reasons="条件具备")
    assert codes(refused) == ["review_step_missing"] * 4

"""One application and everybody who might lay hands on it, with a way to attempt every step of its workflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.applications.models import AdmissionRefusal, Application
from apps.applications.services import (
    announcements,
    decisions,
    filling,
    intake,
    notices,
    recommendation,
    rounds,
    submission,
)
from apps.applications.services.returns import Item
from apps.cases.models import Case
from apps.cases.workflow.engine import perform, road_of
from apps.panels.services import declaring, own_review, panels, resolutions, review_steps, scoring, seating
from tests.applications.form.building import Applicant
from tests.applications.recommendation.department import RECHECK, check_all
from tests.factories import AuthorityFactory, OrganisationFactory, member
from tests.panels.factories import expert, photo

Attempt = Callable[[Case, Actor, int], Any]
EXPERTS = 3


@dataclass(frozen=True)
class Road:
    """A jurisdiction's road that is walked: ``level`` of base, in a rehearsal where the text is not in force."""

    jurisdiction: str
    level: str = ""
    rehearsal: bool = False


ROADS = {
    "national": Road("national"),
    "shanghai": Road("shanghai"),
    "sichuan": Road("sichuan", rehearsal=True),
    "sichuan_filed_above": Road("sichuan", "regional", rehearsal=True),
    "weihai": Road("weihai", rehearsal=True),
    "zibo": Road("zibo"),
}


class Stage:
    """The application, complete and not yet submitted, and its people. ``attempts`` are the services by step."""

    def __init__(self, road: Road, travel: Callable[[dt.datetime], Any]) -> None:
        self.travel = travel
        self.superior = AuthorityFactory(jurisdiction_id=road.jurisdiction, levels=["provincial"])
        values = {"superior": self.superior} if road.level else {}
        self.applicant = Applicant(
            road.jurisdiction, level=road.level, is_sandbox=road.rehearsal, authority=values
        ).complete()
        self.case: Case = self.applicant.case
        key = filling.application_rulebook(self.applicant.application).key
        Case.objects.filter(pk=self.applicant.round.pk).update(rulebook_key=key)
        self.people = self._people(road)
        self.experts = [expert(self.applicant.authority) for _ in range(EXPERTS)]

    def _people(self, road: Road) -> list[Actor]:
        authority, staff = self.applicant.authority, []
        for unit in (self.applicant.examiner, self.applicant.recommender):
            staff += [
                member(unit, Role.DEPARTMENT_OFFICER),
                member(unit, Role.DEPARTMENT_HEAD),
                member(unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD),
            ]
        whole = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD)
        staff += [member(authority, role) for role in whole]
        staff += [member(authority, *whole), member(authority, *whole), member(authority, Role.LEGAL_OFFICER)]
        association = OrganisationFactory(
            kind="association", jurisdiction_id=road.jurisdiction, superior=authority, may_assist=True
        )
        staff += [member(association, Role.SERVICE_ASSISTANT), member(self.superior, *whole)]
        both_sides = staff[0].user
        Membership.objects.create(user=both_sides, organisation=authority, role=Role.AUTHORITY_HEAD)
        staff.append(actor_for(both_sides, authority))
        foreign = AuthorityFactory(jurisdiction_id="national" if road.jurisdiction == "zibo" else "zibo")
        staff += [member(foreign, *whole), member(authority, Role.SYSTEM_ADMIN)]
        return [self.applicant.editor, self.applicant.head, *staff]

    @property
    def application(self) -> Application:
        return Application.objects.select_related("case", "round").get(pk=self.case.pk)

    @property
    def officer(self) -> Actor:
        return next(one for one in self.people if one.has(Role.AUTHORITY_OFFICER) and not one.has(Role.AUTHORITY_HEAD))

    # How each step is attempted: by its service, with what it needs. ``choice`` varies the content.

    def attempts(self) -> dict[str, Attempt]:
        return {
            "submit": lambda case, actor, choice: submission.submit(case, actor),
            "resubmit": self._resubmit,
            "withdraw": lambda case, actor, choice: submission.withdraw(case, actor, "机构调整"),
            "return_to_applicant": lambda case, actor, choice: recommendation.return_to_applicant(
                case, actor, [Item("faculty", "名单不全")]
            ),
            "propose_opinion": self._propose_opinion,
            "send_back_opinion": lambda case, actor, choice: recommendation.send_back_opinion(case, actor, "请重拟"),
            "sign_agreement": lambda case, actor, choice: recommendation.sign_agreement(case, actor),
            "sign_disagreement": lambda case, actor, choice: recommendation.sign_disagreement(case, actor),
            "record_material_check": lambda case, actor, choice: intake.record_material_check(case, actor, "已核对"),
            "admit": lambda case, actor, choice: intake.admit(case, actor),
            "request_correction": lambda case, actor, choice: intake.request_correction(
                case, actor, [Item("faculty", "缺职称")]
            ),
            "propose_refusal": self._propose_refusal,
            "send_back_refusal": lambda case, actor, choice: intake.send_back_refusal(case, actor, "请再审"),
            "sign_refusal": lambda case, actor, choice: intake.sign_refusal(case, actor),
            "assign_panel": self._assign_panel,
            "record_review_step": self._record_duties,
            "release_panel": lambda case, actor, choice: panels.release_subject(case, actor, "改期"),
            "conclude_review": self._conclude,
            "publish_notice": self._publish_notice,
            "close_notice": self._close_notice,
            "prepare_decision": self._prepare,
            "review_decision": lambda case, actor, choice: decisions.review(case, actor),
            "return_decision": lambda case, actor, choice: perform(case, "return_decision", actor, reason="请补充"),
            "sign_recognition": lambda case, actor, choice: decisions.sign(case, actor),
            "sign_non_recognition": lambda case, actor, choice: decisions.sign(case, actor),
            "announce": self._announce,
            "file": lambda case, actor, choice: announcements.file_with_superior(case, actor),
        }

    def _resubmit(self, case: Case, actor: Actor, choice: int) -> Any:
        application = self.application
        form = filling.load_form(application)
        for code in filling.editable_sections(application, self.applicant.editor):
            data = {**form.data(code)}
            filling.save_section(application, code, data, form.version(code), self.applicant.editor)
        return submission.resubmit(case, actor)

    def _propose_opinion(self, case: Case, actor: Actor, choice: int) -> Any:
        check_all(case, actor)
        conclusion = "negative" if choice % 4 == 0 else "positive"
        values = {"conclusion": conclusion, "text": "经审核，意见如下。", "recheck": RECHECK}
        return recommendation.propose_opinion(case, actor, values)

    def _propose_refusal(self, case: Case, actor: Actor, choice: int) -> Any:
        AdmissionRefusal.objects.filter(application=case.pk).delete()
        articles = intake.citable_articles(case)[:1]
        return intake.propose_refusal(case, actor, ground="other", reasons="不属于申报单位", articles=articles)

    def _assign_panel(self, case: Case, actor: Actor, choice: int) -> Any:
        panel = panels.open_panel(actor, self.application.round.case, [case], size=EXPERTS, quorum=2)
        for profile in self.experts:
            seating.appoint(panel.case, actor, profile, "熟悉该领域")
        seating.name_chair(panel.case, actor, panel.members.earliest("pk"))
        return panels.convene(panel.case, actor)

    def _record_duties(self, case: Case, actor: Actor, choice: int) -> Any:
        for duty, label in road_of(case).review.duties:
            review_steps.record_review_step(case, actor, duty, done_on=timezone.localdate(), record=f"已{label}")

    def _conclude(self, case: Case, actor: Actor, choice: int) -> Any:
        if case.state == "in_review":
            self._hold_panel(case, actor, passing=choice % 3 != 0)
        self._record_duties(case, actor, choice)
        if case.state == "admitted":
            return own_review.conclude_own_review(case, actor, passed=choice % 3 != 0, reasons="经审核，结论如下。")
        return resolutions.conclude(case, actor)

    def _hold_panel(self, case: Case, actor: Actor, *, passing: bool) -> None:
        application = self.application
        item = case.panel_items.filter(is_active=True).first()
        if item is None or item.panel.case.state != "convened":
            return
        sitting = item.panel.case
        experts = [actor_for(profile.user, profile.authority) for profile in self.experts]
        for one in experts:
            declaring.declare(sitting, one, case, has_conflict=False)
        panels.open_scoring(sitting, actor)
        for one in experts:
            scoring.save_draft(sitting, one, case, self._sheet(application, passing), 0)
            scoring.submit_scores(sitting, one, case)
        panels.close_scoring(sitting, actor)
        votes = (EXPERTS, 0) if passing else (0, EXPERTS)
        resolutions.record_resolution(
            sitting, actor, case, votes_for=votes[0], votes_against=votes[1], votes_abstain=0, reasons="见记录"
        )
        resolutions.file_minutes(sitting, actor, photo("minutes.png"))
        resolutions.sign_resolution(sitting, experts[0])

    def _sheet(self, application: Application, passing: bool) -> dict[str, str]:
        draft = {"overall": "总体意见"}
        for item in application.round.rubric:
            draft[f"points-{item['code']}"] = str(item["max_points"] if passing else 1)
            draft[f"comment-{item['code']}"] = "见材料"
        for criterion in scoring.criteria_of(application.case):
            draft[f"verdict-{criterion.code}"] = "sufficient" if passing else "insufficient"
            draft[f"text-{criterion.code}"] = "见材料"
        return draft

    def _publish_notice(self, case: Case, actor: Actor, choice: int) -> Any:
        notice = notices.draw_up(
            self.application.round,
            self.officer,
            title="公示",
            text="予以公示。",
            contact="000-0000",
            days=7,
            applications=[self.application],
        )
        return notices.publish(notice.case, actor)

    def _close_notice(self, case: Case, actor: Actor, choice: int) -> Any:
        notice = self.application.notice_entries.latest("pk").notice
        self.travel(dt.datetime.combine(notice.decide_from, dt.time(10), tzinfo=timezone.get_current_timezone()))
        return notices.close(notice.case, actor)

    def _prepare(self, case: Case, actor: Actor, choice: int) -> Any:
        conclusion, reasons, articles = decisions.suggested(self.application)
        return decisions.prepare(case, actor, conclusion=conclusion, reasons=reasons or "见评审意见", articles=articles)

    def _announce(self, case: Case, actor: Actor, choice: int) -> Any:
        rnd = self.application.round.case
        if rnd.state == "published":
            self.travel(timezone.now() + dt.timedelta(days=12))
            rounds.close_windows(timezone.now())
            rnd.refresh_from_db()
        return announcements.announce(rnd, actor)
